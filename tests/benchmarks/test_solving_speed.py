"""How fast solving is: pytest tests/benchmarks --benchmark-only."""

import pytest

import qcl

pytestmark = [pytest.mark.benchmark, pytest.mark.slow]


def one_weight():
    step = qcl.PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})
    return qcl.stack(qcl.lift(step, order=2), [0.3], T=3)


def six_weights():
    tensors = {1: [[0.0] * 6 for _ in range(6)], 2: [[0.0] * 36] * 6}
    for i in range(6):
        tensors[1][i][i] = -0.3
    tensors[2] = [[0.01 * (i == j // 6) for j in range(36)] for i in range(6)]
    step = qcl.PolynomialMap(tensors)
    return qcl.stack(qcl.lift(step, order=2), [0.1] * 6, T=8)


def test_hhl_with_ten_clock_qubits(benchmark):
    system = one_weight()
    solve = (lambda: qcl.hhl(system, clock_qubits=10),)
    result = benchmark.pedantic(*solve, rounds=3, warmup_rounds=1)
    assert result.qubits == 15


def two_weights():
    tensors = {1: [[-0.3, 0.02], [0.02, -0.25]], 2: [[0.05] * 4, [-0.05] * 4]}
    step = qcl.PolynomialMap(tensors)
    return qcl.stack(qcl.lift(step, order=3), [0.4, -0.3], T=8)


def test_hhl_of_two_weights_with_its_own_advice(benchmark):
    system = two_weights()
    assert system.size == 81
    solve = (lambda: qcl.hhl(system),)
    result = benchmark.pedantic(*solve, rounds=2)
    assert result.relative_error <= 1e-2


def test_qsvt_of_six_weights(benchmark):
    system = six_weights()
    assert system.size == 243
    solve = (lambda: qcl.qsvt(system, error=1e-3),)
    result = benchmark.pedantic(*solve, rounds=2)
    assert result.relative_error <= 1e-3
