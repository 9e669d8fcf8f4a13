"""Reading tensors and tables of coefficients."""

import numpy as np
import pytest
import sympy
from sympy import Rational

from qcl.lifting.maps.polynomial import PolynomialMap

u = sympy.Symbol("u")
TENTH = Rational(1, 10)


@pytest.mark.parametrize(
    ("n", "coefficients", "message"),
    [
        (0, {}, "expected n >= 1, got n=0"),
        (-1, {}, "expected n >= 1, got n=-1"),
        (10**30, {}, "expected n <= 1,000,000"),
        (1, [[0.5]], "expected a mapping of index tuples to coefficients"),
        (1, {0: [0.5]}, r"got an int; write \(0,\) for the first weight"),
        (2, {(2,): [1.0, 0.0]}, r"indices below n=2, got \(2,\)"),
        (2, {(-1,): [1.0, 0.0]}, r"indices below n=2, got \(-1,\)"),
        (2, {(0, 2): [1.0, 0.0]}, r"got \(0, 2\): expected index <= 1"),
        (2, {(0,): [1.0]}, r"coefficients of \(0,\) of shape \(2,\), got"),
        (2, {(): [1.0, 2.0, 3.0]}, r"coefficients of \(\) of shape \(2,\)"),
        (1, {(0,): [np.nan]}, r"finite numbers in the coefficients of \(0,"),
        (1, {(): [np.inf]}, r"finite numbers in the coefficients of \(\)"),
        (1, {(0,): [1j]}, r"real numbers in the coefficients of \(0,\)"),
        (1, {(0,): ["a"]}, r"expected numbers in the coefficients of \(0"),
        (1, {(0,): [TENTH], (0, 0): [0.5]}, "some F_l are rational and some"),
    ],
)
def test_wrong_coefficients_are_refused(n, coefficients, message):
    with pytest.raises((TypeError, ValueError), match=message):
        PolynomialMap.from_coefficients(n, coefficients)


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({}, "expected at least one F_l, got an empty mapping"),
        (None, "expected a mapping of degrees to F_l, got None"),
        ({1: np.zeros((0, 0))}, r"at least one row \(n >= 1\)"),
        ({0: 3.0}, r"F_0 with at least one row .*shape \(\)"),
        ({0: [1.0], 1: np.eye(2)}, "the same number of rows"),
        ({1: [1.0, 2.0]}, r"expected F_1 of shape \(2, 2\), got \(2,\)"),
        ({2: np.eye(2)}, r"expected F_2 of shape \(2, 4\), got \(2, 2\)"),
        ({-1: [[1.0]]}, "expected degree >= 0, got degree=-1"),
        ({1.5: [[1.0]]}, "expected an integer degree, got degree=1.5"),
        ({"1": [[1.0]]}, "expected an integer degree, got degree='1'"),
        ({10**30: [[1.0]]}, "expected degree <= 1,000"),
        (
            {1: np.ma.masked_array([[1.0]], mask=[[True]])},
            "plain numbers in F_1, got a masked array",
        ),
        ({1: np.array([["2020-01-01"]], "M8")}, "expected numbers in the co"),
        ({1: np.array([[1j]], dtype=object)}, "got complex ones"),
        ({1: [[np.nan]]}, "finite numbers in the coefficients of degree 1"),
        ({0: [np.inf]}, "finite numbers in the coefficients of degree 0"),
        ({2: [[1j]]}, "real numbers in the coefficients of degree 2"),
        ({1: [["a"]]}, r"expected numbers.*got"),
        ({1: [[u]]}, r"expected numbers in .*, got u among them"),
        ({1: [[TENTH]], 2: [[0.5]]}, "some F_l are rational and some are"),
    ],
)
def test_wrong_tensors_are_refused(tensors, message):
    with pytest.raises((TypeError, ValueError), match=message):
        PolynomialMap(tensors)


def test_ragged_rows_are_refused():
    with pytest.raises(
        ValueError, match=r"numbers in F_1, in rows of equal length"
    ):
        PolynomialMap({1: [[1, 2], [3]]})
