"""Two-speed bounds, against the lifting itself."""

import numpy as np
import pytest

from qcl.lifting.bounds.two_speed import two_speed_bound
from qcl.lifting.carleman.lift import lift
from qcl.lifting.maps.polynomial import PolynomialMap


def almost_dissipative(rng, drive):
    """A quadratic step with at least one mode that is not dissipative."""
    n = int(rng.integers(2, 4))
    divergent = int(rng.integers(1, n))
    fast = rng.uniform(-0.8, 0.8, size=n - divergent)
    slow = 1 + rng.uniform(0, 0.05, size=divergent)
    turn = np.linalg.qr(rng.normal(size=(n, n)))[0]
    F1 = turn @ np.diag(np.concatenate([slow, fast]) - 1) @ turn.T
    F2 = rng.normal(size=(n, n**2))
    F2[:divergent] *= drive
    step = PolynomialMap({1: F1, 2: rng.uniform(0.05, 1) * turn @ F2})
    return step, turn[:, :divergent], turn[:, divergent:]


def parts(step, u0, order, T, slow, fast):
    """True errors in both parts."""
    off = step.trajectory(u0, T) - lift(step, order).trajectory(u0, T)
    return [np.linalg.norm(off @ modes, axis=1) for modes in (fast, slow)]


def worst_ratio(truth, bound):
    assert (truth <= bound * (1 + 1e-12) + 1e-13).all()
    return (truth / np.where(truth > 1e-11, bound, np.inf)).max()


@pytest.mark.parametrize("seed", range(4))
def test_no_error_exceeds_the_two_speed_theorem(seed):
    rng = np.random.default_rng(seed)
    ratio, checks = 0.0, 0
    while checks < 60:
        drive = 10 ** rng.uniform(-4, -1)
        step, slow, fast = almost_dissipative(rng, drive)
        order, T = int(rng.integers(1, 5)), int(rng.integers(1, 15))
        u0 = 10 ** rng.uniform(-2, -0.5) * rng.normal(size=step.n)
        try:  # this split, so that the parts are the ones measured
            bound = two_speed_bound(step, u0, order, T, gap=0.1)
        except ValueError:
            continue
        checks += 1
        assert bound.divergent_modes == slow.shape[1]
        truth = parts(step, u0, order, T, slow, fast)
        for true, limit in zip(
            truth, (bound.dissipative, bound.divergent), strict=True
        ):
            ratio = max(ratio, worst_ratio(true, limit))
    assert 0.005 < ratio < 1


@pytest.mark.parametrize("seed", range(2))
def test_no_error_exceeds_the_iterated_bound(seed):
    """Any degree, with forcing, without a condition."""
    rng = np.random.default_rng(10 + seed)
    ratio = 0.0
    for _ in range(60):
        step, slow, fast = almost_dissipative(rng, 0.1)
        n = step.n
        step = PolynomialMap(
            {
                0: 0.01 * rng.normal(size=n),
                1: step.F(1),
                2: step.F(2),
                3: 0.1 * rng.normal(size=(n, n**3)),
            }
        )
        order, T = int(rng.integers(1, 5)), int(rng.integers(1, 8))
        u0 = 10 ** rng.uniform(-2, -0.5) * rng.normal(size=n)
        bound = two_speed_bound(step, u0, order, T, 0.1, "iterated")
        truth = parts(step, u0, order, T, slow, fast)
        ratio = max(ratio, worst_ratio(truth[0], bound.dissipative))
        ratio = max(ratio, worst_ratio(truth[1], bound.divergent))
    assert 0.01 < ratio < 1


def test_the_best_split_is_no_worse_than_any():
    rng = np.random.default_rng(20)
    for _ in range(20):
        step, _, _ = almost_dissipative(rng, 1e-3)
        u0 = 0.01 * rng.normal(size=step.n)
        best = two_speed_bound(step, u0, 3, 6).total
        fixed = two_speed_bound(step, u0, 3, 6, gap=0.1).total
        truth = step.trajectory(u0, 6) - lift(step, 3).trajectory(u0, 6)
        assert best[-1] <= fixed[-1]
        assert (np.linalg.norm(truth, axis=1) <= best + 1e-13).all()


