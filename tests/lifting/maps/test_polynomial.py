from dataclasses import FrozenInstanceError
from fractions import Fraction
from itertools import pairwise, permutations, product
from math import factorial

import numpy as np
import pytest
import scipy.sparse as sp
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational

import qcl
from qcl.lifting.maps.polynomial import PolynomialMap, step_of_images

u, v, w = SYMBOLS = sympy.symbols("u v w")
TENTH = Rational(1, 10)
FIFTH = Rational(1, 5)

LOSSES = {
    "logistic": (u**2 / 2 + u**3 / 3, [u]),
    "B2 forced": (u**2 / 2 + u**3 / 3 - u / 5, [u]),
    "B3": (u**2 / 2 + v**2 + u**2 * v / 2, [u, v]),
    "B4": ((u * v - 1) ** 2 / 2 + Rational(19, 200) * (u**2 + v**2), [u, v]),
    "three": (u * v * w + u**2 + (v - w) ** 2 + w**3 / 3 - v, [u, v, w]),
    "quintic": (u**5 / 5 + u**2 * v**3 / 7 + v**2 - u * v, [u, v]),
}
losses = pytest.mark.parametrize(
    ("loss", "weights"), list(LOSSES.values()), ids=list(LOSSES)
)


def power(u, degree):
    out = np.ones(1)
    for _ in range(degree):
        out = np.kron(out, u)
    return out


def formula(loss, weights, eta, at, degree):
    """B1: -eta / l! times the derivatives of order l + 1 at the point."""
    n = len(weights)
    point = dict(zip(weights, at, strict=True))
    F = np.empty((n, n**degree), dtype=object)
    for mu in range(n):
        for column, inputs in enumerate(product(range(n), repeat=degree)):
            value = sympy.diff(loss, weights[mu])
            for i in inputs:
                value = sympy.diff(value, weights[i])
            F[mu, column] = -eta * value.subs(point) / factorial(degree)
    return F


def random_tensors(n, degree, seed=0):
    rng = np.random.default_rng([n, degree, seed])
    return {
        d: rng.normal(scale=0.3, size=(n, n**d)) for d in range(degree + 1)
    }


# ---- from a loss ---------------------------------------------------------


@losses
@pytest.mark.parametrize("shift", [0, 1])
def test_loss_gives_the_printed_tensors(loss, weights, shift):
    at = [shift * Rational(i + 1, 3) for i in range(len(weights))]
    step = PolynomialMap.from_loss(loss, weights, FIFTH, at=at)
    assert step.exact
    assert step.n == len(weights)
    wanted = [formula(loss, weights, FIFTH, at, d) for d in range(5)]
    for degree, F in enumerate(wanted):
        assert step.F(degree).tolist() == F.tolist()
    assert step.degree == max(d for d, F in enumerate(wanted) if F.any())


@losses
def test_gradient_tensors_are_fully_symmetric(loss, weights):
    """B1.2: in the output index too, not only in the inputs."""
    n = len(weights)
    step = PolynomialMap.from_loss(loss, weights, FIFTH, at=[1] * n)
    for degree in range(1, min(step.degree, 3) + 1):
        F = step.F(degree).reshape((n,) * (degree + 1))
        for order in permutations(range(degree + 1)):
            assert (F.transpose(order) == F).all()


def test_two_weights_of_the_theory():
    """B3, printed."""
    eta = TENTH
    step = PolynomialMap.from_loss(*LOSSES["B3"], eta)
    assert step.F(1).tolist() == [[-eta, 0], [0, -2 * eta]]
    assert step.F(2).tolist() == [
        [0, -eta / 2, -eta / 2, 0],
        [-eta / 2, 0, 0, 0],
    ]
    norm = np.linalg.norm(step.F(2).astype(float), 2)
    assert norm == pytest.approx(0.1 / np.sqrt(2))


