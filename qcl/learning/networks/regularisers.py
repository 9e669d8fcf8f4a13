r"""What a network adds to its loss, weight by weight.

A regulariser is :math:`\sum_ir(\theta_i)`. It is defined by the derivatives
of :math:`r`; whatever a network needs of it follows from them. Biases count
as weights.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial
from typing import Any

import numpy as np

from qcl._checks import a_number
from qcl.lifting.algebra.basis import Floats, Indices
from qcl.lifting.algebra.terms import Terms


class Regulariser(ABC):
    """A sum over the weights; its children name the function of one."""

    @abstractmethod
    def derivatives(self, w: Floats) -> Sequence[Any]:
        """Return r(w), r'(w), r''(w) and so on.

        Parameters
        ----------
        w : ndarray
            The weights.

        Returns
        -------
        sequence of arrays or numbers
            To the last that is not 0 everywhere, so that their Taylor
            polynomial is r itself.
        """

    def value(self, theta: Floats) -> float:
        """Return the sum over the weights."""
        return float(np.sum(self._derivative(theta, 0)))

    def gradient(self, theta: Floats) -> Floats:
        """Return its gradient, shape (parameters,)."""
        return self._derivative(theta, 1)

    def bend(self, theta: Floats) -> Floats:
        """Return the diagonal of its Hessian, shape (parameters,).

        The rest of the Hessian is 0.
        """
        return self._derivative(theta, 2)

    def polynomial(self, theta: Floats, kept: Indices) -> dict[int, Terms]:
        r"""Expand it about theta in the displacement u of some weights.

        Returns
        -------
        dict of int to Terms
            By degree k, one row: the coefficients :math:`r^{(k)}/k!` of
            :math:`u_i^k`; without the degrees that are 0.
        """
        parts = {0: np.array([[self.value(theta)]])}
        for k in range(1, len(self.derivatives(theta))):
            parts[k] = self._derivative(theta, k)[None, kept] / factorial(k)
        each = np.arange(kept.size)[:, None]
        return {
            k: Terms(kept.size, np.repeat(each[: table.size], k, 1), table)
            for k, table in parts.items()
            if table.any()
        }

    def _derivative(self, theta: Floats, k: int) -> Floats:
        found = self.derivatives(theta)
        part = found[k] if k < len(found) else 0.0
        return np.broadcast_to(part, theta.shape)


@dataclass(frozen=True)
class WeightDecay(Regulariser):
    r"""Add :math:`\frac\lambda2\|\theta\|^2` to the loss.

    Parameters
    ----------
    strength : float
        :math:`\lambda\ge0`.

    Examples
    --------
    >>> decay = WeightDecay(0.5)
    >>> decay.gradient(np.array([3.0, 1.0])).tolist()
    [1.5, 0.5]
    """

    strength: float

    def derivatives(self, w: Floats) -> Sequence[Any]:
        """Return the derivatives of half of the strength times w**2."""
        slope = self.strength * w
        return slope * w / 2, slope, self.strength


def a_regulariser(value: Any) -> Regulariser:
    """Return a regulariser; a number is the strength of a weight decay.

    Raises
    ------
    TypeError
        If it is neither.
    ValueError
        If the number is negative or not finite.
    """
    if isinstance(value, Regulariser):
        return value
    return WeightDecay(a_number(value, "weight_decay", least=0))
