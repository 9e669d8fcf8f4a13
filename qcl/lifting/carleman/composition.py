"""One step after another, and the same step about another point."""

from collections import defaultdict
from collections.abc import Sequence
from math import comb
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from qcl._checks import a_step, room_for
from qcl.lifting.algebra.basis import (
    Indices,
    multisets,
    rank_multisets,
)
from qcl.lifting.algebra.exact import zeros
from qcl.lifting.algebra.terms import MOST_DEGREE, Terms, nonzero_entries
from qcl.lifting.carleman.blocks import bytes_needed, discrete_blocks
from qcl.lifting.maps.polynomial import PolynomialMap, step_of_images


def compose(outer: PolynomialMap, inner: PolynomialMap) -> PolynomialMap:
    r"""The step :math:`u\mapsto\Phi(\Psi(u))`: first inner, then outer.

    Nothing is truncated: the degree is the product of the two degrees. The
    untruncated lifted matrices multiply,
    :math:`B(\Phi\circ\Psi)=B(\Phi)\,B(\Psi)`, and so do the truncated ones
    in every row :math:`j` with :math:`j\deg\Phi\le N`. Dense maps of floats
    are composed by that product, sparse and exact ones factor by factor.

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
    TypeError
        If one is no PolynomialMap.
    ValueError
        If the numbers of weights differ, or the result would not fit in
        memory.

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
    outer, inner = a_step(outer), a_step(inner)
    if outer.n != inner.n:
        raise ValueError(
            "expected two steps of the same number of weights, got "
            f"{outer.n} and {inner.n}; restrict the larger one"
        )
    order = outer.degree * inner.degree
    if order > MOST_DEGREE:
        raise ValueError(
            f"the composed step has degree {order}; expected at most "
            f"{MOST_DEGREE}"
        )
    exact = outer.exact and inner.exact
    if not exact:
        outer, inner = outer.as_float(), inner.as_float()
    entries = 200 * _expected_entries(outer, inner)
    blocks = bytes_needed(inner, order, rows=outer.degree)
    room_for(
        entries if exact else min(entries, blocks),
        f"the composed step of degree {order}",
        "restrict the weights or lower a degree",
    )
    if exact or entries < 10 * blocks:
        return _substituted(outer, inner, exact)
    return _multiplied(outer, inner)


def _expected_entries(outer: PolynomialMap, inner: PolynomialMap) -> float:
    """Estimate how many products :func:`_substituted` writes down."""
    n, total = inner.n, 0.0
    nonzeros = sum(
        len(nonzero_entries(p.coefficients)[2]) for p in inner.images.values()
    )
    each, degree = nonzeros / n, inner.degree
    for image in outer.images.values():
        held = float(len(nonzero_entries(image.coefficients)[2]))
        for s in range(1, image.degree + 1):
            total += held * each
            left = comb(n + image.degree - s - 1, image.degree - s)
            held = min(held * each, n * left * comb(n + s * degree, n))
    return total


def _multiplied(outer: PolynomialMap, inner: PolynomialMap) -> PolynomialMap:
    """Compose floats through row 1 of the product of the lifted matrices."""
    n, order = inner.n, outer.degree * inner.degree
    blocks = discrete_blocks(inner, order, rows=outer.degree)
    sums: dict[int, Any] = defaultdict(float)
    images = outer.images
    if 0 in images:
        sums[0] = images.pop(0).coefficients
    for (j, k), block in blocks.items():
        if j in images:
            rows = rank_multisets(n, images[j].multisets)
            sums[k] += images[j].coefficients @ block[rows]
    made = []
    for k, table in sorted(sums.items()):
        kept = np.unique(nonzero_entries(table)[1])
        made.append(Terms(n, multisets(n, k)[kept], table[:, kept]))
    return step_of_images(n, made, exact=False)


class _Entries(NamedTuple):
    """Products of factors still to be replaced and of monomials made.

    Entry ``e`` stands, in the row ``rows[e]``, for ``values[e]`` times the
    outer factors ``todo[e]`` times the inner monomial ``done[e]``.
    """

    rows: Indices
    todo: Indices
    done: Indices
    values: npt.NDArray


def _substituted(
    outer: PolynomialMap, inner: PolynomialMap, exact: bool
) -> PolynomialMap:
    """Compose by putting polynomials for the factors, one at a time."""
    factors = list(inner.images.values())
    parts: dict[int, list[_Entries]] = defaultdict(list)
    for image in outer.images.values():
        rows, columns, values = nonzero_entries(image.coefficients)
        todo = image.multisets[columns]
        none = np.empty((len(rows), 0), dtype=np.int64)
        level = {0: _Entries(rows, todo, none, values)}
        for _ in range(image.degree):
            level = _replaced(inner.n, level, factors)
        for degree, entries in level.items():
            parts[degree].append(entries)
    made = []
    for _, several in sorted(parts.items()):
        rows, _, done, values = _added(inner.n, several)
        column = np.arange(len(rows))
        made.append(Terms.from_entries(inner.n, done, rows, column, values))
    return step_of_images(inner.n, made, exact)


def _replaced(
    n: int, level: dict[int, _Entries], factors: Sequence[Terms]
) -> dict[int, _Entries]:
    """Replace the first outer factor of every entry by its polynomial."""
    made: dict[int, list[_Entries]] = defaultdict(list)
    for degree, entries in level.items():
        for part in factors:
            # The terms of factor i are starts[i] .. starts[i + 1] - 1 in
            # the lists row, column, value, which are sorted by rows.
            row, column, value = nonzero_entries(part.coefficients)
            starts = np.searchsorted(row, np.arange(n + 1))
            first = entries.todo[:, 0]
            counts = starts[first + 1] - starts[first]
            # Entry e is copied counts[e] times; its copies take the terms
            # of its factor in turn: starts[factor], starts[factor] + 1, ...
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
    TypeError
        If it is no PolynomialMap, or the point no vector of numbers.
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
    point = a_step(step).point(at)
    there = PolynomialMap({0: point})
    back = PolynomialMap({0: -point})
    return compose(back, compose(step, there))
