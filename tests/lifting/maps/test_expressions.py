import re
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational

from qcl.lifting.maps._expressions import (
    coefficient_table,
    descent_increments,
    polynomial,
)

u, v, w = sympy.symbols("u v w")
FIFTH = Rational(1, 5)


def expression(table, row, symbols):
    """The polynomial that a coefficient table describes."""
    return sum(
        (c[row] * sympy.prod([symbols[i] for i in key]))
        for key, c in table.items()
    )


numbers = st.fractions(-3, 3, max_denominator=6).map(
    lambda x: Rational(x.numerator, x.denominator)
)
polynomials = st.lists(
    st.tuples(numbers, st.integers(0, 3), st.integers(0, 3)),
    min_size=1,
    max_size=4,
).map(lambda terms: sum(c * u**a * v**b for c, a, b in terms))


@settings(max_examples=15, derandomize=True, deadline=None)
@given(st.lists(polynomials, min_size=1, max_size=3))
def test_table_rebuilds_the_polynomials(exprs):
    table = coefficient_table(exprs, [u, v])
    for row, expr in enumerate(exprs):
        rebuilt = expression(table, row, [u, v])
        assert sympy.expand(rebuilt - expr) == 0
    for key, row in table.items():
        assert list(key) == sorted(key)
        assert len(row) == len(exprs)


def test_factored_and_nested_expressions_are_expanded():
    table = coefficient_table([(u + v) ** 2 * (u - v) / 3, 2], [u, v])
    third = Rational(1, 3)
    assert {k: c for k, c in table.items() if any(c)} == {
        (0, 0, 0): [third, 0],
        (0, 0, 1): [third, 0],
        (0, 1, 1): [-third, 0],
        (1, 1, 1): [-third, 0],
        (): [0, 2],
    }


@pytest.mark.parametrize(
    "exprs",
    [
        [u / 2, 0.5 * v],
        [sympy.pi * u, v],
        [sympy.sqrt(2) * u, 1],
        [sympy.Float(0.25), u],
    ],
)
def test_one_number_that_is_not_rational_makes_all_floats(exprs):
    for row in coefficient_table(exprs, [u, v]).values():
        assert all(type(c) is float for c in row)


def test_float_values_are_those_of_the_expression():
    table = coefficient_table([sympy.pi * u + u / 3], [u])
    assert table[0,][0] == pytest.approx(np.pi + 1 / 3, rel=1e-15)


@pytest.mark.parametrize(
    "at", [None, [0, 0], [Rational(1, 2), -1], [Fraction(2, 3), 1]]
)
def test_descent_is_minus_eta_times_the_gradient(at):
    """The gradient first, the shift after: the other order of the code."""
    loss = (u - 1) ** 2 * v / 2 + v**3 - u * v + 4
    shift = dict(zip((u, v), at or (0, 0), strict=True))
    increments = descent_increments(loss, [u, v], FIFTH, at)
    for x, increment in zip((u, v), increments, strict=True):
        gradient = sympy.diff(loss, x).subs(
            {y: y + sympy.sympify(a) for y, a in shift.items()},
            simultaneous=True,
        )
        assert sympy.expand(increment + FIFTH * gradient) == 0


def test_each_weight_moves_by_its_own_entry():
    """u by 2 and v by 3, once."""
    (first, second) = descent_increments(u * v, [u, v], 1, [2, 3])
    assert sympy.expand(first + v + 3) == 0
    assert sympy.expand(second + u + 2) == 0


def test_polynomial_keeps_the_generators():
    poly = polynomial(u**2 / 2, [u, v])
    assert poly.gens == (u, v)
    assert poly.terms() == [((2, 0), Rational(1, 2))]


@pytest.mark.parametrize(
    "expr",
    [
        sympy.sin(u),
        1 / u,
        sympy.sqrt(u),
        sympy.exp(u * v),
        abs(u),
        u**2.5,
        sympy.Max(u, 0),
    ],
)
def test_no_polynomial_is_refused(expr):
    with pytest.raises(ValueError, match=r"is not a polynomial in \(u, v\)"):
        polynomial(expr, (u, v))
    with pytest.raises(ValueError, match=r"Taylor polynomial"):
        coefficient_table([u, expr], [u, v])
    with pytest.raises(ValueError, match=r"is not a polynomial"):
        descent_increments(expr, [u, v], FIFTH, None)


@pytest.mark.parametrize("expr", [w * u, u + w, w, w * v + u**2 / w])
def test_other_symbols_are_refused(expr):
    with pytest.raises(ValueError, match=r"the symbols \['w'\]; substitute"):
        polynomial(expr, (u, v))
    with pytest.raises(ValueError, match=r"the symbols \['w'\]"):
        descent_increments(expr, [u, v], FIFTH, None)


