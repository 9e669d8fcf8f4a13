from fractions import Fraction
from itertools import pairwise, product
from math import comb, floor, log

import numpy as np
import pytest
import scipy.sparse as sp
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational

import qcl
from qcl.lifting.algebra.basis import isometry, multinomials, multisets
from qcl.lifting.carleman.blocks import discrete_blocks
from qcl.lifting.carleman.lift import Lifting, carleman_generator, lift
from qcl.lifting.maps.polynomial import PolynomialMap

BASES = ["symmetric", "kronecker", "monomial"]
TIMES = ["discrete", "euler"]
bases = pytest.mark.parametrize("basis", BASES)
times = pytest.mark.parametrize("time", TIMES)
logistic = PolynomialMap({1: [[-0.1]], 2: [[-0.1]]})


def random_map(n, q, forced, seed=0, scale=0.3):
    rng = np.random.default_rng([n, q, seed])
    degrees = range(0 if forced else 1, q + 1)
    return PolynomialMap(
        {d: rng.normal(scale=scale, size=(n, n**d)) for d in degrees}
    )


def rational_map(n, q, forced, seed=0):
    """A random exact map with every monomial present."""
    rng = np.random.default_rng([n, q, seed])
    table = {
        tuple(key): [
            Rational(int(s * a), 10)
            for s, a in zip(
                rng.choice([-1, 1], n), rng.integers(1, 6, n), strict=True
            )
        ]
        for d in range(0 if forced else 1, q + 1)
        for key in multisets(n, d).tolist()
    }
    return PolynomialMap.from_coefficients(n, table)


def rules(step, at):
    """The updates at a point of sympy expressions or numbers."""
    x = sympy.symbols(f"x:{step.n}", cls=sympy.Dummy)
    moved = dict(zip(x, at, strict=True))
    return [e.subs(moved, simultaneous=True) for e in step.expressions(x)]


def kronecker_powers(u, order):
    powers, out = np.ones(1), []
    for _ in range(order):
        powers = np.kron(powers, u)
        out.append(powers)
    return out


def brute_matrix(step, order):
    """C1, Kronecker basis: the sum over all (l_1, ..., l_j)."""
    n = step.n
    G = {d: step.F(d) for d in range(step.degree + 1)}
    G[1] = np.eye(n) + G[1]
    sizes = range(order + 1)
    grid = [[np.zeros((n**j, n**k)) for k in sizes] for j in sizes]
    for j in range(1, order + 1):
        for degrees in product(G, repeat=j):
            if sum(degrees) <= order:
                factor = np.ones((1, 1))
                for d in degrees:
                    factor = np.kron(factor, G[d])
                grid[j][sum(degrees)] += factor
    matrix = np.block([row[1:] for row in grid[1:]])
    return matrix, np.concatenate([row[0].ravel() for row in grid[1:]])


def all_isometries(n, order):
    return sp.block_diag(
        [isometry(n, j) for j in range(1, order + 1)]
    ).toarray()


def stacked(B, T):
    """Eq. (6): identity blocks, minus B below them."""
    shift = np.diag(np.ones(T), -1)
    return np.eye((T + 1) * len(B)) - np.kron(shift, B)


def close(got, wanted, tolerance=1e-11):
    np.testing.assert_allclose(got, wanted, rtol=tolerance, atol=tolerance)


CASES = [(1, 2, 4, True), (1, 4, 5, False), (2, 2, 3, True),
         (2, 3, 4, False), (2, 4, 4, True), (3, 2, 3, False)]  # fmt: skip
cases = pytest.mark.parametrize(("n", "q", "order", "forced"), CASES)


# ---- the matrix ----------------------------------------------------------


@cases
def test_matrix_is_the_sum_over_compositions(n, q, order, forced):
    """C1 in the Kronecker basis, S B S^T (C10) in the symmetric one."""
    step = random_map(n, q, forced)
    B, f = brute_matrix(step, order)
    S = all_isometries(n, order)
    full, small = lift(step, order, "kronecker"), lift(step, order)
    close(full.matrix.toarray(), B)
    close(full.forcing, f)
    close(small.matrix.toarray(), S @ B @ S.T)
    close(small.forcing, S @ f)
    assert full.matrix.shape == (full.dimension,) * 2
    assert full.dimension == sum(n**j for j in range(1, order + 1))
    assert small.dimension == comb(n + order, order) - 1
    assert (small.n, small.order, small.basis, small.time) == (
        n,
        order,
        "symmetric",
        "discrete",
    )


