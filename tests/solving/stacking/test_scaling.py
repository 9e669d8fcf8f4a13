import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import qcl
from qcl.solving.stacking.scaling import (
    choose_scale,
    condition_bound,
    scale_window,
)

ONE = qcl.PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})
FORCED = qcl.PolynomialMap({0: [[0.01]], 1: [[-0.2]], 2: [[-0.2]]})


def random_step(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 4))
    return qcl.PolynomialMap(
        {
            0: rng.choice([0, 0.005]) * rng.normal(size=(n, 1)),
            1: -rng.uniform(0.2, 1) * np.eye(n),
            2: 0.1 * rng.normal(size=(n, n * n)),
        }
    )


def test_window_of_the_forced_weight():
    """x -> 0.01 + 0.8 x + 0.2 x^2 has fixed points (1 -+ sqrt(0.8)) / 2."""
    low, high = scale_window(FORCED, [0.0])
    assert low == pytest.approx((1 - np.sqrt(0.8)) / 2)
    assert high == pytest.approx((1 + np.sqrt(0.8)) / 2)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.integers(0, 10**6),
    st.integers(1, 4),
    st.integers(1, 12),
    st.integers(0, 3),
    st.floats(0, 1),
)
def test_condition_number_never_exceeds_the_bound(
    seed, order, T, padding, where
):
    step = random_step(seed)
    u0 = np.full(step.n, 0.05)
    low, high = scale_window(step, u0)
    scale = low + where * (min(high, 10) - low)
    try:
        bound = condition_bound(step, scale, T, padding)
    except ValueError:
        assume(False)
    lifting = qcl.lift(step, order)
    system = qcl.stack(lifting, u0, T, padding, scale=scale)
    assert system.condition_number() <= bound * (1 + 1e-9)


def test_bound_saturates_with_time():
    """kappa <= 2 / (mu (1 - R)) at rho = x0, R = 0.3."""
    assert condition_bound(ONE, 0.3, T=5000) <= 2 / (0.2 * 0.7)


def test_half_of_the_last_slice_is_of_degree_one():
    scale = choose_scale(ONE, [0.3], T=1)
    last = qcl.lift(ONE, 5).embed(ONE([0.3]) / scale)
    assert last[0] ** 2 / (last @ last) >= 0.5


def test_sequence_of_steps():
    scale = choose_scale([ONE, FORCED], [0.1], T=2)
    assert 0.1 <= scale <= 0.95


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: scale_window(ONE, [1.5]), "no scale is safe"),
        (lambda: choose_scale(ONE, [0.0], 3), "there is no scale"),
        (lambda: condition_bound(ONE, 1.5, 3), "choose a scale"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
