import numpy as np
import pytest
import sympy

from qcl.learning.networks.loss_polynomial import LossPolynomial
from qcl.lifting.maps.polynomial import PolynomialMap

A, B = sympy.symbols("a b")
# (a b - 1)**2 / 2 + a / 4, from its parts
LOSS = LossPolynomial(
    2,
    {
        0: (np.empty((1, 0), dtype=np.int64), np.array([0.5])),
        1: (np.array([[0], [1]]), np.array([0.25, 0.0])),
        2: (np.array([[0, 1]]), np.array([-1.0])),
        4: (np.array([[0, 0, 1, 1]]), np.array([0.5])),
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