def test_linear_net_at_the_origin():
    """B4, printed: one divergent and one dissipative mode."""
    eta, decay = TENTH, Rational(19, 100)
    step = PolynomialMap.from_loss(*LOSSES["B4"], eta)
    assert sorted(step.terms) == [1, 3]
    assert step.F(1).tolist() == [[-eta * decay, eta], [eta, -eta * decay]]
    assert not step.F(0).any()
    assert not step.F(2).any()
    wanted = [
        [0, 0, 0, 1, 0, 1, 1, 0],
        [0, 1, 1, 0, 1, 0, 0, 0],
    ]
    assert step.F(3).tolist() == [[-eta * x / 3 for x in r] for r in wanted]


def test_linear_net_at_its_minimum():
    """B4: Hessian (1, .62; .62, 1) at a = b = 9/10, stationary."""
    at = [Rational(9, 10)] * 2
    step = PolynomialMap.from_loss(*LOSSES["B4"], TENTH, at=at)
    assert 0 not in step.terms
    off = Rational(62, 100)
    assert (-step.F(1) / TENTH).tolist() == [[1, off], [off, 1]]
    eigenvalues = np.linalg.eigvalsh(-step.F(1).astype(float) / 0.1)
    np.testing.assert_allclose(eigenvalues, [0.38, 1.62], rtol=1e-12)


@losses
def test_expansion_point_moves_the_trajectory_only(loss, weights):
    """theta(t) = at + u(t), exactly, wherever the map is expanded."""
    n = len(weights)
    start = [Rational(1, 2 + i) for i in range(n)]
    at = [Rational(2 * i - 1, 3) for i in range(n)]
    here = PolynomialMap.from_loss(loss, weights, TENTH)
    there = PolynomialMap.from_loss(loss, weights, TENTH, at=at)
    moved = there.trajectory(np.array(start) - np.array(at), 2) + at
    assert moved.tolist() == here.trajectory(start, 2).tolist()


def test_expanding_at_the_start_moves_everything_to_the_forcing():
    """B1.4."""
    loss, weights = LOSSES["B3"]
    at = [Rational(1, 2), Rational(1, 3)]
    step = PolynomialMap.from_loss(loss, weights, FIFTH, at=at)
    gradient = [sympy.diff(loss, x).subs(dict(zip(weights, at, strict=True)))
                for x in weights]  # fmt: skip
    assert step([0, 0]).tolist() == [-FIFTH * g for g in gradient]


@pytest.mark.parametrize(
    ("eta", "at", "exact"),
    [
        (Rational(1, 5), None, True),
        (Fraction(1, 5), [1], True),
        (1, [Fraction(1, 2)], True),
        (np.int64(2), None, True),
        (0.2, None, False),
        (np.float64(0.2), None, False),
        (sympy.Float(0.2), None, False),
        (sympy.sqrt(2), None, False),
        (Rational(1, 5), [0.5], False),
        (Rational(1, 5), [sympy.pi], False),
        (Rational(1, 5), np.array([0.5]), False),
    ],
)
def test_one_float_makes_a_float_map(eta, at, exact):
    loss = u**2 / 2 + u**3 / 3
    step = PolynomialMap.from_loss(loss, [u], eta, at=at)
    assert step.exact is exact
    a = 0.0 if at is None else float(at[0])
    wanted = {0: a + a**2, 1: 1 + 2 * a, 2: 1}
    for degree, value in wanted.items():
        got = float(step.F(degree)[0, 0])
        assert got == pytest.approx(-float(eta) * value, rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((sympy.cos(u), [u], FIFTH), "is not a polynomial in"),
        ((w * u**2, [u], FIFTH), r"the symbols \['w'\]"),
        ((u**2, [u], 0), "expected eta > 0, got eta=0"),
        ((u**2, [u], float("nan")), "finite number eta > 0, got eta=nan"),
        ((u**2, [u], FIFTH, [1, 2]), r"of shape \(1,\), got \(2,\)"),
        ((u**2, [], FIFTH), "at least one symbol as weights, got none"),
        ((u**2, [u, u], FIFTH), "expected distinct symbols as weights"),
        ((sympy.oo * u**2, [u], FIFTH), "finite real coefficients, got oo"),
        ((u**2, [u], FIFTH, [sympy.oo]), "finite number at, got at=oo"),
    ],
)
def test_wrong_losses_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        PolynomialMap.from_loss(*arguments)


