import numpy as np
import pytest

from qcl.solving.costs.model import cost_model


def slope(x, y):
    return np.polyfit(np.log(x), np.log(y), 1)[0]


LONG = np.geomspace(1e3, 1e6, 7)


@pytest.mark.parametrize(
    ("solver", "regime", "power"),
    [
        ("optimal", "dissipative", 1),
        ("optimal", "padded", 1),
        ("hhl", "padded", 2),
        ("optimal", "marginal", 2),
        ("hhl", "marginal", 4),
    ],
)
def test_power_of_the_number_of_steps(solver, regime, power):
    costs = cost_model(LONG, 2**20, solver=solver, regime=regime)
    assert slope(LONG, costs.quantum) == pytest.approx(power, abs=0.01)


def test_qsvt_pays_a_logarithm_more_than_the_optimal_solver():
    optimal, qsvt = (
        cost_model(LONG, 2**20, solver=s).quantum for s in ("optimal", "qsvt")
    )
    ratio = qsvt / optimal
    assert np.diff(ratio) == pytest.approx(np.diff(ratio)[0], rel=0.01)


def test_weights_enter_by_their_logarithm_and_the_baseline_not_at_all():
    n = 2.0 ** np.array([10, 20, 40])
    costs = cost_model(100, n)
    assert costs.quantum / costs.quantum[0] == pytest.approx([1, 2, 4])
    assert costs.classical_dense / n == pytest.approx(
        costs.classical_dense[0] / n[0]
    )
    assert len(set(costs.classical_sparse.tolist())) == 1


def test_a_formula_by_hand():
    costs = cost_model(
        T=4, n=16, sparsity=2, error=0.1, order=3, row_nonzeros=5, success=0.25
    )
    kappa = 18
    calls = kappa * np.log(10) / 0.5
    expected = 2 * np.log(2) / 0.01 * calls * (3 * 5 * 4 + 3 * 2 * 4)
    assert costs.kappa == kappa
    assert costs.quantum == pytest.approx(expected)
    assert costs.classical_sparse == 4 * 2 * 5
    assert costs.classical_dense == 4 * 16 * 5


def test_a_divergent_mode_is_exponential_in_order_and_steps():
    costs = cost_model([10, 20], 4, regime="divergent", growth=0.1, order=2)
    assert costs.kappa == pytest.approx([1.1**20, 1.1**40])


def test_steps_and_weights_are_broadcast():
    costs = cost_model(np.array([[1], [2]]), np.array([2, 4, 8]))
    for name in ("T", "n", "kappa", "shots", "quantum", "classical_sparse"):
        assert getattr(costs, name).shape == (2, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"T": 0}, "T >= 1"),
        ({"n": 1}, "n >= 2"),
        ({"T": []}, "T >= 1"),
        ({"T": np.nan}, "finite numbers in T"),
        ({"solver": "adiabatic"}, "'optimal', 'qsvt', 'hhl'"),
        ({"regime": "chaotic"}, "'dissipative', 'padded'"),
        ({"error": 0}, r"error in \(0, 1\)"),
        ({"success": 0}, "success > 0 and <= 1"),
        ({"growth": -1}, "growth >= 0"),
        ({"sparsity": 0.5}, ">= 1"),
        ({"order": 0}, ">= 1"),
        ({"sparsity": np.nan}, "finite number sparsity"),
        ({"row_nonzeros": np.nan}, "finite number row_nonzeros"),
        ({"growth": np.nan}, "finite number growth"),
        ({"T": 1e300, "regime": "marginal"}, "range of floats"),
    ],
)
def test_bad_parameters_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        cost_model(**({"T": 10, "n": 16} | options))
