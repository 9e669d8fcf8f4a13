"""Start, execute and check the chapters of the book.

    python book/_tools/notebooks.py execute [NOTEBOOK ...]
    python book/_tools/notebooks.py check [NOTEBOOK ...]
    python book/_tools/notebooks.py new PART NUMBER NAME TITLE
    python book/_tools/notebooks.py list
    python book/_tools/notebooks.py cache

Without a notebook, every notebook of _toc.yml is meant.
"""

import argparse
import ast
import hashlib
import json
import os
import re
import shutil
import sys
import time
from pathlib import Path

import nbformat
import yaml
from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "book/appendix/template.ipynb"
TIMEOUT = 120  # seconds a cell may take, as in _config.yml
LONGEST_CELL = 12  # lines
LONGEST_DEF = 3  # lines: a helper longer than a formula belongs in qcl
NUMBERS = re.compile(
    r"\*Reading (?P<reading>\d+) min · running (?P<seconds>\d+) s · "
    r"(?P<megabytes>\d+) MB · (?P<qubits>(?:no|up to \d+|\d+) qubits?)\.\*"
)
SLACK = {"seconds": 3, "megabytes": 60}  # differences too small to restate
FIGURE = ("image/png", "image/jpeg", "image/svg+xml")
WIDGET = "application/vnd.jupyter.widget-view+json"
FORBIDDEN = {
    r"\bsys\.path\b|\bos\.chdir\b": "edits paths",
    r"\bpip3?\b.*\binstall\b": "installs packages",
    r"^\s*[%!]": "uses a magic or the shell",
    r"\bqcl\.(lifting|solving|learning|_\w)|\bqcl\.drawing\.\w+ import|"
    r"^\s*from qcl import .*\b(lifting|solving|learning)\b": (
        "goes behind the public names of qcl and qcl.drawing"
    ),
}


def chapters(root=ROOT):
    """Return the notebooks that _toc.yml lists, in its order."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    entries = [entry for part in toc["parts"] for entry in part["chapters"]]
    paths = [root / f"{entry['file']}.ipynb" for entry in entries]
    return [path for path in paths if path.exists()]


def code_cells(notebook):
    """Return the code cells that are not empty."""
    cells = notebook.cells
    return [c for c in cells if c.cell_type == "code" and c.source.strip()]


def prose(notebook):
    """Return the text of all Markdown cells."""
    cells = notebook.cells
    return "\n\n".join(c.source for c in cells if c.cell_type == "markdown")


def tagged(cell, tag):
    """Say whether a cell carries a tag."""
    return tag in cell.metadata.get("tags", [])


# Executing ------------------------------------------------------------------


def execute(path):
    """Run a notebook in place, restate its cost, and normalise it."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    )
    notebook.cells = [c for c in notebook.cells if c.source.strip()]
    with client.setup_kernel():
        start = time.perf_counter()
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
        seconds = time.perf_counter() - start
        megabytes = peak_memory(client)
    restate(notebook, seconds, megabytes)
    normalise(notebook)
    nbformat.write(notebook, path)
    return f"{seconds:.1f} s, {megabytes:.0f} MB"


def peak_memory(client):
    """Return the peak resident memory of the kernel, in MB."""
    probe = new_code_cell(
        "import resource\nresource.getrusage(resource.RUSAGE_SELF).ru_maxrss"
    )
    client.nb.cells.append(probe)
    client.execute_cell(probe, len(client.nb.cells) - 1)
    client.nb.cells.pop()
    peak = int(probe.outputs[0]["data"]["text/plain"])
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def reading_minutes(notebook):
    """Estimate: 180 words a minute, a cell in half, an exercise in four."""
    words = len(re.findall(r"\w[\w'’-]*", prose(notebook)))
    exercises = len(exercise_labels(notebook))
    minutes = words / 180 + len(code_cells(notebook)) / 2 + 4 * exercises
    return max(5, 5 * round(minutes / 5))