# ---- the constructions agree ---------------------------------------------


@losses
def test_constructions_agree(loss, weights):
    n = len(weights)
    at = [Rational(1, 3)] * n
    step = PolynomialMap.from_loss(loss, weights, FIFTH, at=at)
    shift = {x: x + a for x, a in zip(weights, at, strict=True)}
    updates = [x - FIFTH * sympy.diff(loss, x).subs(shift, simultaneous=True)
               for x in weights]  # fmt: skip
    by_update = PolynomialMap.from_update(updates, weights)
    tensors = {d: step.F(d) for d in range(step.degree + 1)}
    by_tensor = PolynomialMap(tensors)
    table = {
        tuple(key[::-1]): part.coefficients[:, m].tolist()
        for part in step.terms.values()
        for m, key in enumerate(part.multisets.tolist())
    }
    by_table = PolynomialMap.from_coefficients(n, table)
    sparse = PolynomialMap(
        {d: sp.csr_array(F.astype(float)) for d, F in tensors.items()}
    )
    for degree in tensors:
        wanted = tensors[degree].tolist()
        assert by_update.F(degree).tolist() == wanted
        assert by_tensor.F(degree).tolist() == wanted
        assert by_table.F(degree).tolist() == wanted
        np.testing.assert_allclose(
            sparse.F(degree), tensors[degree].astype(float), atol=1e-15
        )
    assert not sparse.exact
    assert step.degree == by_update.degree == by_tensor.degree


def test_coefficients_in_any_order_of_indices_are_added():
    step = PolynomialMap.from_coefficients(
        2, {(1, 0): [1.0, 0.0], (0, 1): [2.0, 5.0], (): [0.5, 0.0]}
    )
    assert step.F(2).tolist() == [[0, 1.5, 1.5, 0], [0, 2.5, 2.5, 0]]
    assert step([2.0, 3.0]).tolist() == [2 + 0.5 + 18, 3 + 30]
    exact = PolynomialMap.from_coefficients(
        2, {(1, 0): [TENTH, 0], (0, 1): [FIFTH, 0]}
    )
    assert exact.F(2).tolist() == [[0, 3 * TENTH / 2, 3 * TENTH / 2, 0],
                                   [0, 0, 0, 0]]  # fmt: skip


@pytest.mark.parametrize(
    ("exprs", "symbols", "message"),
    [
        ([u], [u, v], "got 1 updates for 2 symbols"),
        ([], [], "at least one symbol as weights, got none"),
        (["u"], [u], "an update as a sympy expression, got the text 'u'"),
        ([u], ["u"], "expected sympy symbols as weights, got 'u'"),
        ([1 / u], [u], "is not a polynomial"),
        ([u * w], [u], r"the symbols \['w'\]"),
        ([u + w], [u], r"the symbols \['w'\]"),
        ([sympy.nan], [u], "expected finite"),
        ([sympy.oo * u], [u], "finite real coefficients, got oo"),
    ],
)
def test_wrong_updates_are_refused(exprs, symbols, message):
    with pytest.raises((TypeError, ValueError), match=message):
        PolynomialMap.from_update(exprs, symbols)


@pytest.mark.parametrize("kind", [list, tuple, sympy.Matrix])
def test_updates_come_in_any_sequence(kind):
    step = PolynomialMap.from_update(kind([v + 1, u * v]), kind([u, v]))
    assert step([2, 3]).tolist() == [4, 6]
    assert step.exact


# ---- tensors -------------------------------------------------------------


