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

from qcl._checks import a_flag, a_generator, a_number, finite_reals, room_for
from qcl.learning.networks.regularisers import (
    Regulariser,
    WeightDecay,
    a_regulariser,
)
from qcl.lifting.algebra.basis import Floats, Indices


@dataclass(frozen=True)
class Layout:
    r"""Widths of a fully connected network, and where each weight sits.

    Attributes
    ----------
    sizes : tuple of int
        Widths from the inputs to the outputs.
    activation : str or tuple of float
        Name of :math:`\varphi`.
    weight_decay : float or Regulariser
        What is added to the loss; a number is the strength of
        :class:`~qcl.learning.networks.regularisers.WeightDecay`.
    biases : bool
        Whether the layers have biases.
    """

    sizes: Sequence[int]
    activation: Any = None
    weight_decay: Any = 0.0
    biases: bool = True

    def __post_init__(self) -> None:
        """Check the description and keep it in plain numbers."""
        widths = finite_reals(self.sizes, "the widths", shape=(None,))
        whole = (widths == np.floor(widths)) & (widths >= 1)
        if widths.size < 2 or not whole.all():
            raise ValueError(
                "expected at least two widths >= 1, inputs first, got "
                f"sizes={widths.tolist()}"
            )
        sizes = tuple(int(width) for width in widths)
        a_flag(self.biases, "biases")
        object.__setattr__(self, "sizes", sizes)
        object.__setattr__(self, "biases", bool(self.biases))
        given = a_regulariser(self.weight_decay)
        decay = given.strength if isinstance(given, WeightDecay) else given
        object.__setattr__(self, "weight_decay", decay)
        room_for(
            100 * self.parameters,  # the places, and a few vectors
            f"a network of {self.parameters:,} weights",
            "make it narrower: 20 million would fit",
        )

    @property
    def regulariser(self) -> Regulariser:
        """What the network adds to its loss."""
        return a_regulariser(self.weight_decay)

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
        places = np.concatenate(rows)
        places.setflags(write=False)
        return places

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
        TypeError
            If they are no numbers.
        ValueError
            On a wrong length, NaN or infinity.
        """
        return self._split(self._weights(theta))

    def _split(self, theta: Floats) -> list[tuple[Floats, Floats]]:
        parts = []
        for place, (i, o) in zip(
            self.layers, pairwise(self.sizes), strict=True
        ):
            flat = theta[place]
            bias = flat[o * i :] if self.biases else np.zeros(o)
            parts.append((flat[: o * i].reshape(o, i), bias))
        return parts

    def _weights(self, theta: Any) -> Floats:
        """Return the weights as a new vector."""
        what = f"the weights for sizes {self.sizes}"
        return finite_reals(theta, what, shape=(self.parameters,))

    def initial(
        self, rng: int | np.random.Generator, scale: float = 1.0
    ) -> Floats:
        r"""Draw weights from :math:`\mathcal N(0,s^2/\mathrm{inputs})`.

        Biases start at 0.

        Parameters
        ----------
        rng : int or numpy Generator
            Seed or source of randomness.
        scale : float
            The factor s, >= 0.

        Returns
        -------
        ndarray, shape (parameters,)

        Raises
        ------
        TypeError, ValueError
            If the seed or the scale is of another kind or negative.
        """
        generator = a_generator(rng)
        scale = a_number(scale, "scale", least=0)
        theta = np.zeros(self.parameters)
        layer, _, source = self.places.T
        inputs = np.asarray(self.sizes)[layer]
        weight = source < inputs
        spread = scale / np.sqrt(inputs[weight])
        theta[weight] = generator.normal(size=spread.size) * spread
        return theta
