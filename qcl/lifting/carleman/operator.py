r"""The lifted matrix as an operator: applied, never stored.

Row :math:`(i_1\le\dots\le i_j)` of :math:`B` is the polynomial
:math:`\Phi_{i_1}\cdots\Phi_{i_j}`, and a vector is a linear functional on
polynomials, :math:`u^\beta\mapsto z_\beta` (0 for degrees above N). Put the
factors in one leg at a time,

.. math::

    z^{(s+1)}_{\alpha\cup i,\,\beta}
    =\sum_\gamma c_{i\gamma}\,z^{(s)}_{\alpha,\,\beta+\gamma},
    \qquad (Bz)_\alpha=z^{(j)}_{\alpha,\emptyset},

where :math:`\Phi_i(u)=\sum_\gamma c_{i\gamma}u^\gamma`: a gather by a small
table of :math:`\beta+\gamma` and a product with the map's own coefficients.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.linalg import LinearOperator

from qcl.lifting.algebra.basis import (
    Floats,
    dimension,
    multinomials,
    multiset_count,
    multisets,
    rank_multisets,
)
from qcl.lifting.algebra.terms import Terms
from qcl.lifting.carleman.blocks import map_terms
from qcl.lifting.maps.polynomial import PolynomialMap

Level = dict[int, Floats]


def lifted_operator(step: PolynomialMap, order: int) -> LinearOperator:
    r"""The lifted matrix of a step as a linear operator.

    The same :math:`B`, in the orthonormal symmetric basis, as
    ``qcl.lift(step, order).matrix``, with its transpose (``rmatvec``), so
    that ``scipy.sparse.linalg.svds`` and iterative solvers work. A product
    takes about :math:`n^{N+1}` operations without forcing.

    Where it wins: dense maps. A dense quadratic step with n = 32 at order 3
    takes under 1 MiB instead of 600 MiB, nothing has to be assembled, and a
    product costs as much as one with the matrix. Where it wins memory only:
    a diagonal :math:`F_1` and a dense :math:`F_2`; with n = 64 at order 3 it
    takes 5 MiB instead of 130 MiB, but its products are slower five to twenty
    times. Where it loses: sparse maps and single weights, whose matrix is
    small; and forcing, which makes its intermediate arrays larger.

    Parameters
    ----------
    step : PolynomialMap
        The step :math:`u\mapsto\Phi(u)`.
    order : int
        Truncation order N >= 1.

    Returns
    -------
    LinearOperator, shape (dimension, dimension)

    Raises
    ------
    ValueError
        If order < 1.

    References
    ----------
    The discrete blocks are proved in the book's appendix.

    Examples
    --------
    >>> step = PolynomialMap({1: [[-0.1]], 2: [[-0.1]]})
    >>> operator = lifted_operator(step, order=2)
    >>> (operator @ np.array([1.0, 1.0])).round(3).tolist()
    [0.8, 0.81]
    """
    if order < 1:
        raise ValueError(f"expected order >= 1, got order={order}")
    legs = _Legs(step, order)
    size = dimension(step.n, order)
    return LinearOperator(
        (size, size),
        matvec=legs.forward,
        rmatvec=legs.backward,
        dtype=np.dtype(float),
    )


class _Legs:
    """The tables, and the passes from leg to leg in both directions.

    A level holds, for each degree d, an array (monomials of degree d,
    finished monomials): what is left of the input, what is made of it.
    """

    def __init__(self, step: PolynomialMap, order: int) -> None:
        n = self.n = step.n
        self.order = order
        self.factors = map_terms(step)
        self.least = min(self.factors, default=1)  # 0 with forcing
        self.most = max(self.factors, default=1)
        self.coefficients = {
            ell: _compact(part) for ell, part in self.factors.items()
        }
        sizes = [multiset_count(n, j) for j in range(order + 1)]
        self.ends = np.cumsum(sizes[1:])[:-1]
        self.sizes = sizes
        every = [multinomials(multisets(n, j)) for j in range(1, order + 1)]
        self.scale = np.sqrt(np.concatenate(every))
        self.tables: dict[tuple[int, int], npt.NDArray] = {}
        self.extend = {s: _last_and_rest(n, s) for s in range(1, order + 1)}

    def forward(self, y: Floats) -> Floats:
        """Apply the matrix to a vector in symmetric coordinates."""
        parts = np.split(y.ravel() / self.scale, self.ends)
        level = {d: z[:, None] for d, z in enumerate(parts, start=1)}
        out = []
        for s in range(1, self.order + 1):
            level = self._put_leg(level, s)
            out.append(level[0][0] if 0 in level else np.zeros(self.sizes[s]))
        return np.concatenate(out) * self.scale

    def backward(self, x: Floats) -> Floats:
        """Apply the transpose: take the legs off again, last one first."""
        parts = np.split(x.ravel() * self.scale, self.ends)
        level: Level = {}
        for s in range(self.order, 0, -1):
            level[0] = level.get(0, 0.0) + parts[s - 1][None, :]
            level = self._take_leg(level, s)
        empty = {
            d: np.zeros((self.sizes[d], 1)) for d in range(self.order + 1)
        }
        out = [(empty | level)[d][:, 0] for d in range(1, self.order + 1)]
        return np.concatenate(out) / self.scale

    def _degrees(self, s: int) -> range:
        """Degrees of the rest that matter after s legs."""
        left = self.order - s
        return range(min(self.order - self.least * s, left * self.most) + 1)

    def _put_leg(self, level: Level, s: int) -> Level:
        """From s - 1 finished legs to s."""
        last, rest = self.extend[s]
        above: Level = {}
        for d in self._degrees(s):
            total: Any = 0.0
            for ell, table in self.coefficients.items():
                if d + ell in level:
                    z = level[d + ell]
                    gathered = z[self._sums(d, ell)]
                    total = total + table @ gathered.reshape(
                        table.shape[1], -1
                    )
            if np.ndim(total):
                legs = total.reshape(self.n, self.sizes[d], -1)
                above[d] = legs[last, :, rest].T
        return above

    def _take_leg(self, level: Level, s: int) -> Level:
        """From s finished legs to s - 1: the transpose of _put_leg."""
        last, rest = self.extend[s]
        below: Level = {}
        for d, z in level.items():
            legs = np.zeros((self.n, self.sizes[d], self.sizes[s - 1]))
            legs[last, :, rest] = z.T
            flat = legs.reshape(self.n, -1)
            for ell, table in self.coefficients.items():
                if d + ell not in self._degrees(s - 1):
                    continue
                spread = (table.T @ flat).reshape(-1, self.sizes[s - 1])
                where = self._sums(d, ell).ravel()
                pick = sp.csr_array(
                    (np.ones(where.size), where, np.arange(where.size + 1)),
                    shape=(where.size, self.sizes[d + ell]),
                )
                below[d + ell] = below.get(d + ell, 0.0) + pick.T @ spread
        return below

    def _sums(self, d: int, ell: int) -> npt.NDArray:
        """Table of beta + gamma: (terms of degree ell, monomials d)."""
        if (d, ell) not in self.tables:
            terms, base = self.factors[ell].multisets, multisets(self.n, d)
            shape = (len(terms), len(base))
            joined = np.concatenate(
                [
                    np.broadcast_to(terms[:, None, :], (*shape, ell)),
                    np.broadcast_to(base[None], (*shape, d)),
                ],
                axis=2,
            )
            joined.sort(axis=2)
            ranks = rank_multisets(self.n, joined)
            self.tables[d, ell] = ranks.astype(np.int32)
        return self.tables[d, ell]


def _last_and_rest(n: int, degree: int) -> tuple[npt.NDArray, npt.NDArray]:
    """Return each monomial as its last index and the rank of the others."""
    tuples = multisets(n, degree)
    rest = rank_multisets(n, tuples[:, :-1])
    return tuples[:, -1].astype(np.int32), rest.astype(np.int32)


def _compact(part: Terms) -> Any:
    """Coefficients as an ndarray if a fifth of them is not zero."""
    table = part.coefficients
    filled = table.nnz / (table.shape[0] * table.shape[1])
    return table.toarray() if filled > 0.2 else table
