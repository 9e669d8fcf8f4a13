r"""Lanczos quadrature: a spectrum from Hessian-vector products alone.

From a start vector :math:`v` it builds an orthonormal basis :math:`Q` of the
Krylov space of a symmetric :math:`H` and the tridiagonal
:math:`T_m=Q^THQ=Y\Theta Y^T`. Its *Ritz values* :math:`\theta_k` and weights
:math:`Y_{1k}^2` are the Gauss quadrature of the spectrum as :math:`v` sees
it. The basis is re-orthogonalised in full.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh_tridiagonal

from qcl.learning.networks.layers import Matvec
from qcl.learning.spectra.spectrum import Spectrum
from qcl.lifting.algebra.basis import Floats


@dataclass(frozen=True, eq=False)
class Ritz:
    r"""What one run of :func:`lanczos` knows of the spectrum.

    Attributes
    ----------
    values : ndarray, shape (m,)
        Ritz values, ascending.
    weights : ndarray, shape (m,)
        :math:`Y_{1k}^2`, which add up to 1.
    residuals : ndarray, shape (m,)
        Each Ritz value has an eigenvalue of H no further away than this.
    """

    values: Floats
    weights: Floats
    residuals: Floats


def lanczos(matvec: Matvec, start: Floats, steps: int) -> Ritz:
    r"""Run m Lanczos steps; stop early if the Krylov space is exhausted.

    Parameters
    ----------
    matvec : callable
        v -> H v for a symmetric H, shapes (n,).
    start : ndarray, shape (n,)
        Not zero; normalised here.
    steps : int
        m, in 1..n.

    Returns
    -------
    Ritz

    Raises
    ------
    ValueError
        If steps is out of range, the start is zero, or H v has the wrong
        shape or is not finite.

    References
    ----------
    Golub and Meurant, "Matrices, Moments and Quadrature with Applications"
    (2010).

    Examples
    --------
    >>> import numpy as np
    >>> h = np.array([1.0, 2.0, 4.0])
    >>> ritz = lanczos(lambda v: h * v, np.ones(3), 3)
    >>> ritz.values.round(12).tolist(), ritz.weights.round(3).tolist()
    ([1.0, 2.0, 4.0], [0.333, 0.333, 0.333])
    """
    n = start.size
    if not 1 <= steps <= n:
        raise ValueError(f"expected steps in 1..{n}, got steps={steps}")
    if not np.any(start):
        raise ValueError("expected a start vector other than zero")
    Q = np.empty((steps, n))
    diagonal, beside = np.empty(steps), np.zeros(steps)
    q = start / np.linalg.norm(start)
    size = steps
    for m in range(steps):
        Q[m] = q
        r = _applied(matvec, q)
        diagonal[m] = q @ r
        for _ in range(2):  # once is not enough in floating point
            r = r - Q[: m + 1].T @ (Q[: m + 1] @ r)
        beside[m] = np.linalg.norm(r)
        scale = np.abs(diagonal[: m + 1]).max() + beside[: m + 1].max()
        if beside[m] <= n * np.finfo(float).eps * scale:
            size, beside[m] = m + 1, 0.0
            break
        q = r / beside[m]
    values, Y = eigh_tridiagonal(diagonal[:size], beside[: size - 1])
    residuals = beside[size - 1] * np.abs(Y[-1])
    return Ritz(values, Y[0] ** 2, residuals)


def _applied(matvec: Matvec, q: Floats) -> Floats:
    product = np.asarray(matvec(q), dtype=float)
    if product.shape != q.shape or not np.isfinite(product).all():
        raise ValueError(
            f"expected H v finite and of shape {q.shape}, got shape "
            f"{product.shape}; pass for example network.hessian_operator(...)"
        )
    return product


def lanczos_quadrature(
    matvec: Matvec,
    dimension: int,
    steps: int,
    probes: int,
    rng: np.random.Generator,
) -> Spectrum:
    r"""Estimate a spectrum by stochastic Lanczos quadrature.

    Every probe :math:`v` (random signs, unit length) gets m Lanczos steps.
    The nodes and weights of one probe give :math:`v^TH^kv` exactly for
    :math:`k\le2m-1`; its mean over probes is the moment of the spectrum,
    with a relative standard error of about
    :math:`\sqrt{2/(\mathrm{dimension}\cdot\mathrm{probes})}`.

    Parameters
    ----------
    matvec : callable
        v -> H v, for example ``network.hessian_operator(theta, X, y)``.
    dimension : int
        Size of H.
    steps : int
        Lanczos steps m per probe, in 1..dimension.
    probes : int
        Number of random vectors, >= 1.
    rng : numpy Generator
        Source of randomness; :func:`unit_probes` draws the vectors.

    Returns
    -------
    Spectrum

    Raises
    ------
    ValueError
        If steps or probes is out of range, or H v is not a finite vector.

    References
    ----------
    Ubaru, Chen and Saad, SIAM J. Matrix Anal. Appl. 38:1075 (2017);
    Ghorbani, Krishnan and Xiao, arXiv:1901.10159.

    Examples
    --------
    >>> import numpy as np
    >>> h = np.array([1.0, 2.0, 3.0, 10.0])
    >>> rng = np.random.default_rng(0)
    >>> spectrum = lanczos_quadrature(lambda v: h * v, 4, 2, 1, rng)
    >>> round(spectrum.moment(3), 9), float(np.mean(h**3))  # 3 = 2 m - 1
    (259.0, 259.0)
    """
    starts = unit_probes(dimension, probes, rng)
    runs = [lanczos(matvec, start, steps) for start in starts]
    weights = np.concatenate([run.weights for run in runs])
    nodes = np.concatenate([run.values for run in runs])
    return Spectrum(nodes, weights / weights.sum(), dimension)


def unit_probes(
    dimension: int, probes: int, rng: np.random.Generator
) -> Floats:
    """Draw vectors of random signs and unit length, one per row.

    Raises
    ------
    ValueError
        If dimension or probes is below 1.
    """
    if dimension < 1 or probes < 1:
        raise ValueError(
            f"expected dimension >= 1 and probes >= 1, got {dimension} and "
            f"{probes}"
        )
    signs = rng.integers(0, 2, size=(probes, dimension)) * 2 - 1
    return signs / np.sqrt(dimension)


def outer_spectrum(
    matvec: Matvec,
    dimension: int,
    steps: int,
    cut: float,
    rng: np.random.Generator,
    tolerance: float = 1e-8,
) -> Spectrum:
    r"""Resolve the eigenvalues outside :math:`\pm` cut one by one.

    Lanczos finds the outer eigenvalues first. Each gets its own node of
    weight 1/dimension, without the noise of a random probe; the inner Ritz
    values share the rest. With ``cut`` no larger than the proxy's, the error
    proxy of this spectrum is that of the exact one, up to the tolerance.

    Parameters
    ----------
    matvec, dimension, steps, rng
        As for :func:`lanczos_quadrature`.
    cut : float
        > 0, in units of h: the proxy's cut divided by its step.
    tolerance : float
        Largest error of an outer eigenvalue, in units of the largest.

    Returns
    -------
    Spectrum

    Raises
    ------
    ValueError
        If an eigenvalue near or outside the cut is not resolved, the cut is
        not positive, or an argument is out of range.

    Notes
    -----
    An eigenvalue that occurs twice outside the cut is found once. Generic
    Hessians have none; copies of one unit would.

    Examples
    --------
    >>> import numpy as np
    >>> h = np.concatenate([np.linspace(-0.1, 0.1, 97), [-1.0, 2.0, 3.0]])
    >>> rng = np.random.default_rng(0)
    >>> spectrum = outer_spectrum(lambda v: h * v, 100, 30, 0.4, rng)
    >>> spectrum.modes(cut=0.4)
    Modes(dissipative=2.0, divergent=1.0, flat=97.0)
    """
    if not cut > 0:
        raise ValueError(f"expected cut > 0, got cut={cut}")
    ritz = lanczos(matvec, unit_probes(dimension, 1, rng)[0], steps)
    size = np.abs(ritz.values)
    loose = ritz.residuals > tolerance * size.max()
    open_cases = int(np.sum(loose & (size + ritz.residuals >= cut)))
    if open_cases:
        raise ValueError(
            f"{open_cases} eigenvalues near or outside the cut {cut} are not "
            f"resolved after {steps} Lanczos steps; take more steps or raise "
            "the cut"
        )
    outer = size >= cut
    weights = np.full(size.size, 1 / dimension)
    inner = ritz.weights[~outer]
    rest = 1 - outer.sum() / dimension
    if rest and not inner.size:
        raise ValueError(
            f"found {size.size} of {dimension} eigenvalues, all outside the "
            "cut; some occur more than once: use lanczos_quadrature"
        )
    weights[~outer] = rest * inner / inner.sum()
    return Spectrum(ritz.values, weights, dimension)
