"""What the guard at every door takes, and what it refuses."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse as sp
import sympy

import qcl
from qcl import _checks

HALF = sympy.Rational(1, 2)


@pytest.mark.parametrize(
    "three",
    [3, 3.0, np.int8(3), np.float32(3), np.array(3), sympy.Integer(3),
     Fraction(3)],
)  # fmt: skip
def test_a_count_takes_what_is_whole(three):
    found = _checks.a_count(three, "T")
    assert type(found) is int
    assert found == 3


@pytest.mark.parametrize(
    "value",
    [True, np.True_, 2.5, np.nan, np.inf, 1j, "3", b"3", None, [3], {3},
     np.array([3]), np.ma.masked, np.datetime64("2020"), HALF, sympy.oo,
     Decimal(3), sympy.Symbol("n", integer=True)],
)  # fmt: skip
def test_a_count_refuses_the_rest(value):
    with pytest.raises(TypeError, match="expected an integer T, got"):
        _checks.a_count(value, "T")


def test_a_count_has_limits():
    with pytest.raises(ValueError, match="expected T >= 1, got T=0"):
        _checks.a_count(0, "T", least=1)
    with pytest.raises(ValueError, match=r"<= 10, got T=1,000; take fewer"):
        _checks.a_count(1e3, "T", most=10, remedy="take fewer steps")


@pytest.mark.parametrize(
    "half", [0.5, np.float16(0.5), np.array(0.5), HALF, Fraction(1, 2)]
)
def test_a_number_takes_real_ones(half):
    found = _checks.a_number(half, "eta", above=0, below=1)
    assert type(found) is float
    assert found == 0.5


@pytest.mark.parametrize(
    ("value", "error"),
    [(np.nan, ValueError), (np.inf, ValueError), (10**400, ValueError),
     (sympy.oo, ValueError), (sympy.nan, ValueError), (0, ValueError),
     (1j, TypeError), (sympy.I, TypeError), ("0.5", TypeError),
     (True, TypeError), ([0.5], TypeError), (None, TypeError),
     (sympy.Symbol("x"), TypeError), (np.ma.masked, TypeError)],
)  # fmt: skip
def test_a_number_refuses_the_rest(value, error):
    with pytest.raises(error, match=r"expected .*eta > 0"):
        _checks.a_number(value, "eta", above=0)


@pytest.mark.parametrize(
    ("limits", "bad"),
    [({"least": 0}, -1), ({"above": 0}, 0), ({"most": 1}, 2),
     ({"below": 1}, 1)],
)  # fmt: skip
def test_a_number_has_limits(limits, bad):
    assert _checks.a_number(0.5, "x", **limits) == 0.5
    with pytest.raises(ValueError, match="expected x"):
        _checks.a_number(bad, "x", **limits)


def test_a_flag_is_true_or_false():
    assert _checks.a_flag(np.True_, "constant") is True
    for value in (1, "True", None, [True], np.array([True])):
        with pytest.raises(TypeError, match="constant=True or False"):
            _checks.a_flag(value, "constant")


def test_a_choice_is_one_of_the_words():
    assert _checks.a_choice("a", ("a", "b"), "kind") == "a"
    for value in ("c", 1, ["a"], np.array(["a", "b"]), {}, np.ones(3)):
        with pytest.raises(ValueError, match="expected kind to be one of"):
            _checks.a_choice(value, ("a", "b"), "kind")


def test_an_expression_is_never_evaluated():
    u = sympy.Symbol("u")
    assert _checks.an_expression(u**2, "a loss") == u**2
    assert _checks.an_expression(sympy.Poly(u + 1), "a loss") == u + 1
    assert _checks.an_expression(2, "a loss") == 2
    for value in ("exit()", b"u", [u], None, object(), True, sympy.true):
        with pytest.raises(TypeError, match="expected a loss as a sympy"):
            _checks.an_expression(value, "a loss")


def test_symbols():
    u, v = sympy.symbols("u v")
    assert _checks.symbols_of(u, "weights") == [u]
    assert _checks.symbols_of((u, v), "weights") == [u, v]
    with pytest.raises(ValueError, match="distinct"):
        _checks.symbols_of([u, u], "weights")
    with pytest.raises(ValueError, match="at least one"):
        _checks.symbols_of([], "weights")
    for value in ("uv", [1], [u, "v"], 3, None, [u**2]):
        with pytest.raises(TypeError, match="sympy symbols as weights"):
            _checks.symbols_of(value, "weights")


@pytest.mark.parametrize(
    "value",
    [[1, 2], (1.0, 2), np.array([1, 2], dtype=np.int8), [[1], [2]], [[1, 2]],
     [Fraction(1), sympy.Integer(2)], range(1, 3), sp.csr_array([[1], [2]]),
     np.array([1 + 0j, 2])],
)  # fmt: skip
def test_finite_reals_takes_numbers(value):
    found = _checks.finite_reals(value, "the start", shape=(2,))
    assert found.dtype == float
    assert found.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        ([1, np.nan], ValueError, "NaN"),
        ([1, 10**400], ValueError, "infinity"),
        ([1, 1j], ValueError, "complex"),
        (np.array([1, 1j], dtype=object), ValueError, "complex"),
        ([[1], [1, 2]], ValueError, "equal length"),
        ([1, 2, 3], ValueError, r"shape \(2,\), got \(3,\)"),
        (np.ones((2, 2)), ValueError, r"got \(2, 2\)"),
        (["1", "2"], TypeError, "numbers in the start"),
        ([None, 1], TypeError, "None among them"),
        ([True, False], TypeError, "bool"),
        ("12", TypeError, "a str"),
        (None, TypeError, "None"),
        ({1: 2}, TypeError, "a dict"),
        (np.ma.masked_array([1, 2], [0, 1]), TypeError, "masked"),
        (np.array(["2020"], dtype="M8[Y]"), TypeError, "datetime64"),
        ([sympy.Symbol("u"), 1], TypeError, "u among them"),
    ],
)
def test_finite_reals_refuses_the_rest(value, error, words):
    with pytest.raises(error, match=words):
        _checks.finite_reals(value, "the start", shape=(2,))


def test_arrays_come_back_as_copies():
    given = np.array([1.0, 2.0])
    found = _checks.finite_reals(given, "the start")
    found[0] = 9
    assert given.tolist() == [1, 2]


def test_complex_numbers_in_object_arrays_keep_both_parts():
    array = np.array([np.complex128(1 + 2j), 3], dtype=object)
    found = _checks.finite_numbers(array, "the matrix")
    assert found.tolist() == [1 + 2j, 3]
    real = _checks.finite_numbers(np.array([1, 3], dtype=object), "it")
    assert real.dtype == float


def test_a_generator_is_a_seed_or_one():
    first = _checks.a_generator(np.int64(3))
    assert first.random() == np.random.default_rng(3).random()
    assert _checks.a_generator(first) is first
    with pytest.raises(ValueError, match="a seed rng >= 0"):
        _checks.a_generator(-1)
    for value in (None, 1.5, True, "0", np.random.RandomState(0), [1]):
        with pytest.raises(TypeError, match="an integer seed or"):
            _checks.a_generator(value)


def test_there_is_a_ceiling():
    _checks.room_for(1e9, "the matrix", "lower the order")
    with pytest.raises(ValueError, match=r"3 GB .* 2 GB; lower the order"):
        _checks.room_for(3e9, "the matrix", "lower the order")


def test_each_noun_names_its_arrow():
    step = qcl.PolynomialMap({1: [[-0.5]]})
    assert _checks.a_step(step) is step
    for check, arrow in [
        (_checks.a_lifting, "got a PolynomialMap; call qcl.lift first"),
        (_checks.a_system, "call qcl.stack first"),
        (_checks.a_result, "call qcl.hhl or qcl.qsvt first"),
        (_checks.a_dataset, "qcl.digits"),
    ]:
        with pytest.raises(TypeError, match=arrow):
            check(step)
    with pytest.raises(TypeError, match="expected a PolynomialMap, got None"):
        _checks.a_step(None)
