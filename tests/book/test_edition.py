"""The reader's edition: it says what the site says, and stands alone."""

import ast
import os
import posixpath
import re
import sys
from pathlib import Path
from textwrap import dedent
from urllib.parse import unquote

import nbformat
import pytest
import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"
EDITION = ROOT / "_build" / "edition"
SITE = ROOT / "_build" / "html"
sys.path.insert(0, str(BOOK / "_ext"))

from qcl_edition.tex import with_arity  # noqa: E402

pytestmark = pytest.mark.browser  # which says: needs the built site

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
OPTIONS = CONFIG["sphinx"]["config"]
MACROS = with_arity(OPTIONS["mathjax3_config"]["tex"]["macros"])
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"]] + [
    entry["file"] for part in TOC["parts"] for entry in part["chapters"]
]
PAGES.remove("book/appendix/api")
NOTEBOOKS = [name for name in PAGES if (ROOT / f"{name}.ipynb").exists()]
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
MARKDOWN.use(dollarmath_plugin, allow_space=False, allow_digits=False)
PLUMBING = re.compile(
    r"\s*(note|glue)\(|from myst_nb import glue$|note = partial\(glue, "
    r"|from functools import partial$|$"
)


def edition(name):
    path = EDITION / f"{name.removeprefix('book/')}.ipynb"
    if not path.exists():
        lack = pytest.fail if os.environ.get("CI") else pytest.skip
        lack("no edition: run make book first")
    return nbformat.read(path, as_version=4)


def source(name):
    return nbformat.read(ROOT / f"{name}.ipynb", as_version=4)


def code(notebook, but=()):
    return [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code"
        and not set(but) & set(cell.metadata.get("tags", ()))
    ]


def texts(notebook):
    return [c.source for c in notebook.cells if c.cell_type == "markdown"]


def flat(tokens):
    for token in tokens:
        yield token
        yield from flat(token.children or ())


def tokens(notebook, *kinds):
    """Yield the parts of the text that a Markdown reader finds."""
    for text in texts(notebook):
        yield from (t for t in flat(MARKDOWN.parse(text)) if t.type in kinds)


def shown(notebook):
    """Return the words of a notebook, without formulas and code."""
    parts = [token.content for token in tokens(notebook, "text")]
    return "\n".join(parts)


# The text -------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_left_to_resolve(name):
    words = shown(edition(name))
    for pattern in (
        r"\{[a-z:]+\}",  # a role or a directive
        r":::",
        r"^\(.+\)=$",  # a label
        r"\$",  # a formula that was not read as one
        r"\*\w|\w\*|\b_\w|\w_\b|`",  # marks that were not read as marks
        r"\]\(",  # a link that was not read as one
        r"%s|\[\?|\?\?",
    ):
        assert not re.findall(pattern, words, re.M), pattern


@pytest.mark.parametrize("name", PAGES)
def test_no_key_is_shown(name):
    bibliography = (BOOK / "references.bib").read_text(encoding="utf-8")
    keys = set(re.findall(r"^@\w+\{([^,]+),", bibliography, re.M))
    for page in NOTEBOOKS:
        for cell in source(page).cells:
            keys |= set(re.findall(r":label: (\S+)", cell.source))
            keys |= set(re.findall(r"\$\$ \(([\w-]+)\)$", cell.source, re.M))
            keys |= set(re.findall(r'(?:glue|note)\("([^"]+)"', cell.source))
    found = set(re.findall(r"[\w-]+", shown(edition(name))))
    assert not {
        key for key in keys & found if "-" in key or key[-4:-2] == "20"
    }


@pytest.mark.parametrize("name", PAGES)
def test_formulas_stand_alone(name):
    kinds = "math_inline", "math_block"
    for token in tokens(edition(name), *kinds):
        commands = re.findall(r"\\([A-Za-z]+)", token.content)
        assert not MACROS.keys() & set(commands), token.content
        assert "\n" not in token.content.strip()
        assert r"\label" not in token.content


def words_of_site(name):
    """Return the words of a page of the site, without formulas and code."""
    bs4 = pytest.importorskip("bs4")
    path = SITE / f"{name}.html"
    if not path.exists():
        pytest.skip("no site")
    page = bs4.BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    article = page.select_one("article.bd-article")
    out = (
        ".headerlink, .math, .cell_input, .highlight, .output, script, style, "
        ".cell_output > :not(figure), code, .toctree-wrapper, dt .label"
    )
    for node in article.select(out):
        node.decompose()
    return re.findall(r"\w+", article.get_text())


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_words_are_those_of_the_site(name):
    """Numbers, references and citations included, in the same order."""
    notebook = edition(name)
    quiz = {c.source for c in notebook.cells if "<b></b><details>" in c.source}
    footer = notebook.cells[-1].source
    notebook.cells = [
        c for c in notebook.cells if c.source not in quiz | {footer}
    ]
    for cell in notebook.cells:
        cell.source = cell.source.replace("<summary>", "").replace(
            "<details>", "\n\n"
        )
        cell.source = cell.source.replace("</summary>", "\n\n")
    ours = re.findall(r"\w+", shown(notebook))
    theirs = words_of_site(name)
    assert ours == theirs


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    here = EDITION / f"{name.removeprefix('book/')}.ipynb"
    for token in tokens(edition(name), "link_open"):
        url = token.attrs["href"]
        if url.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, place = url.partition("#")
        there = (
            posixpath.normpath(here.parent / unquote(path)) if path else here
        )
        target = nbformat.read(there, as_version=4)
        if place:
            anchor = f'<a id="{unquote(place)}"></a>'
            assert sum(anchor in t for t in texts(target)) == 1, url


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_citations_lead_to_the_work(name):
    links = [t.attrs["href"] for t in tokens(edition(name), "link_open")]
    cited = {
        key
        for cell in source(name).cells
        for keys in re.findall(r"\{cite:[tp]\}`([^`]+)`", cell.source)
        for key in keys.split(",")
    }
    text = (BOOK / "references.bib").read_text(encoding="utf-8")
    for key in cited:
        entry = re.search(rf"^@\w+\{{{key},.*?^\}}", text, re.M | re.S)[0]
        if doi := re.search(r"doi\s*=\s*[{\"]([^}\"]+)", entry):
            assert f"https://doi.org/{doi[1]}" in map(unquote, links), key


