r"""The blocks :math:`B_{j,k}` of a lifted step, assembled degree by degree.

Read by rows: row :math:`(i_1\le\dots\le i_j)` of :math:`B_{j,\cdot}` holds
the coefficients of the polynomial :math:`\Phi_{i_1}\cdots\Phi_{i_j}`. So the
rows of level :math:`j` are those of level :math:`j-1` times one more factor,
and multiplying by :math:`\Phi_i` is a sparse matrix.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
import scipy.sparse as sp

from qcl.lifting.algebra.basis import (
    Floats,
    Indices,
    multinomials,
    multiset_count,
    multisets,
    product_ranks,
    rank_multisets,
)
from qcl.lifting.algebra.exact import rationals
from qcl.lifting.algebra.terms import Terms, nonzero_entries
from qcl.lifting.maps.polynomial import PolynomialMap

Blocks: TypeAlias = dict[tuple[int, int], sp.csr_array]
Rows: TypeAlias = dict[tuple[int, ...], dict[tuple[int, ...], Any]]


def bytes_needed(
    step: PolynomialMap,
    order: int,
    basis: str = "symmetric",
    time: str = "discrete",
    rows: int | None = None,
) -> float:
    r"""Estimate the memory that the blocks of a lifting need.

    If :math:`G_\ell` has :math:`t_\ell` coefficients in a row on average,
    a row of :math:`B_{j,k}` has about
    :math:`[x^k](\sum_\ell t_\ellx^\ell)^j` entries, if there are as many
    monomials.
    """
    n, discrete = step.n, time == "discrete"
    full = basis == "kronecker"
    sizes = [
        float(min(n**k if full else multiset_count(n, k), 10**300))
        for k in range(order + 1)
    ]
    filled = np.zeros(order + 1)
    for ell, part in (step.images if discrete else step.terms).items():
        if ell <= order:
            count = len(nonzero_entries(part.coefficients)[2])
            repeats = float(multinomials(part.multisets).max()) if full else 1
            filled[ell] = min(repeats * count / n, sizes[ell])
    total, level = 0.0, np.eye(1, order + 1)[0]
    for j in range(1, (rows or order) + 1):
        if discrete:
            level = np.convolve(level, filled)[: order + 1]
        else:
            level = np.zeros(order + 1)
            level[j - 1 :] = j * filled[: order + 2 - j]
        for k in np.flatnonzero(level):
            total += 4000 + 60 * sizes[j] * min(sizes[k], level[k])
    if not full:  # the tables that multiply monomials by the map
        for ell, each in enumerate(filled):
            total += 24 * each * n * sum(sizes[: order + 1 - ell])
    return float(total)


def discrete_blocks(
    step: PolynomialMap, order: int, rows: int | None = None
) -> Blocks:
    r"""Monomial-basis blocks of :math:`u\mapsto\Phi(u)`, j = 1..N, k = 0..N.

    Only blocks with a non-zero entry are returned; column 0 is the forcing
    :math:`F_0^{\otimes j}`. There are N rows, or as many as ``rows`` says.
    """
    n, factors = step.n, step.as_float().images
    multiply = _Multiplications(n, factors)
    level: dict[int, sp.csr_array] = {0: sp.csr_array(np.ones((1, 1)))}
    blocks: Blocks = {}
    for j in range(1, (rows or order) + 1):
        tuples = multisets(n, j)
        rest = rank_multisets(n, tuples[:, 1:])
        above: dict[int, Any] = defaultdict(float)
        for d, before in level.items():
            fitting = [ell for ell in factors if d + ell <= order]
            if fitting:
                pairs = _pair_columns(n, before[rest], tuples[:, 0])
            for ell in fitting:
                above[d + ell] += pairs @ multiply(d, ell)
        level = {k: sp.csr_array(block) for k, block in above.items()}
        blocks |= {(j, k): block for k, block in level.items() if block.nnz}
    return blocks


def power_rows(step: PolynomialMap, order: int) -> Floats:
    r"""Coefficients of the powers of the polynomial of a single weight.

    Row j - 1 holds :math:`B_{j,0},\dots,B_{j,N}`, numbers here, for which
    blocks would be too slow; shape (N, N + 1).
    """
    rows = np.eye(order + 1)
    for j in range(1, order + 1):
        rows[j] = 0
        with np.errstate(over="ignore", invalid="ignore"):
            for ell, part in reversed(step.as_float().images.items()):
                below = rows[j - 1, : max(order + 1 - ell, 0)]
                rows[j, ell:] += part.coefficients.toarray()[0, 0] * below
    return rows[1:]


def generator_blocks(step: PolynomialMap, order: int) -> Blocks:
    r"""Monomial-basis blocks of the continuous Carleman matrix.

    :math:`A_{j,j+\ell-1}=\sum_iI^{\otimes i-1}\otimes F_\ell\otimes
    I^{\otimes j-i}`: one factor is differentiated, the others wait.
    """
    n, factors = step.n, step.as_float().terms
    multiply = _Multiplications(n, factors)
    blocks: Blocks = {}
    for j in range(1, order + 1):
        tuples = multisets(n, j)
        # Each weight of a monomial is differentiated once, for all the
        # times that it occurs: the run in the sorted tuple.
        fresh = np.ones(tuples.shape, dtype=bool)
        fresh[:, 1:] = tuples[:, 1:] != tuples[:, :-1]
        row, place = np.nonzero(fresh)
        times = np.diff(np.flatnonzero(fresh), append=fresh.size)
        kept = np.arange(j) != place[:, None]
        others = tuples[row][kept].reshape(len(row), j - 1)
        column = rank_multisets(n, others) * n + tuples[row, place]
        shape = (len(tuples), multiset_count(n, j - 1) * n)
        pick = sp.csr_array((times * 1.0, (row, column)), shape=shape)
        pick.sort_indices()
        for ell in factors:
            if j - 1 + ell <= order:
                block = sp.csr_array(pick @ multiply(j - 1, ell))
                blocks[j, j - 1 + ell] = block
    return blocks


def kronecker_blocks(step: PolynomialMap, order: int, time: str) -> Blocks:
    r"""Blocks on full tensor powers, from Kronecker products.

    Discrete: :math:`B_{j,k}=\sum_\ell G_\ell\otimes B_{j-1,k-\ell}`.
    Generator: :math:`A_{j,k}=F_\ell\otimes I+I\otimes A_{j-1,k-1}` with
    :math:`k=j+\ell-1`.
    """
    n = step.n
    discrete = time == "discrete"
    step = step.as_float()
    terms = step.images if discrete else step.terms
    tensors = {d: part.sparse_tensor() for d, part in terms.items()}
    one = sp.csr_array(np.ones((1, 1)))
    level = {0: one} if discrete else {}
    blocks: Blocks = {}
    for j in range(1, order + 1):
        above: dict[int, Any] = defaultdict(float)
        if discrete:
            for ell, G in tensors.items():
                for k, block in level.items():
                    if k + ell <= order:
                        above[k + ell] += sp.kron(G, block, format="csr")
        else:
            wait = sp.eye_array(n ** (j - 1))
            for ell, F in tensors.items():
                if j - 1 + ell <= order:
                    above[j - 1 + ell] += sp.kron(F, wait, format="csr")
            for k, block in level.items():
                if k + 1 <= order:
                    above[k + 1] += sp.kron(
                        sp.eye_array(n), block, format="csr"
                    )
        level = {k: sp.csr_array(block) for k, block in above.items()}
        blocks |= {(j, k): block for k, block in level.items()}
    return blocks


def exact_rows(step: PolynomialMap, order: int, time: str) -> Rows:
    """Return the lifted rows as dictionaries of rationals, monomial basis.

    Slow and plain: the reference for exact work and for small systems.
    """
    n = step.n
    one = rationals(np.ones(1, dtype=int))[0]
    increments = [dict(_row_items(step.terms, i)) for i in range(n)]
    images = [dict(_row_items(step.images, i)) for i in range(n)]
    rows: Rows = {(): {(): one}}
    out: Rows = {}
    for j in range(1, order + 1):
        for tup in map(tuple, multisets(n, j).tolist()):
            if time == "discrete":
                rows[tup] = _product(images[tup[0]], rows[tup[1:]], order)
                out[tup] = rows[tup]
                continue
            row = {tup: one}
            for r, i in enumerate(tup):
                others = {tup[:r] + tup[r + 1 :]: one}
                for key, c in _product(increments[i], others, order).items():
                    row[key] = row.get(key, 0) + c
            out[tup] = row
    return out


def _row_items(
    terms: Mapping[int, Terms], i: int
) -> Iterator[tuple[tuple[int, ...], Any]]:
    for part in terms.values():
        for tup, c in zip(
            part.multisets.tolist(), part.coefficients[i], strict=True
        ):
            if c != 0:
                yield tuple(tup), c


def _product(
    left: dict[tuple[int, ...], Any],
    right: dict[tuple[int, ...], Any],
    order: int,
) -> dict[tuple[int, ...], Any]:
    out: dict[tuple[int, ...], Any] = {}
    for a, x in left.items():
        for b, y in right.items():
            if len(a) + len(b) <= order:
                key = tuple(sorted(a + b))
                out[key] = out.get(key, 0) + x * y
    return out


def _pair_columns(n: int, rows: sp.csr_array, first: Indices) -> sp.csr_array:
    """Move column b of row r to column (b, first[r])."""
    # Entry e of the CSR lists lies in row r for lengths[r] entries on end:
    # repeating first[r] as often gives the weight that belongs to e.
    lengths = np.diff(rows.indptr)
    columns = rows.indices.astype(np.int64) * n + np.repeat(first, lengths)
    shape = (rows.shape[0], rows.shape[1] * n)
    return sp.csr_array((rows.data, columns, rows.indptr), shape=shape)


class _Multiplications:
    """Matrices that multiply a monomial by the terms of a map.

    ``multiply(d, ell)`` has a row for every (monomial of degree d, weight
    i) and a column for every monomial of degree d + ell: the coefficients of
    that monomial times the degree-ell part of the i-th polynomial.
    """

    def __init__(self, n: int, factors: dict[int, Terms]) -> None:
        self.n = n
        self.factors = factors
        self.made: dict[tuple[int, int], sp.csr_array] = {}

    def __call__(self, d: int, ell: int) -> sp.csr_array:
        if (d, ell) not in self.made:
            self.made[d, ell] = self._make(d, ell)
        return self.made[d, ell]

    def _make(self, d: int, ell: int) -> sp.csr_array:
        n, part = self.n, self.factors[ell]
        base, table = multisets(n, d), part.coefficients
        # target[b, m] is the column of base monomial b times monomial m.
        target = product_ranks(n, base, part.multisets)
        # Row b * n + i holds row i of the table, its columns m sent to
        # target[b, m]: one copy of the CSR lists for each b, end to end,
        # where row i of copy b starts at b * nnz + indptr[i].
        starts = np.arange(len(base))[:, None] * table.nnz
        indptr = (starts + table.indptr[:-1]).ravel()
        return sp.csr_array(
            (
                np.tile(table.data, len(base)),
                target[:, table.indices].ravel(),
                np.append(indptr, len(base) * table.nnz),
            ),
            shape=(len(base) * n, multiset_count(n, d + ell)),
        )
