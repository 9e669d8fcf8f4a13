"""The circuit of HHL in PennyLane."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from qcl.solving.hhl.clock import Clock
from qcl.solving.solution.simulation import simulated
from qcl.solving.stacking.hermitian import HermitianProblem


def run(problem: HermitianProblem, clock: Clock) -> npt.NDArray:
    """Simulate; return the amplitudes with ancilla 1 and clock 0."""
    state = simulated(lambda: circuit(problem, clock))
    shape = (2, 2**clock.qubits, 2**problem.qubits)
    return state.reshape(shape)[1, 0]


def circuit(problem: HermitianProblem, clock: Clock) -> list[Any]:
    """Return the operators on the ancilla, the clock and the data."""
    import pennylane as qml

    wires = range(1 + clock.qubits + problem.qubits)
    ancilla, register = wires[0], wires[1 : 1 + clock.qubits]
    data = wires[1 + clock.qubits :]
    powers = _evolutions(problem, clock)
    angles = 2 * np.arcsin(clock.ratios)
    estimate_phase = [
        *_open_window(clock, register),
        *(
            qml.ControlledQubitUnitary(power, wires=[wire, *data])
            for wire, power in zip(reversed(register), powers, strict=True)
        ),
        qml.adjoint(qml.QFT(wires=register)),
    ]
    return [
        qml.StatePrep(problem.state, wires=data),
        *estimate_phase,
        qml.SelectPauliRot(angles, register, ancilla, rot_axis="Y"),
        *(qml.adjoint(gate) for gate in estimate_phase[::-1]),
    ]


def _open_window(clock: Clock, register: Sequence[int]) -> list[Any]:
    r"""Gates that put the clock into its window, from zeros.

    A sine is the difference of two complex exponentials half a bin to
    either side of 0: the Fourier transform of
    :math:`(|0\rangle-e^{i\pi/N}|1\rangle)/\sqrt2`, shifted by half a bin.
    """
    import pennylane as qml

    if clock.window == "rectangular":
        return [qml.Hadamard(wire) for wire in register]
    half_bin = np.pi / 2**clock.qubits
    return [
        qml.Hadamard(register[-1]),
        qml.PhaseShift(np.pi + half_bin, wires=register[-1]),
        qml.QFT(wires=register),
        *(
            qml.PhaseShift(-half_bin * 2**bit, wires=wire)
            for bit, wire in enumerate(reversed(register))
        ),
    ]


def _evolutions(problem: HermitianProblem, clock: Clock) -> list[npt.NDArray]:
    r"""The unitaries :math:`e^{iH\tau2^r}`, r = 0, 1, ..., n_c - 1."""
    V = problem.vectors
    phases = problem.eigenvalues * clock.time
    return [
        (V * np.exp(1j * phases * 2**r)) @ V.conj().T
        for r in range(clock.qubits)
    ]
