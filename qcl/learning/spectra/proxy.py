r"""The error proxy of the paper's Eqs. (7)-(8), and what shape it must have.

Averaged over the modes of a spectrum, :math:`p(t)=\langle|1+a|^t\rangle` is
how much an error made at t = 0 has grown after t linear steps. It is not a
bound: it knows nothing of the nonlinearity, the truncation or the modes that
the cut leaves out.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import logsumexp

from qcl._checks import a_count, a_noun, a_number
from qcl.learning.spectra.spectrum import Spectrum
from qcl.lifting.algebra.basis import Floats

_WORK = 10**9  # powers that one call may take
_SMALLEST = 1e-300  # |1 + a| for a = -1, to keep its logarithm finite


class DipCertificate(NamedTuple):
    """Where the error proxy dips and how it grows; see :func:`proxy_dip`.

    Attributes
    ----------
    slope : float
        p'(0), per step; negative if the proxy dips.
    minimum_at : float
        Step of the minimum: 0 without a dip, infinite without growth.
    minimum : float
        The value there.
    returns_at : float
        Step at which p is back at 1: 0 without a dip, infinite without
        growth.
    growth_rate : float
        The largest ln abs(1 + a): p(t) grows like exp(rate * t) in the end.
    """

    slope: float
    minimum_at: float
    minimum: float
    returns_at: float
    growth_rate: float


def error_proxy(
    spectrum: Spectrum,
    steps: int,
    cut: float = 0.4,
    limit: float = np.inf,
    step: float = 1.0,
) -> Floats:
    r"""Mode-averaged growth of an error, without the small modes.

    .. math::

        p(t)=\frac1{\mathcal N_c}\int_{c\le|a|\le A}\rho(a)\,|1+a|^t\,da,
        \qquad
        \mathcal N_c=\int_{c\le|a|\le A}\rho(a)\,da,
        \qquad a=-\mathrm{step}\cdot h,

    with the cut c and the limit A. It is computed from the nodes, not from a
    smoothed density, whose tails would leak across the cut.

    Parameters
    ----------
    spectrum : Spectrum
        Of the Hessian.
    steps : int
        The largest t, >= 0.
    cut : float
        Modes with abs(a) < cut are left out; 0.4 in the paper, 0 keeps all.
    limit : float
        Modes with abs(a) > limit are left out. The equations are printed
        with the limits -1 and 1; the default keeps every large mode, since a
        limit of 1 hides those with step * h > 2, which diverge.
    step : float
        Learning rate times the units of h; 1 in the paper's notation.

    Returns
    -------
    ndarray, shape (steps + 1,)
        p(0) = 1, p(1), ..., p(steps).

    Raises
    ------
    TypeError
        If an argument is of another kind.
    ValueError
        If an argument is out of range, or no mode lies between cut and
        limit.
    OverflowError
        If p leaves the range of floats.

    References
    ----------
    Eqs. (7)-(8) of the paper.

    Examples
    --------
    >>> from qcl.learning.spectra.spectrum import Spectrum
    >>> spectrum = Spectrum([0.5, 0.5, 0.5, 0.0, -0.5])
    >>> error_proxy(spectrum, 3).tolist()
    [1.0, 0.75, 0.75, 0.9375]
    """
    factors, weights = _retained(spectrum, cut, limit, step)
    steps = a_count(steps, "steps", most=_WORK // factors.size)
    with np.errstate(over="ignore"):
        p = np.array([weights @ factors**t for t in range(steps + 1)])
    if not np.isfinite(p).all():
        raise OverflowError(
            f"the proxy leaves the range of floats at step "
            f"{int(np.argmin(np.isfinite(p)))}; take fewer steps, or pass "
            "the learning rate as step if the spectrum lacks it"
        )
    return p


def proxy_dip(
    spectrum: Spectrum,
    cut: float = 0.4,
    limit: float = np.inf,
    step: float = 1.0,
) -> DipCertificate:
    r"""Say where the error proxy dips and how fast it grows afterwards.

    As a mean of exponentials, :math:`p(t)=\langle e^{\lambda t}\rangle` with
    :math:`\lambda=\ln|1+a|` is convex in t. So if :math:`p'(0)=\langle\lambda
    \rangle<0` and one mode has :math:`\lambda>0`, it has exactly one
    minimum, and then grows at the rate of the largest :math:`\lambda`.

    Parameters
    ----------
    spectrum, cut, limit, step
        As for :func:`error_proxy`.

    Returns
    -------
    DipCertificate

    Raises
    ------
    TypeError
        If an argument is of another kind.
    ValueError
        If an argument is out of range, or no mode lies between cut and
        limit.

    References
    ----------
    Eq. (7) of the paper; the dip is proved in the book's appendix.

    Examples
    --------
    >>> from qcl.learning.spectra.spectrum import Spectrum
    >>> dip = proxy_dip(Spectrum([0.5, 0.5, 0.5, 0.0, -0.5]))
    >>> round(dip.minimum_at, 3), round(dip.minimum, 3)
    (1.488, 0.724)
    >>> round(dip.returns_at, 3), round(dip.growth_rate, 3)
    (3.211, 0.405)
    """
    factors, weights = _retained(spectrum, cut, limit, step)
    rates = np.log(np.maximum(factors, _SMALLEST))
    slope, growth = float(weights @ rates), float(rates.max())
    if growth <= 0:
        left = float(weights[rates == 0].sum())
        return DipCertificate(slope, np.inf, left, np.inf, growth)

    def slope_sign(t: float) -> float:
        return float(weights @ (rates * np.exp((rates - growth) * t)))

    def log_proxy(t: float) -> float:
        return float(logsumexp(rates * t, b=weights))

    bottom = 0.0
    if slope < 0:
        bottom = brentq(slope_sign, 0.0, _first_positive(slope_sign, 1.0))
    if bottom == 0 or log_proxy(bottom) >= 0:  # no dip, or below rounding
        return DipCertificate(slope, 0.0, 1.0, 0.0, growth)
    back = brentq(log_proxy, bottom, _first_positive(log_proxy, 2 * bottom))
    minimum = float(np.exp(log_proxy(bottom)))
    return DipCertificate(slope, bottom, minimum, back, growth)


def _retained(
    spectrum: Spectrum, cut: float, limit: float, step: float
) -> tuple[Floats, Floats]:
    """Factors |1 + a| of the retained modes, weights adding up to 1."""
    spectrum = a_noun(spectrum, "Spectrum")
    step, cut = a_number(step, "step", above=0), a_number(cut, "cut")
    if not (isinstance(limit, float) and limit == np.inf):
        limit = a_number(limit, "limit")
    if not 0 <= cut < limit:
        raise ValueError(
            f"expected 0 <= cut < limit, got cut={cut}, limit={limit}"
        )
    with np.errstate(over="ignore"):
        a = -step * spectrum.nodes
    if not np.isfinite(a).all():
        raise OverflowError(
            f"step={step} times the eigenvalues leaves the range of floats; "
            "pass the learning rate"
        )
    kept = (np.abs(a) >= cut) & (np.abs(a) <= limit) & (spectrum.weights > 0)
    if not kept.any():
        raise ValueError(
            f"no mode with {cut} <= |a| <= {limit}: the largest |a| is "
            f"{np.abs(a).max():.3g}; lower the cut or raise step"
        )
    weights = spectrum.weights[kept]
    return np.abs(1 + a[kept]), weights / weights.sum()


def _first_positive(function: Callable[[float], float], t: float) -> float:
    """Double t until the function is positive."""
    while function(t) <= 0:
        t *= 2
    return t
