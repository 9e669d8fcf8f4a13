import numpy as np
import pytest

import qcl
from qcl.solving.hhl.clock import Clock, guard_bins
from qcl.solving.stacking.hermitian import embed_hermitian


@pytest.fixture
def one_weight():
    step = qcl.PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})
    return qcl.stack(qcl.lift(step, order=2), [0.3], T=3)


def test_filter_formula_against_brute_force_phase_estimation():
    """Sum over the clock's Fourier amplitudes, straight from the circuit."""
    rng = np.random.default_rng(2)
    matrix = rng.normal(size=(3, 3)) + 4 * np.eye(3)
    problem = embed_hermitian((matrix, rng.normal(size=3)))
    clock = Clock.for_problem(problem, 6)
    x = np.arange(64)
    phases = np.outer(problem.eigenvalues * clock.time, x)
    amplitudes = np.fft.fft(np.exp(1j * phases), axis=1) / 64
    kernel = np.abs(amplitudes) ** 2
    assert clock.kernel(problem.eigenvalues) == pytest.approx(kernel)
    assert kernel.sum(axis=1) == pytest.approx(1)
    assert clock.filter(problem.eigenvalues) == pytest.approx(
        kernel @ clock.ratios
    )


def test_the_largest_eigenvalue_sits_on_the_last_positive_bin(one_weight):
    problem = embed_hermitian(one_weight)
    clock = Clock.for_problem(problem, 5)
    assert clock.bins.max() == pytest.approx(problem.eigenvalues.max())
    assert (np.abs(clock.ratios) <= 1).all()
    assert clock.ratios[0] == 0


def test_sine_window_against_brute_force_phase_estimation():
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(3, 3)) + 4 * np.eye(3)
    problem = embed_hermitian((matrix, rng.normal(size=3)))
    clock = Clock.for_problem(problem, 6, "sine")
    x = np.arange(64)
    window = np.sqrt(2 / 64) * np.sin(np.pi * (x + 0.5) / 64)
    phases = np.outer(problem.eigenvalues * clock.time, x)
    amplitudes = np.fft.fft(window * np.exp(1j * phases), axis=1) / 8
    kernel = np.abs(amplitudes) ** 2
    assert clock.kernel(problem.eigenvalues) == pytest.approx(
        kernel, abs=1e-12
    )
    assert kernel.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize(
    ("window", "power"), [("rectangular", -2), ("sine", -4)]
)
def test_tails_of_the_kernel(window, power):
    clock = Clock(12, time=np.pi, constant=0.1, window=window)
    width = clock.bins[1]
    kernel = clock.kernel(np.array([0.2 * width]))[0]
    near, far = kernel[20:40].mean(), kernel[200:400].mean()
    assert np.log10(far / near) == pytest.approx(power, abs=0.1)


@pytest.mark.parametrize("window", ["rectangular", "sine"])
def test_shortfall_adds_up_to_what_the_filter_lacks(window):
    rng = np.random.default_rng(4)
    values = rng.uniform(0.2, 1, 8) * rng.choice([-1, 1], 8)
    clock = Clock(6, time=1.3 * np.pi, constant=0.25, window=window)
    lack = values / clock.constant * clock.filter(values) - 1
    assert clock.shortfall(values).sum(axis=1) == pytest.approx(lack)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"qubits": 0}, ValueError, "expected qubits >= 1, got qubits=0"),
        ({"qubits": 23}, ValueError, "expected at most 22 clock qubits"),
        ({"qubits": 2.5}, TypeError, "expected an integer qubits"),
        ({"time": 0.0}, ValueError, "expected time > 0, got time=0"),
        ({"time": np.inf}, ValueError, "expected a finite number time"),
        ({"time": "1"}, TypeError, "expected a real number time"),
        ({"time": 1e101}, ValueError, "expected a time in 1e-100"),
        ({"constant": -1.0}, ValueError, "expected constant > 0"),
        ({"constant": 1e-101}, ValueError, "expected a constant in 1e-100"),
        ({"window": "round"}, ValueError, "expected window to be one of"),
    ],
)
def test_a_clock_that_cannot_run(wrong, error, message):
    given = {"qubits": 4, "time": 1.0, "constant": 0.1, **wrong}
    with pytest.raises(error, match=message):
        Clock(**given)


@pytest.mark.parametrize(
    ("window", "below"), [("rectangular", 1), ("sine", 2)]
)
def test_the_bins_just_below_the_smallest_eigenvalue_are_rotated(
    window, below
):
    """As many as the window spreads an eigenvalue over."""
    problem = embed_hermitian((np.diag([1.0, 0.2]), [1.0, 1.0]))
    clock = Clock.for_problem(problem, 6, window)
    smallest = 0.2 / clock.bins[1]
    rotated = np.flatnonzero(clock.ratios[: 2**5])
    assert clock.constant == pytest.approx(0.2 - below * clock.bins[1])
    assert rotated.min() <= np.ceil(smallest) - below
    assert 0.5 * 0.2 <= clock.constant <= 0.9 * 0.2


def test_a_number_is_one_eigenvalue():
    clock = Clock(4, np.pi, 0.3)
    assert clock.kernel(0.5).shape == (1, 16)
    assert clock.filter(0.5) == pytest.approx(clock.filter([0.5]))
    with pytest.raises(ValueError, match="nothing of it is left"):
        clock.filter([1e30])


def test_bins_kept_free_beyond_the_largest_eigenvalue():
    """The sine window leaks further, over a sixteenth of the clock."""
    assert guard_bins(8, "rectangular") == 1
    assert [guard_bins(n, "sine") for n in (4, 5, 6, 8)] == [3, 3, 4, 16]


def test_a_bin_that_shows_the_constant_is_rotated_fully():
    ratios = Clock(4, time=np.pi, constant=0.25).ratios
    assert ratios[:5].tolist() == pytest.approx([0, 0, 1, 2 / 3, 1 / 2])
    assert ratios[-3:].tolist() == pytest.approx([-2 / 3, -1, 0])


def test_bin_zero_is_a_matter_of_resolution():
    """All other bins are rotated, so no rotation is lost."""
    clock = Clock(4, time=np.pi, constant=0.01)
    resolution, lost, _ = clock.shortfall([0.05]).T
    assert lost == [0]
    assert abs(resolution[0]) > 0.1


def test_the_bin_of_the_largest_eigenvalue():
    """A clock has half its bins above 0, less the guard, or a quarter."""
    problem = embed_hermitian((np.diag([3.0, 1.0]), [1.0, 1.0]))
    for qubits, expected in ((2, 0.5), (3, 1), (4, 5), (8, 112)):
        clock = Clock.for_problem(problem, qubits, "sine")
        assert 3.0 / clock.bins[1] == pytest.approx(expected)