@cases
@times
def test_monomial_basis_is_a_similarity(n, q, order, forced, time):
    """C10: B_mono = W^-1 B_sym W, with the same forcing in its units."""
    step = random_map(n, q, forced)
    small = lift(step, order, time=time)
    plain = lift(step, order, "monomial", time)
    W = np.sqrt(
        np.concatenate(
            [multinomials(multisets(n, j)) for j in range(1, order + 1)]
        )
    )
    close(plain.matrix.toarray(), small.matrix.toarray() * W / W[:, None])
    close(plain.forcing, small.forcing / W)


@cases
def test_euler_is_the_identity_plus_the_generator(n, q, order, forced):
    step = random_map(n, q, forced)
    S = all_isometries(n, order)
    A = carleman_generator(step, order, "kronecker").toarray()
    close(carleman_generator(step, order).toarray(), S @ A @ S.T)
    for basis in BASES:
        euler = lift(step, order, basis, "euler")
        A = carleman_generator(step, order, basis).toarray()
        close(euler.matrix.toarray(), np.eye(euler.dimension) + A)
        assert euler.time == "euler"


@pytest.mark.parametrize(("n", "q"), [(1, 3), (2, 2)])
@bases
def test_generator_is_the_derivative_of_the_lift(n, q, basis):
    """A is d/d eta of B at eta = 0 when F_l = eta f_l."""
    f = random_map(n, q, True)
    eta, order = 1e-6, 3
    tiny = PolynomialMap(
        {d: eta * f.F(d) for d in range(q + 1)}
    )  # fmt: skip
    B = lift(tiny, order, basis)
    A = carleman_generator(f, order, basis).toarray()
    close((B.matrix.toarray() - np.eye(B.dimension)) / eta, A, 1e-4)
    forcing = np.r_[f.F(0).ravel(), np.zeros(B.dimension - n)]
    close(B.forcing / eta, forcing, 1e-4)
    close(lift(f, order, basis, "euler").forcing, forcing)


@bases
def test_corrections_are_of_second_order_in_the_learning_rate(basis):
    """C2: discrete minus Euler is sum over m >= 2, so O(eta^2)."""
    f = random_map(2, 2, True, scale=1.0)
    errors = []
    for eta in (1e-3, 5e-4):
        step = PolynomialMap({d: eta * f.F(d) for d in range(3)})
        exact, euler = (lift(step, 3, basis, time) for time in TIMES)
        errors.append(abs(exact.matrix - euler.matrix).max())
        first = exact.degree(1)
        assert abs((exact.matrix - euler.matrix)[first]).max() == 0
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.02)


@pytest.mark.parametrize("n", [1, 2])
def test_forcing_is_the_power_of_the_constant_term(n):
    """C4: in every block, not only the first."""
    step = random_map(n, 2, True)
    lifting = lift(step, 3, "kronecker")
    powers = kronecker_powers(step.F(0).ravel(), 3)
    close(lifting.forcing, np.concatenate(powers))
    close(lift(step, 3).forcing, all_isometries(n, 3) @ np.concatenate(powers))


@bases
@times
def test_no_constant_term_no_forcing(basis, time):
    assert not lift(random_map(2, 2, False), 3, basis, time).forcing.any()


@times
@pytest.mark.parametrize("forced", [True, False])
def test_order_larger_or_smaller_keeps_the_common_blocks(time, forced):
    """C5: truncation drops columns and rows, and changes nothing else."""
    step = random_map(2, 3, forced)
    small, large = lift(step, 2, time=time), lift(step, 4, time=time)
    size = small.dimension
    close(large.matrix.toarray()[:size, :size], small.matrix.toarray())
    close(large.forcing[:size], small.forcing)


@pytest.mark.parametrize(("n", "q"), [(2, 2), (3, 2), (2, 3)])
def test_unforced_lift_is_block_upper_triangular(n, q):
    """C3, and its spectrum: products of the eigenvalues of I + F_1."""
    step = random_map(n, q, False)
    lifting = lift(step, 3)
    for j in (2, 3):
        for k in range(1, j):
            assert not lifting.block(j, k).nnz
    values = np.linalg.eigvals(np.eye(n) + step.F(1))
    wanted = np.concatenate(
        [values[multisets(n, j)].prod(axis=1) for j in (1, 2, 3)]
    )
    got = np.linalg.eigvals(lifting.matrix.toarray())
    gap = abs(got[:, None] - wanted[None])
    close(gap.min(axis=0), 0, 1e-6)
    close(gap.min(axis=1), 0, 1e-6)


