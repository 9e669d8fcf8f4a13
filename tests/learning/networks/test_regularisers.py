"""A regulariser is one class: everything a network does with it follows."""

from dataclasses import dataclass

import numpy as np
import pytest
import sympy

from qcl.learning.networks.dense import DenseMLP
from qcl.learning.networks.polynomial import PolynomialMLP
from qcl.learning.networks.regularisers import (
    Regulariser,
    WeightDecay,
    a_regulariser,
)


@dataclass(frozen=True)
class Quartic(Regulariser):
    """Add nu / 4 times the sum of the fourth powers."""

    nu: float

    def derivatives(self, w):
        return (
            self.nu / 4 * w**4,
            self.nu * w**3,
            3 * self.nu * w**2,
            6 * self.nu * w,
            6 * self.nu,
        )


W = sympy.symbols("w")
FORMULAS = {Quartic(0.3): 0.3 * W**4 / 4, WeightDecay(0.2): 0.1 * W**2}


@pytest.fixture(params=FORMULAS, ids=repr)
def case(request):
    """A network with and without, its weights and data, and sympy's r."""
    rng = np.random.default_rng(0)
    plain = PolynomialMLP((2, 2, 1), "near-linear")
    net = PolynomialMLP((2, 2, 1), "near-linear", request.param)
    theta, X = rng.normal(size=net.parameters), rng.normal(size=(9, 2))
    data = theta, X, np.sign(X[:, 0])
    formula = FORMULAS[request.param]
    r = [np.vectorize(sympy.lambdify(W, formula.diff(W, k))) for k in range(3)]
    return net, plain, data, r


def test_loss_gradient_and_hessian(case):
    net, plain, (theta, X, y), r = case
    loss = plain.loss(theta, X, y) + r[0](theta).sum()
    assert net.loss(theta, X, y) == pytest.approx(loss, rel=1e-13)
    slope = plain.gradient(theta, X, y) + r[1](theta)
    np.testing.assert_allclose(net.gradient(theta, X, y), slope, atol=1e-13)
    H = plain.hessian(theta, X, y) + np.diag(r[2](theta))
    np.testing.assert_allclose(net.hessian(theta, X, y), H, atol=1e-13)
    v = np.arange(3.0)
    np.testing.assert_allclose(
        net.hvp(theta, X, y, v, [8, 0, 4]),
        H[np.ix_([8, 0, 4], [8, 0, 4])] @ v,
        atol=1e-12,
    )


def test_the_polynomial_step_is_descent(case):
    net, _, (theta, X, y), _ = case
    keep, at = [8, 0, 3], np.array([0.5, 0.2, -0.7])
    step = net.step(theta, X, y, 0.1, keep, at)
    down = net.descend(theta, X, y, 0.1, keep=keep)
    np.testing.assert_allclose(
        at + step(theta[keep] - at), down[keep], atol=1e-12
    )
    loss = net.loss_polynomial(theta, X, y, keep)
    assert loss([0, 0, 0]) == pytest.approx(net.loss(theta, X, y), rel=1e-12)


def test_a_softmax_network_takes_one_too():
    net = DenseMLP((2, 2), "tanh", Quartic(4.0))
    theta = np.arange(6.0)
    more = net.loss(theta, [[1.0, 2.0]], [0])
    less = DenseMLP((2, 2)).loss(theta, [[1.0, 2.0]], [0])
    assert more - less == pytest.approx(1 + 16 + 81 + 256 + 625)


def test_frozen_weights_count_too():
    decay = WeightDecay(0.2)
    theta, kept = np.array([1.0, 2.0, 3.0]), np.array([2, 0])
    parts = decay.polynomial(theta, kept)
    value = sum(part(np.array([0.5, -1.0]))[0] for part in parts.values())
    assert value == pytest.approx(0.1 * (0.0**2 + 2.0**2 + 3.5**2))
    assert WeightDecay(0.0).polynomial(theta, kept) == {}


def test_a_number_is_a_weight_decay():
    assert a_regulariser(1) == WeightDecay(1.0)
    assert a_regulariser(Quartic(1.0)) == Quartic(1.0)
    assert PolynomialMLP((2, 1), weight_decay=WeightDecay(0.5)) == (
        PolynomialMLP((2, 1), weight_decay=0.5)
    )
    with pytest.raises(TypeError, match="real number weight_decay"):
        a_regulariser("much")
