"""Gradient, Hessian and their products, for both networks."""

import numpy as np
import pytest

from qcl.learning.networks.dense import DenseMLP
from qcl.learning.networks.polynomial import PolynomialMLP

NETWORKS = [
    PolynomialMLP((3, 4, 2, 2), "near-linear", weight_decay=0.1),
    PolynomialMLP((3, 5, 1), "square", biases=False),
    PolynomialMLP((3, 2, 1), (0.2, 1.0, 0.0, -1 / 3)),
    PolynomialMLP((3, 1), "cubic"),
    DenseMLP((3, 5, 4, 3), "tanh", weight_decay=0.1),
    DenseMLP((3, 5, 3), "softplus", biases=False),
    DenseMLP((3, 6, 3), "relu"),
]


@pytest.fixture(params=NETWORKS, ids=str)
def case(request):
    net = request.param
    rng = np.random.default_rng(3)
    X = rng.normal(size=(20, 3))
    if isinstance(net, DenseMLP):
        y = rng.integers(0, 3, size=20)
    else:
        y = rng.normal(size=(20, net.sizes[-1]))
    theta = rng.normal(size=net.parameters)
    return net, theta, X, y


def central(function, theta, step=1e-5):
    """Differentiate by central differences, one row per weight."""
    moves = step * np.eye(theta.size)
    return np.array(
        [(function(theta + m) - function(theta - m)) / (2 * step)
         for m in moves]
    )  # fmt: skip


def test_gradient_is_the_slope_of_the_loss(case):
    net, theta, X, y = case
    slope = central(lambda t: net.loss(t, X, y), theta)
    gradient = net.gradient(theta, X, y)
    np.testing.assert_allclose(gradient, slope, rtol=1e-6, atol=1e-7)


def test_hessian_is_the_slope_of_the_gradient(case):
    net, theta, X, y = case
    slope = central(lambda t: net.gradient(t, X, y), theta)
    H = net.hessian(theta, X, y)
    np.testing.assert_allclose(H, slope, rtol=1e-5, atol=1e-6)
    assert np.array_equal(H, H.T)


def test_products_equal_the_full_hessian(case):
    net, theta, X, y = case
    H = net.hessian(theta, X, y)
    products = [net.hvp(theta, X, y, v) for v in np.eye(net.parameters)]
    np.testing.assert_allclose(products, H, rtol=0, atol=1e-12 * abs(H).max())


def test_frozen_weights_are_left_out(case):
    net, theta, X, y = case
    rng = np.random.default_rng(4)
    keep = rng.permutation(net.parameters)[:4]
    v = rng.normal(size=4)
    H = net.hessian(theta, X, y)[np.ix_(keep, keep)]
    scale = abs(H).max()
    np.testing.assert_array_equal(
        net.gradient(theta, X, y, keep), net.gradient(theta, X, y)[keep]
    )
    np.testing.assert_allclose(
        net.hessian(theta, X, y, keep), H, rtol=0, atol=1e-12 * scale
    )
    np.testing.assert_allclose(
        net.hvp(theta, X, y, v, keep), H @ v, rtol=0, atol=1e-11 * scale
    )


def test_a_mask_means_its_indices(case):
    net, theta, X, y = case
    mask = np.zeros(net.parameters, dtype=bool)
    mask[[0, 2]] = True
    np.testing.assert_array_equal(
        net.gradient(theta, X, y, mask), net.gradient(theta, X, y, [0, 2])
    )


def test_descend_moves_survivors_alone(case):
    net, theta, X, y = case
    eta = 1e-3
    new = net.descend(theta, X, y, eta, keep=[1, 3])
    expected = theta.copy()
    expected[[1, 3]] -= eta * net.gradient(theta, X, y, [1, 3])
    np.testing.assert_allclose(new, expected, rtol=0, atol=1e-15)


def test_descend_lowers_the_loss():
    rng = np.random.default_rng(0)
    net = DenseMLP((2, 8, 2))
    X = rng.normal(size=(200, 2))
    y = (X[:, 0] * X[:, 1] > 0).astype(int)
    start = net.initial(rng)
    end = net.descend(start, X, y, eta=0.5, steps=600, batch=50, rng=rng)
    assert net.loss(end, X, y) < 0.6 * net.loss(start, X, y)
    assert net.accuracy(end, X, y) > 0.85


