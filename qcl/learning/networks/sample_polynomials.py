r"""Polynomials in the surviving weights, one per data sample.

A neuron of a network with polynomial activations is, for each sample, a
polynomial in the displacement :math:`u` of the few weights that survive.
All samples share the monomials, so a neuron is one table of coefficients
per degree, monomials x samples. Only the loss averages over the samples.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from qcl.lifting.algebra.basis import Floats, Indices, rank_multisets

# degree -> (multisets (monomials, degree), coefficients (monomials, ...))
Parts: TypeAlias = Mapping[int, tuple[Indices, Floats]]
Pairs: TypeAlias = Sequence[tuple[Indices, Indices]]

_LARGEST = 2**26  # numbers in one table: 512 MiB
_CHUNK = 2**22  # indices sorted at a time


@dataclass(frozen=True, eq=False)
class SamplePolynomial:
    r"""One polynomial per sample, the sum of :math:`c_{\alpha s}u^\alpha`.

    Attributes
    ----------
    n : int
        Number of variables, the surviving weights.
    parts : mapping of int to (ndarray, ndarray)
        By degree: the monomials as sorted index tuples, shape (monomials,
        degree), and the coefficients, shape (monomials, samples).
    """

    n: int
    parts: Parts

    @classmethod
    def constant(cls, n: int, values: Floats) -> "SamplePolynomial":
        """Return the values themselves, one per sample."""
        return cls(n, {0: (np.empty((1, 0), dtype=np.int64), values[None])})

    def times_variable(self, k: int, limit: int | None) -> "SamplePolynomial":
        """Multiply by one variable; drop degrees above the limit."""
        parts = {}
        for degree, (tuples, table) in self.parts.items():
            if limit is None or degree < limit:
                longer = np.insert(tuples, 0, k, axis=1)
                parts[degree + 1] = np.sort(longer, axis=1), table
        return SamplePolynomial(self.n, parts)

    def times(
        self, other: "SamplePolynomial", limit: int | None
    ) -> "SamplePolynomial":
        """Multiply sample by sample; drop degrees above the limit."""
        parts = {}
        for degree, pairs in _pairs(self, other, limit).items():
            tables = [(self.parts[i][1], other.parts[j][1]) for i, j in pairs]
            index = [(self.parts[i][0], other.parts[j][0]) for i, j in pairs]
            tuples, slots = _merge(self.n, index)
            samples = tables[0][0].shape[1]
            _check_size(len(tuples) * samples, self.n)
            total = np.zeros((len(tuples), samples))
            for (left, right), slot in zip(tables, slots, strict=True):
                for row, where in zip(left, slot, strict=True):
                    total[where] += row * right  # no slot occurs twice
            parts[degree] = tuples, total
        return SamplePolynomial(self.n, parts)


def combination(
    n: int, terms: Iterable[tuple[float, SamplePolynomial]]
) -> SamplePolynomial:
    """Add up numbers times polynomials in n variables."""
    by_degree: dict[int, list[tuple[float, Indices, Floats]]] = {}
    for factor, polynomial in terms:
        for degree, (tuples, table) in polynomial.parts.items():
            by_degree.setdefault(degree, []).append((factor, tuples, table))
    one = np.empty((1, 0), dtype=np.int64)
    parts = {}
    for degree, entries in sorted(by_degree.items()):
        tuples, slots = _merge(n, [(one, t) for _, t, _ in entries])
        total = np.zeros((len(tuples), entries[0][2].shape[1]))
        for (factor, _, table), slot in zip(entries, slots, strict=True):
            total[slot[0]] += factor * table
        parts[degree] = tuples, total
    return SamplePolynomial(n, parts)


def mean_square(
    polynomial: SamplePolynomial, limit: int | None
) -> SamplePolynomial:
    r"""Mean of the squares over the samples, as a single polynomial.

    Uses the moments of the data, :math:`\frac1m\sum_sc_{\alpha s}c_{\beta
    s}`, so its cost hardly depends on the number m of samples.
    """
    parts = {}
    for degree, pairs in _pairs(polynomial, polynomial, limit).items():
        pairs = [(i, j) for i, j in pairs if i <= j]
        index = [
            (polynomial.parts[i][0], polynomial.parts[j][0]) for i, j in pairs
        ]
        tuples, slots = _merge(polynomial.n, index)
        total = np.zeros(len(tuples))
        for (i, j), slot in zip(pairs, slots, strict=True):
            left, right = polynomial.parts[i][1], polynomial.parts[j][1]
            moments = (left @ right.T) * (1 if i == j else 2) / left.shape[1]
            total += np.bincount(
                slot.ravel(), moments.ravel(), minlength=len(tuples)
            )
        parts[degree] = tuples, total[:, None]
    return SamplePolynomial(polynomial.n, parts)


def _pairs(
    a: SamplePolynomial, b: SamplePolynomial, limit: int | None
) -> dict[int, list[tuple[int, int]]]:
    """Degrees of the factors by the degree of the product."""
    pairs: dict[int, list[tuple[int, int]]] = {}
    for i in a.parts:
        for j in b.parts:
            if limit is None or i + j <= limit:
                pairs.setdefault(i + j, []).append((i, j))
    return pairs


def _merge(n: int, pairs: Pairs) -> tuple[Indices, list[Indices]]:
    """All products of monomials of one degree, and where each one goes.

    Returns the distinct products, and for each pair of lists a table of
    positions among them, shape (len(left), len(right)).
    """
    _check_size(sum(len(a) * len(b) for a, b in pairs), n)
    ranks = [
        np.concatenate([rank_multisets(n, c) for c in _products(a, b)])
        for a, b in pairs
    ]
    everything = np.concatenate([r.ravel() for r in ranks])
    _, first, slot = np.unique(
        everything, return_index=True, return_inverse=True
    )
    sizes = np.cumsum([r.size for r in ranks])
    slots = np.split(slot, sizes[:-1])
    tuples = np.empty((len(first), sum(x.shape[1] for x in pairs[0])), int)
    owner = np.searchsorted(sizes, first, side="right")
    for p, (a, b) in enumerate(pairs):
        mine = owner == p
        start = sizes[p] - ranks[p].size
        i, j = np.divmod(first[mine] - start, len(b))
        tuples[mine] = np.sort(np.concatenate([a[i], b[j]], axis=1), axis=1)
    return tuples, [
        s.reshape(r.shape) for s, r in zip(slots, ranks, strict=True)
    ]


def _products(a: Indices, b: Indices) -> Iterator[Indices]:
    """Yield sorted tuples of a's monomials times b's, some rows at a time."""
    degree = a.shape[1] + b.shape[1]
    rows = max(1, _CHUNK // max(1, len(b) * degree))
    for start in range(0, len(a), rows):
        some = a[start : start + rows]
        shape = (len(some), len(b))
        left = np.broadcast_to(some[:, None], (*shape, a.shape[1]))
        right = np.broadcast_to(b, (*shape, b.shape[1]))
        yield np.sort(np.concatenate([left, right], axis=-1), axis=-1)


def _check_size(size: int, n: int) -> None:
    if size > _LARGEST:
        raise ValueError(
            f"the loss in {n} surviving weights needs a table of {size:,} "
            f"numbers, more than {_LARGEST:,}; let fewer weights survive, "
            "use fewer layers or samples, or truncate with max_degree"
        )
