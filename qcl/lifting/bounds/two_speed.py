r"""Two-speed bounds: few slow divergent modes beside many dissipative ones.

The eigenvectors of the symmetric :math:`F_1` are split into dissipative
modes (projector :math:`P_d`) and the others (:math:`P_v`). Leg by leg, a
tensor then has a type in :math:`\{d,v\}^j`, and each type its own radius.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from qcl._checks import a_choice, a_number, a_step
from qcl.lifting.algebra.basis import Floats
from qcl.lifting.algebra.exact import read_only
from qcl.lifting.bounds.norms import norm_of, squeezed
from qcl.lifting.bounds.truncation import check_sizes
from qcl.lifting.maps.polynomial import PolynomialMap

Method: TypeAlias = Literal["theorem", "iterated"]

_FAR = 1e150  # the largest radius


@dataclass(frozen=True, eq=False)
class TwoSpeedBound:
    r"""Bounds on the two parts of the truncation error, t = 0..T.

    Attributes
    ----------
    dissipative, divergent : ndarray, shape (T + 1,)
        On :math:`\|P_de_1(t)\|` and :math:`\|P_ve_1(t)\|` with
        :math:`e_1=u-\hat y_1`; read-only.
    divergent_modes : int
        How many modes :math:`P_v` holds.
    mu, nu : float
        :math:`\|P_d(I+F_1)\|=1-\mu` and :math:`\|P_v(I+F_1)\|\le1+\nu`.
    b, b_v : float
        :math:`\|P_dF_2\|` and :math:`\|P_vF_2\|`.
    """

    dissipative: Floats
    divergent: Floats
    divergent_modes: int
    mu: float
    nu: float
    b: float
    b_v: float

    def __repr__(self) -> str:
        """Say what is bounded, and the bound at T, in one line."""
        return (
            f"TwoSpeedBound(T={len(self.divergent) - 1}, "
            f"divergent_modes={self.divergent_modes}, mu={self.mu:.4g}, "
            f"nu={self.nu:.4g}, total at T: {self.total[-1]:.4g})"
        )

    @property
    def total(self) -> Floats:
        r"""Bound on :math:`\|e_1(t)\|`: the root of the sum of squares."""
        return np.hypot(self.dissipative, self.divergent)


def two_speed_bound(
    step: PolynomialMap,
    u0: Any,
    order: int,
    T: int,
    gap: float | None = None,
    method: Method = "theorem",
) -> TwoSpeedBound:
    r"""Bound the truncation error of an almost dissipative step.

    With :math:`\rho=\mu/(2b)`,
    :math:`\rho_v=\rho(1+\nu)^{-T}-2b_v\rho^2T>0` and
    :math:`k_0=\max(\|P_du_{\rm in}\|/\rho,\|P_vu_{\rm in}\|/\rho_v)\le1`,
    the theorem says for t <= T

    .. math::

        \|P_de_1(t)\|\le\rho\,k_0^{N+1},\qquad
        \|P_ve_1(t)\|\le\Big((1+\nu)^t\rho_v
        +2b_v\rho^2\frac{(1+\nu)^t-1}\nu\Big)k_0^{N+1}.

    Any :math:`b\ge\|P_dF_2\|` will do. Two are tried, the norm itself and
    :math:`2\mu(1+\nu)^Tb_vT`, which makes :math:`\rho_v` largest; the
    smaller :math:`k_0` counts.

    ``method="iterated"`` needs no condition and no quadratic step: it
    iterates the radii
    :math:`r_\sigma\mapsto g_\sigma r_\sigma+\sum_{\ell\ne1}
    \|P_\sigma F_\ell\|\,\|r\|^\ell`
    from many starts :math:`r(0)\ge x(0)` and takes the best
    :math:`r_\sigma(t)\max_{s<t,\tau}(x_\tau(s)/r_\tau(s))^{N+1}` at every t,
    where x are the radii from the lengths of the two parts of the start.

    Parameters
    ----------
    step : PolynomialMap
        A step with symmetric :math:`F_1`; quadratic and without forcing for
        the theorem.
    u0 : array of shape (n,)
        The start :math:`u_{\rm in}`.
    order, T : int
        Truncation order N >= 1 and number of steps.
    gap : float, optional
        Modes with :math:`|1+a_i|\le1-` ``gap`` are dissipative. By default
        all splits of the spectrum are tried, and the one with the smallest
        bound at T is taken.
    method : {"theorem", "iterated"}
        The closed form or the computed one.

    Returns
    -------
    TwoSpeedBound
        With "iterated", infinite where every radius has left the range of
        floats.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If the gap is not in [0, 1), :math:`F_1` is not symmetric, no mode
        is dissipative, or the conditions of the theorem fail.

    References
    ----------
    Proved in the book's appendix; "almost dissipative" is made precise
    there in the book's own words.

    Examples
    --------
    >>> F2 = np.array([[0, 0.1, 0.1, 0], [0.001, 0, 0, 0]])
    >>> step = PolynomialMap({1: np.diag([-0.5, 0.01]), 2: F2})
    >>> bound = two_speed_bound(step, [0.1, 0.1], order=3, T=10)
    >>> bound.divergent_modes, round(bound.mu, 12), round(bound.nu, 12)
    (1, 0.5, 0.01)
    >>> bool(bound.total[-1] < 1e-3)
    True
    """
    step = a_step(step).as_float()
    order, T = check_sizes(order, T)
    gap = None if gap is None else a_number(gap, "gap", least=0, below=1)
    a_choice(method, get_args(Method), "method")
    best: TwoSpeedBound | None = None
    facts = []
    for split in _splits(step, u0, gap):
        if method == "iterated":
            found: TwoSpeedBound | str = _iterated(split, order, T)
        else:
            found = _theorem(split, order, T)
        if isinstance(found, str):
            facts.append(found)
        elif best is None or found.total[-1] < best.total[-1]:
            best = found
    if best is None:
        raise ValueError(
            f"the two-speed condition fails: {facts[0]}; take fewer steps, "
            "start nearer to the expansion point, or use method='iterated'"
        )
    return best


@dataclass(frozen=True, eq=False)
class _Split:
    """Norms of both parts: column 0 dissipative, column 1 divergent."""

    norms: Floats  # (q + 1, 2): |P F_l|, and |P (I + F_1)| in row 1
    start: Floats  # (2,): |P u_in|
    divergent_modes: int

    def bound(self, values: Floats) -> TwoSpeedBound:
        g, strength = self.norms[1], self.norms[2]
        nu = max(float(g[1]) - 1.0, 0.0)
        return TwoSpeedBound(
            read_only(values[:, 0].copy()),
            read_only(values[:, 1].copy()),
            self.divergent_modes,
            1.0 - float(g[0]),
            nu,
            float(strength[0]),
            float(strength[1]),
        )


def _splits(
    step: PolynomialMap, u0: Any, gap: float | None
) -> Iterator[_Split]:
    """Yield the split at the gap, or all splits, modes sorted by speed."""
    point, images = step.point(u0), step.images
    G1 = images[1].tensor() if 1 in images else np.zeros((step.n, step.n))
    if not np.allclose(G1, G1.T, rtol=0, atol=1e-12 * abs(G1).max()):
        raise ValueError(
            "expected a symmetric F_1, as every gradient step has, got the "
            f"asymmetry {abs(G1 - G1.T).max():.3g}; use truncation_bound"
        )
    speeds, modes = np.linalg.eigh(G1)
    falling = np.argsort(-abs(speeds), kind="stable")
    speeds, modes = abs(speeds[falling]), modes[:, falling]
    others = {
        degree: squeezed(part, modes)
        for degree, part in images.items()
        if degree != 1
    }
    slow = 1.0 if gap is None else 1.0 - gap
    first = int((speeds > slow).sum() if gap else (speeds >= slow).sum())
    if first == step.n:
        raise ValueError(
            f"expected a mode with |1 + a_i| <= {slow:.6g}, got the smallest "
            f"{speeds[-1]:.6g}: nothing is dissipative; lower the gap or use "
            "kind='majorant' of truncation_bound"
        )
    for m in range(first, step.n if gap is None else first + 1):
        if gap is None and m > first and speeds[m] == speeds[m - 1]:
            continue  # never cut through one eigenspace
        norms = np.zeros((max(step.degree, 2) + 1, 2))
        norms[1] = speeds[m], speeds[0] if m else 0.0
        for degree, rows in others.items():
            norms[degree] = norm_of(rows[m:]), norm_of(rows[:m])
        along = modes.T @ point
        yield _Split(
            norms, np.array(list(map(norm_of, (along[m:], along[:m])))), m
        )


def _theorem(split: _Split, order: int, T: int) -> TwoSpeedBound | str:
    """The closed form, or which of its conditions fails."""
    norms = split.norms
    if norms[0].any() or norms[3:].any():
        return "the step is forced or not quadratic"
    # mu, b = |P_d F_2| and b_v = |P_v F_2| of the theorem.
    mu, strength, drive = 1.0 - norms[1, 0], norms[2, 0], norms[2, 1]
    if strength == drive == 0:
        return split.bound(np.zeros((T + 1, 2)))
    # growth[t] = (1 + nu)^t; steps[t] = ((1 + nu)^t - 1) / nu, their sum.
    with np.errstate(over="ignore"):
        growth = max(float(norms[1, 1]), 1.0) ** np.arange(T + 1)
    if np.isinf(growth[-1]):
        return f"(1 + nu)^T = {norms[1, 1]:.4g}^{T} leaves the float range"
    steps = np.concatenate([[0.0], np.cumsum(growth[:-1])])
    found = []
    larger = max(strength, 2 * mu * growth[-1] * drive * max(T, 1))
    # The condition: rho, rho_v > 0 and k_0 <= 1, for the better of two b.
    # Any larger b will do: one that keeps rho**2 within floats.
    for b in {max(b, mu / _FAR) for b in (strength, larger)}:
        rho = mu / (2 * b)
        rho_v = rho / growth[-1] - 2 * drive * rho**2 * T
        if rho_v > 0:
            k0 = max(split.start[0] / rho, split.start[1] / rho_v)
            found.append((float(k0), rho, rho_v))
    k0, rho, rho_v = min(found, default=(np.inf, 1.0, 1.0))
    if not k0 <= 1:
        return f"k_0 = {k0:.4g} exceeds 1"
    # The bounds: column 0 is rho k_0^(N+1), column 1 the one on P_v e_1.
    slow = growth * rho_v + 2 * drive * rho**2 * steps
    values = np.stack([np.full(T + 1, rho), slow], axis=1)
    return split.bound(values * k0 ** (order + 1))


def _iterated(split: _Split, order: int, T: int) -> TwoSpeedBound:
    """The best over a grid of starts of the computed majorant."""
    # Starts r(0) >= x(0): a row each of (d, v), 1 to 1000 times the lengths
    # of the two parts of u_in, or of a length where a part has none.
    x = split.start
    floor = np.maximum(x, 1e-3 * norm_of(x))
    floor = np.where(floor > 0, floor, 1e-3)
    wider = np.geomspace(1.0, 1e3, 25)
    grid = np.stack(np.meshgrid(wider, wider), axis=-1).reshape(-1, 2)
    r, worst = grid * floor, np.zeros(len(grid))
    values = np.zeros((T + 1, 2))
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(T):
            # worst is max x_tau(s) / r_tau(s) over s <= t, for each start;
            # the bound at t + 1 is r_sigma(t + 1) worst^(N+1).
            worst = np.maximum(worst, (x / r).max(axis=1))
            r, x = _radii(split.norms, r), _radii(split.norms, x)
            found = r * worst[:, None] ** (order + 1)
            found[~np.isfinite(found)] = np.inf
            values[t + 1] = found.min(axis=0)
    return split.bound(values)


def _radii(norms: Floats, r: Floats) -> Floats:
    """One step of the two-component majorant, for radii (..., 2)."""
    size = np.hypot(r[..., :1], r[..., 1:])
    image = norms[0] + norms[1] * r
    for degree in range(2, len(norms)):
        grown = norms[degree]
        for _ in range(degree):  # not a power, which may be lost
            grown = grown * size
        image = image + grown
    return image
