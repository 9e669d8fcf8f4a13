import numpy as np
import pytest
import sympy

from qcl import _checks
from qcl.learning.networks.loss_polynomial import LossPolynomial
from qcl.lifting.algebra.terms import Terms
from qcl.lifting.maps.polynomial import PolynomialMap

A, B = sympy.symbols("a b")
# (a b - 1)**2 / 2 + a / 4, from its parts
PARTS = {
    0: ([[]], [0.5]),
    1: ([[0], [1]], [0.25, 0.0]),
    2: ([[0, 1]], [-1.0]),
    4: ([[0, 0, 1, 1]], [0.5]),
}
LOSS = LossPolynomial(
    2,
    {
        degree: Terms(2, np.array(tuples, dtype=np.int64), np.array([values]))
        for degree, (tuples, values) in PARTS.items()
    },
)
FORMULA = (A * B - 1) ** 2 / 2 + A / 4


def test_degree_and_terms():
    assert LOSS.degree == 4
    assert LOSS.terms == 4  # the coefficient of b is 0


def test_value_and_expression():
    assert sympy.expand(LOSS.expression([A, B]) - FORMULA) == 0
    assert LOSS([2.0, 3.0]) == float(FORMULA.subs({A: 2, B: 3}))


def test_step_equals_sympy():
    step = LOSS.step(0.1)
    oracle = PolynomialMap.from_loss(FORMULA, [A, B], 0.1)
    assert step.degree == oracle.degree == 3
    for degree in range(4):
        np.testing.assert_allclose(
            step.F(degree), oracle.F(degree), rtol=0, atol=1e-15
        )


def test_a_constant_loss_gives_a_step_that_stays():
    constant = LossPolynomial(2, {0: LOSS.parts[0]})
    assert constant.degree == 0
    assert constant.step(0.1)([1.0, 2.0]).tolist() == [1.0, 2.0]


def test_wrong_arguments():
    with pytest.raises(ValueError, match="eta > 0"):
        LOSS.step(0.0)
    with pytest.raises(ValueError, match=r"shape \(2,\)"):
        LOSS([1.0])
    with pytest.raises(ValueError, match="expected 2 symbols"):
        LOSS.expression([A])


def test_it_is_short_at_a_prompt():
    assert repr(LOSS) == "LossPolynomial(n=2, degree=4, 4 terms)"


def test_it_cannot_be_changed():
    with pytest.raises(TypeError, match="item assignment"):
        LOSS.parts[0] = LOSS.parts[1]
    with pytest.raises(ValueError, match="read-only"):
        LOSS.parts[1].coefficients[0] = 7.0


def test_what_leaves_the_floats_is_said():
    with pytest.raises(OverflowError, match="range of floats"):
        LOSS([1e200, 1e200])


def test_other_kinds_are_refused():
    with pytest.raises(TypeError, match="Terms by degree, got a list"):
        LossPolynomial(2, [1])
    with pytest.raises(TypeError, match="sympy symbols"):
        LOSS.expression(["a", "b"])


def test_a_step_that_needs_too_much_room_is_refused(monkeypatch):
    monkeypatch.setattr(_checks, "CEILING", 100)
    with pytest.raises(ValueError, match="let fewer weights survive"):
        LOSS.step(0.1)
