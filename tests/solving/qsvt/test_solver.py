import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qcl
from qcl.solving.qsvt.solver import qsvt


def one_weight(order, T):
    step = qcl.PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})
    return qcl.stack(qcl.lift(step, order), [0.5], T)


def two_weights(order, T):
    F2 = -0.1 * np.array([[0, 1, 1, 0], [1, 0, 0, 0]])
    F0 = [[0.02], [-0.01]]
    step = qcl.PolynomialMap({0: F0, 1: -0.2 * np.diag([1, 2.0]), 2: F2})
    return qcl.stack(qcl.lift(step, order), [0.4, -0.3], T)


def six_weights(T=8):
    rng = np.random.default_rng(1)
    A = rng.normal(size=(6, 6))
    H = A @ A.T / 6 + 0.5 * np.eye(6)
    F = {
        0: 0.01 * rng.normal(size=(6, 1)),
        1: -0.3 * H,
        2: 0.05 * rng.normal(size=(6, 36)),
    }
    lifting = qcl.lift(qcl.PolynomialMap(F), 2)
    return qcl.stack(lifting, 0.3 * rng.normal(size=6), T)


def random_system(size, seed, complex_=False):
    rng = np.random.default_rng(seed)
    matrix, rhs = rng.normal(size=(size, size)), rng.normal(size=size)
    if complex_:
        matrix = matrix + 1j * rng.normal(size=(size, size))
    return matrix + 3 * np.eye(size), rhs


def distance(result, system):
    expected = np.linalg.solve(*system)
    miss = np.linalg.norm(result.solution - expected)
    return miss / np.linalg.norm(expected)


@pytest.mark.parametrize("make", [one_weight, two_weights])
@pytest.mark.parametrize(("order", "T"), [(1, 8), (2, 5), (3, 8)])
@pytest.mark.parametrize("encoding", ["dilation", "time-shift"])
def test_stacked_systems_within_the_error_asked_for(make, order, T, encoding):
    system = make(order, T)
    result = qsvt(system, error=1e-3, encoding=encoding)
    expected = system.solve()
    miss = np.linalg.norm(result.solution - expected)
    assert miss <= 1e-3 * np.linalg.norm(expected)
    assert result.weights == pytest.approx(
        system.weights(expected), abs=1e-3 * np.linalg.norm(expected)
    )
    oracle = qsvt(system, error=1e-3, encoding=encoding, method="matrix")
    assert result.solution == pytest.approx(oracle.solution, abs=1e-9)
    assert result.success_probability == pytest.approx(
        oracle.success_probability, abs=1e-9
    )


def test_six_weights():
    system = six_weights()
    assert system.size == 243
    result = qsvt(system, error=1e-3)
    expected = system.solve()
    miss = np.linalg.norm(result.solution - expected)
    assert miss <= 1e-3 * np.linalg.norm(expected)
    assert result.qubits == 10


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 7, 12])
@pytest.mark.parametrize("complex_", [True, False])
def test_any_square_system(size, complex_):
    system = random_system(size, size, complex_)
    result = qsvt(system, error=1e-4)
    assert distance(result, system) <= 1e-4
    oracle = qsvt(system, error=1e-4, method="matrix")
    assert result.solution == pytest.approx(oracle.solution, abs=1e-9)


@given(st.integers(1, 9), st.integers(0, 999), st.floats(0.3, 8))
@settings(deadline=None, max_examples=60)
def test_the_error_bound_holds_for_every_right_hand_side(size, seed, digits):
    system = random_system(size, seed)
    if np.linalg.cond(system[0]) > 1e3:
        return
    error = 10**-digits
    result = qsvt(system, error, method="matrix")
    assert distance(result, system) <= result.error_bound * (1 + 1e-6) + 1e-12
    assert result.error_bound <= error


@pytest.mark.parametrize("polynomial", ["iteration", "cks"])
def test_either_polynomial_inverts(polynomial):
    system = two_weights(2, 3)
    result = qsvt(system, error=1e-5, polynomial=polynomial)
    assert result.relative_error <= 1e-5
    assert result.phases.shape == (result.degree + 1,)
    assert result.subnormalisation == pytest.approx(
        np.linalg.norm(system.matrix.toarray(), 2)
    )


def test_signs_of_real_and_complex_right_hand_sides():
    result = qsvt((np.diag([1.0, -1.0]), [1.0, 1.0]))
    assert result.solution == pytest.approx([1.0, -1.0], abs=1e-3)
    assert np.isrealobj(result.solution)
    result = qsvt((np.diag([2.0, 1.0]), [1.0, 1.0j]))
    assert result.solution == pytest.approx([0.5, 1j], abs=2e-3)


def test_success_probability_is_that_of_the_polynomial():
    system = one_weight(2, 3)
    result = qsvt(system, error=1e-8, method="matrix")
    scale = result.polynomial.scale * result.subnormalisation
    size = np.linalg.norm(system.solve()) / np.linalg.norm(system.rhs)
    assert result.success_probability == pytest.approx(
        (scale * size) ** 2, rel=1e-6
    )
    assert np.linalg.norm(result.state) == pytest.approx(1.0)


def test_circuit_uses_the_encoding_degree_times():
    result = qsvt(one_weight(2, 3), error=0.05)
    tape = result.circuit()
    names = [operation.name for operation in tape.operations]
    assert names.count("QubitUnitary") == result.degree
    assert names.count("RZ") == result.degree + 1
    assert len(tape.wires) == result.qubits
    assert result.one_use()[0].name == "QubitUnitary"