def test_iterated_is_sharper_than_the_theorem_here():
    step, _, _ = almost_dissipative(np.random.default_rng(30), 1e-3)
    u0 = np.full(step.n, 0.02)
    theorem = two_speed_bound(step, u0, 4, 10, gap=0.1)
    iterated = two_speed_bound(step, u0, 4, 10, 0.1, "iterated")
    assert iterated.total[-1] < theorem.total[-1]


def test_the_theorem_by_hand():
    """One fast mode driven by the slow one; the slow one grows freely."""
    F2 = np.array([[0, 0, 0, 0.5], [0, 0, 0, 0]])
    step = PolynomialMap({1: np.diag([-0.5, 0.1]), 2: F2})
    bound = two_speed_bound(step, [0.1, 0.2], order=2, T=3, gap=0.1)
    rho, rho_v = 0.5, 0.5 / 1.1**3
    k0 = max(0.1 / rho, 0.2 / rho_v)
    np.testing.assert_allclose(bound.dissipative, rho * k0**3)
    grown = rho_v * 1.1 ** np.arange(4)
    np.testing.assert_allclose(bound.divergent, grown * k0**3)
    np.testing.assert_allclose(
        [bound.mu, bound.nu, bound.b, bound.b_v], [0.5, 0.1, 0.5, 0]
    )
    total = np.hypot(bound.dissipative, bound.divergent)
    np.testing.assert_allclose(bound.total, total)


@pytest.mark.parametrize(
    ("b", "b_v", "rho"),
    [(0.5, 0.01, 0.5), (0.05, 0.05, 0.5 / (2 * 0.19965))],
)
def test_the_theorem_by_hand_with_a_driven_slow_mode(b, b_v, rho):
    """The fast mode drives the slow one; then b = 2 mu (1 + nu)^T b_v T."""
    mu, nu, T = 0.5, 0.1, 3
    F2 = np.array([[0, 0, 0, b], [b_v, 0, 0, 0]])
    step = PolynomialMap({1: np.diag([-mu, nu]), 2: F2})
    bound = two_speed_bound(step, [0.1, 0.2], order=2, T=T, gap=0.1)
    rho_v = rho / 1.331 - 2 * b_v * rho**2 * T
    k0 = max(0.1 / rho, 0.2 / rho_v)
    assert k0 < 1
    growth = 1.1 ** np.arange(T + 1)
    slow = growth * rho_v + 2 * b_v * rho**2 * (growth - 1) / nu
    np.testing.assert_allclose(bound.dissipative, rho * k0**3, rtol=1e-12)
    np.testing.assert_allclose(bound.divergent, slow * k0**3, rtol=1e-12)
    assert (bound.mu, bound.b) == pytest.approx((mu, b))
    assert (bound.nu, bound.b_v) == pytest.approx((nu, b_v))


def test_a_slow_mode_driven_a_little_is_not_driven_by_nothing():
    """|P_v F_2| beside a |P_d F_2| that is 1e9 times larger."""
    F2 = np.array([[0, 0, 0, 0.5], [5e-10, 0, 0, 0]])
    step = PolynomialMap({1: np.diag([-0.5, 0.1]), 2: F2})
    bound = two_speed_bound(step, [0.1, 0.2], order=2, T=3, gap=0.1)
    assert bound.b_v == pytest.approx(5e-10, rel=1e-9)
    assert repr(bound).startswith("TwoSpeedBound(T=3, divergent_modes=1, mu")
    with pytest.raises(ValueError, match="read-only"):
        bound.divergent[0] = 1


def test_the_fast_modes_may_be_driven_by_nothing():
    """|P_d F_2| = 0: any b will do, and the theorem still holds."""
    F2 = np.array([[0, 0, 0, 0], [0.01, 0, 0, 0]])
    step = PolynomialMap({1: np.diag([-0.5, 0.01]), 2: F2})
    bound = two_speed_bound(step, [0.1, 0.1], 1, 5, gap=0.1)
    assert bound.b == 0
    truth = step.trajectory([0.1, 0.1], 5)
    truth = truth - lift(step, 1).trajectory([0.1, 0.1], 5)
    assert (abs(truth[:, 1]) <= bound.divergent).all()


