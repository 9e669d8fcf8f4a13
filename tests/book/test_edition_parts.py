"""The parts that make the reader's edition, without a built book."""

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"
sys.path.insert(0, str(BOOK / "_ext"))

from qcl_edition.code import without_plumbing  # noqa: E402
from qcl_edition.quiz import quiz_text  # noqa: E402
from qcl_edition.tex import (  # noqa: E402
    display,
    expand,
    in_text,
    with_arity,
)

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
MATHJAX = CONFIG["sphinx"]["config"]["mathjax3_config"]
MACROS = with_arity(MATHJAX["tex"]["macros"])


@pytest.mark.parametrize(
    ("tex", "plain_tex"),
    [
        (r"\ket0", r"\left|0\right\rangle"),
        (r"\bra k", r"\left\langle k\right|"),
        (r"\ket{b}c", r"\left|b\right\rangle c"),
        (r"\R^n \Re", r"\mathbb{R}^n \Re"),
        (r"\abs{\abs{x}_1}", r"\left|\left|x\right|_1\right|"),
        (r"a \\R b", r"a \\R b"),
        (r"\ket\psi", r"\left|\psi\right\rangle"),
        (r"\braket{a}{b}", r"\left\langle a\middle|b\right\rangle"),
    ],
)
def test_macros_are_expanded(tex, plain_tex):
    assert expand(tex, MACROS) == plain_tex


def test_macros_in_text_are_expanded():
    assert in_text(r"for \R and $x \in \R$", MACROS) == (
        r"for \R and $x \in \mathbb{R}$"
    )


def test_only_plumbing_is_cut():
    cells = [
        "from functools import partial, reduce\nfrom myst_nb import glue\n"
        "import numpy as np\n\nnote = partial(glue, display=False)\nx = 1",
        'for k in range(3):\n    note(\n        f"{k}",\n        k,\n    )\nx',
        'for k in range(3):\n    y = k\n    note("b", y)',
        'glue("c", 1, display=False)',
        "reduce(np.add, [1])",
    ]
    assert without_plumbing(cells) == [
        "from functools import partial, reduce\nimport numpy as np\n\nx = 1",
        "x",
        "for k in range(3):\n    y = k",
        "",
        "reduce(np.add, [1])",
    ]


def test_a_value_is_not_shown_by_a_cut():
    with pytest.raises(ValueError, match="no value before a last glue"):
        without_plumbing(['1 + 1\nglue("a", 2)'])


def test_unknown_question_is_refused(tmp_path):
    (tmp_path / "quiz").mkdir()
    path = shutil.copy(BOOK / "lifting/quiz/01.json", tmp_path / "quiz")
    text = Path(path).read_text(encoding="utf-8")
    Path(path).write_text(text.replace("multiple_choice", "essay"))
    with pytest.raises(ValueError, match="got 'essay'"):
        quiz_text("quiz/01.json", tmp_path, MACROS)


@pytest.mark.parametrize(
    ("tex", "number", "shown"),
    [
        ("a\n = b", "1.2", r"$$a = b \tag{1.2}$$"),
        (r"a \\ b", "", r"$$\begin{split}a \\ b\end{split}$$"),
        (
            r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}",
            "",
            r"$$\begin{pmatrix} 1 \\ 2 \end{pmatrix}$$",
        ),
    ],
)
def test_displays_stand_on_one_line(tex, number, shown):
    assert display(tex, MACROS, number) == shown


@pytest.fixture
def tool():
    path = BOOK / "_tools" / "edition.py"
    spec = importlib.util.spec_from_file_location("edition", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_a_reader_changed_is_kept(tool, tmp_path):
    built, copy = tmp_path / "built", tmp_path / "copy"
    built.mkdir()
    for name in ("mine.ipynb", "theirs.ipynb"):
        (built / name).write_text("first")
    assert tool.renew(built, copy) == []
    (copy / "mine.ipynb").write_text("my notes")
    for name in ("mine.ipynb", "theirs.ipynb"):
        (built / name).write_text("second")
    for _ in range(2):
        assert tool.renew(built, copy) == ["mine.ipynb"]
        assert (copy / "mine.ipynb").read_text() == "my notes"
        assert (copy / "theirs.ipynb").read_text() == "second"
