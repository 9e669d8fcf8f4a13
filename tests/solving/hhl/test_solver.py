import warnings
from dataclasses import replace

import numpy as np
import pytest

import qcl
from qcl.solving.solution.result import InaccurateSolutionWarning


@pytest.fixture(scope="module")
def one_weight():
    step = qcl.PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})
    return qcl.stack(qcl.lift(step, order=2), [0.3], T=3)


def random_system(size, seed, hermitian=False, complex_=False):
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(size, size))
    if complex_:
        matrix = matrix + 1j * rng.normal(size=(size, size))
    if hermitian:
        matrix = matrix + matrix.conj().T
    return matrix + 4 * np.eye(size), rng.normal(size=size)


def test_seven_clock_bits_suffice_for_one_weight(one_weight):
    result = qcl.hhl(one_weight, clock_qubits=7)
    assert result.fidelity > 0.9999
    exact = one_weight.weights(one_weight.solve())
    assert result.weights == pytest.approx(exact, rel=1e-2)
    assert result.qubits == 1 + 7 + 4


@pytest.mark.parametrize("clock_qubits", [6, 7, 8])
def test_circuit_and_filter_agree(one_weight, clock_qubits):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InaccurateSolutionWarning)
        circuit, formula = (
            qcl.hhl(one_weight, clock_qubits, method=method)
            for method in ("circuit", "filter")
        )
    assert circuit.solution == pytest.approx(formula.solution, abs=1e-9)
    assert circuit.success_probability == pytest.approx(
        formula.success_probability, abs=1e-12
    )


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 7, 12])
@pytest.mark.parametrize("hermitian", [True, False])
@pytest.mark.parametrize("complex_", [True, False])
def test_any_square_system(size, hermitian, complex_):
    matrix, rhs = random_system(size, size, hermitian, complex_)
    result = qcl.hhl((matrix, rhs), method="filter")
    assert result.relative_error <= 1e-2
    expected = np.linalg.solve(matrix, rhs)
    assert np.linalg.norm(result.solution - expected) <= 1e-2 * np.linalg.norm(
        expected
    )


@pytest.mark.parametrize("complex_", [True, False])
def test_circuit_of_an_odd_sized_system(complex_):
    system = random_system(3, 8, complex_=complex_)
    circuit = qcl.hhl(system, clock_qubits=7)
    formula = qcl.hhl(system, clock_qubits=7, method="filter")
    assert circuit.solution == pytest.approx(formula.solution, abs=1e-9)


def test_a_real_matrix_with_a_complex_right_hand_side():
    result = qcl.hhl(([[2.0, 0.0], [0.0, 1.0]], [1.0, 1.0j]))
    assert result.solution == pytest.approx([0.5, 1j], abs=2e-2)


def test_negative_eigenvalues_keep_their_sign():
    result = qcl.hhl(([[1.0, 0.0], [0.0, -1.0]], [1.0, 1.0]))
    assert result.solution == pytest.approx([1.0, -1.0], rel=1e-2)


def test_success_probability_is_at_most_the_ideal_one_near_accuracy(
    one_weight,
):
    result = qcl.hhl(one_weight, clock_qubits=11, method="filter")
    C, b = result.clock.constant, np.linalg.norm(one_weight.rhs)
    ideal = (C * np.linalg.norm(result.reference) / b) ** 2
    assert result.success_probability == pytest.approx(ideal, rel=1e-2)


@pytest.mark.parametrize("seed", range(20))
def test_advice_is_kept(seed):
    rng = np.random.default_rng(seed)
    step = qcl.PolynomialMap(
        {
            0: 0.02 * rng.normal(size=(2, 1)),
            1: -0.3 * np.eye(2) + 0.05 * rng.normal(size=(2, 2)),
            2: 0.1 * rng.normal(size=(2, 4)),
        }
    )
    u0 = rng.uniform(-0.5, 0.5, 2)
    system = qcl.stack(qcl.lift(step, 2), u0, T=3)
    assert qcl.hhl(system, method="filter").relative_error <= 1e-2
    advised = qcl.advise_clock(system, error=0.05)
    result = qcl.hhl(system, advised, method="filter")
    assert result.relative_error <= 0.05


def test_shots_keep_norm_and_signs(one_weight):
    rng = np.random.default_rng(0)
    result = qcl.hhl(one_weight, clock_qubits=7, shots=10**6, rng=rng)
    assert result.shots == 10**6
    assert result.relative_error < 0.02
    assert result.weights == pytest.approx([0.1255], abs=0.005)


