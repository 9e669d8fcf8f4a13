r"""What a circuit costs: qubits, depth, two-qubit gates, T gates.

Circuits are compiled by Qiskit to ``cx``, ``rz``, ``sx``, ``x``. A
fault-tolerant machine has no ``rz``: each one is made of T gates, about
:math:`3\log_2(1/\epsilon)` for a typical angle and error :math:`\epsilon`
(Ross and Selinger), none for a multiple of :math:`\pi/2` and one for an odd
multiple of :math:`\pi/4`. The counts are those of this compiler and this
rule, not lower bounds, and no error correction or layout is included.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from qcl._checks import a_count, a_fraction, a_noun, kind_of
from qcl.solving.costs.qiskit_circuits import qiskit_from_tape, qiskit_hhl
from qcl.solving.hhl.solver import HHLResult
from qcl.solving.qsvt.solver import QSVTResult
from qcl.solving.solution.result import QuantumSolution
from qcl.solving.stacking.display import table

BASIS = ("cx", "rz", "sx", "x")
_ANGLE = 1e-9


@dataclass(frozen=True)
class Resources:
    """Counts of a compiled circuit; made by :func:`resources`.

    Attributes
    ----------
    qubits : int
        Width.
    depth : int
        Layers of gates; for a sum of circuits, run one after the other.
    two_qubit_gates : int
        ``cx`` gates.
    one_qubit_gates : int
        All others.
    rotations : int
        ``rz`` gates whose angle is no multiple of pi/4.
    exact_t_gates : int
        ``rz`` gates that are a T gate up to Clifford gates.
    """

    qubits: int
    depth: int
    two_qubit_gates: int
    one_qubit_gates: int
    rotations: int
    exact_t_gates: int

    def _repr_html_(self) -> str:
        return table(
            (name.replace("_", " "), f"{count:,}")
            for name, count in vars(self).items()
        )

    def __add__(self, other: "Resources") -> "Resources":
        """Run another circuit afterwards, on the same qubits."""
        other = a_noun(other, "Resources")
        sums = {k: v + getattr(other, k) for k, v in vars(self).items()}
        sums["qubits"] = max(self.qubits, other.qubits)
        return Resources(**sums)

    def repeated(self, times: int) -> "Resources":
        """Run the same circuit a number of times.

        Raises
        ------
        TypeError, ValueError
            If that is no whole number >= 0.
        """
        times = a_count(times, "times")
        counts = {k: times * v for k, v in vars(self).items()}
        return Resources(**{**counts, "qubits": self.qubits})

    def t_count(self, error: float = 1e-3) -> int:
        r"""Estimate the T gates for a total synthesis error.

        The error is shared equally: with R rotations each has
        :math:`\epsilon=\mathrm{error}/R` and takes
        :math:`\lceil3\log_2(1/\epsilon)\rceil` T gates.

        Parameters
        ----------
        error : float
            Bound of the operator-norm error of the whole circuit, in (0, 1).

        Raises
        ------
        TypeError, ValueError
            If error is not in (0, 1).

        References
        ----------
        Ross and Selinger, Quantum Inf. Comput. 16:901 (2016); additive
        terms of order log log 1/epsilon are left out.

        Examples
        --------
        >>> Resources(1, 3, 0, 3, 2, 1).t_count(error=2**-9)
        61
        """
        error = a_fraction(error, "error")
        if not self.rotations:
            return self.exact_t_gates
        each = int(np.ceil(3 * np.log2(self.rotations / error)))
        return self.exact_t_gates + self.rotations * each


def resources(circuit: Any, seed: int = 0) -> Resources:
    r"""Compile a circuit and count its gates.

    Parameters
    ----------
    circuit : HHLResult, QSVTResult, QuantumCircuit, PennyLane tape or list
        An HHL circuit is compiled whole. Of a QSVT circuit the state
        preparation and one use of the block-encoding with its rotation are
        compiled, and the use is counted d times: gate counts are upper
        bounds then, without cancellation between uses.
    seed : int
        Of Qiskit's compiler.

    Returns
    -------
    Resources

    Raises
    ------
    TypeError
        If it is none of these.
    ValueError
        If a tape holds a gate that is not listed for translation.

    Examples
    --------
    >>> from qcl.solving.upload.states import sparse_state
    >>> count = resources(sparse_state({0: 0.6, 7: -0.8}, wires=3))
    >>> count.qubits, count.two_qubit_gates, count.rotations
    (3, 2, 1)
    """
    from qiskit import QuantumCircuit

    seed = a_count(seed, "seed", 0, 2**32 - 1)
    if isinstance(circuit, QSVTResult):
        return _qsvt(circuit, seed)
    if isinstance(circuit, HHLResult):
        return _compiled(qiskit_hhl(circuit), seed)
    if isinstance(circuit, QuantumCircuit):
        return _compiled(circuit, seed)
    if isinstance(circuit, QuantumSolution) or not (
        isinstance(circuit, list | tuple) or hasattr(circuit, "operations")
    ):
        raise TypeError(
            "expected a result of hhl or qsvt, a Qiskit circuit, a PennyLane "
            f"tape or a list of its operators, got {kind_of(circuit)}"
        )
    return _compiled(qiskit_from_tape(circuit), seed)


def _qsvt(result: QSVTResult, seed: int) -> Resources:
    """Add up the pieces of a QSVT circuit."""
    import pennylane as qml

    data = range(1 + result.encoding.ancillas, result.qubits)
    prepare = [
        qml.StatePrep(result.start, wires=data),
        *(qml.Hadamard(0) for _ in range(2)),
        qml.PauliZ(0),
    ]
    ends = [*prepare, *result.rotation()]
    once = result.one_use()
    first = _compiled(qiskit_from_tape(ends), seed)
    use = _compiled(qiskit_from_tape(once), seed)
    return first + use.repeated(result.degree)


def _compiled(circuit: Any, seed: int) -> Resources:
    from qiskit import transpile

    done = transpile(
        circuit,
        basis_gates=list(BASIS),
        optimization_level=1,
        seed_transpiler=seed,
    )
    counts = done.count_ops()
    turns = np.array(
        [
            float(gate.operation.params[0])
            for gate in done.data
            if gate.operation.name == "rz"
        ]
    ) / (np.pi / 4)
    eighths = np.round(turns)
    exact = np.abs(turns - eighths) < _ANGLE
    return Resources(
        qubits=done.num_qubits,
        depth=done.depth(),
        two_qubit_gates=counts.get("cx", 0),
        one_qubit_gates=sum(counts.get(name, 0) for name in BASIS[1:]),
        rotations=int((~exact).sum()),
        exact_t_gates=int((exact & (eighths % 2 == 1)).sum()),
    )
