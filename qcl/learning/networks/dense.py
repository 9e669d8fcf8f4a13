r"""A dense softmax network, to prune and to watch its Hessian."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy.special import expit

from qcl.learning.networks.curvature import Head
from qcl.learning.networks.layers import Layers
from qcl.lifting.algebra.basis import Floats

Curve: TypeAlias = Callable[[Floats], tuple[Floats, Floats, Floats]]


def _tanh(z: Floats) -> tuple[Floats, Floats, Floats]:
    value = np.tanh(z)
    slope = 1 - value**2
    return value, slope, -2 * value * slope


def _relu(z: Floats) -> tuple[Floats, Floats, Floats]:
    return np.maximum(z, 0), (z > 0).astype(float), np.zeros_like(z)


def _softplus(z: Floats) -> tuple[Floats, Floats, Floats]:
    slope = expit(z)
    return np.logaddexp(0, z), slope, slope * (1 - slope)


_CURVES: dict[str, Curve] = {
    "tanh": _tanh,
    "relu": _relu,
    "softplus": _softplus,
}


@dataclass(frozen=True)
class DenseMLP(Layers):
    r"""A network with a softmax at its end and the cross-entropy as loss.

    .. math::

        L(\theta)=-\frac1m\sum_{s=1}^m\ln p_{y_s}(x_s)
        +\frac\lambda2\|\theta\|^2,\qquad
        p=\mathrm{softmax}(z^{\rm last}).

    Parameters
    ----------
    sizes : sequence of int
        Widths from the inputs to the classes, for example (64, 32, 10).
    activation : {"tanh", "relu", "softplus"}
        Of the hidden layers. The second derivative of relu counts as 0, so
        its Hessian holds away from the kinks.
    weight_decay : float
        :math:`\lambda\ge0`; biases decay too.
    biases : bool
        Whether the layers have biases.

    Raises
    ------
    ValueError
        On widths below 1, an unknown activation or a negative weight decay.

    Examples
    --------
    >>> import numpy as np
    >>> net = DenseMLP((2, 3, 2), activation="tanh")
    >>> net.parameters, round(net.loss(np.zeros(17), [[1.0, 2.0]], [1]), 6)
    (17, 0.693147)
    """

    activation: Any = "tanh"

    def __post_init__(self) -> None:
        """Check the description."""
        super().__post_init__()
        if self.activation not in _CURVES:
            raise ValueError(
                f"expected an activation in {tuple(_CURVES)}, got "
                f"{self.activation!r}"
            )
        if self.sizes[-1] < 2:
            raise ValueError(
                f"expected at least 2 classes, got sizes={self.sizes}"
            )

    def predict(self, theta: Any, X: Any) -> Floats:
        """Probabilities of the classes, shape (samples, classes).

        Parameters
        ----------
        theta : array of shape (parameters,)
            The weights.
        X : array of shape (samples, inputs)
            The inputs.

        Raises
        ------
        ValueError
            On wrong shapes, or NaN or infinity.
        """
        return np.exp(_log_softmax(self._forward(theta, X)[1]))

    def accuracy(self, theta: Any, X: Any, y: Any) -> float:
        """Share of samples whose most probable class is the right one.

        Raises
        ------
        ValueError
            On wrong shapes, or NaN or infinity.
        """
        output = self._forward(theta, X)[1]
        labels = self._targets(y, output)
        return float(np.mean(output.argmax(axis=1) == labels))

    def _activate(self, z: Floats) -> tuple[Floats, Floats, Floats]:
        return _CURVES[self.activation](z)

    def _targets(self, y: Any, output: Floats) -> Any:
        labels, (samples, classes) = np.asarray(y), output.shape
        whole = np.issubdtype(labels.dtype, np.integer)
        if labels.shape != (samples,) or not whole:
            raise ValueError(
                f"expected {samples} whole-numbered labels, got shape "
                f"{labels.shape} of {labels.dtype}"
            )
        if labels.min() < 0 or labels.max() >= classes:
            raise ValueError(
                f"expected labels in 0..{classes - 1}, got "
                f"{labels.min()}..{labels.max()}"
            )
        return labels

    def _head(self, output: Floats, y: Any) -> Head:
        m = len(output)
        log_p = _log_softmax(output)
        p = np.exp(log_p)
        picked = np.arange(m), y
        delta = p / m
        delta[picked] -= 1 / m

        def turned(moved: Floats) -> Floats:
            mean = np.sum(p * moved, axis=1, keepdims=True)
            return p * (moved - mean) / m

        return Head(-float(np.mean(log_p[picked])), delta, turned)


def _log_softmax(z: Floats) -> Floats:
    shifted = z - z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
