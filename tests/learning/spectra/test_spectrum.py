import numpy as np
import pytest

from qcl.learning.networks.dense import DenseMLP
from qcl.learning.networks.polynomial import PolynomialMLP
from qcl.learning.spectra.spectrum import Spectrum, hessian_spectrum


def test_nodes_are_sorted_with_their_weights_and_read_only():
    spectrum = Spectrum([2.0, -1.0], [0.25, 0.75], dimension=8)
    assert spectrum.nodes.tolist() == [-1.0, 2.0]
    assert spectrum.weights.tolist() == [0.75, 0.25]
    with pytest.raises(ValueError, match="read-only"):
        spectrum.nodes[0] = 0.0


def test_moments():
    spectrum = Spectrum([1.0, 3.0], [0.5, 0.5])
    assert spectrum.moment(0) == 1.0
    assert spectrum.moment(3) == 14.0
    assert spectrum.moment(2, centre=2.0) == 1.0


def test_density_is_normalised_and_keeps_the_mean():
    spectrum = Spectrum([-1.0, 0.5, 4.0], [0.2, 0.5, 0.3])
    grid = np.linspace(-6, 9, 4001)
    rho = spectrum.density(grid, width=0.7)
    assert np.trapezoid(rho, grid) == pytest.approx(1.0, abs=1e-9)
    mean = np.trapezoid(grid * rho, grid)
    assert mean == pytest.approx(spectrum.moment(1), abs=1e-9)


def test_modes_are_whole_numbers_for_an_exact_spectrum():
    h = np.concatenate([np.linspace(1, 2, 70), np.linspace(-2, -1, 31)])
    assert Spectrum(h).modes() == (70, 31, 0)
    assert Spectrum(h).modes(cut=1.5).flat == 35 + 15 + 1
    assert Spectrum([-1.0, 0.5, 1.0]).modes(cut=1.0) == (0, 0, 3)
    noisy = Spectrum([1.0, 1e-16, -1e-16])
    assert noisy.modes() == (1, 0, 2)


def test_modes_of_a_quadrature_scale_with_the_dimension():
    spectrum = Spectrum([-1.0, 1.0], [0.1, 0.9], dimension=1000)
    assert spectrum.modes() == (900, 100, 0)


def test_hessian_spectrum_of_a_linear_regression():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 4))
    net = PolynomialMLP((4, 1), weight_decay=0.3, biases=False)
    spectrum = hessian_spectrum(net, np.zeros(4), X, np.ones(50), [3, 1])
    values = np.linalg.eigvalsh(X[:, [1, 3]].T @ X[:, [1, 3]] / 50) + 0.3
    np.testing.assert_allclose(spectrum.nodes, values, rtol=1e-12)
    assert spectrum.dimension == 2


def test_hessian_spectrum_sums_to_the_trace():
    rng = np.random.default_rng(0)
    net = DenseMLP((3, 4, 2))
    X, y = rng.normal(size=(20, 3)), rng.integers(0, 2, size=20)
    theta = rng.normal(size=net.parameters)
    spectrum = hessian_spectrum(net, theta, X, y)
    trace = sum(net.hvp(theta, X, y, v) @ v for v in np.eye(net.parameters))
    assert spectrum.moment(1) * net.parameters == pytest.approx(trace)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([],), "list of eigenvalues"),
        (([[1.0, 2.0]] * 2,), "list of eigenvalues"),
        (([1.0], [0.5, 0.5]), "one weight per node"),
        (([np.nan],), "expected finite"),
        (([1.0, 2.0], [1.5, -0.5]), "weights >= 0 that add up to 1"),
        (([1.0, 2.0], [0.5, 0.4]), "weights >= 0 that add up to 1"),
        (([1.0], None, 0), "dimension >= 1"),
    ],
)
def test_a_wrong_spectrum_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Spectrum(*arguments)


def test_density_needs_a_width():
    with pytest.raises(ValueError, match="width > 0"):
        Spectrum([1.0]).density([0.0], width=0.0)


def test_other_arguments_are_refused():
    spectrum = Spectrum([-1.0, 2.0])
    with pytest.raises(ValueError, match="cut >= 0"):
        spectrum.modes(cut=-1)
    with pytest.raises(ValueError, match="finite number cut"):
        spectrum.modes(cut=np.nan)
    with pytest.raises(ValueError, match=r"the grid of shape \(any,\)"):
        spectrum.density(0.5, 0.1)
    with pytest.raises(TypeError, match="integer k"):
        spectrum.moment(0.5)
    with pytest.raises(OverflowError, match="lower k"):
        spectrum.moment(10**30)
    with pytest.raises(OverflowError, match="larger one"):
        spectrum.density([2.0], 1e-320)
    with pytest.raises(TypeError, match="expected a Layers, got a tuple"):
        hessian_spectrum((1, 2), [0.0], [[1.0]], [1.0])


def test_it_is_short_at_a_prompt():
    spectrum = Spectrum([2.0, -1.0], [0.25, 0.75], dimension=8000)
    assert repr(spectrum) == "Spectrum(2 nodes from -1 to 2, of 8,000 modes)"
