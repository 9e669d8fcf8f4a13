"""No solver misreports: it refuses, says so, or solves."""

import warnings

import numpy as np
import pytest

import qcl
from qcl.solving.solution.result import InaccurateSolutionWarning

SIZES = (1, 2, 3, 5, 6, 7, 12)


def ill_posed(rng):
    """Return the name of a flaw and a system that has it."""
    n = int(rng.choice(SIZES))
    matrix = rng.normal(size=(n, n)) + 3 * np.eye(n)
    rhs = rng.normal(size=n)
    U, sigma, Vh = np.linalg.svd(matrix)
    i = int(rng.integers(n))
    flaw = str(
        rng.choice(
            ["singular", "nearly singular", "nan", "inf", "complex", "wide",
             "zero rhs", "long rhs", "text", "empty", "odd size", "tiny"]
        )
    )  # fmt: skip
    if flaw == "singular":
        matrix[i] = 0
    elif flaw == "nearly singular":
        sigma[-1] = sigma[0] * 10.0 ** rng.uniform(-15, -6)
        matrix = (U * sigma) @ Vh if n > 1 else np.zeros((1, 1))
    elif flaw in ("nan", "inf"):
        where = matrix[i] if rng.random() < 0.5 else rhs
        where[i] = np.nan if flaw == "nan" else np.inf
    elif flaw == "complex":
        matrix = matrix + 1j * rng.normal(size=(n, n))
    elif flaw == "wide":
        matrix = matrix[:, : n - 1] if n > 1 else np.ones((1, 2))
    elif flaw == "zero rhs":
        rhs = np.zeros(n)
    elif flaw == "long rhs":
        rhs = np.ones(n + 1)
    elif flaw == "text":
        return flaw, ([["a"]], [1]) if rng.random() < 0.5 else "a system"
    elif flaw == "empty":
        matrix, rhs = np.zeros((0, 0)), np.zeros(0)
    elif flaw == "tiny":
        matrix = matrix * 1e-200
    return flaw, (matrix, rhs)


def refused(solve):
    """Return the solution, or None if it is refused or warned of."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", InaccurateSolutionWarning)
        try:
            return solve()
        except (TypeError, ValueError, InaccurateSolutionWarning):
            return None


SOLVERS = {
    "hhl": lambda system: qcl.hhl(system, method="filter"),
    "hhl circuit": qcl.hhl,
    "qsvt": lambda system: qcl.qsvt(system, method="matrix"),
    "qsvt circuit": lambda system: qcl.qsvt(system, error=1e-2),
}
SOLVABLE = {"complex", "odd size"}


@pytest.mark.parametrize("name", [*SOLVERS])
def test_refused_or_solved(name):
    rng = np.random.default_rng(11)
    fast = "circuit" not in name
    solved = set()
    for _ in range(200):
        flaw, system = ill_posed(rng)
        if not fast and flaw in SOLVABLE and len(system[1]) > 3:
            continue  # the circuits of these are tested elsewhere
        result = refused(lambda system=system: SOLVERS[name](system))
        if result is None:
            assert flaw not in SOLVABLE or name.startswith("hhl")
            continue
        solved.add(flaw)
        exact = np.linalg.solve(*system)
        error = np.linalg.norm(result.solution - exact)
        assert error <= 1e-2 * (1 + 1e-6) * np.linalg.norm(exact), flaw
    assert solved >= SOLVABLE
    assert not solved & {"singular", "nan", "inf", "wide", "zero rhs", "text"}


def test_diagnosis_refuses_what_hhl_refuses():
    rng = np.random.default_rng(12)
    for _ in range(200):
        flaw, system = ill_posed(rng)
        found = refused(lambda system=system: qcl.diagnose(system))
        if found is not None:
            assert flaw in SOLVABLE | {"nearly singular", "tiny"}
            assert found.findings or found.error <= found.target
