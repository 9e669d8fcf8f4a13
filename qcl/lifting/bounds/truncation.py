r"""Bounds on the truncation error of the discrete lifting.

Three bounds on :math:`\|u(t)-\hat y_1(t)\|`, from the scalar majorant
:math:`\varphi` of the step (:mod:`qcl.lifting.bounds.majorants`):

``"majorant"``
    always valid, sharpest, computed step by step; may grow with t;
``"uniform"``
    :math:`\bar x(\bar x/x_+)^N` for all t, inside the ball of convergence;
``"mobius"``
    closed form, decaying or growing like :math:`\|I+F_1\|^t`, for quadratic
    steps without forcing.

All hold in exact arithmetic; rounding is not counted.
"""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

from qcl.lifting.algebra.basis import Floats
from qcl.lifting.bounds.majorants import Majorant, length, majorant
from qcl.lifting.maps.polynomial import PolynomialMap

Kind: TypeAlias = Literal["majorant", "uniform", "mobius"]
Steps: TypeAlias = PolynomialMap | Sequence[PolynomialMap]


def truncation_bound(
    step: Steps,
    u0: Any,
    order: int,
    T: int,
    kind: Kind = "majorant",
    block: int = 1,
) -> Floats:
    r"""Bound :math:`\|u(t)^{\otimes j}-\hat y_j(t)\|` for t = 0..T.

    With :math:`b_{jk}=[x^k]\varphi(x)^j`, :math:`x_t=\varphi^{\circ t}(x_0)`
    and :math:`x_0=\|u_{\rm in}\|`, the three kinds are

    .. math::

        \text{majorant:}\quad&
        E_j(t+1)=\sum_{k\le N}b_{jk}E_k(t)+\sum_{k>N}b_{jk}x_t^k,\\
        \text{uniform:}\quad&
        x_+^j(\bar x/x_+)^{N+1},\qquad\bar x=\max(x_0,x_-)<x_+,\\
        \text{mobius:}\quad&
        x_0\,g^t\frac{\theta_t^N}{1-\theta_t},\qquad
        \theta_t=\frac{\|F_2\|x_0}g\sum_{s<t}g^s<1,\quad g=\|I+F_1\|.

    The first is attained in one dimension with non-negative coefficients.
    Where :math:`\|I+F_1\|\ge1` although every eigenvalue of :math:`I+F_1`
    lies inside the unit circle, bound ``qcl.in_coordinates(step, W)`` from
    the start :math:`Wu_{\rm in}` for a suitable W: that bound is one in the
    norm :math:`\|W\cdot\|`, and :math:`\|W^{-1}\|` times it one in the
    Euclidean norm.

    Parameters
    ----------
    step : PolynomialMap, or a sequence of T of them
        One step, or the step of every iteration (stochastic gradient
        descent); a sequence needs ``kind="majorant"``.
    u0 : array of shape (n,)
        The start :math:`u_{\rm in}`.
    order : int
        Truncation order N >= 1.
    T : int
        Number of steps, >= 0.
    kind : {"majorant", "uniform", "mobius"}
        Which bound.
    block : int
        Which block :math:`j\le N`; 1 for ``kind="mobius"``.

    Returns
    -------
    ndarray, shape (T + 1,)
        Infinite where the majorant has left the range of floats.

    Raises
    ------
    ValueError
        If the condition of the theorem fails (never a wrong bound), or an
        argument is out of range.

    References
    ----------
    Proved in the book's appendix. The uniform bound is the discrete-time
    twin of Liu et al., PNAS 118:e2026805118 (2021); the Möbius one of
    Forets and Pouly, arXiv:1711.02552, Theorem 4.3.

    Examples
    --------
    >>> step = PolynomialMap({1: [[-0.5]], 2: [[-0.25]]})
    >>> truncation_bound(step, [0.5], order=2, T=3).round(4).tolist()
    [0.0, 0.0, 0.0088, 0.0086]
    >>> truncation_bound(step, [0.5], 2, T=2, kind="uniform").tolist()
    [0.03125, 0.03125, 0.03125]
    """
    check_sizes(order, T, block)
    if kind == "mobius" and block != 1:
        raise ValueError(
            f"expected block=1 for kind='mobius', got block={block}; use "
            "kind='majorant' or 'uniform' for the other blocks"
        )
    phi, x0 = scalar_majorant(step, u0, T)
    bound = scalar_bounds(phi, x0, order, T, kind)[:, block - 1]
    if kind == "mobius" and not np.isfinite(bound).all():
        last = int(np.isfinite(bound).sum()) - 1
        raise ValueError(
            f"expected theta_t < 1 up to t = T = {T}, got theta >= 1 at "
            f"t = {last + 1}; take at most {last} steps, start nearer to "
            "the expansion point, or use kind='majorant'"
        )
    return bound


