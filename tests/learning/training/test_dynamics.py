"""One dwell: what is drawn, where descent goes, and the facts of a solver."""

from dataclasses import replace

import numpy as np
import pytest

import qcl
from qcl.learning.training._dynamics import Dynamics, lifted_system, trained

NET = qcl.PolynomialMLP((2, 2, 1), "near-linear", weight_decay=0.05)
PLAN = qcl.Schedule(eta=0.1, dwells=1, steps=3)
KEEP = np.array([6, 0, 4])


@pytest.fixture(scope="module")
def samples():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20, 2))
    return X, np.sign(X[:, 0] + 0.3 * X[:, 1])


@pytest.fixture(scope="module")
def theta():
    return 0.5 * NET.initial(np.random.default_rng(1)) + 0.1


def drawn(samples, theta, plan=PLAN, seed=None):
    rng = None if seed is None else np.random.default_rng(seed)
    return Dynamics.drawn(NET, theta, samples, KEEP, plan, rng)


def test_plain_descent_is_that_of_the_network(samples, theta):
    motion = drawn(samples, theta)
    end = NET.descend(theta, *samples, PLAN.eta, 3, KEEP)
    assert motion.descent == pytest.approx((end - theta)[KEEP], abs=1e-15)
    assert not motion.push.any()
    assert len(motion.samples) == 1


def test_batches_are_drawn_step_by_step_and_kept_in_pairs(samples, theta):
    motion = drawn(samples, theta, replace(PLAN, batch=5), seed=3)
    rng = np.random.default_rng(3)
    X, y = samples
    assert len(motion.samples) == 3
    for some, labels in motion.samples:
        row = rng.choice(20, 5, replace=False)
        np.testing.assert_array_equal(some, X[row])
        np.testing.assert_array_equal(labels, y[row])


def test_noise_pushes_every_step(samples, theta):
    still = drawn(samples, theta)
    pushed = drawn(samples, theta, replace(PLAN, noise=0.01), seed=4)
    assert pushed.push.shape == (3, 3)
    first, zero = pushed.steps[0], np.zeros(3)
    np.testing.assert_allclose(
        first(zero), still.steps(zero) + pushed.push[0], atol=1e-15
    )
    # The steps as polynomials go where descent with the same noise goes.
    u = zero
    for step in pushed.steps:
        u = step(u)
    np.testing.assert_allclose(u, pushed.descent, atol=1e-13)


def test_the_last_slice_is_half_displacement(samples, theta):
    motion = drawn(samples, theta)
    system = lifted_system(motion, 2)
    way = np.linalg.norm(motion.descent)
    assert system.scale == pytest.approx(np.sqrt(2) * way)
    last = system.slices(system.solve())[-1]
    degree_one = last[1 : 1 + KEEP.size] if system.constant else last
    assert np.sum(degree_one**2) == pytest.approx(0.5, rel=0.05)


def test_the_facts_of_a_dwell(samples, theta):
    plan = replace(PLAN, steps=6, order=2)
    motion = drawn(samples, theta, plan)
    read, facts = trained(motion, "exact", plan, None, None)
    step = motion.steps
    end = qcl.lift(step, 2).trajectory(np.zeros(3), 6)[-1]
    np.testing.assert_allclose(read, end, atol=1e-13)
    error = np.linalg.norm(end - motion.descent)
    assert facts["truncation_error"] == pytest.approx(error, abs=1e-14)
    bound = qcl.truncation_bound(step, np.zeros(3), 2, T=6)
    assert facts["truncation_bound"] == bound[-1]
    assert facts["solver_error"] < 1e-13
    assert facts["shot_error"] == facts["shots"] == 0
    system = lifted_system(motion, 2)
    assert facts["condition_number"] == system.condition_number()
    assert 2 ** facts["qubits"] >= system.size > 2 ** (facts["qubits"] - 1)


def test_the_bound_is_that_of_the_last_step():
    # Two steps far away, then decay alone: the bound rises and falls.
    net = qcl.PolynomialMLP((1, 1, 1), (0.0, 1.0, 0.5), 1.0, biases=False)
    far, near = (np.array([[1.0]]), [3.0]), (np.array([[0.0]]), [0.0])
    samples = [far] * 2 + [near] * 10
    plan = replace(PLAN, order=1, steps=12)
    push = np.zeros((12, 2))
    motion = Dynamics(net, np.full(2, 0.3), samples, np.arange(2), 0.2, push)
    bound = qcl.truncation_bound(motion.steps, np.zeros(2), 1, T=12)
    assert bound[-1] < 0.2 * bound.max()
    facts = trained(motion, "exact", plan, None, None)[1]
    assert facts["truncation_bound"] == bound[-1]


def test_descent_makes_no_errors(samples, theta):
    motion = drawn(samples, theta)
    read, facts = trained(motion, "classical", PLAN, None, None)
    np.testing.assert_array_equal(read, motion.descent)
    assert facts["truncation_error"] == facts["truncation_bound"] == 0
    assert facts["qubits"] == 0


def test_the_clock_of_the_schedule_is_used(samples, theta):
    plan = replace(PLAN, steps=2, clock_qubits=7)
    motion = drawn(samples, theta, plan)
    facts = trained(motion, "hhl", plan, None, None)[1]
    system = lifted_system(motion, 2)
    result = qcl.hhl(system, clock_qubits=7)
    assert facts["qubits"] == result.qubits


def test_shots_are_read_once(samples, theta):
    motion = drawn(samples, theta)
    rng = np.random.default_rng(5)
    read, facts = trained(motion, "exact", PLAN, 10**4, rng)
    plain = trained(motion, "exact", PLAN, None, None)[0]
    assert facts["shots"] == 10**4
    assert facts["shot_error"] == np.linalg.norm(read - plain) > 0


def test_the_errors_are_told_apart(samples, theta):
    plan = replace(PLAN, error=0.05)
    motion = drawn(samples, theta, plan)
    rng = np.random.default_rng(6)
    read, facts = trained(motion, "qsvt", plan, 10**6, rng)
    amplitudes = trained(motion, "qsvt", plan, None, None)[0]
    truncated = trained(motion, "exact", plan, None, None)[0]
    apart = np.linalg.norm(amplitudes - truncated)
    assert facts["solver_error"] == pytest.approx(apart, rel=1e-9)
    apart = np.linalg.norm(read - amplitudes)
    assert facts["shot_error"] == pytest.approx(apart, rel=1e-9)
