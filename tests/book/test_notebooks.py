"""The rules of a chapter: every chapter keeps them, and breaking is seen.

nbval runs the notebooks themselves: see make test.
"""

import importlib.util
import json
import shutil
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]


def load_tool():
    path = ROOT / "book/_tools/notebooks.py"
    spec = importlib.util.spec_from_file_location("notebooks", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = load_tool()


@pytest.mark.parametrize(
    "path", tool.chapters(), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_chapter_keeps_the_rules(path):
    assert tool.check(path) == []


@pytest.fixture
def template(tmp_path):
    """Return a copy of the template, to be damaged."""
    (tmp_path / "quiz").mkdir()
    quiz = tool.TEMPLATE.parent / "quiz" / "template.json"
    shutil.copy(quiz, tmp_path / "quiz")
    return Path(shutil.copy(tool.TEMPLATE, tmp_path))


def faults(path, damage):
    """Return the faults of a notebook after one function changed it."""
    notebook = nbformat.read(path, as_version=4)
    damage(notebook)
    nbformat.write(notebook, path)
    return tool.check(path)


def code(notebook, number):
    return tool.code_cells(notebook)[number]


def replace(old, new):
    def damage(notebook):
        hit = [cell for cell in notebook.cells if old in cell.source]
        assert hit, f"{old!r} is not in the template"
        for cell in hit:
            cell.source = cell.source.replace(old, new)

    return damage


def add_lines(lines):
    def damage(notebook):
        code(notebook, 0).source += "\n" + lines

    return damage


def forget_metadata(*keys):
    def damage(notebook):
        place = code(notebook, 1).metadata["mystnb"]
        for key in keys[:-1]:
            place = place[key]
        del place[keys[-1]]

    return damage


def untag(number, tag):
    return lambda notebook: code(notebook, number).metadata["tags"].remove(tag)


def unexecute(notebook):
    code(notebook, 2).execution_count = None


def fail(notebook):
    error = nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])
    code(notebook, 0).outputs = [error]


def assert_early(notebook):
    notebook.cells.insert(1, notebook.cells.pop(-2))
    for count, cell in enumerate(tool.code_cells(notebook), start=1):
        cell.execution_count = count


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (replace("# The parts", "The parts"), "begins with '# Title'"),
        (replace("**Afterwards you can**", "Then"), "got 0"),
        (replace("\n- start a chapter", "\nand start"), "got 1"),
        (replace("**Before:**", "Before"), "Before"),
        (replace("no qubits.*", "fast.*"), "header: no '*Reading"),
        (unexecute, "not executed"),
        (fail, "ends in an error"),
        (add_lines("pass\n" * 12), "at most 12"),
        (add_lines("import sys; sys.path.append('..')"), "edits paths"),
        (add_lines("%pip install qcl"), "installs packages"),
        (add_lines("!ls"), "uses a magic"),
        (add_lines("from qcl.lifting.carleman.lift import lift"), "behind"),
        (add_lines("import qcl.solving"), "behind the public names"),
        (add_lines("from qcl import learning"), "behind the public names"),
        (add_lines("from qcl.drawing.style import ink"), "behind the public"),
        (add_lines("qcl._checks"), "behind the public names"),
        (add_lines("def f():\n    a = 1\n    b = 2\n    return a"), "in qcl"),
        (forget_metadata("figure", "caption"), "no mystnb.figure.caption"),
        (forget_metadata("figure", "name"), "expected mystnb.figure.name"),
        (forget_metadata("image", "alt"), "no mystnb.image.alt"),
        (forget_metadata("figure"), "no mystnb.figure.caption"),
        (replace("{exercise} Break", "{note} Break"), "got 2"),
        (replace("{solution} template-by-hand", "{note}"), "no solution"),
        (replace(":class: dropdown\n", ""), "dropdown"),
        (untag(3, "quiz"), "expected 1 cell tagged 'quiz', got 0"),
        (untag(3, "remove-input"), "not tagged 'remove-input'"),
        (replace("quiz/template.json", "quiz/none.json"), "names no file"),
        (untag(4, "check"), "no cell tagged 'check'"),
        (assert_early, "is not the last"),
        (replace("assert ", "print "), "asserts nothing"),
    ],
)
def test_a_broken_rule_is_seen(template, damage, fault):
    assert fault in "\n".join(faults(template, damage))


