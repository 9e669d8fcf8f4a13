r"""A dense softmax network, to prune and to watch its Hessian."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from qcl._checks import a_choice, finite_reals
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
    weight_decay : float or Regulariser
        :math:`\lambda\ge0`; biases decay too.
    biases : bool
        Whether the layers have biases.

    Raises
    ------
    TypeError, ValueError
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
        a_choice(self.activation, _CURVES, "activation")
        if self.sizes[-1] < 2:
            raise ValueError(
                f"expected at least 2 classes, got sizes={self.sizes}"
            )

    def _activate(self, z: Floats) -> tuple[Floats, Floats, Floats]:
        return _CURVES[self.activation](z)

    def _answer(self, output: Floats) -> Floats:
        return np.exp(_log_softmax(output))

    def _right(self, output: Floats, y: Any) -> npt.NDArray[np.bool_]:
        return output.argmax(axis=1) == y

    def _targets(self, y: Any, samples: int) -> Any:
        labels = finite_reals(y, "the labels")
        if labels.shape != (samples,) or (labels != np.floor(labels)).any():
            raise ValueError(
                f"expected {samples} whole-numbered labels, got shape "
                f"{labels.shape}, from {labels.min(initial=0):g} to "
                f"{labels.max(initial=0):g}"
            )
        if labels.min() < 0 or labels.max() >= self.sizes[-1]:
            raise ValueError(
                f"expected labels in 0..{self.sizes[-1] - 1}, got "
                f"{labels.min():.0f}..{labels.max():.0f}"
            )
        return labels.astype(np.int64)

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
