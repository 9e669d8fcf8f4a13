r"""The scalar majorant of a step, its fixed points and the R-number.

A step :math:`\Phi(u)=\sum_\ell G_\ell u^{\otimes\ell}` never stretches a
vector of length :math:`x` beyond :math:`\varphi(x)=\sum_\ell g_\ell x^\ell`
with :math:`g_\ell=\|G_\ell\|_2`, :math:`G_1=I+F_1` and
:math:`G_\ell=F_\ell` otherwise. Every bound on the truncation error is a
statement about this one polynomial.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from qcl._checks import a_number, a_step, finite_reals
from qcl.lifting.algebra.basis import Floats
from qcl.lifting.algebra.exact import read_only
from qcl.lifting.bounds.norms import length, spectral_norm
from qcl.lifting.maps.polynomial import PolynomialMap

# A dissipation below this is rounding noise of a norm.
_NOISE = 1e-13
_FAR = 1e300  # a radius that stands for those beyond floats


@dataclass(frozen=True, eq=False)
class Majorant:
    r"""The polynomial :math:`\varphi(x)=\sum_\ell g_\ell x^\ell`.

    Made by :func:`majorant`; calling it evaluates it.

    Attributes
    ----------
    coefficients : ndarray, shape (q + 1,)
        :math:`g_0,\dots,g_q`, none negative, :math:`q\ge1`; read-only.

    Raises
    ------
    TypeError, ValueError
        If they are no such numbers.

    Examples
    --------
    >>> step = PolynomialMap({1: [[-0.5]], 2: [[-0.25]]})
    >>> phi = majorant(step)
    >>> phi.coefficients.tolist(), phi(2.0), phi.fixed_points()
    ([0.0, 0.5, 0.25], 2.0, (0.0, 2.0))
    """

    coefficients: Floats

    def __post_init__(self) -> None:
        """Check the coefficients and keep a copy."""
        g = finite_reals(self.coefficients, "the coefficients", (None,))
        if len(g) < 2 or (g < 0).any():
            raise ValueError(
                "expected coefficients g_0, g_1, ... >= 0, at least two, got "
                f"{len(g)} from {g.min(initial=0):.6g} on"
            )
        object.__setattr__(self, "coefficients", read_only(g))

    def __call__(self, x: float) -> float:
        """Evaluate the majorant; infinite if it leaves the float range.

        Raises
        ------
        TypeError, ValueError
            If x is no finite number >= 0.
        """
        return float(self.parts(a_number(x, "x", least=0)).sum())

    def parts(self, x: float) -> Floats:
        r"""The terms :math:`g_\ell x^\ell`, right wherever they are floats."""
        g, ell = self.coefficients, np.arange(len(self.coefficients))
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            powers = np.power(x, ell, dtype=np.float64)
            values = np.where(g > 0, g * powers, 0.0)
            lost = (g > 0) & (x > 0) & ((powers < 1e-290) | np.isinf(powers))
            if lost.any():
                values[lost] = np.exp(np.log(g[lost]) + ell[lost] * np.log(x))
        return values

    @cached_property
    def degree(self) -> int:
        """Largest degree with a coefficient that is not zero; 1 at least."""
        return max([1, *np.flatnonzero(self.coefficients).tolist()])

    @property
    def dissipation(self) -> float:
        r"""The discrete dissipation :math:`\mu=1-g_1=1-\|I+F_1\|_2`."""
        return 1.0 - float(self.coefficients[1])

    def contraction(self) -> float:
        r"""The dissipation :math:`\mu`, if it is positive.

        Raises
        ------
        ValueError
            If :math:`\mu\le0` up to rounding.
        """
        mu = self.dissipation
        if mu <= _NOISE:
            raise ValueError(
                f"expected ||I + F_1|| < 1, got {1 - mu:.6g}: not every mode "
                "contracts; lower the learning rate, add weight decay, "
                "measure in other coordinates (qcl.in_coordinates), or use "
                "kind='majorant', kind='mobius' or two_speed_bound over "
                "finitely many steps"
            )
        return mu

    def fixed_points(self) -> tuple[float, float]:
        r"""The non-negative solutions :math:`x_-\le x_+` of phi(x) = x.

        From both sides by Newton's method, which is monotone on the convex
        :math:`\varphi(x)-x`. :math:`x_-=0` without forcing and
        :math:`x_+=\infty` for a linear step. For q = 2

        .. math:: x_\pm=\frac{\mu\pm\sqrt{\mu^2-4\|F_2\|\|F_0\|}}{2\|F_2\|}.

        Returns
        -------
        tuple of float

        Raises
        ------
        ValueError
            If :math:`\|I+F_1\|\ge1`, or the forcing is too strong for a
            fixed point.

        Examples
        --------
        >>> forced = PolynomialMap({0: [0.09], 1: [[-1.0]], 2: [[1.0]]})
        >>> tuple(round(x, 12) for x in majorant(forced).fixed_points())
        (0.1, 0.9)
        """
        mu, g = self.contraction(), self.coefficients.tolist()
        higher = [(d, c) for d, c in enumerate(g) if d >= 2 and c > 0]
        if not higher:
            return g[0] / mu, np.inf
        # Beyond the smallest of these phi(x) > x, and there it is steep. A
        # smaller x_+ gives weaker bounds, never wrong ones.
        with np.errstate(over="ignore"):
            above = min(
                float(np.power(np.float64(mu) / c, 1 / (d - 1)))
                for d, c in higher
            )
        if above > _FAR:
            return self._smaller(mu), _FAR
        gap = self._gap(above)
        lowest = _newton(gap.deriv(), 1.0)
        if gap(lowest) > 4 * np.finfo(float).eps:
            raise ValueError(
                f"the majorant has no fixed point: with ||F_0|| = {g[0]:.6g} "
                f"it stays above x by {gap(lowest) * above:.6g} at least; "
                "expand about a point with a smaller gradient (qcl.shifted)"
            )
        return self._smaller(mu), _newton(gap, 1.0) * above

    def _smaller(self, mu: float) -> float:
        """The fixed point nearer to 0, found in units of ||F_0|| / mu."""
        unit = float(self.coefficients[0]) / mu
        return unit * _newton(self._gap(unit), 0.0) if unit > 0 else 0.0

    def _gap(self, unit: float) -> np.polynomial.Polynomial:
        """Return phi(x) - x as a polynomial, with x in such units."""
        scaled = self.parts(unit) / unit
        return np.polynomial.Polynomial(scaled) - np.array([0.0, 1.0])

    def ratio(self, x0: float) -> float:
        r"""The rate :math:`\bar x/x_+<1`, :math:`\bar x=\max(x_0,x_-)`.

        The truncation error falls like the N-th power of it. Without
        forcing it is the R-number.

        Raises
        ------
        TypeError, ValueError
            If x0 is no finite number >= 0, there are no fixed points, or
            :math:`x_0\ge x_+`.

        Examples
        --------
        >>> step = PolynomialMap({1: [[-0.5]], 2: [[-0.25]]})
        >>> majorant(step).ratio(0.5)
        0.25
        """
        x0 = a_number(x0, "x0", least=0)
        smaller, larger = self.fixed_points()
        if not x0 < larger:
            raise ValueError(
                f"expected ||u_in|| < x_+ = {larger:.6g}, got {x0:.6g}: the "
                "start lies outside the ball of guaranteed convergence; "
                "start nearer to the expansion point, measure in other "
                "coordinates (qcl.in_coordinates), or use kind='majorant' "
                "over finitely many steps"
            )
        return max(x0, smaller) / larger


def _newton(poly: np.polynomial.Polynomial, x: float) -> float:
    """Follow Newton's method as long as it moves the way it started."""
    slope = poly.deriv()
    way = 0.0
    for _ in range(200):
        steepness = slope(x)
        move = -poly(x) / steepness if steepness else 0.0
        if move == 0 or move * way < 0 or x + move == x:
            return float(x)
        x, way = x + move, move
    return float(x)


