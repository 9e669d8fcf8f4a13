"""Formulas of the blocks: the listed ones, numbers, and what they import."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import sympy

import qcl.lifting.diagrams.symbolic as module
from qcl.lifting.carleman.lift import carleman_generator, lift
from qcl.lifting.diagrams.symbolic import Kron, symbolic_blocks
from qcl.lifting.maps.polynomial import PolynomialMap

ETA = sympy.Symbol("eta")
FOLDER = Path(module.__file__).parent

# Rows j = 2 and 3 of a forced quadratic step: (one ordering of the factors,
# how many orderings, order in eta), copied from the book's appendix.
LISTED = {
    (2, 0): ["00 1 2"],
    (2, 1): ["0I 2 1", "01 2 2"],
    (2, 2): ["II 1 0", "1I 2 1", "11 1 2", "02 2 2"],
    (2, 3): ["2I 2 1", "12 2 2"],
    (2, 4): ["22 1 2"],
    (3, 0): ["000 1 3"],
    (3, 1): ["00I 3 2", "001 3 3"],
    (3, 2): ["0II 3 1", "01I 6 2", "011 3 3", "002 3 3"],
    (3, 3): ["III 1 0", "1II 3 1", "11I 3 2", "02I 6 2", "111 1 3",
             "012 6 3"],
    (3, 4): ["2II 3 1", "12I 6 2", "112 3 3", "022 3 3"],
    (3, 5): ["22I 3 2", "122 3 3"],
    (3, 6): ["222 1 3"],
}  # fmt: skip


def words(expr):
    """Return the words of a sum as strings, each with its coefficient."""
    found = Counter()
    for term in sympy.Add.make_args(expr):
        factors = term.args if isinstance(term, Kron) else [term]
        found["".join(str(f).lstrip("F") for f in factors)] += 1
    return found


@pytest.mark.parametrize("column", LISTED, ids=str)
def test_words_are_those_listed_in_the_appendix(column):
    block = symbolic_blocks(2, 2, 3, ETA, forcing=True)[column]
    found = {
        ("".join(sorted(word)), m): 0
        for m, e in block.by_order.items()
        for word in words(e)
    }
    for m, e in block.by_order.items():
        for word, count in words(e).items():
            assert count == 1
            found["".join(sorted(word)), m] += 1
    listed = {}
    for entry in LISTED[column]:
        word, count, m = entry.split()
        listed["".join(sorted(word)), int(m)] = int(count)
    assert found == listed


@pytest.mark.parametrize("n", [1, 2, sympy.Symbol("n")], ids=str)
@pytest.mark.parametrize("forcing", [False, True])
def test_columns_of_each_row(n, forcing):
    blocks = symbolic_blocks(n, 3, 3, ETA, forcing=forcing)
    for j in (1, 2, 3):
        columns = [k for row, k in blocks if row == j]
        assert columns == list(range(0 if forcing else j, 3 * j + 1))
    assert blocks[3, 4].shape == (n**3, n**4)


def test_orders_add_up_and_split_into_continuous_and_corrections():
    for n in (1, 2):
        for block in symbolic_blocks(n, 2, 3, ETA, forcing=True).values():
            parts = block.by_order
            assert sympy.expand(sum(parts.values()) - block.expr) == 0
            rest = block.expr - block.continuous - block.corrections
            assert sympy.expand(rest - parts.get(0, 0)) == 0


@pytest.mark.parametrize("forcing", [False, True])
def test_one_weight_equals_the_powers_of_the_step(forcing):
    u = sympy.Symbol("u")
    f = sympy.symbols("f0:4")
    start = 0 if forcing else 1
    step = u + ETA * sum(f[d] * u**d for d in range(start, 4))
    blocks = symbolic_blocks(1, 3, 4, ETA, forcing=forcing)
    for j in range(1, 5):
        powers = sympy.Poly(sympy.expand(step**j), u)
        for k in range(3 * j + 1):
            wanted = powers.coeff_monomial(u**k)
            got = blocks[j, k].expr if (j, k) in blocks else 0
            assert sympy.expand(got - wanted) == 0


@pytest.mark.parametrize("degrees", [(1, 2), (0, 1, 2)])
def test_one_weight_equals_the_numeric_block(degrees):
    eta, f = 0.3, {0: 0.2, 1: -1.1, 2: 0.7}
    step = PolynomialMap({d: [[eta * f[d]]] for d in degrees})
    lifting = lift(step, order=8)
    numbers = {ETA: eta} | {sympy.Symbol(f"f{d}"): f[d] for d in f}
    blocks = symbolic_blocks(1, 2, 4, ETA, forcing=0 in degrees)
    for (j, k), block in blocks.items():
        if k:
            wanted = lifting.block(j, k).toarray().item()
        else:
            wanted = lifting.forcing[j - 1]
        assert float(block.expr.subs(numbers)) == pytest.approx(
            wanted, abs=1e-12
        )


@pytest.mark.parametrize("degrees", [(1, 2), (0, 1, 2)])
@pytest.mark.parametrize("n", [2, sympy.Symbol("n")], ids=str)
def test_matrices_put_in_give_the_kronecker_block(random_step, n, degrees):
    step = random_step(1, 2, degrees)
    lifting = lift(step, order=6, basis="kronecker")
    tensors = {d: step.F(d) for d in degrees}
    blocks = symbolic_blocks(n, 2, 3, ETA, forcing=0 in degrees)
    for (j, k), block in blocks.items():
        got = np.array(block.evaluate(tensors), dtype=float)
        if k:
            wanted = lifting.block(j, k).toarray()
        else:
            wanted = lifting.forcing[lifting.degree(j)][:, None]
        np.testing.assert_allclose(got, wanted, atol=1e-12)


def test_continuous_part_is_the_generator(random_step):
    step = random_step(2, 1, (0, 1, 2))
    generator = carleman_generator(step, order=6).toarray()
    values = {sympy.Symbol(f"f{d}"): step.F(d).item() for d in range(3)}
    for (j, k), block in symbolic_blocks(1, 2, 3, ETA, forcing=True).items():
        if k:
            part = block.continuous.subs({ETA: 1, **values})
            assert float(part) == pytest.approx(generator[j - 1, k - 1])


def test_a_tensor_left_out_is_zero():
    block = symbolic_blocks(1, 2, 2, ETA)[2, 3]
    assert block.evaluate({1: [[1]]}) == sympy.zeros(1, 1)
    assert block.evaluate({1: [[1]], 2: [[5]]}) == sympy.Matrix([[20]])


def test_latex_of_words_and_of_one_weight():
    block = symbolic_blocks(2, 2, 2, ETA)[2, 3]
    assert sympy.latex(block.continuous) == (
        r"F_{2}\otimes I + I\otimes F_{2}"
    )
    shown = block._repr_latex_()
    assert shown.startswith(r"$\displaystyle \begin{aligned}B_{2,3} ={}& ")
    assert r"F_{2}\otimes I + I\otimes F_{2} \quad [\eta]\\" in shown
    assert shown.endswith(r"F_{2}\otimes F_{1} \quad [\eta^{2}]\end{aligned}$")
    shown = symbolic_blocks(1, 2, 2, ETA)[2, 3]._repr_latex_()
    assert shown == (
        r"$\displaystyle B_{2,3} = 2 \eta f_{2} + 2 \eta^{2} f_{1} f_{2}$"
    )


def test_long_orders_break_into_lines_with_one_tag():
    block = symbolic_blocks(2, 2, 3, ETA, forcing=True)[3, 3]
    shown = block._repr_latex_()
    assert shown.count(r"\\") == 6
    assert shown.count(r"[\eta^{2}]") == 1
    assert shown.count("{") == shown.count("}")


def test_text_form_names_every_order():
    blocks = symbolic_blocks(2, 2, 2, ETA)
    assert repr(blocks[1, 1]) == "B_{1,1} = I + F1 [eta]"
    assert repr(blocks[2, 4]) == "B_{2,4} = F2⊗F2 [eta**2]"
    assert blocks[2, 4].continuous == 0


def test_four_rows_with_any_number_of_weights():
    blocks = symbolic_blocks(sympy.Symbol("n"), 2, 4, ETA, forcing=True)
    for block in blocks.values():
        assert block.expr != 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 2, 2, ETA), "expected n >= 1, got n=0"),
        ((1.5, 2, 2, ETA), "expected an integer n, got n=1.5"),
        ((10**30, 2, 2, ETA), "expected n <= 1,000,000"),
        ((1, 10**30, 2, ETA), "expected degree <= 1,000"),
        ((1, 2, 2**63, ETA), "order <= 16, .*; lower the order"),
        ((1, 2, 2, "eta + 1"), "expected eta as a sympy symbol, got a str"),
        ((1, 0, 2, ETA), "expected degree >= 1, got degree=0"),
        ((1, 2, 0, ETA), "expected order >= 1, got order=0"),
        ((1, 2, 2, 0.1), "expected eta as a sympy symbol"),
        ((2, 2, 20, ETA), "lower the order"),
    ],
)
def test_bad_inputs(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        symbolic_blocks(*arguments)


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({}, "at least one F_l"),
        ({1: [[1, 0]]}, r"expected F_1 of shape \(2, 2\), got \(1, 2\)"),
        ({1: [[1]]}, r"expected F_1 of shape \(2, 2\), got \(1, 1\)"),
        ({1: [[1, 2], [3]]}, "expected rows of equal length in F_1"),
        ({1: [["2", 0], [0, 0]]}, "an entry of F_1 .* got the text '2'"),
        ({1: [[sympy.nan, 0], [0, 0]]}, "finite entries in F_1, got nan"),
        ({1: 5}, "expected F_1 as a matrix, a list of rows, got an int"),
        ([[1]], "expected a mapping of degrees to F_l, got a list"),
    ],
)
def test_bad_matrices(tensors, message):
    with pytest.raises((TypeError, ValueError), match=message):
        symbolic_blocks(2, 2, 2, ETA)[2, 3].evaluate(tensors)


def test_a_block_too_large_to_write_down_is_refused():
    block = symbolic_blocks(2, 2, 9, ETA)[9, 18]
    with pytest.raises(ValueError, match=r"use qcl\.lift, which keeps it"):
        block.evaluate({1: np.eye(2), 2: np.ones((2, 4))})


# The layer that also runs in a browser: formulas and enumeration.
LAYER = [*sorted(FOLDER.glob("*.py")), FOLDER.parents[1] / "_checks.py"]


@pytest.mark.parametrize("path", LAYER, ids=lambda path: path.name)
def test_the_layer_imports_sympy_and_the_standard_library_alone(path):
    """What functions import when they are called is another matter."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add(node.module)
    ours = {name for name in names if name.split(".")[0] == "qcl"}
    assert all(
        name == "qcl._checks" or name.startswith("qcl.lifting.diagrams.")
        for name in ours
    )
    packages = {name.split(".")[0] for name in names - ours}
    assert packages - set(sys.stdlib_module_names) <= {"sympy"}


def test_the_layer_runs_where_nothing_compiled_is_installed():
    code = """
import sys
for name in ("numpy", "scipy", "matplotlib"):
    sys.modules[name] = None  # importing it now fails
import qcl
blocks = qcl.symbolic_blocks(2, 2, 4, "eta", forcing=True)
print(blocks[2, 3], blocks[4, 4]._repr_latex_()[:3])
print(blocks[2, 3].evaluate({1: [[1, 0], [0, 1]], 0: [1, 2]}).shape)
print(len(qcl.diagrams(3, 3, 2, forcing=True)))
print(qcl.count_histories(2.0, 2), len(list(qcl.histories(2, 2, wires=2))))
try:
    qcl.diagrams("3", 3, 2)
except TypeError as error:
    print(error)
"""
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "B_{2,3} = F2⊗I + I⊗F2 [eta] + F1⊗F2 + F2⊗F1 [eta**2] "
        "$\\d\n(4, 8)\n20\n15 10\nexpected an integer j, got j='3'\n"
    )
