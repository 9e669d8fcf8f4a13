import numpy as np
import pytest

import qcl
from qcl.solving.solution.amplification import amplify


@pytest.mark.parametrize("clock_qubits", [5, 6])
def test_against_the_amplified_circuit(clock_qubits):
    """Turn the state of a real HHL circuit, round by round."""
    import pennylane as qml

    system = ([[2.0, 0.3], [0.0, 0.8]], [1.0, 0.1])
    result = qcl.hhl(system, clock_qubits)
    wires = range(result.qubits)
    A = qml.matrix(qml.prod(*result.circuit().operations[::-1]), wires)
    clock, data = 2**clock_qubits, result.problem.state.size
    good = np.zeros((2, clock, data), bool)
    place = result.problem.solution_slice
    good[1, 0, place] = True
    flip = np.where(good.ravel(), -1.0, 1.0)
    zero = np.ones(len(A))
    zero[0] = -1
    state = A[:, 0]
    plan = result.amplification
    assert plan.rounds >= 1
    for _ in range(plan.rounds):
        state = -A @ (zero * (A.conj().T @ (flip * state)))
    reached = np.sum(np.abs(state[good.ravel()]) ** 2)
    assert reached == pytest.approx(plan.success_probability, abs=1e-10)
    kept = state.reshape(good.shape)[1, 0, place]
    overlap = abs(np.vdot(result.state, kept)) ** 2
    assert overlap == pytest.approx(reached, abs=1e-10)


@pytest.mark.parametrize("p", np.geomspace(1e-8, 1, 25))
def test_amplified_success_is_at_least_max_p_1_minus_p(p):
    plan = amplify(p)
    assert plan.success_probability >= max(p, 1 - p) - 1e-12
    assert plan.repetitions == pytest.approx(1 / p)
    assert plan.solver_uses == 2 * plan.rounds + 1
    assert plan.expected_uses >= plan.solver_uses


def test_the_gain_is_quadratic():
    uses = [amplify(p).expected_uses for p in (1e-4, 1e-6)]
    assert uses[1] / uses[0] == pytest.approx(10, rel=0.02)


def test_certain_success_needs_no_round():
    plan = amplify(1 + 1e-12)
    assert (plan.rounds, plan.success_probability) == (0, 1.0)


@pytest.mark.parametrize("p", [0.0, -0.1, 1.1])
def test_bad_input(p):
    with pytest.raises(ValueError, match=r"in \(0, 1\]"):
        amplify(p)


def test_no_probability_is_no_number():
    with pytest.raises(ValueError, match="expected a finite number"):
        amplify(np.nan)