@pytest.mark.parametrize("number", [Fraction(1, 3), Rational(1, 3)])
def test_fractions_make_an_exact_map(number):
    step = PolynomialMap({0: [number], 2: [[number]]})
    assert step.exact
    assert step([number]).tolist() == [Rational(1, 3) * 2 + Rational(1, 27)]


def test_zero_tensors_are_forgotten():
    step = PolynomialMap({1: [[-0.5]], 2: [[0.0]], 3: np.zeros((1, 1))})
    assert step.degree == 1
    assert list(step.terms) == [1]
    assert step.F(3).tolist() == [[0.0]]


@pytest.mark.parametrize(
    "step",
    [
        PolynomialMap({1: np.zeros((2, 2))}),
        PolynomialMap.from_coefficients(2, {}),
        PolynomialMap.from_update([u, v], [u, v]),
    ],
)
def test_zero_map_is_the_identity(step):
    assert step.degree == 1
    assert step([0.25, -1.5]).tolist() == [0.25, -1.5]
    third = Rational(1, 3) if step.exact else 1 / 3
    assert step([1, Rational(1, 3)]).tolist() == [1, third]
    assert step.trajectory([0.5, 0.5], 2).tolist() == [[0.5, 0.5]] * 3
    assert not step.F(1).any()
    assert "terms of degree none" in repr(step)


@pytest.mark.parametrize("degree", range(5))
@pytest.mark.parametrize(("n", "top"), [(1, 4), (2, 3), (3, 2)])
def test_sparse_tensor_equals_dense(n, top, degree):
    step = PolynomialMap(random_tensors(n, top))
    sparse = step.F(degree, sparse=True)
    assert sp.issparse(sparse)
    assert sparse.shape == (n, n**degree)
    np.testing.assert_allclose(sparse.toarray(), step.F(degree), atol=1e-15)
    assert step.F(degree).any() == (degree <= top)


def test_sparse_tensor_of_an_exact_map_is_float():
    step = PolynomialMap.from_loss(*LOSSES["B3"], FIFTH)
    for degree in range(4):
        got = step.F(degree, sparse=True)
        assert got.dtype == np.float64
        np.testing.assert_allclose(
            got.toarray(), step.F(degree).astype(float), atol=1e-16
        )


def test_tensors_that_do_not_exist_or_fit_are_refused():
    step = PolynomialMap.from_coefficients(110, {(0, 1, 109): [1.0] * 110})
    with pytest.raises(ValueError, match="degree >= 0, got degree=-1"):
        step.F(-1)
    with pytest.raises(ValueError, match=r"110\*\*4 entries.*sparse=True"):
        step.F(3)
    assert step.F(3, sparse=True).nnz == 6 * 110


def test_representation_says_what_it_is():
    exact = PolynomialMap.from_loss(*LOSSES["B4"], FIFTH)
    assert repr(exact) == (
        "PolynomialMap(n=2, degree=3, terms of degree 1, 3, exact)"
    )
    assert "degree 0, 1, float" in repr(PolynomialMap(random_tensors(2, 1)))


def test_a_map_is_frozen_and_compared_as_an_object():
    step = PolynomialMap({1: [[-0.5]]})
    with pytest.raises(FrozenInstanceError):
        step.n = 7
    step.terms.clear()
    assert step([1.0]).tolist() == [0.5]
    assert step == step
    assert step != PolynomialMap({1: [[-0.5]]})
    assert len({step, step}) == 1


@losses
@pytest.mark.parametrize("exact", [True, False])
def test_formulas_are_those_of_the_step_and_make_it_again(
    loss, weights, exact
):
    step = PolynomialMap.from_loss(loss, weights, FIFTH)
    step = step if exact else step.as_float()
    formulas = step.expressions(weights)
    for x, formula in zip(weights, formulas, strict=True):
        rule = x - FIFTH * sympy.diff(loss, x)
        gap = sympy.expand(formula - rule)
        assert (
            gap == 0
            if exact
            else abs(gap.subs(dict.fromkeys(weights, 0.7))) < 1e-12
        )
    again = PolynomialMap.from_update(formulas, weights)
    assert again.exact is exact
    for degree in range(step.degree + 1):
        gap = again.F(degree) - step.F(degree)
        assert abs(gap).max() <= (0 if exact else 1e-15)


