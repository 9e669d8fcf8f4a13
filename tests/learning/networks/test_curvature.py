import numpy as np
import pytest

from qcl.learning.networks import curvature
from qcl.learning.networks.dense import DenseMLP


def case():
    rng = np.random.default_rng(0)
    net = DenseMLP((4, 5, 3, 2))
    theta = net.initial(rng)
    X, y = rng.normal(size=(10, 4)), rng.integers(0, 2, size=10)
    return net, net._backward(theta, X, y)


def test_a_tangent_from_a_later_layer_is_the_tail_of_the_whole():
    _, state = case()
    push = [0.0, np.array([1.0, 0.0, 0.0]), 0.0]
    moved, turned = curvature.tangent(state, push)
    some_moved, some_turned = curvature.tangent(state, push, first=1)
    for whole, part in ((moved, some_moved), (turned, some_turned)):
        for a, b in zip(whole[1:], part, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-15)


def test_the_order_of_the_places_is_kept():
    net, state = case()
    H = curvature.hessian(state, net.places)
    some = np.random.default_rng(1).permutation(net.parameters)[:9]
    part = curvature.hessian(state, net.places[some])
    np.testing.assert_allclose(part, H[np.ix_(some, some)], atol=1e-15)


def slopes(state):
    """The gradient of the head's loss in all weights, from a pass."""
    return np.concatenate(
        [
            part
            for d, a in zip(state.deltas, state.inputs, strict=True)
            for part in ((d.T @ a).ravel(), d.sum(axis=0))
        ]
    )


@pytest.mark.parametrize("activation", ["tanh", "softplus"])
def test_hessian_and_product_by_finite_differences(activation):
    rng = np.random.default_rng(2)
    net = DenseMLP((3, 4, 3, 2), activation)
    theta = rng.normal(size=net.parameters)
    X, y = rng.normal(size=(6, 3)), rng.integers(0, 2, size=6)

    def pass_at(point):
        return net._backward(point, X, y)

    step = 1e-5
    columns = [
        (slopes(pass_at(theta + step * e)) - slopes(pass_at(theta - step * e)))
        / (2 * step)
        for e in np.eye(net.parameters)
    ]
    state = pass_at(theta)
    H = curvature.hessian(state, net.places)
    np.testing.assert_allclose(H, columns, rtol=0, atol=1e-8)
    v = rng.normal(size=net.parameters)
    change = net._flat(curvature.product(state, net.split(v)))
    np.testing.assert_allclose(change, np.array(columns) @ v, atol=1e-7)
