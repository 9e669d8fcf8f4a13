import numpy as np
import pytest

from qcl.solving.solution.result import QuantumSolution


def made(solution, reference):
    solution = np.asarray(solution, dtype=float)
    return QuantumSolution(
        system=None,
        solution=solution,
        state=solution / np.linalg.norm(solution),
        reference=np.asarray(reference, dtype=float),
        success_probability=0.5,
        qubits=3,
        shots=None,
    )


def test_fidelity_ignores_norm_and_sign_but_the_error_does_not():
    result = made([-2.0, 0.0], [1.0, 0.0])
    assert result.fidelity == pytest.approx(1)
    assert result.relative_error == pytest.approx(3)


def test_fidelity_of_a_known_angle():
    assert made([1.0, 1.0], [1.0, 0.0]).fidelity == pytest.approx(0.5)


def test_a_plain_system_has_no_weights():
    with pytest.raises(ValueError, match=r"plain \(matrix, rhs\)"):
        _ = made([1.0], [1.0]).weights
