"""The scalar majorant: norms, fixed points and the R-number."""

from itertools import permutations, product

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from qcl.lifting.bounds.majorants import Majorant, majorant, r_number
from qcl.lifting.maps.polynomial import PolynomialMap

SLOW = settings(max_examples=60, deadline=None)


def symmetrised(F, n, degree):
    """Average over all orderings of the inputs, entry by entry."""
    tensor = np.asarray(F).reshape((n,) * (degree + 1))
    out = np.zeros_like(tensor)
    for index in product(range(n), repeat=degree + 1):
        swaps = list(permutations(index[1:]))
        out[index] = np.mean([tensor[(index[0], *s)] for s in swaps])
    return out.reshape(n, n**degree)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("degree", [0, 2, 3])
def test_norms_against_brute_force(n, degree):
    rng = np.random.default_rng(n * 10 + degree)
    F1, F = rng.normal(size=(n, n)), rng.normal(size=(n, n**degree))
    g = majorant(PolynomialMap({1: F1, degree: F})).coefficients
    wanted = np.linalg.norm(symmetrised(F, n, degree), 2)
    np.testing.assert_allclose(g[degree], wanted, rtol=1e-12)
    wanted = np.linalg.norm(np.eye(n) + F1, 2)
    np.testing.assert_allclose(g[1], wanted, rtol=1e-12)


def test_norm_of_a_sparse_map_with_fewer_monomials_than_weights():
    n = 300
    part = {(0, 1): np.arange(n) / 10.0, (2, 2): np.ones(n)}
    step = PolynomialMap.from_coefficients(n, part)
    columns = np.stack([part[0, 1] / np.sqrt(2), part[2, 2]], axis=1)
    g = majorant(step).coefficients
    np.testing.assert_allclose(g[2], np.linalg.norm(columns, 2), rtol=1e-12)
    np.testing.assert_allclose(g[1], 1.0, rtol=1e-14)


@SLOW
@given(st.integers(0, 10**6))
def test_no_vector_is_stretched_beyond_the_majorant(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 4))
    step = PolynomialMap({d: rng.normal(size=(n, n**d)) for d in range(4)})
    phi, u = majorant(step), rng.normal(size=n)
    assert np.linalg.norm(step(u)) <= phi(np.linalg.norm(u)) * (1 + 1e-12)


def test_exact_maps_have_the_majorant_of_their_floats():
    half = sympy.Rational(1, 2)
    step = PolynomialMap({0: [half], 1: [[-half]], 3: [[half]]})
    assert majorant(step).coefficients.tolist() == [0.5, 0.5, 0.0, 0.5]


def test_quadratic_fixed_points_by_formula():
    for mu, b, c in [(0.5, 0.3, 0.1), (0.2, 1.0, 0.0), (1.0, 1e-3, 2.0)]:
        low, high = Majorant(np.array([c, 1 - mu, b])).fixed_points()
        gap = np.sqrt(mu**2 - 4 * b * c)
        np.testing.assert_allclose(high, (mu + gap) / (2 * b), rtol=1e-13)
        np.testing.assert_allclose(low, 2 * c / (mu + gap), rtol=1e-13)


def test_fixed_points_of_random_majorants():
    """Over 12 decades, against the roots that numpy finds."""
    rng = np.random.default_rng(2)
    found = 0
    for _ in range(2000):
        degree = int(rng.integers(2, 8))
        g = 10 ** rng.uniform(-6, 6, degree + 1)
        g *= rng.random(degree + 1) < 0.7
        g[1] = 1 - 10 ** rng.uniform(-6, 0)
        phi = Majorant(g)
        try:
            low, high = phi.fixed_points()
        except ValueError:
            continue
        assert low <= high
        if np.isinf(high):
            continue
        for x in (low, high):
            assert abs(phi(x) - x) <= 1e-13 * x * degree
        if low < 0.9 * high:
            assert phi((low + high) / 2) < (low + high) / 2
            found += 1
    assert found > 500


@pytest.mark.parametrize("shift", [1e-9, 1e-6, 1e-3])
def test_fixed_points_exist_up_to_the_discriminant(shift):
    """4 b c = mu^2 with mu = 1, b = 1: c = 1/4 is the last forcing."""
    low, high = Majorant(np.array([0.25 - shift, 0, 1.0])).fixed_points()
    root_gap = np.sqrt(4 * shift)
    np.testing.assert_allclose(high - low, root_gap, rtol=1e-5)
    with pytest.raises(ValueError, match="no fixed point"):
        Majorant(np.array([0.25 + shift, 0, 1.0])).fixed_points()


def test_fixed_points_of_the_double_root():
    low, high = Majorant(np.array([0.25, 0.0, 1.0])).fixed_points()
    np.testing.assert_allclose([low, high], 0.5, atol=1e-7)


def test_fixed_points_of_a_pure_power():
    low, high = Majorant(np.array([0, 0.6, 0, 0, 0.1])).fixed_points()
    assert low == 0
    np.testing.assert_allclose(high, 4 ** (1 / 3), rtol=1e-14)


