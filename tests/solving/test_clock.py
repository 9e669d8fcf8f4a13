import numpy as np
import pytest

import qcl
from qcl.solving.clock import Clock
from qcl.solving.embedding import embed_hermitian


@pytest.fixture
def one_weight():
    step = qcl.PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})
    return qcl.stack(qcl.lift(step, order=2), [0.3], T=3)


def test_filter_formula_against_brute_force_phase_estimation():
    """Sum over the clock's Fourier amplitudes, straight from the circuit."""
    rng = np.random.default_rng(2)
    matrix = rng.normal(size=(3, 3)) + 4 * np.eye(3)
    problem = embed_hermitian((matrix, rng.normal(size=3)))
    clock = Clock.for_problem(problem, 6)
    x = np.arange(64)
    phases = np.outer(problem.eigenvalues * clock.time, x)
    amplitudes = np.fft.fft(np.exp(1j * phases), axis=1) / 64
    kernel = np.abs(amplitudes) ** 2
    assert clock.kernel(problem.eigenvalues) == pytest.approx(kernel)
    assert kernel.sum(axis=1) == pytest.approx(1)
    assert clock.filter(problem.eigenvalues) == pytest.approx(
        kernel @ clock.ratios
    )


def test_the_largest_eigenvalue_sits_on_the_last_positive_bin(one_weight):
    problem = embed_hermitian(one_weight)
    clock = Clock.for_problem(problem, 5)
    assert clock.bins.max() == pytest.approx(problem.eigenvalues.max())
    assert (np.abs(clock.ratios) <= 1).all()
    assert clock.ratios[0] == 0