@settings(max_examples=12, derandomize=True, deadline=None)
@given(
    st.integers(1, 2), st.integers(1, 3), st.integers(1, 3),
    st.booleans(), st.integers(0, 10**6),
)  # fmt: skip
def test_symmetric_basis_is_better_conditioned(n, q, order, forced, seed):
    """C10: kappa_sym <= kappa_kron of Eq. (6), and the norms too."""
    step = random_map(n, q, forced, seed, scale=0.4)
    full = lift(step, order, "kronecker").matrix.toarray()
    small = lift(step, order).matrix.toarray()
    assert np.linalg.norm(small, 2) <= np.linalg.norm(full, 2) + 1e-9
    kappa = [np.linalg.cond(stacked(B, 3)) for B in (small, full)]
    assert kappa[0] <= kappa[1] * (1 + 1e-9)
    if n == 1:
        close(small, full)


def test_diagonal_blocks_agree_in_norm():
    """C10: attained on a power of the leading singular vector."""
    step = random_map(3, 2, False)
    g1 = np.linalg.norm(np.eye(3) + step.F(1), 2)
    for basis in ("symmetric", "kronecker"):
        lifting = lift(step, 3, basis)
        for j in (1, 2, 3):
            norm = np.linalg.norm(lifting.block(j, j).toarray(), 2)
            assert norm == pytest.approx(g1**j)


def test_sparse_map_of_many_weights():
    """A chain of 200 weights: a few entries a row, checked on a point."""
    n = 200
    table = {(i,): np.eye(n)[i] * -0.1 for i in range(n)}
    table |= {(i, i + 1): np.eye(n)[i] * 0.2 for i in range(n - 1)}
    step = PolynomialMap.from_coefficients(n, table)
    lifting = lift(step, 2)
    assert lifting.matrix.nnz <= 4 * lifting.dimension
    point = np.random.default_rng(0).normal(size=n)
    after = (lifting.matrix @ lifting.embed(point))[:n]
    close(after, 0.9 * point + 0.2 * point * np.r_[point[1:], 0])


# ---- Carleman then Euler (C9) --------------------------------------------


def test_euler_is_unstable_where_descent_is_stable():
    """C9: eta h = 0.9, N = 4: spectral radius 2.6 against 0.1."""
    step = PolynomialMap({1: [[-0.9]], 2: [[-0.9]]})
    radius = {
        time: max(
            abs(np.linalg.eigvals(lift(step, 4, time=time).matrix.toarray()))
        )
        for time in TIMES
    }
    assert radius["euler"] == pytest.approx(2.6)
    assert radius["discrete"] == pytest.approx(0.1)


def euler_gap(eta, steps, everything):
    """Largest difference of the two lifted recursions, order 4."""
    step = PolynomialMap({1: [[-eta]], 2: [[-eta]]})
    exact, euler = (
        lift(step, 4, time=time).history([0.5], steps) for time in TIMES
    )
    gap = exact[-1] - euler[-1]
    return abs(gap if everything else gap[:1]).max()


def test_euler_is_off_by_two_orders_a_step_and_one_at_fixed_time():
    """C9: the slopes are about 2 and about 1."""
    local = [euler_gap(eta, 1, True) for eta in (0.01, 0.005)]
    final = [euler_gap(1 / T, T, False) for T in (100, 200)]
    assert np.log2(local[0] / local[1]) == pytest.approx(2, abs=0.05)
    assert np.log2(final[0] / final[1]) == pytest.approx(1, abs=0.05)


def test_euler_never_becomes_descent():
    """C9: one step is right in block 1, the second is wrong at any N."""
    start = [0.5]
    wanted = logistic.trajectory(start, 2).ravel()
    for order in (4, 8):
        got = lift(logistic, order, time="euler").trajectory(start, 2).ravel()
        assert got[1] == pytest.approx(wanted[1], rel=1e-14)
        assert abs(got[2] - wanted[2]) > 1e-4
        good = lift(logistic, order).trajectory(start, 2).ravel()
        assert good[2] == pytest.approx(wanted[2], rel=1e-14)


# ---- exactness -----------------------------------------------------------

FINITE = [(1, 2, 4), (1, 3, 5), (1, 4, 5), (2, 2, 4), (2, 3, 3),
          (3, 2, 2), (2, 1, 3)]  # fmt: skip