def test_a_linear_step_has_no_error():
    step = PolynomialMap({1: np.diag([-0.5, 0.1])})
    for method in ("theorem", "iterated"):
        bound = two_speed_bound(step, [1.0, 1.0], 1, 3, method=method)
        assert not bound.total[:1].any()
    assert not two_speed_bound(step, [1.0, 1.0], 1, 3).total.any()


DIAGONAL = np.diag([-0.5, 0.01])
QUADRATIC = np.array([[0.5, 0, 0, 0.5], [0, 0.5, 0, 0]])


@pytest.mark.parametrize(
    ("tensors", "change", "message"),
    [
        ({1: [[-0.5, 0.1], [0, 0]]}, {}, "symmetric F_1.*asymmetry 0.1"),
        ({1: np.diag([0.1, 0.2])}, {}, "nothing is dissipative"),
        ({1: DIAGONAL, 2: QUADRATIC}, {"gap": 0.9}, "nothing is dissipative"),
        ({1: DIAGONAL, 2: QUADRATIC}, {"T": 200}, "k_0 = .* exceeds 1"),
        (
            {1: DIAGONAL, 2: QUADRATIC * [[1], [0]]},
            {"u0": [9.0, 0.0]},
            "k_0 = .* exceeds 1",
        ),
        ({1: DIAGONAL, 2: QUADRATIC}, {"T": 10**5}, "leaves the float range"),
        ({0: [0.1, 0], 1: DIAGONAL, 2: QUADRATIC}, {}, "the step is forced"),
        ({1: DIAGONAL, 3: np.ones((2, 8))}, {}, "not quadratic"),
        ({1: DIAGONAL}, {"gap": 1.0}, r"gap >= 0 and < 1, got gap=1.0"),
        ({1: DIAGONAL}, {"order": 0}, "order >= 1"),
        ({1: DIAGONAL}, {"method": "magic"}, "'iterated'.*, got 'magic'"),
    ],
)
def test_a_condition_that_fails_is_an_error(tensors, change, message):
    options = {"u0": [0.1, 0.1], "order": 2, "T": 5} | change
    with pytest.raises(ValueError, match=message):
        two_speed_bound(PolynomialMap(tensors), **options)


def test_the_theorem_wants_k0_of_at_most_one():
    F2 = np.array([[0, 0, 0, 0.5], [0.01, 0, 0, 0]])
    step = PolynomialMap({1: np.diag([-0.5, 0.1]), 2: F2})
    with pytest.raises(ValueError, match=r"k_0 = 1\.\d+ exceeds 1"):
        two_speed_bound(step, [0.1, 0.5], order=2, T=3, gap=0.1)


def test_a_slight_asymmetry_is_refused():
    step = PolynomialMap({1: [[-0.5, 1e-6], [0.0, 0.01]]})
    with pytest.raises(ValueError, match="expected a symmetric F_1"):
        two_speed_bound(step, [0.1, 0.1], order=2, T=3)


def test_asymmetry_counts_relative_to_the_entries():
    step = PolynomialMap({1: 1e-6 * np.array([[1, 1e-7], [0, 1]]) - np.eye(2)})
    with pytest.raises(ValueError, match="symmetric F_1"):
        two_speed_bound(step, [0.1, 0.1], order=2, T=3)


@pytest.mark.parametrize("T", [1, 4])
def test_a_linear_step_has_no_truncation_error(T):
    step = PolynomialMap({1: np.diag([-0.5, 0.01])})
    bound = two_speed_bound(step, [0.3, 0.2], order=2, T=T)
    assert bound.total.tolist() == [0.0] * (T + 1)
    assert repr(bound).endswith("mu=0.5, nu=0.01, total at T: 0)")


def test_the_last_total_is_told():
    F2 = np.array([[0, 0.1, 0.1, 0], [0.001, 0, 0, 0]])
    step = PolynomialMap({1: np.diag([-0.5, 0.01]), 2: F2})
    bound = two_speed_bound(step, [0.1, 0.1], order=3, T=10)
    assert repr(bound).endswith(f"total at T: {bound.total[10]:.4g})")
    assert bound.total[10] > bound.total[9]