@pytest.mark.parametrize(
    ("symbols", "error", "message"),
    [
        ([u], ValueError, "expected 2 symbols, one for each weight, got 1"),
        ([u, u], ValueError, "expected distinct symbols"),
        (["u", "v"], TypeError, "expected sympy symbols as symbols, got 'u'"),
    ],
)
def test_formulas_need_a_symbol_for_each_weight(symbols, error, message):
    step = PolynomialMap.from_loss(*LOSSES["B3"], FIFTH)
    with pytest.raises(error, match=message):
        step.expressions(symbols)


def test_a_small_map_is_shown_as_formulas():
    step = PolynomialMap({1: [[-0.123456]], 2: [[1.0]]})
    assert step._repr_latex_() == (
        r"$\displaystyle \begin{aligned}u &\mapsto 1.0 u^{2} + 0.8765 u"
        r"\end{aligned}$"
    )
    exact = PolynomialMap.from_loss(*LOSSES["B3"], FIFTH)
    shown = exact._repr_latex_()
    assert r"u_{1} &\mapsto - \frac{u_{1} u_{2}}{5}" in shown
    assert r"\\ u_{2} &\mapsto" in shown
    assert PolynomialMap(random_tensors(3, 4))._repr_latex_() is None


@pytest.mark.parametrize(
    "images",
    [{1: [[-1.0]]}, {1: [[-0.5]]}, {0: [1.0], 1: [[-1.0]], 2: [[3.0]]}],
)
def test_images_are_the_increments_with_the_identity(images):
    step = PolynomialMap(images)
    first = step.images[1].tensor() if 1 in step.images else np.zeros((1, 1))
    assert first.tolist() == (np.eye(1) + step.F(1)).tolist()
    others = {d: part for d, part in step.images.items() if d != 1}
    assert others == {d: p for d, p in step.terms.items() if d != 1}
    again = step_of_images(1, step.images.values(), exact=False)
    for degree in range(3):
        assert again.F(degree).tolist() == step.F(degree).tolist()


def test_what_can_only_mean_one_thing_is_accepted():
    step = PolynomialMap.from_update(u / 2, u)
    assert step.F(1.0).tolist() == [[Rational(-1, 2)]]
    assert step.trajectory([[1]], 2.0).ravel().tolist() == [
        1, Rational(1, 2), Rational(1, 4)
    ]  # fmt: skip
    moved = PolynomialMap.from_loss(u**2, u, FIFTH, at=1)
    assert moved.F(0).tolist() == [[Rational(-2, 5)]]
    one = PolynomialMap.from_coefficients(1.0, {(0,): -0.5})
    assert one([1.0]).tolist() == [0.5]
    assert PolynomialMap({1.0: [[1.0]]}).degree == 1
    pair = PolynomialMap({1: -np.eye(2)})
    assert pair([[1.0], [2.0]]).tolist() == [0.0, 0.0]
    assert pair.restricted([1.0]).n == 1


def test_work_has_a_ceiling():
    step = PolynomialMap({1: [[-0.5]], 2: [[1.0]]})
    with pytest.raises(ValueError, match=r"expected T <= 1,000,000, got T="):
        step.trajectory([0.5], 10**30)
    with pytest.raises(ValueError, match="expected degree <= 1,000, got"):
        step.F(2**63)
    with pytest.raises(ValueError, match=r"would need .* GB .* T=\d+ would"):
        PolynomialMap({1: np.eye(500)}).trajectory(np.zeros(500), 10**6)
    logistic = PolynomialMap.from_update([u - u**2 / 3], [u])
    with pytest.raises(OverflowError, match=r"fractions of \d+,\d+ bits at"):
        logistic.trajectory([Rational(1, 7)], 40)


def test_public_name():
    assert qcl.PolynomialMap is PolynomialMap


