import numpy as np
import pytest

from qcl import _checks
from qcl.learning.networks.sample_polynomials import (
    SamplePolynomial,
    combination,
    mean_square,
)
from qcl.lifting.algebra.basis import multisets
from qcl.lifting.algebra.terms import Terms

N, SAMPLES = 3, 4


def draw(rng, *degrees):
    """Random polynomials of the given degrees, half of the monomials."""
    parts = {}
    for degree in degrees:
        tuples = multisets(N, degree)
        tuples = tuples[np.sort(rng.permutation(len(tuples))[::2])]
        table = rng.normal(size=(SAMPLES, len(tuples)))
        parts[degree] = Terms(N, tuples, table)
    return SamplePolynomial(N, parts)


def value(polynomial, u, limit=None):
    """Evaluate, leaving out degrees above the limit."""
    return sum(
        part(u)
        for degree, part in polynomial.parts.items()
        if limit is None or degree <= limit
    )


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def test_products_agree_point_by_point(rng):
    a, b, u = draw(rng, 0, 1, 3), draw(rng, 1, 2), rng.normal(size=N)
    product = a.times(b, limit=None)
    np.testing.assert_allclose(value(product, u), value(a, u) * value(b, u))


def test_a_limit_drops_exactly_the_higher_degrees(rng):
    a, b, u = draw(rng, 0, 1, 3), draw(rng, 1, 2), rng.normal(size=N)
    short, full = a.times(b, limit=2), a.times(b, limit=None)
    assert max(short.parts) == 2
    np.testing.assert_allclose(value(short, u), value(full, u, limit=2))


def test_times_variable(rng):
    a, u = draw(rng, 0, 2), rng.normal(size=N)
    np.testing.assert_allclose(
        value(a.times_variable(1, None), u), u[1] * value(a, u)
    )
    assert max(a.times_variable(1, 2).parts) == 1


def test_combinations_agree_point_by_point(rng):
    a, b, u = draw(rng, 0, 1, 3), draw(rng, 1, 2), rng.normal(size=N)
    both = combination(N, [(2.0, a), (-0.5, b)])
    np.testing.assert_allclose(
        value(both, u), 2 * value(a, u) - 0.5 * value(b, u)
    )


@pytest.mark.parametrize("limit", [None, 3])
def test_mean_square(rng, limit):
    a, u = draw(rng, 0, 1, 2), rng.normal(size=N)
    squares = a.times(a, limit)
    np.testing.assert_allclose(
        value(mean_square(a, limit), u), value(squares, u).mean()
    )


def test_no_monomial_is_listed_twice(rng):
    a = draw(rng, 1, 2)
    for degree, part in a.times(a, None).parts.items():
        tuples = part.multisets
        assert len(np.unique(tuples, axis=0)) == len(tuples)
        assert tuples.shape[1] == degree
        assert (np.diff(tuples, axis=1) >= 0).all()


def test_too_many_monomials_are_refused(rng, monkeypatch):
    monkeypatch.setattr(_checks, "CEILING", 20)
    with pytest.raises(ValueError, match="truncate with max_degree"):
        draw(rng, 2).times(draw(rng, 3), None)