@pytest.mark.parametrize(
    "eta",
    [0, -1, -0.1, Rational(-1, 5), float("nan"), float("inf"), sympy.oo,
     1j, w, sympy.Symbol("eta", positive=True), True],
)  # fmt: skip
def test_learning_rate_must_be_a_positive_number(eta):
    with pytest.raises(
        (TypeError, ValueError), match=r"number eta > 0|expected eta > 0"
    ):
        descent_increments(u**2, [u], eta, None)


@pytest.mark.parametrize("at", [[], [0, 0], [1, 2, 3]])
def test_expansion_point_must_have_an_entry_per_weight(at):
    with pytest.raises(
        ValueError,
        match=rf"the expansion point of shape \(1,\), got \({len(at)},\)",
    ):
        descent_increments(u**2, [u], FIFTH, at)


def test_symbols_in_the_expansion_point_are_refused():
    with pytest.raises(TypeError, match=r"a real number at, got at=w"):
        descent_increments(u**2, [u], FIFTH, [w])


@pytest.mark.parametrize("at", [[float("nan")], [sympy.nan], [u], [2 * u]])
def test_expansion_point_must_be_numbers(at):
    """NaN gives the zero map in silence, and at=[u] the loss at 2u."""
    with pytest.raises((TypeError, ValueError), match=r"number at, got at="):
        descent_increments(u**2 + u**3, [u], FIFTH, at)


@pytest.mark.parametrize("factor", [sympy.nan, sympy.I, sympy.zoo])
def test_coefficients_must_be_finite_real_numbers(factor):
    """A NaN loss gives the zero map; complex ones raise TypeError."""
    with pytest.raises(ValueError, match=r"finite|real"):
        coefficient_table(
            [descent_increments(factor * u**2, [u], FIFTH, None)[0]], [u]
        )


def test_symbols_of_one_name_with_other_assumptions_are_told_apart():
    real = sympy.Symbol("u", real=True)
    with pytest.raises(ValueError, match="same name u, made with other ass"):
        polynomial(real**2, [u])
    with pytest.raises(ValueError, match="use one symbol for both"):
        descent_increments(u**2, [real], FIFTH, None)


def test_degrees_have_a_ceiling():
    with pytest.raises(ValueError, match="degree <= 1000, got degree 10001"):
        polynomial(u**10001, [u])


@pytest.mark.parametrize("text", ["u**2", "__import__('os').getpid()"])
def test_text_is_never_evaluated(text):
    with pytest.raises(TypeError, match="a loss as a sympy expression, got"):
        descent_increments(text, [u], FIFTH, None)
    with pytest.raises(TypeError, match="expected a real number eta > 0"):
        descent_increments(u**2, [u], text, None)
    with pytest.raises(TypeError, match="number at, got at="):
        descent_increments(u**2, [u], FIFTH, [text])


@pytest.mark.parametrize("eta", [None, [0.1], "?"])
def test_learning_rate_of_the_wrong_type(eta):
    with pytest.raises(TypeError, match=r"expected a real number eta > 0"):
        descent_increments(u**2, [u], eta, None)


@pytest.mark.parametrize("loss", [None, [u**2], "u**"])
def test_loss_of_the_wrong_type(loss):
    with pytest.raises((TypeError, ValueError), match=r"\bloss\b"):
        descent_increments(loss, [u], FIFTH, None)


def test_a_sympy_poly_is_a_loss():
    got = descent_increments(sympy.Poly(u**2, u), [u], FIFTH, None)
    assert sympy.expand(got[0] + 2 * FIFTH * u) == 0


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        ((1 + u + v + w) ** 1000, "may have 1.68e+08 terms, more than"),
        (((u + v + w) ** 30 + 1) ** 33, "may have 1.63e+08 terms"),
        (u**10**9, "degree <= 1000, got degree 1000000000"),
        ((u * v + 1) ** 501, "degree <= 1000, got degree 1002"),
        (u**600 * (v + v**401), "degree <= 1000, got degree 1001"),
    ],
)
def test_what_is_too_large_is_refused_before_it_is_expanded(expr, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        polynomial(expr, [u, v, w])


@pytest.mark.parametrize(
    ("expr", "count"),
    [((u + v) ** 500, 501), ((u + v + w) ** 40, 861), (u**1000 + 1, 2)],
)
def test_what_is_not_is_expanded(expr, count):
    assert len(polynomial(expr, [u, v, w]).terms()) == count