# ---- the step ------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "degree"), [(1, 1), (1, 4), (2, 2), (2, 4), (3, 3)]
)
def test_step_is_the_sum_over_powers(n, degree):
    tensors = random_tensors(n, degree)
    step = PolynomialMap(tensors)
    assert (step.n, step.degree, step.exact) == (n, degree, False)
    point = np.random.default_rng(5).normal(size=n)
    delta = sum(F @ power(point, d) for d, F in tensors.items())
    np.testing.assert_allclose(step(point), point + delta, atol=1e-12)


@losses
def test_exact_step_is_gradient_descent(loss, weights):
    step = PolynomialMap.from_loss(loss, weights, TENTH)
    point = [Rational(i + 1, 4) for i in range(len(weights))]
    for t, got in enumerate(step.trajectory(point, 3)):
        if t:
            at = dict(zip(weights, point, strict=True))
            gradient = [sympy.diff(loss, x).subs(at) for x in weights]
            point = (np.array(point) - TENTH * np.array(gradient)).tolist()
        assert got.tolist() == point
    assert step.trajectory(point, 0).tolist() == [point]


def test_float_step_of_an_exact_map():
    step = PolynomialMap.from_loss(*LOSSES["B3"], FIFTH)
    floats = step.as_float()
    assert not floats.exact
    assert floats.as_float() is floats
    assert step.as_float() is floats
    point = np.array([0.3, -0.4])
    got = step(point)
    assert got.dtype == np.float64
    np.testing.assert_allclose(
        got, [0.8 * 0.3 + 0.2 * 0.12, -0.4 * 0.6 - 0.1 * 0.09], rtol=1e-14
    )
    np.testing.assert_array_equal(floats(point), got)
    assert floats([Rational(3, 10), Fraction(-2, 5)]).dtype == np.float64


def test_trajectory_has_the_start_and_every_step():
    step = PolynomialMap(random_tensors(2, 2))
    path = step.trajectory([0.1, 0.2], 4)
    assert path.shape == (5, 2)
    assert path[0].tolist() == [0.1, 0.2]
    for before, after in pairwise(path):
        np.testing.assert_array_equal(after, step(before))


@pytest.mark.parametrize(
    ("point", "message"),
    [
        ([], r"shape \(2,\), got \(0,\)"),
        (0.5, r"shape \(2,\), got \(\)"),
        ([1, 2, 3], r"shape \(2,\), got \(3,\)"),
        ([[1, 2], [3, 4]], r"shape \(2,\), got \(2, 2\)"),
        (np.ma.masked_array([1, 2], mask=[1, 0]), "got a masked array"),
        (np.array(["2020", "2021"], "M8[Y]"), "entries of type datetime64"),
        (np.array(["1", "2"]), "expected numbers in the weight vector"),
        ([np.nan, 0], "finite numbers in the weight vector"),
        ([0, -np.inf], "finite numbers in the weight vector"),
        ([1j, 0], "real numbers in the weight vector"),
        ([u, 1], r"expected numbers in the weight vector, got u among"),
        (["a", "b"], "expected numbers in the weight vector"),
        ([None, 1], "numbers in the weight vector, got None among them"),
    ],
)
@pytest.mark.parametrize("exact", [True, False])
def test_wrong_points_are_refused(point, message, exact):
    step = PolynomialMap.from_loss(*LOSSES["B3"], FIFTH)
    step = step if exact else step.as_float()
    for method in (step, step.point, lambda x: step.trajectory(x, 0)):
        with pytest.raises((TypeError, ValueError), match=message):
            method(point)


def test_wrong_number_of_steps_is_refused():
    step = PolynomialMap({1: [[-0.5]]})
    with pytest.raises(ValueError, match="expected T >= 0, got T=-1"):
        step.trajectory([1.0], -1)


@pytest.mark.parametrize("T", [2.5, "2", None, True])
def test_number_of_steps_must_be_an_integer(T):
    with pytest.raises(TypeError):
        PolynomialMap({1: [[-0.5]]}).trajectory([1.0], T)


