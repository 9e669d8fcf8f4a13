r"""Polynomials that come close to 1/x away from 0, and their phase angles.

Singular value transformation applies a bounded, odd polynomial to the
singular values of a matrix. To invert it, the polynomial must satisfy
:math:`xP(x)\approx c` on :math:`[1/\kappa,1]` and :math:`|P|\le1` on
:math:`[-1,1]`. Two are here, both as Chebyshev coefficients:

``"iteration"``
    .. math::

        p_n(x)=\frac1x\left[1-\frac{T_n(z)}{T_n(z_0)}\right],\qquad
        z=\frac{1+a-2x^2}{1-a},\quad z_0=\frac{1+a}{1-a},\quad
        a=\kappa^{-2},

    of degree :math:`2n-1`, with :math:`\max|1-xp_n|=1/T_n(z_0)`, the
    smallest any odd polynomial of that degree can reach. It is what n
    steps of the Chebyshev iteration for linear systems compute.

``"cks"``
    .. math::

        g(x)=4\sum_{j=0}^{j_0}(-1)^j\Pr[X>b+j]\,T_{2j+1}(x),\qquad
        X\sim\mathrm{Bin}(2b,\tfrac12),

    a truncation of :math:`[1-(1-x^2)^b]/x`: the polynomial of the first
    quantum algorithm with logarithmic dependence on the error.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from qcl._checks import a_choice, a_fraction, a_number, finite_reals
from qcl.solving.qsvt.phases import signal_phases

Floats = npt.NDArray[np.float64]
Kind = Literal["iteration", "cks"]

MOST_DEGREE = 200_001
MOST_USES = 4001  # of a circuit that is simulated
_OVERSAMPLING = 16
_HEADROOM = 0.95
_LEAST_KAPPA = 1.05
_SLACK = 1e-6
_MOST_KAPPA = 1e100


@dataclass(frozen=True, eq=False, repr=False)
class InversePolynomial:
    r"""An odd polynomial with :math:`|P|\le1` and :math:`P(x)\approx c/x`.

    Attributes
    ----------
    coefficients : ndarray, shape ((degree + 1) / 2,)
        Of :math:`T_1,T_3,\dots,T_d`.
    scale : float
        The constant c.
    kappa : float
        The polynomial inverts on :math:`1/\kappa\le|x|\le1`.
    residual : float
        :math:`\max|1-xP(x)/c|` there: a bound of the relative error of
        every solution it is used for.
    """

    coefficients: Floats
    scale: float
    kappa: float
    residual: float

    def __repr__(self) -> str:
        """Say where it inverts, and how well."""
        return (
            f"InversePolynomial(degree={self.degree}, kappa={self.kappa:.4g}, "
            f"scale={self.scale:.4g}, residual={self.residual:.2g})"
        )

    @property
    def degree(self) -> int:
        """Degree of the polynomial, odd."""
        return 2 * len(self.coefficients) - 1

    def __call__(self, x: npt.ArrayLike) -> Floats:
        """Evaluate P by Clenshaw's recurrence.

        Raises
        ------
        TypeError, ValueError
            If x does not hold numbers in [-1, 1].
        """
        points: Floats = finite_reals(x, "x")
        if not (np.abs(points) <= 1 + 1e-9).all():
            raise ValueError(
                "expected x in [-1, 1], where the polynomial is bounded; "
                "divide by the norm of the matrix"
            )
        full = np.zeros(self.degree + 1)
        full[1::2] = self.coefficients
        values = np.polynomial.chebyshev.chebval(points, full)
        return np.asarray(values, dtype=np.float64)

    @property
    def phases(self) -> Floats:
        """Phase angles, shape (degree + 1,); see :func:`signal_phases`."""
        return self._synthesis[0].copy()

    @property
    def phase_error(self) -> float:
        """Largest difference between P and what its phases produce."""
        return self._synthesis[1]

    @cached_property
    def _synthesis(self) -> tuple[Floats, float]:
        return signal_phases(self.coefficients)


def inverse_polynomial(
    kappa: float, error: float, kind: Kind = "iteration"
) -> InversePolynomial:
    r"""Find a bounded polynomial that inverts with a given relative error.

    The maximum over [-1, 1] is measured on 16 points an oscillation and
    enlarged by what a polynomial of this degree can do between them, a
    factor :math:`1/\cos(\pi/32)`; the polynomial is divided by that.

    Parameters
    ----------
    kappa : float
        Condition number, >= 1.
    error : float
        Bound of :math:`|1-xP(x)/c|`, in (0, 1).
    kind : {"iteration", "cks"}
        The Chebyshev iteration, or Childs, Kothari and Somma's.

    Returns
    -------
    InversePolynomial

    Raises
    ------
    TypeError
        If kappa or error is no number.
    ValueError
        If kappa < 1, error is not in (0, 1), kind is unknown, the degree
        would pass 200,001, or floats cannot hold a polynomial so accurate.

    References
    ----------
    Childs, Kothari, Somma, SIAM J. Comput. 46:1920 (2017), Lemmas 17-19;
    the Chebyshev iteration is derived in chapter 11 of the book.

    Examples
    --------
    >>> for kind in ("iteration", "cks"):
    ...     p = inverse_polynomial(5.0, 1e-3, kind)
    ...     print(p.degree, p.residual < 1e-3, abs(5 * p(0.2) / p.scale) > 4)
    37 True True
    117 True True
    """
    a_choice(kind, get_args(Kind), "kind")
    kappa = max(
        a_number(kappa, "kappa", least=1, most=_MOST_KAPPA), _LEAST_KAPPA
    )
    error = a_fraction(error, "error")
    build = {"iteration": _iteration, "cks": _childs}[kind]
    aim = error
    for _ in range(3):
        found = _bounded(build(kappa, aim), kappa)
        # Rounding may add to what was aimed at; then aim below it.
        if found.residual <= error * (1 + _SLACK):
            return found
        aim = max(error - 2 * (found.residual - aim), error / 2)
    raise ValueError(
        f"rounding leaves a residual of {found.residual:.1e} at condition "
        f"number {kappa:.2g}, more than the {error:.1e} asked for; ask for a "
        "larger one, or make the condition number smaller"
    )


def _bounded(raw: Floats, kappa: float) -> InversePolynomial:
    """Scale a polynomial to at most 0.95, and measure what it lacks."""
    x, values = _values(raw)
    bound = np.abs(values).max() / np.cos(np.pi / (2 * _OVERSAMPLING))
    scale = float(_HEADROOM / bound)
    inside = x >= 1 / kappa
    edge = InversePolynomial(raw, 1.0, kappa, 0.0)(1 / kappa) / kappa
    residual = max(
        float(np.abs(1 - x[inside] * values[inside]).max()),
        float(abs(1 - edge)),
    )
    coefficients = scale * raw
    coefficients.setflags(write=False)
    return InversePolynomial(coefficients, scale, kappa, residual)


def _checked_degree(degree: float, kappa: float, error: float) -> int:
    if degree > MOST_DEGREE:
        larger = ", or accept a larger error" if kappa < MOST_DEGREE else ""
        raise ValueError(
            f"condition number {kappa:.1e} at error {error:.1g} needs a "
            f"polynomial of degree {degree:.1e}, and {MOST_DEGREE:,} is the "
            f"most; rescale or shorten the system{larger}"
        )
    return int(degree)


def _iteration(kappa: float, error: float) -> Floats:
    """Chebyshev coefficients of p_n, from its values at Chebyshev nodes."""
    from scipy.fft import dct

    a = kappa**-2
    u0 = 2 * np.arctanh(1 / kappa)  # arccosh of z0, without cancellation
    terms = np.ceil(np.arccosh(1 / error) / u0)
    n = (_checked_degree(2 * terms - 1, kappa, error) + 1) // 2
    x = np.cos((np.arange(2 * n) + 0.5) * np.pi / (4 * n))  # x > 0 is enough
    z = (1 + a - 2 * x**2) / (1 - a)
    u = np.arccosh(np.maximum(z, 1))
    growing = np.exp(n * (u - u0)) + np.exp(-n * (u + u0))
    ratio = np.where(
        z > 1,
        growing / (1 + np.exp(-2 * n * u0)),
        np.cos(n * np.arccos(np.clip(z, -1, 1))) / np.cosh(n * u0),
    )
    half = (1 - ratio) / x
    values = np.concatenate([half, -half[::-1]])
    return (dct(values, type=2) / len(values))[1 : 2 * n : 2]


def _childs(kappa: float, error: float) -> Floats:
    """Chebyshev coefficients of g; its two errors share ``error``."""
    from scipy.special import betainc

    half = error / 2
    b = np.ceil(kappa**2 * np.log(kappa / half))
    last = min(np.ceil(np.sqrt(b * np.log(4 * b / half))), b - 1)
    j = np.arange(_checked_degree(2 * last + 1, kappa, error) // 2 + 1)
    tails = betainc(b + j + 1, b - j, 0.5)  # P[Bin(2b, 1/2) > b + j]
    return 4 * (-1.0) ** j * tails


def _values(coefficients: Floats) -> tuple[Floats, Floats]:
    """Values of an odd polynomial at x = cos(theta) on half the circle."""
    from scipy.fft import dct

    degree = 2 * len(coefficients) - 1
    padded = np.zeros(_OVERSAMPLING * degree + 1)
    padded[1 : degree + 1 : 2] = coefficients / 2
    theta = np.linspace(0, np.pi, len(padded))
    return np.cos(theta), dct(padded, type=1)
