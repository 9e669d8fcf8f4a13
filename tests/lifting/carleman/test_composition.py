"""Compositions and shifts, against the steps themselves and sympy."""

from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse as sp
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from qcl.lifting.carleman import composition
from qcl.lifting.carleman.composition import compose, shifted
from qcl.lifting.carleman.lift import lift
from qcl.lifting.maps.polynomial import PolynomialMap

FEW = settings(max_examples=40, deadline=None)
X, Y = sympy.symbols("x y")
LOSS = X**2 / 2 + Y**2 + X**2 * Y / 2 + X * Y**3 / 7
ETA = sympy.Rational(1, 5)
EXACT = PolynomialMap.from_loss(LOSS, [X, Y], ETA)


def same(left, right):
    """Whether two exact steps have the same coefficients."""
    degree = max(left.degree, right.degree)
    return all((left.F(d) == right.F(d)).all() for d in range(degree + 1))


@FEW
@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(1, 3))
def test_compose_is_one_step_after_the_other(random_step, seed, p, q):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 4))
    outer, inner = (
        random_step(rng, n, range(p + 1)),
        random_step(rng, n, range(q + 1)),
    )
    u = rng.normal(size=n)
    both = compose(outer, inner)
    wanted = outer(inner(u))
    np.testing.assert_allclose(both(u), wanted, rtol=1e-8, atol=1e-8)
    assert both.degree <= p * q


@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize(("p", "q"), [(1, 2), (2, 1), (2, 2), (3, 2)])
def test_lifted_matrices_multiply(random_step, n, p, q):
    """B of the composition: the product, in the rows j with j p <= N."""
    rng = np.random.default_rng(100 * n + 10 * p + q)
    outer, inner = (
        random_step(rng, n, range(p + 1)),
        random_step(rng, n, range(q + 1)),
    )
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
def test_shifted_is_the_same_step(random_step, seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 4))
    step = random_step(rng, n, range(3 + 1))
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


@pytest.mark.parametrize(("p", "q"), [(1, 2), (2, 2), (3, 2)])
@pytest.mark.parametrize("forced", [True, False])
def test_both_ways_of_composing_agree(random_step, p, q, forced):
    """Through the lifted blocks, and factor by factor."""
    rng = np.random.default_rng([p, q, forced])
    low = 0 if forced else 1
    outer = random_step(rng, 3, range(low, p + 1))
    inner = random_step(rng, 3, range(low, q + 1))
    left = composition._multiplied(outer, inner)
    right = composition._substituted(outer, inner, exact=False)
    assert left.degree == right.degree == p * q
    for d in range(p * q + 1):
        np.testing.assert_allclose(left.F(d), right.F(d), atol=1e-11)


def test_dense_maps_go_through_the_blocks(random_step, monkeypatch):
    step = random_step(np.random.default_rng(7), 12, (1, 2), 0.1)
    monkeypatch.setattr(composition, "_substituted", None)
    u = np.linspace(-0.2, 0.2, 12)
    np.testing.assert_allclose(
        compose(step, step)(u), step(step(u)), rtol=1e-10
    )


def test_sparse_maps_do_not(monkeypatch):
    step = PolynomialMap.from_coefficients(
        300, {(0, 1): np.ones(300), (2,): -0.1 * np.ones(300)}
    )
    monkeypatch.setattr(composition, "_multiplied", None)
    u = np.linspace(-0.2, 0.2, 300)
    np.testing.assert_allclose(
        compose(step, step)(u), step(step(u)), atol=1e-12
    )


def test_compositions_have_a_ceiling():
    high = PolynomialMap.from_update([X**40], [X])
    with pytest.raises(ValueError, match="has degree 1600; expected at most"):
        compose(high, high)
    rng = np.random.default_rng(8)
    wide = PolynomialMap({2: rng.normal(size=(60, 3600))})
    with pytest.raises(ValueError, match=r"would need .* GB .* restrict the"):
        compose(wide, wide)


def test_what_is_no_step_is_told_the_way():
    with pytest.raises(TypeError, match="expected a PolynomialMap, got a Lif"):
        compose(lift(EXACT, 2), EXACT)
