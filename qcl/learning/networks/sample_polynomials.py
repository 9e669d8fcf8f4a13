r"""Polynomials in the surviving weights, one per data sample.

A neuron of a network with polynomial activations is, for each sample, a
polynomial in the displacement :math:`u` of the few weights that survive.
All samples share the monomials, so a neuron is one
:class:`~qcl.lifting.algebra.terms.Terms` per degree, a row per sample. Only
the loss averages over the samples.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from qcl._checks import room_for
from qcl.lifting.algebra.basis import Floats, Indices, product_ranks
from qcl.lifting.algebra.terms import Terms

Parts: TypeAlias = Mapping[int, Terms]  # by degree
Pairs: TypeAlias = Sequence[tuple[Indices, Indices]]


@dataclass(frozen=True, eq=False)
class SamplePolynomial:
    r"""One polynomial per sample, the sum of :math:`c_{s\alpha}u^\alpha`.

    Attributes
    ----------
    n : int
        Number of variables, the surviving weights.
    parts : mapping of int to Terms
        By degree; dense, a row per sample.
    """

    n: int
    parts: Parts

    @classmethod
    def constant(cls, n: int, values: Floats) -> "SamplePolynomial":
        """Return the values themselves, one per sample."""
        return cls(n, {0: _terms(n, _ONE.copy(), values[None].copy())})

    @property
    def bytes(self) -> int:
        """What its coefficients take."""
        return sum(part.coefficients.nbytes for part in self.parts.values())

    def times_variable(self, k: int, limit: int | None) -> "SamplePolynomial":
        """Multiply by one variable; drop degrees above the limit."""
        parts = {}
        for degree, part in self.parts.items():
            if limit is None or degree < limit:
                longer = np.insert(part.multisets, 0, k, axis=1)
                longer.sort(axis=1)
                parts[degree + 1] = Terms(self.n, longer, part.coefficients)
        return SamplePolynomial(self.n, parts)

    def times(
        self, other: "SamplePolynomial", limit: int | None
    ) -> "SamplePolynomial":
        """Multiply sample by sample; drop degrees above the limit."""
        parts = {}
        for degree, pairs in _pairs(self, other, limit).items():
            factors = [(self.parts[i], other.parts[j]) for i, j in pairs]
            tuples, slots = _merge(
                self.n, [(a.multisets, b.multisets) for a, b in factors]
            )
            total = _table(self.n, len(tuples), factors[0][0].rows)
            for (a, b), slot in zip(factors, slots, strict=True):
                # slot[i, j] is the row of total for monomial i of a times
                # monomial j of b; a row of a.T is a monomial, by samples.
                right = b.coefficients.T
                for row, where in zip(a.coefficients.T, slot, strict=True):
                    total[where] += row * right  # no slot occurs twice
            parts[degree] = _terms(self.n, tuples, total)
        return SamplePolynomial(self.n, parts)


def combination(
    n: int, terms: Iterable[tuple[float, SamplePolynomial]]
) -> SamplePolynomial:
    """Add up numbers times polynomials in n variables."""
    by_degree: dict[int, list[tuple[float, Terms]]] = {}
    for factor, polynomial in terms:
        for degree, part in polynomial.parts.items():
            by_degree.setdefault(degree, []).append((factor, part))
    parts = {}
    for degree, entries in sorted(by_degree.items()):
        tuples, slots = _merge(n, [(_ONE, t.multisets) for _, t in entries])
        total = _table(n, len(tuples), entries[0][1].rows)
        for (factor, part), slot in zip(entries, slots, strict=True):
            total[slot[0]] += factor * part.coefficients.T
        parts[degree] = _terms(n, tuples, total)
    return SamplePolynomial(n, parts)


def mean_square(
    polynomial: SamplePolynomial, limit: int | None
) -> SamplePolynomial:
    r"""Mean of the squares over the samples, as a single polynomial.

    Uses the moments of the data, :math:`\frac1m\sum_sc_{s\alpha}c_{s\beta}`,
    so its cost hardly depends on the number m of samples.
    """
    parts, n = {}, polynomial.n
    # A product of different degrees occurs twice.
    pairs = {
        degree: [
            (polynomial.parts[i], polynomial.parts[j], 1 if i == j else 2)
            for i, j in some
            if i <= j
        ]
        for degree, some in _pairs(polynomial, polynomial, limit).items()
    }
    for degree, factors in pairs.items():
        _check_terms(n, degree, factors)
    for degree, factors in pairs.items():
        tuples, slots = _merge(
            n, [(a.multisets, b.multisets) for a, b, _ in factors]
        )
        total = np.zeros(len(tuples))
        for (a, b, times), slot in zip(factors, slots, strict=True):
            # moments[i, j] belongs to the product in row slot[i, j]; those
            # of the same product are added.
            left, right = a.coefficients.T, b.coefficients.T
            moments = (left @ right.T) * times / a.rows
            total += np.bincount(
                slot.ravel(), moments.ravel(), minlength=len(tuples)
            )
        parts[degree] = _terms(n, tuples, total[:, None])
    return SamplePolynomial(n, parts)


_ONE = np.empty((1, 0), dtype=np.int64)  # the monomial of degree 0


def _terms(n: int, tuples: Indices, table: Floats) -> Terms:
    """Make Terms of a table with a row per monomial.

    That order keeps the samples of a monomial side by side in memory.
    """
    return Terms(n, tuples, table.T)


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
    count = sum(len(a) * len(b) for a, b in pairs)
    check_room(n, 60 * count)  # ranks, and what sorting them takes
    ranks = [product_ranks(n, a, b) for a, b in pairs]
    everything = np.concatenate([r.ravel() for r in ranks])
    _, first, slot = np.unique(
        everything, return_index=True, return_inverse=True
    )
    # Pair p fills the places sizes[p - 1] .. sizes[p] - 1 of the flat list.
    sizes = np.cumsum([r.size for r in ranks])
    slots = np.split(slot, sizes[:-1])
    tuples = np.empty((len(first), sum(x.shape[1] for x in pairs[0])), int)
    # A product is written down as the pair that first led to it.
    owner = np.searchsorted(sizes, first, side="right")
    for p, (a, b) in enumerate(pairs):
        mine = owner == p
        start = sizes[p] - ranks[p].size
        # Place start + i * len(b) + j is monomial i of a times j of b.
        i, j = np.divmod(first[mine] - start, len(b))
        tuples[mine] = np.sort(np.concatenate([a[i], b[j]], axis=1), axis=1)
    return tuples, [
        s.reshape(r.shape) for s, r in zip(slots, ranks, strict=True)
    ]


def _table(n: int, monomials: int, samples: int) -> Floats:
    """Return zeros, a row per monomial."""
    check_room(n, 8 * monomials * samples)
    return np.zeros((monomials, samples))


def _check_terms(n: int, degree: int, factors: Any) -> None:
    """Refuse a loss whose gradient would not fit, before it is made.

    Nearly all products are distinct monomials, but those of one list with
    itself come in pairs; the gradient has one entry per index of each.
    """
    terms = sum(
        a.multisets.shape[0] * b.multisets.shape[0] * times // 2
        for a, b, times in factors
    )
    check_room(n, degree * terms * (8 * degree + 100))


def check_room(n: int, needed: int) -> None:
    """Refuse a table of too many bytes, in words of the network."""
    room_for(
        needed,
        f"the loss in {n} surviving weights",
        "let fewer weights survive, use fewer layers or samples, or truncate "
        "with max_degree",
    )
