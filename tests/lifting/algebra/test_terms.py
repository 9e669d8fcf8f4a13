from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
import scipy.sparse as sp
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational

from qcl.lifting.algebra.terms import Terms, nonzero_entries
from qcl.lifting.maps.polynomial import PolynomialMap

SHAPES = [(1, 0), (1, 4), (2, 0), (2, 1), (2, 2), (2, 3), (2, 4), (3, 1),
          (3, 2), (3, 3)]  # fmt: skip
shapes = pytest.mark.parametrize(("n", "degree"), SHAPES)


def power(u, degree):
    out = np.ones(1, dtype=np.asarray(u).dtype)
    for _ in range(degree):
        out = np.kron(out, u)
    return out


def random_tensor(n, degree, seed=0):
    rng = np.random.default_rng([n, degree, seed])
    return rng.normal(size=(n, n**degree))


def rational_tensor(n, degree, seed=0):
    integers = np.random.default_rng([n, degree, seed]).integers(
        -4, 5, size=(n, n**degree)
    )
    out = np.empty(integers.shape, dtype=object)
    out.flat = [Rational(int(x), 7) for x in integers.flat]
    out[0, -1] = Rational(1, 2)
    return out


def symmetrised(F, n, degree):
    """The average over all orders of the inputs, axis by axis."""
    grid = np.asarray(F).reshape((n,) * (degree + 1))
    orders = list(permutations(range(1, degree + 1)))
    total = sum(grid.transpose(0, *p) for p in orders)
    return (total / len(orders)).reshape(n, n**degree)


@shapes
def test_value_is_the_tensor_times_the_power(n, degree):
    F = random_tensor(n, degree)
    u = np.random.default_rng(1).normal(size=n)
    terms = Terms.from_tensor(n, degree, F)
    assert (terms.n, terms.degree, terms.exact) == (n, degree, False)
    np.testing.assert_allclose(terms(u), F @ power(u, degree), atol=1e-12)


@shapes
def test_exact_value_is_exact(n, degree):
    F = rational_tensor(n, degree)
    u = np.array([Rational(i + 1, 3) for i in range(n)], dtype=object)
    terms = Terms.from_tensor(n, degree, F)
    assert terms.exact
    assert terms(u).tolist() == (F @ power(u, degree)).tolist()


@shapes
def test_tensor_is_the_average_over_input_orders(n, degree):
    F = random_tensor(n, degree)
    wanted = symmetrised(F, n, degree)
    terms = Terms.from_tensor(n, degree, F)
    np.testing.assert_allclose(terms.tensor(), wanted, atol=1e-14)
    np.testing.assert_allclose(
        terms.sparse_tensor().toarray(), wanted, atol=1e-14
    )


@shapes
def test_exact_tensor_is_the_exact_average(n, degree):
    F = rational_tensor(n, degree)
    terms = Terms.from_tensor(n, degree, F)
    wanted = symmetrised(F, n, degree)
    assert terms.tensor().tolist() == wanted.tolist()
    sparse = terms.sparse_tensor()
    assert sparse.dtype == np.float64
    np.testing.assert_allclose(
        sparse.toarray(), wanted.astype(float), atol=1e-15
    )


@settings(max_examples=30, derandomize=True, deadline=None)
@given(st.integers(1, 3), st.integers(0, 3), st.integers(0, 10**6))
def test_symmetrising_never_raises_the_norm(n, degree, seed):
    """B1.3: the symmetrised choice is the smallest, and a projection."""
    F = random_tensor(n, degree, seed)
    smallest = Terms.from_tensor(n, degree, F).tensor()
    assert np.linalg.norm(smallest, 2) <= np.linalg.norm(F, 2) + 1e-12
    again = Terms.from_tensor(n, degree, smallest).tensor()
    np.testing.assert_allclose(again, smallest, atol=1e-14)


def test_the_norm_can_fall_strictly():
    terms = Terms.from_tensor(2, 2, [[0.0, 2, 0, 0], [0, 0, 0, 0]])
    assert np.linalg.norm(terms.tensor(), 2) == pytest.approx(np.sqrt(2))


@pytest.mark.parametrize(
    "make", [sp.csr_array, sp.csc_array, sp.coo_array, sp.lil_array,
             sp.csr_matrix]
)  # fmt: skip
def test_sparse_and_dense_tensors_agree(make):
    F = random_tensor(3, 2)
    F[abs(F) < 0.8] = 0
    dense = Terms.from_tensor(3, 2, F)
    sparse = Terms.from_tensor(3, 2, make(F))
    assert sparse.multisets.tolist() == dense.multisets.tolist()
    np.testing.assert_array_equal(sparse.tensor(), dense.tensor())


def test_duplicate_entries_of_a_coo_array_are_added():
    twice = sp.coo_array(([1.0, 2.0], ([0, 0], [1, 1])), shape=(2, 2))
    assert Terms.from_tensor(2, 1, twice).tensor().tolist() == [
        [0, 3],
        [0, 0],
    ]


