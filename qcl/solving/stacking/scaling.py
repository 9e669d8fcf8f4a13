r"""Units for the weights, and the condition number they promise.

In units of :math:`\rho`, :math:`u=\rho v`, block :math:`B_{j,k}` is
multiplied by :math:`\rho^{k-j}`. A scale as large as the weights keeps the
powers from swamping one another; a scale below the unstable fixed point
:math:`x_+` of the majorant keeps :math:`\|B\|\le1`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from qcl.lifting.bounds.majorants import length, majorant
from qcl.lifting.maps.polynomial import PolynomialMap


def scale_window(step: PolynomialMap, u0: Any) -> tuple[float, float]:
    r"""Scales that are safe: :math:`\max(x_0,x_-)\le\rho\le x_+`.

    :math:`x_-\le x_+` solve :math:`\varphi(x)=x` for the scalar majorant
    :math:`\varphi` of the step, and :math:`x_0=\|u_{\rm in}\|`.

    Raises
    ------
    ValueError
        If the window is empty: the step is not dissipative enough for this
        start (R >= 1).

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
    x0 = length(step, u0)
    x_minus, x_plus = majorant(step).fixed_points()
    low = max(x0, x_minus)
    if low > x_plus:
        raise ValueError(
            f"no scale is safe: the start has length {x0:.3g} and the step "
            f"contracts only below {x_plus:.3g} (R >= 1); start nearer to "
            "the expansion point, or pass scale as a number and accept a "
            "large condition number"
        )
    return low, x_plus


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
        Number of steps.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        As :func:`scale_window`, and if the start is 0 and nothing drives it.

    Examples
    --------
    >>> step = PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})
    >>> choose_scale(step, [0.3], 3)
    0.3
    """
    each = [steps] * T if isinstance(steps, PolynomialMap) else list(steps)
    windows = [scale_window(step, u0) for step in dict.fromkeys(each)]
    low = max(window[0] for window in windows)
    high = min(window[1] for window in windows)
    if low > high:
        raise ValueError(
            "no scale is safe for every step of the sequence; pass scale as "
            "a number"
        )
    point = each[0].as_float().trajectory(u0, 0)[0]
    for step in each:
        point = step.as_float()(point)
    scale = min(high, max(low, float(np.sqrt(2) * np.linalg.norm(point))))
    if scale == 0:
        raise ValueError(
            "the start is u = 0 and nothing drives it: there is no scale"
        )
    return float(scale)


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
        :math:`\rho`, as given to :func:`qcl.stack`.
    T, padding : int
        Number of steps and of padded slices.

    Raises
    ------
    ValueError
        If the condition fails, so that no bound is known.

    References
    ----------
    Proved in chapter 8 of the book.

    Examples
    --------
    >>> step = PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})
    >>> round(condition_bound(step, 0.3, T=100), 3)
    13.286
    """
    phi = majorant(step)
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
