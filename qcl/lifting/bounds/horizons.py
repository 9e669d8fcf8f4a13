"""The order and the horizon that a bound on the error allows."""

from bisect import bisect_left
from itertools import islice
from typing import Any, get_args

import numpy as np

from qcl._checks import a_choice, a_count, a_number, a_step
from qcl.lifting.algebra.basis import MOST_ORDER
from qcl.lifting.algebra.exact import MOST_STEPS
from qcl.lifting.bounds.majorants import majorant
from qcl.lifting.bounds.norms import length
from qcl.lifting.bounds.truncation import (
    Kind,
    Steps,
    check_work,
    quadratic_norms,
    recursion,
    scalar_bounds,
    scalar_majorant,
)
from qcl.lifting.maps.polynomial import PolynomialMap


def order_for(
    step: Steps,
    u0: Any,
    T: int,
    error: float,
    kind: Kind = "majorant",
    limit: int = 64,
) -> int:
    r"""The smallest order whose bound is at most ``error`` at every t <= T.

    Every bound falls with the order, so this is a bisection.

    Parameters
    ----------
    step, u0, T, kind
        As for :func:`truncation_bound`.
    error : float
        The largest :math:`\|u(t)-\hat y_1(t)\|` allowed, > 0.
    limit : int
        The largest order tried, from 1 to 1000.

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If no order up to ``limit`` reaches the error, or the condition of
        the bound fails.

    Examples
    --------
    >>> step = PolynomialMap({1: [[-0.5]], 2: [[-0.25]]})
    >>> order_for(step, [0.5], T=20, error=1e-6)
    8
    >>> order_for(step, [0.5], T=20, error=1e-6, kind="uniform")
    10
    """
    limit = a_count(limit, "limit", least=1, most=MOST_ORDER)
    T = a_count(T, "T", most=MOST_STEPS)
    a_choice(kind, get_args(Kind), "kind")
    error = a_number(error, "error", above=0)
    phi, x0 = scalar_majorant(step, u0, T)

    def worst(order: int) -> float:
        return float(scalar_bounds(phi, x0, order, T, kind)[:, 0].max())

    orders = range(1, limit + 1)
    found = bisect_left(orders, True, key=lambda k: worst(k) <= error)
    if found == limit:
        raise ValueError(
            f"no order up to limit={limit} has a bound of at most {error:g}: "
            f"the {kind} bound there is {worst(limit):.3g}; take fewer "
            "steps, start nearer to the expansion point or raise the limit"
        )
    return orders[found]


def horizon(
    step: PolynomialMap,
    u0: Any,
    order: int,
    error: float,
    kind: Kind = "majorant",
    limit: int = 10_000,
) -> int:
    r"""The last t up to which the bound never exceeds ``error``.

    Parameters
    ----------
    step, u0, order, kind
        As for :func:`truncation_bound`.
    error : float
        The largest :math:`\|u(t)-\hat y_1(t)\|` allowed, > 0.
    limit : int
        The longest horizon tried, from 0 to a million.

    Returns
    -------
    int
        ``limit`` if the bound is small enough all the way; 0 if it fails
        at once, for at t = 0 the lifting is exact.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If the condition of the bound fails or an argument is out of range.

    Examples
    --------
    >>> step = PolynomialMap({1: [[0.1]], 2: [[0.1]]})  # a divergent mode
    >>> horizon(step, [0.1], order=4, error=1e-3)
    13
    """
    order = a_count(order, "order", least=1, most=MOST_ORDER)
    limit = a_count(limit, "limit", most=MOST_STEPS)
    a_choice(kind, get_args(Kind), "kind")
    error = a_number(error, "error", above=0)
    phi, x0 = scalar_majorant(a_step(step), u0, 0)
    if kind == "majorant":
        check_work(phi, order, limit)
        rows = recursion(phi, x0, order)
    else:
        rows = iter(scalar_bounds(phi, x0, order, limit, kind))
    for t, row in enumerate(islice(rows, limit + 1)):
        if row[0] > error:
            return max(t - 1, 0)
    return limit


def mobius_horizon(step: PolynomialMap, u0: Any) -> float:
    r"""The time :math:`T^*` at which the Möbius bound breaks down.

    :math:`T^*=\ln\big(1+\frac{g(g-1)}{bx_0}\big)/\ln g` with
    :math:`g=\|I+F_1\|` and :math:`b=\|F_2\|`; :math:`1/(bx_0)` at g = 1,
    and infinity if the sum of all :math:`g^s` keeps :math:`\theta_t<1`.

    Parameters
    ----------
    step, u0
        As for :func:`truncation_bound`; quadratic, no forcing.

    Returns
    -------
    float
        The bound holds for the integers t < T*.

    Raises
    ------
    TypeError
        If it is no PolynomialMap.
    ValueError
        If the step is forced, of degree above two, or g = 0.

    References
    ----------
    The discrete-time twin of Forets and Pouly, arXiv:1711.02552; proved in
    the book's appendix.

    Examples
    --------
    >>> step = PolynomialMap({1: [[0.1]], 2: [[0.1]]})
    >>> round(mobius_horizon(step, [0.1]), 3)
    26.072
    """
    g, strength = quadratic_norms(majorant(step))
    x0 = length(step, u0)
    if strength == 0 or x0 == 0:
        return np.inf
    with np.errstate(over="ignore"):  # theta < 1 while sum of g^s < room
        room = np.float64(g) / strength / x0
    if room * (g - 1) <= -1:
        return np.inf
    if g == 1:
        return float(room)
    if np.isinf(room):
        far = np.log(g) - np.log(strength) - np.log(x0) + np.log(g - 1)
        return float(far / np.log(g))
    return float(np.log1p(room * (g - 1)) / np.log(g))
