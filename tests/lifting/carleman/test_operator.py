"""The lifted operator, against the stored matrix."""

import tracemalloc

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.sparse.linalg import svds

from qcl.lifting.carleman.lift import lift
from qcl.lifting.carleman.operator import lifted_operator
from qcl.lifting.maps.polynomial import PolynomialMap


def random_step(rng, n, degree, forced=False, density=1.0):
    tensors = {}
    for d in range(0 if forced else 1, degree + 1):
        F = rng.normal(size=(n, n**d)) / n ** (d / 2)
        tensors[d] = F * (rng.random(F.shape) < density)
    return PolynomialMap(tensors)


@pytest.mark.parametrize("forced", [False, True])
@pytest.mark.parametrize("density", [1.0, 0.3])
@pytest.mark.parametrize("degree", [1, 2, 3])
@pytest.mark.parametrize(
    ("n", "order"), [(1, 1), (1, 6), (2, 1), (2, 2), (2, 5), (3, 4), (6, 3)]
)
def test_products_are_those_of_the_matrix(n, order, degree, density, forced):
    rng = np.random.default_rng(order)
    step = random_step(rng, n, degree, forced, density)
    B, operator = lift(step, order).matrix, lifted_operator(step, order)
    assert operator.shape == B.shape
    for x in rng.normal(size=(3, B.shape[0])):
        size = np.linalg.norm(abs(B) @ abs(x)) + np.linalg.norm(
            abs(B).T @ abs(x)
        )
        assert abs(operator @ x - B @ x).max() <= 1e-12 * size
        assert abs(operator.rmatvec(x) - B.T @ x).max() <= 1e-12 * size


def test_products_with_several_vectors():
    step = random_step(np.random.default_rng(1), 3, 2)
    B, operator = lift(step, 3).matrix, lifted_operator(step, 3)
    X = np.random.default_rng(2).normal(size=(B.shape[1], 4))
    np.testing.assert_allclose(operator @ X, B @ X, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(operator.T @ X, B.T @ X, rtol=1e-10, atol=1e-12)


def test_integers_are_accepted():
    step = PolynomialMap({1: [[-1]], 2: [[2]]})
    assert lifted_operator(step, 2) @ np.array([1, 1]) == pytest.approx([2, 0])


def test_singular_values():
    step = random_step(np.random.default_rng(3), 4, 2)
    B = lift(step, 3).matrix.toarray()
    values = svds(lifted_operator(step, 3), k=3, return_singular_vectors=False)
    wanted = np.linalg.svd(B, compute_uv=False)[:3]
    np.testing.assert_allclose(np.sort(values)[::-1], wanted, rtol=1e-10)


@pytest.mark.parametrize("order", [1, 3])
def test_a_step_to_zero(order):
    operator = lifted_operator(PolynomialMap({1: -np.eye(2)}), order)
    x = np.ones(operator.shape[0])
    assert not (operator @ x).any()
    assert not operator.rmatvec(x).any()


def test_a_sparse_map_of_a_thousand_weights():
    n = 1000
    rng = np.random.default_rng(4)
    where = np.repeat(np.arange(n), 3), rng.integers(0, n * n, 3 * n)
    F2 = sp.csr_array((rng.normal(size=3 * n), where), shape=(n, n * n))
    step = PolynomialMap({1: -0.1 * sp.eye_array(n), 2: F2})
    B, operator = lift(step, 2).matrix, lifted_operator(step, 2)
    x = rng.normal(size=B.shape[0])
    np.testing.assert_allclose(operator @ x, B @ x, rtol=1e-11, atol=1e-12)


def peak(make):
    tracemalloc.start()
    made = make()
    _, top = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return made, top


def test_a_dense_map_takes_a_hundredth_of_the_memory():
    """n = 12, order 4, dense F_1: building and applying, peak to peak."""
    step = random_step(np.random.default_rng(5), 12, 2)
    x = np.ones(1819)
    stored, large = peak(lambda: lift(step, 4).matrix @ x)
    applied, small = peak(lambda: lifted_operator(step, 4) @ x)
    np.testing.assert_allclose(applied, stored, rtol=1e-9, atol=1e-11)
    assert 100 * small < large


def test_order_must_be_positive():
    with pytest.raises(ValueError, match="expected order >= 1, got order=0"):
        lifted_operator(PolynomialMap({1: [[0.5]]}), 0)
