import numpy as np
import pytest

import qcl
from qcl.solving.solution.result import QuantumSolution


@pytest.fixture(scope="session")
def exact():
    """A solver without errors: only its shots are left to go wrong."""

    def solve(system, chance=0.3):
        return QuantumSolution.exact(system, chance)

    return solve


@pytest.fixture(scope="session")
def dissipative():
    """Stack a few steps of a random dissipative map of n weights."""

    def make(n, rng, degree=2, T=3, **options):
        step = {
            0: 0.05 * rng.normal(size=(n, 1)),
            1: -0.3 * np.eye(n) + 0.05 * rng.normal(size=(n, n)),
        }
        for j in range(2, degree + 1):
            step[j] = 0.1 * rng.normal(size=(n, n**j)) / n
        u0 = rng.uniform(-0.8, 0.8, n)
        lifting = qcl.lift(qcl.PolynomialMap(step), order=2)
        return qcl.stack(lifting, u0, T, **options)

    return make
