r"""Lanczos quadrature: a spectrum from Hessian-vector products alone.

From a start vector :math:`v` it builds an orthonormal basis :math:`Q` of the
Krylov space of a symmetric :math:`H` and the tridiagonal
:math:`T_m=Q^THQ=Y\Theta Y^T`. Its *Ritz values* :math:`\theta_k` and weights
:math:`Y_{1k}^2` are the Gauss quadrature of the spectrum as :math:`v` sees
it. The basis is re-orthogonalised in full.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import eigh_tridiagonal

from qcl._checks import (
    a_count,
    a_generator,
    a_number,
    finite_reals,
    kind_of,
    room_for,
)
from qcl.learning.networks.layers import Matvec
from qcl.learning.spectra.spectrum import Spectrum
from qcl.lifting.algebra.basis import Floats

_MOST = 10**8  # weights, or probes
_FEWEST = 20  # steps after which a mode far outside cannot hide by chance


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
    basis : ndarray, shape (m, n)
        Q, a vector per row.
    turn : ndarray, shape (m, m)
        Y, whose columns turn the basis into Ritz vectors.
    """

    values: Floats
    weights: Floats
    residuals: Floats
    basis: Floats
    turn: Floats


def lanczos(
    matvec: Matvec, start: Floats, steps: int, beside: Floats | None = None
) -> Ritz:
    r"""Run m Lanczos steps; stop early if the Krylov space is exhausted.

    Parameters
    ----------
    matvec : callable
        v -> H v for a symmetric H, shapes (n,).
    start : ndarray, shape (n,)
        Not zero; normalised here.
    steps : int
        m, in 1..n, less the vectors of ``beside``.
    beside : ndarray, shape (k, n), optional
        Orthonormal vectors that the run stays orthogonal to: it sees H
        without them.

    Returns
    -------
    Ritz

    Raises
    ------
    TypeError
        If matvec is no function or the start holds no numbers.
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
    r = finite_reals(start, "the start vector", shape=(None,))
    n = r.size
    known = np.empty((0, n)) if beside is None else beside
    steps = a_count(steps, "steps", least=1, most=n - len(known))
    room_for(
        16 * n * steps, f"{steps} Lanczos vectors of {n:,}", "take fewer steps"
    )
    r = _cleared(r, known)
    if not np.any(r):
        raise ValueError("expected a start vector other than zero")
    Q = np.empty((steps, n))
    diagonal, next_to = np.empty(steps), np.zeros(steps)
    q = r / np.linalg.norm(r)
    size = steps
    for m in range(steps):
        Q[m] = q
        r = _applied(matvec, q)
        diagonal[m] = q @ r
        r = _cleared(r, Q[: m + 1], known)
        next_to[m] = np.linalg.norm(r)
        scale = np.abs(diagonal[: m + 1]).max() + next_to[: m + 1].max()
        if next_to[m] <= n * np.finfo(float).eps * scale:
            size, next_to[m] = m + 1, 0.0
            break
        q = r / next_to[m]
    values, Y = eigh_tridiagonal(diagonal[:size], next_to[: size - 1])
    residuals = next_to[size - 1] * np.abs(Y[-1])
    return Ritz(values, Y[0] ** 2, residuals, Q[:size], Y)


def _cleared(r: Floats, *known: Floats) -> Floats:
    """Make a vector orthogonal to rows that are orthonormal.

    Twice: what is left may be small, and the rounding errors of the first
    time then are not.
    """
    for _ in range(2):
        for rows in known:
            r = r - rows.T @ (rows @ r)
    return r


def _applied(matvec: Callable[[Floats], Any], q: Floats) -> Floats:
    if not callable(matvec):
        raise TypeError(
            f"expected a function v -> H v, got {kind_of(matvec)}; pass for "
            "example network.hessian_operator(...)"
        )
    try:
        return finite_reals(matvec(q.copy()), "H v", shape=q.shape)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"expected H v finite and of shape {q.shape}: {error}; pass for "
            "example network.hessian_operator(...)"
        ) from error


def lanczos_quadrature(
    matvec: Matvec,
    dimension: int,
    steps: int,
    probes: int,
    rng: int | np.random.Generator,
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
    rng : int or numpy Generator
        Seed or source of randomness; :func:`unit_probes` draws the vectors.

    Returns
    -------
    Spectrum

    Raises
    ------
    TypeError
        If an argument is of another kind.
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
    >>> spectrum = lanczos_quadrature(lambda v: h * v, 4, 2, 1, rng=0)
    >>> round(spectrum.moment(3), 9), float(np.mean(h**3))  # 3 = 2 m - 1
    (259.0, 259.0)
    """
    starts = unit_probes(dimension, probes, rng)
    runs = []
    for start in starts:
        ritz = lanczos(matvec, start, steps)
        runs.append((ritz.values, ritz.weights))
    nodes, weights = np.concatenate(runs, axis=1)
    return Spectrum(nodes, weights / weights.sum(), dimension)