def exact_history(step, order, start, T):
    """Iterate the exact monomial matrix and C4's forcing, in rationals."""
    B = lift(step, order, "monomial").exact_matrix()
    keys = [tuple(key) for j in range(1, order + 1)
            for key in multisets(step.n, j).tolist()]  # fmt: skip
    constant = step.F(0).ravel()
    forcing = sympy.Matrix([sympy.prod(constant[list(k)]) for k in keys])
    y = sympy.Matrix([sympy.prod([start[i] for i in k]) for k in keys])
    history = [y]
    for _ in range(T):
        history.append(B * history[-1] + forcing)
    return keys, history


@pytest.mark.parametrize(("n", "q", "order"), FINITE)
@pytest.mark.parametrize("forced", [True, False])
def test_lifted_descent_is_exact_for_a_while(n, q, order, forced):
    """C6: block j is exact at t whenever j q^t <= N, and block 1 is
    wrong at the first t with q^t > N.
    """
    step = rational_map(n, q, forced, seed=order)
    point = [Rational(1, 2 + i) for i in range(n)]
    last = floor(log(order, q) + 1e-9) + 1 if q > 1 else 3
    keys, history = exact_history(step, order, point, last)
    path = lift(step, order).trajectory(point, last)
    for t, y in enumerate(history):
        for key, value in zip(keys, y, strict=True):
            if len(key) * q**t <= order:
                assert value == sympy.prod([point[i] for i in key])
        assert path[t].tolist() == list(y[:n])
        right = path[t].tolist() == point
        assert right == (q**t <= order)
        point = rules(step, point)


@pytest.mark.parametrize(
    ("n", "q", "order", "T"),
    [(1, 2, 3, 3), (1, 3, 4, 2), (2, 2, 2, 2), (2, 2, 3, 1)],
)
def test_unforced_truncation_is_the_taylor_polynomial(n, q, order, T):
    """C7: B^t holds the coefficients, to degree N, of every product of
    the components of the t-fold composition.
    """
    step = rational_map(n, q, False)
    x = sympy.symbols(f"x:{n}")
    composed = list(x)
    for _ in range(T):
        composed = [sympy.expand(e) for e in rules(step, composed)]
    B = lift(step, order, "monomial").exact_matrix() ** T
    keys = [tuple(key) for j in range(1, order + 1)
            for key in multisets(n, j).tolist()]  # fmt: skip
    for r, row in enumerate(keys):
        poly = sympy.Poly(sympy.prod([composed[i] for i in row]), *x)
        for c, column in enumerate(keys):
            powers = tuple(column.count(i) for i in range(n))
            assert B[r, c] == poly.coeff_monomial(powers)


def test_forced_truncation_is_not_the_taylor_polynomial():
    """C7, last line: histories may rise above N and come back."""
    step = rational_map(1, 2, True)
    x = sympy.symbols("x")
    composed = x
    for _ in range(3):
        (composed,) = (sympy.expand(e) for e in rules(step, [composed]))
    taylor = [sympy.Poly(composed, x).coeff_monomial(x**k) for k in (0, 1, 2)]
    point = Rational(1, 2)
    got = lift(step, 2).trajectory([point], 3)[3][0]
    assert got != sum(c * point**k for k, c in enumerate(taylor))


# ---- embed, degree, block, weights ---------------------------------------


@settings(max_examples=12, derandomize=True, deadline=None)
@given(st.lists(st.floats(-2, 2), min_size=1, max_size=3), st.integers(1, 4))
def test_embedding_holds_the_powers(u, order):
    n, point = len(u), np.array(u)
    step = PolynomialMap({1: -0.1 * np.eye(n)})
    powers = kronecker_powers(point, order)
    full = lift(step, order, "kronecker").embed(u)
    np.testing.assert_allclose(full, np.concatenate(powers), atol=1e-12)
    small = lift(step, order)
    plain = lift(step, order, "monomial").embed(u)
    y = small.embed(u)
    close(y, all_isometries(n, order) @ full)
    for j in range(1, order + 1):
        part = slice(small.degree(j).start, small.degree(j).stop)
        norm = np.linalg.norm(point) ** j
        assert np.linalg.norm(y[part]) == pytest.approx(norm, abs=1e-9)
        tuples = multisets(n, j)
        close(plain[part], np.prod(point[tuples], axis=1))


