from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from qcl.lifting.algebra.exact import (
    check_range,
    is_exact,
    numbers,
    rationals,
    zeros,
)

third = sympy.Rational(1, 3)


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (1, True),
        ([1, -2], True),
        (np.int8(3), True),
        (np.array([200], dtype=np.uint8), True),
        ([third, 2], True),
        ([Fraction(1, 3), third], True),
        (third, True),
        ([10**400], True),
        (np.array([], dtype=object), True),
        (0.5, False),
        ([1, 0.5], False),
        ([third, 0.5], False),
        (sympy.Float(1), False),
        (sympy.pi, False),
        (sympy.oo, False),
        (sympy.nan, False),
        (sympy.Symbol("u"), False),
        (Decimal(1), False),
        (["1"], False),
        ([None], False),
        ([1j], False),
        ([True], False),
    ],
)
def test_exact_means_integers_and_rationals(value, exact):
    assert is_exact(value) is exact


@settings(max_examples=20, derandomize=True, deadline=None)
@given(st.lists(st.fractions(), min_size=1, max_size=5))
def test_rationals_lose_nothing(values):
    array = np.empty(len(values), dtype=object)
    array[:] = values
    got = rationals(array)
    assert [Fraction(int(x.p), int(x.q)) for x in got] == values
    assert all(isinstance(x, sympy.Rational) for x in got)


@pytest.mark.parametrize(
    "values",
    [
        np.array([[1, 2, 3], [4, 5, 2**62 + 1]]),
        np.array([[1, Fraction(1, 3), third], [10**40, -1, 0]], dtype=object),
    ],
)
def test_rationals_keep_shape_and_value(values):
    got = rationals(values)
    assert got.shape == values.shape
    for x, y in zip(got.flat, values.ravel().tolist(), strict=True):
        assert isinstance(x, sympy.Rational)
        assert x == y


def test_finite_returns_floats():
    got = numbers(
        np.array([third, 2, sympy.pi], dtype=object), "it", exact=False
    )
    assert got.dtype == np.float64
    np.testing.assert_allclose(got, [1 / 3, 2, np.pi], rtol=1e-15)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, np.nan], "expected finite numbers in it, got NaN or infinity"),
        ([-np.inf], "expected finite numbers in it"),
        ([sympy.oo, 1], "expected finite numbers in it"),
        ([sympy.nan, 1], "expected finite numbers in it"),
        ([None, 1], "expected numbers in it, got None"),
        ([1 + 1j], "expected real numbers in it, got complex ones"),
        ([sympy.Symbol("u")], r"expected numbers in it, got u among"),
        ([sympy.I], r"expected real numbers in it"),
        (["a", "b"], r"expected numbers in it, got entries"),
    ],
)
def test_finite_refuses(values, message):
    with pytest.raises((TypeError, ValueError), match=message):
        numbers(np.array(values), "it", exact=False)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_leaving_the_range_is_an_error(bad):
    with pytest.raises(OverflowError, match=r"range of floats at step 7"):
        check_range(np.array([1.0, bad]), 7)


def test_staying_in_range_is_not():
    check_range(np.array([1e308, -1e308]), 1)
    check_range(np.array([sympy.Integer(10) ** 400], dtype=object), 1)


def test_zeros_come_in_both_kinds():
    exact, floats = zeros((2, 3), True), zeros((2, 3), False)
    assert exact.shape == floats.shape == (2, 3)
    assert all(x is sympy.S.Zero for x in exact.flat)
    assert floats.dtype == np.float64
    assert not floats.any()


def test_finite_refuses_integers_beyond_floats():
    with pytest.raises(
        (TypeError, ValueError), match="expected finite numbers in it"
    ):
        numbers(np.array([10**400], dtype=object), "it", exact=False)


def test_booleans_in_object_arrays_are_numbers_or_refused():
    """is_exact says yes (bool is a Rational), rationals then raises."""
    array = np.array([True], dtype=object)
    assert not is_exact(array) or rationals(array).tolist() == [1]