def test_fixed_points_of_a_linear_step():
    low, high = Majorant(np.array([0.2, 0.6])).fixed_points()
    assert low == pytest.approx(0.5)
    assert high == np.inf
    assert Majorant(np.array([0.2, 0.6])).ratio(100.0) == 0


def test_a_flat_direction_does_not_contract():
    """1 - g_1 is 0 up to rounding, of either sign: an error, never 1e16."""
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(5, 5)))[0]
    F1 = turn @ np.diag([-0.3, -0.5, -0.1, -0.7, 0.0]) @ turn.T
    step = PolynomialMap({1: F1, 2: np.ones((5, 25))})
    with pytest.raises(ValueError, match="not every mode contracts"):
        r_number(step, np.ones(5))


def test_r_by_hand():
    step = PolynomialMap({0: [0.01], 1: [[-0.5]], 2: [[0.25]]})
    R = (0.25 * 0.4 + 0.01 / 0.4) / 0.5
    assert r_number(step, [0.4]) == pytest.approx(R, rel=1e-14)


def test_r_of_two_weights():
    """F_2 of the two-weight example has norm eta/sqrt(2); mu = eta."""
    x, y = sympy.symbols("x y")
    loss = x**2 / 2 + y**2 + x**2 * y / 2
    step = PolynomialMap.from_loss(loss, [x, y], 0.1)
    wanted = 0.5 / np.sqrt(2)  # the learning rate cancels
    assert r_number(step, [0.3, 0.4]) == pytest.approx(wanted, rel=1e-12)


def test_r_of_a_pure_power():
    step = PolynomialMap({1: [[-0.5]], 4: [[0.2]]})
    wanted = 0.3 * (0.2 / 0.5) ** (1 / 3)
    assert r_number(step, [0.3]) == pytest.approx(wanted, rel=1e-13)


def test_r_of_a_linear_step():
    assert r_number(PolynomialMap({1: [[-0.5]]}), [2.0]) == 0
    forced = PolynomialMap({0: [0.1], 1: [[-0.5]]})
    assert r_number(forced, [2.0]) == pytest.approx(0.1)


def random_step(rng, forced, degree):
    n = int(rng.integers(1, 4))
    G1 = rng.normal(size=(n, n))
    G1 *= rng.uniform(0.1, 0.9) / np.linalg.norm(G1, 2)
    step = {1: G1 - np.eye(n)}
    for d in range(2, degree + 1):
        step[d] = rng.normal(size=(n, n**d))
    if forced:
        step[0] = 10 ** rng.uniform(-3, 0) * rng.normal(size=n)
    return PolynomialMap(step)


@SLOW
@given(st.integers(0, 10**6), st.booleans(), st.floats(0.01, 100))
def test_r_does_not_depend_on_the_unit(seed, forced, rho):
    rng = np.random.default_rng(seed)
    step = random_step(rng, forced, 2 if forced else int(rng.integers(2, 5)))
    u0 = rng.normal(size=step.n)
    R = r_number(step, u0)
    assert r_number(step.rescaled(rho), u0 / rho) == pytest.approx(R, rel=1e-9)


@SLOW
@given(st.integers(0, 10**6), st.booleans())
def test_r_below_one_is_a_start_that_shrinks(seed, forced):
    rng = np.random.default_rng(seed)
    step = random_step(rng, forced, 2 if forced else int(rng.integers(2, 5)))
    phi = majorant(step)
    u0 = 10 ** rng.uniform(-2, 1) * rng.normal(size=step.n)
    x0, R = np.linalg.norm(u0), r_number(step, u0)
    if abs(R - 1) > 1e-9:
        assert (R < 1) == (phi(x0) < x0)
        try:
            low, high = phi.fixed_points()
        except ValueError:
            assert R > 1
        else:
            assert (R < 1) == (low < x0 < high)


def test_the_majorant_overflows_to_infinity():
    assert Majorant(np.array([0.0, 0.5, 1.0]))(1e200) == np.inf


@pytest.mark.parametrize(
    ("step", "u0", "message"),
    [
        ({1: [[0.1]], 2: [[1.0]]}, [1.0], r"\|\|I \+ F_1\|\| < 1, got 1.1"),
        ({1: [[-2.5]]}, [1.0], "got 1.5: not every mode contracts"),
        ({0: [0.1], 1: [[-0.5]]}, [0.0], "expected a start u0 != 0, got 0"),
        ({0: [0.1], 1: [[-0.5]], 3: [[1.0]]}, [1.0], "got degree 3"),
        ({1: [[-0.5]]}, [1.0, 2.0], r"shape \(1,\)"),
        ({1: [[-0.5]]}, [np.nan], "NaN"),
    ],
)
def test_r_number_rejects(step, u0, message):
    with pytest.raises(ValueError, match=message):
        r_number(PolynomialMap(step), u0)


def test_ratio_rejects_a_start_outside():
    step = PolynomialMap({1: [[-0.5]], 2: [[0.25]]})
    with pytest.raises(ValueError, match=r"< x_\+ = 2, got 2"):
        majorant(step).ratio(2.0)