def test_weights_from_shots():
    rng = np.random.default_rng(3)
    result = qsvt(one_weight(2, 3), 1e-4, 400_000, rng, method="matrix")
    assert result.relative_error < 0.05
    assert result.shots == 400_000
    reading = qcl.read_weights(result, 400_000, rng)
    exact = result.system.weights(result.system.solve())
    assert abs(reading.weights - exact) < 5 * reading.standard_errors


BAD = {
    "singular": (([[1, 2], [2, 4]], [1, 1]), "singular"),
    "zero": (np.zeros((2, 2)), "zero matrix"),
    "ill-conditioned": (np.diag([1, 5e-7]), "degree"),
    "nan": ([[np.nan, 0], [0, 1]], "NaN"),
    "not square": (np.ones((2, 3)), "square"),
    "tiny": (1e-200 * np.eye(2), "rescale"),
    "huge": (1e200 * np.eye(2), "rescale"),
}


@pytest.mark.parametrize("method", ["circuit", "matrix"])
@pytest.mark.parametrize("name", BAD)
def test_ill_posed_systems_are_refused(name, method):
    system, message = BAD[name]
    if not isinstance(system, tuple):
        system = (system, [1, 1])
    with pytest.raises(ValueError, match=message):
        qsvt(system, method=method)


@pytest.mark.parametrize("rhs", [[0, 0], [1e-200, 0], [1, np.inf], [1]])
def test_bad_right_hand_sides_are_refused(rhs):
    with pytest.raises(ValueError, match="right-hand side"):
        qsvt((np.eye(2), rhs))


def test_a_circuit_too_long_or_too_wide_is_refused():
    with pytest.raises(ValueError, match="uses of the block-encoding"):
        qsvt((np.diag([1.0, 1e-3]), [1.0, 1.0]))
    with pytest.raises(ValueError, match="too large to simulate"):
        qsvt((np.eye(1025), np.ones(1025)), 0.5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"error": 0.0}, r"error in \(0, 1\)"),
        ({"error": 1.5}, r"error in \(0, 1\)"),
        ({"error": np.nan}, r"error in \(0, 1\)"),
        ({"error": 1e-15}, "ask for a larger one"),
        ({"method": "exact"}, "'circuit', 'matrix'"),
        ({"encoding": "fable"}, "'dilation', 'time-shift'"),
        ({"polynomial": "remez"}, "'iteration', 'cks'"),
        ({"shots": 100}, "source of randomness"),
        ({"shots": 0, "rng": np.random.default_rng(0)}, "shots >= 2"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        qsvt((np.diag([1.0, 0.3]), [1.0, 1.0]), **options)


def test_what_is_not_a_system_is_refused():
    with pytest.raises(TypeError, match="LinearSystem or a pair"):
        qsvt("system")
    with pytest.raises(TypeError, match=r"made by qcl\.stack"):
        qsvt((np.eye(2), [1, 1]), encoding="time-shift")


@pytest.mark.slow
@pytest.mark.parametrize("digits", [3, 6, 8, 9, 10, 11, 12])
def test_what_is_returned_keeps_its_word_and_the_rest_is_refused(digits):
    """Against solutions with 40 digits, for any condition number."""
    import mpmath

    rng, error, kept = np.random.default_rng(digits), 10.0**-digits, 0
    with mpmath.workdps(40):
        for i in range(40):
            n = int(rng.integers(1, 13))
            matrix, rhs = rng.normal(size=(n, n)), rng.normal(size=n)
            if i % 3 == 0:
                matrix = matrix + 1j * rng.normal(size=(n, n))
            try:
                result = qsvt((matrix, rhs), error, method="matrix")
            except ValueError as refused:
                assert "ask for a larger one" in str(refused)  # noqa: PT017
                continue
            kept += 1
            exact = mpmath.lu_solve(
                mpmath.matrix(matrix.tolist()), mpmath.matrix(rhs.tolist())
            )
            exact = np.array([complex(x) for x in exact])
            miss = np.linalg.norm(result.solution - exact)
            bound = result.error_bound * np.linalg.norm(exact)
            assert miss <= bound
            assert result.error_bound <= error
    assert kept >= (20 if digits < 12 else 10)


def test_results_are_pickled_and_not_written_into():
    import pickle

    result = qsvt(one_weight(2, 2), error=0.1)
    copy = pickle.loads(pickle.dumps(result))
    assert copy.solution.tolist() == result.solution.tolist()
    assert len(copy.circuit().operations) == len(result.circuit().operations)
    for encoding in ("dilation", "time-shift"):
        again = pickle.loads(
            pickle.dumps(qsvt(one_weight(2, 2), 0.1, encoding=encoding))
        )
        unitary = again.encoding.unitary()
        corner = unitary[: len(again.start), : len(again.start)]
        assert corner == pytest.approx(again.encoding.block, abs=1e-12)
    for array in (result.solution, result.state, result.encoding.block):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 9
    weights = result.weights
    weights += 1
    assert result.weights.tolist() != weights.tolist()


def test_matrix_and_right_hand_side_one_after_the_other():
    matrix, rhs = [[2, 0], [1, -1]], [2, 3]
    one, two = qsvt(matrix, rhs, method="matrix"), qsvt((matrix, rhs))
    assert one.solution == pytest.approx(two.solution, abs=1e-9)
