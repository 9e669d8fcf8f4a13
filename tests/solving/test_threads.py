"""Solvers run in several threads at once."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import qcl

SYSTEM = (np.diag([1.0, -0.6, 0.5]), np.array([1.0, 2.0, 3.0]))


@pytest.mark.parametrize(
    "solve",
    [
        lambda: qcl.hhl(SYSTEM, clock_qubits=6),
        lambda: qcl.hhl(SYSTEM, clock_qubits=6, window="sine"),
        lambda: qcl.qsvt(SYSTEM, error=1e-2),
    ],
    ids=["hhl", "sine", "qsvt"],
)
def test_eight_threads_give_the_same_numbers(solve):
    alone = solve().solution
    with ThreadPoolExecutor(8) as pool:
        runs = [pool.submit(solve) for _ in range(16)]
        for run in runs:
            assert run.result(timeout=60).solution == pytest.approx(
                alone, abs=1e-12
            )


def test_circuits_are_built_in_threads_too():
    hhl, qsvt = qcl.hhl(SYSTEM, clock_qubits=5), qcl.qsvt(SYSTEM, error=0.1)
    sizes = [len(r.circuit().operations) for r in (hhl, qsvt)]
    with ThreadPoolExecutor(8) as pool:
        runs = [
            pool.submit(result.circuit)
            for _ in range(16)
            for result in (hhl, qsvt)
        ]
        found = [len(run.result(timeout=60).operations) for run in runs]
    assert found == sizes * 16
