from collections import Counter
from itertools import permutations, product
from math import comb, factorial, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational

from qcl.lifting.algebra.basis import (
    dimension,
    isometry,
    monomials,
    multinomials,
    multiset_count,
    multisets,
    product_ranks,
    rank_multisets,
    sorted_tuples,
)

SIZES = [(1, 1), (1, 4), (2, 0), (2, 1), (2, 2), (2, 5), (3, 2), (3, 3),
         (4, 2), (4, 3), (5, 1)]  # fmt: skip
SMALL = [(1, 3), (2, 1), (2, 2), (2, 3), (2, 4), (3, 2), (3, 3)]


def kronecker_tuples(n, degree):
    """All index tuples in numpy.kron order, first factor slowest."""
    return list(product(range(n), repeat=degree))


def kronecker_power(u, degree):
    power = np.ones(1)
    for _ in range(degree):
        power = np.kron(power, u)
    return power


@pytest.mark.parametrize(("n", "degree"), SIZES)
def test_multisets_are_the_distinct_sorted_tuples_in_order(n, degree):
    wanted = sorted({tuple(sorted(t)) for t in kronecker_tuples(n, degree)})
    got = multisets(n, degree)
    assert got.dtype == np.int64
    assert got.shape == (len(wanted), degree)
    assert [tuple(row) for row in got.tolist()] == wanted
    assert multiset_count(n, degree) == len(wanted)


@pytest.mark.parametrize(("n", "degree"), SIZES)
def test_multinomials_count_the_orderings(n, degree):
    orderings = Counter(tuple(sorted(t)) for t in kronecker_tuples(n, degree))
    tuples = multisets(n, degree)
    wanted = [orderings[tuple(row)] for row in tuples.tolist()]
    assert multinomials(tuples).tolist() == wanted


@pytest.mark.parametrize(("n", "degree"), [(1, 20), (2, 20), (3, 15)])
def test_multinomials_add_up_to_all_tuples(n, degree):
    assert multinomials(multisets(n, degree)).sum() == n**degree


@pytest.mark.parametrize(("n", "order"), [(1, 3), (2, 4), (3, 3), (6, 2)])
def test_dimensions_are_those_of_the_theory(n, order):
    """Section A: the geometric sum, and binomial(n + N, N) - 1."""
    degrees = range(1, order + 1)
    symmetric = sum(comb(n + j - 1, j) for j in degrees)
    assert dimension(n, order) == symmetric
    assert dimension(n, order, "symmetric") == symmetric
    assert dimension(n, order, "monomial") == symmetric
    if n > 1:
        assert dimension(n, order, "kronecker") == (n ** (order + 1) - n) // (
            n - 1
        )
    assert dimension(1, order, "kronecker") == order
    assert dimension(n, 0) == dimension(n, 0, "kronecker") == 0


@pytest.mark.parametrize(("n", "degree"), SIZES)
def test_rank_is_the_position(n, degree):
    tuples = multisets(n, degree)
    ranks = rank_multisets(n, tuples)
    assert ranks.tolist() == list(range(multiset_count(n, degree)))


def test_rank_keeps_the_leading_shape():
    tuples = multisets(3, 2)
    stacked = tuples.reshape(2, 3, 2)
    assert rank_multisets(3, stacked).tolist() == [[0, 1, 2], [3, 4, 5]]


@settings(max_examples=20, derandomize=True, deadline=None)
@given(st.data(), st.integers(2, 1000), st.integers(1, 6))
def test_rank_keeps_the_order_for_many_weights(data, n, degree):
    tuples = st.lists(
        st.integers(0, n - 1), min_size=degree, max_size=degree
    ).map(sorted)
    a, b = data.draw(tuples), data.draw(tuples)
    rank_a, rank_b = rank_multisets(n, np.array([a, b])).tolist()
    assert (rank_a < rank_b) == (a < b)
    assert (rank_a == rank_b) == (a == b)
    ends = np.array([[0] * degree, [n - 1] * degree])
    assert rank_multisets(n, ends).tolist() == [
        0,
        multiset_count(n, degree) - 1,
    ]


@settings(max_examples=20, derandomize=True, deadline=None)
@given(st.data(), st.integers(2, 300), st.integers(1, 5))
def test_neighbours_differ_by_one_in_rank(data, n, degree):
    """Raising the last index by one moves to the next multiset."""
    indices = st.lists(st.integers(0, n - 2), min_size=degree, max_size=degree)
    here = sorted(data.draw(indices))
    after = [*here[:-1], here[-1] + 1]
    first, second = rank_multisets(n, np.array([here, after])).tolist()
    assert second == first + 1


@pytest.mark.parametrize(("n", "degree"), SIZES)
def test_sorted_tuples_follow_the_kronecker_order(n, degree):
    columns = np.arange(n**degree)
    wanted = [sorted(t) for t in kronecker_tuples(n, degree)]
    assert sorted_tuples(n, degree, columns).tolist() == wanted
    some = columns[::-2]
    assert sorted_tuples(n, degree, some).tolist() == wanted[::-2]


