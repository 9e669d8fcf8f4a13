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
    with pytest.raises(ValueError, match=r"steps [><]= [13], got"):
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
    with pytest.raises(ValueError, match=">= 1, got"):
        unit_probes(dimension, probes, np.random.default_rng(0))


def test_other_kinds_are_refused():
    with pytest.raises(TypeError, match=r"network\.hessian_operator"):
        lanczos_quadrature(np.eye(3), 3, 2, 1, rng=0)
    with pytest.raises(ValueError, match="expected H v finite"):
        lanczos_quadrature(int, 3, 2, 1, rng=0)
    with pytest.raises(TypeError, match="integer seed"):
        unit_probes(3, 1, None)
    with pytest.raises(ValueError, match="take fewer probes"):
        unit_probes(10**6, 10**6, 0)


def test_a_seed_is_its_generator():
    same = unit_probes(9, 2, 5) == unit_probes(9, 2, np.random.default_rng(5))
    assert same.all()


def test_outer_spectrum_says_what_it_cannot_resolve():
    h = np.linspace(-1, 1, 200)
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="take more steps"):
        outer_spectrum(lambda v: h * v, 200, 20, 0.4, rng)
    with pytest.raises(ValueError, match="cut > 0"):
        outer_spectrum(lambda v: h * v, 200, 20, 0.0, rng)
    with pytest.raises(ValueError, match="steps >= 20"):
        outer_spectrum(lambda v: h * v, 200, 10, 0.4, rng)


def test_outer_spectrum_of_outer_modes_alone():
    h = np.array([-2.0, 1.0, 3.0])
    rng = np.random.default_rng(0)
    found = outer_spectrum(lambda v: h * v, 3, 3, 0.4, rng)
    np.testing.assert_allclose(found.nodes, h, atol=1e-12)
    assert found.weights.tolist() == pytest.approx([1 / 3] * 3)


# Eigenvalues that occur more than once ---------------------------------------


def silent_units():
    """A network whose six silent units share the eigenvalues of one."""
    rng = np.random.default_rng(3)
    net = DenseMLP((4, 6, 3), "tanh", biases=False)
    theta = np.zeros(net.parameters)
    X, y = rng.normal(size=(40, 4)), rng.integers(0, 3, size=40)
    return net, theta, X, y


def test_copies_of_one_unit_are_counted():
    net, theta, X, y = silent_units()
    h = np.linalg.eigvalsh(net.hessian(theta, X, y))
    cut = 0.1
    outer = h[abs(h) >= cut]
    assert outer.size == 24  # two pairs, six times
    assert np.unique(outer.round(12)).size == 4
    operator = net.hessian_operator(theta, X, y)
    for seed in range(5):
        found = outer_spectrum(operator, h.size, 20, cut, rng=seed)
        seen = found.nodes[abs(found.nodes) >= cut]
        np.testing.assert_allclose(seen, outer, atol=1e-12)
        assert found.modes(cut) == Spectrum(h).modes(cut)
        np.testing.assert_allclose(
            error_proxy(found, 30, cut), error_proxy(Spectrum(h), 30, cut)
        )


@pytest.mark.parametrize("apart", [0, 1e-14, 1e-10, 1e-7, 1e-4])
def test_clusters_are_counted(apart):
    rng = np.random.default_rng(4)
    cluster = 2 + apart * np.arange(4)
    h = np.concatenate([rng.uniform(-0.3, 0.3, 180), cluster, [-1, -1, 0.6]])
    V = np.linalg.qr(rng.normal(size=(h.size, h.size)))[0]
    H = V * h @ V.T
    found = outer_spectrum(lambda v: H @ v, h.size, 60, 0.4, rng=1)
    assert found.modes(0.4)[:2] == (5, 2)
    outer = np.sort(h[abs(h) >= 0.4])
    seen = found.nodes[abs(found.nodes) >= 0.4]
    np.testing.assert_allclose(seen, outer, atol=1e-8 * 2)


def test_nothing_but_copies():
    found = outer_spectrum(lambda v: 2 * v, 50, 20, 0.4, rng=0)
    assert found.modes(0.4) == (50, 0, 0)
    assert not np.ptp(found.nodes) > 1e-14


def test_a_difference_of_two_units_is_not_overlooked():
    # Random signs are orthogonal to (1, -1) every other time.
    H = np.array([[1.0, -1.0], [-1.0, 1.0]])
    for seed in range(8):
        found = outer_spectrum(lambda v: H @ v, 2, 2, 0.4, rng=seed)
        assert found.modes(0.4) == (1, 0, 1)


@pytest.mark.parametrize("edge", [0.402, 0.45])
def test_outer_spectrum_is_right_or_says_that_it_cannot(edge):
    # The eigenvalue at the edge comes into sight from inside the cut.
    h = np.concatenate([np.linspace(-0.399, 0.399, 400), [edge, 5.0]])
    refused = 0
    for steps in range(20, 120, 2):
        try:
            found = outer_spectrum(lambda v: h * v, h.size, steps, 0.4, 0)
        except ValueError:
            refused += 1
        else:
            assert found.modes(0.4) == (2, 0, 400)
    assert 0 < refused < 50


def test_the_basis_is_orthonormal_where_once_is_not_enough():
    h = np.concatenate([np.logspace(-14, 0, 100), [1e6]])
    ritz = lanczos(lambda v: h * v, np.ones(h.size), 60)
    gram = ritz.basis @ ritz.basis.T
    np.testing.assert_allclose(gram, np.eye(len(gram)), rtol=0, atol=1e-13)


def test_a_run_stays_beside_what_is_known():
    h = np.array([1.0, 2.0, 3.0, 4.0])
    known = np.eye(4)[[3, 1]]
    ritz = lanczos(lambda v: h * v, np.ones(4), 2, known)
    np.testing.assert_allclose(ritz.values, [1.0, 3.0])
    with pytest.raises(ValueError, match="steps <= 2"):
        lanczos(lambda v: h * v, np.ones(4), 3, known)
