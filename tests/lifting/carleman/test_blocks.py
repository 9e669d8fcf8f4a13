from itertools import combinations, product

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational

from qcl.lifting.algebra.basis import isometry, multinomials, multisets
from qcl.lifting.carleman.blocks import (
    discrete_blocks,
    exact_rows,
    generator_blocks,
    kronecker_blocks,
)
from qcl.lifting.maps.polynomial import PolynomialMap

# n, degree of the map, order, with or without a constant term
CASES = [
    (1, 1, 4, True), (1, 2, 4, False), (1, 3, 4, True), (1, 4, 4, True),
    (2, 1, 3, True), (2, 2, 3, False), (2, 2, 4, True), (2, 3, 4, True),
    (2, 4, 4, False), (3, 2, 3, True), (3, 3, 3, False),
]  # fmt: skip
cases = pytest.mark.parametrize(("n", "q", "order", "forced"), CASES)
ETA = 0.3


def tensors(n, q, forced, seed=0):
    """Random f_l; the map has F_l = ETA f_l."""
    rng = np.random.default_rng([n, q, seed])
    lowest = 0 if forced else 1
    return {d: rng.normal(size=(n, n**d)) for d in range(lowest, q + 1)}


def the_map(n, q, forced, seed=0):
    f = tensors(n, q, forced, seed)
    return PolynomialMap({d: ETA * x for d, x in f.items()})


def krons(factors):
    out = np.ones((1, 1))
    for factor in factors:
        out = np.kron(out, factor)
    return out


def compositions_block(n, F, j, k):
    """C1: the sum over all (l_1, ..., l_j) that add up to k."""
    G = dict(F)
    G[1] = np.eye(n) + F.get(1, np.zeros((n, n)))
    total = np.zeros((n**j, n**k))
    for degrees in product(sorted(G), repeat=j):
        if sum(degrees) == k:
            total += krons(G[d] for d in degrees)
    return total


def subset_block(n, f, j, k, m):
    """C2: the part of order eta**m, over the subsets S of m factors."""
    total = np.zeros((n**j, n**k))
    for chosen in combinations(range(j), m):
        for degrees in product(sorted(f), repeat=m):
            if sum(degrees) == k - j + m:
                factors = [np.eye(n)] * j
                for i, d in zip(chosen, degrees, strict=True):
                    factors[i] = f[d]
                total += krons(factors)
    return total


def waiting_block(n, F, j, k):
    """C2, m = 1: one factor F_l, the others wait."""
    ell = k - j + 1
    if ell not in F:
        return np.zeros((n**j, n**k))
    return sum(
        krons([np.eye(n)] * i + [F[ell]] + [np.eye(n)] * (j - 1 - i))
        for i in range(j)
    )


def to_monomials(block, n, j, k):
    """C10: W^-1 S B S^T W."""
    rows = np.sqrt(multinomials(multisets(n, j)))[:, None]
    columns = np.sqrt(multinomials(multisets(n, k)))
    symmetric = isometry(n, j) @ block @ isometry(n, k).T
    return symmetric * columns / rows


def dense(blocks, j, k, shape):
    if (j, k) not in blocks:
        return np.zeros(shape)
    assert blocks[j, k].shape == shape
    return blocks[j, k].toarray()


def pairs(order):
    return product(range(1, order + 1), range(order + 1))


