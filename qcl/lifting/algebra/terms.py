r"""The terms of one degree: a table of monomial coefficients.

A tensor :math:`F_\ell\in\mathbb R^{n\times n^\ell}` acts on
:math:`u^{\otimes\ell}`, whose entries repeat each monomial once per ordering
of its indices. :class:`Terms` keeps one coefficient per monomial and only
the monomials that occur, so a sparse map of a thousand weights stays small.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from qcl._checks import CEILING, finite_reals, room_for
from qcl.lifting.algebra.basis import (
    Indices,
    monomials,
    multinomials,
    rank_multisets,
    sorted_tuples,
)
from qcl.lifting.algebra.exact import is_exact, rationals, read_only, zeros

MOST_DEGREE = 1_000


@dataclass(frozen=True, eq=False)
class Terms:
    """The monomials of one degree and their coefficients in each row.

    A row is a polynomial: the increment of a weight in a step, the output
    for a sample in a network; a loss has a single row.

    Attributes
    ----------
    n : int
        Number of variables.
    multisets : ndarray of int64, shape (m, degree)
        The monomials, sorted, in lexicographic order.
    coefficients : csr_array or ndarray, shape (rows, m)
        Floats, sparse or dense; sympy rationals in an object array when
        exact.

    Examples
    --------
    >>> import sympy
    >>> two = Terms(2, np.array([[0, 1], [1, 1]]), np.array([[3.0, 0.5]]))
    >>> two(np.array([1.0, 2.0])).tolist()
    [8.0]
    >>> two.expressions(sympy.symbols("u v"))
    [3.0*u*v + 0.5*v**2]
    """

    n: int
    multisets: Indices
    coefficients: Any

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        read_only(self.multisets)
        read_only(self.coefficients)

    @property
    def rows(self) -> int:
        """Number of polynomials."""
        return int(self.coefficients.shape[0])

    @property
    def degree(self) -> int:
        """Degree of the monomials."""
        return int(self.multisets.shape[1])

    @property
    def exact(self) -> bool:
        """Whether the coefficients are rationals."""
        return bool(self.coefficients.dtype == object)

    @classmethod
    def from_entries(
        cls,
        n: int,
        tuples: Indices,
        row: Indices,
        column: Indices,
        values: npt.NDArray,
        rows: int | None = None,
    ) -> "Terms":
        """Add up entries that act on the same monomial.

        Entry ``e`` adds ``values[e]`` to row ``row[e]`` of the monomial
        ``tuples[column[e]]``; exact if the values are rationals. There are
        n rows, or as many as ``rows`` says.
        """
        exact = values.dtype == object and is_exact(values)
        what = f"the coefficients of degree {tuples.shape[1]}"
        if not exact:
            values = finite_reals(values, what)
        keep = values != 0
        row, column, values = row[keep], column[keep], values[keep]
        ranks = rank_multisets(n, tuples)[column]
        _, first, slot = np.unique(
            ranks, return_index=True, return_inverse=True
        )
        shape = (n if rows is None else rows, len(first))
        if exact:
            table = zeros(shape, exact)
            np.add.at(table, (row, slot), rationals(values))
        else:
            table = sp.csr_array(
                sp.coo_array((values, (row, slot)), shape=shape)
            )
            table.eliminate_zeros()
            finite_reals(table.data, what)
        # Entries may have cancelled: keep the monomials that are left.
        left = np.unique(nonzero_entries(table)[1])
        return cls(n, tuples[column[first]][left], table[:, left])

    @classmethod
    def from_tensor(cls, n: int, degree: int, F: Any) -> "Terms":
        r"""Read a tensor :math:`F_\ell` of shape (n, n**degree).

        Raises
        ------
        ValueError
            On a wrong shape or entries that are not finite real numbers.
        """
        if degree == 0 and np.shape(F) == (n,):
            F = np.asarray(F)[:, None]
        if np.shape(F) != (n, n**degree):
            raise ValueError(
                f"expected F_{degree} of shape ({n}, {n**degree}), got "
                f"{np.shape(F)}; F_l maps u^(x)l, which has n**l entries"
            )
        row, column, values = nonzero_entries(F)
        tuples = sorted_tuples(n, degree, column)
        return cls.from_entries(n, tuples, row, np.arange(len(row)), values)

    def __call__(self, u: npt.NDArray) -> npt.NDArray:
        """Evaluate every row at u, shape (n,)."""
        return self.coefficients @ monomials(u, self.multisets)

    def as_float(self) -> "Terms":
        """Return the same terms with floating-point coefficients."""
        if not self.exact:
            return self
        what = f"the coefficients of degree {self.degree}"
        table = sp.csr_array(finite_reals(self.coefficients, what))
        return Terms(self.n, self.multisets, table)

    def scaled(self, factor: Any) -> "Terms":
        """Return the terms times a number."""
        with np.errstate(over="ignore"):
            table = self.coefficients * factor
        if not self.exact:
            values = table.data if sp.issparse(table) else table
            what = f"the scaled terms of degree {self.degree}"
            finite_reals(values, what)
        return Terms(self.n, self.multisets, table)

    def expressions(self, symbols: Sequence[Any]) -> list[Any]:
        """Return every row as a sympy expression in n symbols."""
        import sympy

        sums: list[list[Any]] = [[] for _ in range(self.rows)]
        for i, column, value in zip(
            *nonzero_entries(self.coefficients), strict=True
        ):
            factors = [symbols[k] for k in self.multisets[column]]
            sums[i].append(sympy.Mul(sympy.sympify(value), *factors))
        return [sympy.Add(*several) for several in sums]

    def restricted(self, kept: Indices) -> "Terms":
        """Keep some weights, in the order given; the others are zero."""
        new_name = np.full(self.n, -1)
        new_name[kept] = np.arange(kept.size)
        renamed = new_name[self.multisets]
        alive = (renamed >= 0).all(axis=1)
        row, column, values = nonzero_entries(
            self.coefficients[kept][:, alive]
        )
        return Terms.from_entries(
            kept.size, np.sort(renamed[alive], axis=1), row, column, values
        )

    def tensor(self) -> npt.NDArray:
        """Return the dense input-symmetrised tensor, shape (n, n**degree)."""
        n, degree = self.n, self.degree
        check_dense(n, degree)
        if not len(self.multisets):
            return zeros((n, n**degree), self.exact)
        tuples = sorted_tuples(n, degree, np.arange(n**degree))
        wanted = rank_multisets(n, tuples)
        ranks = rank_multisets(n, self.multisets)
        position = np.searchsorted(ranks, wanted).clip(max=len(ranks) - 1)
        present = ranks[position] == wanted
        F = zeros((n, n**degree), self.exact)
        table = self.coefficients
        values = table.toarray() if sp.issparse(table) else table
        values = values / multinomials(self.multisets)
        F[:, present] = values[:, position[present]]
        return F

    def sparse_tensor(self) -> sp.csr_array:
        """Return the input-symmetrised tensor as a sparse array of floats."""
        n, degree = self.n, self.degree
        check_columns(n, degree)
        if not len(self.multisets):
            return sp.csr_array((self.rows, n**degree))
        orderings = multinomials(self.multisets)
        room_for(
            40.0 * (self.rows + degree) * orderings.sum(),
            f"F({degree}) as a sparse array",
            "restrict the weights",
        )
        term = np.arange(len(self.multisets))
        column, left = np.zeros(len(term), dtype=np.int64), self.multisets
        for _ in range(degree):  # choose the next index, each value once
            fresh = np.ones(left.shape, dtype=bool)
            fresh[:, 1:] = left[:, 1:] != left[:, :-1]
            chosen, place = np.nonzero(fresh)
            column = column[chosen] * n + left[chosen, place]
            others = np.arange(left.shape[1]) != place[:, None]
            left = left[chosen][others].reshape(len(chosen), -1)
            term = term[chosen]
        falling = np.argsort(column, kind="stable")
        column, term = column[falling], term[falling]
        weight = 1.0 / orderings[term]
        # Not a sparse product: that allocates a row of n**degree numbers.
        table = sp.csc_array(self.as_float().coefficients)
        spread = sp.coo_array(table[:, term])
        data = spread.data * weight[spread.col]
        entries = (data, (spread.row, column[spread.col]))
        return sp.csr_array(entries, shape=(self.rows, n**degree))


def identity(n: int, exact: bool) -> Terms:
    """Return the terms of the identity map."""
    eye = np.arange(n)
    one = rationals(np.ones(n, dtype=int)) if exact else np.ones(n)
    return Terms.from_entries(n, eye[:, None], eye, eye, one)


def added(parts: Sequence[Terms]) -> Terms:
    """Add up terms of the same degree and number of rows."""
    first = parts[0]
    entries = [nonzero_entries(part.coefficients) for part in parts]
    tuples = [
        part.multisets[column]
        for part, (_, column, _) in zip(parts, entries, strict=True)
    ]
    row, _, values = map(np.concatenate, zip(*entries, strict=True))
    return Terms.from_entries(
        first.n,
        np.concatenate(tuples),
        row,
        np.arange(len(row)),
        values,
        first.rows,
    )


def check_columns(n: int, degree: int) -> None:
    """Raise ValueError if the columns of a tensor cannot be indexed."""
    if n**degree > 2**63 - 1:
        raise ValueError(
            f"F({degree}) has {n}**{degree} columns, more than can be "
            "indexed; restrict the weights"
        )


def check_dense(n: int, degree: int) -> None:
    """Raise ValueError if a dense tensor would be too large."""
    if 8 * n**degree * (2 * n + 3 * degree) > CEILING:
        raise ValueError(
            f"F({degree}) has {n}**{degree + 1} entries, too many for a "
            "dense array; pass sparse=True"
        )


def nonzero_entries(F: Any) -> tuple[Indices, Indices, npt.NDArray]:
    """Rows, columns and values of the non-zero entries of a matrix."""
    if sp.issparse(F):
        coo = sp.coo_array(F)
        return coo.row.astype(np.int64), coo.col.astype(np.int64), coo.data
    F = np.asarray(F)
    row, column = np.nonzero(F)
    return row, column, F[row, column]