def majorant(step: PolynomialMap) -> Majorant:
    r"""The scalar majorant :math:`\varphi(x)=\sum_\ell\|G_\ell\|_2x^\ell`.

    The norms are those of the input-symmetrised :math:`n\times n^\ell`
    matrices, the smallest that represent the step; each is the root of the
    largest eigenvalue of an :math:`n\times n` Gram matrix.

    Parameters
    ----------
    step : PolynomialMap
        The step.

    Returns
    -------
    Majorant

    Raises
    ------
    TypeError
        If it is no PolynomialMap.
    ValueError
        If a norm leaves the range of floats.

    References
    ----------
    The majorant and its use are proved in the book's appendix.

    Examples
    --------
    >>> F1, F2 = [[-0.1, 0.0], [0.0, -0.2]], [[0.0, 1.0, 1.0, 0.0]] * 2
    >>> step = PolynomialMap({1: F1, 2: F2})
    >>> majorant(step).coefficients.round(12).tolist()
    [0.0, 0.9, 2.0]
    """
    step = a_step(step).as_float()
    coefficients = np.zeros(step.degree + 1)
    for degree, part in step.images.items():
        coefficients[degree] = spectral_norm(part)
    return Majorant(coefficients)


def r_number(step: PolynomialMap, u0: Any) -> float:
    r"""The discrete R-number of a step and a start.

    For a quadratic step

    .. math:: R=\frac1\mu\Big(\|F_2\|\,\|u_{\rm in}\|
              +\frac{\|F_0\|}{\|u_{\rm in}\|}\Big),\qquad
              \mu=1-\|I+F_1\|.

    Without forcing, and for any degree, :math:`R=\|u_{\rm in}\|/x_+` with
    the largest fixed point :math:`x_+` of the majorant: the same number for
    q = 2, and :math:`\|u_{\rm in}\|(\|F_q\|/\mu)^{1/(q-1)}` for a single
    power. Either way :math:`R<1` exactly if the majorant shrinks the start,
    :math:`x_-<\|u_{\rm in}\|<x_+`. It does not depend on the unit of u.

    Parameters
    ----------
    step : PolynomialMap
        The step.
    u0 : array of shape (n,)
        The start :math:`u_{\rm in}`.

    Returns
    -------
    float

    Raises
    ------
    TypeError
        If it is no PolynomialMap.
    ValueError
        If u0 is no weight vector, not every mode contracts, the start is
        zero under forcing, or a step of degree above two is forced.

    References
    ----------
    Liu et al., PNAS 118:e2026805118 (2021), with
    :math:`|{\rm Re}\lambda_1|` for :math:`\mu`; the discrete form is proved
    in the book's appendix.

    Examples
    --------
    >>> step = PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})
    >>> round(r_number(step, [-0.5]), 12)
    0.5
    """
    phi, x0 = majorant(step), length(step, u0)
    mu, g = phi.contraction(), phi.coefficients
    if g[0] == 0:
        return x0 / phi.fixed_points()[1]
    if x0 == 0:
        raise ValueError(
            "expected a start u0 != 0, got 0: R contains ||F_0||/||u0||; use "
            "qcl.majorant(step).ratio(0.0), the rate x_-/x_+ from a zero "
            "start"
        )
    if phi.degree > 2:
        raise ValueError(
            f"R is defined for a forced step of degree 2, got degree "
            f"{phi.degree}; use qcl.majorant(step).ratio(x0), the rate at "
            "which the truncation error falls with the order"
        )
    strength = g[2] if len(g) > 2 else 0.0
    return float(strength * x0 + g[0] / x0) / mu
