import numpy as np

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