def test_circuit_can_be_inspected(one_weight):
    tape = qcl.hhl(one_weight, 7, method="filter").circuit()
    names = [op.name for op in tape.operations]
    assert names.count("ControlledQubitUnitary") == 7
    assert "SelectPauliRot" in names


@pytest.mark.parametrize("clock_qubits", [6, 8])
def test_circuit_and_filter_agree_with_a_sine(one_weight, clock_qubits):
    circuit, formula = (
        qcl.hhl(one_weight, clock_qubits, method=method, window="sine")
        for method in ("circuit", "filter")
    )
    assert circuit.solution == pytest.approx(formula.solution, abs=1e-12)
    assert circuit.success_probability == pytest.approx(
        formula.success_probability, abs=1e-12
    )


def test_a_sine_needs_fewer_qubits_for_a_small_error(one_weight):
    """Its error falls as the square of that of the rectangle."""
    plain, sine = (
        qcl.advise_clock(one_weight, 1e-4, window)
        for window in ("rectangular", "sine")
    )
    assert sine <= plain - 3
    result = qcl.hhl(one_weight, sine, window="sine", method="filter")
    assert result.relative_error <= 1e-4
    assert result.clock.window == "sine"


def dissipative(n, order, T, seed=0):
    rng = np.random.default_rng(seed)
    step = qcl.PolynomialMap(
        {
            1: -0.3 * np.eye(n) + 0.05 * rng.normal(size=(n, n)),
            2: 0.1 * rng.normal(size=(n, n * n)),
        }
    )
    return qcl.stack(qcl.lift(step, order), rng.uniform(0.2, 0.5, n), T)


@pytest.mark.parametrize("T", [1, 4, 8])
@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("n", [1, 2])
def test_both_solvers_keep_their_word(n, order, T):
    system = dissipative(n, order, T)
    assert qcl.hhl(system, method="filter").relative_error < 1e-2
    assert qcl.qsvt(system, 1e-3, method="matrix").relative_error < 1e-3


def test_inaccuracy_is_said_aloud():
    """At four bins from zero an eigenvalue between two bins is misread."""
    system = (np.diag([1.0, 0.305]), [0.0, 1.0])
    with pytest.warns(InaccurateSolutionWarning, match="5 qubits leaves"):
        qcl.hhl(system, clock_qubits=5, method="filter")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: qcl.hhl(s, clock_qubits=4), "use clock_qubits >= 6"),
        (lambda s: qcl.hhl(s, clock_qubits=22), "27 qubits"),
        (lambda s: qcl.hhl(s, method="fast"), "'circuit', 'filter'"),
        (lambda s: qcl.hhl(s, 7, shots=100), "source of randomness"),
        (lambda s: qcl.advise_clock(s, error=0), "error > 0"),
        (lambda s: qcl.advise_clock(s, error=1e-9), "no clock of up to 16"),
        (
            lambda s: qcl.hhl((np.diag([1.0, 1e-7]), [1, 1])),
            "no clock of up to 16",
        ),
        (lambda s: qcl.hhl((np.ones((2, 2)), [1, 1])), "singular"),
        (lambda s: qcl.hhl((np.eye(2), [0, 0])), "right-hand side is zero"),
        (
            lambda s: qcl.hhl(
                (np.eye(2) * 1j, [1, 1]),
                6,
                shots=10,
                rng=np.random.default_rng(0),
            ),
            "needs a real system",
        ),
    ],
)
def test_bad_input(one_weight, call, message):
    with pytest.raises(ValueError, match=message):
        call(one_weight)


def test_a_clock_made_by_hand(one_weight):
    advised = qcl.hhl(one_weight, clock_qubits=7, method="filter")
    again = qcl.hhl(one_weight, clock=advised.clock, method="filter")
    assert again.solution.tolist() == advised.solution.tolist()
    with pytest.raises(ValueError, match="one clock, got several"):
        qcl.hhl(one_weight, 7, clock=advised.clock)
    dark = replace(advised.clock, constant=1e3)
    with pytest.raises(ValueError, match="never succeeds"):
        qcl.hhl(one_weight, clock=dark, method="filter")


