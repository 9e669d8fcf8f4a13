"""Compositions, shifts, coordinates and the way back to a loss."""

from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse as sp
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from qcl.lifting.carleman.composition import compose, shifted
from qcl.lifting.carleman.lift import lift
from qcl.lifting.maps.gradients import is_gradient
from qcl.lifting.maps.polynomial import PolynomialMap
from qcl.lifting.maps.transforms import in_coordinates

FEW = settings(max_examples=40, deadline=None)
X, Y = sympy.symbols("x y")
LOSS = X**2 / 2 + Y**2 + X**2 * Y / 2 + X * Y**3 / 7
ETA = sympy.Rational(1, 5)
EXACT = PolynomialMap.from_loss(LOSS, [X, Y], ETA)


def random_step(rng, n, degree, forced=True):
    degrees = range(0 if forced else 1, degree + 1)
    return PolynomialMap({d: rng.normal(size=(n, n**d)) for d in degrees})


def same(left, right):
    """Whether two exact steps have the same coefficients."""
    degree = max(left.degree, right.degree)
    return all((left.F(d) == right.F(d)).all() for d in range(degree + 1))


@FEW
@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(1, 3))
def test_compose_is_one_step_after_the_other(seed, p, q):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 4))
    outer, inner = random_step(rng, n, p), random_step(rng, n, q)
    u = rng.normal(size=n)
    both = compose(outer, inner)
    wanted = outer(inner(u))
    np.testing.assert_allclose(both(u), wanted, rtol=1e-8, atol=1e-8)
    assert both.degree <= p * q


@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize(("p", "q"), [(1, 2), (2, 1), (2, 2), (3, 2)])
def test_lifted_matrices_multiply(n, p, q):
    """B of the composition: the product, in the rows j with j p <= N."""
    rng = np.random.default_rng(100 * n + 10 * p + q)
    outer, inner = random_step(rng, n, p), random_step(rng, n, q)
    order = 6
    both, left, right = (
        lift(step, order) for step in (compose(outer, inner), outer, inner)
    )
    rows = slice(0, both.degree(order // p).stop)
    product = (left.matrix @ right.matrix).toarray()[rows]
    np.testing.assert_allclose(
        both.matrix.toarray()[rows], product, rtol=1e-10, atol=1e-10
    )
    forcing = left.matrix @ right.forcing + left.forcing
    np.testing.assert_allclose(
        both.forcing[rows], forcing[rows], rtol=1e-10, atol=1e-10
    )


def test_compositions_of_exact_steps_are_exact():
    start = [Fraction(1, 3), Fraction(-2, 7)]
    twice = compose(EXACT, EXACT)
    assert twice.exact
    assert (twice(start) == EXACT.trajectory(start, 2)[2]).all()
    assert not compose(EXACT, EXACT.as_float()).exact


def test_composition_is_associative():
    small = PolynomialMap.from_loss(X**2 + X * Y**2, [X, Y], ETA)
    left = compose(compose(EXACT, small), small)
    assert same(left, compose(EXACT, compose(small, small)))


def test_the_identity_is_neutral():
    eye = PolynomialMap.from_update([X, Y], [X, Y])
    assert same(compose(EXACT, eye), EXACT)
    assert same(compose(eye, EXACT), EXACT)


def test_composition_against_sympy():
    twice = compose(EXACT, EXACT)
    once = [w - ETA * sympy.diff(LOSS, w) for w in (X, Y)]
    values = dict(zip((X, Y), once, strict=True))
    rules = [e.subs(values, simultaneous=True) for e in once]
    assert same(twice, PolynomialMap.from_update(rules, [X, Y]))


def test_a_step_to_zero():
    nothing = PolynomialMap.from_update([0 * X, 0 * Y], [X, Y])
    assert same(compose(nothing, EXACT), nothing)
    assert same(compose(EXACT, nothing), nothing)  # EXACT keeps 0


def test_sparse_maps_of_a_thousand_weights_compose():
    n = 1000
    rng = np.random.default_rng(5)
    row = np.repeat(np.arange(n), 2)
    column = rng.integers(0, n * n, 2 * n)
    F2 = sp.csr_array((rng.normal(size=2 * n), (row, column)), (n, n * n))
    step = PolynomialMap({1: -0.1 * sp.eye_array(n), 2: F2})
    u = rng.normal(size=n)
    np.testing.assert_allclose(
        compose(step, step)(u), step(step(u)), rtol=1e-9, atol=1e-9
    )


def test_compose_wants_equal_sizes():
    with pytest.raises(ValueError, match="got 2 and 1"):
        compose(EXACT, PolynomialMap({1: [[1]]}))


@FEW
@given(st.integers(0, 10**6))
def test_shifted_is_the_same_step(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 4))
    step = random_step(rng, n, 3)
    s, v = rng.normal(size=(2, n))
    moved = shifted(step, s)
    np.testing.assert_allclose(moved(v), step(s + v) - s, atol=1e-8)
    np.testing.assert_allclose(
        shifted(moved, -s)(v), step(v), rtol=1e-7, atol=1e-7
    )


def test_shifted_is_the_expansion_about_another_point():
    at = [sympy.Rational(1, 3), sympy.Rational(-1, 2)]
    there = PolynomialMap.from_loss(LOSS, [X, Y], ETA, at=at)
    assert same(shifted(EXACT, at), there)
    assert not shifted(EXACT, [0.5, 0.5]).exact


def test_shifted_by_nothing():
    assert same(shifted(EXACT, [0, 0]), EXACT)


def test_shifted_wants_a_point():
    with pytest.raises(ValueError, match=r"shape \(2,\)"):
        shifted(EXACT, [1, 2, 3])


@FEW
@given(st.integers(0, 10**6), st.booleans())
def test_other_coordinates(seed, diagonal):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 4))
    step = random_step(rng, n, 3)
    W = rng.normal(size=(n, n)) + 3 * np.eye(n)
    W = np.diag(np.diag(W)) if diagonal else W
    u = rng.normal(size=n)
    moved = in_coordinates(step, W)
    np.testing.assert_allclose(moved(W @ u), W @ step(u), atol=1e-7)


def test_a_unit_of_weight_is_a_diagonal_change():
    step = random_step(np.random.default_rng(6), 2, 2)
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