@bases
def test_degrees_tile_the_vector(basis):
    lifting = lift(random_map(3, 2, True), 3, basis)
    stops = [0]
    for j in (1, 2, 3):
        part = lifting.degree(j)
        assert part.start == stops[-1]
        stops.append(part.stop)
    sizes = [3, 9, 27] if basis == "kronecker" else [3, 6, 10]
    assert np.diff(stops).tolist() == sizes
    assert stops[-1] == lifting.dimension
    whole = np.block(
        [[lifting.block(j, k).toarray() for k in (1, 2, 3)]
         for j in (1, 2, 3)]
    )  # fmt: skip
    np.testing.assert_array_equal(whole, lifting.matrix.toarray())


@pytest.mark.parametrize("j", [0, -1, 3])
def test_degrees_outside_the_order_are_refused(j):
    lifting = lift(logistic, 2)
    for method in (
        lifting.degree,
        lambda j: lifting.block(j, 1),
        lambda j: lifting.block(1, j),
    ):
        with pytest.raises(
            ValueError, match=rf"degree [<>]= [12], got degree={j}"
        ):
            method(j)


def test_weights_are_the_first_block_of_any_stack():
    lifting = lift(random_map(2, 2, True), 3)
    stack = np.arange(2 * 4 * lifting.dimension).reshape(2, 4, -1)
    assert lifting.weights(stack).shape == (2, 4, 2)
    np.testing.assert_array_equal(lifting.weights(stack), stack[..., :2])


# ---- histories and trajectories ------------------------------------------


@cases
@times
def test_bases_give_the_same_trajectory(n, q, order, forced, time):
    """C10: invariance, so the read-out is the same."""
    step = random_map(n, q, forced, scale=0.1)
    start = np.linspace(0.2, 0.5, n)
    paths = [lift(step, order, b, time).trajectory(start, 4) for b in BASES]
    for path in paths:
        assert path.shape == (5, n)
        close(path, paths[0])
    small, full = (lift(step, order, b, time) for b in BASES[:2])
    S = all_isometries(n, order)
    close(small.history(start, 3), full.history(start, 3) @ S.T)


@times
def test_history_is_the_plain_recursion(time):
    lifting = lift(random_map(2, 2, True), 3, time=time)
    history = lifting.history([0.1, 0.2], 3)
    y = lifting.embed([0.1, 0.2])
    dense = lifting.matrix.toarray()
    assert history.shape == (4, lifting.dimension)
    for row in history:
        close(row, y)
        y = dense @ y + lifting.forcing
    np.testing.assert_array_equal(
        lifting.trajectory([0.1, 0.2], 3), history[:, :2]
    )
    assert lifting.history([0.1, 0.2], 0).shape == (1, lifting.dimension)


def test_large_order_converges_to_descent():
    """Stable and small: the truncation error falls with the order."""
    exact = logistic.trajectory([0.4], 10)[-1, 0]
    errors = [abs(lift(logistic, order).trajectory([0.4], 10)[-1, 0] - exact)
              for order in (1, 2, 4, 8)]  # fmt: skip
    assert all(b < a / 2 for a, b in pairwise(errors))


@times
@pytest.mark.parametrize(("n", "q", "order"), [(1, 2, 4), (2, 2, 3),
                                               (2, 3, 2)])  # fmt: skip
def test_exact_trajectory_is_the_float_one(n, q, order, time):
    step = rational_map(n, q, True)
    start = [Fraction(1, 3 + i) for i in range(n)]
    for basis in BASES:
        lifting = lift(step, order, basis, time)
        exact = lifting.trajectory(start, 2)
        assert all(isinstance(x, sympy.Rational) for x in exact.flat)
        floats = lifting.trajectory([float(x) for x in start], 2)
        assert floats.dtype == np.float64
        close(exact.astype(float), floats)


@cases
@times
def test_exact_matrix_is_the_float_one(n, q, order, forced, time):
    step = rational_map(n, q, forced)
    for basis in ("symmetric", "monomial"):
        lifting = lift(step, min(order, 3), basis, time)
        exact = lifting.exact_matrix()
        assert not exact.has(sympy.Float)
        close(np.array(exact.evalf(20), float), lifting.matrix.toarray())


def test_exact_matrix_of_the_two_weight_example():
    """Symmetric units: sqrt(2) appears, the product S S^T stays exact."""
    x, y = sympy.symbols("x y")
    step = PolynomialMap.from_loss(
        x**2 / 2 + y**2 + x**2 * y / 2, [x, y], Rational(1, 10)
    )
    B = lift(step, 2).exact_matrix()
    assert B[0, 3] == -sympy.sqrt(2) / 20
    assert B[1, 2] == -Rational(1, 20)
    assert B[3, 3] == Rational(9, 10) * Rational(8, 10)