def close(got, wanted):
    np.testing.assert_allclose(got, wanted, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("q", [1, 2, 3])
def test_the_printed_formulas_agree(q):
    """The two oracles of this file: C1 against C2, all orders in eta."""
    f = tensors(2, q, True)
    F = {d: ETA * x for d, x in f.items()}
    for j, k in pairs(3):
        by_order = sum(
            ETA**m * subset_block(2, f, j, k, m) for m in range(j + 1)
        )
        close(compositions_block(2, F, j, k), by_order)
        close(waiting_block(2, F, j, k), ETA * subset_block(2, f, j, k, 1))


@cases
def test_kronecker_blocks_are_the_sum_over_compositions(n, q, order, forced):
    step = the_map(n, q, forced)
    F = {d: step.F(d) for d in step.terms}
    blocks = kronecker_blocks(step, order, "discrete")
    assert all(1 <= j <= order and 0 <= k <= order for j, k in blocks)
    for j, k in pairs(order):
        got = dense(blocks, j, k, (n**j, n**k))
        close(got, compositions_block(n, F, j, k))


@cases
def test_monomial_blocks_are_the_sum_over_subsets(n, q, order, forced):
    """C2 with tensors that are not symmetrised, summed by order in eta."""
    step, f = the_map(n, q, forced), tensors(n, q, forced)
    blocks = discrete_blocks(step, order)
    for j, k in pairs(order):
        whole = sum(ETA**m * subset_block(n, f, j, k, m) for m in range(j + 1))
        wanted = to_monomials(whole, n, j, k)
        close(dense(blocks, j, k, wanted.shape), wanted)


@cases
def test_generator_blocks_are_the_first_order_in_eta(n, q, order, forced):
    step, f = the_map(n, q, forced), tensors(n, q, forced)
    F = {d: step.F(d) for d in step.terms}
    kronecker = kronecker_blocks(step, order, "euler")
    monomial = generator_blocks(step, order)
    for j, k in pairs(order):
        wanted = waiting_block(n, F, j, k)
        close(dense(kronecker, j, k, wanted.shape), wanted)
        unsymmetrised = ETA * subset_block(n, f, j, k, 1)
        wanted = to_monomials(unsymmetrised, n, j, k)
        close(dense(monomial, j, k, wanted.shape), wanted)


@cases
def test_generator_couples_neighbours_only(n, q, order, forced):
    """C3, contrast: j - 1 <= k <= j + q - 1."""
    step = the_map(n, q, forced)
    for blocks in (
        generator_blocks(step, order),
        kronecker_blocks(step, order, "euler"),
    ):
        wanted = {
            (j, j + d - 1)
            for j in range(1, order + 1)
            for d in step.terms
            if j + d - 1 <= order
        }
        assert set(blocks) == wanted


@cases
def test_discrete_rows_reach_from_zero_or_j_to_jq(n, q, order, forced):
    """C3: with forcing k = 0..jq, without k = j..jq."""
    step = the_map(n, q, forced)
    wanted = {
        (j, k) for j, k in pairs(order) if (0 if forced else j) <= k <= j * q
    }
    assert set(discrete_blocks(step, order)) == wanted
    assert set(kronecker_blocks(step, order, "discrete")) == wanted


@pytest.mark.parametrize(("n", "q"), [(1, 2), (2, 2), (3, 1)])
def test_forcing_reaches_every_block(n, q):
    """C4: column 0 is the tensor power of F_0."""
    step = the_map(n, q, True)
    F0 = step.F(0)
    blocks = kronecker_blocks(step, 3, "discrete")
    for j in (1, 2, 3):
        close(blocks[j, 0].toarray(), krons([F0] * j))


@pytest.mark.parametrize(("n", "q"), [(2, 2), (2, 3), (3, 2)])
def test_unforced_diagonal_blocks_are_powers_of_the_linear_part(n, q):
    """C3: eigenvalues are the products of those of I + F_1."""
    step = the_map(n, q, False)
    values = np.linalg.eigvals(np.eye(n) + step.F(1))
    monomial = discrete_blocks(step, 3)
    for j in (1, 2, 3):
        wanted = [np.prod(values[list(t)]) for t in multisets(n, j)]
        got = np.linalg.eigvals(monomial[j, j].toarray())
        close(np.sort_complex(got), np.sort_complex(np.array(wanted)))


@settings(max_examples=10, derandomize=True, deadline=None)
@given(
    st.integers(1, 2), st.integers(1, 3), st.booleans(),
    st.integers(0, 10**6),
)  # fmt: skip
def test_rows_map_powers_to_powers(n, q, forced, seed):
    """C1: the powers of the next point, wherever no column is cut."""
    step = the_map(n, q, forced, seed)
    point = np.random.default_rng(seed).uniform(-1, 1, n)
    after, order = step(point), 6
    blocks = discrete_blocks(step, order)
    for j in range(1, order // q + 1):
        tuples = multisets(n, j)
        total = np.zeros(len(tuples))
        for k in range(order + 1):
            if (j, k) in blocks:
                powers = np.prod(point[multisets(n, k)], axis=1)
                total += blocks[j, k] @ powers
        close(total, np.prod(after[tuples], axis=1))


@cases
def test_symmetric_tensors_are_invariant(n, q, order, forced):
    """C10: (1 - P) B P = 0."""
    blocks = kronecker_blocks(the_map(n, q, forced), order, "discrete")
    for (j, k), block in blocks.items():
        S_j, S_k = isometry(n, j).toarray(), isometry(n, k).toarray()
        image = block @ S_k.T
        close(image - S_j.T @ (S_j @ image), 0)


def test_their_complement_is_not():
    """C10: P B (1 - P) != 0, so the splitting is one way only.

    The input-symmetrised tensors of one factor do not see permutations
    across factors: u(x)u^2 and its mixtures.
    """
    step = the_map(2, 2, False)
    block = kronecker_blocks(step, 3, "discrete")[2, 3].toarray()
    S_2, S_3 = isometry(2, 2).toarray(), isometry(2, 3).toarray()
    outside = np.eye(8) - S_3.T @ S_3
    assert np.linalg.norm(S_2 @ block @ outside) > 1e-3


# ---- composition ---------------------------------------------------------


def compose(outer, inner, n):
    """The composed step, by sympy."""
    x = sympy.symbols(f"x:{n}")

    inside = dict(zip(x, inner.expressions(x), strict=True))
    after = [e.subs(inside, simultaneous=True) for e in outer.expressions(x)]
    return PolynomialMap.from_update(after, x)


def rational_map(n, q, forced, seed):
    rng = np.random.default_rng([n, q, seed])
    table = {
        tuple(key): [Rational(int(a), 5) for a in rng.integers(-3, 4, size=n)]
        for d in range(0 if forced else 1, q + 1)
        for key in multisets(n, d).tolist()
    }
    return PolynomialMap.from_coefficients(n, table)


@pytest.mark.parametrize("forced", [True, False])
@pytest.mark.parametrize(
    ("n", "q_out", "q_in"), [(1, 2, 3), (1, 3, 2), (2, 2, 2), (2, 2, 1)]
)
def test_composition_is_a_product(n, q_out, q_in, forced):
    """C8: B(Phi o Psi) = B(Phi) B(Psi), for the rows that are not cut."""
    outer = rational_map(n, q_out, forced, 1)
    inner = rational_map(n, q_in, forced, 2)
    both = compose(outer, inner, n)
    order = 4
    B, C, D = (discrete_blocks(s, order) for s in (outer, inner, both))
    rows = order // q_out if forced else order
    for j in range(1, rows + 1):
        for k in range(order + 1):
            shape = (len(multisets(n, j)), len(multisets(n, k)))
            wanted = np.zeros(shape)
            for m in range(1, order + 1):
                if (j, m) in B and (m, k) in C:
                    wanted += (B[j, m] @ C[m, k]).toarray()
            if k == 0 and (j, 0) in B:
                wanted += B[j, 0].toarray()
            close(dense(D, j, k, shape), wanted)


# ---- exact rows ----------------------------------------------------------

EXACT = [(1, 2, 4, True), (1, 4, 5, False), (2, 2, 3, True),
         (2, 3, 3, False), (3, 2, 2, True)]  # fmt: skip
exact_cases = pytest.mark.parametrize(("n", "q", "order", "forced"), EXACT)


def coefficients(expr, x, order):
    """Monomials up to the order, as sorted index tuples."""
    return {
        tuple(i for i, p in enumerate(powers) for _ in range(p)): c
        for powers, c in sympy.Poly(expr, *x).terms()
        if sum(powers) <= order and c != 0
    }


@exact_cases
def test_exact_rows_are_the_expanded_products(n, q, order, forced):
    """Row (i_1 .. i_j) is the expansion of Phi_{i_1} ... Phi_{i_j}."""
    step = rational_map(n, q, forced, 3)
    x = sympy.symbols(f"x:{n}")
    images = step.expressions(x)
    rows = exact_rows(step, order, "discrete")
    for j in range(1, order + 1):
        for key in map(tuple, multisets(n, j).tolist()):
            expr = sympy.prod([images[i] for i in key])
            got = {k: c for k, c in rows[key].items() if c != 0}
            assert got == coefficients(expr, x, order)
    assert len(rows) == sum(len(multisets(n, j)) for j in range(1, order + 1))


@exact_cases
def test_exact_euler_rows_are_the_chain_rule(n, q, order, forced):
    """x^alpha plus grad(x^alpha) . delta: the derivative, then Euler."""
    step = rational_map(n, q, forced, 3)
    x = sympy.symbols(f"x:{n}")
    images = step.expressions(x)
    rows = exact_rows(step, order, "euler")
    for key in rows:
        monomial = sympy.prod([x[i] for i in key])
        expr = monomial + sum(
            sympy.diff(monomial, x[i]) * (images[i] - x[i]) for i in range(n)
        )
        got = {k: c for k, c in rows[key].items() if c != 0}
        assert got == coefficients(expr, x, order)


@exact_cases
@pytest.mark.parametrize("time", ["discrete", "euler"])
def test_exact_rows_are_the_float_blocks(n, q, order, forced, time):
    step = rational_map(n, q, forced, 4)
    rows = exact_rows(step, order, time)
    make = discrete_blocks if time == "discrete" else generator_blocks
    blocks = make(step, order)
    for j, k in pairs(order):
        wanted = np.array(
            [
                [float(rows[a].get(b, 0)) for b in
                 map(tuple, multisets(n, k).tolist())]
                for a in map(tuple, multisets(n, j).tolist())
            ]
        )  # fmt: skip
        if time == "euler" and j == k:
            wanted -= np.eye(len(wanted))
        close(dense(blocks, j, k, wanted.shape), wanted)


# ---- the linear part -----------------------------------------------------


def test_images_add_the_identity():
    step = the_map(2, 2, True)
    terms = step.as_float().images
    assert list(terms) == [0, 1, 2]
    close(terms[1].tensor(), np.eye(2) + step.F(1))
    for d in (0, 2):
        close(terms[d].tensor(), step.F(d))


def test_images_without_a_linear_increment():
    terms = PolynomialMap({2: [[3.0]]}).images
    assert list(terms) == [1, 2]
    assert terms[1].tensor().tolist() == [[1.0]]


@pytest.mark.parametrize("time", ["discrete", "euler"])
def test_zero_map_has_the_identity_as_its_blocks(time):
    step = PolynomialMap({1: np.zeros((2, 2))})
    blocks = kronecker_blocks(step, 3, time)
    if time == "euler":
        assert blocks == {}
        assert generator_blocks(step, 3) == {}
        return
    monomial = discrete_blocks(step, 3)
    assert set(blocks) == set(monomial) == {(1, 1), (2, 2), (3, 3)}
    for j in (1, 2, 3):
        close(blocks[j, j].toarray(), np.eye(2**j))
        close(monomial[j, j].toarray(), np.eye(j + 1))


def test_vanishing_map_has_no_blocks():
    """I + F_1 = 0: one step lands on the fixed point."""
    step = PolynomialMap({1: -np.eye(2)})
    assert step.as_float().images == {}
    assert discrete_blocks(step, 3) == {}
    assert kronecker_blocks(step, 3, "discrete") == {}


def test_partly_vanishing_linear_part():
    """Rows that lose their linear term keep their quadratic one."""
    F1 = np.array([[-1.0, 0], [0, -0.5]])
    F2 = np.array([[0.5, 0, 0, 0], [0, 0.25, 0.25, 0]])
    step = PolynomialMap({1: F1, 2: F2})
    blocks = discrete_blocks(step, 3)
    assert blocks[1, 1].toarray().tolist() == [[0, 0], [0, 0.5]]
    # (u0^2/2, u1/2 + u0 u1/2): u0^2 u1/4 at degree 3 of the product
    assert blocks[2, 3].toarray()[1].tolist() == [0, 0.25, 0, 0]