def restate(notebook, seconds, megabytes):
    """Write the costs into the header, unless those there are near enough.

    Two runs are never equally fast, and a file that changes at each run
    hides the changes that matter.
    """
    measured = {
        "seconds": max(1, round(seconds)),
        "megabytes": 10 * round(megabytes / 10),
    }

    def rewrite(match):
        stated = {name: int(match[name]) for name in measured}
        for name, value in measured.items():
            slack = max(SLACK[name], 0.3 * stated[name])
            if abs(value - stated[name]) > slack:
                stated[name] = value
        return (
            f"*Reading {reading_minutes(notebook)} min · "
            f"running {stated['seconds']} s · {stated['megabytes']} MB · "
            f"{match['qubits']}.*"
        )

    header = notebook.cells[0]
    header.source = NUMBERS.sub(rewrite, header.source)


def normalise(notebook):
    """Keep only what does not change from one run to the next.

    Text outputs stay, for nbval compares them; figures and widgets go, for
    the site draws them again.
    """
    notebook.metadata = {
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    notebook.nbformat_minor = 5
    seen = set()
    count = 0
    for cell in notebook.cells:
        cell.source = cell.source.rstrip()
        cell.id = cell_id(cell, seen)
        for name in ("execution", "collapsed", "editable", "trusted"):
            cell.metadata.pop(name, None)
        if cell.cell_type != "code":
            cell.pop("attachments", None)
            continue
        count += 1
        cell.execution_count = count
        cell.outputs = stable_outputs(cell, count)


def cell_id(cell, seen):
    """Keep a cell's id; name it after its text if it has none of its own."""
    known = cell.get("id", "")
    if not re.fullmatch(r"[0-9a-f]{8}", known) or known in seen:
        text = cell.source
        known = hashlib.sha256(text.encode()).hexdigest()[:8]
        while known in seen:
            text += "+"
            known = hashlib.sha256(text.encode()).hexdigest()[:8]
    seen.add(known)
    return known


def stable_outputs(cell, count):
    """Return a cell's outputs without what differs at each run."""
    if tagged(cell, "quiz"):  # random ids, and a copy of the library
        return []
    outputs = []
    for output in cell.outputs:
        if "data" in output:
            output["metadata"] = {}
            for kind in list(output["data"]):
                if kind.endswith(FIGURE) or kind == WIDGET:
                    del output["data"][kind]
        if output.output_type == "execute_result":
            output["execution_count"] = count
        last = outputs[-1] if outputs else {}
        if (
            output.output_type == "stream"
            and last.get("output_type") == "stream"
            and last["name"] == output["name"]
        ):
            last["text"] += output["text"]
        else:
            outputs.append(output)
    return outputs


# Checking -------------------------------------------------------------------


def check(path):
    """Return how a notebook breaks the rules of a chapter, as sentences."""
    notebook = nbformat.read(path, as_version=4)
    if not notebook.cells:
        return ["is empty"]
    return [
        *header_faults(notebook.cells[0]),
        *code_faults(notebook),
        *figure_faults(notebook),
        *exercise_faults(notebook),
        *quiz_faults(notebook, path.parent),
        *closing_faults(notebook),
    ]


def header_faults(cell):
    """Title, outcomes, what comes before, and the measured costs."""
    text = cell.source
    if cell.cell_type != "markdown" or not text.startswith("# "):
        yield "first cell: expected Markdown that begins with '# Title'"
    outcomes = re.search(
        r"^\*\*Afterwards you can\*\*\n\n((?:- .+\n(?:  .+\n)*)+)", text, re.M
    )
    number = len(re.findall(r"^- ", outcomes[1], re.M)) if outcomes else 0
    if not 2 <= number <= 4:
        yield f"header: expected 2-4 'Afterwards you can' items, got {number}"
    if not re.search(r"^\*\*Before:\*\* \S", text, re.M):
        yield "header: no '**Before:** ...' line"
    if not NUMBERS.search(text):
        yield (
            "header: no '*Reading 0 min · running 0 s · 0 MB · no qubits.*'"
        )


def code_faults(notebook):
    """Executed from top to bottom, short, and without plumbing."""
    for count, cell in enumerate(code_cells(notebook), start=1):
        name = f"code cell {count} ({cell.source.splitlines()[0][:40]!r})"
        if cell.execution_count != count:
            yield f"{name}: not executed; run make notebooks"
        if any(out.output_type == "error" for out in cell.outputs):
            yield f"{name}: ends in an error"
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if len(lines) > LONGEST_CELL:
            yield f"{name}: {len(lines)} lines, at most {LONGEST_CELL}"
        for pattern, what in FORBIDDEN.items():
            if re.search(pattern, cell.source, re.M):
                yield f"{name}: {what}"
        if any("np.float64" in str(out) for out in cell.outputs):
            yield f"{name}: shows np.float64; use float(...)"
        yield from (f"{name}: {fault}" for fault in def_faults(cell.source))


def def_faults(source):
    """Functions and classes that are longer than a formula."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        named = isinstance(node, ast.FunctionDef | ast.ClassDef)
        if named and node.end_lineno - node.lineno >= LONGEST_DEF:
            yield f"{node.name} is long; it belongs in qcl"


def figure_faults(notebook):
    """A numbered figure; and for each picture a caption and an alt text."""
    figures = 0
    for cell in code_cells(notebook):
        mystnb = cell.metadata.get("mystnb", {})
        figure = mystnb.get("figure", {})
        has_alt = bool(mystnb.get("image", {}).get("alt"))
        drawn = any(
            "<Figure size" in output.get("data", {}).get("text/plain", "")
            for output in cell.outputs
        )
        if not figure and not drawn:
            continue
        name = figure.get("name", "")
        if not name.startswith("fig-"):
            yield f"figure {name!r}: expected mystnb.figure.name 'fig-...'"
        if not figure.get("caption"):
            yield f"figure {name!r}: no mystnb.figure.caption"
        if not has_alt:
            yield f"figure {name!r}: no mystnb.image.alt"
        figures += 1
    if not figures:
        yield "no figure"


def exercise_labels(notebook):
    """Return the labels of the exercises."""
    return re.findall(
        r"^[:`]{3,}\{exercise(?:-start)?\}.*\n(?::.*\n)*?:label: (\S+)",
        prose(notebook),
        re.M,
    )


def exercise_faults(notebook):
    """Three exercises, each with a solution that folds."""
    labels = exercise_labels(notebook)
    if len(labels) < 3:
        yield f"expected at least 3 labelled exercises, got {len(labels)}"
    solutions = dict(
        re.findall(
            r"^[:`]{3,}\{solution(?:-start)?\} (\S+)\n((?::.*\n)*)",
            prose(notebook),
            re.M,
        )
    )
    for label in labels:
        if label not in solutions:
            yield f"exercise {label}: no solution"
        elif ":class: dropdown" not in solutions[label]:
            yield f"exercise {label}: its solution has no ':class: dropdown'"


def quiz_faults(notebook, folder):
    """Two to four questions, with feedback to every answer."""
    cells = [cell for cell in code_cells(notebook) if tagged(cell, "quiz")]
    if len(cells) != 1:
        yield f"expected 1 cell tagged 'quiz', got {len(cells)}"
        return
    for tag in ("remove-input", "nbval-ignore-output"):
        if not tagged(cells[0], tag):
            yield f"quiz: its cell is not tagged {tag!r}"
    name = re.search(r"quiz/[\w-]+\.json", cells[0].source)
    if not name or not (folder / name[0]).exists():
        yield "quiz: its cell names no file quiz/....json beside the chapter"
        return
    questions = json.loads((folder / name[0]).read_text(encoding="utf-8"))
    if not 2 <= len(questions) <= 4:
        yield f"quiz: expected 2-4 questions, got {len(questions)}"
    for number, question in enumerate(questions, start=1):
        answers = question.get("answers", [])
        if not any(answer.get("correct") for answer in answers):
            yield f"quiz: question {number} has no correct answer"
        if not all(answer.get("feedback") for answer in answers):
            yield f"quiz: question {number} has an answer without feedback"


def closing_faults(notebook):
    """A cell of assertions, after all other code but the quiz."""
    cells = [c for c in code_cells(notebook) if not tagged(c, "quiz")]
    if not any(tagged(cell, "check") for cell in cells):
        yield "no cell tagged 'check'"
    elif not tagged(cells[-1], "check"):
        yield "the cell tagged 'check' is not the last"
    elif not re.search(r"^\s*assert ", cells[-1].source, re.M):
        yield "the cell tagged 'check' asserts nothing"


# Starting a chapter, and the cache ------------------------------------------


def new(part, number, name, title):
    """Copy the template to book/PART/NUMBER-NAME.ipynb."""
    for word in (part, name):
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", word):
            sys.exit(f"expected a plain name such as a-linear-law, got {word}")
    chapter = f"{int(number):02d}"
    path = ROOT / "book" / part / f"{chapter}-{name}.ipynb"
    quiz = path.parent / "quiz" / f"{chapter}.json"
    if path.exists():
        sys.exit(f"{path} exists already")
    quiz.parent.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.read(TEMPLATE, as_version=4)
    for cell in notebook.cells:
        for old, put in (
            ("template-", f"{name}-"),
            ("fig-template", f"fig-{name}"),
            ("quiz/template.json", f"quiz/{chapter}.json"),
        ):
            cell.source = cell.source.replace(old, put)
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        if figure:
            figure["name"] = figure["name"].replace("template", name)
    header = notebook.cells[0]
    rest = header.source.partition("\n")[2]
    header.source = f"# {title}\n{rest}"
    nbformat.write(notebook, path)
    shutil.copy(TEMPLATE.parent / "quiz" / "template.json", quiz)
    print(f"wrote {path.relative_to(ROOT)} and {quiz.relative_to(ROOT)}")
    print("now add it to its part in _toc.yml, and run make notebooks:")
    print(f"      - file: book/{part}/{path.stem}")


def cache():
    """Execute what the site's cache lacks, several chapters at a time.

    The build itself would execute them one after the other. A chapter that
    fails is left to it, for it says where.
    """
    forget()
    known = get_cache(ROOT / "_build/.jupyter_cache")
    for record in known.list_project_records():
        known.remove_nb_from_project(record.pk)
    for path in chapters():
        known.add_nb_to_project(
            str(path), read_data={"name": "nbformat", "type": "plugin"}
        )
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # chapters share the cores already
    load_executor("local-parallel", known).run_and_cache(timeout=TIMEOUT)


def forget():
    """Forget cached outputs if what they were computed with has changed.

    Jupyter Book's cache looks at the text of the cells only.
    """
    sources = [
        ROOT / "requirements.txt",
        *sorted((ROOT / "book/_ext").glob("*.py")),
        *sorted((ROOT / "book").rglob("quiz/*.json")),
    ]
    for kind in ("py", "pyi", "csv", "npz"):
        sources += sorted((ROOT / "qcl").rglob(f"*.{kind}"))
    digest = hashlib.sha256()
    for path in sources:
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    build = ROOT / "_build"
    stamp = build / "outputs.sha256"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    for cache in (".jupyter_cache", ".doctrees"):
        shutil.rmtree(build / cache, ignore_errors=True)
    build.mkdir(exist_ok=True)
    stamp.write_text(digest.hexdigest())


def main():
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "command", choices=["execute", "check", "new", "list", "cache"]
    )
    parser.add_argument("arguments", nargs="*")
    options = parser.parse_args()
    if options.command == "new":
        return new(*options.arguments)
    if options.command == "cache":
        return cache()
    faults = 0
    for path in map(Path, options.arguments or chapters()):
        name = os.path.relpath(path)
        if options.command == "list":
            print(name)
            continue
        if options.command == "execute":
            print(f"{name}: {execute(path)}")
        for fault in check(path):
            print(f"{name}: {fault}")
            faults += 1
    return faults > 0


if __name__ == "__main__":
    sys.exit(main())