# Code and outputs -----------------------------------------------------------


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_code_is_that_of_the_source(name):
    ours = {c.id: c for c in code(edition(name), but=["install"])}
    for cell in code(source(name), but=["quiz"]):
        if not cell.source.strip():
            continue
        mine = ours.pop(cell.id).source if cell.id in ours else ""
        left = iter(mine.split("\n"))
        line = next(left, None)
        removed = []
        for theirs in cell.source.split("\n"):
            if theirs == line:
                line = next(left, None)
            else:
                removed.append(theirs)
        assert line in (None, ""), f"{line!r} is not in the source"
        text = "\n".join(removed)
        if not all(PLUMBING.match(line) for line in removed):
            text = dedent(text).strip()
            calls = [ast.unparse(node) for node in ast.parse(text).body]
            assert all(
                PLUMBING.match(call) or call.startswith(("for ", "if "))
                for call in calls
            ), text
    assert not ours


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_outputs_are_kept(name):
    ours = {c.id: c for c in code(edition(name))}
    for cell in code(source(name), but=["quiz"]):
        if "nbval-ignore-output" in cell.metadata.get("tags", ()):
            continue
        seen = plain(cell)
        assert plain(ours.get(cell.id, cell)) == seen
        drawn = seen.count("<Figure size")
        pictures = (
            [
                out
                for out in ours[cell.id].outputs
                if "image/png" in out.get("data", {})
            ]
            if cell.id in ours
            else []
        )
        assert len(pictures) == drawn
        assert all(out.metadata["image/png"]["alt"] for out in pictures)


def plain(cell):
    """Return the text that a cell put out."""
    return "\n".join(
        (out.get("text") or out.data["text/plain"]).rstrip()
        for out in cell.outputs
        if "text" in out or "text/plain" in out.get("data", {})
    )


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_slider_has_a_picture_before_it_is_run(name):
    views = [
        out.data
        for cell in code(edition(name))
        for out in cell.outputs
        if any("widget-view" in kind for kind in out.get("data", {}))
    ]
    assert views
    assert all(data["text/html"].startswith("<img alt=") for data in views)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_package_is_fetched_where_it_is_missing(name):
    first = code(edition(name))[0].source
    assert CONFIG["repository"]["url"] in first
    done = []
    for found in (None, object()):
        text = first.replace("importlib.util.find_spec", "find_spec")
        text = re.sub(r"%pip .*", "done.append(1)", text)
        names = {"find_spec": lambda _, found=found: found, "done": done}
        exec(compile(text, "first cell", "exec"), names)
    assert done == [1]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["appendix/template", "solving/10-hhl"])
def test_runs_alone(name, tmp_path, monkeypatch):
    """Away from the source, the code runs and says what it said."""
    monkeypatch.delenv("MPLBACKEND", raising=False)  # figures in the page
    nbclient = pytest.importorskip("nbclient")
    notebook = edition(name)
    before = [plain(cell) for cell in code(notebook)]
    resources = {"metadata": {"path": str(tmp_path)}}
    client = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources=resources
    )
    client.execute()
    assert [plain(cell) for cell in code(notebook)] == before


# The site -------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES[1:])
def test_buttons_lead_to_the_edition(name):
    path = SITE / f"{name}.html"
    if not path.exists():
        pytest.skip("no site")
    there = f"{name.removeprefix('book/')}.ipynb"
    html = path.read_text(encoding="utf-8")
    links = re.findall(r'href="([^"]*)"', html)
    (download,) = [
        link for link in links if link.endswith(f"../edition/{there}")
    ]
    assert (path.parent / download).resolve().exists()
    if name in NOTEBOOKS:
        branch = OPTIONS["edition_branch"]
        repository = CONFIG["repository"]["url"].removeprefix(
            "https://github.com"
        )
        assert any(
            link.endswith(f"{repository}/{branch}?urlpath=lab/tree/{there}")
            for link in links
        )
        assert any(
            link.endswith(f"{repository}/blob/{branch}/{there}")
            for link in links
        )
