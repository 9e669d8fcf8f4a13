"""Histories against trajectories, and wire numbers against bounds."""

import subprocess
import sys
from itertools import product

import numpy as np
import pytest

from qcl.lifting.carleman.lift import lift
from qcl.lifting.diagrams.histories import (
    History,
    count_histories,
    histories,
    offspring,
    wire_distribution,
)
from qcl.lifting.diagrams.strands import Diagram
from qcl.lifting.maps.polynomial import PolynomialMap


def power(u, k):
    out = np.ones(1)
    for _ in range(k):
        out = np.kron(out, u)
    return out


@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize("degrees", [(1, 2), (0, 1, 2), (0, 1, 3)])
@pytest.mark.parametrize("wires", [1, 2, 3, None])
def test_histories_add_up_to_the_truncated_trajectory(
    random_step, n, degrees, wires
):
    T = 3 if degrees == (1, 2) or wires in (1, 2) else 2
    u = np.array([0.4, -0.3])[:n]
    step = random_step(7, n, degrees, scale=0.3)
    order = step.degree**T if wires is None else wires
    got = {}
    found = list(histories(T, step.degree, 0 in degrees, wires))
    for h in found:
        part = h.value(step) @ power(u, h.wires[-1])
        got[h.wires] = got.get(h.wires, 0) + part
    counted = count_histories(T, step.degree, 0 in degrees, wires)
    assert len(found) == counted
    assert all(max(w) <= order for w in got)
    wanted = lift(step, order, basis="kronecker").trajectory(u, T)[T]
    np.testing.assert_allclose(sum(got.values()), wanted, rtol=0, atol=1e-12)
    if wires is None:
        exact = step.trajectory(u, T)[T]
        np.testing.assert_allclose(
            sum(got.values()), exact, rtol=0, atol=1e-12
        )


def test_number_of_histories():
    for forcing in (False, True):
        for T in range(4):
            everything = count_histories(T, 2, forcing)
            assert everything == sum(1 for _ in histories(T, 2, forcing))
            assert everything == count_histories(T, 2, forcing, wires=2**T)
    assert count_histories(5, 2) == 2**32 - 1
    assert count_histories(9, 2, wires=1) == 2**9


def test_a_dead_forest_stays_dead():
    found = list(histories(3, 2, forcing=True, wires=1))
    dead = [h for h in found if h.wires == (1, 0, 0, 0)]
    assert len(dead) == 1
    step = PolynomialMap({0: [[0.25]], 1: [[-0.5]]})
    assert dead[0].value(step).toarray() == [[0.25]]
    assert dead[0].eta_order == 1


def test_no_steps_leave_one_wire(random_step):
    (only,) = histories(0, 2)
    assert only.wires == (1,)
    step = random_step(8, 2, (1, 2))
    np.testing.assert_array_equal(only.value(step).toarray(), np.eye(2))


def test_they_are_listed_where_nothing_compiled_is_installed():
    code = """
import sys
for name in ("numpy", "scipy", "sympy", "matplotlib"):
    sys.modules[name] = None  # importing it now fails
from qcl import count_histories, histories
print(count_histories(3, 2), len(list(histories(2, 2))))
"""
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.stdout == "255 15\n", done.stderr


# The branching process.


def majorant(step):
    norms = [np.linalg.norm(step.F(ell), 2) for ell in range(step.degree + 1)]
    norms[1] = np.linalg.norm(np.eye(step.n) + step.F(1), 2)
    return np.array(norms)


def dissipative_step(random_step, n, degrees):
    step = random_step(9, n, degrees, scale=0.03)
    tensors = {d: step.F(d) for d in degrees}
    tensors[1] = tensors.get(1, 0) - 0.4 * np.eye(n)
    return PolynomialMap(tensors)


@pytest.mark.parametrize("degrees", [(1, 2), (0, 1, 2), (0, 1, 3)])
@pytest.mark.parametrize("n", [1, 3])
def test_offspring_adds_up_to_one_at_the_larger_fixed_point(
    random_step, n, degrees
):
    step = dissipative_step(random_step, n, degrees)
    p, g = offspring(step), majorant(step)
    assert p.sum() == pytest.approx(1, abs=1e-13)
    q = step.degree
    x = (p[q] / g[q]) ** (1 / (q - 1))
    np.testing.assert_allclose(p, g * x ** (np.arange(q + 1) - 1.0))
    roots = np.roots((g - np.eye(q + 1)[1])[::-1])
    largest = max(r.real for r in roots if abs(r.imag) < 1e-9)
    assert x == pytest.approx(largest)


