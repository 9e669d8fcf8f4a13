"""From one step to another: compositions, shifts, other coordinates."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from qcl.lifting.algebra.basis import (
    Indices,
    rank_multisets,
)
from qcl.lifting.algebra.exact import finite, rationals, zeros
from qcl.lifting.algebra.terms import Terms, nonzero_entries
from qcl.lifting.maps.polynomial import PolynomialMap

_LARGEST_DENSE = 2**27


def compose(outer: PolynomialMap, inner: PolynomialMap) -> PolynomialMap:
    r"""The step :math:`u\mapsto\Phi(\Psi(u))`: first inner, then outer.

    Nothing is truncated: the degree is the product of the two degrees. The
    untruncated lifted matrices multiply,
    :math:`B(\Phi\circ\Psi)=B(\Phi)\,B(\Psi)`, and so do the truncated ones
    in every row :math:`j` with :math:`j\deg\Phi\le N`.

    Parameters
    ----------
    outer, inner : PolynomialMap
        :math:`\Phi` and :math:`\Psi`, of the same number of weights.

    Returns
    -------
    PolynomialMap
        Exact if both are.

    Raises
    ------
    ValueError
        If the numbers of weights differ.

    References
    ----------
    Kowalski and Steeb, Nonlinear Dynamical Systems and Carleman
    Linearization (1991); the product rule is proved in the book's appendix.

    Examples
    --------
    >>> step = PolynomialMap({1: [[-0.5]], 2: [[1.0]]})
    >>> twice = compose(step, step)
    >>> twice.degree, twice([0.5]).tolist(), step.trajectory([0.5], 2)[2]
    (4, [0.5], array([0.5]))
    """
    if outer.n != inner.n:
        raise ValueError(
            "expected two steps of the same number of weights, got "
            f"{outer.n} and {inner.n}; restrict the larger one"
        )
    if not (outer.exact and inner.exact):
        outer, inner = outer.as_float(), inner.as_float()
    factors = list(_images(inner).values())
    parts: dict[int, list[_Entries]] = defaultdict(list)
    for image in _images(outer).values():
        rows, columns, values = nonzero_entries(image.coefficients)
        todo = image.multisets[columns]
        none = np.empty((len(rows), 0), dtype=np.int64)
        level = {0: _Entries(rows, todo, none, values)}
        for _ in range(image.degree):
            level = _substituted(inner.n, level, factors)
        for degree, entries in level.items():
            parts[degree].append(entries)
    return _from_images(inner.n, parts, outer.exact and inner.exact)


class _Entries(NamedTuple):
    """Products of factors still to be replaced and of monomials made.

    Entry ``e`` stands, in the row ``rows[e]``, for ``values[e]`` times the
    outer factors ``todo[e]`` times the inner monomial ``done[e]``.
    """

    rows: Indices
    todo: Indices
    done: Indices
    values: npt.NDArray


def _images(step: PolynomialMap) -> dict[int, Terms]:
    """Terms of the map itself, exact if it is: F_1 gains the identity."""
    n = step.n
    eye = np.arange(n)
    one = rationals(np.ones(n, dtype=int)) if step.exact else np.ones(n)
    rows, tuples, values = [eye], [eye[:, None]], [one]
    if 1 in step.terms:
        part = step.terms[1]
        row, column, value = nonzero_entries(part.coefficients)
        rows.append(row)
        tuples.append(part.multisets[column])
        values.append(value)
    row = np.concatenate(rows)
    linear = Terms.from_entries(
        n,
        np.concatenate(tuples),
        row,
        np.arange(len(row)),
        np.concatenate(values),
    )
    images = step.terms | {1: linear}
    return {d: part for d, part in images.items() if len(part.multisets)}


def _substituted(
    n: int, level: dict[int, _Entries], factors: Sequence[Terms]
) -> dict[int, _Entries]:
    """Replace the first outer factor of every entry by its polynomial."""
    made: dict[int, list[_Entries]] = defaultdict(list)
    for degree, entries in level.items():
        for part in factors:
            row, column, value = nonzero_entries(part.coefficients)
            starts = np.searchsorted(row, np.arange(n + 1))
            first = entries.todo[:, 0]
            counts = starts[first + 1] - starts[first]
            entry = np.repeat(np.arange(len(first)), counts)
            skipped = np.cumsum(counts) - counts
            term = np.arange(len(entry)) + (starts[first] - skipped)[entry]
            new = part.multisets[column[term]]
            product = _Entries(
                entries.rows[entry],
                entries.todo[entry, 1:],
                np.sort(np.hstack([entries.done[entry], new]), axis=1),
                entries.values[entry] * value[term],
            )
            made[degree + part.degree].append(product)
    return {d: _added(n, parts) for d, parts in made.items()}


def _added(n: int, parts: Sequence[_Entries]) -> _Entries:
    """Add up the entries that stand for the same product."""
    rows, todo, done, values = map(np.concatenate, zip(*parts, strict=True))
    _, place = np.unique(
        rank_multisets(n, todo) * n + rows, return_inverse=True
    )
    _, made = np.unique(rank_multisets(n, done), return_inverse=True)
    key = place * (made.max(initial=0) + 1) + made  # ranks might overflow
    _, first, slot = np.unique(key, return_index=True, return_inverse=True)
    total = zeros((len(first),), values.dtype == object)
    np.add.at(total, slot, values)
    return _Entries(rows[first], todo[first], done[first], total)


def _from_images(
    n: int, parts: dict[int, list[_Entries]], exact: bool
) -> PolynomialMap:
    """Return the step with these images: the identity is taken off again."""
    eye, one = np.arange(n), np.ones(n, dtype=int)
    minus = -(rationals(one) if exact else one.astype(float))
    none = np.empty((n, 0), dtype=np.int64)
    parts[1] = [*parts.get(1, []), _Entries(eye, none, eye[:, None], minus)]
    terms = []
    for _, several in sorted(parts.items()):
        entries = _added(n, several)
        column = np.arange(len(entries.rows))
        terms.append(
            Terms.from_entries(
                n, entries.done, entries.rows, column, entries.values
            )
        )
    return PolynomialMap.from_terms(n, terms, exact)


def shifted(step: PolynomialMap, at: Any) -> PolynomialMap:
    r"""The same step about another point, for :math:`v=u-s`.

    :math:`v\mapsto\Phi(s+v)-s`; for a gradient descent, the expansion about
    :math:`\theta^*+s`.

    Parameters
    ----------
    step : PolynomialMap
        :math:`\Phi`.
    at : array of shape (n,)
        The new expansion point :math:`s`, in the coordinates of ``step``.

    Returns
    -------
    PolynomialMap
        Exact if the step and the point are.

    Raises
    ------
    ValueError
        If the point has the wrong shape or is not finite.

    Examples
    --------
    About its fixed point -1 the logistic step has no forcing:

    >>> step = PolynomialMap({1: [[-0.5]], 2: [[-0.5]]})
    >>> moved = shifted(step, [-1.0])
    >>> moved.F(0).item(), moved.F(1).item(), moved.F(2).item()
    (0.0, 0.5, -0.5)
    """
    point = step.point(at)
    there = PolynomialMap({0: point})
    back = PolynomialMap({0: -point})
    return compose(back, compose(step, there))


def in_coordinates(step: PolynomialMap, matrix: Any) -> PolynomialMap:
    r"""The same step for :math:`v=Wu`: :math:`W\circ\Phi\circ W^{-1}`.

    :math:`F_\ell\mapsto WF_\ell(W^{-1})^{\otimes\ell}`.

    Parameters
    ----------
    step : PolynomialMap
        The step; it becomes a float one.
    matrix : array of shape (n, n)
        :math:`W`, invertible.

    Raises
    ------
    ValueError
        If the matrix has the wrong shape or is singular, or a tensor is too
        large to be transformed densely (a diagonal matrix has no limit).

    Examples
    --------
    >>> step = PolynomialMap({2: [[3.0]]})
    >>> in_coordinates(step, [[0.5]]).F(2).tolist()
    [[6.0]]
    """
    W = finite(np.asarray(matrix), "the change of coordinates")
    if W.shape != (step.n, step.n):
        raise ValueError(
            f"expected a matrix of shape ({step.n}, {step.n}), got {W.shape}"
        )
    try:
        inverse = np.linalg.inv(W)
    except np.linalg.LinAlgError as error:
        raise ValueError(
            "expected an invertible change of coordinates, got a singular "
            "matrix"
        ) from error
    terms = step.as_float().terms
    if not (W - np.diag(np.diag(W))).any():
        parts = (_stretched(part, np.diag(W)) for part in terms.values())
        return PolynomialMap.from_terms(step.n, parts, exact=False)
    tensors = {d: _turned(part, W, inverse) for d, part in terms.items()}
    return PolynomialMap(tensors or {1: np.zeros(W.shape)})


def _stretched(part: Terms, scale: npt.NDArray) -> Terms:
    """Scale every weight by its own factor."""
    row, column, values = nonzero_entries(part.coefficients)
    values = values * scale[row] / scale[part.multisets].prod(axis=1)[column]
    return Terms.from_entries(part.n, part.multisets, row, column, values)


def _turned(part: Terms, W: npt.NDArray, inverse: npt.NDArray) -> npt.NDArray:
    n, degree = part.n, part.degree
    if n ** (degree + 1) > _LARGEST_DENSE:
        raise ValueError(
            f"F_{degree} of {n} weights has {n}**{degree + 1} entries, too "
            "many to turn densely; use a diagonal matrix, which only scales"
        )
    tensor = (W @ part.tensor()).reshape((n,) * (degree + 1))
    for _ in range(degree):  # the front input leg moves to the end
        tensor = np.tensordot(tensor, inverse, axes=(1, 0))
    return tensor.reshape(n, n**degree)