def test_leaving_the_range_of_floats_is_an_error():
    step = PolynomialMap({1: [[-0.1]], 2: [[-0.1]]})
    with pytest.raises(OverflowError, match=r"range of floats at step 9"):
        step.trajectory([-100.0], 20)
    assert np.isfinite(step.trajectory([-100.0], 8)).all()


# ---- rescaled and restricted ---------------------------------------------


@settings(max_examples=15, derandomize=True, deadline=None)
@given(
    st.integers(1, 3),
    st.integers(1, 3),
    st.floats(0.1, 5),
    st.integers(0, 10**6),
)
def test_rescaled_step_is_the_step_in_other_units(n, degree, rho, seed):
    step = PolynomialMap(random_tensors(n, degree, seed))
    other = step.rescaled(rho)
    point = np.random.default_rng(seed).uniform(-1, 1, n)
    np.testing.assert_allclose(
        other(point), step(rho * point) / rho, rtol=1e-9, atol=1e-9
    )
    for d in range(degree + 1):
        np.testing.assert_allclose(
            other.F(d), rho ** (d - 1.0) * step.F(d), rtol=1e-12
        )


@pytest.mark.parametrize("rho", [2, Rational(3, 2), Fraction(3, 2)])
def test_rescaling_by_a_rational_stays_exact(rho):
    step = PolynomialMap.from_loss(*LOSSES["three"], FIFTH)
    other = step.rescaled(rho)
    assert other.exact
    rho = sympy.sympify(rho)
    point = np.array([Rational(1, 2), Rational(1, 3), Rational(-1, 5)])
    assert other(point).tolist() == (step(rho * point) / rho).tolist()


@pytest.mark.parametrize("rho", [0.5, sympy.sqrt(2), np.float64(3)])
def test_rescaling_by_a_float_makes_floats(rho):
    step = PolynomialMap.from_loss(*LOSSES["B2 forced"], FIFTH)
    other = step.rescaled(rho)
    assert not other.exact
    got = [float(other.F(d)[0, 0]) for d in range(3)]
    want = [0.04 / float(rho), -0.2, -0.2 * float(rho)]
    np.testing.assert_allclose(got, want, rtol=1e-12)


@pytest.mark.parametrize("rho", [0, -1, -0.5, float("nan")])
def test_rescaling_needs_a_positive_scale(rho):
    step = PolynomialMap({2: [[3.0]]})
    with pytest.raises(ValueError, match=r"rho > 0, got rho="):
        step.rescaled(rho)


@pytest.mark.parametrize(
    "kept", [[0], [1], [2, 0], [0, 1, 2], (1, 2), np.array([2, 1]), range(2)]
)
@pytest.mark.parametrize("exact", [True, False])
def test_restricted_step_freezes_the_others_at_zero(kept, exact):
    step = PolynomialMap.from_loss(*LOSSES["three"], FIFTH)
    step = step if exact else step.as_float()
    small = step.restricted(kept)
    assert small.n == len(kept)
    assert small.exact is exact
    v = np.array([Rational(i + 1, 3) for i in range(len(kept))])
    full = np.full(3, sympy.Integer(0))
    full[list(kept)] = v
    np.testing.assert_allclose(
        small(v).astype(float), step(full)[list(kept)].astype(float),
        rtol=1e-14,
    )  # fmt: skip
    if exact:
        assert small(v).tolist() == step(full)[list(kept)].tolist()


def test_keeping_everything_changes_nothing():
    step = PolynomialMap(random_tensors(3, 3))
    same = step.restricted(range(3))
    back = step.restricted([2, 0, 1]).restricted([1, 2, 0])
    for degree in range(4):
        np.testing.assert_array_equal(same.F(degree), step.F(degree))
        np.testing.assert_array_equal(back.F(degree), step.F(degree))