def test_matrix_and_right_hand_side_one_after_the_other():
    matrix, rhs = [[2, 0], [0, -1]], [2, 1]
    found = qcl.hhl(matrix, rhs, method="filter")
    assert found.solution == pytest.approx([1, -1], rel=0.02)
    assert qcl.advise_clock(matrix, rhs) == qcl.advise_clock((matrix, rhs))
    assert qcl.diagnose(matrix, rhs).findings == ()


def test_complex_numbers_among_objects():
    boxed = np.array([[1 + 1j, 0], [0, 2]], dtype=object)
    expected = np.linalg.solve(boxed.astype(complex), [1, 1])
    for solve in (qcl.hhl, qcl.qsvt):
        assert solve(boxed, [1, 1]).solution == pytest.approx(
            expected, abs=0.01
        )


@pytest.mark.slow
def test_the_filter_takes_what_is_advised():
    """Nothing is simulated, so no ceiling on qubits is in the way."""
    system = (np.diag(np.linspace(0.004, 1, 600)), np.ones(600))
    advised = qcl.advise_clock(system)
    result = qcl.hhl(system, advised, method="filter")
    assert result.relative_error <= 1e-2
    assert result.qubits > 24
    with pytest.raises(ValueError, match="use method='filter'"):
        qcl.hhl(system, advised)


def followed(system, call):
    """Return the remedies that a refusal names."""
    with pytest.raises(ValueError, match="condition number") as caught:
        call(system)
    return str(caught.value)


def test_no_message_sends_the_reader_in_a_circle():
    """No clock, polynomial or larger error helps at 1e8, and none is named."""
    hopeless = (np.diag([1.0, 1e-8]), [1.0, 1.0])
    calls = (
        qcl.hhl,
        lambda s: qcl.hhl(s, clock_qubits=20, method="filter"),
        qcl.advise_clock,
        qcl.qsvt,
        lambda s: qcl.qsvt(s, method="matrix"),
    )
    for call in calls:
        words = followed(hopeless, call)
        for useless in (
            "clock_qubits=",
            "qcl.qsvt",
            "larger error",
            "advised",
        ):
            assert useless not in words
    hard = (np.diag([1.0, 1e-4]), [1.0, 1.0])
    words = followed(hard, lambda s: qcl.advise_clock(s, 1e-3))
    assert "qcl.qsvt with method='matrix'" in words
    assert qcl.qsvt(hard, 1e-3, method="matrix").relative_error < 1e-3


def test_a_lifting_that_does_not_follow_descent_is_said_aloud():
    """With R = 3 the solver is right and the lifting is not."""
    step = qcl.PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})
    far = qcl.stack(qcl.lift(step, 2), [3.0], T=3)
    assert far.ratio == pytest.approx(3)
    near = qcl.stack(qcl.lift(step, 2), [0.3], T=3)
    calls = (
        lambda s: qcl.hhl(s, method="filter"),
        lambda s: qcl.qsvt(s, method="matrix"),
        qcl.diagnose,
    )
    for call in calls:
        with pytest.warns(qcl.TruncationWarning, match="R = 3"):
            call(far)
        with warnings.catch_warnings():
            warnings.simplefilter("error", qcl.TruncationWarning)
            call(near)


def test_shots_are_whole_numbers(one_weight):
    with pytest.raises(TypeError, match="integer shots"):
        qcl.hhl(one_weight, 7, shots=2.5, rng=0)


@pytest.mark.parametrize(
    ("window", "error"), [("rectangular", 1e-2), ("sine", 1e-3)]
)
def test_a_small_part_of_the_start_may_be_most_of_the_solution(window, error):
    """It counts in the advice, which is the first width that suffices."""
    system = np.diag([1.0, 0.013]), np.array([1.0, 0.008])
    advised = qcl.advise_clock(system, error, window)
    errors = [
        qcl.hhl(system, n, method="filter", window=window).relative_error
        for n in (advised - 1, advised)
    ]
    assert errors[0] > error >= errors[1]


@pytest.mark.filterwarnings("ignore:a clock of")
@pytest.mark.parametrize("kappa", [2.0, 4.0, 8.0])
def test_the_narrowest_clock_has_four_bins_below_the_smallest(kappa):
    """With the largest at its end, 2**(n - 1) / kappa of them are."""
    system = np.diag([1.0, 1 / kappa]), [1.0, 1.0]
    n = round(np.log2(8 * kappa))
    assert qcl.hhl(system, n, method="filter").clock.qubits == n
    with pytest.raises(ValueError, match=f"clock_qubits >= {n}, or"):
        qcl.hhl(system, n - 1, method="filter")
