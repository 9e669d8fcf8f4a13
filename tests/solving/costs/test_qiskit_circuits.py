import warnings

import numpy as np
import pytest

import qcl
from qcl.solving.costs.qiskit_circuits import (
    qiskit_from_tape,
    qiskit_hhl,
    qiskit_state,
)
from qcl.solving.qsvt.solver import qsvt
from qcl.solving.upload.states import carleman_state, sparse_state

STEP = qcl.PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})
STACKED = qcl.stack(qcl.lift(STEP, 2), [0.3], 1)


def pennylane_state(operations):
    import pennylane as qml

    wires = sorted({wire for gate in operations for wire in gate.wires})
    device = qml.device("lightning.qubit", wires=wires)
    tape = qml.tape.QuantumScript(operations, [qml.state()])
    return np.asarray(qml.execute([tape], device, diff_method=None)[0])


def state_of(circuit):
    from qiskit.quantum_info import Statevector

    return Statevector(circuit).data


@pytest.mark.parametrize(
    ("system", "clock_qubits"),
    [
        (([[2, 0], [0, -1]], [2, 1]), 5),
        (([[1, 0.3], [0.2, -1]], [2, 1]), 6),
        (([[1, 0.3j], [0.2, -1]], [2, 1j]), 6),
        (STACKED, 6),
    ],
)
def test_two_libraries_make_the_same_hhl_state(system, clock_qubits):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = qcl.hhl(system, clock_qubits=clock_qubits)
    ours = pennylane_state(result.circuit().operations)
    theirs = state_of(qiskit_hhl(result))
    assert np.abs(ours - theirs).max() < 1e-8


@pytest.mark.parametrize("window", ["rectangular", "sine"])
@pytest.mark.parametrize("clock_qubits", [5, 6])
def test_the_filter_is_what_qiskit_leaves_on_success(window, clock_qubits):
    """The formula knows no circuit, so no order of qubits either."""
    system = ([[1, 0.3j], [0.2, -1]], [2, 1j])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = qcl.hhl(system, clock_qubits, method="filter", window=window)
    problem, clock = result.problem, result.clock
    response = clock.filter(problem.eigenvalues) * problem.amplitudes
    left = state_of(qiskit_hhl(result)).reshape(2, 2**clock.qubits, -1)[1, 0]
    assert np.abs(left - problem.vectors @ response).max() < 1e-12


def test_the_whole_sine_state_is_pennylanes():
    result = qcl.hhl(STACKED, clock_qubits=6, window="sine")
    ours = pennylane_state(result.circuit().operations)
    theirs = state_of(qiskit_hhl(result))
    assert np.abs(ours - theirs).max() < 1e-8


@pytest.mark.parametrize("encoding", ["dilation", "time-shift"])
def test_a_translated_qsvt_circuit_makes_the_same_state(encoding):
    tape = qsvt(STACKED, error=0.05, encoding=encoding).circuit()
    theirs = state_of(qiskit_from_tape(tape))
    assert np.abs(pennylane_state(tape.operations) - theirs).max() < 1e-8


def test_translated_preparations_make_the_same_state():
    complex_ = sparse_state({1: 0.6, 6: 0.8j, 3: -1.0}, 3)
    step = qcl.PolynomialMap({0: [[0.1], [0.2]], 1: -0.2 * np.eye(2)})
    lifted = carleman_state(qcl.lift(step, 3), [0.5, -0.2], 3)
    for gates in (complex_, lifted):
        theirs = state_of(qiskit_from_tape(gates))
        assert np.abs(pennylane_state(gates) - theirs).max() < 1e-12


@pytest.mark.parametrize("qubits", [1, 2, 5])
@pytest.mark.parametrize("complex_", [True, False])
def test_any_state_in_qiskit(qubits, complex_):
    rng = np.random.default_rng(qubits)
    state = rng.normal(size=2**qubits) * (rng.random(2**qubits) < 0.6)
    state[-1] = -1
    if complex_:
        state = state * np.exp(1j * rng.normal(size=2**qubits))
    state = state / np.linalg.norm(state)
    assert np.abs(state_of(qiskit_state(state)) - state).max() < 1e-12


def test_an_unknown_gate_is_named():
    import pennylane as qml

    with pytest.raises(ValueError, match="no Qiskit gate is listed for QFT"):
        qiskit_from_tape([qml.QFT(wires=range(2))])