# ---- wrong inputs --------------------------------------------------------


@pytest.mark.parametrize("call", [lift, carleman_generator])
@pytest.mark.parametrize(
    ("step", "order", "options", "error", "message"),
    [
        (
            "step",
            2,
            {},
            TypeError,
            "expected a PolynomialMap, got a str; make one with",
        ),
        (
            None,
            2,
            {},
            TypeError,
            "expected a PolynomialMap, got None; make one",
        ),
        ({1: [[1.0]]}, 2, {}, TypeError, "got a dict"),
        (logistic, 0, {}, ValueError, "expected order >= 1, got order=0"),
        (logistic, -3, {}, ValueError, "expected order >= 1, got order=-3"),
        (logistic, 2, {"basis": "fock"}, ValueError, "got 'fock'"),
        (logistic, 2, {"basis": "Kronecker"}, ValueError, "'symmetric', 'kr"),
        (logistic, 2, {"basis": None}, ValueError, "got None"),
        (
            PolynomialMap({1: np.eye(100)}),
            8,
            {},
            ValueError,
            r"100 weights at order 8 would need .* order=4 would fit",
        ),
        (
            PolynomialMap({1: np.eye(10)}),
            9,
            {"basis": "kronecker"},
            ValueError,
            r"order=[67] would fit, or use basis='symmetric'",
        ),
    ],
)
def test_wrong_options_are_refused(call, step, order, options, error, message):
    with pytest.raises(error, match=message):
        call(step, order, **options)


@pytest.mark.parametrize("time", ["continuous", "Euler", None])
def test_unknown_time_is_refused(time):
    with pytest.raises(ValueError, match=r"one of \('discrete', 'euler'\)"):
        lift(logistic, 2, time=time)


@pytest.mark.parametrize("order", [2.5, "2", None, float("nan")])
def test_order_must_be_an_integer(order):
    with pytest.raises(TypeError):
        lift(logistic, order)


def test_numpy_integers_are_integers():
    got = lift(logistic, np.int64(3))
    close(got.matrix.toarray(), lift(logistic, 3).matrix.toarray())
    assert got.trajectory([0.1], np.int32(2)).shape == (3, 1)


def test_public_names():
    assert qcl.lift is lift
    assert qcl.Lifting is Lifting
    assert qcl.carleman_generator is carleman_generator


def test_one_weight_at_high_order():
    """21! does not fit in 64 bits."""
    path = lift(logistic, 25).trajectory([0.5], 6)
    close(path, logistic.trajectory([0.5], 6), 1e-9)


@pytest.mark.parametrize("q", [1, 3, 7])
@pytest.mark.parametrize("forced", [False, True])
@pytest.mark.parametrize("order", [1, 2, 12])
def test_one_weight_has_the_rows_of_the_blocks(q, forced, order):
    step = random_map(1, q, forced)
    lifting, blocks = lift(step, order), discrete_blocks(step, order)
    for j, k in product(range(1, order + 1), repeat=2):
        expected = blocks[j, k].toarray() if (j, k) in blocks else 0
        assert (lifting.block(j, k).toarray() == expected).all()
    for j in range(1, order + 1):
        expected = blocks[j, 0].toarray() if (j, 0) in blocks else 0
        assert lifting.forcing[j - 1] == expected


@pytest.mark.slow
def test_one_weight_at_the_largest_order():
    """Half a million blocks, had they to be made one by one."""
    lifting = lift(logistic, 1000)
    assert lifting.matrix.shape == (1000, 1000)
    path = lifting.trajectory([0.5], 8)
    close(path, logistic.trajectory([0.5], 8), 1e-12)


@pytest.mark.parametrize("order", [True, 2.5, "2", None])
def test_wrong_orders_say_so(order):
    """True is taken for 1; a float ends in numpy's own words."""
    with pytest.raises((TypeError, ValueError), match="order"):
        lift(logistic, order)


def test_matrix_out_of_range_is_an_error():
    """1e200 squared: an infinite entry of B, in silence."""
    step = PolynomialMap({1: [[1e200]]})
    with pytest.raises(OverflowError, match="range of floats"):
        lift(step, 2)


def test_embedding_in_the_zero_map_is_float():
    step = PolynomialMap({1: [[0.0]]})
    assert lift(step, 2).embed([1]).dtype == np.float64
