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


def contraction(rate, quadratic):
    """The step x -> (1 - rate) x - quadratic x^2."""
    return qcl.PolynomialMap({1: [[-rate]], 2: [[-quadratic]]})


def test_the_window_may_be_a_single_scale():
    """At R = 1 the start is the unstable fixed point itself."""
    assert scale_window(contraction(0.25, 0.25), [1.0]) == (1.0, 1.0)


def test_the_scale_by_hand():
    """0.3 goes to 0.3 - 0.06 - 0.018 = 0.222 in one step."""
    scale = choose_scale(ONE, [0.3], T=1)
    assert scale == pytest.approx(np.sqrt(2) * 0.222)


def test_a_scale_lies_in_the_window_of_every_step():
    """From above by the smallest x_+ = rate / quadratic, from below by x_-."""
    steps = [contraction(0.01, 0.01), contraction(0.01, 0.02)]
    assert choose_scale(steps, [0.45], T=2) == pytest.approx(0.5)
    low = (1 - np.sqrt(0.8)) / 2
    assert choose_scale([ONE, FORCED], [0.0], T=2) == pytest.approx(low)


def test_the_bound_by_hand():
    half = qcl.PolynomialMap({1: [[-0.5]]})
    assert condition_bound(half, 1.0, T=2) == pytest.approx(1.5 * 1.75)
    padded = condition_bound(half, 1.0, T=2, padding=1)
    assert padded == pytest.approx(2 * (2 + 0.5 + 0.25))
    # At rho = 1/2: p_0 = 0.02 and lambda = 0.02 + 0.8 + 0.1.
    forced = condition_bound(FORCED, 0.5, T=1)
    assert forced == pytest.approx((1 + 0.9 / 0.98) ** 2)


def test_forcing_counts_twice_in_the_condition():
    """phi(0.9) = 0.892 is below 0.9, and with |F_0| = 0.01 it is not."""
    with pytest.raises(ValueError, match="choose a scale"):
        condition_bound(FORCED, 0.9, T=3)


def test_one_step_is_enough_and_none_is_not():
    after = 0.8 * 0.3 - 0.2 * 0.3**2
    assert choose_scale(ONE, [0.3], 1) == pytest.approx(2**0.5 * after)
    assert condition_bound(ONE, 0.3, 1) >= 1
    for call in (choose_scale, condition_bound):
        with pytest.raises(ValueError, match="expected T >= 1, got T=0"):
            call(ONE, [0.3] if call is choose_scale else 0.3, 0)
