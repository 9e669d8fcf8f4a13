"""The lifted step: what its methods refuse."""

import numpy as np
import pytest
import sympy
from sympy import Rational

from qcl.lifting.carleman.lift import lift
from qcl.lifting.maps.polynomial import PolynomialMap

logistic = PolynomialMap({1: [[-0.1]], 2: [[-0.1]]})


def exact_map(n):
    tenths = [Rational(1, 10)] * n
    return PolynomialMap.from_coefficients(n, {(): tenths, (0, 0): tenths})


@pytest.mark.parametrize("exact", [True, False])
def test_negative_time_is_refused(exact):
    step = exact_map(1) if exact else logistic
    lifting = lift(step, 2)
    for method in (lifting.history, lifting.trajectory):
        with pytest.raises(ValueError, match="expected T >= 0, got T=-1"):
            method([1], -1)


@pytest.mark.parametrize("T", [2.5, "2", None])
@pytest.mark.parametrize("exact", [True, False])
def test_time_must_be_an_integer(T, exact):
    step = exact_map(1) if exact else logistic
    with pytest.raises(TypeError):
        lift(step, 2).trajectory([1], T)


@pytest.mark.parametrize(
    ("point", "message"),
    [
        ([], r"shape \(2,\), got \(0,\)"),
        ([1, 2, 3], r"shape \(2,\), got \(3,\)"),
        ([[1, 2], [3, 4]], r"got \(2, 2\)"),
        (1, r"shape \(2,\), got \(\)"),
        ([np.nan, 1], "finite numbers in the weight vector"),
        ([np.inf, 1], "finite numbers in the weight vector"),
        ([1j, 1], "real numbers in the weight vector"),
        (["a", "b"], "expected numbers in the weight vector"),
        ([sympy.Symbol("u"), 1], "expected numbers in the weight vector"),
    ],
)
@pytest.mark.parametrize("exact", [True, False])
def test_wrong_points_are_refused(point, message, exact):
    step = exact_map(2)
    lifting = lift(step if exact else step.as_float(), 2)
    for method in (
        lifting.embed,
        lambda u: lifting.history(u, 1),
        lambda u: lifting.trajectory(u, 1),
    ):
        with pytest.raises((TypeError, ValueError), match=message):
            method(point)


def test_leaving_the_range_of_floats_is_an_error():
    lifting = lift(PolynomialMap({1: [[9.0]]}), 3)
    with pytest.raises(OverflowError, match=r"range of floats at step \d+"):
        lifting.trajectory([1.0], 400)
    assert np.isfinite(lifting.history([1.0], 90)).all()


def test_exact_matrix_needs_an_exact_step_and_monomials():
    for lifting in (
        lift(logistic, 2),
        lift(exact_map(1), 2, "kronecker"),
    ):
        with pytest.raises(ValueError, match="expected an exact step in the"):
            lifting.exact_matrix()


@pytest.mark.parametrize("T", [2.5, "2", None])
def test_wrong_times_say_so(T):
    with pytest.raises((TypeError, ValueError), match=r"steps|T="):
        lift(logistic, 2).trajectory([0.1], T)


@pytest.mark.filterwarnings("ignore:overflow")
def test_embedding_out_of_range_is_an_error():
    """The square is infinite, and a history of T = 0 returns it."""
    with pytest.raises(OverflowError, match="range of floats"):
        lift(logistic, 2).history([1e200], 0)
