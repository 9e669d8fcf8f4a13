"""Which steps are gradient descents."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from qcl.lifting.carleman.composition import compose
from qcl.lifting.maps.gradients import is_gradient
from qcl.lifting.maps.polynomial import PolynomialMap

FEW = settings(max_examples=40, deadline=None)
X, Y = sympy.symbols("x y")
LOSS = X**2 / 2 + Y**2 + X**2 * Y / 2 + X * Y**3 / 7
ETA = sympy.Rational(1, 5)
EXACT = PolynomialMap.from_loss(LOSS, [X, Y], ETA)


@pytest.mark.parametrize("kind", ["exact", "float"])
def test_descents_are_gradients(kind):
    at = [sympy.Rational(2, 3), sympy.Rational(1, 7)]
    step = PolynomialMap.from_loss(LOSS, [X, Y], ETA, at=at)
    assert is_gradient(step if kind == "exact" else step.as_float())


@FEW
@given(st.integers(0, 10**6), st.integers(0, 3))
def test_symmetry_in_all_indices_is_the_test(seed, degree):
    """Against the dense tensor: swap the output with the first input."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 4))
    table = rng.integers(-1, 2, size=(n, n**degree)).astype(float)
    step = PolynomialMap({degree: table, 1: np.eye(n) + table[:, :1] * 0})
    F = step.F(degree).reshape((n,) * (degree + 1))
    swapped = F.swapaxes(0, 1) if degree else F
    assert is_gradient(step) == np.allclose(F, swapped, atol=1e-12)


def test_a_rotation_is_no_gradient():
    rotation = PolynomialMap.from_update([X + Y, Y - X], [X, Y])
    assert rotation.exact
    assert not is_gradient(rotation)
    assert not is_gradient(rotation.as_float())
    tiny = PolynomialMap({1: [[-1.0, 0.5], [0.5 + 1e-9, -1.0]]})
    assert not is_gradient(tiny)
    assert is_gradient(tiny, tolerance=1e-8)


def test_an_entry_without_its_partner_is_no_gradient():
    step = PolynomialMap({2: [[0, 0, 0, 1], [0, 0, 0, 0]]})
    assert not is_gradient(step)
    assert is_gradient(PolynomialMap({2: [[1, 0, 0, 0], [0, 0, 0, 0]]}))


def test_composing_descents_is_no_descent():
    assert not is_gradient(compose(EXACT, EXACT))


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9])
def test_the_tolerance_is_relative_to_the_largest_entry(unit):
    F1 = unit * np.array([[-1.0, 0.5], [0.5 + 1e-9, -1.0]])
    step = PolynomialMap({1: F1})
    assert is_gradient(step, tolerance=1e-8)
    assert not is_gradient(step, tolerance=1e-10)


def test_what_is_no_step_or_tolerance_is_refused():
    with pytest.raises(TypeError, match="expected a PolynomialMap, got None"):
        is_gradient(None)
    with pytest.raises(ValueError, match="expected tolerance >= 0"):
        is_gradient(EXACT, tolerance=-1)
