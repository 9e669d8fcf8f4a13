r"""Fully connected layers: loss, gradient and curvature by hand.

A network is a frozen description, and its weights are one flat vector
:math:`\theta`:

.. math::

    z^l=W^la^{l-1}+b^l,\qquad a^l=\varphi(z^l),\qquad a^0=x,

with no activation on the last layer.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from qcl.learning.networks import curvature
from qcl.learning.networks.curvature import Head, Pass
from qcl.learning.networks.layout import Layout
from qcl.learning.pruning.masks import survivors
from qcl.lifting.algebra.basis import Floats
from qcl.lifting.algebra.exact import check_range, finite

Matvec: TypeAlias = Callable[[Floats], Floats]


class Layers(Layout, ABC):
    """A network; its children name an activation and a loss."""

    def loss(self, theta: Any, X: Any, y: Any) -> float:
        r"""Mean loss over the samples, plus the weight decay.

        Parameters
        ----------
        theta : array of shape (parameters,)
            The weights.
        X : array of shape (samples, inputs)
            The inputs.
        y : array of length samples
            The targets.

        Raises
        ------
        ValueError
            On wrong shapes, or NaN or infinity in theta or X.
        """
        output = self._forward(theta, X)[1]
        decay = self.weight_decay / 2 * float(np.sum(np.square(theta)))
        return self._head(output, self._targets(y, output)).loss + decay

    def gradient(self, theta: Any, X: Any, y: Any, keep: Any = None) -> Floats:
        r"""Gradient of the loss, by back-propagation.

        Parameters
        ----------
        theta, X, y : arrays
            As for :meth:`loss`.
        keep : array of int or bool, optional
            The surviving weights; all by default.

        Returns
        -------
        ndarray, shape (survivors,)

        Raises
        ------
        ValueError
            On wrong shapes, or NaN or infinity in theta or X.
        """
        kept = survivors(keep, self.parameters)
        state = self._backward(theta, X, y)
        flat = self._flat(
            [
                (delta.T @ a, delta.sum(axis=0))
                for delta, a in zip(state.deltas, state.inputs, strict=True)
            ]
        )
        return (flat + self.weight_decay * np.asarray(theta))[kept]

    def hessian_operator(
        self, theta: Any, X: Any, y: Any, keep: Any = None
    ) -> Matvec:
        """Return the function v -> H v, whose calls share one pass.

        Parameters
        ----------
        theta, X, y, keep : arrays
            As for :meth:`gradient`.

        Returns
        -------
        callable
            Takes and returns vectors of shape (survivors,).

        Raises
        ------
        ValueError
            On wrong shapes, or NaN or infinity in theta or X.
        """
        kept = survivors(keep, self.parameters)
        state = self._backward(theta, X, y)

        def product(v: Floats) -> Floats:
            if np.shape(v) != kept.shape:
                raise ValueError(
                    f"expected a direction of shape {kept.shape}, one entry "
                    f"per surviving weight, got {np.shape(v)}"
                )
            whole = np.zeros(self.parameters)
            whole[kept] = v
            change = self._flat(curvature.product(state, self.split(whole)))
            return change[kept] + self.weight_decay * np.asarray(v)

        return product

    def hvp(
        self, theta: Any, X: Any, y: Any, v: Any, keep: Any = None
    ) -> Floats:
        r"""Hessian-vector product :math:`Hv`, exact, without the Hessian.

        Parameters
        ----------
        theta, X, y, keep : arrays
            As for :meth:`gradient`.
        v : array of shape (survivors,)
            The direction; the other weights stay frozen.

        Returns
        -------
        ndarray, shape (survivors,)

        Raises
        ------
        ValueError
            On wrong shapes, or NaN or infinity in theta, X or v.

        References
        ----------
        Pearlmutter, Neural Computation 6:147 (1994), the R-operator.
        """
        return self.hessian_operator(theta, X, y, keep)(v)

    def hessian(self, theta: Any, X: Any, y: Any, keep: Any = None) -> Floats:
        r"""Hessian of the loss in the surviving weights.

        Exact, and cheaper than one product per weight: all weights into a
        unit share one tangent pass.

        Parameters
        ----------
        theta, X, y, keep : arrays
            As for :meth:`gradient`.

        Returns
        -------
        ndarray, shape (survivors, survivors)
            Symmetric.

        Raises
        ------
        ValueError
            On wrong shapes, or NaN or infinity in theta or X.
        """
        kept = survivors(keep, self.parameters)
        state = self._backward(theta, X, y)
        H = curvature.hessian(state, self.places[kept])
        return H + self.weight_decay * np.eye(kept.size)

    def descend(
        self,
        theta: Any,
        X: Any,
        y: Any,
        eta: float,
        steps: int = 1,
        keep: Any = None,
        batch: int | None = None,
        rng: np.random.Generator | None = None,
    ) -> Floats:
        r"""Take gradient-descent steps, :math:`\theta-\eta\nabla L`.

        Parameters
        ----------
        theta, X, y, keep : arrays
            As for :meth:`gradient`; weights that are not kept stay as they
            are.
        eta : float
            Learning rate, > 0.
        steps : int
            How many, >= 0.
        batch : int, optional
            Samples per step, drawn without replacement; all by default.
        rng : numpy Generator, optional
            Source of randomness, needed with ``batch``.

        Returns
        -------
        ndarray, shape (parameters,)
            The new weights; theta itself is left alone.

        Raises
        ------
        ValueError
            If eta <= 0, steps < 0, or the batch does not fit or has no rng.
        OverflowError
            If the weights leave the range of floats.

        References
        ----------
        Eq. (3) of the paper.
        """
        X, y = np.asarray(X), np.asarray(y)
        _check_descent(eta, steps, batch, rng, len(X))
        kept = survivors(keep, self.parameters)
        theta = np.array(theta, dtype=float)
        rows: Any = slice(None)
        with np.errstate(over="ignore", invalid="ignore"):
            for t in range(steps):
                if batch is not None and rng is not None:
                    rows = rng.choice(len(X), size=batch, replace=False)
                slope = self.gradient(theta, X[rows], y[rows], kept)
                theta[kept] -= eta * slope
                check_range(theta, t + 1)
        return theta

    def _forward(self, theta: Any, X: Any) -> tuple[Any, Floats]:
        """Run the samples through: the first four lists of a Pass, and z."""
        z = a = self._samples(X)
        weights: list[Floats] = []
        inputs: list[Floats] = []
        slopes: list[Floats] = []
        bends: list[Floats] = []
        for W, b in self.split(theta):
            if weights:
                a, slope, bend = self._activate(z)
                slopes.append(slope)
                bends.append(bend)
            weights.append(W)
            inputs.append(a)
            z = a @ W.T + b
        return (weights, inputs, slopes, bends), z

    def _samples(self, X: Any) -> Floats:
        """Check the inputs."""
        shape = np.shape(X)
        if len(shape) != 2 or shape[1] != self.sizes[0] or not shape[0]:
            raise ValueError(
                f"expected X of shape (samples, {self.sizes[0]}), got {shape}"
            )
        return finite(np.asarray(X), "X")

    def _backward(self, theta: Any, X: Any, y: Any) -> Pass:
        """Run the samples through and back."""
        (weights, inputs, slopes, bends), z = self._forward(theta, X)
        head = self._head(z, self._targets(y, z))
        backs, deltas = [], [head.delta]
        for W, slope in zip(weights[:0:-1], slopes[::-1], strict=True):
            backs.append(deltas[-1] @ W)
            deltas.append(backs[-1] * slope)
        way_back = backs[::-1], deltas[::-1], head
        return Pass(weights, inputs, slopes, bends, *way_back)

    def _flat(self, parts: list[tuple[Floats, Floats]]) -> Floats:
        """Join (W, b) parts into one vector."""
        flat: list[npt.NDArray] = []
        for W, b in parts:
            flat.append(W.ravel())
            if self.biases:
                flat.append(b)
        return np.concatenate(flat)

    @abstractmethod
    def _activate(self, z: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the activation and its first two derivatives."""

    @abstractmethod
    def _targets(self, y: Any, output: Floats) -> Any:
        """Check the targets against the outputs."""

    @abstractmethod
    def _head(self, output: Floats, y: Any) -> Head:
        """Return the mean loss of the outputs and its derivatives."""


def _check_descent(
    eta: float,
    steps: int,
    batch: int | None,
    rng: np.random.Generator | None,
    samples: int,
) -> None:
    if not eta > 0:
        raise ValueError(f"expected a learning rate eta > 0, got eta={eta}")
    if steps < 0:
        raise ValueError(f"expected steps >= 0, got steps={steps}")
    if batch is None:
        return
    if rng is None:
        raise ValueError(
            "expected rng with a batch, got None; pass "
            "rng=np.random.default_rng(seed)"
        )
    if not 1 <= batch <= samples:
        raise ValueError(f"expected a batch in 1..{samples}, got {batch}")
