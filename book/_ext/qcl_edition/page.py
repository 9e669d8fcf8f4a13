"""A page of the book as a notebook."""

import base64
import hashlib
import mimetypes
from pathlib import Path
from struct import unpack

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sphinx.addnodes import toctree

from .code import without_plumbing
from .markdown import Writer
from .quiz import quiz_text

GLUED = "application/papermill.record/"
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
DENSITY = 2  # pixels of a figure for one of the screen
INSTALL = """\
# Away from home, on Colab for instance, this fetches the package.
import importlib.util

if importlib.util.find_spec("qcl") is None:
    %pip install --quiet "qcl-book[qsvt] @ {url}\""""
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


class Page:
    """What the edition knows about one page."""

    def __init__(self, builder, docname):
        env = builder.env
        self.builder = builder
        self.docname = docname
        self.source = Path(env.doc2path(docname))
        self.macros = builder.macros
        here = builder.get_target_uri(docname)
        self.linked = builder.linked[here]
        self.title = self.title_of(docname)

    # What the writer asks ---------------------------------------------------

    def url(self, reference):
        """Return where a reference leads."""
        return self.builder.url(self.docname, reference)

    def number(self, kind, ids):
        """Return the number of a figure, statement or formula, or ""."""
        numbers = self.builder.env.toc_fignumbers.get(self.docname, {})
        known = numbers.get(kind, {})
        found = [known[name] for name in ids if name in known]
        return ".".join(map(str, found[0])) if found else ""

    def picture(self, uri):
        """Return an address that holds the picture itself.

        JupyterLab shows no SVG that is attached to a cell.
        """
        path = Path(self.builder.srcdir) / uri
        kind = mimetypes.guess_type(path)[0]
        data = base64.b64encode(path.read_bytes()).decode()
        return f"data:{kind};base64,{data}"

    def title_of(self, docname):
        """Return a page's title, after its number if it has one."""
        env = self.builder.env
        number = env.toc_secnumbers.get(docname, {}).get("", ())
        mark = f"{'.'.join(map(str, number))}. " if number else ""
        return mark + env.titles[docname].astext()

    # The notebook -----------------------------------------------------------

    def notebook(self, doctree):
        """Return the page as a notebook."""
        code, widgets = self.code_cells()
        cells, opened = [], False
        for kind, content in Writer(self).cells(doctree):
            if kind == "markdown":
                cells.append(new_markdown_cell(content))
                continue
            if not opened:
                url = self.builder.package()
                cells.append(install_cell(INSTALL.format(url=url)))
                opened = True
            if content in code:
                cells.append(code[content])
        if self.docname == self.builder.config.root_doc:
            cells.append(new_markdown_cell(self.contents()))
        cells.append(new_markdown_cell(self.footer()))
        name_cells(cells)
        metadata = {"language_info": {"name": "python"}, "kernelspec": KERNEL}
        if widgets:
            metadata["widgets"] = widgets
        return new_notebook(cells=cells, metadata=metadata)

    def code_cells(self):
        """Return the cells with code by index, and the state of widgets.

        Outputs are those of the Jupyter cache, of which the site was made:
        the notebooks of the source hold no figures.
        """
        if self.source.suffix != ".ipynb":
            return {}, None
        source = nbformat.read(self.source, as_version=4)
        _, run = self.builder.cache.merge_match_into_notebook(source)
        cells = {i: c for i, c in enumerate(run.cells) if is_code(c)}
        short = without_plumbing([cell.source for cell in cells.values()])
        made = {}
        for (index, cell), text in zip(cells.items(), short, strict=True):
            if "quiz" in cell.metadata.get("tags", ()):
                folder = self.source.parent
                made[index] = new_markdown_cell(
                    quiz_text(cell.source, folder, self.macros)
                )
            elif text:
                made[index] = self.code_cell(cell, text)
        widgets = run.metadata.get("widgets")
        for cell in made.values():
            for output in cell.get("outputs", ()):
                add_frame(output, widgets)
        return made, widgets

    def code_cell(self, cell, text):
        """Return a code cell with its outputs."""
        tags = cell.metadata.get("tags")
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
        return new_code_cell(
            text,
            id=cell.id,
            execution_count=cell.execution_count,
            metadata={"tags": tags} if tags else {},
            outputs=[shown(output, alt) for output in merged(cell.outputs)],
        )

    def contents(self):
        """Return the table of contents."""
        lines = ["## Contents"]
        tree = self.builder.env.get_doctree(self.docname)
        for part in tree.findall(toctree):
            lines += [
                f"**{part['caption']}**",
                "\n".join(f"- {self.link(to)}" for _, to in part["entries"]),
            ]
        return "\n\n".join(lines)

    def footer(self):
        """Return links to the pages before and after, and to the first."""
        relations = self.builder.env.collect_relations()
        _, before, after = relations.get(self.docname, (None, None, None))
        parts = []
        if before:
            parts.append(f"← {self.link(before)}")
        if self.docname != self.builder.config.root_doc:
            parts.append(self.link(self.builder.config.root_doc, "Contents"))
        if after:
            parts.append(f"{self.link(after)} →")
        return "---\n\n" + " · ".join(parts)

    def link(self, docname, text=""):
        """Return a link to a page."""
        url = self.builder.get_relative_uri(self.docname, docname)
        return f"[{text or self.title_of(docname)}]({url})"


def install_cell(source):
    """Return the cell that fetches the package where it is missing."""
    return new_code_cell(source, metadata={"tags": ["install"]})


def is_code(cell):
    """Say whether a cell holds code."""
    return cell.cell_type == "code" and bool(cell.source.strip())


def merged(outputs):
    """Return outputs without what `glue` left, and streams in one piece."""
    kept = []
    for output in outputs:
        kinds = output.get("data", {})
        if kinds and all(kind.startswith(GLUED) for kind in kinds):
            continue
        last = kept[-1] if kept else {}
        if "name" in output and output.name == last.get("name"):  # a stream
            last.text += output.text
        else:
            kept.append(output)
    return kept


def shown(output, alt):
    """Give a figure its size on the screen and what it says to the blind."""
    png = output.get("data", {}).get("image/png")
    if png:
        width, _ = unpack(">II", base64.b64decode(png[:32])[16:24])
        about = {"width": width // DENSITY} | ({"alt": alt} if alt else {})
        output.metadata["image/png"] = about
    return output


def add_frame(output, widgets):
    """Add the picture that a slider shows at first.

    It is seen where widgets are not: before a cell is run, and on GitHub.
    """
    view = output.get("data", {}).get(VIEW)
    if not view:
        return
    models = widgets[STATE]["state"]
    frames = [models[view["model_id"]]]
    while frames:
        state = frames.pop()["state"]
        if str(state.get("value", "")).startswith("<img "):
            output.data["text/html"] = state["value"]
            return
        inner = state.get("children", [])
        if "selected_index" in state:
            inner = [inner[state["selected_index"]]]
        frames += [models[name.removeprefix("IPY_MODEL_")] for name in inner]


def name_cells(cells):
    """Name text cells after what they say: the same again in each build."""
    seen = {cell.id for cell in cells if cell.cell_type == "code"}
    for cell in cells:
        if cell.cell_type == "code" and "install" not in cell.metadata.get(
            "tags", ()
        ):
            continue
        text = cell.source
        while (name := digest(text)) in seen:
            text += "+"
        seen.add(name)
        cell.id = name


def digest(text):
    """Return eight letters that depend on a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
