"""Bounds on the truncation error, against the lifting itself."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qcl.lifting.algebra.basis import multinomials, multisets
from qcl.lifting.bounds.horizons import horizon, mobius_horizon, order_for
from qcl.lifting.bounds.majorants import majorant, r_number
from qcl.lifting.bounds.truncation import scalar_bounds, truncation_bound
from qcl.lifting.carleman.lift import lift
from qcl.lifting.maps.polynomial import PolynomialMap
from qcl.lifting.maps.transforms import in_coordinates

LOGISTIC = PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})  # mu = 0.2, x_+ = 1


def random_step(rng, *, forced=True, degree=None, symmetric=False, n=None):
    """A step whose I + F_1 has a norm between 0.1 and 1.15."""
    n = n or int(rng.integers(1, 4))
    degree = degree or int(rng.integers(2, 4))
    G1 = rng.normal(size=(n, n))
    G1 = G1 + G1.T if symmetric else G1
    G1 *= rng.uniform(0.1, 1.15) / np.linalg.norm(G1, 2)
    tensors = {1: G1 - np.eye(n)}
    for d in range(2, degree + 1):
        tensors[d] = 10 ** rng.uniform(-2, 0) * rng.normal(size=(n, n**d))
    if n == 1 and rng.random() < 0.5:  # where the bounds are attained
        tensors = {d: abs(F) for d, F in tensors.items()}
        tensors[1] = abs(G1) - 1
    if forced and rng.random() < 0.6:
        tensors[0] = 10 ** rng.uniform(-3, -1) * rng.normal(size=n)
    return PolynomialMap(tensors)


def random_start(rng, step, size):
    u0 = rng.normal(size=step.n)
    return u0 * size / np.linalg.norm(u0)


def powers(points, order):
    """All blocks of all points: a list of (T + 1, monomials) arrays."""
    n = points.shape[1]
    blocks = []
    for j in range(1, order + 1):
        tuples = multisets(n, j)
        root_count = np.sqrt(multinomials(tuples))
        blocks.append(points[:, tuples].prod(axis=2) * root_count)
    return blocks


def errors(lifting, u0, T):
    """True errors (T + 1, N) and what rounding may have done to them."""
    exact = powers(lifting.step.trajectory(u0, T), lifting.order)
    history = lifting.history(u0, T)
    truth = np.empty((T + 1, lifting.order))
    for j, block in enumerate(exact, start=1):
        off = block - history[:, lifting.degree(j)]
        truth[:, j - 1] = np.linalg.norm(off, axis=1)
    size = np.linalg.norm(np.hstack(exact), axis=1)
    size = np.maximum(size, np.linalg.norm(history, axis=1))
    return truth, 1e-13 * np.maximum.accumulate(size)[:, None]


def tightest(truth, noise, bound):
    """Largest error/bound where both are above rounding; none above 1."""
    assert (truth <= bound * (1 + 1e-12) + noise).all()
    seen = truth > 1e4 * noise
    return (truth / np.where(seen, bound, np.inf)).max(initial=0)


def blocks(phi, u0, order, T, kind):
    """truncation_bound of every block, the norms computed once."""
    return scalar_bounds(phi, np.linalg.norm(u0), order, T, kind)


@pytest.mark.parametrize("kind", ["majorant", "uniform"])
def test_a_bound_on_every_block(kind):
    step = PolynomialMap({0: [0.01], 1: [[-0.5]], 2: [[0.3]]})
    every = blocks(majorant(step), [0.4], 3, 5, kind)
    for j in (1, 2, 3):
        bound = truncation_bound(step, [0.4], 3, 5, kind, block=j)
        assert (bound == every[:, j - 1]).all()


@pytest.mark.parametrize("seed", range(4))
def test_no_error_exceeds_the_majorant_bound(seed):
    rng = np.random.default_rng(seed)
    ratio, T = 0, 5
    for _ in range(30):
        step = random_step(rng)
        phi, lifting = majorant(step), lift(step, int(rng.integers(1, 5)))
        for size in 10 ** rng.uniform(-1.5, 0, size=8):
            u0 = random_start(rng, step, size)
            truth, noise = errors(lifting, u0, T)
            bound = blocks(phi, u0, lifting.order, T, "majorant")
            ratio = max(ratio, tightest(truth, noise, bound))
    assert ratio > 0.999  # attained, in one dimension


def dissipative(rng, **options):
    """A step whose majorant has two fixed points."""
    while True:
        step = random_step(rng, **options)
        try:
            return step, majorant(step).fixed_points()
        except ValueError:
            continue


@pytest.mark.parametrize("seed", range(4))
def test_no_error_exceeds_the_uniform_bound(seed):
    rng = np.random.default_rng(10 + seed)
    ratio, T = 0, 15
    for _ in range(30):
        step, (_, largest) = dissipative(rng)
        phi, lifting = majorant(step), lift(step, int(rng.integers(1, 5)))
        for fraction in rng.uniform(0.05, 0.99, size=8):
            u0 = random_start(rng, step, fraction * largest)
            truth, noise = errors(lifting, u0, T)
            bound = blocks(phi, u0, lifting.order, T, "uniform")
            assert np.ptp(bound, axis=0).max() == 0  # constant in time
            majorised = blocks(phi, u0, lifting.order, T, "majorant")
            assert (majorised <= bound * (1 + 1e-10)).all()
            ratio = max(ratio, tightest(truth, noise, bound))
    assert 0.5 < ratio < 1


@pytest.mark.parametrize("seed", range(4))
def test_no_error_exceeds_the_mobius_bound(seed):
    rng = np.random.default_rng(20 + seed)
    ratio, checks = 0, 0
    for _ in range(30):
        step = random_step(rng, forced=False, degree=2)
        phi, lifting = majorant(step), lift(step, int(rng.integers(1, 6)))
        for size in 10 ** rng.uniform(-2, 0, size=8):
            u0 = random_start(rng, step, size)
            T = int(min(20, np.ceil(mobius_horizon(step, u0)) - 1))
            truth, noise = errors(lifting, u0, T)
            bound = blocks(phi, u0, lifting.order, T, "mobius")
            sharper = blocks(phi, u0, lifting.order, T, "majorant")[:, :1]
            assert (sharper <= bound * (1 + 1e-10)).all()
            found = tightest(truth[:, :1], noise, bound)
            ratio, checks = max(ratio, found), checks + T
    assert checks > 1000
    assert 0.2 < ratio <= 1


@pytest.mark.parametrize("kind", ["majorant", "uniform"])
def test_bounds_from_a_zero_start_under_forcing(kind):
    rng = np.random.default_rng(30)
    for _ in range(50):
        step, (smallest, _) = dissipative(rng)
        if smallest == 0:
            continue
        lifting, u0 = lift(step, 3), np.zeros(step.n)
        truth, noise = errors(lifting, u0, 15)
        tightest(truth, noise, blocks(majorant(step), u0, 3, 15, kind))


def changing(rng, n, T, order, u0):
    """A sequence of steps, with the true errors of its lifting."""
    steps = [random_step(rng, n=n, degree=2) for _ in range(T)]
    y, u, truth = lift(steps[0], order).embed(u0), u0, np.zeros(T + 1)
    for t, step in enumerate(steps):
        lifting = lift(step, order)
        y, u = lifting.matrix @ y + lifting.forcing, step(u)
        truth[t + 1] = np.linalg.norm(u - y[:n])
    return steps, truth


def test_no_error_exceeds_the_bound_of_changing_steps():
    """And the recursion is below every bound K_t r_t with free radii."""
    rng = np.random.default_rng(40)
    for _ in range(40):
        n, order, T = int(rng.integers(1, 3)), int(rng.integers(1, 4)), 5
        u0 = rng.uniform(0.05, 0.6) * rng.normal(size=n)
        steps, truth = changing(rng, n, T, order, u0)
        bound = truncation_bound(steps, u0, order, T)
        assert (truth <= bound * (1 + 1e-12) + 1e-13).all()
        x, several = np.linalg.norm(u0), [majorant(step) for step in steps]
        for r in x * np.geomspace(1.01, 30, 6):
            radius, length, worst = r, x, 0.0
            for t, phi in enumerate(several):
                worst = max(worst, length / radius)
                radius, length = phi(radius), phi(length)
                limit = worst ** (order + 1) * radius
                assert bound[t + 1] <= limit * (1 + 1e-12)


def test_equal_steps_in_a_sequence_are_one_step():
    once = truncation_bound(LOGISTIC, [-0.5], 3, 7)
    several = truncation_bound([LOGISTIC] * 7, [-0.5], 3, 7)
    assert (once == several).all()


@pytest.mark.parametrize("forcing", [Fraction(0), Fraction(1, 50)])
def test_the_majorant_is_attained_in_exact_arithmetic(forcing):
    """One dimension, no negative coefficient: equality to 1e-12."""
    step = PolynomialMap(
        {
            0: np.array([[forcing]]),
            1: np.array([[Fraction(-1, 5)]]),
            2: np.array([[Fraction(1, 10)]]),
            3: np.array([[Fraction(1, 7)]]),
        }
    )
    u0, T = [Fraction(1, 3)], 4
    for order in (1, 2, 3, 5):
        true = step.trajectory(u0, T) - lift(step, order).trajectory(u0, T)
        bound = truncation_bound(step, u0, order, T)
        np.testing.assert_allclose(
            bound, true.ravel().astype(float), rtol=1e-12, atol=0
        )


def test_the_majorant_keeps_its_digits_where_subtraction_loses_them():
    """The true error is 1e-29; u and y_1 agree to all printed digits."""
    third = Fraction(1, 10**4)
    step = PolynomialMap(
        {
            1: np.array([[Fraction(-1, 2)]]),
            2: np.array([[Fraction(1, 4)]]),
        }
    )
    true = step.trajectory([third], 4) - lift(step, 6).trajectory([third], 4)
    bound = truncation_bound(step, [third], 6, 4)
    assert 0 < bound[-1] < 1e-28
    np.testing.assert_allclose(bound[-1], float(true[-1, 0]), rtol=1e-12)


def test_uniform_without_forcing_is_the_start_times_r_to_the_order():
    for order in (1, 2, 7):
        bound = truncation_bound(LOGISTIC, [-0.5], order, 3, "uniform")
        R = r_number(LOGISTIC, [-0.5])
        np.testing.assert_allclose(bound, 0.5 * R**order, rtol=1e-14)


def test_mobius_by_hand():
    """g = 1.1, b = 0.1: theta_2 = (0.1 * 0.5 / 1.1) * 2.1."""
    step = PolynomialMap({1: [[0.1]], 2: [[0.1]]})
    theta = 0.05 / 1.1 * 2.1
    expected = 0.5 * 1.1**2 * theta**3 / (1 - theta)
    bound = truncation_bound(step, [0.5], 3, 2, "mobius")
    np.testing.assert_allclose(bound[2], expected, rtol=1e-14)
    assert bound[0] == 0


def test_mobius_limit_of_a_flat_direction():
    step = PolynomialMap({2: [[0.1]]})  # g = 1, theta_t = t b x_0
    assert mobius_horizon(step, [0.5]) == pytest.approx(20)
    bound = truncation_bound(step, [0.5], 4, 10, "mobius")
    assert bound[10] == pytest.approx(0.5 * 0.5**4 / 0.5)


def test_other_coordinates_give_a_bound_in_the_euclidean_norm():
    """The bound for v = Wu, times ||W^-1||, holds for u."""
    rng = np.random.default_rng(60)
    checks = 0
    for _ in range(60):
        step = random_step(rng, n=2, degree=2)
        W = rng.normal(size=(2, 2)) + np.eye(2)
        u0 = rng.uniform(0.02, 0.5) * rng.normal(size=2)
        off = step.trajectory(u0, 8) - lift(step, 3).trajectory(u0, 8)
        truth, back = np.linalg.norm(off, axis=1), np.linalg.inv(W)
        moved, factor = in_coordinates(step, W), np.linalg.norm(back, 2)
        for kind in ("majorant", "uniform"):
            try:
                bound = truncation_bound(moved, W @ u0, 3, 8, kind)
            except ValueError:
                continue
            checks += kind == "uniform"
            assert (truth <= factor * bound * (1 + 1e-12) + 1e-12).all()
    assert checks > 10


def test_other_coordinates_can_save_a_step_that_is_not_normal():
    step = PolynomialMap(
        {1: [[-0.5, 1.0], [0.0, -0.5]], 2: [[0.01, 0, 0, 0], [0.0] * 4]}
    )
    u0 = np.array([0.1, 0.1])
    with pytest.raises(ValueError, match="not every mode contracts"):
        truncation_bound(step, u0, 3, 50, "uniform")
    W = np.diag([1.0, 4.0])
    moved = in_coordinates(step, W)
    bound = truncation_bound(moved, W @ u0, 3, 50, "uniform")
    bound *= np.linalg.norm(np.linalg.inv(W), 2)
    gap = step.trajectory(u0, 50) - lift(step, 3).trajectory(u0, 50)
    assert (np.linalg.norm(gap, axis=1) <= bound).all()
    assert bound[0] < 1e-3


@settings(max_examples=25, deadline=None)
@given(st.floats(0.05, 20), st.integers(0, 10**6))
def test_bounds_scale_with_the_unit_of_the_weights(rho, seed):
    """v = u/rho has the bound of u divided by rho."""
    rng = np.random.default_rng(seed)
    step, (_, largest) = dissipative(rng, forced=False, degree=2)
    u0 = random_start(rng, step, 0.4 * largest)
    scaled = step.rescaled(rho)
    for kind in ("majorant", "uniform"):
        bound = truncation_bound(step, u0, 3, 4, kind)
        other = truncation_bound(scaled, u0 / rho, 3, 4, kind)
        np.testing.assert_allclose(other * rho, bound, rtol=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_bounds_fall_with_the_order(seed):
    rng = np.random.default_rng(seed)
    step = random_step(rng)
    u0 = random_start(rng, step, 0.2)
    lower, higher = (truncation_bound(step, u0, N, 5) for N in (3, 4))
    assert (higher <= lower * (1 + 1e-12)).all()


@given(st.integers(1, 12))
def test_exact_while_the_order_suffices(order):
    """Block 1 is exact for t <= log_q N, and so is the bound: zero."""
    step = PolynomialMap({1: [[-0.5]], 2: [[0.3]]})
    bound = truncation_bound(step, [0.5], order, 4)
    exact = [2**t <= order for t in range(5)]
    assert (bound[exact] == 0).all()
    assert (bound[np.logical_not(exact)] > 0).all()


def test_a_linear_step_has_no_error():
    step = PolynomialMap({0: [0.3], 1: [[-0.5]]})
    for kind in ("majorant", "uniform"):
        assert not truncation_bound(step, [2.0], 2, 6, kind).any()
    quiet = PolynomialMap({1: [[-0.5]]})
    assert not truncation_bound(quiet, [2.0], 2, 6, "mobius").any()


def test_a_majorant_that_leaves_the_range_of_floats_bounds_nothing():
    bound = truncation_bound(LOGISTIC, [50.0], 3, 40)
    assert np.isfinite(bound[:3]).all()
    assert np.isinf(bound[-1])
    assert not np.isnan(bound).any()


def test_a_step_to_zero_is_exact():
    step = PolynomialMap({1: -np.eye(2)})
    assert not truncation_bound(step, [1.0, 1.0], 2, 3).any()
    steps = [step, PolynomialMap({0: [0.1, 0.0], 2: np.ones((2, 4))})] * 2
    assert np.isfinite(truncation_bound(steps, [1.0, 1.0], 2, 4)).all()


def test_large_orders_and_starts_do_not_overflow():
    scaled = LOGISTIC.rescaled(1e-6)  # weights of the order of a million
    bound = truncation_bound(scaled, [-0.5e6], 120, 20)
    plain = truncation_bound(LOGISTIC, [-0.5], 120, 20)
    np.testing.assert_allclose(bound, 1e6 * plain, rtol=1e-9)


BAD = [
    ({"order": 0}, "expected order >= 1, got order=0"),
    ({"T": -1}, "expected T >= 0, got T=-1"),
    ({"block": 4}, "expected block <= 3, got block=4"),
    ({"kind": "best"}, "one of ..majorant', 'uniform', 'mobius'.*, got 'be"),
    ({"kind": "uniform", "u0": [1.5]}, r"\|\|u_in\|\| < x_\+ = 1, got 1.5"),
    ({"kind": "mobius", "block": 2}, "block=1 for kind='mobius'"),
    ({"kind": "mobius", "u0": [40.0]}, "theta >= 1 at t = 1"),
    ({"u0": [1.0, 2.0]}, r"shape \(1,\)"),
    ({"step": [LOGISTIC] * 3}, "expected T=5 steps"),
    ({"step": [LOGISTIC] * 5, "kind": "uniform"}, "one step for kind='unif"),
    (
        {"step": [LOGISTIC] * 4 + [PolynomialMap({1: -np.eye(2)})]},
        r"weights, got 5 with \[1, 2\]",
    ),
    (
        {"step": PolynomialMap({1: [[0.1]], 2: [[1.0]]}), "kind": "uniform"},
        r"\|\|I \+ F_1\|\| < 1, got 1.1: not every mode contracts",
    ),
    (
        {
            "step": PolynomialMap({0: [1.0], 1: [[-0.5]], 2: [[1.0]]}),
            "kind": "uniform",
        },
        "no fixed point",
    ),
    (
        {
            "step": PolynomialMap({0: [0.1], 1: [[-0.5]], 2: [[0.1]]}),
            "kind": "mobius",
        },
        r"without forcing .* \|\|F_0\|\| = 0.1",
    ),
    (
        {"step": PolynomialMap({1: [[-0.5]], 3: [[1.0]]}), "kind": "mobius"},
        "got degree 3",
    ),
    (
        {"step": PolynomialMap({1: [[-1.0]], 2: [[1.0]]}), "kind": "mobius"},
        r"\|\|I \+ F_1\|\| = 0",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), BAD)
def test_a_condition_that_fails_is_an_error(change, message):
    given = {"step": LOGISTIC, "u0": [0.5], "order": 3, "T": 5} | change
    with pytest.raises(ValueError, match=message):
        truncation_bound(**given)


@pytest.mark.parametrize("error", [0.0, -1.0, np.nan])
def test_an_error_must_be_positive(error):
    with pytest.raises(ValueError, match="error > 0"):
        order_for(LOGISTIC, [0.5], 3, error)
    with pytest.raises(ValueError, match="error > 0"):
        horizon(LOGISTIC, [0.5], 3, error)


@pytest.mark.parametrize(
    ("tensors", "u0", "order"),
    [
        ({1: [[-0.5]], 3: [[1e-200]]}, 1e100, 1),
        ({1: [[-0.5]], 2: [[1e-170]]}, 1e169, 2),
        ({1: [[-0.5]], 2: [[1e-320]]}, 1e250, 1),
        ({1: [[-0.5]], 3: [[1e250]]}, 1e-120, 1),
    ],
)
def test_bounds_hold_at_the_edge_of_the_floats(tensors, u0, order):
    """Squares and powers that leave the range where the bound does not."""
    step = PolynomialMap(tensors)
    exact = PolynomialMap(
        {d: [[Fraction(F[0][0])]] for d, F in tensors.items()}
    )
    start = [Fraction(u0)]
    off = exact.trajectory(start, 2) - lift(exact, order).trajectory(start, 2)
    bound = truncation_bound(step, [u0], order, 2)
    truth = abs(off).ravel().astype(float)
    assert (truth <= bound * (1 + 1e-12)).all()
    assert bound[-1] > 0


@pytest.mark.parametrize(
    ("F2", "R"), [(1e-170, 2e-170), (1e-300, 2e-300), (1e170, 2e170)]
)
def test_the_r_number_of_tiny_and_huge_maps(F2, R):
    step = PolynomialMap({1: [[-0.5]], 2: [[F2]]})
    assert r_number(step, [1.0]) == pytest.approx(R, rel=1e-12)


def test_work_has_a_ceiling():
    with pytest.raises(ValueError, match="expected T <= 1,000,000"):
        truncation_bound(LOGISTIC, [0.5], 2, 10**30)
    with pytest.raises(ValueError, match=r"would take about .* take at most"):
        truncation_bound(LOGISTIC, [0.5], 500, 10**5)
    with pytest.raises(ValueError, match="expected limit <= 1,000,000"):
        horizon(LOGISTIC, [0.5], 2, 1e-3, limit=2**63)
    with pytest.raises(TypeError, match="integer limit, got limit=inf"):
        horizon(LOGISTIC, [0.5], 2, 1e-3, limit=np.inf)


def test_a_lifting_is_no_step():
    with pytest.raises(TypeError, match="or a sequence of them, got a Lift"):
        truncation_bound(lift(LOGISTIC, 2), [0.5], 2, 3)