def unit_probes(
    dimension: int, probes: int, rng: int | np.random.Generator
) -> Floats:
    """Draw vectors of random signs and unit length, one per row.

    Parameters
    ----------
    dimension, probes : int
        Their length and their number, >= 1.
    rng : int or numpy Generator
        Seed or source of randomness.

    Returns
    -------
    ndarray, shape (probes, dimension)

    Raises
    ------
    TypeError
        If an argument is of another kind.
    ValueError
        If dimension or probes is below 1, or there is no room.

    Examples
    --------
    >>> abs(unit_probes(4, 1, rng=0)).tolist()
    [[0.5, 0.5, 0.5, 0.5]]
    """
    dimension = a_count(dimension, "dimension", least=1, most=_MOST)
    probes = a_count(probes, "probes", least=1, most=_MOST)
    needed, what = 24 * dimension * probes, f"{probes:,} probes"
    room_for(needed, f"{what} of {dimension:,} weights", "take fewer probes")
    signs = a_generator(rng).integers(0, 2, size=(probes, dimension)) * 2 - 1
    return signs / np.sqrt(dimension)


def outer_spectrum(
    matvec: Matvec,
    dimension: int,
    steps: int,
    cut: float,
    rng: int | np.random.Generator,
    tolerance: float = 1e-8,
) -> Spectrum:
    r"""Resolve the eigenvalues outside :math:`\pm` cut one by one.

    Lanczos finds the outer eigenvalues first. Each gets its own node of
    weight 1/dimension, without the noise of a random probe; the inner Ritz
    values share the rest. With ``cut`` no larger than the proxy's, the error
    proxy of this spectrum is that of the exact one, up to the tolerance.

    Parameters
    ----------
    matvec, dimension, rng
        As for :func:`lanczos_quadrature`.
    steps : int
        Lanczos steps of each run, >= 20 or the dimension.
    cut : float
        > 0, in units of h: the proxy's cut divided by its step.
    tolerance : float
        Largest error of an outer eigenvalue, in units of the largest.

    Returns
    -------
    Spectrum

    Raises
    ------
    TypeError
        If an argument is of another kind.
    ValueError
        If an eigenvalue near or outside the cut is not resolved, the cut is
        not positive, or an argument is out of range.

    Notes
    -----
    One run finds each eigenvalue once, however often it occurs. So the
    vectors found are taken out of H and another run begins, at random, until
    one finds nothing outside the cut: an eigenvalue is counted as often as
    it occurs, at the price of one run more than the most frequent one. Taking
    out vectors with residuals :math:`r_i` moves no eigenvalue by more than
    :math:`\sqrt{\sum_ir_i^2}`.

    References
    ----------
    Parlett, "The Symmetric Eigenvalue Problem" (1998), chapters 11 and 13.

    Examples
    --------
    >>> import numpy as np
    >>> h = np.concatenate([np.linspace(-0.1, 0.1, 96), [-1, 2, 2, 3]])
    >>> spectrum = outer_spectrum(lambda v: h * v, 100, 30, 0.4, rng=0)
    >>> spectrum.modes(cut=0.4)
    Modes(dissipative=3.0, divergent=1.0, flat=96.0)
    """
    dimension = a_count(dimension, "dimension", least=1, most=_MOST)
    fewest = min(_FEWEST, dimension)
    steps = a_count(steps, "steps", least=fewest, most=dimension)
    cut = a_number(cut, "cut", above=0)
    tolerance = a_number(tolerance, "tolerance", above=0)
    source, known = a_generator(rng), np.empty((0, dimension))
    outer, inner, shares = np.empty(0), np.empty(0), np.empty(0)
    largest = 0.0
    while len(known) < dimension:
        # Not signs: they may be orthogonal to the difference of two units.
        start = source.normal(size=dimension)
        left = min(steps, dimension - len(known))
        ritz = lanczos(matvec, start, left, known)
        size = np.abs(ritz.values)
        largest = max(largest, float(size.max()))
        _check_resolved(ritz, cut, tolerance * largest)
        outside = size >= cut
        if not outside.any():
            inner, shares = ritz.values, ritz.weights
            break
        found = ritz.turn[:, outside].T @ ritz.basis
        outer = np.append(outer, ritz.values[outside])
        needed, what = 16 * (len(known) + len(found)) * dimension, "the modes"
        room_for(needed, f"{what} outside the cut {cut}", "raise the cut")
        known = np.concatenate([known, found])
    rest = 1 - outer.size / dimension
    weights = [np.full(outer.size, 1 / dimension), rest * shares]
    nodes = np.concatenate([outer, inner])
    return Spectrum(nodes, np.concatenate(weights), dimension)


def _check_resolved(ritz: Ritz, cut: float, tolerance: float) -> None:
    """Refuse a run that leaves open what lies outside the cut."""
    loose = ritz.residuals > tolerance
    reach = np.abs(ritz.values) + ritz.residuals
    open_cases = int(np.sum(loose & (reach >= cut)))
    if open_cases:
        raise ValueError(
            f"{open_cases} eigenvalues near or outside the cut {cut} are not "
            f"resolved after {ritz.values.size} Lanczos steps; take more "
            "steps or raise the cut"
        )
