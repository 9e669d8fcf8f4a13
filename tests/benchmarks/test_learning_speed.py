"""How fast learning is: pytest tests/benchmarks --benchmark-only."""

import numpy as np
import pytest

import qcl

pytestmark = [pytest.mark.benchmark, pytest.mark.slow]


def test_step_of_twelve_survivors_of_thirty(benchmark):
    rng = np.random.default_rng(0)
    net = qcl.PolynomialMLP((4, 4, 2), "near-linear", weight_decay=0.05)
    theta, keep = net.initial(rng), rng.permutation(30)[:12]
    X, y = rng.normal(size=(500, 4)), rng.normal(size=(500, 2))
    step = benchmark.pedantic(net.step, (theta, X, y, 0.1, keep), rounds=5)
    assert step.n == 12
