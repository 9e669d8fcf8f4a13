r"""How a fully connected network keeps its weights in one flat vector.

Layer by layer, each matrix :math:`W^l` (outputs x inputs, row by row) comes
before its biases :math:`b^l`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from qcl.lifting.algebra.basis import Floats, Indices
from qcl.lifting.algebra.exact import finite


@dataclass(frozen=True)
class Layout:
    r"""Widths of a fully connected network, and where each weight sits.

    Attributes
    ----------
    sizes : tuple of int
        Widths from the inputs to the outputs.
    activation : str or tuple of float
        Name of :math:`\varphi`.
    weight_decay : float
        Adds :math:`\frac\lambda2\|\theta\|^2` to the loss.
    biases : bool
        Whether the layers have biases.
    """

    sizes: Sequence[int]
    activation: Any = None
    weight_decay: float = 0.0
    biases: bool = True

    def __post_init__(self) -> None:
        """Check the description and freeze the sizes."""
        sizes = tuple(self.sizes)
        if len(sizes) < 2 or any(s != int(s) or s < 1 for s in sizes):
            raise ValueError(
                "expected at least two widths >= 1, inputs first, got "
                f"sizes={sizes}"
            )
        if not self.weight_decay >= 0:
            raise ValueError(
                f"expected weight_decay >= 0, got {self.weight_decay}"
            )
        object.__setattr__(self, "sizes", tuple(int(s) for s in sizes))

    @property
    def parameters(self) -> int:
        """Number of weights, biases included."""
        return self.layers[-1].stop

    @cached_property
    def layers(self) -> tuple[slice, ...]:
        """Where each layer's weights and biases sit in the flat vector."""
        slices, start = [], 0
        for inputs, outputs in pairwise(self.sizes):
            stop = start + outputs * (inputs + self.biases)
            slices.append(slice(start, stop))
            start = stop
        return tuple(slices)

    @cached_property
    def places(self) -> Indices:
        """Layer, unit and input of each weight, shape (parameters, 3).

        A bias counts as one more input, which is always 1.
        """
        rows = []
        for layer, (inputs, outputs) in enumerate(pairwise(self.sizes)):
            unit, source = np.divmod(np.arange(outputs * inputs), inputs)
            rows.append(np.stack([0 * unit + layer, unit, source], axis=1))
            if self.biases:
                unit = np.arange(outputs)
                full = [0 * unit + layer, unit, 0 * unit + inputs]
                rows.append(np.stack(full, axis=1))
        return np.concatenate(rows)

    def split(self, theta: Any) -> list[tuple[Floats, Floats]]:
        """Split the flat vector into (W, b), layer by layer.

        Parameters
        ----------
        theta : array of shape (parameters,)
            The weights.

        Returns
        -------
        list of (ndarray (outputs, inputs), ndarray (outputs,))
            The biases are zero for a network without.

        Raises
        ------
        ValueError
            On a wrong length, NaN or infinity.
        """
        theta = np.asarray(theta)
        if theta.shape != (self.parameters,):
            raise ValueError(
                f"expected {self.parameters} weights in one vector for sizes "
                f"{self.sizes}, got shape {theta.shape}"
            )
        theta = finite(theta, "the weights")
        parts = []
        for place, (i, o) in zip(
            self.layers, pairwise(self.sizes), strict=True
        ):
            flat = theta[place]
            bias = flat[o * i :] if self.biases else np.zeros(o)
            parts.append((flat[: o * i].reshape(o, i), bias))
        return parts

    def initial(self, rng: np.random.Generator, scale: float = 1.0) -> Floats:
        r"""Draw weights from :math:`\mathcal N(0,s^2/\mathrm{inputs})`.

        Biases start at 0.

        Parameters
        ----------
        rng : numpy Generator
            Source of randomness.
        scale : float
            The factor s.

        Returns
        -------
        ndarray, shape (parameters,)
        """
        theta = np.zeros(self.parameters)
        layer, _, source = self.places.T
        inputs = np.asarray(self.sizes)[layer]
        weight = source < inputs
        spread = scale / np.sqrt(inputs[weight])
        theta[weight] = rng.normal(size=spread.size) * spread
        return theta
