import numpy as np
import pytest
from scipy.special import softmax

from qcl.learning.networks.dense import DenseMLP

FUNCTIONS = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "softplus": lambda z: np.log1p(np.exp(z)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_predict_and_loss_by_scipy(name):
    rng = np.random.default_rng(0)
    net = DenseMLP((3, 4, 5), name, weight_decay=0.2)
    theta = rng.normal(size=net.parameters)
    X, y = rng.normal(size=(7, 3)), rng.integers(0, 5, size=7)
    (W, b), (V, c) = net.split(theta)
    p = softmax(FUNCTIONS[name](X @ W.T + b) @ V.T + c, axis=1)
    np.testing.assert_allclose(net.predict(theta, X), p, rtol=1e-12)
    loss = -np.log(p[range(7), y]).mean() + 0.1 * theta @ theta
    assert net.loss(theta, X, y) == pytest.approx(loss, rel=1e-12)
    assert net.accuracy(theta, X, y) == np.mean(p.argmax(axis=1) == y)


def test_large_outputs_do_not_overflow():
    net = DenseMLP((1, 2), biases=False)
    with np.errstate(all="raise", under="ignore"):
        assert net.loss([1e4, 0.0], [[1.0]], [0]) == 0.0
        assert net.loss([1e4, 0.0], [[1.0]], [1]) == 1e4


def test_the_hessian_of_a_linear_softmax_is_positive():
    rng = np.random.default_rng(0)
    net = DenseMLP((3, 4))
    X, y = rng.normal(size=(30, 3)), rng.integers(0, 4, size=30)
    H = net.hessian(rng.normal(size=net.parameters), X, y)
    assert np.linalg.eigvalsh(H).min() > -1e-14


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((3, 2), "sine"), "activation to be one of"),
        (((3, 1), "tanh"), "at least 2 classes"),
    ],
)
def test_a_wrong_description_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        DenseMLP(*arguments)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0], "whole-numbered labels"),
        ([0.5, 1.0], "whole-numbered labels"),
        ([0, 2], r"labels in 0\.\.1, got 0\.\.2"),
        ([0, -1], r"labels in 0\.\.1"),
    ],
)
def test_wrong_labels(y, message):
    net = DenseMLP((1, 2))
    with pytest.raises(ValueError, match=message):
        net.loss(np.zeros(4), [[1.0], [2.0]], y)


def test_whole_numbers_are_labels():
    net, X = DenseMLP((1, 2)), [[1.0], [2.0]]
    assert net.loss(np.zeros(4), X, [0.0, 1.0]) == (
        net.loss(np.zeros(4), X, np.array([0, 1], dtype=np.uint8))
    )