@pytest.mark.parametrize("kept", [[], [0, 0], [1, 0, 1], [[0, 1]]])
def test_wrong_restrictions_are_refused(kept):
    step = PolynomialMap(random_tensors(3, 1))
    with pytest.raises(ValueError, match=r"distinct weight indices in 0..2"):
        step.restricted(kept)


@pytest.mark.parametrize("kept", [[-1], [0, -1], [3], [10**30]])
def test_restrictions_to_weights_that_are_not_there(kept):
    step = PolynomialMap(random_tensors(3, 1))
    with pytest.raises(ValueError, match=r"expected indices [<>]= [02]"):
        step.restricted(kept)


@pytest.mark.parametrize("eta", [0.2, 1e-10, 1e-17])
def test_small_learning_rates_keep_their_digits(eta):
    """The update u - eta u rounds eta to 1e-16: take the increment."""
    step = PolynomialMap.from_loss(u**2 / 2, [u], eta)
    assert float(step.F(1)[0, 0]) == -eta


def test_integers_mix_with_rationals():
    step = PolynomialMap({1: [[-1]], 2: [[Rational(1, 2)]]})
    assert step.exact
    assert step.F(1).tolist() == [[-1]]


def test_float_zeros_are_floats():
    step = PolynomialMap({1: np.zeros((1, 1))})
    assert not step.as_float().exact
    assert step.as_float()([1]).dtype == np.float64


def test_degree_ignores_cancelled_tensors():
    assert PolynomialMap({2: [[0, 1.0, -1.0, 0], [0] * 4]}).degree == 1


@pytest.mark.parametrize("rho", [float("inf"), sympy.oo])
def test_infinite_scales_are_refused(rho):
    with pytest.raises(ValueError, match="rho"):
        PolynomialMap({2: [[3.0]]}).rescaled(rho)


@pytest.mark.parametrize("rho", ["2", None, 1j, [2.0], u, sympy.nan])
def test_scales_of_the_wrong_type_say_so(rho):
    with pytest.raises((TypeError, ValueError), match="rho"):
        PolynomialMap({2: [[3.0]]}).rescaled(rho)


@pytest.mark.parametrize(
    "kept", [[True, False], [0.5], ["1"], [[0, 1]], None, 0, [0.9]]
)
def test_restrictions_need_integers(kept):
    """A mask is read as the indices 1, 0, and 0.9 as 0, in silence."""
    step = PolynomialMap(random_tensors(2, 1))
    with pytest.raises((TypeError, ValueError), match="indices"):
        step.restricted(kept)


@pytest.mark.parametrize("index", [0.5, True, "0"])
def test_monomials_need_integers(index):
    """The index 0.5 is read as 0, in silence."""
    with pytest.raises((TypeError, ValueError), match="indices"):
        PolynomialMap.from_coefficients(2, {(index,): [1.0, 0.0]})


@pytest.mark.parametrize("degree", [True, np.int64(1)])
def test_degrees_are_integers_of_any_kind_but_not_booleans(degree):
    """True passes for 1 and a NumPy 1 does not."""
    if degree is True:
        with pytest.raises(TypeError, match="expected an integer degree"):
            PolynomialMap({degree: [[1.0]]})
    else:
        assert PolynomialMap({degree: [[1.0]]}).degree == 1


@pytest.mark.filterwarnings("ignore:overflow")
def test_one_step_out_of_range_is_an_error():
    step = PolynomialMap({2: [[-0.1]]})
    with pytest.raises(OverflowError, match="range of floats"):
        step([1e200])


def test_an_absent_tensor_too_large_for_memory_is_refused():
    step = PolynomialMap({1: np.eye(100)})
    with pytest.raises(ValueError, match="sparse=True"):
        step.F(5)


@pytest.mark.parametrize("kind", [np.array])
def test_updates_come_in_arrays(kind):
    """`not symbols` asks for the truth value of an array."""
    step = PolynomialMap.from_update(kind([v + 1, u * v]), kind([u, v]))
    assert step([2, 3]).tolist() == [4, 6]
