import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import qcl
from qcl.solving.stacking.system import LinearSystem


def quadratic(n, seed, forced=True):
    rng = np.random.default_rng(seed)
    tensors = {
        1: -0.2 * np.eye(n) + 0.05 * rng.normal(size=(n, n)),
        2: 0.1 * rng.normal(size=(n, n * n)),
    }
    if forced:
        tensors[0] = 0.1 * rng.normal(size=(n, 1))
    return qcl.PolynomialMap(tensors)


def by_hand(liftings, start, padding):
    """Eq. (6) written block by block with dense arrays."""
    d, T = len(start), len(liftings)
    size = (T + 1 + padding) * d
    matrix, rhs = np.eye(size), np.zeros(size)
    rhs[:d] = start
    for t, item in enumerate(liftings):
        here, last = slice((t + 1) * d, (t + 2) * d), slice(t * d, (t + 1) * d)
        matrix[here, last] = -item.matrix.toarray()
        rhs[here] = item.forcing
    for p in range(padding):
        t = T + p
        matrix[(t + 1) * d : (t + 2) * d, t * d : (t + 1) * d] = -np.eye(d)
    return matrix, rhs


@pytest.mark.parametrize(
    ("n", "order", "T"), [(1, 3, 4), (2, 2, 3), (3, 1, 1)]
)
@pytest.mark.parametrize("padding", [0, 2])
def test_matrix_is_equation_6(n, order, T, padding):
    lifting = qcl.lift(quadratic(n, n), order)
    u0 = np.linspace(0.1, 0.3, n)
    system = qcl.stack(lifting, u0, T, padding)
    matrix, rhs = by_hand([lifting] * T, lifting.embed(u0), padding)
    assert np.array_equal(system.matrix.toarray(), matrix)
    assert np.array_equal(system.rhs, rhs)
    assert np.allclose(system.solve(), np.linalg.solve(matrix, rhs))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 6), st.booleans())
def test_solution_is_the_lifted_trajectory(n, order, T, forced):
    lifting = qcl.lift(quadratic(n, 7 * n + T, forced), order)
    u0 = np.full(n, 0.2)
    system = qcl.stack(lifting, u0, T)
    x = system.solve()
    assert np.allclose(system.slices(x), lifting.history(u0, T), atol=1e-14)
    expected = lifting.trajectory(u0, T)
    assert np.allclose(system.trajectory(x), expected, atol=1e-14)
    assert np.allclose(system.weights(x), expected[-1], atol=1e-14)


def test_a_sequence_of_liftings_follows_stochastic_descent():
    steps = [quadratic(2, seed) for seed in range(4)]
    liftings = [qcl.lift(step, 2) for step in steps]
    u0 = np.array([0.2, -0.1])
    system = qcl.stack(liftings, u0, T=4)
    state = liftings[0].embed(u0)
    for item in liftings:
        state = item.matrix @ state + item.forcing
    assert np.allclose(system.weights(system.solve()), state[:2], atol=1e-14)
    matrix, rhs = by_hand(liftings, liftings[0].embed(u0), 0)
    assert np.array_equal(system.matrix.toarray(), matrix)
    assert np.array_equal(system.rhs, rhs)


def test_padding_repeats_the_last_slice():
    lifting = qcl.lift(quadratic(2, 0), 2)
    plain = qcl.stack(lifting, [0.1, 0.2], 3)
    padded = qcl.stack(lifting, [0.1, 0.2], 3, padding=2)
    x = padded.solve().reshape(6, -1)
    assert np.allclose(x[4], x[3])
    assert np.allclose(x[5], x[3])
    weights = plain.weights(plain.solve())
    assert np.allclose(padded.weights(x.ravel()), weights)


@pytest.mark.parametrize("blocks", [2, 5, 9])
def test_condition_number_of_a_still_system(blocks):
    r"""With B = 1 it is cos(pi/(2L+1)) / sin(pi/(2(2L+1)))."""
    still = qcl.lift(qcl.PolynomialMap({1: np.zeros((1, 1))}), 1)
    kappa = qcl.stack(still, [1.0], blocks - 1).condition_number()
    angle = np.pi / (2 * blocks + 1)
    assert kappa == pytest.approx(np.cos(angle) / np.sin(angle / 2))


