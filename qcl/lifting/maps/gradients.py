r"""Whether a step is a gradient descent, and on which loss.

It is one exactly if every input-symmetrised :math:`F_\ell` is symmetric in
all its :math:`\ell+1` indices.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from qcl.lifting.algebra.basis import multinomials, rank_multisets
from qcl.lifting.algebra.exact import zeros
from qcl.lifting.algebra.terms import Terms, nonzero_entries
from qcl.lifting.maps.polynomial import PolynomialMap


def is_gradient(step: PolynomialMap, tolerance: float = 1e-12) -> bool:
    r"""Whether the step is a gradient descent on some loss.

    It is one exactly if every input-symmetrised :math:`F_\ell` is symmetric
    in all its :math:`\ell+1` indices.

    Parameters
    ----------
    step : PolynomialMap
        Any step. An exact one is tested exactly.
    tolerance : float
        For a float step: the asymmetry that counts as rounding, relative to
        the largest entry of the same :math:`F_\ell`.

    References
    ----------
    Poincaré's lemma for polynomial fields, proved in the book's appendix.

    Examples
    --------
    >>> is_gradient(PolynomialMap({1: [[-1.0, 0.5], [0.5, -2.0]]}))
    True
    >>> is_gradient(PolynomialMap({1: [[0.0, 1.0], [-1.0, 0.0]]}))
    False
    """
    return all(_is_symmetric(p, tolerance) for p in step.terms.values())


def _is_symmetric(part: Terms, tolerance: float) -> bool:
    row, column, values = nonzero_entries(part.coefficients)
    inputs = part.multisets[column]
    entries = values / multinomials(inputs)
    full = np.sort(np.hstack([row[:, None], inputs]), axis=1)
    _, first, slot = np.unique(
        rank_multisets(part.n, full), return_index=True, return_inverse=True
    )
    different = 1 + (np.diff(full[first], axis=1) != 0).sum(axis=1)
    mean = zeros((len(first),), part.exact)
    np.add.at(mean, slot, entries)
    mean = mean / different
    slack = 0 if part.exact else tolerance * abs(entries).max(initial=0)
    return bool((abs(entries - mean[slot]) <= slack).all())


def potential(step: PolynomialMap, symbols: Sequence[Any], eta: Any) -> Any:
    r"""The loss of which the step is the gradient descent.

    :math:`L=-\frac1\eta\sum_\ell\frac1{\ell+1}\,u\cdot F_\ell
    u^{\otimes\ell}` (Euler's rule for homogeneous polynomials), so that
    ``PolynomialMap.from_loss(loss, symbols, eta)`` is the step again.

    Parameters
    ----------
    step : PolynomialMap
        A gradient step.
    symbols : sequence of n sympy symbols
        Names for the weights.
    eta : number
        The learning rate, > 0.

    Returns
    -------
    sympy expression
        Without a constant term.

    Raises
    ------
    ValueError
        If the step is no gradient, eta <= 0 or there are not n symbols.

    Examples
    --------
    >>> import sympy
    >>> u = sympy.symbols("u")
    >>> loss = u**2 / 2 + u**3 / 3
    >>> eta = sympy.Rational(1, 5)
    >>> potential(PolynomialMap.from_loss(loss, [u], eta), [u], eta)
    u**3/3 + u**2/2
    """
    import sympy

    if len(symbols) != step.n or not eta > 0:
        raise ValueError(
            f"expected {step.n} symbols and eta > 0, got {len(symbols)} "
            f"symbols and eta={eta}"
        )
    if not is_gradient(step):
        raise ValueError(
            "expected a gradient step, got an F_l that is not symmetric in "
            "its output and inputs; such a step descends on no loss"
        )
    loss = sympy.Integer(0)
    for degree, part in step.terms.items():
        for i, column, value in zip(
            *nonzero_entries(part.coefficients), strict=True
        ):
            inputs = [symbols[a] for a in part.multisets[column]]
            monomial = sympy.Mul(symbols[i], *inputs)
            loss += sympy.sympify(value) / (degree + 1) * monomial
    return sympy.expand(-loss / sympy.sympify(eta))