def test_only_monomials_that_occur_are_kept_in_order():
    F = np.zeros((3, 9))
    F[0, 7] = F[1, 5] = 0.5  # (2, 1) and (1, 2): the same monomial
    F[2, 0] = 2.0
    terms = Terms.from_tensor(3, 2, F)
    assert terms.multisets.tolist() == [[0, 0], [1, 2]]
    assert terms.coefficients.toarray().tolist() == [
        [0, 0.5],
        [0, 0.5],
        [2, 0],
    ]


@pytest.mark.parametrize("half", [0.5, Rational(1, 2), Fraction(1, 2)])
def test_entries_on_one_monomial_are_added(half):
    values = np.empty(4, dtype=object)
    values[:] = [half, half, half, 0 * half]
    if half == 0.5 and isinstance(half, float):
        values = values.astype(float)
    terms = Terms.from_entries(
        2,
        np.array([[0, 1], [0, 0], [0, 1]]),
        np.array([0, 0, 0, 1]),
        np.array([0, 1, 2, 1]),
        values,
    )
    assert terms.multisets.tolist() == [[0, 0], [0, 1]]
    assert terms.exact is not isinstance(half, float)
    u = np.array([2, 3])
    assert terms(u).astype(float).tolist() == [0.5 * 4 + 2 * 0.5 * 6, 0]


def test_integer_tensors_are_floats():
    terms = Terms.from_tensor(1, 1, np.array([[200]], dtype=np.uint8))
    assert not terms.exact
    assert terms.tensor().tolist() == [[200.0]]


def test_constant_terms_may_be_a_plain_vector():
    flat = Terms.from_tensor(2, 0, [1.0, 2.0])
    column = Terms.from_tensor(2, 0, [[1.0], [2.0]])
    assert flat.tensor().tolist() == column.tensor().tolist() == [[1], [2]]


@shapes
def test_floats_of_exact_terms(n, degree):
    F = rational_tensor(n, degree)
    terms = Terms.from_tensor(n, degree, F)
    floats = terms.as_float()
    assert not floats.exact
    assert floats.as_float() is floats
    np.testing.assert_allclose(
        floats.tensor(), terms.tensor().astype(float), atol=1e-15
    )


def test_scaling_is_linear_and_keeps_rationals():
    exact = Terms.from_tensor(2, 2, rational_tensor(2, 2))
    scaled = exact.scaled(Rational(3, 5))
    assert scaled.exact
    wanted = exact.tensor() * Rational(3, 5)
    assert scaled.tensor().tolist() == wanted.tolist()
    floats = exact.as_float().scaled(0.5)
    np.testing.assert_allclose(
        floats.tensor(), exact.tensor().astype(float) / 2, rtol=1e-15
    )


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("kept", [[0], [2, 0], [1, 2], [2, 1, 0]])
@pytest.mark.parametrize("degree", [0, 1, 2, 3])
def test_restriction_freezes_the_rest_at_zero(exact, kept, degree):
    make = rational_tensor if exact else random_tensor
    terms = Terms.from_tensor(3, degree, make(3, degree))
    small = terms.restricted(np.array(kept))
    assert small.n == len(kept)
    assert small.exact is exact
    v = np.arange(1, len(kept) + 1) * Rational(1, 3)
    u = np.full(3, sympy.Integer(0))
    u[kept] = v
    if not exact:
        u, v = u.astype(float), v.astype(float)
    got, wanted = small(v), terms(u)[kept]
    if exact:
        assert got.tolist() == wanted.tolist()
    np.testing.assert_allclose(
        got.astype(float), wanted.astype(float), atol=1e-13
    )
    assert (np.diff(small.multisets, axis=1) >= 0).all()


@pytest.mark.parametrize(
    ("degree", "F"),
    [
        (1, np.ones(2)),
        (1, np.ones((2, 4))),
        (2, np.ones((2, 2))),
        (2, np.ones((2, 2, 2))),
        (0, np.ones((1, 2))),
        (0, np.ones(3)),
        (0, 1.0),
        (2, sp.eye_array(2)),
        (3, np.ones((2, 9))),
    ],
)
def test_wrong_shapes_are_refused(degree, F):
    with pytest.raises(
        ValueError, match=rf"expected F_{degree} of shape \(2, {2**degree}\)"
    ):
        Terms.from_tensor(2, degree, F)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (np.nan, "finite numbers in the coefficients of degree 1, got NaN"),
        (np.inf, "finite numbers in the coefficients of degree 1"),
        (1j, "real numbers in the coefficients of degree 1, got complex"),
        ("a", "expected numbers"),
        (sympy.Symbol("u"), "expected numbers in the coefficients"),
    ],
)
def test_wrong_entries_are_refused(entry, message):
    with pytest.raises((TypeError, ValueError), match=message):
        Terms.from_tensor(1, 1, [[entry]])
    if not isinstance(entry, str | sympy.Symbol):
        with pytest.raises(ValueError, match=message):
            Terms.from_tensor(1, 1, sp.csr_array([[entry]]))


