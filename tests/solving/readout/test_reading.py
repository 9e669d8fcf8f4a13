import dataclasses
import math
from functools import partial

import numpy as np
import pytest

import qcl
from qcl.solving.readout.reading import interference_reading


@pytest.fixture(scope="module")
def result():
    """Two weights whose signs differ and change on the way."""
    step = qcl.PolynomialMap(
        {
            0: [[0.0], [-0.1]],
            1: [[-0.2, 0.0], [0.0, -0.4]],
            2: np.full((2, 4), 0.05),
        }
    )
    system = qcl.stack(qcl.lift(step, 2), [-0.5, 0.2], T=4)
    return qcl.hhl(system, clock_qubits=11, method="filter")


def test_weights_have_the_right_sign_and_size(result):
    reading = qcl.read_weights(result, 10**6, np.random.default_rng(0))
    pull = (reading.weights - result.weights) / reading.standard_errors
    assert np.abs(pull).max() < 4
    assert np.sign(reading.weights).tolist() == [-1.0, -1.0]
    assert (reading.standard_errors < 0.01).all()
    expected = 10**6 * result.success_probability
    assert reading.successes == pytest.approx(expected, rel=0.05)


def test_standard_errors_cover_the_truth(result):
    """95% intervals hold the circuit's weights in about 95% of runs."""
    rng = np.random.default_rng(5)
    pulls = []
    for _ in range(1000):
        reading = qcl.read_weights(result, 30_000, rng)
        pulls.append(
            (reading.weights - result.weights) / reading.standard_errors
        )
    inside = np.mean(np.abs(pulls) < 1.96, axis=0)
    assert ((inside > 0.93) & (inside < 0.97)).all()


def test_errors_fall_like_one_over_root_shots(result):
    few, many = (
        qcl.read_weights(result, shots, np.random.default_rng(2))
        for shots in (10**4, 10**6)
    )
    ratio = few.standard_errors / many.standard_errors
    assert ratio == pytest.approx(10, rel=0.2)


def test_interference_gives_magnitudes_and_signs():
    x = np.array([0.5, -0.3, 0.1, -0.05])
    read = interference_reading(x, 4 * 10**6, np.random.default_rng(1))
    assert read == pytest.approx(x, abs=2e-3)


def test_same_seed_same_reading(result):
    one, two = (
        qcl.read_weights(result, 10**4, np.random.default_rng(3))
        for _ in range(2)
    )
    assert np.array_equal(one.weights, two.weights)


@pytest.mark.parametrize("scale", [1.0, 0.5, "auto"])
@pytest.mark.parametrize("constant", [False, True])
def test_units_and_constant_do_not_change_what_is_read(scale, constant):
    step = qcl.PolynomialMap({0: [[0.02]], 1: [[-0.5]], 2: [[-0.1]]})
    system = qcl.stack(
        qcl.lift(step, 2), [-0.8], T=2, scale=scale, constant=constant
    )
    result = qcl.hhl(system, method="filter")
    reading = qcl.read_weights(result, 10**6, np.random.default_rng(4))
    pull = (reading.weights - result.weights) / reading.standard_errors
    assert np.abs(pull).max() < 4
    assert reading.weights[0] < -0.1


def test_a_zero_start_needs_the_constant():
    lifting = qcl.lift(qcl.PolynomialMap({0: [[0.1]], 1: [[-0.5]]}), 1)
    plain = qcl.hhl(qcl.stack(lifting, [0.0], T=2), method="filter")
    with pytest.raises(ValueError, match="constant=True"):
        qcl.read_weights(plain, 1000, np.random.default_rng(0))
    system = qcl.stack(lifting, [0.0], T=2, constant=True)
    result = qcl.hhl(system, method="filter")
    reading = qcl.read_weights(result, 10**6, np.random.default_rng(0))
    assert reading.weights == pytest.approx([0.15], abs=0.01)


