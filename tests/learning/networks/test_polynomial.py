"""The polynomial step against sympy, and against plain descent."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from qcl.learning.networks.polynomial import PolynomialMLP
from qcl.lifting.maps.polynomial import PolynomialMap


def sympy_loss(net, weights, X, y):
    """Write out the loss, straight from its definition."""
    loss = sympy.Integer(0)
    for x, target in zip(X.tolist(), y.tolist(), strict=True):
        a, start = x, 0
        for layer, (i, o) in enumerate(
            zip(net.sizes, net.sizes[1:], strict=False)
        ):
            W = [
                weights[start + r * i : start + (r + 1) * i] for r in range(o)
            ]
            start += i * o
            b = weights[start : start + o] if net.biases else [0] * o
            start += o * net.biases
            z = [
                sum(w * v for w, v in zip(row, a, strict=True)) + c
                for row, c in zip(W, b, strict=True)
            ]
            last = layer == len(net.sizes) - 2
            phi = enumerate(net.coefficients.tolist())
            c = dict(phi)
            a = z if last else [sum(c[k] * v**k for k in c) for v in z]
        loss += sum((f - t) ** 2 for f, t in zip(a, target, strict=True))
    decay = sum(w**2 for w in weights)
    return loss / (2 * len(X)) + net.weight_decay * decay / 2


def sympy_step(net, theta, X, y, eta, keep, at):
    """The step by sympy, from a loss about the expansion point."""
    symbols = sympy.symbols(f"u:{len(keep)}")
    weights = theta.tolist()
    for symbol, k, value in zip(symbols, keep, at, strict=True):
        weights[k] = symbol + value
    return PolynomialMap.from_loss(
        sympy_loss(net, weights, X, y), symbols, eta
    )


def coefficients(step):
    """Coefficients of the increment of every weight, by monomial."""
    return {
        tuple(multiset): column
        for part in step.terms.values()
        for multiset, column in zip(
            part.multisets.tolist(),
            part.coefficients.toarray().T,
            strict=True,
        )
    }


CASES = [
    (PolynomialMLP((2, 2, 1), "square", weight_decay=0.1), [0, 3, 6]),
    (PolynomialMLP((2, 2, 2), "near-linear"), [7, 1, 9, 4]),
    (PolynomialMLP((2, 3, 1), (0.3, 1, 0, -0.3), 0.2, False), [0, 7, 8]),
    (PolynomialMLP((2, 2, 2, 1), "square"), [0, 12]),
    (PolynomialMLP((1, 1, 1), "cubic"), [0, 1, 2, 3]),
    (PolynomialMLP((2, 2, 1), "linear", biases=False), [0, 5, 4, 2]),
    (PolynomialMLP((2, 1), "square", weight_decay=1.0), [2, 0]),
]


@pytest.mark.parametrize(("net", "keep"), CASES, ids=str)
def test_step_equals_sympy(net, keep):
    rng = np.random.default_rng(1)
    theta = rng.normal(size=net.parameters)
    X, y = rng.normal(size=(2, net.sizes[0])), rng.normal(size=(2, 2))
    y = y[:, : net.sizes[-1]]
    at = rng.normal(size=len(keep))
    found = coefficients(net.step(theta, X, y, 0.1, keep, at))
    oracle = coefficients(sympy_step(net, theta, X, y, 0.1, keep, at))
    scale = max(1.0, max(abs(row).max() for row in oracle.values()))
    assert max(map(len, found)) == max(map(len, oracle))  # the degree
    nothing = np.zeros(len(keep))
    for key in {*found, *oracle}:
        np.testing.assert_allclose(
            found.get(key, nothing),
            oracle.get(key, nothing),
            rtol=0,
            atol=1e-10 * scale,
        )


def test_gradient_equals_sympy():
    rng = np.random.default_rng(2)
    net = PolynomialMLP((2, 2, 1), "near-linear", weight_decay=0.3)
    theta = rng.normal(size=net.parameters)
    X, y = rng.normal(size=(3, 2)), rng.normal(size=(3, 1))
    weights = sympy.symbols(f"w:{net.parameters}")
    loss = sympy_loss(net, list(weights), X, y)
    point = dict(zip(weights, theta.tolist(), strict=True))
    slopes = [float(loss.diff(w).subs(point)) for w in weights]
    np.testing.assert_allclose(net.gradient(theta, X, y), slopes, rtol=1e-12)


def problem(seed, sizes=(3, 3, 1), activation="near-linear", samples=30):
    rng = np.random.default_rng(seed)
    net = PolynomialMLP(sizes, activation, weight_decay=0.05)
    X = rng.normal(size=(samples, sizes[0]))
    return net, net.initial(rng), X, np.sign(X[:, 0]), rng


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 10**6),
    activation=st.sampled_from(["square", "near-linear", "cubic"]),
    survivors=st.integers(1, 6),
)
def test_the_step_is_plain_descent(seed, activation, survivors):
    net, theta, X, y, rng = problem(seed, activation=activation)
    keep = rng.permutation(net.parameters)[:survivors]
    at = 0.5 * theta[keep]
    step = net.step(theta, X, y, 0.05, keep, at)
    u = step(theta[keep] - at)
    descended = net.descend(theta, X, y, 0.05, keep=keep)
    np.testing.assert_allclose(at + u, descended[keep], rtol=0, atol=1e-10)


def test_the_default_start_is_the_origin():
    net, theta, X, y, _ = problem(0)
    keep = [0, 4, 11]
    steps = net.step(theta, X, y, 0.1, keep).trajectory(np.zeros(3), 5)
    end = net.descend(theta, X, y, 0.1, steps=5, keep=keep)
    np.testing.assert_allclose(theta[keep] + steps[-1], end[keep], rtol=1e-12)


def test_the_step_is_a_gradient():
    net, theta, X, y, _ = problem(0)
    step = net.step(theta, X, y, 0.1, [0, 4, 11])
    H = net.hessian(theta, X, y, [0, 4, 11])
    np.testing.assert_allclose(step.F(1), -0.1 * H, atol=1e-14)
    cubic = step.F(2).reshape(3, 3, 3)
    for axes in [(1, 0, 2), (2, 1, 0), (0, 2, 1)]:
        np.testing.assert_allclose(cubic, cubic.transpose(axes), atol=1e-14)


@pytest.mark.parametrize("max_degree", [0, 1, 2, 4])
def test_a_cut_step_is_the_head_of_the_whole(max_degree):
    net, theta, X, y, _ = problem(0)
    keep = [0, 1, 4, 9, 12]
    whole = net.step(theta, X, y, 0.1, keep)
    cut = net.step(theta, X, y, 0.1, keep, max_degree=max_degree)
    assert set(cut.terms) == set(range(max_degree + 1))
    for degree in range(max_degree + 1):
        np.testing.assert_allclose(
            cut.F(degree), whole.F(degree), rtol=0, atol=1e-13
        )


def test_loss_polynomial_is_the_loss():
    net, theta, X, y, rng = problem(3, activation="square")
    keep = [2, 5, 13]
    loss = net.loss_polynomial(theta, X, y, keep)
    assert loss.degree <= 6
    for u in rng.normal(size=(5, 3)):
        moved = theta.copy()
        moved[keep] += u
        assert loss(u) == pytest.approx(net.loss(moved, X, y), rel=1e-12)


def test_a_mask_and_its_indices_give_one_step():
    net, theta, X, y, _ = problem(0)
    mask = np.zeros(net.parameters, dtype=bool)
    mask[[1, 6]] = True
    by_mask = net.step(theta, X, y, 0.1, mask)
    by_index = net.step(theta, X, y, 0.1, [1, 6])
    for degree in range(by_index.degree + 1):
        np.testing.assert_array_equal(by_mask.F(degree), by_index.F(degree))


def test_pruned_weights_make_the_step_sparse():
    net, theta, X, y, _ = problem(0)
    keep = [0, 3, 12]  # two weights into one unit and its way out
    pruned = np.zeros(net.parameters)
    pruned[keep] = theta[keep]
    full = net.loss_polynomial(theta, X, y, keep)
    sparse = net.loss_polynomial(pruned, X, y, keep)
    assert sparse.terms < full.terms


def test_accuracy():
    net = PolynomialMLP((1, 1), biases=False)
    X = [[1.0], [2.0], [-3.0]]
    assert net.accuracy([1.0], X, [1.0, -1.0, -1.0]) == pytest.approx(2 / 3)
    two = PolynomialMLP((1, 2), biases=False)
    targets = [[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]]
    assert two.accuracy([1.0, 0.0], X, targets) == pytest.approx(2 / 3)
    assert two.predict([1.0, 0.0], X).shape == (3, 2)


@pytest.mark.parametrize("y", [[0, 1, 1], [3, 8, 8], [1, -1, 0.5]])
def test_other_targets_are_not_scored_against_signs(y):
    net = PolynomialMLP((1, 1), biases=False)
    X = [[1.0], [2.0], [-3.0]]
    assert net.loss([1.0], X, y) > 0  # a regression, which has a loss
    with pytest.raises(ValueError, match="expected targets -1 and 1"):
        net.accuracy([1.0], X, y)


def test_the_coefficients_cannot_be_changed():
    net = PolynomialMLP((1, 1), [0, 1])
    with pytest.raises(ValueError, match="read-only"):
        net.coefficients[1] = 99
    assert net == PolynomialMLP((1, 1), (0.0, 1.0))


def test_a_step_on_thirty_inputs_says_that_it_does_not_fit():
    net, theta, X, y, _ = problem(0, sizes=(30, 6, 1))
    with pytest.raises(ValueError, match="GB; let fewer weights survive"):
        net.step(theta, X, y, 0.1)


@pytest.mark.parametrize(
    ("activation", "message"),
    [
        ("tanh", "expected an activation in"),
        ((), "expected an activation in"),
        ((0.0, np.nan), "finite numbers in the activation"),
    ],
)
def test_a_wrong_activation(activation, message):
    with pytest.raises(ValueError, match=message):
        PolynomialMLP((1, 1), activation)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"eta": -1.0}, "eta > 0"),
        ({"max_degree": -1}, "max_degree >= 0"),
        ({"at": [0.0]}, "an expansion point, one entry .* of shape"),
        ({"at": [0.0, np.inf]}, "finite numbers in an expansion point"),
        ({"keep": [0, 0]}, "distinct"),
        ({"y": [1.0, 2.0]}, r"targets of shape \(1, 1\)"),
        ({"y": [np.nan]}, "finite numbers in the targets"),
        ({"X": [[1.0, 2.0]]}, "expected X of shape"),
    ],
)
def test_wrong_arguments_of_the_step(options, message):
    arguments = {"theta": [1.0, 0.0], "X": [[1.0]], "y": [1.0], "eta": 0.1}
    net = PolynomialMLP((1, 1))
    with pytest.raises(ValueError, match=message):
        net.step(**{**arguments, "keep": [0, 1], **options})


def test_loss_polynomial_needs_a_degree():
    with pytest.raises(ValueError, match="max_degree >= 1"):
        PolynomialMLP((1, 1)).loss_polynomial(
            [1.0, 0.0], [[1.0]], [1.0], max_degree=0
        )
