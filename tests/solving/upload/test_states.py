import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qcl
from qcl.solving.upload.states import Registers, carleman_state, sparse_state

GATES = {"CNOT", "RX", "RY", "RZ", "PhaseShift", "Hadamard", "GlobalPhase"}
GATES |= {"PauliX", "PauliY", "PauliZ", "S", "T", "Adjoint(S)", "Adjoint(T)"}


def state_of(operations, wires):
    import pennylane as qml

    device = qml.device("lightning.qubit", wires=list(wires))
    tape = qml.tape.QuantumScript(operations, [qml.state()])
    return np.asarray(qml.execute([tape], device, diff_method=None)[0])


def two_qubit_gates(operations):
    import pennylane as qml

    tape = qml.tape.QuantumScript(operations)
    (compiled,), _ = qml.transforms.decompose(tape, gate_set=GATES)
    names = [operation.name for operation in compiled.operations]
    assert set(names) <= GATES
    return names.count("CNOT")


def random_table(qubits, count, seed, complex_=False):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=count)
    if complex_:
        values = values + 1j * rng.normal(size=count)
    chosen = rng.choice(2**qubits, count, replace=False).tolist()
    return dict(zip(chosen, values / np.linalg.norm(values), strict=True))


def vector_of(table, qubits):
    vector = np.zeros(2**qubits, dtype=complex)
    for index, value in table.items():
        vector[index] = value
    return vector


@given(st.integers(1, 6), st.data(), st.integers(0, 99), st.booleans())
@settings(deadline=None, max_examples=40)
def test_every_amplitude_with_its_sign(qubits, data, seed, complex_):
    count = data.draw(st.integers(1, min(2**qubits, 12)))
    table = random_table(qubits, count, seed, complex_)
    found = state_of(sparse_state(table, qubits), range(qubits))
    assert np.abs(found - vector_of(table, qubits)).max() < 1e-12


@pytest.mark.parametrize("seed", range(5))
def test_eight_of_4096_amplitudes_cost_a_tenth_of_the_generic(seed):
    import pennylane as qml

    table = random_table(12, 8, seed)
    sparse = sparse_state(table, 12)
    vector = vector_of(table, 12)
    assert np.abs(state_of(sparse, range(12)) - vector).max() < 1e-12
    generic = qml.MottonenStatePreparation(vector.real, wires=range(12))
    assert 10 * two_qubit_gates(sparse) <= two_qubit_gates([generic])
    assert two_qubit_gates(sparse) <= 8 * 12


def test_gates_grow_linearly_with_the_non_zero_amplitudes():
    counts = [
        two_qubit_gates(sparse_state(random_table(10, s, 0), 10)) / (10 * s)
        for s in (4, 8, 16, 32)
    ]
    assert max(counts) < 1.2


def test_a_single_negative_amplitude_keeps_its_sign():
    found = state_of(sparse_state([-2.0], 1), [0])
    assert found == pytest.approx([-1, 0], abs=1e-15)


def test_wires_may_be_named():
    gates = sparse_state({1: 1.0}, ["a", "b"])
    assert [list(gate.wires) for gate in gates] == [["b"]]


CASES = [  # weights, order, steps, forcing
    (1, 3, 0, False),
    (2, 2, 0, False),
    (3, 3, 0, False),
    (2, 2, 3, False),
    (1, 4, 5, True),
    (2, 1, 2, True),
    (2, 3, 3, True),
    (4, 2, 3, True),
]


def random_lifting(n, order, forced, basis="kronecker"):
    rng = np.random.default_rng(n + order)
    tensors = {1: -0.3 * np.eye(n), 2: 0.1 * rng.normal(size=(n, n * n))}
    if forced:
        tensors[0] = 0.3 * rng.normal(size=(n, 1))
    lifting = qcl.lift(qcl.PolynomialMap(tensors), order, basis=basis)
    u = rng.normal(size=n)
    u[0] = -abs(u[0])
    return lifting, u


@pytest.mark.parametrize(("n", "order", "T", "forced"), CASES)
def test_the_product_state_is_the_lifted_start(n, order, T, forced):
    lifting, u = random_lifting(n, order, forced)
    registers = Registers.for_lifting(lifting, T)
    found = state_of(carleman_state(lifting, u, T), registers.wires)
    slots = order * len(registers.slots[0])
    one_slice = 2 ** (len(registers.degree) + slots)
    expected = np.zeros(2 ** len(registers.wires))
    for t in range(T + 1):
        part = lifting.embed(u) if t == 0 else lifting.forcing
        expected[t * one_slice + registers.place(n)] = part
    expected /= np.linalg.norm(expected)
    assert np.abs(found - expected).max() < 1e-12


def test_the_right_hand_side_is_that_of_the_stacked_system():
    lifting, u = random_lifting(2, 2, True)
    registers = Registers.for_lifting(lifting, 3)
    found = state_of(carleman_state(lifting, u, 3), registers.wires)
    rhs = qcl.stack(lifting, u, 3).rhs.reshape(4, -1)
    slices = found[: 4 * 8].reshape(4, 8)[:, registers.place(2)]
    expected = rhs / np.linalg.norm(rhs)
    assert np.abs(slices - expected).max() < 1e-12


def test_the_basis_of_the_lifting_does_not_matter():
    (one, u), (two, _) = (
        random_lifting(2, 2, False, basis)
        for basis in ("kronecker", "symmetric")
    )
    wires = Registers.for_lifting(one).wires
    first, second = (state_of(carleman_state(x, u), wires) for x in (one, two))
    assert np.abs(first - second).max() < 1e-14


def test_cost_grows_with_the_order_not_with_the_number_of_amplitudes():
    counts = []
    for order in (2, 4, 8):
        lifting = qcl.lift(qcl.PolynomialMap({1: -np.eye(4)}), order)
        gates = carleman_state(lifting, [0.5, -0.5, 0.1, 0.7])
        counts.append(two_qubit_gates(gates) / (order * 4 * 2))
    assert max(counts) < 5  # 4 amplitudes on 2 qubits, order times


def test_a_start_at_zero_needs_forcing():
    lifting, u = random_lifting(2, 2, False)
    with pytest.raises(ValueError, match="every amplitude is zero"):
        carleman_state(lifting, 0 * u, 2)
    forced, _ = random_lifting(2, 2, True)
    wires = Registers.for_lifting(forced, 2).wires
    found = state_of(carleman_state(forced, 0 * u, 2), wires)
    assert np.linalg.norm(found[:8]) == pytest.approx(0.0, abs=1e-14)
    assert np.linalg.norm(found) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("u", "T", "message"),
    [
        ([0.1, 0.2], -1, "T >= 0"),
        ([0.1], 0, "shape"),
        ([0.1, np.inf], 0, "NaN|fin"),
    ],
)
def test_bad_starts_are_refused(u, T, message):
    lifting, _ = random_lifting(2, 2, False)
    with pytest.raises(ValueError, match=message):
        carleman_state(lifting, u, T)