def enough(result, measurements):
    """Say how many shots show the start 25 times in each measurement."""
    seen = result.success_probability * result.state[0] ** 2
    return f"shots >= {math.ceil(25 * measurements / seen):,} for intervals"


def test_too_few_shots(result):
    """Half of them are shared by two weights."""
    with pytest.raises(ValueError, match=f"{enough(result, 4)}.*got 5"):
        qcl.read_weights(result, 5, np.random.default_rng(0))
    with pytest.raises(ValueError, match=f"{enough(result, 2)}.*got 5"):
        qcl.read_weights(result, 5, 0, method="interference")


@pytest.mark.parametrize(
    ("method", "held"), [("reference", 0.92), ("interference", 0.88)]
)
def test_few_shots_are_refused_with_the_least(result, method, held):
    """At the least number 95% intervals still hold the truth.

    By interference some have the wrong sign, as read_weights says.
    """
    with pytest.raises(ValueError, match="intervals that hold") as caught:
        qcl.read_weights(result, 20, 0, method)
    words = str(caught.value).split(">= ")[1].split()
    least = int(words[0].replace(",", ""))
    with pytest.raises(ValueError, match="intervals that hold"):
        qcl.read_weights(result, least - 1, 0, method)
    rng, inside = np.random.default_rng(1), []
    for _ in range(1500):
        low, high = qcl.read_weights(result, least, rng, method).interval().T
        inside.append((low <= result.weights) & (result.weights <= high))
    assert (np.mean(inside, axis=0) > held).all()


def test_weights_of_exactly_zero_are_a_reading(exact):
    forget = qcl.lift(qcl.PolynomialMap({1: [[-1.0]]}), 1)
    result = exact(qcl.stack(forget, [0.5], T=1), chance=1.0)
    reading = qcl.read_weights(result, 10**4, 0)
    assert reading.norm == 0
    low, high = reading.interval()[0]
    assert low <= 0 <= high < 0.05


def test_solvers_read_shots_as_read_weights_does(result):
    for solve in (
        partial(qcl.hhl, clock_qubits=11, method="filter"),
        partial(qcl.qsvt, method="matrix"),
    ):
        plain = solve(result.system)
        shot = solve(result.system, shots=10**5, rng=3)
        reading = qcl.read_weights(plain, 10**5, 3)
        assert shot.weights.tolist() == reading.weights.tolist()
        assert shot.reading.interval().tolist() == reading.interval().tolist()
        assert shot.shots == 10**5
        assert shot.solution.tolist() == plain.solution.tolist()


def test_shots_of_a_plain_system_read_its_solution():
    system = np.diag([1.0, -0.5]), np.array([1.0, 1.0])
    found = qcl.hhl(*system, shots=10**6, rng=0, method="filter")
    assert found.reading is None
    assert found.solution == pytest.approx([1, -2], rel=0.03)
    assert found.solution.tolist() != found.reference.tolist()


def test_missing_randomness(result):
    with pytest.raises(ValueError, match="source of randomness"):
        qcl.read_weights(result, 100, None)


def test_nothing_survives(result):
    unlucky = dataclasses.replace(result, success_probability=1e-12)
    with pytest.raises(ValueError, match=f"{enough(unlucky, 4)}.*got 100"):
        qcl.read_weights(unlucky, 100, np.random.default_rng(0))
    with pytest.raises(ValueError, match="none of 1 shots survived"):
        interference_reading(np.array([1e-6]), 2, np.random.default_rng(0))


def test_complex_amplitudes_are_refused():
    with pytest.raises(ValueError, match="needs a real system"):
        interference_reading(np.array([1j]), 10, np.random.default_rng(0))


def test_interference_needs_two_shots():
    with pytest.raises(ValueError, match="shots >= 2"):
        interference_reading(np.ones(1), 1, np.random.default_rng(0))


