r"""Units for the weights, and the condition number they promise.

In units of :math:`\rho`, :math:`u=\rho v`, block :math:`B_{j,k}` is
multiplied by :math:`\rho^{k-j}`. A scale as large as the weights keeps the
powers from swamping one another; a scale below the unstable fixed point
:math:`x_+` of the majorant keeps :math:`\|B\|\le1`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from qcl._checks import a_count, a_noun, a_number, a_step, finite_reals
from qcl.lifting.bounds.majorants import majorant
from qcl.lifting.maps.polynomial import PolynomialMap

MOST_STEPS = 10**6


def scale_window(step: PolynomialMap, u0: Any) -> tuple[float, float]:
    r"""Scales that are safe: :math:`\max(x_0,x_-)\le\rho\le x_+`.

    :math:`x_-\le x_+` solve :math:`\varphi(x)=x` for the scalar majorant
    :math:`\varphi` of the step, and :math:`x_0=\|u_{\rm in}\|`.

    Parameters
    ----------
    step : PolynomialMap
        The step in its own units.
    u0 : array of shape (n,)
        The start.

    Returns
    -------
    low, high : float
        ``high`` is infinite for a linear step.

    Raises
    ------
    TypeError
        If ``step`` is no PolynomialMap or ``u0`` no numbers.
    ValueError
        If the window is empty: the step is not dissipative enough for this
        start (R > 1); or if u0 has the wrong shape or is not finite.

    References
    ----------
    Proved in chapter 8 of the book; the idea of rescaling: Costa et al., npj
    Quantum Inf. (2025).

    Examples
    --------
    >>> step = PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})
    >>> low, high = scale_window(step, [0.3])
    >>> round(low, 12), round(high, 12)
    (0.3, 1.0)
    """
    step = a_step(step)
    x0 = float(np.linalg.norm(finite_reals(u0, "the start", (step.n,))))
    x_minus, x_plus = majorant(step).fixed_points()
    low = max(x0, x_minus)
    if low > x_plus:
        raise ValueError(
            f"no scale is safe: the start has length {x0:.3g} and the step "
            f"contracts only below {x_plus:.3g} (R > 1); start nearer to "
            "the expansion point, or pass scale as a number and accept a "
            "large condition number"
        )
    return low, x_plus


def length_scale(point: Any) -> float:
    r"""The scale :math:`\rho=\sqrt2\,\|u\|`, for the weights at the end.

    In these units a lifted vector :math:`(v,v^{\otimes2},\dots)` has at
    least half of its squared norm in degree 1, as :math:`\|v\|^2=\tfrac12`.

    Examples
    --------
    >>> round(length_scale([3.0, 4.0]) ** 2, 12)
    50.0
    """
    point = finite_reals(point, "the weights at the end")
    return float(np.sqrt(2) * np.linalg.norm(point))


def choose_scale(
    steps: PolynomialMap | Sequence[PolynomialMap], u0: Any, T: int
) -> float:
    r"""Choose :math:`\rho=\min(x_+,\max(x_0,x_-,\sqrt2\,\|u(T)\|))`.

    Inside the window of :func:`scale_window`, as small as possible for the
    condition number, and at least :math:`\sqrt2\|u(T)\|`, so that half of
    the last slice is of degree 1. The trajectory is computed classically,
    which a simulation can afford.

    Parameters
    ----------
    steps : PolynomialMap or sequence of T of them
        The step of every iteration.
    u0 : array of shape (n,)
        The start.
    T : int
        Number of steps, >= 1.

    Returns
    -------
    float

    Raises
    ------
    TypeError
        If the steps are no PolynomialMaps.
    ValueError
        As :func:`scale_window`, if there are not T steps, and if the start
        is 0 and nothing drives it.

    Examples
    --------
    >>> step = PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})
    >>> choose_scale(step, [0.3], 3)
    0.3
    """
    T = a_count(T, "T", 1, MOST_STEPS, "take fewer steps")
    each = one_each(steps, "PolynomialMap", "step", T)
    windows = [scale_window(step, u0) for step in dict.fromkeys(each)]
    low = max(window[0] for window in windows)
    high = min(window[1] for window in windows)
    if low > high:
        raise ValueError(
            "no scale is safe for every step of the sequence; pass scale as "
            "a number"
        )
    point = finite_reals(u0, "the start", (each[0].n,))
    for step in each:
        point = step.as_float()(point)
    scale = min(high, max(low, length_scale(point)))
    if scale == 0:
        raise ValueError(
            "the start is u = 0 and nothing drives it: there is no scale"
        )
    return float(scale)


def one_each(given: Any, noun: str, word: str, T: int) -> list[Any]:
    """Return T of a noun, from one for every step or from a sequence of T.

    Raises
    ------
    TypeError
        If some are of another kind.
    ValueError
        If there are not T of them.
    """
    several = isinstance(given, Sequence) and not isinstance(given, str)
    each = list(given) if several and given else [given]
    for item in each:
        a_noun(item, noun, f" or {T} of them")
    if several and len(each) != T:
        raise ValueError(
            f"expected one {word} or T={T} of them, got {len(each)}"
        )
    return each if several else each * T


def condition_bound(
    step: PolynomialMap, scale: float, T: int, padding: int = 0
) -> float:
    r"""Bound the condition number of the rescaled system, for every order.

    If :math:`\varphi(\rho)+\|F_0\|\le\rho` then
    :math:`\|B_\rho\|\le\beta=(\lambda-p_0)/(1-p_0)\le1` with
    :math:`\lambda=\varphi(\rho)/\rho`, :math:`p_0=\|F_0\|/\rho`, and

    .. math::

        \kappa\le(1+\beta)\sum_{k=0}^T\beta^k
        \qquad\text{or, with p padded slices,}\qquad
        \kappa\le2\Bigl(p+1+\sum_{k=1}^{T}\beta^k\Bigr).

    Parameters
    ----------
    step : PolynomialMap
        The step in its own units.
    scale : float
        :math:`\rho` > 0, as given to :func:`qcl.stack`.
    T : int
        Number of steps, >= 1.
    padding : int
        Number of padded slices, >= 0.

    Returns
    -------
    float

    Raises
    ------
    TypeError
        If an argument is of another kind.
    ValueError
        If the condition fails, so that no bound is known, or an argument is
        out of range.

    References
    ----------
    Proved in chapter 8 of the book.

    Examples
    --------
    >>> step = PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})
    >>> round(condition_bound(step, 0.3, T=100), 3)
    13.286
    """
    phi = majorant(a_step(step))
    scale = a_number(scale, "scale", above=0)
    T = a_count(T, "T", 1, MOST_STEPS, "take fewer steps")
    padding = a_count(padding, "padding", 0, MOST_STEPS)
    forcing = phi(0.0)
    if not phi(scale) + forcing <= scale * (1 + 1e-12):
        raise ValueError(
            f"the bound needs phi(rho) + |F_0| <= rho, got "
            f"{phi(scale) + forcing:.3g} > {scale:.3g}; choose a scale in "
            "scale_window, or compute the condition number"
        )
    p0 = forcing / scale
    beta = min(1.0, (phi(scale) / scale - p0) / (1 - p0))
    if padding:
        return float(2 * (padding + 1 + np.sum(beta ** np.arange(1, T + 1))))
    return float((1 + beta) * np.sum(beta ** np.arange(T + 1)))