def test_too_large_a_dense_tensor_is_refused():
    row, column = np.array([0]), np.array([0])
    terms = Terms.from_entries(
        110, np.array([[1, 2, 109]]), row, column, np.array([6.0])
    )
    with pytest.raises(ValueError, match=r"F\(3\) has 110\*\*4 entries"):
        terms.tensor()
    sparse = terms.sparse_tensor()
    assert sparse.shape == (110, 110**3)
    assert sparse.data.tolist() == [1.0] * 6
    columns = [110**2 * i + 110 * j + k
               for i, j, k in permutations((1, 2, 109))]  # fmt: skip
    assert sorted(sparse.indices.tolist()) == sorted(columns)


@pytest.mark.parametrize("make", [np.asarray, sp.csr_array, sp.lil_array])
def test_entries_rebuild_the_matrix(make):
    F = np.array([[0.0, 2.0, 0.0], [3.0, 0.0, -1.0]])
    row, column, values = nonzero_entries(make(F))
    assert len(values) == 3
    rebuilt = np.zeros_like(F)
    rebuilt[row, column] = values
    assert rebuilt.tolist() == F.tolist()


@pytest.mark.parametrize("one", [1.0, Rational(1)])
def test_cancelled_monomials_are_dropped(one):
    """u0 u1 - u1 u0 = 0: no monomial occurs."""
    F = np.array([[0 * one, one, -one, 0 * one], [0 * one] * 4])
    assert len(Terms.from_tensor(2, 2, F).multisets) == 0


@pytest.mark.parametrize("entry", [None, ""])
def test_missing_entries_are_not_zeros(entry):
    with pytest.raises(TypeError, match=r"expected numbers in the coeff"):
        PolynomialMap({1: [[entry]]})


@pytest.mark.filterwarnings("ignore:overflow")
def test_scaling_out_of_range_is_refused():
    """The product overflows to an infinite coefficient."""
    terms = Terms.from_tensor(1, 2, [[1e200]])
    with pytest.raises((ValueError, OverflowError), match=r"finite|range"):
        terms.scaled(1e200)


def test_floats_of_huge_rationals_are_refused():
    F = np.array([[Rational(10) ** 400]])
    with pytest.raises((ValueError, OverflowError), match=r"finite|range"):
        Terms.from_tensor(1, 1, F).as_float()


def test_one_monomial_of_many_weights_has_a_small_sparse_tensor():
    row, column = np.array([0]), np.array([0])
    terms = Terms.from_entries(
        1000, np.array([[1, 2, 999]]), row, column, np.array([6.0])
    )
    assert terms.sparse_tensor().data.tolist() == [1.0] * 6


def test_sparse_tensors_beyond_64_bits_are_refused():
    terms = Terms.from_entries(
        1000, np.full((1, 7), 999), *np.zeros((2, 1), int), np.ones(1)
    )
    with pytest.raises(ValueError, match=r"1000\*\*7"):
        terms.sparse_tensor()


@pytest.mark.parametrize("exact", [True, False])
def test_terms_without_monomials_are_zero(exact):
    make = rational_tensor if exact else random_tensor
    terms = Terms.from_tensor(2, 2, 0 * make(2, 2))
    assert not terms.sparse_tensor().nnz
    assert not terms.tensor().any()


@pytest.mark.parametrize("make", [np.array, sp.csr_array])
def test_any_number_of_rows(make):
    """Three polynomials in two weights, such as outputs for three samples."""
    tuples = np.array([[0, 0], [0, 1]])
    table = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 0.0]])
    terms = Terms(2, tuples, make(table))
    assert (terms.n, terms.rows, terms.degree) == (2, 3, 2)
    assert not terms.exact
    u, v = np.array([2.0, 5.0])
    wanted = [u * u + 2 * u * v, -u * v, 3 * u * u]
    assert terms(np.array([u, v])).tolist() == wanted
    doubled = terms.scaled(2.0)
    assert doubled(np.array([u, v])).tolist() == [2 * x for x in wanted]
    a, b = sympy.symbols("a b")
    formulas = [a**2 + 2 * a * b, -a * b, 3 * a**2]
    assert terms.expressions([a, b]) == [
        sympy.expand(1.0 * f) for f in formulas
    ]


def test_entries_can_be_added_up_in_any_number_of_rows():
    terms = Terms.from_entries(
        3,
        np.array([[2], [0]]),
        np.array([0, 0, 0]),
        np.array([0, 1, 0]),
        np.array([1.0, 2.0, 4.0]),
        rows=1,
    )
    assert (terms.n, terms.rows) == (3, 1)
    assert terms(np.array([1.0, 10.0, 100.0])).tolist() == [502.0]


@pytest.mark.parametrize("make", [random_tensor, rational_tensor])
def test_arrays_are_read_only(make):
    terms = Terms.from_tensor(2, 2, make(2, 2))
    table = terms.coefficients
    for array in (terms.multisets, table if terms.exact else table.data):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