@pytest.mark.parametrize(
    ("questions", "fault"),
    [
        ([], "expected 2-4 questions, got 0"),
        ([{"answers": [{"correct": False}]}] * 2, "no correct answer"),
        ([{"answers": [{"correct": True}]}] * 2, "without feedback"),
    ],
)
def test_a_broken_quiz_is_seen(template, questions, fault):
    quiz = template.parent / "quiz" / "template.json"
    quiz.write_text(json.dumps(questions))
    assert fault in "\n".join(tool.check(template))


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Return an empty book, in which the tool works."""
    monkeypatch.setattr(tool, "ROOT", tmp_path / "book-of-one")
    return tool.ROOT


def test_a_new_chapter_is_the_template_under_its_title(root):
    tool.new("lifting", "3", "discrete", r"What $\eta$ \1 does")
    notebook = nbformat.read(root / "book/lifting/03-discrete.ipynb", 4)
    assert notebook.cells[0].source.startswith("# What $\\eta$ \\1 does\n\n**")
    assert tool.exercise_labels(notebook)[0].startswith("discrete-")
    assert (root / "book/lifting/quiz/03.json").exists()


@pytest.mark.parametrize(
    ("part", "name"), [("../..", "x"), ("lifting", "../x"), ("/etc", "x")]
)
def test_a_chapter_outside_the_book_is_refused(root, part, name):
    with pytest.raises(SystemExit, match="expected a plain name"):
        tool.new(part, "3", name, "Title")
    assert not root.exists()


@pytest.mark.parametrize(
    "name",
    ["requirements.txt", "qcl/a/b.py", "qcl/a.pyi", "qcl/a/b.csv",
     "qcl/a/b.npz", "book/_ext/a.py", "book/a/quiz/01.json"],
)  # fmt: skip
def test_outputs_are_forgotten_when_what_made_them_changes(root, name):
    for path in (root / "requirements.txt", root / name):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1")
    kept = root / "_build/.jupyter_cache"
    tool.forget()
    kept.mkdir()
    tool.forget()
    assert kept.exists()
    (root / name).write_text("2")
    tool.forget()
    assert not kept.exists()


@pytest.mark.slow
def test_executing_twice_changes_nothing(template, monkeypatch):
    monkeypatch.setattr(tool, "restate", lambda *_: None)
    tool.execute(template)
    once = template.read_bytes()
    tool.execute(template)
    assert template.read_bytes() == once


def test_normalising_keeps_text_and_drops_figures():
    data = {"text/plain": "1", "image/png": "x", tool.WIDGET: {}}
    shown = nbformat.v4.new_output("execute_result", data, execution_count=7)
    streams = [nbformat.v4.new_output("stream", text=t) for t in "ab"]
    cell = nbformat.v4.new_code_cell("1", outputs=[shown, *streams])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    tool.normalise(notebook)
    first, second = notebook.cells[0].outputs
    assert first["data"] == {"text/plain": "1"}
    assert first["execution_count"] == 1
    assert second["text"] == "ab"


def test_costs_are_restated_only_when_far_off(template):
    notebook = nbformat.read(template, as_version=4)
    header = notebook.cells[0]
    tool.restate(notebook, seconds=40.0, megabytes=400.0)
    assert "running 40 s · 400 MB" in header.source
    tool.restate(notebook, seconds=45.0, megabytes=450.0)
    assert "running 40 s · 400 MB" in header.source
    tool.restate(notebook, seconds=80.0, megabytes=220.0)
    assert "running 80 s · 220 MB" in header.source