def test_weights_of_fifty_systems_are_within_three_standard_errors(exact):
    """Of 1e5 shots each; one in 370 lies outside in the long run."""
    rng, pulls = np.random.default_rng(0), []
    for _ in range(50):
        n, degree = int(rng.integers(1, 4)), int(rng.integers(2, 4))
        tensors = {
            0: 0.05 * rng.normal(size=(n, 1)),
            1: -np.diag(rng.uniform(0.1, 0.5, n)),
        }
        for d in range(2, degree + 1):
            tensors[d] = 0.1 * rng.normal(size=(n, n**d)) / n
        lifting = qcl.lift(qcl.PolynomialMap(tensors), 2)
        steps = int(rng.integers(2, 5))
        system = qcl.stack(lifting, rng.uniform(-0.7, 0.7, n), T=steps)
        reading = qcl.read_weights(exact(system, 0.25), 10**5, rng)
        truth = system.weights(system.solve())
        pulls.extend((reading.weights - truth) / reading.standard_errors)
    assert len(pulls) > 90
    assert np.abs(pulls).max() < 3
    assert np.std(pulls) == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize("method", ["reference", "interference"])
def test_only_the_largest_are_read(exact, method):
    step = qcl.PolynomialMap({1: -0.1 * np.eye(6)})
    start = np.array([0.8, 0.01, -0.6, 0.0, 0.4, 0.02])
    result = exact(qcl.stack(qcl.lift(step, 1), start, T=3))
    rng, misses = np.random.default_rng(1), 0
    for _ in range(100):
        reading = qcl.read_weights(result, 20_000, rng, method, largest=3)
        assert np.count_nonzero(reading.weights) <= 3
        misses += reading.selected.tolist() != [0, 2, 4]
        if reading.selected.tolist() == [0, 2, 4]:
            assert (np.sign(reading.weights[[0, 2, 4]]) == [1, -1, 1]).all()
    assert misses == 0
    unread = np.abs(result.weights[[1, 3, 5]])
    assert (unread < 4 * reading.standard_errors[[1, 3, 5]]).all()


def test_largest_out_of_range(result):
    rng = np.random.default_rng(0)
    for largest, limit in ((0, ">= 1"), (3, "<= 2")):
        with pytest.raises(ValueError, match=f"expected largest {limit}"):
            qcl.read_weights(result, 100, rng, largest=largest)
    # Three quarters are left for the start and one weight.
    with pytest.raises(ValueError, match=f"{enough(result, 8 / 3)}.*got 4"):
        qcl.read_weights(result, 4, rng, largest=1)


def test_outcomes_are_those_of_the_circuit():
    """The pair measurement, run as gates on the simulated solver."""
    import pennylane as qml

    step = qcl.PolynomialMap({1: [[-0.4]], 2: [[-0.1]]})
    system = qcl.stack(qcl.lift(step, 1), [-0.5], T=3)
    solved = qcl.hhl(system, clock_qubits=7)
    tape = solved.circuit()
    data = sorted(tape.wires)[-solved.problem.qubits :]
    first = solved.problem.solution_slice.start
    r, w = first, first + 3
    size = 2 ** len(data)
    turn = np.eye(size)
    turn[np.ix_([r, w], [r, w])] = np.array([[1, 1], [1, -1]]) / np.sqrt(2)

    @qml.qnode(qml.device("lightning.qubit", wires=sorted(tape.wires)))
    def outcomes():
        for gate in tape.operations:
            qml.apply(gate)
        qml.QubitUnitary(turn, wires=data)
        return qml.probs(wires=sorted(tape.wires))

    kept = outcomes().reshape(2, 2**7, size)[1, 0] / solved.success_probability
    x_r, x_w = solved.state[[0, 3]]
    assert kept[r] == pytest.approx((x_r + x_w) ** 2 / 2, abs=1e-12)
    assert kept[w] == pytest.approx((x_r - x_w) ** 2 / 2, abs=1e-12)
