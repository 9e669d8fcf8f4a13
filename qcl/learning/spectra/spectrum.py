r"""Hessian spectra and the error proxy of the paper's Eqs. (7)-(8).

An eigenvalue :math:`h` of the Hessian multiplies a displacement along its
mode by :math:`1+a` at each step, with :math:`a=-\mathrm{step}\cdot h`. A mode
with :math:`h>0` is *dissipative*, one with :math:`h<0` *divergent*.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from qcl._checks import a_count, a_noun, a_number, finite_reals, room_for
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
    TypeError
        If they are no numbers.
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
        nodes = finite_reals(nodes, "a list of eigenvalues", shape=(None,))
        if not nodes.size:
            raise ValueError("expected a list of eigenvalues, got none")
        if weights is None:
            weights = np.full(nodes.size, 1 / nodes.size)
        what = "one weight per node,"
        weights = finite_reals(weights, what, shape=nodes.shape)
        if weights.min() < 0 or abs(weights.sum() - 1) > 1e-9:
            raise ValueError(
                "expected weights >= 0 that add up to 1, got the sum "
                f"{weights.sum()} and the smallest {weights.min()}"
            )
        size = nodes.size if dimension is None else dimension
        size = a_count(size, "a dimension", least=1)
        order = np.argsort(nodes, kind="stable")
        nodes, weights = nodes[order], weights[order]
        nodes.setflags(write=False)
        weights.setflags(write=False)
        object.__setattr__(self, "nodes", nodes)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "dimension", size)

    def moment(self, k: int, centre: float = 0.0) -> float:
        r"""The moment :math:`\sum_iw_i(h_i-c)^k` about a centre c.

        Parameters
        ----------
        k : int
            >= 0.
        centre : float
            The centre c.

        Raises
        ------
        TypeError, ValueError
            If k is no whole number >= 0, or the centre no number.
        OverflowError
            If the moment leaves the range of floats.
        """
        k, centre = a_count(k, "k"), a_number(centre, "centre")
        with np.errstate(over="ignore", invalid="ignore"):
            moment = float(self.weights @ (self.nodes - centre) ** float(k))
        if not np.isfinite(moment):
            raise OverflowError(
                f"the moment of order {k} leaves the range of floats; lower k"
            )
        return moment

    def __repr__(self) -> str:
        """Say what matters at a prompt."""
        ends = f"from {self.nodes[0]:.4g} to {self.nodes[-1]:.4g}"
        return (
            f"Spectrum({self.nodes.size:,} nodes {ends}, of "
            f"{self.dimension:,} modes)"
        )

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
        TypeError, ValueError
            If the grid is no vector of numbers, width <= 0, or there is no
            room.
        OverflowError
            If the width is too small for floats.

        Examples
        --------
        >>> import numpy as np
        >>> grid = np.linspace(-5, 6, 1001)
        >>> rho = Spectrum([0.0, 1.0]).density(grid, width=0.5)
        >>> round(float(np.trapezoid(rho, grid)), 9)
        1.0
        """
        width = a_number(width, "a width", above=0)
        grid = finite_reals(grid, "the grid", shape=(None,))
        room_for(
            24 * grid.size * self.nodes.size,
            f"a density at {grid.size:,} points",
            "take a coarser grid",
        )
        with np.errstate(over="ignore", invalid="ignore"):
            z = (grid[:, None] - self.nodes) / width
            scale = self.weights / (width * np.sqrt(2 * np.pi))
            density = np.exp(-(z**2) / 2) @ scale
        if not np.isfinite(density).all():
            raise OverflowError(
                f"the density leaves the range of floats at width={width}; "
                "take a larger one"
            )
        return density

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

        Raises
        ------
        TypeError, ValueError
            If the cut is no number >= 0.
        """
        if cut is not None:
            cut = a_number(cut, "cut", least=0)
        else:
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
    TypeError, ValueError, OverflowError
        As ``network.hessian``.

    Examples
    --------
    >>> from qcl.learning.networks.polynomial import PolynomialMLP
    >>> net = PolynomialMLP((1, 1, 1), "linear", biases=False)
    >>> hessian_spectrum(net, [0.0, 0.0], [[1.0]], [1.0]).nodes.tolist()
    [-1.0, 1.0]
    """
    network = a_noun(network, "Layers")
    return Spectrum(np.linalg.eigvalsh(network.hessian(theta, X, y, keep)))