@pytest.mark.parametrize("degrees", [(1, 2), (0, 1, 2), (0, 1, 3)])
def test_wire_numbers_by_composition_and_by_simulation_of_words(
    random_step, degrees
):
    step, T = dissipative_step(random_step, 2, degrees), 3
    p = offspring(step)
    most = step.degree**T
    rows = wire_distribution(step, T, most)
    psi = np.polynomial.Polynomial(p)
    nested = np.polynomial.Polynomial([0, 1])
    for t in range(T + 1):
        wanted = np.zeros(most + 1)
        wanted[: nested.coef.size] = nested.coef
        np.testing.assert_allclose(rows[t], wanted, atol=1e-14)
        nested = psi(nested)
    np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-12)
    for few in (1, 2, 5):
        short = wire_distribution(step, T, few)
        np.testing.assert_allclose(short, rows[:, : few + 1], atol=1e-14)


def test_limited_numbers_sum_the_histories_that_fit(random_step):
    step = dissipative_step(random_step, 1, (0, 1, 2))
    p = offspring(step)
    for wires in (1, 2, 3):
        rows = wire_distribution(step, 3, wires, limited=True)
        wanted = np.zeros(wires + 1)
        for path in product(range(wires + 1), repeat=3):
            chance = 1.0
            for j, k in zip((1, *path), path, strict=False):
                words = product(range(3), repeat=j)
                chance *= sum(np.prod(p[[*w]]) for w in words if sum(w) == k)
            wanted[path[-1]] += chance
        np.testing.assert_allclose(rows[3], wanted, atol=1e-14)


@pytest.mark.parametrize("degrees", [(1, 2), (0, 1, 2)])
@pytest.mark.parametrize("order", [1, 2, 4])
def test_the_dropped_wires_bound_the_truncation_error(
    random_step, degrees, order
):
    step, T = dissipative_step(random_step, 2, degrees), 4
    u = np.array([0.5, -0.3])
    p, g = offspring(step), majorant(step)
    x, most = p[2] / g[2], 2**T
    full = wire_distribution(step, T, most)
    kept = wire_distribution(step, T, order, limited=True)
    ratio = (np.linalg.norm(u) / x) ** np.arange(most + 1)
    bound = x * (full @ ratio - kept @ ratio[: order + 1])
    # the same number by the scalar majorant and its truncated lifting
    g[1] -= 1
    scalar = PolynomialMap({d: [[c]] for d, c in enumerate(g)})
    start = [np.linalg.norm(u)]
    wanted = scalar.trajectory(start, T) - lift(scalar, order).trajectory(
        start, T
    )
    np.testing.assert_allclose(bound, wanted[:, 0], atol=1e-12)
    error = np.linalg.norm(
        step.trajectory(u, T) - lift(step, order).trajectory(u, T), axis=1
    )
    assert (error <= bound + 1e-14).all()


# Bad inputs.


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: History((Diagram((1, 1)),)), "layer 1 with 1 outputs"),
        (
            lambda: History((Diagram((2,)), Diagram((1,)))),
            "expected layer 2 with 2 outputs, one for each wire",
        ),
        (lambda: histories(-1, 2), "expected T >= 0, got T=-1"),
        (lambda: histories(1, 2, wires=0), "expected wires >= 1, got wires=0"),
        (lambda: count_histories(1, 0), "expected degree >= 1"),
        (lambda: count_histories(1, 2, wires=0), "expected wires >= 1"),
    ],
)
def test_bad_inputs(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({1: [[-0.5]]}, "expected a step of degree >= 2, got a linear one"),
        ({1: [[0.5]], 2: [[0.1]]}, r"expected \|\|I \+ F_1\|\| < 1"),
        ({2: [[0.1]]}, r"expected \|\|I \+ F_1\|\| < 1"),
        ({0: [[1.0]], 1: [[-0.1]], 2: [[0.5]]}, "has no fixed point"),
    ],
)
def test_no_branching_process_without_a_larger_fixed_point(tensors, message):
    with pytest.raises(ValueError, match=message):
        offspring(PolynomialMap(tensors))


def test_bad_wire_distribution():
    step = PolynomialMap({1: [[-0.5]], 2: [[0.1]]})
    with pytest.raises(ValueError, match="expected T >= 0"):
        wire_distribution(step, -1, 3)
    with pytest.raises(ValueError, match="expected wires >= 1"):
        wire_distribution(step, 1, 0)
