r"""Merging basis states: the plan behind a sparse state preparation.

Two basis states are merged at a time. CNOTs bring them together until they
differ in one qubit, the pivot; a rotation of the pivot, controlled on just
enough qubits to leave the other basis states alone, moves all of the
amplitude to one of the two. Reversed, the sequence prepares the state.

References
----------
Gleinig and Hoefler, Design Automation Conference (2021) 433.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qcl._checks import a_count, finite_numbers

Bits = npt.NDArray[np.int8]
Controls = tuple[tuple[int, int], ...]

_TINY = 1e-14
_MOST_QUBITS = 1000
_MOST_AMPLITUDES = 20_000


@dataclass(frozen=True)
class Gate:
    """One gate of a plan, under controls.

    Attributes
    ----------
    kind : {"X", "RY", "phase"}
        A phase without a target multiplies the whole state.
    target : int or None
        The qubit it acts on.
    angle : float
        Of a rotation or a phase.
    controls : tuple of pairs (qubit, value)
        The values the controls must have.
    """

    kind: str
    target: int | None
    angle: float = 0.0
    controls: Controls = ()

    @property
    def keeps_zero(self) -> bool:
        """Whether the gate leaves the state |0...0> as it is."""
        return any(value for _, value in self.controls)

    def queue(self, wires: Sequence[Any], extra: Sequence[Any] = ()) -> Any:
        """Make the PennyLane operator, under extra controls on 1."""
        import pennylane as qml

        on = [*extra, *(wires[qubit] for qubit, _ in self.controls)]
        values = [1] * len(extra) + [value for _, value in self.controls]
        if self.target is None:
            gate = qml.GlobalPhase(-self.angle)
        elif self.kind == "X":
            gate = qml.PauliX(wires[self.target])
        else:
            kind = {"RY": qml.RY, "phase": qml.PhaseShift}[self.kind]
            gate = kind(self.angle, wires[self.target])
        return qml.ctrl(gate, on, control_values=values) if on else gate


def read_amplitudes(amplitudes: Any, qubits: int) -> tuple[Bits, npt.NDArray]:
    """Read a sparse vector as basis states and normalised amplitudes.

    Parameters
    ----------
    amplitudes : mapping of int to number, or array
        At most 20,000 that are not zero.
    qubits : int
        Number of qubits, 0 to 1000.

    Returns
    -------
    bits : ndarray, shape (s, qubits)
        The basis states, most significant bit first.
    amplitudes : ndarray, shape (s,)

    Raises
    ------
    TypeError
        If an index or an amplitude is no number.
    ValueError
        If there is no non-zero amplitude or too many, an index does not
        fit, or a number is not finite.

    Examples
    --------
    >>> bits, amplitudes = read_amplitudes({0: 3.0, 2: -4.0}, 2)
    >>> bits.tolist(), amplitudes.real.round(3).tolist()
    ([[0, 0], [1, 0]], [0.6, -0.8])
    """
    qubits = a_count(qubits, "qubits", 0, _MOST_QUBITS)
    what = "the amplitudes"
    if isinstance(amplitudes, Mapping):
        keys = [
            a_count(key, "index", -(2**_MOST_QUBITS)) for key in amplitudes
        ]
        numbers = finite_numbers(list(amplitudes.values()), what)
    else:
        numbers = finite_numbers(amplitudes, what)
        if numbers.ndim == 2 and 1 in numbers.shape and numbers.size > 1:
            numbers = numbers.ravel()
        keys = list(range(numbers.size))
    if numbers.ndim != 1:
        raise ValueError(
            "expected a vector of amplitudes or {index: amplitude}, got "
            f"shape {numbers.shape}"
        )
    kept = [(k, a) for k, a in zip(keys, numbers, strict=True) if a != 0]
    if not kept:
        raise ValueError(
            "expected at least one non-zero amplitude; the zero vector is "
            "not a state"
        )
    if len(kept) > _MOST_AMPLITUDES:
        raise ValueError(
            f"{len(kept):,} amplitudes are not zero, and merging one pair "
            f"after the other takes minutes from {_MOST_AMPLITUDES:,} on; "
            "prepare fewer"
        )
    indices = np.array([k for k, _ in kept], dtype=object)
    if min(indices) < 0 or max(indices) >= 2**qubits:
        raise ValueError(
            f"expected indices in 0..{2**qubits - 1} on {qubits} qubits, "
            f"got {min(indices)}..{max(indices)}"
        )
    shifts = range(qubits - 1, -1, -1)
    bits = np.array([[(k >> r) & 1 for r in shifts] for k in indices])
    vector = np.array([a for _, a in kept], dtype=complex)
    vector /= np.abs(vector).max()  # their squares may leave the floats
    return bits.astype(np.int8), vector / np.linalg.norm(vector)


def merging_plan(bits: Bits, amplitudes: npt.NDArray) -> list[Gate]:
    """Merge the basis states one by one, then reverse the gates.

    Parameters
    ----------
    bits : ndarray, shape (s, qubits)
        Different basis states, as :func:`read_amplitudes` returns them.
    amplitudes : ndarray, shape (s,)
        One for each, not zero.

    Returns
    -------
    list of Gate

    Raises
    ------
    TypeError, ValueError
        If they are not that.

    Examples
    --------
    >>> for gate in merging_plan(*read_amplitudes({0: 0.6, 3: 0.8}, 2)):
    ...     print(gate.kind, gate.target, gate.controls)
    RY 0 ()
    X 1 ((0, 1),)
    """
    states = finite_numbers(bits, "the basis states", (None, None))
    amplitudes = finite_numbers(amplitudes, "the amplitudes", (len(states),))
    if not (len(states) and np.isin(states, (0, 1)).all()):
        raise ValueError("expected basis states as rows of bits, 0 or 1")
    if len(np.unique(states, axis=0)) < len(states) or not amplitudes.all():
        raise ValueError(
            "expected different basis states with amplitudes that are not "
            "zero; qcl.read_amplitudes makes them"
        )
    bits, amplitudes = states.real.astype(np.int8), amplitudes.astype(complex)
    undo: list[Gate] = []
    while len(amplitudes) > 1:
        gates, bits, amplitudes = _merge(bits, amplitudes)
        undo += gates
    phase = float(np.angle(amplitudes[0]))
    undo += [Gate("X", int(q)) for q in np.flatnonzero(bits[0])]
    if abs(phase) > _TINY:
        undo.append(Gate("phase", None, phase))
    return undo[::-1]


def _merge(
    bits: Bits, amplitudes: npt.NDArray
) -> tuple[list[Gate], Bits, npt.NDArray]:
    """Move the amplitude of one basis state to another.

    Returns the gates (those that prepare, in the order that undoes), and
    what is left.
    """
    one, two, controls = _pair(bits)
    pivot = controls.pop()
    away = np.flatnonzero(bits[one] != bits[two])
    gates = []
    bits = bits.copy()
    if bits[one, pivot] == 0:
        gates.append(Gate("X", pivot))
        bits[:, pivot] ^= 1
    for qubit in (int(q) for q in away if q != pivot):
        gates.append(Gate("X", qubit, controls=((pivot, 1),)))
        bits[:, qubit] ^= bits[:, pivot]
    under = tuple((q, int(bits[two, q])) for q in controls)
    angle, phase, amplitude = _rotation(amplitudes[one], amplitudes[two])
    if phase:
        gates.append(Gate("phase", pivot, phase, under))
    gates.append(Gate("RY", pivot, angle, under))
    amplitudes = amplitudes.copy()
    amplitudes[two] = amplitude
    return gates, np.delete(bits, one, 0), np.delete(amplitudes, one)


def _rotation(one: complex, two: complex) -> tuple[float, float, complex]:
    """Angles that turn (r, 0) into (two, one), and r.

    For real numbers of any sign r > 0 and the phase is 0.
    """
    size = np.hypot(abs(one), abs(two))
    if abs(one.imag) + abs(two.imag) <= _TINY * size:
        return float(2 * np.arctan2(one.real, two.real)), 0.0, complex(size)
    angle = float(2 * np.arctan2(abs(one), abs(two)))
    turn = two / abs(two) if two else one / abs(one)
    return angle, float(np.angle(one / turn)), size * turn


def _pair(bits: Bits) -> tuple[int, int, list[int]]:
    """Choose two basis states that few qubits tell from the others.

    Returns
    -------
    one, two : int
        Rows of ``bits``.
    controls : list of int
        Qubits on which no third row agrees with row ``two``; the last one
        is where ``one`` and ``two`` are told apart.
    """
    rows = np.arange(len(bits))
    chosen: list[int] = []
    rows = _narrow(bits, rows, chosen)
    one, pivot = int(rows[0]), chosen.pop()
    rest = np.setdiff1d(np.arange(len(bits)), [one])
    agree = (bits[rest][:, chosen] == bits[one, chosen]).all(axis=1)
    two = int(_narrow(bits, rest[agree], chosen)[0])
    return one, two, [*chosen, pivot]


def _narrow(
    bits: Bits, rows: npt.NDArray[np.intp], chosen: list[int]
) -> npt.NDArray[np.intp]:
    """Split off the smaller part until one row is left."""
    while len(rows) > 1:
        ones = bits[rows].sum(axis=0, dtype=np.int64)
        smaller = np.minimum(ones, len(rows) - ones)
        smaller[smaller == 0] = len(rows)
        qubit = int(np.argmin(smaller))
        rare = int(2 * ones[qubit] <= len(rows))
        rows = rows[bits[rows, qubit] == rare]
        chosen.append(qubit)
    return rows
