import numpy as np
import pytest

import qcl
from qcl.solving.costs.qiskit_circuits import qiskit_state
from qcl.solving.costs.resources import Resources, resources
from qcl.solving.qsvt.solver import qsvt
from qcl.solving.upload.states import sparse_state

STEP = qcl.PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})


def test_counts_of_a_circuit_written_out():
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.t(1)
    circuit.cx(1, 2)
    circuit.rz(0.3, 2)
    circuit.rz(np.pi / 2, 0)
    count = resources(circuit)
    assert count.qubits == 3
    assert count.two_qubit_gates == 2
    assert count.rotations == 1
    assert count.exact_t_gates == 1
    assert count.t_count(2**-10) == 1 + 30


def test_toffoli_takes_seven_t_gates_and_six_cnots():
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(3)
    circuit.ccx(0, 1, 2)
    count = resources(circuit)
    assert (count.two_qubit_gates, count.exact_t_gates) == (6, 7)
    assert count.rotations == 0
    assert count.t_count() == 7


def test_sums_and_repetitions():
    one = Resources(2, 3, 1, 4, 2, 1)
    assert one + one + one == one.repeated(3)
    assert (one + Resources(5, 1, 0, 1, 0, 0)).qubits == 5
    assert one.repeated(10).t_count() > 10 * one.t_count()


def test_pieces_of_a_qsvt_circuit_bound_the_whole():
    system = qcl.stack(qcl.lift(STEP, 2), [0.3], 1)
    for encoding in ("dilation", "time-shift"):
        result = qsvt(system, 0.05, method="matrix", encoding=encoding)
        pieces = resources(result)
        whole = resources(result.circuit())
        assert whole.qubits == pieces.qubits == result.qubits
        assert whole.two_qubit_gates <= pieces.two_qubit_gates
        assert pieces.two_qubit_gates <= 1.3 * whole.two_qubit_gates


def test_structure_pays_when_the_number_of_steps_doubles():
    uses = {}
    for T in (3, 7, 15):
        system = qcl.stack(qcl.lift(STEP, 3), [0.3], T)
        for name in ("dilation", "time-shift"):
            result = qsvt(system, 0.05, method="matrix", encoding=name)
            count = resources(result.one_use())
            uses[T, name] = count.two_qubit_gates
    assert uses[15, "dilation"] > 3 * uses[7, "dilation"]
    assert uses[15, "time-shift"] < 1.3 * uses[7, "time-shift"]
    assert 10 * uses[15, "time-shift"] < uses[15, "dilation"]


def test_hhl_is_counted_whole():
    result = qcl.hhl(([[2, 0], [0, -1]], [2, 1]), clock_qubits=8)
    count = resources(result)
    assert count.qubits == result.qubits
    assert count.depth > 50
    assert count.t_count(1e-6) > count.t_count(1e-2)


def test_sparse_upload_in_qiskit_is_below_a_tenth_of_the_generic():
    rng = np.random.default_rng(0)
    chosen = rng.choice(4096, 8, replace=False).tolist()
    values = rng.normal(size=8) / 3
    generic = np.zeros(4096)
    generic[chosen] = values / np.linalg.norm(values)
    sparse = sparse_state(dict(zip(chosen, values, strict=True)), 12)
    ours = resources(sparse).two_qubit_gates
    assert 10 * ours <= resources(qiskit_state(generic)).two_qubit_gates


@pytest.mark.parametrize("error", [0.0, 1.0, -1.0, np.nan])
def test_bad_synthesis_errors_are_refused(error):
    with pytest.raises(ValueError, match=r"error in \(0, 1\)"):
        Resources(1, 1, 0, 1, 1, 0).t_count(error)


@pytest.mark.parametrize("bad", ["circuit", None, 3])
def test_what_is_no_circuit_is_refused(bad):
    with pytest.raises(TypeError, match="Qiskit circuit, a PennyLane"):
        resources(bad)
