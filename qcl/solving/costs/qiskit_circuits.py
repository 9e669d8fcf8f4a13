r"""The solvers' circuits in Qiskit, for compilation and as a second opinion.

PennyLane's first wire is the most significant bit of an index, Qiskit's
first qubit the least. All conversion is in :func:`_mirror`: wire w of r
becomes qubit r - 1 - w, and then both libraries list the amplitudes of a
state in the same order.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from qcl._checks import a_noun, finite_numbers, kind_of
from qcl.solving.hhl.solver import HHLResult

_MOST_AMPLITUDES = 2**20


def _mirror(wires: Sequence[int], width: int) -> list[int]:
    """Qiskit qubits of PennyLane wires, least significant first."""
    return [width - 1 - wire for wire in reversed(wires)]


def qiskit_hhl(result: HHLResult) -> Any:
    r"""Build the HHL circuit of a result from Qiskit's own gates.

    Not a translation: the evolution operators come from ``scipy``'s matrix
    exponential instead of an eigenbasis, and Fourier transform and
    multiplexed rotations from Qiskit's library. What the two
    share is the problem, the clock's constants, the way into its window and
    the order of the registers (ancilla, clock, data).

    Parameters
    ----------
    result : HHLResult
        From :func:`qcl.hhl`.

    Returns
    -------
    qiskit.QuantumCircuit

    Raises
    ------
    TypeError
        If it is no result of hhl.

    Examples
    --------
    >>> import qcl
    >>> result = qcl.hhl(([[2, 0], [0, -1]], [2, 1]), clock_qubits=5)
    >>> circuit = qiskit_hhl(result)
    >>> circuit.num_qubits, circuit.count_ops()["h"]
    (7, 10)
    """
    from qiskit import QuantumCircuit
    from qiskit.circuit.library import QFTGate, UCRYGate, UnitaryGate
    from scipy.linalg import expm

    result = a_noun(result, "HHLResult")
    problem, clock = result.problem, result.clock
    V = problem.vectors
    H = (V * problem.eigenvalues) @ V.conj().T
    width = 1 + clock.qubits + problem.qubits
    qubits = _mirror(range(width), width)
    data, register = qubits[: problem.qubits], qubits[problem.qubits : -1]

    estimation = QuantumCircuit(width)
    if clock.window == "rectangular":
        estimation.h(register)
    else:
        half_bin = np.pi / 2**clock.qubits
        estimation.h(register[0])
        estimation.p(np.pi + half_bin, register[0])
        estimation.append(QFTGate(clock.qubits), register)
        for bit, qubit in enumerate(register):
            estimation.p(-half_bin * 2**bit, qubit)
    for r, control in enumerate(register):
        evolution = expm(1j * clock.time * 2**r * H)
        gate = UnitaryGate(_controlled(evolution, [1]))
        estimation.append(gate, [*data, control])
    estimation.append(QFTGate(clock.qubits).inverse(), register)

    circuit = QuantumCircuit(width)
    circuit.compose(qiskit_state(problem.state), data, inplace=True)
    circuit.compose(estimation, inplace=True)
    angles = (2 * np.arcsin(clock.ratios)).tolist()
    circuit.append(UCRYGate(angles), [qubits[-1], *register])
    circuit.compose(estimation.inverse(), inplace=True)
    return circuit


def qiskit_state(amplitudes: npt.NDArray) -> Any:
    r"""Prepare any state by one multiplexed rotation per qubit.

    Each splits the norm of a block between its halves; phases of a complex
    state follow as a diagonal gate. About :math:`2^m` two-qubit gates.
    Qiskit's own ``StatePreparation`` fails on some sparse states (2.6.2:
    "Input matrix is not unitary").

    Parameters
    ----------
    amplitudes : array of shape (2**m,)
        Normalised here; the first index bit is Qiskit's last qubit; at most
        2**20 of them.

    Returns
    -------
    qiskit.QuantumCircuit

    Raises
    ------
    TypeError
        If the amplitudes are no numbers.
    ValueError
        If their number is no power of two or too large, or all are zero.

    References
    ----------
    Mottonen, Vartiainen, Bergholm, Salomaa, Quantum Inf. Comput. 5:467
    (2005).

    Examples
    --------
    >>> dict(qiskit_state(np.array([0.6, -0.8])).count_ops())
    {'ucry': 1}
    """
    from qiskit import QuantumCircuit
    from qiskit.circuit.library import DiagonalGate, UCRYGate

    amplitudes = finite_numbers(amplitudes, "the amplitudes", (None,))
    size = len(amplitudes)
    if not 1 < size <= _MOST_AMPLITUDES or size & (size - 1):
        raise ValueError(
            f"expected 2, 4, 8, ... or {_MOST_AMPLITUDES} amplitudes, got "
            f"{size}; fill up with zeros"
        )
    if not amplitudes.any():
        raise ValueError("the zero vector is not a state")
    amplitudes /= np.abs(amplitudes).max()
    m = size.bit_length() - 1
    circuit = QuantumCircuit(m)
    real = np.isrealobj(amplitudes)
    leaves = amplitudes if real else np.abs(amplitudes)
    for level in range(m):
        halves = leaves.reshape(2 ** (level + 1), -1)
        if level < m - 1:
            halves = np.linalg.norm(halves, axis=1)
        left, right = halves.reshape(-1, 2).T
        target = m - 1 - level
        angles = (2 * np.arctan2(right, left)).tolist()
        circuit.append(UCRYGate(angles), [target, *range(target + 1, m)])
    if not real:
        turns = np.exp(1j * np.angle(amplitudes))
        circuit.append(DiagonalGate(turns.tolist()), range(m))
    return circuit


def qiskit_from_tape(tape: Any) -> Any:
    r"""Translate a PennyLane tape or list of operators into Qiskit.

    Gates keep their structure: what is controlled stays controlled, a
    matrix stays a matrix, and Qiskit's compiler decides how to make it.

    Parameters
    ----------
    tape : PennyLane tape or sequence of operators
        Of the gates that :mod:`qcl.solving` uses.

    Returns
    -------
    qiskit.QuantumCircuit

    Raises
    ------
    ValueError
        If it holds a gate that is not known here.

    Examples
    --------
    >>> from qcl.solving.upload.states import sparse_state
    >>> circuit = qiskit_from_tape(sparse_state({0: 0.6, 7: -0.8}, 3))
    >>> dict(circuit.count_ops())
    {'cx': 2, 'ry': 1}
    """
    from qiskit import QuantumCircuit
    from qiskit.circuit.library import UnitaryGate

    operations = getattr(tape, "operations", tape)
    for item in operations:
        if not (hasattr(item, "wires") and hasattr(item, "control_wires")):
            raise TypeError(
                f"expected PennyLane operators, got {kind_of(item)} among them"
            )
    wires = sorted({wire for op in operations for wire in op.wires}, key=str)
    if all(isinstance(wire, int) for wire in wires):
        wires.sort()
    place = {wire: i for i, wire in enumerate(wires)}
    circuit = QuantumCircuit(len(wires))
    for operation in operations:
        controls = [place[w] for w in operation.control_wires]
        base = getattr(operation, "base", operation)
        targets = [place[w] for w in operation.wires][len(controls) :]
        on = _mirror(targets, len(wires))
        under = _mirror(controls, len(wires))
        values = getattr(operation, "control_values", [])
        if base.name == "QubitUnitary":
            matrix = _controlled(np.asarray(base.data[0]), values)
            circuit.append(UnitaryGate(matrix), on + under)
            continue
        gate = _gate(base)
        if controls:
            state = "".join(str(int(v)) for v in values)
            gate = gate.control(
                len(controls), ctrl_state=state, annotated=False
            )
        circuit.append(gate, under + on)
    return circuit


def _controlled(matrix: npt.NDArray, values: Sequence[Any]) -> npt.NDArray:
    """Matrix of a controlled unitary, controls most significant.

    ``UnitaryGate.control`` would synthesise the gate at once, five times
    slower and to the same count.
    """
    size = len(matrix)
    full = np.eye(size << len(values), dtype=complex)
    first = size * int("".join(str(int(v)) for v in values) or "0", 2)
    full[first : first + size, first : first + size] = matrix
    return full


def _gate(operation: Any) -> Any:
    """Qiskit's gate for an uncontrolled PennyLane operator."""
    from qiskit.circuit import library

    name = operation.name
    if name == "StatePrep":
        return qiskit_state(np.asarray(operation.data[0])).to_gate()
    known = {
        "PauliX": library.XGate,
        "PauliZ": library.ZGate,
        "Hadamard": library.HGate,
        "RY": library.RYGate,
        "RZ": library.RZGate,
        "PhaseShift": library.PhaseGate,
    }
    if name in known:
        return known[name](*map(float, operation.data))
    if name == "GlobalPhase":
        return library.GlobalPhaseGate(-float(operation.data[0]))
    raise ValueError(
        f"no Qiskit gate is listed for {name}; expected one of "
        f"{[*known, 'GlobalPhase', 'QubitUnitary', 'StatePrep']}"
    )
