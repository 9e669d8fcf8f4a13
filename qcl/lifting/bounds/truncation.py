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

from collections.abc import Iterator, Sequence
from itertools import islice, repeat
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from qcl._checks import (
    a_choice,
    a_count,
    a_noun,
    is_noun,
    items_of,
    room_for_size,
)
from qcl.lifting.algebra.basis import MOST_ORDER, Floats
from qcl.lifting.algebra.exact import MOST_STEPS
from qcl.lifting.bounds.majorants import Majorant, length, majorant
from qcl.lifting.maps.polynomial import PolynomialMap

Kind: TypeAlias = Literal["majorant", "uniform", "mobius"]
Steps: TypeAlias = PolynomialMap | Sequence[PolynomialMap]

_MOST_SECONDS = 60.0


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
        Truncation order N, from 1 to 1000.
    T : int
        Number of steps, from 0 to a million.
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
    TypeError
        If an argument is of the wrong kind, a Lifting for a step say.
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
    order, T = check_sizes(order, T)
    block = a_count(block, "block", least=1, most=order)
    a_choice(kind, get_args(Kind), "kind")
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
    several = None if is_noun(step, "PolynomialMap") else items_of(step)
    if several is None:
        one = a_noun(step, "PolynomialMap", " or a sequence of them")
        return majorant(one), length(one, u0)
    sizes = sorted({a_noun(s, "PolynomialMap").n for s in several})
    if len(several) != T or len(sizes) != 1:
        raise ValueError(
            f"expected T={T} steps, at least one, of the same number of "
            f"weights, got {len(several)} with {sizes}"
        )
    return [majorant(s) for s in several], length(several[0], u0)


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
    room_for_size(
        lambda T: 16 * T * order, T, "T", f"bounds on {order} blocks"
    )
    if kind == "majorant":
        check_work(phi, order, T)
        rows = recursion(phi, x0, order)
        return np.array(list(islice(rows, T + 1)))
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


def recursion(
    phi: Majorant | list[Majorant], x0: float, order: int
) -> Iterator[Floats]:
    """Iterate the non-negative recursion, every E_j in units of x_t^j.

    In these units each row of the matrix is a probability distribution and
    E_j the probability that a branching process of j wires exceeds N wires:
    no cancellation, and no overflow while x_t is finite.
    """
    blocks = np.arange(1, order + 1)
    error, x = np.zeros(order), x0
    yield error
    for one in phi if isinstance(phi, list) else repeat(phi):
        parts = one.parts(x)
        image = float(parts.sum())
        if not np.isfinite(image):
            break
        table = _wires(parts, image, one.degree, order)
        lost = table[:, order + 1 :].sum(axis=1)
        error, x = table[:, 1 : order + 1] @ error + lost, image
        with np.errstate(over="ignore", invalid="ignore"):
            sizes = error * np.float64(x) ** blocks
        yield np.where(error == 0, 0.0, sizes)
    yield from repeat(np.full(order, np.inf))


def _wires(parts: Floats, image: float, degree: int, order: int) -> Floats:
    r"""Table of :math:`b_{jk}x^k/\varphi(x)^j`; its rows add up to 1."""
    table = np.zeros((order, order * degree + 1))
    if image == 0:  # nothing is left that could be wrong
        return table
    one = parts[: degree + 1] / image
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
        theta = np.zeros(T + 1)
        if strength > 0 and x0 > 0:
            theta = strength * (x0 / np.float64(g)) * sums
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


def check_sizes(order: Any, T: Any) -> tuple[int, int]:
    """Return an order and a number of steps within their limits."""
    return (
        a_count(order, "order", least=1, most=MOST_ORDER),
        a_count(T, "T", most=MOST_STEPS),
    )


def check_work(phi: Majorant | list[Majorant], order: int, T: int) -> None:
    """Refuse a recursion that would take more than a minute."""
    every = phi if isinstance(phi, list) else [phi]
    degree = max(one.degree for one in every)
    table = order**2 * degree
    seconds = 1e-5 * order + 4e-9 * table  # a step
    if T * seconds > _MOST_SECONDS:
        raise ValueError(
            f"{T:,} steps at order {order} would take about "
            f"{T * seconds / 60:,.0f} minutes; take at most "
            f"{int(_MOST_SECONDS / seconds):,}, or kind='uniform'"
        )
