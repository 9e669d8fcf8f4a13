"""Lanczos quadrature against the full eigen-decomposition.

Three different statements, and none stronger than what is true:

- For its own probe vectors the quadrature is exact: moments to degree
  2 m - 1 always, the error proxy once the modes outside the cut have
  converged.
- For the spectrum itself a random probe leaves a noise that more steps do
  not remove.
- ``outer_spectrum`` removes it for the proxy.
"""

import numpy as np
import pytest

from qcl.learning.datasets import digits
from qcl.learning.networks.dense import DenseMLP
from qcl.learning.pruning.masks import magnitude_mask
from qcl.learning.spectra.lanczos import (
    lanczos,
    lanczos_quadrature,
    outer_spectrum,
    unit_probes,
)
from qcl.learning.spectra.proxy import error_proxy
from qcl.learning.spectra.spectrum import Spectrum

SIZE, PROBES, SEED = 2000, 2, 5


@pytest.fixture(scope="module")
def network():
    """Digits network pruned to 2,000 weights: H, eigenvalues and vectors."""
    rng = np.random.default_rng(0)
    data = digits(rng)
    X, y = data.X_train[:300], data.y_train[:300]
    net = DenseMLP((64, 48, 10), weight_decay=1e-4)
    theta = net.descend(net.initial(rng), X, y, 0.3, 60)
    mask = magnitude_mask(theta, SIZE / net.parameters)
    theta = theta * mask
    H = net.hessian(theta, X, y, mask)
    operator = net.hessian_operator(theta, X, y, mask)
    return H, *np.linalg.eigh(H), operator


def seen_by_the_probes(h, V):
    """The spectrum as the probes weigh it, which the quadrature estimates."""
    probes = unit_probes(SIZE, PROBES, np.random.default_rng(SEED))
    return Spectrum(h, np.mean((probes @ V) ** 2, axis=0))


@pytest.fixture(scope="module")
def converged(network):
    """Enough steps for the modes outside 0.1 = 0.4 / 4 to converge."""
    return quadrature(network[0], 160)


def quadrature(H, steps):
    rng = np.random.default_rng(SEED)
    return lanczos_quadrature(lambda v: H @ v, SIZE, steps, PROBES, rng)


@pytest.mark.parametrize("steps", [8, 40])
def test_moments_of_a_network_are_exact_to_2m_minus_1(network, steps):
    H, h, V, _ = network
    scale = abs(h).max()
    found = quadrature(H / scale, steps)
    exact = seen_by_the_probes(h / scale, V)
    for k in range(2 * steps):
        size = exact.weights @ abs(exact.nodes) ** k
        assert abs(found.moment(k) - exact.moment(k)) < 1e-8 * size


def test_the_next_moment_is_not_exact(network):
    H, h, V, _ = network
    scale = abs(h).max()
    found = quadrature(H / scale, 4).moment(8)
    exact = seen_by_the_probes(h / scale, V).moment(8)
    assert abs(found - exact) > 1e-6 * exact


def test_proxy_for_the_same_probes_once_outer_modes_converge(
    network, converged
):
    H, h, V, _ = network
    step = 4.0
    exact = error_proxy(seen_by_the_probes(h, V), 20, step=step)
    few, many = (
        error_proxy(found, 20, step=step)
        for found in (quadrature(H, 10), converged)
    )
    assert abs(few / exact - 1).max() > 1e-3
    assert abs(many / exact - 1).max() < 1e-6


def test_more_steps_do_not_remove_the_noise_of_a_probe(network, converged):
    exact = error_proxy(Spectrum(network[1]), 5, step=4.0)
    found = error_proxy(converged, 5, step=4.0)
    assert abs(found / exact - 1).max() > 1e-3


def test_outer_spectrum_gives_the_exact_proxy(network):
    _, h, _, operator = network
    step, rng = 4.0, np.random.default_rng(1)
    found = outer_spectrum(operator, SIZE, 160, 0.4 / step, rng)
    assert found.modes(0.4 / step) == Spectrum(h).modes(0.4 / step)
    np.testing.assert_allclose(
        error_proxy(found, 20, step=step),
        error_proxy(Spectrum(h), 20, step=step),
        rtol=1e-6,
    )


