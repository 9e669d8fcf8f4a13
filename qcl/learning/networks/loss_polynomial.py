r"""The loss as one polynomial in the surviving weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qcl.learning.networks.sample_polynomials import Parts
from qcl.lifting.algebra.basis import Floats, Indices, monomials
from qcl.lifting.algebra.exact import finite
from qcl.lifting.algebra.terms import Terms
from qcl.lifting.maps.polynomial import PolynomialMap


@dataclass(frozen=True, eq=False)
class LossPolynomial:
    r"""A loss as a polynomial in the displacement u of some weights.

    Made by :meth:`PolynomialMLP.loss_polynomial`.

    Attributes
    ----------
    n : int
        Number of weights.
    parts : mapping of int to (ndarray, ndarray)
        By degree: the monomials as sorted index tuples, shape (monomials,
        degree), and their coefficients, shape (monomials,).
    """

    n: int
    parts: Parts

    @property
    def degree(self) -> int:
        """The largest degree with a coefficient other than 0."""
        return max([0, *(d for d, (_, c) in self.parts.items() if c.any())])

    @property
    def terms(self) -> int:
        """Number of coefficients other than 0, rounding errors included."""
        return int(sum(np.count_nonzero(c) for _, c in self.parts.values()))

    def __call__(self, u: Any) -> float:
        """Evaluate at a displacement, shape (n,)."""
        point = finite(np.asarray(u), "the displacement")
        if point.shape != (self.n,):
            raise ValueError(
                f"expected a displacement of shape ({self.n},), got "
                f"{point.shape}"
            )
        return float(
            sum(c @ monomials(point, t) for t, c in self.parts.values())
        )

    def expression(self, symbols: Sequence[Any]) -> Any:
        """Return a sympy expression in the given symbols.

        Raises
        ------
        ValueError
            If there are not n symbols.
        """
        import sympy

        if len(symbols) != self.n:
            raise ValueError(f"expected {self.n} symbols, got {len(symbols)}")
        return sympy.Add(
            *(
                value * sympy.Mul(*(symbols[i] for i in indices))
                for tuples, values in self.parts.values()
                for indices, value in zip(
                    tuples.tolist(), values.tolist(), strict=True
                )
                if value
            )
        )

    def step(self, eta: float) -> PolynomialMap:
        r"""Return the gradient-descent step, :math:`u-\eta\nabla L(u)`.

        Raises
        ------
        ValueError
            If eta <= 0.
        """
        if not eta > 0:
            raise ValueError(
                f"expected a learning rate eta > 0, got eta={eta}"
            )
        parts = (
            _descent_terms(self.n, tuples, -eta * values)
            for degree, (tuples, values) in self.parts.items()
            if degree > 0
        )
        return PolynomialMap.from_terms(self.n, parts)


def _descent_terms(n: int, tuples: Indices, values: Floats) -> Terms:
    """Differentiate: strike out each index of each monomial in turn."""
    degree = tuples.shape[1]
    rest = [np.delete(tuples, r, axis=1) for r in range(degree)]
    return Terms.from_entries(
        n,
        np.concatenate(rest),
        tuples.T.ravel(),
        np.arange(degree * len(tuples)),
        np.tile(values, degree),
    )