@pytest.mark.parametrize(("n", "degree"), SIZES)
def test_monomials_are_products(n, degree):
    u = np.random.default_rng(n + degree).normal(size=n)
    tuples = multisets(n, degree)
    wanted = [prod(u[i] for i in row) for row in tuples]
    np.testing.assert_allclose(monomials(u, tuples), wanted, rtol=1e-14)


def test_monomials_of_rationals_are_rational():
    u = np.array([Rational(1, 2), Rational(2, 3)], dtype=object)
    assert monomials(u, multisets(2, 2)).tolist() == [
        Rational(1, 4),
        Rational(1, 3),
        Rational(4, 9),
    ]


@pytest.mark.parametrize(("n", "degree"), [(2, 0), *SMALL])
def test_isometry_is_the_printed_matrix(n, degree):
    """C10: sqrt(alpha!/j!) where the type of the column is alpha."""
    columns = kronecker_tuples(n, degree)
    rows = [tuple(row) for row in multisets(n, degree).tolist()]
    wanted = np.zeros((len(rows), len(columns)))
    for r, row in enumerate(rows):
        alpha = prod(factorial(c) for c in Counter(row).values())
        for c, column in enumerate(columns):
            if tuple(sorted(column)) == row:
                wanted[r, c] = np.sqrt(alpha / factorial(degree))
    np.testing.assert_allclose(
        isometry(n, degree).toarray(), wanted, atol=1e-15
    )


@pytest.mark.parametrize(("n", "degree"), SMALL)
def test_isometry_projects_onto_symmetric_tensors(n, degree):
    """The projector is the average over all permutations of the factors."""
    S = isometry(n, degree).toarray()
    np.testing.assert_allclose(S @ S.T, np.eye(len(S)), atol=1e-14)
    grid = np.arange(n**degree).reshape((n,) * degree)
    average = np.zeros((n**degree, n**degree))
    for p in permutations(range(degree)):
        average[np.arange(n**degree), grid.transpose(p).ravel()] += 1
    average /= factorial(degree)
    np.testing.assert_allclose(S.T @ S, average, atol=1e-14)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=1, max_size=4), st.integers(1, 4))
def test_isometry_keeps_the_norm_of_powers(u, degree):
    u = np.array(u)
    tuples = multisets(u.size, degree)
    power = kronecker_power(u, degree)
    image = isometry(u.size, degree) @ power
    weighted = np.sqrt(multinomials(tuples)) * monomials(u, tuples)
    np.testing.assert_allclose(image, weighted, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(
        np.linalg.norm(image), np.linalg.norm(u) ** degree, atol=1e-10
    )


def test_too_many_monomials_are_refused():
    with pytest.raises(ValueError, match=r"degree 3, more than can be index"):
        multisets(10**5, 3)


@pytest.mark.parametrize("degree", [21, 25, 60])
def test_multinomials_of_high_degree(degree):
    """21! does not fit in 64 bits; one weight still has one ordering."""
    tuples = multisets(1, degree)
    assert multinomials(tuples).tolist() == [1]
    pair = np.array([[0] * (degree - 1) + [1]])
    assert multinomials(pair).tolist() == [degree]


def test_one_weight_has_one_tuple_of_any_degree():
    """NumPy arrays stop at 64 axes."""
    assert sorted_tuples(1, 65, np.arange(1)).tolist() == [[0] * 65]


def test_unknown_basis_has_no_dimension():
    with pytest.raises(ValueError, match=r"basis|expected one of"):
        dimension(2, 2, "Kronecker")


def test_ranks_beyond_64_bits_are_refused():
    with pytest.raises(ValueError, match=r"1000 weights"):
        rank_multisets(1000, np.zeros((1, 8), dtype=np.int64))


@pytest.mark.parametrize(("a", "b"), [(0, 0), (0, 3), (1, 1), (2, 1), (2, 3)])
@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("chunk", [1, 2**22])
def test_products_of_monomials_stand_where_they_are_listed(
    n, a, b, chunk, monkeypatch
):
    monkeypatch.setattr("qcl.lifting.algebra.basis._CHUNK", chunk)
    left, right = multisets(n, a), multisets(n, b)
    listed = [tuple(row) for row in multisets(n, a + b).tolist()]
    ranks = product_ranks(n, left, right)
    assert ranks.shape == (len(left), len(right))
    for i, x in enumerate(left.tolist()):
        for j, y in enumerate(right.tolist()):
            assert listed[ranks[i, j]] == tuple(sorted(x + y))


def test_products_with_no_monomial_at_all():
    assert product_ranks(2, multisets(2, 1)[:0], multisets(2, 2)).size == 0
    assert product_ranks(2, multisets(2, 1), multisets(2, 2)[:0]).size == 0
