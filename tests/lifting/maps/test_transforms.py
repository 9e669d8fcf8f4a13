"""A step in other coordinates."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from qcl.lifting.maps.polynomial import PolynomialMap
from qcl.lifting.maps.transforms import in_coordinates

FEW = settings(max_examples=40, deadline=None)
X, Y = sympy.symbols("x y")
LOSS = X**2 / 2 + Y**2 + X**2 * Y / 2 + X * Y**3 / 7
ETA = sympy.Rational(1, 5)
EXACT = PolynomialMap.from_loss(LOSS, [X, Y], ETA)


@FEW
@given(st.integers(0, 10**6), st.booleans())
def test_other_coordinates(random_step, seed, diagonal):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 4))
    step = random_step(rng, n, range(3 + 1))
    W = rng.normal(size=(n, n)) + 3 * np.eye(n)
    W = np.diag(np.diag(W)) if diagonal else W
    u = rng.normal(size=n)
    moved = in_coordinates(step, W)
    np.testing.assert_allclose(moved(W @ u), W @ step(u), atol=1e-7)


def test_a_unit_of_weight_is_a_diagonal_change(random_step):
    step = random_step(np.random.default_rng(6), 2, range(3))
    scaled = step.rescaled(4.0)
    for F, G in zip(
        (scaled.F(d) for d in range(3)),
        (in_coordinates(step, np.eye(2) / 4).F(d) for d in range(3)),
        strict=True,
    ):
        np.testing.assert_allclose(F, G, rtol=1e-14)


def test_coordinates_of_the_identity_step():
    step = in_coordinates(
        PolynomialMap({1: [[0, 0], [0, 0]]}), [[1, 1], [0, 1]]
    )
    assert step([1.0, 2.0]).tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.eye(3), r"shape \(2, 2\), got \(3, 3\)"),
        (np.ones((2, 2)), "singular"),
        ([[1.0, np.nan], [0.0, 1.0]], "finite numbers in the change"),
    ],
)
def test_coordinates_want_an_invertible_matrix(matrix, message):
    with pytest.raises(ValueError, match=message):
        in_coordinates(EXACT, matrix)


def test_large_maps_are_turned_only_by_a_diagonal():
    n = 600
    step = PolynomialMap.from_coefficients(n, {(0, 1): np.ones(n)})
    assert in_coordinates(step, 2 * np.eye(n)).terms[2].coefficients.nnz == n
    turn = np.eye(n)
    turn[0, 1] = 1
    with pytest.raises(ValueError, match="use a diagonal matrix"):
        in_coordinates(step, turn)


def test_units_far_apart_neither_overflow_nor_vanish():
    """u in units of 1e-200: u**2 / 1e-200 is 1e-200 v**2."""
    step = PolynomialMap({2: [[1.0, 0, 0, 0], [0.0] * 4]})
    moved = in_coordinates(step, np.diag([1e200, 1.0]))
    assert moved.F(2)[0, 0] == pytest.approx(1e-200, rel=1e-12)
