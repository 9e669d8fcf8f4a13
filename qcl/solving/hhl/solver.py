r"""The algorithm of Harrow, Hassidim and Lloyd, as a circuit and a formula.

Phase estimation writes each eigenvalue :math:`\lambda_j` of :math:`H` into a
clock register, a rotation multiplies by :math:`C/\lambda_j`, and the phase
estimation is undone. Finding the ancilla in 1 and the clock back at 0 leaves
:math:`\sum_jf(\lambda_j)\beta_j|u_j\rangle` with the *filter*

.. math::

    f(\lambda)=\sum_k|\alpha_k(\lambda)|^2\,\frac{C}{\tilde\lambda_k},
    \qquad \tilde\lambda_k=\frac{2\pi k}{2^{n_c}\tau},
    \qquad k=-2^{n_c-1},\dots,2^{n_c-1}-1,

where :math:`|\alpha_k(\lambda)|^2` is the probability that the clock reads
:math:`k`, and :math:`\tau` the evolution time. The formula is exact, so it
serves as a fast path and as the circuit's test. With a window other than the
rectangular one, "back at 0" means: after its preparation is undone.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from qcl.solving.hhl.clock import Clock, Window, advise, check_window, fewest
from qcl.solving.readout.reading import interference_reading
from qcl.solving.solution.result import (
    InaccurateSolutionWarning,
    QuantumSolution,
)
from qcl.solving.stacking.hermitian import HermitianProblem, embed_hermitian
from qcl.solving.stacking.system import LinearSystem

_MOST_QUBITS = 24
_INACCURATE = 0.1


@dataclass(frozen=True, eq=False, kw_only=True)
class HHLResult(QuantumSolution):
    """A :class:`QuantumSolution` and the clock that made it.

    Attributes
    ----------
    problem : HermitianProblem
        The Hermitian system that was simulated.
    clock : Clock
        Clock register, evolution time and rotation constant.
    """

    problem: HermitianProblem
    clock: Clock

    def circuit(self) -> Any:
        """Return the circuit as a PennyLane tape.

        Examples
        --------
        >>> result = hhl(([[2, 0], [0, 1]], [1, 1]), clock_qubits=6)
        >>> len(result.circuit().wires)
        8
        """
        return _circuit(self.problem, self.clock)


def hhl(
    system: Any,
    clock_qubits: int | None = None,
    shots: int | None = None,
    rng: np.random.Generator | None = None,
    method: Literal["circuit", "filter"] = "circuit",
    window: Window = "rectangular",
) -> HHLResult:
    r"""Solve a linear system with the HHL algorithm.

    Parameters
    ----------
    system : LinearSystem or pair (matrix, rhs)
        Any invertible square matrix: it is dilated if it is not Hermitian
        and padded to a power of two, both without changing
        :math:`\kappa`.
    clock_qubits : int, optional
        Width of the clock register; by default :func:`advise_clock` for a
        relative error of 1e-2.
    shots : int, optional
        Read the solution from this many runs of the circuit (magnitudes
        from counts, signs by interference, norm from the success
        probability). None reads the exact amplitudes.
    rng : numpy Generator
        Needed with ``shots``.
    method : {"circuit", "filter"}
        Simulate the circuit on ``lightning.qubit``, or apply the exact
        filter formula in the eigenbasis (the same numbers, faster).
    window : {"rectangular", "sine"}
        The state the clock starts in; see :mod:`qcl.solving.hhl.clock`. A sine
        reaches a small error with fewer qubits.

    Returns
    -------
    HHLResult

    Warns
    -----
    InaccurateSolutionWarning
        If the clock leaves a relative error above 0.1.

    Raises
    ------
    TypeError, ValueError
        If the system is not a finite, square, invertible one with a
        non-zero right-hand side; if the clock cannot resolve the smallest
        eigenvalue or the circuit is too wide to simulate; if shots come
        without rng, or none survives the post-selection.

    References
    ----------
    Harrow, Hassidim, Lloyd, Phys. Rev. Lett. 103:150502 (2009), with the
    sine window in its preprint, arXiv:0811.3171; the filter formula is
    derived in chapter 10 of the book.

    Examples
    --------
    >>> result = hhl(([[2, 0], [0, -1]], [2, 1]), clock_qubits=8)
    >>> result.solution.round(2).tolist()
    [1.0, -0.98]
    >>> system = ([[2, 0], [0, -1]], [2, 1])
    >>> result = hhl(system, clock_qubits=8, window="sine")
    >>> result.solution.round(3).tolist()
    [1.0, -1.0]
    """
    if method not in ("circuit", "filter"):
        raise ValueError(f"expected 'circuit' or 'filter', got {method!r}")
    check_window(window)
    problem = embed_hermitian(system)
    if clock_qubits is None:
        clock_qubits = advise(problem, 1e-2, window)
    clock = _checked_clock(problem, clock_qubits, window)
    if method == "circuit":
        final = _run(problem, clock)
    else:
        response = clock.filter(problem.eigenvalues) * problem.amplitudes
        final = problem.vectors @ response
    kept = final[problem.solution_slice]
    if np.isrealobj(problem.vectors) and np.isrealobj(problem.state):
        kept = kept.real
    success = float(np.linalg.norm(kept) ** 2)
    scale = problem.rhs_norm / clock.constant
    solution = kept * scale
    _warn_if_inaccurate(solution, problem, clock)
    if shots is not None:
        solution = interference_reading(kept, shots, rng) * scale
    return HHLResult(
        system=system if isinstance(system, LinearSystem) else None,
        solution=solution,
        state=kept / np.sqrt(success),
        reference=problem.reference,
        success_probability=success,
        qubits=1 + clock_qubits + problem.qubits,
        shots=shots,
        problem=problem,
        clock=clock,
    )


def _warn_if_inaccurate(
    solution: npt.NDArray, problem: HermitianProblem, clock: Clock
) -> None:
    miss = np.linalg.norm(solution - problem.reference)
    error = miss / np.linalg.norm(problem.reference)
    if error > _INACCURATE:
        warnings.warn(
            f"a clock of {clock.qubits} qubits leaves a relative error of "
            f"{error:.2f}; qcl.advise_clock names one that is wide enough",
            InaccurateSolutionWarning,
            stacklevel=3,
        )


def advise_clock(
    system: Any, error: float = 1e-2, window: Window = "rectangular"
) -> int:
    r"""Smallest clock whose relative error is below a target.

    The exact filter formula is evaluated for one width after the other; no
    circuit is run. With the rectangular window the error does not fall
    steadily: it depends on how the eigenvalues fall between bins, so a
    wider clock can be worse.

    Parameters
    ----------
    system : LinearSystem or pair (matrix, rhs)
        As for :func:`hhl`.
    error : float
        Target for :math:`\|x-x^*\|/\|x^*\|`, > 0.
    window : {"rectangular", "sine"}
        The state the clock starts in.

    Raises
    ------
    ValueError
        If error <= 0, the window is unknown, or no clock of up to 16 qubits
        suffices.

    Examples
    --------
    >>> system = ([[2, 0], [0, -1]], [2, 1])
    >>> advise_clock(system, error=0.1), advise_clock(system, error=1e-3)
    (4, 12)
    >>> advise_clock(system, error=1e-3, window="sine")
    7
    """
    return advise(embed_hermitian(system), error, window)


def _checked_clock(
    problem: HermitianProblem, clock_qubits: int, window: Window
) -> Clock:
    least = fewest(problem, window)
    if clock_qubits < least:
        raise ValueError(
            f"a clock of {clock_qubits} qubits cannot resolve condition "
            f"number {problem.condition_number:.3g}: the smallest "
            "eigenvalue would lie less than four bins from zero; use "
            f"clock_qubits >= {least}, or leave it out to be advised"
        )
    width = 1 + clock_qubits + problem.qubits
    if width > _MOST_QUBITS:
        raise ValueError(
            f"the circuit needs {width} qubits and a simulator can take "
            f"{_MOST_QUBITS}; shorten the system or accept a smaller clock"
        )
    return Clock.for_problem(problem, clock_qubits, window)


def _run(problem: HermitianProblem, clock: Clock) -> npt.NDArray:
    """Simulate; return the amplitudes with ancilla 1 and clock 0."""
    import pennylane as qml

    tape = _circuit(problem, clock)
    device = qml.device("lightning.qubit", wires=sorted(tape.wires))
    (state,) = qml.execute([tape], device, diff_method=None)
    shape = (2, 2**clock.qubits, 2**problem.qubits)
    return np.asarray(state).reshape(shape)[1, 0]


def _circuit(problem: HermitianProblem, clock: Clock) -> Any:
    import pennylane as qml

    wires = range(1 + clock.qubits + problem.qubits)
    ancilla, register = wires[0], wires[1 : 1 + clock.qubits]
    data = wires[1 + clock.qubits :]
    powers = _evolutions(problem, clock)
    angles = 2 * np.arcsin(clock.ratios)

    def estimate_phase() -> None:
        _open_window(clock, register)
        for wire, power in zip(reversed(register), powers, strict=True):
            qml.ControlledQubitUnitary(power, wires=[wire, *data])
        qml.adjoint(qml.QFT)(wires=register)

    with qml.queuing.AnnotatedQueue() as queue:
        qml.StatePrep(problem.state, wires=data)
        estimate_phase()
        qml.SelectPauliRot(angles, register, ancilla, rot_axis="Y")
        qml.adjoint(estimate_phase)()
        qml.state()
    return qml.tape.QuantumScript.from_queue(queue)


def _open_window(clock: Clock, register: Sequence[int]) -> None:
    r"""Queue the gates that put the clock into its window, from zeros.

    A sine is the difference of two complex exponentials half a bin to
    either side of 0: the Fourier transform of
    :math:`(|0\rangle-e^{i\pi/N}|1\rangle)/\sqrt2`, shifted by half a bin.
    """
    import pennylane as qml

    if clock.window == "rectangular":
        for wire in register:
            qml.Hadamard(wire)
        return
    half_bin = np.pi / 2**clock.qubits
    qml.Hadamard(register[-1])
    qml.PhaseShift(np.pi + half_bin, wires=register[-1])
    qml.QFT(wires=register)
    for bit, wire in enumerate(reversed(register)):
        qml.PhaseShift(-half_bin * 2**bit, wires=wire)


def _evolutions(problem: HermitianProblem, clock: Clock) -> list[npt.NDArray]:
    r"""The unitaries :math:`e^{iH\tau2^r}`, r = 0, 1, ..., n_c - 1."""
    V = problem.vectors
    phases = problem.eigenvalues * clock.time
    return [
        (V * np.exp(1j * phases * 2**r)) @ V.conj().T
        for r in range(clock.qubits)
    ]
