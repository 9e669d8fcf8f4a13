"""Weights that were read from shots, with their standard errors."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from qcl._checks import a_fraction
from qcl.solving.stacking.display import table

Floats = npt.NDArray[np.float64]
_LISTED = 12


@dataclass(frozen=True, eq=False, repr=False)
class WeightReading:
    """Weights estimated from shots; made by :func:`qcl.read_weights`.

    Attributes
    ----------
    weights : ndarray, shape (n,)
        Signed, in the units of the weights.
    standard_errors : ndarray, shape (n,)
        One standard deviation of each.
    shots : int
        Runs of the circuit, failures included.
    successes : int
        Runs that survived the post-selection.
    norm : float
        Estimate of the norm of all n weights.
    norm_error : float
        Its standard deviation.
    selected : ndarray of int
        The weights that were read, ascending; the others are returned as 0.
    """

    weights: Floats
    standard_errors: Floats
    shots: int
    successes: int
    norm: float
    norm_error: float
    selected: npt.NDArray[np.intp]

    def __repr__(self) -> str:
        """List the weights with their standard errors."""
        listed = self._listed()
        text = ", ".join(f"{u:.4g} +- {e:.2g}" for _, u, e in listed)
        more = ", ..." if len(listed) < len(self.weights) else ""
        return (
            f"WeightReading([{text}{more}], shots={self.shots}, "
            f"successes={self.successes})"
        )

    def _repr_html_(self) -> str:
        rows = [(f"u_{i}", f"{u:.4g} ± {e:.2g}") for i, u, e in self._listed()]
        if len(rows) < len(self.weights):
            rows.append(("…", f"{len(self.weights)} weights"))
        rows.append(("norm", f"{self.norm:.4g} ± {self.norm_error:.2g}"))
        kept = f"{self.shots:,}, of which {self.successes:,} survived"
        return table([*rows, ("shots", kept)])

    def _listed(self) -> list[tuple[int, float, float]]:
        both = zip(self.weights, self.standard_errors, strict=True)
        every = [(i, float(u), float(e)) for i, (u, e) in enumerate(both)]
        return every[:_LISTED]

    def interval(self, level: float = 0.95) -> Floats:
        """Confidence interval of each weight, shape (n, 2).

        The weight and as many standard errors to either side as a normal
        distribution needs.

        Raises
        ------
        TypeError, ValueError
            If level is not in (0, 1).

        Examples
        --------
        >>> weights, errors = np.array([0.5]), np.array([0.1])
        >>> one = np.array([0])
        >>> reading = WeightReading(weights, errors, 99, 99, 0.5, 0.1, one)
        >>> reading.interval().round(3).tolist()
        [[0.304, 0.696]]
        """
        reach = normal_quantile(level) * self.standard_errors
        return np.column_stack([self.weights - reach, self.weights + reach])

    def norm_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Confidence interval of the norm, not below 0.

        Raises
        ------
        TypeError, ValueError
            If level is not in (0, 1).
        """
        reach = normal_quantile(level) * self.norm_error
        return max(0.0, self.norm - reach), self.norm + reach


def normal_quantile(level: float) -> float:
    """Half-width in standard deviations of a two-sided normal interval.

    Raises
    ------
    TypeError, ValueError
        If level is not in (0, 1).

    Examples
    --------
    >>> round(normal_quantile(0.95), 2)
    1.96
    """
    p = (1 + a_fraction(level, "level")) / 2
    if p == 1:
        raise ValueError(
            f"expected a level in (0, 1), got level={level}, which rounds to 1"
        )
    return NormalDist().inv_cdf(p)
