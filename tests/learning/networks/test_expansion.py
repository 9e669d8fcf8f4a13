import numpy as np
import pytest

from qcl.learning.networks.expansion import expanded_outputs
from qcl.learning.networks.polynomial import PolynomialMLP


def value(polynomial, u):
    return sum(part(u) for part in polynomial.parts.values())


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
