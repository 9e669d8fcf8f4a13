import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from qcl.learning.spectra.proxy import error_proxy, proxy_dip
from qcl.learning.spectra.spectrum import Spectrum

eigenvalues = st.lists(
    st.floats(-1.5, 3.0).filter(lambda h: abs(h - 1) > 1e-3),
    min_size=1,
    max_size=12,
).filter(lambda values: max(map(abs, values)) >= 0.4)


def brute_force(h, weights, steps, cut, limit, step):
    """Eq. (7) mode by mode."""
    total, norm = np.zeros(steps + 1), 0.0
    for value, weight in zip(h, weights, strict=True):
        a = -step * value
        if cut <= abs(a) <= limit:
            total += [weight * abs((1 + a) ** t) for t in range(steps + 1)]
            norm += weight
    return total / norm


@given(h=eigenvalues)
def test_proxy_equals_the_sum_over_modes(h):
    p = error_proxy(Spectrum(h), 7)
    expected = brute_force(h, [1 / len(h)] * len(h), 7, 0.4, np.inf, 1.0)
    np.testing.assert_allclose(p, expected, rtol=1e-9)


def test_cut_limit_and_step():
    h, w = [-0.9, -0.1, 0.2, 0.6, 2.5], [0.1, 0.2, 0.3, 0.2, 0.2]
    for cut, limit, step in [(0.0, 1.0, 1.0), (0.3, 2.0, 0.8), (0.5, 9, 2)]:
        np.testing.assert_allclose(
            error_proxy(Spectrum(h, w), 5, cut, limit, step),
            brute_force(h, w, 5, cut, limit, step),
            rtol=1e-12,
        )


def test_without_a_cut_it_is_the_trace_norm_per_mode():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(6, 6))
    H = A + A.T
    eta = 0.05
    p = error_proxy(Spectrum(np.linalg.eigvalsh(H)), 4, cut=0.0, step=eta)
    M = np.linalg.matrix_power(np.eye(6) - eta * H, 4)
    assert p[4] == pytest.approx(np.linalg.norm(M, "nuc") / 6)


def test_a_limit_of_one_hides_sharp_modes():
    spectrum = Spectrum([0.5, 0.5, 2.5])  # |1 - 2.5| = 1.5 diverges
    assert error_proxy(spectrum, 10)[-1] > 10
    assert error_proxy(spectrum, 10, limit=1.0)[-1] < 1e-2


@settings(deadline=None)
@given(h=eigenvalues)
def test_the_proxy_is_log_convex(h):
    p = error_proxy(Spectrum(h), 9)
    assume(p.min() > 1e-200)
    assert (p[1:-1] ** 2 <= p[:-2] * p[2:] * (1 + 1e-12)).all()
    assert p[0] == pytest.approx(1.0)


@settings(deadline=None, max_examples=60)
@given(h=eigenvalues)
def test_the_certificate_describes_the_curve(h):
    spectrum = Spectrum(h)
    dip = proxy_dip(spectrum)
    kept = np.abs(h) >= 0.4
    factors = np.abs(1 - np.array(h))[kept]
    assert dip.growth_rate == pytest.approx(np.log(factors.max()))
    assert dip.slope == pytest.approx(np.log(factors).mean())

    def p(t):
        return np.mean(factors**t)

    if dip.growth_rate <= 0:
        assert dip.minimum_at == dip.returns_at == np.inf
    elif dip.slope >= 0:
        assert (dip.minimum_at, dip.minimum, dip.returns_at) == (0, 1, 0)
    elif 1e-3 < dip.minimum_at < 100:
        assert p(dip.minimum_at) == pytest.approx(dip.minimum, rel=1e-9)
        best = minimize_scalar(
            p, bounds=(0, 2 * dip.minimum_at + 1), method="bounded"
        )
        assert dip.minimum <= best.fun * (1 + 1e-12)
        assert p(dip.returns_at) == pytest.approx(1.0, rel=1e-6)
        assert dip.returns_at > dip.minimum_at


def test_two_kinds_of_modes_by_hand():
    # Masses 0.9 at h = 0.4 and 0.1 at h = -0.4: the closed formula.
    spectrum = Spectrum([0.4, -0.4], [0.9, 0.1])
    dip = proxy_dip(spectrum)
    expected = np.log(0.9 * -np.log(0.6) / (0.1 * np.log(1.4)))
    expected /= np.log(1.4 / 0.6)
    assert dip.minimum_at == pytest.approx(expected)
    p = error_proxy(spectrum, 12)
    assert abs(p.argmin() - dip.minimum_at) < 1
    assert p[int(dip.returns_at)] < 1 < p[int(dip.returns_at) + 1]


def test_a_mode_that_dies_at_once():
    spectrum = Spectrum([1.0, -1.0])  # factors 0 and 2
    assert error_proxy(spectrum, 2).tolist() == [1.0, 1.0, 2.0]
    dip = proxy_dip(spectrum)
    assert dip.slope < -100
    assert 0 < dip.minimum_at < 0.1
    assert dip.minimum == pytest.approx(0.5, abs=0.01)
    assert dip.returns_at == pytest.approx(1.0)


def test_growth_without_a_dip_and_decay_without_growth():
    assert proxy_dip(Spectrum([-0.5])).minimum_at == 0
    assert proxy_dip(Spectrum([0.5])).minimum == 0
    marginal = proxy_dip(Spectrum([0.5, 2.0]))  # |1 - 2| = 1 stays
    assert marginal.minimum == pytest.approx(0.5)


@pytest.mark.parametrize("function", [error_proxy, proxy_dip])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cut": -0.1}, "0 <= cut < limit"),
        ({"cut": 0.4, "limit": 0.4}, "0 <= cut < limit"),
        ({"step": 0.0}, "step > 0"),
        ({"cut": 3.0}, "the largest .a. is 2; lower the cut"),
    ],
)
def test_wrong_arguments(function, options, message):
    steps = (3,) if function is error_proxy else ()
    with pytest.raises(ValueError, match=message):
        function(Spectrum([0.5, 2.0]), *steps, **options)


def test_wrong_steps_and_overflow():
    with pytest.raises(ValueError, match="steps >= 0"):
        error_proxy(Spectrum([0.5]), -1)
    with pytest.raises(OverflowError, match="at step 309"):
        error_proxy(Spectrum([11.0]), 400)


def test_other_kinds_and_too_many_steps():
    with pytest.raises(TypeError, match="expected a Spectrum, got a list"):
        error_proxy([0.5], 3)
    with pytest.raises(TypeError, match="real number limit"):
        proxy_dip(Spectrum([0.5]), limit="none")
    with pytest.raises(ValueError, match="steps <= 1,000,000,000"):
        error_proxy(Spectrum([0.5]), 10**30)
    with pytest.raises(OverflowError, match="pass the learning rate"):
        proxy_dip(Spectrum([11.0]), step=1e308)


def test_a_dip_below_rounding_is_none():
    for factor in np.linspace(1.1, 3.0, 60):  # slope 0 up to rounding
        dip = proxy_dip(Spectrum([1 - factor, 1 - 1 / factor]), cut=0.0)
        assert abs(dip.slope) < 1e-15
        assert dip.minimum == pytest.approx(1.0)
        assert 0 <= dip.minimum_at <= dip.returns_at < 1e-6
