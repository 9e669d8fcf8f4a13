r"""The loss as one polynomial in the surviving weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from qcl._checks import (
    a_count,
    a_number,
    finite_reals,
    kind_of,
    room_for,
    symbols_of,
)
from qcl.lifting.algebra.terms import Terms
from qcl.lifting.maps.polynomial import PolynomialMap, step_of_terms


@dataclass(frozen=True, eq=False)
class LossPolynomial:
    r"""A loss as a polynomial in the displacement u of some weights.

    Made by :meth:`PolynomialMLP.loss_polynomial`.

    Attributes
    ----------
    n : int
        Number of weights.
    parts : mapping of int to Terms
        By degree; each has one row.
    """

    n: int
    parts: Mapping[int, Terms]

    def __post_init__(self) -> None:
        """Keep a read-only copy of the parts."""
        a_count(self.n, "n", least=1)
        given = dict(self.parts) if isinstance(self.parts, Mapping) else {0: 0}
        if not all(isinstance(part, Terms) for part in given.values()):
            raise TypeError(
                f"expected Terms by degree, got {kind_of(self.parts)} of "
                "others; PolynomialMLP.loss_polynomial makes them"
            )
        object.__setattr__(self, "parts", MappingProxyType(given))

    @property
    def degree(self) -> int:
        """The largest degree with a coefficient other than 0."""
        parts = self.parts.items()
        return max([0, *(d for d, p in parts if p.coefficients.any())])

    @property
    def terms(self) -> int:
        """Number of coefficients other than 0, rounding errors included."""
        parts = self.parts.values()
        return int(sum(np.count_nonzero(p.coefficients) for p in parts))

    def __repr__(self) -> str:
        """Say what matters at a prompt."""
        return (
            f"LossPolynomial(n={self.n}, degree={self.degree}, "
            f"{self.terms:,} terms)"
        )

    def __call__(self, u: Any) -> float:
        """Evaluate at a displacement, shape (n,).

        Raises
        ------
        TypeError, ValueError
            If u is not n finite numbers.
        OverflowError
            If the loss leaves the range of floats.
        """
        point = finite_reals(u, "a displacement", shape=(self.n,))
        with np.errstate(over="ignore", invalid="ignore"):
            value = sum(float(part(point)[0]) for part in self.parts.values())
        if not np.isfinite(value):
            raise OverflowError(
                "the loss leaves the range of floats there; move less"
            )
        return float(value)

    def expression(self, symbols: Sequence[Any]) -> Any:
        """Return a sympy expression in the given symbols.

        Raises
        ------
        TypeError, ValueError
            If they are not n symbols.
        """
        import sympy

        symbols = symbols_of(symbols, "symbols", self.n)
        parts = self.parts.values()
        return sympy.Add(*(part.expressions(symbols)[0] for part in parts))

    def step(self, eta: float) -> PolynomialMap:
        r"""Return the gradient-descent step, :math:`u-\eta\nabla L(u)`.

        Raises
        ------
        TypeError, ValueError
            If eta is not a number > 0, or there is no room for the step.
        """
        eta = a_number(eta, "learning rate eta", above=0)
        parts = (
            _descent_terms(part, eta)
            for degree, part in self.parts.items()
            if degree > 0
        )
        return step_of_terms(self.n, parts)


def _descent_terms(part: Terms, eta: float) -> Terms:
    """Differentiate: strike out each index of each monomial in turn."""
    tuples, degree = part.multisets, part.degree
    room_for(
        degree * len(tuples) * (8 * degree + 100),
        f"the step of a loss with {len(tuples):,} terms of degree {degree}",
        "let fewer weights survive, or truncate with max_degree",
    )
    rest = [np.delete(tuples, r, axis=1) for r in range(degree)]
    return Terms.from_entries(
        part.n,
        np.concatenate(rest),
        tuples.T.ravel(),
        np.arange(degree * len(tuples)),
        np.tile(-eta * part.coefficients[0], degree),
    )