def test_batches_repeat_with_the_generator():
    net = DenseMLP((2, 3, 2))
    X = np.random.default_rng(0).normal(size=(30, 2))
    y = (X[:, 0] > 0).astype(int)
    theta = net.initial(np.random.default_rng(1))
    first, second = (
        net.descend(theta, X, y, 0.1, 5, batch=7, rng=np.random.default_rng(2))
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


def test_descend_stops_when_the_weights_explode():
    net = PolynomialMLP((1, 1, 1), "square")
    with pytest.raises(OverflowError, match="leaves the range"):
        net.descend([5.0, 0.0, 5.0, 0.0], [[1.0]], [1.0], eta=1.0, steps=20)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"eta": 0.0}, "eta > 0"),
        ({"eta": 0.1, "steps": -1}, "steps >= 0"),
        ({"eta": 0.1, "batch": 1}, "expected rng"),
        ({"eta": 0.1, "steps": 10**30}, "steps <= 10,000,000.*hours"),
        ({"eta": 0.1, "batch": 3, "rng": np.random.default_rng(0)},
         "batch <= 2, got batch=3"),
    ],
)  # fmt: skip
def test_wrong_options_of_descend(options, message):
    net = PolynomialMLP((1, 1))
    with pytest.raises(ValueError, match=message):
        net.descend([0.0, 0.0], [[1.0], [2.0]], [1.0, 2.0], **options)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([1.0, 2.0], "expected X of shape"),
        ([[1.0, 2.0]], "expected X of shape"),
        (np.empty((0, 1)), "expected X of shape"),
        ([[np.inf]], "finite numbers in X"),
    ],
)
def test_wrong_inputs(X, message):
    with pytest.raises(ValueError, match=message):
        PolynomialMLP((1, 1)).loss([0.0, 0.0], X, [1.0])


def test_a_direction_of_the_wrong_length():
    net = PolynomialMLP((1, 1))
    with pytest.raises(
        ValueError,
        match="one entry per surviving weight",
    ):
        net.hvp([0.0, 0.0], [[1.0]], [1.0], [1.0, 1.0], keep=[0])


def test_batches_pair_what_belongs_together():
    net = PolynomialMLP((1, 1))
    X, y = np.ones((3, 1)), np.ones(6)
    with pytest.raises(ValueError, match=r"targets of shape \(3, 1\)"):
        net.descend([0.0, 0.0], X, y, 0.1, 2, batch=3, rng=0)


def test_a_seed_is_its_generator(case):
    net, theta, X, y = case
    first, second = (
        net.descend(theta, X, y, 1e-3, 3, batch=4, rng=rng)
        for rng in (7, np.random.default_rng(7))
    )
    assert (first == second).all()


@pytest.mark.parametrize(
    "net", [PolynomialMLP((3, 2, 1)), DenseMLP((3, 2, 2), "softplus")]
)
def test_weights_that_overflow_are_an_error(net):
    theta, X, y = np.full(net.parameters, 1e200), np.ones((2, 3)), [1, 1]
    theta[-1] = -1e200
    for call in (net.loss, net.gradient, net.hessian):
        with pytest.raises(OverflowError, match="smaller weights"):
            call(theta, X, y)
    for call in (net.predict, net.accuracy):
        given = (theta, X) if call == net.predict else (theta, X, y)
        with pytest.raises(OverflowError, match="smaller weights"):
            call(*given)
    with pytest.raises(OverflowError, match="H v leaves"):
        net.hvp(theta, X, y, np.ones(theta.size))


def test_what_does_not_fit_is_refused():
    net = DenseMLP((64, 128, 10))
    with pytest.raises(ValueError, match="hessian_operator"):
        net.hessian(np.zeros(net.parameters), np.zeros((2, 64)), [0, 1])
    wide = PolynomialMLP((1, 10**6, 1))
    with pytest.raises(ValueError, match="take fewer samples"):
        wide.predict(np.zeros(wide.parameters), np.zeros((100, 1)))


def test_inputs_are_left_alone(case):
    net, theta, X, y = case
    before = [np.copy(given) for given in (theta, X, y)]
    net.predict(theta, X)[:] = 0
    net.gradient(theta, X, y)[:] = 0
    net.hessian(theta, X, y)[:] = 0
    net.descend(theta, X, y, 0.1, keep=[0])[:] = 0
    for given, old in zip((theta, X, y), before, strict=True):
        assert given.flags.writeable
        assert (given == old).all()
