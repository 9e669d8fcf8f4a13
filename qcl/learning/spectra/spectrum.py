r"""Hessian spectra and the error proxy of the paper's Eqs. (7)-(8).

An eigenvalue :math:`h` of the Hessian multiplies a displacement along its
mode by :math:`1+a` at each step, with :math:`a=-\mathrm{step}\cdot h`. A mode
with :math:`h>0` is *dissipative*, one with :math:`h<0` *divergent*.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from qcl.learning.networks.layers import Layers
from qcl.lifting.algebra.basis import Floats


class Modes(NamedTuple):
    """Numbers of modes by the sign of their eigenvalue."""

    dissipative: float
    divergent: float
    flat: float


@dataclass(frozen=True, eq=False)
class Spectrum:
    r"""Eigenvalues of a Hessian and their weights, which add up to 1.

    An exact spectrum has equal weights; a quadrature stands for many
    eigenvalues by few nodes.

    Parameters
    ----------
    nodes : array of shape (k,)
        Eigenvalues h, or quadrature nodes.
    weights : array of shape (k,), optional
        Not negative, adding up to 1; equal by default.
    dimension : int, optional
        Number of eigenvalues of the Hessian; the number of nodes by default.

    Raises
    ------
    ValueError
        On wrong shapes, numbers that are not finite, or weights that are
        negative or do not add up to 1.

    Examples
    --------
    >>> spectrum = Spectrum([2.0, -1.0, 0.0, 3.0])
    >>> spectrum.nodes.tolist(), spectrum.moment(1)
    ([-1.0, 0.0, 2.0, 3.0], 1.0)
    >>> spectrum.modes()
    Modes(dissipative=2.0, divergent=1.0, flat=1.0)
    """

    nodes: Floats
    weights: Floats
    dimension: int

    def __init__(
        self, nodes: Any, weights: Any = None, dimension: int | None = None
    ) -> None:
        nodes = np.array(nodes, dtype=float)
        if nodes.ndim != 1 or not nodes.size:
            raise ValueError(
                f"expected a list of eigenvalues, got shape {nodes.shape}"
            )
        if weights is None:
            weights = np.full(nodes.size, 1 / nodes.size)
        weights = np.array(weights, dtype=float)
        if weights.shape != nodes.shape:
            raise ValueError(
                f"expected one weight per node, shape {nodes.shape}, got "
                f"{weights.shape}"
            )
        if not (np.isfinite(nodes).all() and np.isfinite(weights).all()):
            raise ValueError("expected finite nodes and weights, got NaN")
        if weights.min() < 0 or abs(weights.sum() - 1) > 1e-9:
            raise ValueError(
                "expected weights >= 0 that add up to 1, got the sum "
                f"{weights.sum()} and the smallest {weights.min()}"
            )
        order = np.argsort(nodes, kind="stable")
        nodes, weights = nodes[order], weights[order]
        nodes.flags.writeable = weights.flags.writeable = False
        size = nodes.size if dimension is None else int(dimension)
        if size < 1:
            raise ValueError(f"expected a dimension >= 1, got {dimension}")
        object.__setattr__(self, "nodes", nodes)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "dimension", size)

    def moment(self, k: int, centre: float = 0.0) -> float:
        r"""The moment :math:`\sum_iw_i(h_i-c)^k` about a centre c."""
        return float(self.weights @ (self.nodes - centre) ** k)

    def density(self, grid: Any, width: float) -> Floats:
        r"""Density of eigenvalues, each node smeared to a Gaussian.

        .. math::

            \rho_\sigma(h)=\sum_iw_i\,\mathcal N(h-h_i;\sigma^2)

        Parameters
        ----------
        grid : array of shape (points,)
            Where, in units of h.
        width : float
            :math:`\sigma>0`, in units of h.

        Returns
        -------
        ndarray, shape (points,)

        Raises
        ------
        ValueError
            If width <= 0.

        Examples
        --------
        >>> import numpy as np
        >>> grid = np.linspace(-5, 6, 1001)
        >>> rho = Spectrum([0.0, 1.0]).density(grid, width=0.5)
        >>> round(float(np.trapezoid(rho, grid)), 9)
        1.0
        """
        if not width > 0:
            raise ValueError(f"expected a width > 0, got width={width}")
        z = (np.asarray(grid, dtype=float)[:, None] - self.nodes) / width
        scale = self.weights / (width * np.sqrt(2 * np.pi))
        return np.exp(-(z**2) / 2) @ scale

    def modes(self, cut: float | None = None) -> Modes:
        """Count dissipative (h > cut) and divergent (h < -cut) modes.

        Parameters
        ----------
        cut : float, optional
            Modes with abs(h) <= cut are flat. By default the rounding error
            of an exact spectrum, dimension * 2e-16 * largest abs(h).

        Returns
        -------
        Modes
            Estimates, not whole numbers, for a quadrature.
        """
        if cut is None:
            largest = float(np.abs(self.nodes).max())
            cut = self.dimension * float(np.finfo(float).eps) * largest
        share = [
            float(self.weights[kind].sum())
            for kind in (self.nodes > cut, self.nodes < -cut)
        ]
        # Equal weights add up with rounding errors; counts should not.
        up, down = (round(self.dimension * s, 9) for s in share)
        return Modes(up, down, self.dimension - up - down)


def hessian_spectrum(
    network: Layers, theta: Any, X: Any, y: Any, keep: Any = None
) -> Spectrum:
    """Exact Hessian spectrum of the surviving weights.

    Parameters
    ----------
    network : PolynomialMLP or DenseMLP
        The network.
    theta, X, y : arrays
        As for ``network.loss``.
    keep : array of int or bool, optional
        The surviving weights; all by default.

    Returns
    -------
    Spectrum
        One node per surviving weight, equal weights.

    Raises
    ------
    ValueError
        On wrong shapes, or NaN or infinity.

    Examples
    --------
    >>> from qcl.learning.networks.polynomial import PolynomialMLP
    >>> net = PolynomialMLP((1, 1, 1), "linear", biases=False)
    >>> hessian_spectrum(net, [0.0, 0.0], [[1.0]], [1.0]).nodes.tolist()
    [-1.0, 1.0]
    """
    return Spectrum(np.linalg.eigvalsh(network.hessian(theta, X, y, keep)))
