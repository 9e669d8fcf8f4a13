r"""Bases of the lifted space: Kronecker, symmetric and plain monomial.

A monomial of degree :math:`j` in :math:`n` weights is a *multiset* of
:math:`j` indices, written as a sorted tuple
:math:`i_1\le\dots\le i_j`. Multisets of one degree are listed in
lexicographic order, so for two weights and degree two:
:math:`u_1^2,\;u_1u_2,\;u_2^2`.
"""

from itertools import combinations_with_replacement
from math import comb
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from qcl._checks import a_choice, a_count, room_for_size

Indices: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]

BASES = ("symmetric", "kronecker", "monomial")
MOST_ORDER = 1_000
_LARGEST = 2**31 - 1
_INT64 = 2**63 - 1
_CHUNK = 2**22  # indices sorted at a time


def multiset_count(n: int, degree: int) -> int:
    r"""Count the monomials of one degree: :math:`\binom{n+j-1}{j}`.

    Examples
    --------
    >>> multiset_count(2, 3)
    4
    """
    return comb(n + degree - 1, degree)


def dimension(n: int, order: int, basis: str = "symmetric") -> int:
    r"""Dimension of the lifted space, degrees 1 to ``order``.

    :math:`\Delta=\sum_{j=1}^N n^j` in the Kronecker basis,
    :math:`\Delta_s=\binom{n+N}{N}-1` in the symmetric and monomial ones
    (theory: section A of the book's notation page).

    Raises
    ------
    TypeError, ValueError
        If n is not a whole number >= 1, order not one >= 0, or the basis
        unknown.

    Examples
    --------
    >>> dimension(6, 2), dimension(6, 2, basis="kronecker")
    (27, 42)
    """
    n = a_count(n, "n", least=1, most=10**9)
    order = a_count(order, "order", most=MOST_ORDER)
    a_choice(basis, BASES, "basis")
    if basis == "kronecker":
        return sum(n**j for j in range(1, order + 1))
    return comb(n + order, order) - 1


def multisets(n: int, degree: int) -> Indices:
    r"""All sorted index tuples of one degree, in lexicographic order.

    Returns
    -------
    ndarray of int64, shape (count, degree)
        ``count`` is :func:`multiset_count`; the single empty tuple for
        degree 0.

    Raises
    ------
    ValueError
        If there are more than 2**31 - 1 of them.

    Examples
    --------
    >>> multisets(2, 2).tolist()
    [[0, 0], [0, 1], [1, 1]]
    """
    count = multiset_count(n, degree)
    if count > _LARGEST:
        raise ValueError(
            f"{n} weights have {count} monomials of degree {degree}, more "
            "than can be indexed; lower the order or restrict the weights"
        )
    if degree == 0:
        return np.empty((1, 0), dtype=np.int64)
    if degree == 1:
        return np.arange(n, dtype=np.int64)[:, None]
    if degree == 2:
        first, second = np.triu_indices(n)
        return np.stack([first, second], axis=1).astype(np.int64)
    flat = np.fromiter(
        (
            i
            for tup in combinations_with_replacement(range(n), degree)
            for i in tup
        ),
        dtype=np.int64,
        count=count * degree,
    )
    return flat.reshape(count, degree)


def rank_multisets(n: int, tuples: Indices) -> Indices:
    r"""Position of sorted index tuples in the order of :func:`multisets`.

    With :math:`c_r=n-1-i_{j+1-r}` the position is
    :math:`\binom{n+j-1}{j}-1-\sum_{r=1}^{j}\binom{c_r+r-1}{r}`
    (the combinatorial number system, read from the end).

    Parameters
    ----------
    n : int
        Number of weights.
    tuples : ndarray of int64, shape (..., degree)
        Each row sorted.

    Returns
    -------
    ndarray of int64, shape (...)

    Examples
    --------
    >>> rank_multisets(2, np.array([[0, 1], [1, 1]])).tolist()
    [1, 2]
    """
    degree = tuples.shape[-1]
    if multiset_count(n, degree) > _INT64:
        raise ValueError(
            f"{n} weights have more than 2**63 monomials of degree {degree}; "
            "lower the degree or restrict the weights"
        )
    rank = np.full(tuples.shape[:-1], multiset_count(n, degree) - 1)
    for r in range(1, degree + 1):
        table = np.array(
            [comb(c + r - 1, r) for c in range(n)], dtype=np.int64
        )
        rank -= table[n - 1 - tuples[..., degree - r]]
    return rank


