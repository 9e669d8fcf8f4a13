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

from qcl._checks import a_count, a_generator, a_number, finite_reals, room_for
from qcl.learning.networks import curvature
from qcl.learning.networks.curvature import Head, Pass
from qcl.learning.networks.layout import Layout
from qcl.learning.pruning.masks import survivors
from qcl.lifting.algebra.basis import Floats
from qcl.lifting.algebra.exact import check_range

Matvec: TypeAlias = Callable[[Floats], Floats]


_WORK = 10**13  # products of a weight and a sample that one call may take


class Layers(Layout, ABC):
    """A network; its children name an activation and a loss."""

    def predict(self, theta: Any, X: Any) -> Floats:
        """Return what the network says of each sample.

        Parameters
        ----------
        theta : array of shape (parameters,)
            The weights.
        X : array of shape (samples, inputs)
            The inputs.

        Returns
        -------
        ndarray
            Of a :class:`PolynomialMLP` the outputs, shape (samples,), or
            (samples, outputs) if several; of a :class:`DenseMLP` the
            probabilities of the classes, shape (samples, classes).

        Raises
        ------
        TypeError
            If theta or X holds no numbers.
        ValueError
            On wrong shapes, or NaN or infinity.
        OverflowError
            If the outputs leave the range of floats.
        """
        theta = self._weights(theta)
        return self._answer(self._outputs(theta, self._samples(X)))

    def accuracy(self, theta: Any, X: Any, y: Any) -> float:
        """Share of samples that are told right.

        Of a :class:`PolynomialMLP` with one output: whose output has the
        sign of the target, which must be -1 or 1; with several: whose
        largest output is the largest target. Of a :class:`DenseMLP`: whose
        most probable class is the right one.

        Parameters
        ----------
        theta, X, y : arrays
            As for :meth:`loss`.

        Raises
        ------
        TypeError, ValueError, OverflowError
            As :meth:`loss`; and if the targets name no classes.
        """
        theta, X, y = self._checked(theta, X, y)
        return float(np.mean(self._right(self._outputs(theta, X), y)))

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
        TypeError
            If theta, X or y holds no numbers.
        ValueError
            On wrong shapes, or NaN or infinity.
        OverflowError
            If the outputs or the loss leave the range of floats.
        """
        theta, X, y = self._checked(theta, X, y)
        with _quiet():
            value = self._head(self._outputs(theta, X), y).loss
            return float(
                _in_range(value + self.regulariser.value(theta), "the loss")
            )

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
        TypeError, ValueError, OverflowError
            As :meth:`loss`; and on a wrong ``keep``.
        """
        kept = survivors(keep, self.parameters)
        slope = self._slope(*self._checked(theta, X, y))[kept]
        return _in_range(slope, "the gradient")

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
        TypeError, ValueError, OverflowError
            As :meth:`gradient`.
        """
        kept = survivors(keep, self.parameters)
        theta, X, y = self._checked(theta, X, y)
        with _quiet():
            state = self._backward(theta, X, y)
        bend = self.regulariser.bend(theta)[kept]

        def product(v: Floats) -> Floats:
            what = "a direction, one entry per surviving weight,"
            v = finite_reals(v, what, shape=kept.shape)
            whole = np.zeros(self.parameters)
            whole[kept] = v
            with _quiet():
                parts = curvature.product(state, self._split(whole))
                change = self._flat(parts)[kept] + bend * v
            return _in_range(change, "H v")

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
        TypeError, ValueError, OverflowError
            As :meth:`gradient`; and on a wrong v.

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
        TypeError, ValueError, OverflowError
            As :meth:`gradient`; and if there is no room for it.
        """
        kept = survivors(keep, self.parameters)
        room_for(
            32 * kept.size**2,
            f"the Hessian in {kept.size:,} weights",
            "keep at most 7,000, or use hessian_operator, which needs no "
            "matrix",
        )
        theta, X, y = self._checked(theta, X, y)
        with _quiet():
            state = self._backward(theta, X, y)
            H = curvature.hessian(state, self.places[kept])
            H += np.diag(self.regulariser.bend(theta)[kept])
        return _in_range(H, "the Hessian")

    def descend(
        self,
        theta: Any,
        X: Any,
        y: Any,
        eta: float,
        steps: int = 1,
        keep: Any = None,
        batch: int | None = None,
        rng: int | np.random.Generator | None = None,
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
        rng : int or numpy Generator, optional
            Seed or source of randomness, needed with ``batch``.

        Returns
        -------
        ndarray, shape (parameters,)
            The new weights; theta itself is left alone.

        Raises
        ------
        TypeError, ValueError
            As :meth:`gradient`; if eta <= 0, steps < 0 or more than hours
            would do, or the batch does not fit or has no rng.
        OverflowError
            If the weights leave the range of floats.

        References
        ----------
        Eq. (3) of the paper.
        """
        kept = survivors(keep, self.parameters)
        theta, X, y = self._checked(theta, X, y)
        eta = a_number(eta, "learning rate eta", above=0)
        if batch is not None:
            batch = a_count(batch, "batch", least=1, most=len(X))
        rng = None if rng is None else a_generator(rng)
        if batch is not None and rng is None:
            raise ValueError(
                "expected rng with a batch, got None; pass a seed, for "
                "example rng=0"
            )
        work = (batch or len(X)) * self.parameters
        most = max(1, min(10**7, _WORK // work))
        hint = "more steps of this network on these samples would take hours"
        steps = a_count(steps, "steps", most=most, remedy=hint)
        rows: Any = slice(None)
        with _quiet():
            for t in range(steps):
                if batch is not None and rng is not None:
                    rows = rng.choice(len(X), size=batch, replace=False)
                slope = self._slope(theta, X[rows], y[rows])[kept]
                theta[kept] -= eta * slope
                check_range(theta, t + 1)
        return theta

    def _checked(self, theta: Any, X: Any, y: Any) -> tuple[Any, Any, Any]:
        """Return weights, inputs and targets as new arrays that fit."""
        theta, X = self._weights(theta), self._samples(X)
        return theta, X, self._targets(y, len(X))

    def _samples(self, X: Any) -> Floats:
        """Return the inputs as a new array."""
        X = finite_reals(X, "X", shape=(None, self.sizes[0]))
        if not len(X):
            raise ValueError(
                f"expected X of shape (samples, {self.sizes[0]}) with at "
                "least one sample, got none"
            )
        room_for(
            40 * len(X) * sum(self.sizes),  # the lists of a Pass
            f"a pass of {len(X):,} samples through sizes={self.sizes}",
            "take fewer samples at a time",
        )
        return X

    def _outputs(self, theta: Any, X: Floats) -> Floats:
        """Run the samples through; return z of the last layer."""
        with _quiet():
            return _in_range(self._forward(theta, X)[1], "an output")

    def _slope(self, theta: Floats, X: Floats, y: Any) -> Floats:
        """Return the gradient in all weights; arguments are checked."""
        with _quiet():
            state = self._backward(theta, X, y)
            flat = self._flat(
                [
                    (delta.T @ a, delta.sum(axis=0))
                    for delta, a in zip(
                        state.deltas, state.inputs, strict=True
                    )
                ]
            )
            return flat + self.regulariser.gradient(theta)

    def _forward(self, theta: Any, X: Floats) -> tuple[Any, Floats]:
        """Run the samples through: the first four lists of a Pass, and z."""
        z = a = X
        weights: list[Floats] = []
        inputs: list[Floats] = []
        slopes: list[Floats] = []
        bends: list[Floats] = []
        for W, b in self._split(theta):
            if weights:
                a, slope, bend = self._activate(z)
                slopes.append(slope)
                bends.append(bend)
            weights.append(W)
            inputs.append(a)
            z = a @ W.T + b
        return (weights, inputs, slopes, bends), z

    def _backward(self, theta: Any, X: Floats, y: Any) -> Pass:
        """Run the samples through and back."""
        (weights, inputs, slopes, bends), z = self._forward(theta, X)
        head = self._head(z, y)
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
    def _targets(self, y: Any, samples: int) -> Any:
        """Return the targets as a new array that fits the samples."""

    @abstractmethod
    def _head(self, output: Floats, y: Any) -> Head:
        """Return the mean loss of the outputs and its derivatives."""

    @abstractmethod
    def _answer(self, output: Floats) -> Floats:
        """Return what the outputs say."""

    @abstractmethod
    def _right(self, output: Floats, y: Any) -> npt.NDArray[np.bool_]:
        """Say for each sample whether the output names its class."""


def _quiet() -> np.errstate:
    """Let results leave the range of floats; they are looked at later."""
    return np.errstate(over="ignore", invalid="ignore")


def _in_range(value: Any, what: str) -> Any:
    """Return a result, if it is finite."""
    if not np.isfinite(value).all():
        raise OverflowError(
            f"{what} leaves the range of floats; start from smaller weights "
            "or scale the inputs down"
        )
    return value
