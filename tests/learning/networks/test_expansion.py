import numpy as np
import pytest

from qcl.learning.networks.expansion import expanded_decay, expanded_outputs
from qcl.learning.networks.polynomial import PolynomialMLP
from qcl.lifting.algebra.basis import monomials


def value(polynomial, u):
    return sum(monomials(u, t) @ c for t, c in polynomial.parts.values())


@pytest.mark.parametrize("activation", ["square", (0.5, 0.0, 1.0, 0.1)])
def test_outputs_are_those_of_the_moved_network(activation):
    rng = np.random.default_rng(0)
    net = PolynomialMLP((2, 3, 2, 2), activation)
    theta, X = rng.normal(size=net.parameters), rng.normal(size=(5, 2))
    kept, u = np.array([20, 0, 9, 8]), 0.3 * rng.normal(size=4)
    outputs = expanded_outputs(net, theta, kept, X, net.coefficients, None)
    moved = theta.copy()
    moved[kept] += u
    found = np.stack([value(f, u) for f in outputs], axis=1)
    np.testing.assert_allclose(found, net.predict(moved, X), rtol=1e-10)


def test_a_way_out_of_a_dead_unit_moves_nothing():
    net = PolynomialMLP((1, 1, 1), biases=False)
    (f,) = expanded_outputs(
        net,
        np.zeros(2),
        np.array([1]),
        np.ones((3, 1)),
        net.coefficients,
        None,
    )
    assert f.parts == {}


def test_decay_counts_frozen_weights_too():
    weights, kept, u = np.array([1.0, 2.0, 3.0]), np.array([2, 0]), [0.5, -1.0]
    decay = expanded_decay(0.2, weights, kept)
    expected = 0.1 * (0.0**2 + 2.0**2 + 3.5**2)
    assert value(decay, np.array(u))[0] == pytest.approx(expected)
    assert expanded_decay(0.0, weights, kept).parts == {}
