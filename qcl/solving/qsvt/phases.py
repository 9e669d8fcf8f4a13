"""Phase angles whose signal processing makes a polynomial."""

import numpy as np
import numpy.typing as npt

from qcl._checks import finite_reals

Floats = npt.NDArray[np.float64]

_PHASE_ERROR = 1e-9
_MOST_TERMS = 20_000
_MOST_SIZE = 4 / np.pi  # of any coefficient, if |P| <= 1


def signal_phases(coefficients: Floats) -> tuple[Floats, float]:
    r"""Phase angles whose signal processing has real part P.

    With :math:`W(x)=e^{i\arccos(x)X}`,
    :math:`\mathrm{Re}\langle0|e^{i\phi_0Z}\prod_kW(x)e^{i\phi_kZ}|0\rangle
    =P(x)`.

    Parameters
    ----------
    coefficients : array of shape ((d + 1) / 2,)
        Of :math:`T_1,T_3,\dots,T_d` in an odd P with :math:`|P|<1`; at most
        20,000 of them.

    Returns
    -------
    phases : ndarray, shape (d + 1,)
    error : float
        Largest difference found between P and what they produce.

    Raises
    ------
    ModuleNotFoundError
        If qsppack is not installed.
    TypeError
        If the coefficients are no numbers.
    ValueError
        If there are none or too many, or the angles found do not reproduce
        P to 1e-9.

    References
    ----------
    Alexis et al., arXiv:2407.05634 (2024): the inverse nonlinear Fourier
    transform, as implemented in qsppack.

    Examples
    --------
    >>> phases, _ = signal_phases(np.array([0.5, -0.25]))
    >>> signal_response(phases, np.array([0.5])).round(12).tolist()
    [0.5]
    """
    coefficients = finite_reals(coefficients, "the coefficients", (None,))
    if not 0 < len(coefficients) <= _MOST_TERMS:
        raise ValueError(
            f"expected 1 to {_MOST_TERMS:,} coefficients, got "
            f"{len(coefficients)}"
        )
    if not np.abs(coefficients).max() <= _MOST_SIZE:
        raise ValueError(
            "the polynomial's size must stay below 1, but a coefficient is "
            f"{np.abs(coefficients).max():.3g}; divide it by a larger number"
        )
    try:
        import qsppack
    except ImportError as error:
        raise ModuleNotFoundError(
            "phase angles come from qsppack, which is not installed: run "
            "pip install 'qcl-book[qsvt]' or pip install qsppack, or use "
            "method='matrix', which needs none"
        ) from error
    length = 1 << int(np.ceil(np.log2(128 * len(coefficients))) + 1)
    options = {"method": "NLFT", "N": length, "typePhi": "full"}
    try:
        phases, _ = qsppack.solve(coefficients, 1, options)
    except (ValueError, ArithmeticError) as error:
        raise ValueError(
            "no phase angles were found; the polynomial's size must stay "
            "below 1, so divide it by a larger number"
        ) from error
    x = np.cos(np.linspace(0, np.pi / 2, 2 * len(phases)))
    full = np.zeros(len(phases))
    full[1::2] = coefficients
    target = np.polynomial.chebyshev.chebval(x, full)
    miss = float(np.abs(signal_response(phases, x) - target).max())
    if not miss < _PHASE_ERROR:
        raise ValueError(
            f"the phase angles found miss the polynomial by {miss:.1e}; its "
            "size must stay below 1, so divide it by a larger number"
        )
    return np.asarray(phases), miss


def signal_response(phases: Floats, x: Floats) -> Floats:
    r"""Real part of :math:`\langle0|\cdot|0\rangle` of a signal processing.

    Examples
    --------
    Without rotations, d uses of the signal give :math:`T_d`:

    >>> signal_response(np.zeros(4), np.array([0.5])).round(12).tolist()
    [-1.0]
    """
    turns = np.exp(1j * np.asarray(phases))
    y = np.sqrt(np.clip(1 - x**2, 0, None))
    top = np.full(x.shape, turns[-1])
    bottom = np.zeros(x.shape, dtype=complex)
    for turn in turns[-2::-1]:
        top, bottom = (
            turn * (x * top + 1j * y * bottom),
            (1j * y * top + x * bottom) / turn,
        )
    return top.real