def scalar_majorant(
    step: Steps, u0: Any, T: int
) -> tuple[Majorant | list[Majorant], float]:
    """Majorant (one, or one for each step) and the length of the start."""
    if isinstance(step, PolynomialMap):
        return majorant(step), length(step, u0)
    if len(step) != T or len({s.n for s in step}) != 1:
        raise ValueError(
            f"expected T={T} steps, at least one, of the same number of "
            f"weights, got {len(step)} with {sorted({s.n for s in step})}"
        )
    return [majorant(s) for s in step], length(step[0], u0)


def scalar_bounds(
    phi: Majorant | list[Majorant],
    x0: float,
    order: int,
    T: int,
    kind: str,
) -> Floats:
    """Bounds on every block (the first one: Möbius), shape (T + 1, blocks).

    A Möbius bound is infinite where theta >= 1.
    """
    if kind == "majorant":
        several = phi if isinstance(phi, list) else [phi] * T
        return _recursion(several, x0, order)
    if kind not in ("uniform", "mobius"):
        raise ValueError(
            "expected a kind of bound among 'majorant', 'uniform' and "
            f"'mobius', got {kind!r}"
        )
    if isinstance(phi, list):
        raise ValueError(
            f"expected one step for kind={kind!r}, got a sequence; use "
            "kind='majorant', which allows a new step in every iteration"
        )
    if kind == "mobius":
        return _mobius(phi, x0, order, T)[:, None]
    rate = phi.ratio(x0)
    if rate == 0:
        return np.zeros((T + 1, order))
    size, j = max(x0, phi.fixed_points()[0]), np.arange(1, order + 1)
    return np.tile(size**j * rate ** (order + 1 - j), (T + 1, 1))


def _recursion(several: Sequence[Majorant], x0: float, order: int) -> Floats:
    """Iterate the non-negative recursion, every E_j in units of x_t^j.

    In these units each row of the matrix is a probability distribution and
    E_j the probability that a branching process of j wires exceeds N wires:
    no cancellation, and no overflow while x_t is finite.
    """
    bound = np.full((len(several) + 1, order), np.inf)
    bound[0] = 0.0
    blocks = np.arange(1, order + 1)
    error, x = np.zeros(order), x0
    for t, phi in enumerate(several):
        image = phi(x)
        if not np.isfinite(image):
            break
        table = _wires(phi, x, image, order)
        lost = table[:, order + 1 :].sum(axis=1)
        error, x = table[:, 1 : order + 1] @ error + lost, image
        with np.errstate(over="ignore", invalid="ignore"):
            sizes = error * np.float64(x) ** blocks
        bound[t + 1] = np.where(error == 0, 0.0, sizes)
    return bound


def _wires(phi: Majorant, x: float, image: float, order: int) -> Floats:
    r"""Table of :math:`b_{jk}x^k/\varphi(x)^j`; its rows add up to 1."""
    degree = phi.degree
    table = np.zeros((order, order * degree + 1))
    if image == 0:  # nothing is left that could be wrong
        return table
    one = phi.coefficients[: degree + 1] * x ** np.arange(degree + 1) / image
    row = np.ones(1)
    for j in range(order):
        row = np.convolve(row, one)
        table[j, : len(row)] = row
    return table


def _mobius(phi: Majorant, x0: float, order: int, T: int) -> Floats:
    g, strength = quadratic_norms(phi)
    with np.errstate(over="ignore", invalid="ignore"):
        powers = g ** np.arange(T + 1)
        sums = np.concatenate([[0.0], np.cumsum(powers[:-1])])
        theta = strength * x0 / g * sums if strength * x0 else 0.0 * powers
        inside = np.where(theta < 1, theta, 0.0)
        tail = x0 * powers * inside**order / (1 - inside)
    tail = np.where(inside == 0, 0.0, tail)
    return np.where(theta < 1, tail, np.inf)


def quadratic_norms(phi: Majorant) -> tuple[float, float]:
    """Return g_1 and g_2, if the Möbius bound applies."""
    g = phi.coefficients
    if g[0] != 0 or phi.degree > 2 or g[1] == 0:
        raise ValueError(
            "expected a quadratic step without forcing and with I + F_1 "
            f"not zero, got degree {phi.degree}, ||F_0|| = {g[0]:.6g} and "
            f"||I + F_1|| = {g[1]:.6g}; use kind='majorant'"
        )
    return float(g[1]), float(g[2]) if len(g) > 2 else 0.0


def check_sizes(order: int, T: int, block: int) -> None:
    """Raise ValueError unless the sizes make sense."""
    if order < 1:
        raise ValueError(f"expected order >= 1, got order={order}")
    if T < 0:
        raise ValueError(f"expected T >= 0 steps, got T={T}")
    if not 1 <= block <= order:
        raise ValueError(
            f"expected a block in 1..order={order}, got block={block}"
        )
