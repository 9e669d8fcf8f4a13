import numpy as np
import pytest

import qcl

METHODS = ["reference", "interference"]


def half_widths(result, shots, method, runs=300):
    rng = np.random.default_rng(0)
    readings = [
        qcl.read_weights(result, shots, rng, method) for _ in range(runs)
    ]
    wide = [np.ptp(reading.interval(0.9), axis=1) / 2 for reading in readings]
    misses = np.array([reading.weights for reading in readings])
    return np.mean(wide, axis=0), np.std(misses - result.weights, axis=0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("chance", [1.0, 0.1])
@pytest.mark.parametrize("n", [1, 3])
def test_the_widest_interval_is_as_wide_as_planned(
    n, chance, method, dissipative, exact
):
    system = dissipative(n, np.random.default_rng(7), padding=n - 1)
    result = exact(system, chance)
    shots = qcl.plan_shots(result, 0.02, level=0.9, method=method)
    wide, spread = half_widths(result, shots, method)
    assert wide.max() == pytest.approx(0.02, rel=0.05)
    assert 1.645 * spread.max() == pytest.approx(0.02, rel=0.15)


def test_a_weight_that_is_not_there_is_planned_for(exact):
    """Its counts are few, and their root less certain than others."""
    step = qcl.PolynomialMap({1: np.diag([-0.2, -0.2])})
    result = exact(qcl.stack(qcl.lift(step, 1), [0.5, 0.0], T=2))
    shots = qcl.plan_shots(result, 0.02, level=0.9, method="interference")
    wide, _ = half_widths(result, shots, "interference")
    assert wide.argmax() == 1
    assert wide.max() == pytest.approx(0.02, rel=0.03)


@pytest.mark.parametrize("method", METHODS)
def test_half_the_error_costs_four_times_the_shots(method, dissipative, exact):
    result = exact(dissipative(2, np.random.default_rng(1)))
    coarse = qcl.plan_shots(result, 0.002, method=method)
    fine = qcl.plan_shots(result, 0.001, method=method)
    assert fine / coarse == pytest.approx(4, rel=0.02)


def test_a_system_is_planned_in_surviving_shots(dissipative, exact):
    system = dissipative(2, np.random.default_rng(1))
    alone = qcl.plan_shots(system, 0.01)
    assert alone == qcl.plan_shots(exact(system, 1.0), 0.01)
    tenth = qcl.plan_shots(exact(system, 0.1), 0.01)
    assert tenth == pytest.approx(10 * alone, rel=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_a_coarse_plan_can_be_read(method, dissipative, exact):
    result = exact(dissipative(6, np.random.default_rng(1)), 0.01)
    shots = qcl.plan_shots(result, 100.0, method=method)
    rng = np.random.default_rng(0)
    for _ in range(100):
        qcl.read_weights(result, shots, rng, method)


def test_bad_input(dissipative, exact):
    result = exact(dissipative(2, np.random.default_rng(1)))
    for error in (0, -1, np.nan):
        with pytest.raises(ValueError, match="error > 0"):
            qcl.plan_shots(result, error)
    with pytest.raises(ValueError, match=r"level in \(0, 1\)"):
        qcl.plan_shots(result, 0.1, level=95)
    with pytest.raises(ValueError, match="expected method to be one of"):
        qcl.plan_shots(result, 0.1, method="guess")


def test_a_weight_that_is_hardly_seen_by_hand():
    """One step from 1 to 0.01: seen in about one shot of 20,000."""
    shrink = qcl.lift(qcl.PolynomialMap({1: [[-0.99]]}), 1)
    shots = qcl.plan_shots(
        qcl.stack(shrink, [1.0], T=1), 0.05, method="interference"
    )
    known, seen = 1 / 1.0001, 1e-4 / 1.0001
    few = 1 + 2 / (shots * seen / 2 + 1)
    variance = (1 + seen / known) * few / (2 * shots * known)
    assert 1.959964 * np.sqrt(variance) == pytest.approx(0.05, rel=1e-3)
    assert few > 2.5
