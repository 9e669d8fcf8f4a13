"""From sympy expressions to tables of polynomial coefficients."""

from collections.abc import Sequence
from typing import Any

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


def descent_increments(
    loss: Any, weights: Sequence[Any], eta: Any, at: Sequence[Any] | None
) -> list[Any]:
    r"""Gradient descent about a point: :math:`-\eta\nabla L(\theta^*+u)`.

    Raises
    ------
    ValueError
        If eta <= 0, ``at`` has the wrong length or the loss is not a
        polynomial.
    """
    import sympy

    rate = _sympified(eta, "a learning rate")
    if not (rate.is_number and rate.is_real and rate > 0):
        raise ValueError(f"expected a learning rate eta > 0, got eta={eta}")
    at = [0] * len(weights) if at is None else list(at)
    if len(at) != len(weights):
        raise ValueError(
            f"expected an expansion point with {len(weights)} entries, got "
            f"{len(at)}"
        )
    at = [_sympified(a, "an expansion point") for a in at]
    if any(a is sympy.nan or a.free_symbols & set(weights) for a in at):
        raise ValueError(f"expected numbers in the expansion point, got {at}")
    moved = _sympified(loss, "a loss").subs(
        dict(zip(weights, map(sympy.Add, weights, at), strict=True)),
        simultaneous=True,
    )
    poly = polynomial(moved, weights)
    return [-rate * poly.diff(w).as_expr() for w in weights]


def _sympified(value: Any, what: str) -> Any:
    import sympy

    if isinstance(value, sympy.Poly):
        value = value.as_expr()
    try:
        expr = sympy.sympify(value)
    except sympy.SympifyError as error:
        raise ValueError(f"expected {what}, got {value!r}") from error
    if not isinstance(expr, sympy.Expr | sympy.logic.boolalg.BooleanAtom):
        raise TypeError(f"expected {what}, got {value!r}")
    return expr


def polynomial(expr: Any, symbols: Sequence[Any]) -> Any:
    """Return a sympy Poly with numbers as coefficients.

    Raises
    ------
    ValueError
        If it is not a polynomial, or other symbols remain.
    """
    import sympy

    if len(set(symbols)) < len(symbols):
        raise ValueError(f"expected distinct symbols, got {tuple(symbols)}")
    try:
        poly = sympy.Poly(sympy.expand(expr), *symbols)
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
        if c is sympy.nan or c.is_extended_real is False:
            raise ValueError(f"expected finite real coefficients, got {c}")
    return poly
