import numpy as np
import pytest

from qcl.solving.upload.merging import merging_plan, read_amplitudes


def test_basis_states_are_read_most_significant_bit_first():
    bits, amplitudes = read_amplitudes({6: 2.0, 1: -2.0}, 3)
    assert bits.tolist() == [[1, 1, 0], [0, 0, 1]]
    assert amplitudes == pytest.approx([0.5**0.5, -(0.5**0.5)])


def test_zeros_are_left_out():
    bits, amplitudes = read_amplitudes([0.0, 1.0, 0.0], 2)
    assert bits.tolist() == [[0, 1]]
    assert amplitudes.tolist() == [1.0]


@pytest.mark.parametrize(("qubits", "count"), [(6, 2), (8, 9), (10, 40)])
def test_gates_and_controls_stay_within_their_bounds(qubits, count):
    rng = np.random.default_rng(count)
    chosen = rng.choice(2**qubits, count, replace=False).tolist()
    table = dict(zip(chosen, rng.normal(size=count), strict=True))
    plan = merging_plan(*read_amplitudes(table, qubits))
    rotations = [gate for gate in plan if gate.kind == "RY"]
    flips = [gate for gate in plan if gate.kind == "X" and gate.controls]
    assert len(rotations) == count - 1
    assert len(flips) <= (count - 1) * (qubits - 1)
    most = max(len(gate.controls) for gate in rotations)
    assert most <= 2 * np.log2(count)


def test_a_gate_under_a_control_on_one_keeps_the_zero_state():
    plan = merging_plan(*read_amplitudes({0: 0.6, 3: 0.8}, 2))
    assert [gate.keeps_zero for gate in plan] == [False, True]


@pytest.mark.parametrize(
    ("amplitudes", "message"),
    [
        ([0.0, 0.0], "at least one non-zero"),
        ({}, "at least one non-zero"),
        ([[1.0]], "got shape"),
        ({4: 1.0}, r"indices in 0\.\.3"),
        ({-1: 1.0}, r"indices in 0\.\.3"),
        ([1.0, np.nan], "NaN"),
        (np.ones(5), r"indices in 0\.\.3"),
    ],
)
def test_bad_amplitudes_are_refused(amplitudes, message):
    with pytest.raises(ValueError, match=message):
        read_amplitudes(amplitudes, 2)