def test_smoothed_densities_agree(network, converged):
    _, h, V, _ = network
    grid = np.linspace(h.min() - 0.05, h.max() + 0.05, 400)
    width = 0.02 * (h.max() - h.min())
    found = converged.density(grid, width)
    exact = seen_by_the_probes(h, V).density(grid, width)
    np.testing.assert_allclose(found, exact, atol=1e-6 * exact.max())


def test_a_diagonal_matrix_has_no_probe_noise():
    h = np.linspace(-1, 3, 50)  # random signs weigh each coordinate alike
    rng = np.random.default_rng(0)
    found = lanczos_quadrature(lambda v: h * v, 50, 50, 1, rng)
    np.testing.assert_allclose(found.nodes, h, atol=1e-12)
    np.testing.assert_allclose(found.weights, 1 / 50, rtol=1e-9)


def test_ritz_values_lie_within_their_residuals():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(60, 60))
    A = A + A.T
    ritz = lanczos(lambda v: A @ v, rng.normal(size=60), 25)
    values = np.linalg.eigvalsh(A)
    distance = np.abs(ritz.values[:, None] - values).min(axis=1)
    assert (distance <= ritz.residuals + 1e-12).all()
    assert ritz.weights.sum() == pytest.approx(1.0)


def test_lanczos_stops_when_nothing_is_left():
    h = np.array([1.0, 1.0, 2.0, 2.0, 2.0])
    ritz = lanczos(lambda v: h * v, np.ones(5), 5)
    assert ritz.values.tolist() == pytest.approx([1.0, 2.0])
    assert ritz.weights.tolist() == pytest.approx([0.4, 0.6])
    assert not ritz.residuals.any()


def test_lanczos_of_zero_and_of_one_dimension():
    zero = lanczos(np.zeros_like, np.ones(3), 3)
    assert zero.values.tolist() == [0.0]
    one = lanczos(lambda v: 3 * v, np.array([-2.0]), 1)
    assert one.values.tolist() == [3.0]


def test_probes_are_unit_vectors():
    probes = unit_probes(7, 3, np.random.default_rng(0))
    assert probes.shape == (3, 7)
    np.testing.assert_allclose(np.linalg.norm(probes, axis=1), 1.0)


@pytest.mark.parametrize("steps", [0, 4])
def test_steps_out_of_range(steps):
    with pytest.raises(ValueError, match=r"steps in 1\.\.3"):
        lanczos(lambda v: v, np.ones(3), steps)


@pytest.mark.parametrize(
    "matvec", [lambda v: v[:2], lambda v: v * np.nan, lambda v: v @ v]
)
def test_a_wrong_product_is_refused(matvec):
    with pytest.raises(ValueError, match="expected H v finite"):
        lanczos(matvec, np.ones(3), 2)


def test_a_zero_start_is_refused():
    with pytest.raises(ValueError, match="other than zero"):
        lanczos(lambda v: v, np.zeros(3), 2)


@pytest.mark.parametrize(("dimension", "probes"), [(0, 1), (3, 0)])
def test_wrong_probes(dimension, probes):
    with pytest.raises(ValueError, match="probes >= 1"):
        unit_probes(dimension, probes, np.random.default_rng(0))


def test_outer_spectrum_says_what_it_cannot_resolve():
    h = np.linspace(-1, 1, 200)
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="take more steps"):
        outer_spectrum(lambda v: h * v, 200, 10, 0.4, rng)
    with pytest.raises(ValueError, match="cut > 0"):
        outer_spectrum(lambda v: h * v, 200, 10, 0.0, rng)
    with pytest.raises(ValueError, match="more than once"):
        outer_spectrum(lambda v: 2 * v, 200, 10, 0.4, rng)


def test_outer_spectrum_of_outer_modes_alone():
    h = np.array([-2.0, 1.0, 3.0])
    rng = np.random.default_rng(0)
    found = outer_spectrum(lambda v: h * v, 3, 3, 0.4, rng)
    np.testing.assert_allclose(found.nodes, h, atol=1e-12)
    assert found.weights.tolist() == pytest.approx([1 / 3] * 3)