def test_condition_number_of_a_large_system(monkeypatch):
    """The sparse route agrees with the dense one."""
    lifting = qcl.lift(quadratic(3, 1, forced=False), 3)
    system = qcl.stack(lifting, [0.1, 0.1, 0.1], T=9, padding=2)
    dense = system.condition_number()
    monkeypatch.setattr("qcl.solving.stacking.system._DENSE", 10)
    assert system.condition_number() == pytest.approx(dense, rel=1e-6)


def test_condition_number_obeys_the_bound():
    """kappa <= 2 min(T + 1, 1 / (1 - beta)), beta = 1 - mu + b x0."""
    step = qcl.PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})
    rho = 0.3
    beta = 0.8 + 0.2 * rho
    for T in (1, 4, 16, 64):
        lifting = qcl.lift(step.rescaled(rho), 4)
        kappa = qcl.stack(lifting, [1.0], T).condition_number()
        assert kappa <= 2 * min(T + 1, 1 / (1 - beta))


def test_matrix_stays_sparse():
    lifting = qcl.lift(quadratic(2, 0), 2)
    system = qcl.stack(lifting, [0.1, 0.2], 20)
    assert isinstance(system, LinearSystem)
    assert sp.issparse(system.matrix)
    assert system.matrix.nnz <= 21 * 5 + 20 * lifting.matrix.nnz


LIFTING = qcl.lift(quadratic(1, 0, forced=False), 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: qcl.stack(LIFTING, [0.3], 0),
            "expected T >= 1, got T=0",
        ),
        (lambda: qcl.stack(LIFTING, [0.3], 2, -1), "expected padding >= 0"),
        (lambda: qcl.stack([LIFTING] * 3, [0.3], 2), "T=2 of them, got 3"),
        (lambda: qcl.stack(LIFTING, [0.3, 0.1], 2), r"shape \(1,\)"),
        (lambda: qcl.stack(LIFTING, [np.nan], 2), "NaN"),
        (lambda: qcl.stack(LIFTING, [0.0], 2), "right-hand side is zero"),
        (
            lambda: qcl.stack([LIFTING, qcl.lift(LIFTING.step, 3)], [0.3], 2),
            "equal weights, order and basis",
        ),
        (
            lambda: qcl.stack(LIFTING, [0.3], 2).weights(np.zeros(3)),
            "expected a solution with 6 entries",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("scale", [0.5, 3.0, "auto"])
@pytest.mark.parametrize("constant", [False, True])
def test_scale_and_constant_change_the_unknowns_not_the_weights(
    scale, constant
):
    lifting = qcl.lift(quadratic(2, 3, forced=False).rescaled(0.3), 3)
    u0 = np.array([0.2, -0.1])
    plain = qcl.stack(lifting, u0, T=4, padding=1)
    other = qcl.stack(
        lifting, u0, T=4, padding=1, scale=scale, constant=constant
    )
    expected = plain.trajectory(plain.solve())
    assert np.allclose(other.trajectory(other.solve()), expected, atol=1e-14)


def test_scaled_system_is_the_rescaled_step():
    step, rho = quadratic(2, 5), 0.4
    u0 = np.array([0.2, -0.1])
    scaled = qcl.stack(qcl.lift(step, 3), u0, T=3, scale=rho)
    rescaled = qcl.stack(qcl.lift(step.rescaled(rho), 3), u0 / rho, T=3)
    assert np.allclose(scaled.matrix.toarray(), rescaled.matrix.toarray())
    assert np.allclose(scaled.rhs, rescaled.rhs)


def test_constant_sits_first_in_every_slice():
    system = qcl.stack(qcl.lift(quadratic(1, 2), 2), [0.3], T=4, constant=True)
    assert np.allclose(system.slices(system.solve())[:, 0], 1)
    assert system.rhs[system.dimension :].tolist() == [0.0] * 12
    assert system.condition_number() > 4 * 4 / np.pi


def test_bad_scale():
    with pytest.raises(ValueError, match="scale > 0, got scale=-1"):
        qcl.stack(LIFTING, [0.3], 2, scale=-1)
    with pytest.raises(ValueError, match="no scale is safe"):
        qcl.stack(
            qcl.lift(qcl.PolynomialMap({1: [[-0.2]], 2: [[-0.2]]}), 2),
            [1.5],
            2,
            scale="auto",
        )


def test_a_forcing_that_leaves_the_floats_is_refused():
    forced = qcl.PolynomialMap({0: [[1e10]], 1: [[-0.5]]})
    with pytest.raises(ValueError, match="range of floats"):
        qcl.stack(qcl.lift(forced, 1), [0.0], 2, scale=1e-300)
