"""Orders and horizons, against the bounds that they invert."""

import numpy as np
import pytest

from qcl.lifting.bounds.horizons import horizon, mobius_horizon, order_for
from qcl.lifting.bounds.truncation import truncation_bound
from qcl.lifting.maps.polynomial import PolynomialMap

LOGISTIC = PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})  # mu = 0.2, x_+ = 1


@pytest.mark.parametrize("growth", [-0.3, 0.0, 0.2])
def test_mobius_horizon_is_where_the_bound_stops(growth):
    step = PolynomialMap({1: [[growth]], 2: [[0.5]]})
    end = mobius_horizon(step, [0.7])
    last = int(np.ceil(end)) - 1
    assert np.isfinite(truncation_bound(step, [0.7], 2, last, "mobius")).all()
    with pytest.raises(ValueError, match=f"take at most {last} steps"):
        truncation_bound(step, [0.7], 2, last + 1, "mobius")


def test_mobius_horizon_can_be_infinite():
    assert mobius_horizon(LOGISTIC, [0.5]) == np.inf
    assert mobius_horizon(LOGISTIC, [0.0]) == np.inf
    assert mobius_horizon(PolynomialMap({1: [[0.5]]}), [1.0]) == np.inf


@pytest.mark.parametrize("kind", ["majorant", "uniform", "mobius"])
@pytest.mark.parametrize("error", [1e-2, 1e-5, 1e-9])
def test_order_for_is_the_smallest(kind, error):
    step = PolynomialMap({1: [[-0.5]], 2: [[-0.2]]})
    order = order_for(step, [0.4], 20, error, kind)
    assert truncation_bound(step, [0.4], order, 20, kind).max() <= error
    if order > 1:
        lower = truncation_bound(step, [0.4], order - 1, 20, kind)
        assert lower.max() > error


def test_order_for_says_when_no_order_will_do():
    step = PolynomialMap({1: [[0.1]], 2: [[0.5]]})
    with pytest.raises(ValueError, match="no order up to limit=20"):
        order_for(step, [0.8], 30, 1e-3, limit=20)


@pytest.mark.parametrize("kind", ["majorant", "mobius"])
def test_horizon_is_the_last_good_time(kind):
    step = PolynomialMap({1: [[0.05]], 2: [[0.1]]})
    last = horizon(step, [0.1], 4, 1e-3, kind)
    bound = truncation_bound(step, [0.1], 4, last + 1, kind)
    assert (bound[:-1] <= 1e-3).all()
    assert bound[-1] > 1e-3


def test_horizon_of_a_contracting_step_is_the_limit():
    assert horizon(LOGISTIC, [0.1], 4, 1e-3, "uniform", limit=50) == 50
    assert horizon(LOGISTIC, [0.5], 2, 1e-9, "uniform", limit=50) == 0
