"""What a quantum linear solver returns."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qcl._checks import a_number, a_system
from qcl.solving.solution.amplification import Amplification, amplify
from qcl.solving.solution.reading import WeightReading
from qcl.solving.stacking.display import table
from qcl.solving.stacking.system import LinearSystem


class InaccurateSolutionWarning(UserWarning):
    """A solver finished, but its settings leave a large error."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class QuantumSolution:
    r"""A solution and how it was obtained.

    Attributes
    ----------
    system : LinearSystem or None
        The stacked system, if it was one.
    solution : ndarray, shape (size,)
        :math:`M^{-1}b`, with its norm and signs, from the amplitudes that
        the circuit leaves. Shots read a plain system's solution amplitude
        by amplitude; of a stacked system they read the weights.
    state : ndarray, shape (size,)
        The normalised amplitudes left by the circuit.
    reference : ndarray, shape (size,)
        The exact solution.
    success_probability : float
        Probability of the post-selection.
    qubits : int
        Width of the circuit.
    shots : int or None
        Shots that were read; None for exact amplitudes.
    reading : WeightReading or None
        What the shots say of a stacked system's weights.
    """

    system: LinearSystem | None
    solution: npt.NDArray
    state: npt.NDArray
    reference: npt.NDArray
    success_probability: float
    qubits: int
    shots: int | None = None
    reading: WeightReading | None = None

    @classmethod
    def exact(
        cls, system: LinearSystem, success_probability: float = 1.0
    ) -> "QuantumSolution":
        """Return what a solver without errors leaves of a stacked system.

        Parameters
        ----------
        system : LinearSystem
            From :func:`qcl.stack`.
        success_probability : float
            Of its post-selection, in (0, 1].

        Raises
        ------
        TypeError, ValueError
            If an argument is of another kind or out of range.

        Examples
        --------
        >>> import qcl
        >>> lifting = qcl.lift(qcl.PolynomialMap({1: [[-0.5]]}), order=1)
        >>> QuantumSolution.exact(qcl.stack(lifting, [1.0], T=2)).weights
        array([0.25])
        """
        system = a_system(system)
        chance = a_number(
            success_probability, "success_probability", above=0, most=1
        )
        x = system.solve()
        state = x / np.linalg.norm(x)
        for array in (x, state):
            array.setflags(write=False)
        qubits = (system.size - 1).bit_length()
        return QuantumSolution(
            system=system,
            solution=x,
            state=state,
            reference=x,
            success_probability=chance,
            qubits=qubits,
        )

    def __repr__(self) -> str:
        """Say what was found, how likely and on how many qubits."""
        facts = ", ".join(f"{k} {v}" for k, v in self._facts())
        return f"{type(self).__name__}({facts})"

    def _repr_html_(self) -> str:
        return table(self._facts())

    def _facts(self) -> list[tuple[str, str]]:
        facts = [
            ("relative error", f"{self.relative_error:.2g}"),
            ("success probability", f"{self.success_probability:.2g}"),
            ("qubits", f"{self.qubits}"),
        ]
        if self.shots is not None:
            facts.append(("shots", f"{self.shots}"))
        return facts

    @property
    def stacked(self) -> LinearSystem:
        """The stacked system.

        Raises
        ------
        ValueError
            If the system was not made by :func:`qcl.stack`.
        """
        if self.system is None:
            raise ValueError(
                "this result came from a plain (matrix, rhs) and has no "
                "weights; solve a system made by qcl.stack, or use .solution"
            )
        return self.system

    @property
    def weights(self) -> npt.NDArray:
        """The weights at step T, shape (n,): as read, if there were shots.

        Raises
        ------
        ValueError
            If the system was not made by :func:`qcl.stack`.
        """
        if self.reading is not None:
            return self.reading.weights.copy()
        return self.stacked.weights(self.solution)

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

    def circuit(self) -> Any:
        """Return the circuit as a PennyLane tape."""
        raise TypeError("a solver's own result class draws its circuit")


def outcome(
    system: Any,
    kept: npt.NDArray,
    unit: float,
    reference: npt.NDArray,
    qubits: int,
) -> dict[str, Any]:
    """Pack the amplitudes that a circuit leaves; the fields of a result.

    Parameters
    ----------
    system : LinearSystem or pair
        What was solved.
    kept : ndarray, shape (size,)
        Amplitudes after post-selection, not normalised; of a real system
        the imaginary parts, which are rounding, are left out.
    unit : float
        What an amplitude of 1 stands for in the solution.
    reference : ndarray, shape (size,)
        The exact solution.
    qubits : int
        Width of the circuit.

    Raises
    ------
    ValueError
        If nothing is left.
    """
    kept = kept.real if np.isrealobj(reference) else kept
    success = float(np.linalg.norm(kept) ** 2)
    if not success:
        raise ValueError(
            "the circuit never succeeds: no eigenvalue is rotated; choose a "
            "smaller constant of the clock, or a longer time"
        )
    solution, state = unit * kept, kept / np.sqrt(success)
    for array in (solution, state, reference):
        array.setflags(write=False)
    return {
        "system": system if isinstance(system, LinearSystem) else None,
        "solution": solution,
        "state": state,
        "reference": reference,
        "success_probability": success,
        "qubits": qubits,
    }
