"""Between sympy expressions and tables of polynomial coefficients."""

from collections.abc import Callable, Sequence
from math import comb, prod
from typing import Any

import numpy as np

from qcl._checks import an_array, an_expression, items_of, shaped
from qcl.lifting.algebra.exact import a_scalar
from qcl.lifting.algebra.terms import MOST_DEGREE

_MOST_TERMS = 100_000  # half a minute of sympy

Table = dict[tuple[int, ...], list[Any]]


def coefficient_table(exprs: Sequence[Any], symbols: Sequence[Any]) -> Table:
    r"""Monomial coefficients of several polynomials.

    Returns
    -------
    dict of index tuple to list
        ``{(): [..], (0, 1): [..]}``: for each monomial, its coefficient in
        every expression; sympy rationals if all are rational, else floats.

    Raises
    ------
    ValueError
        If an expression is not a polynomial with numbers as coefficients.

    Examples
    --------
    >>> import sympy
    >>> u, v = sympy.symbols("u v")
    >>> coefficient_table([u * v / 2, 1 + u], [u, v])
    {(0, 1): [1/2, 0], (0,): [0, 1], (): [0, 1]}
    """
    import sympy

    polys = [polynomial(e, symbols) for e in exprs]
    exact = all(p.domain.is_ZZ or p.domain.is_QQ for p in polys)
    zero = sympy.Integer(0) if exact else 0.0
    table: Table = {}
    for row, poly in enumerate(polys):
        for powers, value in poly.terms():
            key = tuple(i for i, p in enumerate(powers) for _ in range(p))
            entry = table.setdefault(key, [zero] * len(exprs))
            entry[row] = value if exact else float(value)
    return table


def update_increments(exprs: Any, weights: Sequence[Any]) -> list[Any]:
    """Read update rules; return what they add to the weights.

    Raises
    ------
    TypeError, ValueError
        If they are not one sympy expression for each weight.
    """
    several = items_of(exprs)
    updates = [
        an_expression(e, "an update")
        for e in ([exprs] if several is None else several)
    ]
    if len(updates) != len(weights):
        raise ValueError(
            f"expected one update per symbol, got {len(updates)} updates "
            f"for {len(weights)} symbols"
        )
    return [e - w for e, w in zip(updates, weights, strict=True)]


def descent_increments(
    loss: Any, weights: Sequence[Any], eta: Any, at: Any
) -> list[Any]:
    r"""Gradient descent about a point: :math:`-\eta\nabla L(\theta^*+u)`.

    Raises
    ------
    TypeError
        If the loss is no sympy expression, or eta or an entry of ``at`` no
        number.
    ValueError
        If eta <= 0, ``at`` has the wrong length or the loss is not a
        polynomial.
    """
    rate = a_scalar(eta, "eta", above=0)
    moved = an_expression(loss, "a loss")
    if at is not None:
        what = "the expansion point"
        point = np.atleast_1d(an_array(at, what))
        point = shaped(point, what, (len(weights),))
        moves = [
            w + a_scalar(a, "at") for w, a in zip(weights, point, strict=True)
        ]
        moved = moved.subs(
            dict(zip(weights, moves, strict=True)), simultaneous=True
        )
    poly = polynomial(moved, weights)
    return [-rate * poly.diff(w).as_expr() for w in weights]


def polynomial(expr: Any, symbols: Sequence[Any]) -> Any:
    """Return a sympy Poly with numbers as coefficients.

    Raises
    ------
    ValueError
        If it is not a polynomial, or other symbols remain.
    """
    import sympy

    expr = an_expression(expr, "a polynomial")
    _check_names(expr, symbols)
    count, _ = _size(expr, frozenset(symbols))
    if count > _MOST_TERMS:
        raise ValueError(
            f"written out, the polynomial may have {count:.3g} terms, more "
            f"than {_MOST_TERMS:,}; lower the degree or restrict the weights"
        )
    try:
        poly = sympy.Poly(expr, *symbols)
    except sympy.PolynomialError as error:
        raise ValueError(
            f"{expr} is not a polynomial in {tuple(symbols)}; replace it by "
            "its Taylor polynomial, for example sympy.series(...).removeO()"
        ) from error
    free = set().union(*(c.free_symbols for c in poly.coeffs()))
    if free:
        raise ValueError(
            f"the coefficients contain the symbols {sorted(map(str, free))}; "
            "substitute numbers for them first"
        )
    for c in poly.coeffs():
        unreal = c.is_finite is False or c.is_extended_real is False
        if unreal or c.has(sympy.nan):
            raise ValueError(f"expected finite real coefficients, got {c}")
    return poly


def _size(expr: Any, symbols: frozenset[Any]) -> tuple[int, int]:
    """Bound the number of terms and the degree without expanding.

    Raises
    ------
    ValueError
        If the degree is too high.
    """
    count, degree = 1, int(expr in symbols)
    power: Any = getattr(expr, "exp", None)
    if expr.is_Add or expr.is_Mul:
        counts, degrees = zip(
            *(_size(part, symbols) for part in expr.args), strict=True
        )
        count = sum(counts) if expr.is_Add else prod(counts)
        degree = max(degrees) if expr.is_Add else sum(degrees)
    elif expr.is_Pow and power.is_Integer and power > 0:
        count, degree = _size(expr.base, symbols)
        degree *= int(power)
    if degree > MOST_DEGREE:
        raise ValueError(
            f"expected a polynomial of degree <= {MOST_DEGREE}, got degree "
            f"{degree}"
        )
    if expr.is_Pow and degree:
        count = comb(count + int(power) - 1, int(power))
    return min(count, comb(len(symbols) + degree, degree)), degree


def _check_names(expr: Any, symbols: Sequence[Any]) -> None:
    """Refuse symbols that differ from a weight only by their assumptions."""
    names = {symbol.name for symbol in symbols}
    for other in expr.free_symbols - set(symbols):
        if other.name in names:
            raise ValueError(
                f"the expression and the weights have different symbols of "
                f"the same name {other.name}, made with other assumptions "
                "(such as real=True); use one symbol for both"
            )


def latex_formulas(n: int, formulas: Callable[[Any], list[Any]]) -> str:
    r"""Return the lines :math:`u\mapsto\dots` of a map, in LaTeX.

    Floats are shown with four digits.
    """
    import sympy

    names = list(sympy.symbols(["u"] if n == 1 else f"u1:{n + 1}"))
    lines = []
    for name, formula in zip(names, formulas(names), strict=True):
        short = {x: sympy.Float(x, 4) for x in formula.atoms(sympy.Float)}
        shown = sympy.latex(formula.xreplace(short))
        lines.append(rf"{sympy.latex(name)} &\mapsto {shown}")
    body = r" \\ ".join(lines)
    return rf"$\displaystyle \begin{{aligned}}{body}\end{{aligned}}$"
