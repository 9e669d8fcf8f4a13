"""What a quantum linear solver returns."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qcl.solving.solution.amplification import Amplification, amplify
from qcl.solving.stacking.system import LinearSystem


class InaccurateSolutionWarning(UserWarning):
    """A solver finished, but its settings leave a large error."""


@dataclass(frozen=True, eq=False, kw_only=True)
class QuantumSolution:
    r"""A solution and how it was obtained.

    Attributes
    ----------
    system : LinearSystem or None
        The stacked system, if it was one.
    solution : ndarray, shape (size,)
        The estimate of :math:`M^{-1}b`, with its norm and signs.
    state : ndarray, shape (size,)
        The normalised amplitudes left by the circuit.
    reference : ndarray, shape (size,)
        The exact solution.
    success_probability : float
        Probability of the post-selection.
    qubits : int
        Width of the circuit.
    shots : int or None
        Shots the solution was read with; None for exact amplitudes.
    """

    system: LinearSystem | None
    solution: npt.NDArray
    state: npt.NDArray
    reference: npt.NDArray
    success_probability: float
    qubits: int
    shots: int | None

    @property
    def weights(self) -> npt.NDArray:
        """The weights at step T, shape (n,).

        Raises
        ------
        ValueError
            If the system was not made by :func:`qcl.stack`.
        """
        return self._stacked().weights(self.solution)

    @property
    def fidelity(self) -> float:
        r"""Overlap with the exact state, :math:`|\langle x|x^*\rangle|^2`."""
        overlap = np.vdot(self.reference, self.solution)
        norms = np.linalg.norm(self.reference) * np.linalg.norm(self.solution)
        return float(abs(overlap / norms) ** 2)

    @property
    def relative_error(self) -> float:
        r"""The error :math:`\|x-x^*\|/\|x^*\|`, norm and signs included."""
        error = np.linalg.norm(self.solution - self.reference)
        return float(error / np.linalg.norm(self.reference))

    @property
    def amplification(self) -> Amplification:
        """What amplitude amplification makes of the success probability.

        The circuits here are not amplified: this says what it would take.
        """
        return amplify(self.success_probability)

    def _stacked(self) -> LinearSystem:
        if self.system is None:
            raise ValueError(
                "this result came from a plain (matrix, rhs) and has no "
                "weights; solve a system made by qcl.stack, or use .solution"
            )
        return self.system

    def circuit(self) -> Any:
        """Return the circuit as a PennyLane tape."""
        raise TypeError("a solver's own result class draws its circuit")
