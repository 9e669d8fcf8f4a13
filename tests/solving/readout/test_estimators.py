import numpy as np
import pytest

import qcl
from qcl.solving.readout.counting import Amplitudes
from qcl.solving.readout.estimators import (
    compare_signs,
    read_by_reference,
    reader,
    roots,
)
from qcl.solving.solution.reading import normal_quantile

METHODS = ["reference", "interference"]
RUNS = 2000


def coverage(low, high, truth):
    return np.mean((low <= truth) & (truth <= high), axis=0)


@pytest.mark.parametrize("constant", [False, True])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", [1, 3, 6])
def test_intervals_hold_the_truth(n, method, constant, dissipative, exact):
    """95% intervals of weights and norm do so in 93-97% of 2,000 runs."""
    system = dissipative(n, np.random.default_rng(n), constant=constant)
    result = exact(system)
    held = Amplitudes.of(system, result.state)
    read, rng = reader(method), np.random.default_rng(100 + n)
    runs = [read(held, 0.3, 40_000 * n, rng) for _ in range(RUNS)]
    intervals = np.array([run.interval() for run in runs])
    inside = coverage(*np.moveaxis(intervals, -1, 0), result.weights)
    assert ((inside > 0.93) & (inside < 0.97)).all()
    norms = np.array([run.norm_interval() for run in runs])
    inside = coverage(*norms.T, np.linalg.norm(result.weights))
    assert 0.93 < inside < 0.97


@pytest.mark.parametrize("method", METHODS)
def test_standard_errors_are_the_spread(method, dissipative, exact):
    system = dissipative(3, np.random.default_rng(1))
    held = Amplitudes.of(system, exact(system).state)
    rng = np.random.default_rng(2)
    runs = [reader(method)(held, 0.5, 10**5, rng) for _ in range(RUNS)]
    spread = np.std([run.weights for run in runs], axis=0)
    said = np.mean([run.standard_errors for run in runs], axis=0)
    assert said == pytest.approx(spread, rel=0.06)
    spread = np.std([run.norm for run in runs])
    said = np.mean([run.norm_error for run in runs])
    assert said == pytest.approx(spread, rel=0.06)


@pytest.mark.parametrize("expected", [0.3, 1, 2, 3, 4, 5, 7, 10, 20, 100])
def test_few_counts_do_not_make_intervals_too_short(expected):
    rng = np.random.default_rng(0)
    k, k_in = rng.poisson([[expected], [2000]], size=(2, 40_000))
    size, error = roots(k, k_in)
    miss = np.abs(size - np.sqrt(expected / 2000))
    assert np.mean(miss < 1.96 * error) > 0.93
    assert np.mean(miss < 3 * error) > 0.994


def test_comparing_two_counts_finds_the_sign():
    """With 5 counts expected it is rarely wrong."""
    rng, shots, wrong = np.random.default_rng(0), 10**5, 0
    x = np.array([-1.0, 1.0]) * np.sqrt(5 / shots)
    for _ in range(RUNS):
        r = np.sqrt(rng.poisson(5, size=2) / shots)
        positive, _ = compare_signs(rng, shots, x, r, 0.5)
        wrong += np.sum((positive != [False, True]) & (r > 0))
    assert wrong / (2 * RUNS) < 0.02


def test_survivors_of_the_sign_measurement():
    """Half of the solver's, and half of the second state's."""
    x = np.array([0.3, -0.4])
    rng = np.random.default_rng(0)
    _, kept = compare_signs(rng, 10**6, x, np.abs(x), survive=0.5)
    assert kept / 10**6 == pytest.approx((0.5 + 0.25) / 2, abs=0.005)


@pytest.mark.parametrize("method", METHODS)
def test_a_global_sign_of_the_state_changes_nothing(
    method, dissipative, exact
):
    system = dissipative(3, np.random.default_rng(4))
    state = exact(system).state
    one, two = (
        reader(method)(
            Amplitudes.of(system, sign * state),
            0.5,
            10**5,
            np.random.default_rng(0),
        )
        for sign in (1, -1)
    )
    pull = (one.weights - two.weights) / one.standard_errors
    assert np.abs(pull).max() < 4


def test_normal_quantile():
    assert normal_quantile(0.6827) == pytest.approx(1, abs=1e-4)
    for level in (0, 1, -0.5, 2):
        with pytest.raises(ValueError, match=r"level in \(0, 1\)"):
            normal_quantile(level)


def test_a_pair_that_is_not_seen_is_not_a_zero():
    held = Amplitudes(np.full(6, 0.01), 0.3, 0.09, 6e-4, 1.0, 1.0)
    with pytest.raises(ValueError, match=r"in 5 shots and neither was seen"):
        read_by_reference(held, 1.0, 60, np.random.default_rng(0))


@pytest.mark.parametrize("method", METHODS)
def test_a_reference_that_is_not_seen(method):
    rare = Amplitudes(np.array([0.5]), 1e-6, 1e-12, 0.25, 1.0, 1.0)
    with pytest.raises(ValueError, match="survived showed the reference"):
        reader(method)(rare, 1.0, 1000, np.random.default_rng(0))


def test_unknown_method():
    with pytest.raises(ValueError, match="'reference', 'interference'"):
        reader("guess")


def test_equal_counts_mean_the_same_sign():
    """As often is at least as often."""
    x = np.array([0.6, -0.8])
    positive, kept = compare_signs(np.random.default_rng(0), 0, x, x, 1.0)
    assert (positive.tolist(), kept) == ([True, True], 0)


def test_no_shot_is_used_twice(exact):
    """If every one survives, all that survive are all there are."""
    step = qcl.PolynomialMap({1: -0.5 * np.eye(2)})
    result = exact(qcl.stack(qcl.lift(step, 1), [1.0, 0.5], T=1), chance=1.0)
    assert qcl.read_weights(result, 4000, 0).successes == 4000