def product_ranks(n: int, left: Indices, right: Indices) -> Indices:
    r"""Positions of all products of two lists of monomials.

    Parameters
    ----------
    n : int
        Number of weights.
    left, right : ndarray of int64, shape (count, degree)
        Each row sorted; the degrees may differ.

    Returns
    -------
    ndarray of int64, shape (len(left), len(right))
        Entry (a, b) is the position of :math:`u^{\alpha_a+\beta_b}` among
        the monomials of its degree, in the order of :func:`multisets`.

    Examples
    --------
    >>> product_ranks(2, multisets(2, 1), multisets(2, 2)).tolist()
    [[0, 1, 2], [1, 2, 3]]
    """
    degree = left.shape[1] + right.shape[1]
    ranks = np.empty((len(left), len(right)), dtype=np.int64)
    at_once = max(1, _CHUNK // max(1, len(right) * degree))
    for start in range(0, len(left), at_once):
        some = slice(start, start + at_once)
        pairs = (*ranks[some].shape, degree)
        joined = np.empty(pairs, dtype=np.int64)
        joined[..., : left.shape[1]] = left[some, None]
        joined[..., left.shape[1] :] = right
        joined.sort(axis=-1)
        ranks[some] = rank_multisets(n, joined)
    return ranks


def multinomials(tuples: Indices) -> Indices:
    r"""Orderings of each multiset, :math:`j!/\alpha!`.

    Parameters
    ----------
    tuples : ndarray of int64, shape (count, degree)
        Each row sorted.

    Returns
    -------
    ndarray of int64, shape (count,)

    Examples
    --------
    >>> multinomials(multisets(2, 2)).tolist()
    [1, 2, 1]
    """
    count, degree = tuples.shape
    orderings = np.ones(count, dtype=np.int64)  # of the first r indices
    run = np.ones(count, dtype=np.int64)
    for r in range(1, degree):
        if orderings.max(initial=1) > _INT64 // (r + 1):
            raise ValueError(
                f"a monomial of degree {degree} has more orderings than fit "
                "in 64 bits; lower the order"
            )
        run = np.where(tuples[:, r] == tuples[:, r - 1], run + 1, 1)
        orderings = orderings * (r + 1) // run
    return orderings


def monomials(u: npt.NDArray, tuples: Indices) -> npt.NDArray:
    r"""Evaluate monomials: :math:`u_{i_1}\cdots u_{i_j}` for each row.

    Examples
    --------
    >>> monomials(np.array([2.0, 3.0]), multisets(2, 2)).tolist()
    [4.0, 6.0, 9.0]
    """
    value = np.ones(len(tuples), dtype=u.dtype)
    for column in tuples.T:
        value = value * u[column]
    return value


def isometry(n: int, degree: int) -> sp.csr_array:
    r"""The map :math:`S_j` from Kronecker to symmetric coordinates.

    :math:`(S_j)_{\alpha,(i_1..i_j)}=\sqrt{\alpha!/j!}` where
    :math:`(i_1..i_j)` is an ordering of the multiset :math:`\alpha`, else
    0. Its rows are orthonormal, :math:`S_jS_j^T=I`, and
    :math:`S_j^TS_j` projects onto symmetric tensors (proved in the book's
    appendix).

    Returns
    -------
    csr_array, shape (multiset_count(n, degree), n**degree)

    Raises
    ------
    TypeError, ValueError
        If n is not a whole number >= 1 or degree not one >= 0, or the
        matrix would not fit in memory.

    Examples
    --------
    >>> isometry(2, 2).toarray().round(3).tolist()
    [[1.0, 0.0, 0.0, 0.0], [0.0, 0.707, 0.707, 0.0], [0.0, 0.0, 0.0, 1.0]]
    """
    n = a_count(n, "n", least=1, most=10**9)
    degree = a_count(degree, "degree", most=MOST_ORDER)
    room_for_size(
        lambda j: 40 * (j + 1) * n**j,
        degree,
        "degree",
        f"the isometry of {n} weights at degree {degree}",
    )
    columns = np.arange(n**degree)
    rows = rank_multisets(n, sorted_tuples(n, degree, columns))
    weight = 1 / np.sqrt(multinomials(multisets(n, degree)))
    shape = (multiset_count(n, degree), n**degree)
    return sp.csr_array((weight[rows], (rows, columns)), shape=shape)


def sorted_tuples(n: int, degree: int, columns: Indices) -> Indices:
    """Sorted index tuples of Kronecker columns (first factor slowest).

    Examples
    --------
    >>> sorted_tuples(2, 2, np.array([1, 2])).tolist()
    [[0, 1], [0, 1]]
    """
    if degree == 0:
        return np.empty((len(columns), 0), dtype=np.int64)
    digits = [columns // n**r % n for r in range(degree - 1, -1, -1)]
    return np.sort(np.stack(digits, axis=-1), axis=-1)
