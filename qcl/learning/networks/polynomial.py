r"""Networks with polynomial activations, whose training step is a polynomial.

A step of gradient descent on the surviving weights of a
:class:`PolynomialMLP` *is* a :class:`qcl.PolynomialMap`, ready to be lifted.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.polynomial import polynomial as power_series

from qcl.learning.networks.curvature import Head
from qcl.learning.networks.expansion import expanded_decay, expanded_outputs
from qcl.learning.networks.layers import Layers
from qcl.learning.networks.loss_polynomial import LossPolynomial
from qcl.learning.networks.sample_polynomials import (
    SamplePolynomial,
    combination,
    mean_square,
)
from qcl.learning.pruning.masks import survivors
from qcl.lifting.algebra.basis import Floats, Indices
from qcl.lifting.algebra.exact import finite
from qcl.lifting.maps.polynomial import PolynomialMap

_POLYNOMIALS = {
    "linear": (0.0, 1.0),
    "square": (0.0, 0.0, 1.0),
    "cubic": (0.0, 0.0, 0.0, 1.0),
    "near-linear": (0.0, 1.0, 0.5),
}


@dataclass(frozen=True)
class PolynomialMLP(Layers):
    r"""A network with polynomial activations and a squared loss.

    .. math::

        L(\theta)=\frac1{2m}\sum_{s=1}^m\|f_\theta(x_s)-y_s\|^2
        +\frac\lambda2\|\theta\|^2 .

    The last layer is linear. One hidden layer with the square activation
    gives a loss of degree 6 in the weights, so an update of degree 5.

    Parameters
    ----------
    sizes : sequence of int
        Widths from the inputs to the outputs, for example (2, 3, 1).
    activation : str or sequence of float
        "linear" z, "square" z**2, "cubic" z**3, "near-linear" z + z**2 / 2,
        or the coefficients of 1, z, z**2, ...
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
    >>> net = PolynomialMLP((1, 1, 1), activation="square", biases=False)
    >>> theta = np.array([2.0, 3.0])  # f(x) = 3 (2 x)**2
    >>> float(net.predict(theta, [[1.0]])[0]), net.loss(theta, [[1.0]], [10])
    (12.0, 2.0)
    >>> net.gradient(theta, [[1.0]], [10.0]).tolist()
    [24.0, 8.0]
    """

    activation: Any = "square"

    def __post_init__(self) -> None:
        """Check the description."""
        super().__post_init__()
        if not isinstance(self.activation, str):
            object.__setattr__(self, "activation", tuple(self.activation))
        named = self.activation in _POLYNOMIALS
        if not named and (
            isinstance(self.activation, str) or not self.activation
        ):
            raise ValueError(
                f"expected an activation in {tuple(_POLYNOMIALS)} or its "
                f"coefficients, got {self.activation!r}"
            )
        finite(self.coefficients, "the activation's coefficients")

    @cached_property
    def coefficients(self) -> Floats:
        """Coefficients of the activation: of 1, z, z**2, ..."""
        values = _POLYNOMIALS.get(self.activation, self.activation)
        return np.asarray(values, dtype=np.float64)

    def predict(self, theta: Any, X: Any) -> Floats:
        """Outputs, shape (samples,), or (samples, outputs) if several.

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
        output = self._forward(theta, X)[1]
        return output[:, 0] if self.sizes[-1] == 1 else output

    def accuracy(self, theta: Any, X: Any, y: Any) -> float:
        """Share of samples whose output has the sign of the target.

        With several outputs: whose largest output is the largest target.

        Raises
        ------
        ValueError
            On wrong shapes, or NaN or infinity.
        """
        output = self._forward(theta, X)[1]
        target = self._targets(y, output)
        if self.sizes[-1] == 1:
            return float(np.mean(np.sign(output) == np.sign(target)))
        return float(np.mean(output.argmax(axis=1) == target.argmax(axis=1)))

    def loss_polynomial(
        self,
        theta: Any,
        X: Any,
        y: Any,
        keep: Any = None,
        at: Any = None,
        max_degree: int | None = None,
    ) -> LossPolynomial:
        r"""Return the loss as a polynomial in the surviving weights.

        Parameters
        ----------
        theta, X, y : arrays
            As for :meth:`loss`.
        keep : array of int or bool, optional
            The surviving weights, in the order of u; all by default. The
            others stay frozen at their value in theta.
        at : array of shape (survivors,), optional
            Expansion point :math:`\theta^*` of the survivors, so that they
            are :math:`\theta^*+u`; their values in theta by default.
        max_degree : int, optional
            Cut the polynomial at this degree of u, >= 1: the Taylor
            polynomial about ``at``. By default nothing is cut.

        Returns
        -------
        LossPolynomial

        Raises
        ------
        ValueError
            On wrong shapes, max_degree < 1, or more monomials than fit.

        Examples
        --------
        >>> import sympy
        >>> net = PolynomialMLP((1, 1, 1), "linear", biases=False)
        >>> loss = net.loss_polynomial([0, 0], [[1.0]], [1.0])
        >>> loss.expression(sympy.symbols("a b"))  # (a b - 1)**2 / 2
        0.5*a**2*b**2 - 1.0*a*b + 0.5
        """
        if max_degree is not None and max_degree < 1:
            raise ValueError(f"expected max_degree >= 1, got {max_degree}")
        kept = survivors(keep, self.parameters)
        weights = self._expanded(theta, kept, at)
        outputs = expanded_outputs(
            self,
            weights,
            kept,
            self._samples(X),
            self.coefficients,
            max_degree,
        )
        target = self._targets(y, np.empty((len(X), self.sizes[-1])))
        pieces = [(1.0, expanded_decay(self.weight_decay, weights, kept))]
        for f, column in zip(outputs, target.T, strict=True):
            goal = SamplePolynomial.constant(kept.size, column)
            error = combination(kept.size, [(1.0, f), (-1.0, goal)])
            pieces.append((0.5, mean_square(error, max_degree)))
        parts = combination(kept.size, pieces).parts
        return LossPolynomial(
            kept.size,
            {
                degree: (tuples, table[:, 0])
                for degree, (tuples, table) in parts.items()
                if max_degree is None or degree <= max_degree
            },
        )

    def step(
        self,
        theta: Any,
        X: Any,
        y: Any,
        eta: float,
        keep: Any = None,
        at: Any = None,
        max_degree: int | None = None,
    ) -> PolynomialMap:
        r"""Gradient descent on the surviving weights, as a polynomial map.

        The step is :math:`u\mapsto u-\eta\nabla L(\theta^*+u)`, with every
        other weight frozen. Each neuron is expanded in u for every sample;
        products add up monomials by their rank; the samples are averaged in
        the loss.

        Parameters
        ----------
        theta, X, y, keep, at
            As for :meth:`loss_polynomial`. With the default ``at`` the
            weights start at u = 0.
        eta : float
            Learning rate, > 0.
        max_degree : int, optional
            Cut the update at this degree, >= 0: it is then the Taylor
            polynomial of the step about ``at``, no longer the step itself.
            By default nothing is cut.

        Returns
        -------
        PolynomialMap
            Of n = survivors weights, in the order of ``keep``.

        Raises
        ------
        ValueError
            On wrong shapes, eta <= 0, max_degree < 0, or more monomials
            than fit.

        References
        ----------
        Eqs. (3)-(4) of the paper.

        Examples
        --------
        >>> import numpy as np
        >>> net = PolynomialMLP((2, 2, 1), activation="square")
        >>> rng = np.random.default_rng(0)
        >>> theta, X = net.initial(rng), rng.normal(size=(20, 2))
        >>> step = net.step(theta, X, X[:, 0], eta=0.1, keep=[0, 3, 6])
        >>> step.n, step.degree
        (3, 5)
        >>> slope = net.gradient(theta, X, X[:, 0], keep=[0, 3, 6])
        >>> bool(np.allclose(step.F(0)[:, 0], -0.1 * slope))
        True
        """
        if max_degree is not None and max_degree < 0:
            raise ValueError(f"expected max_degree >= 0, got {max_degree}")
        limit = None if max_degree is None else max_degree + 1
        loss = self.loss_polynomial(theta, X, y, keep, at, limit)
        return loss.step(eta)

    def _expanded(self, theta: Any, kept: Indices, at: Any) -> Floats:
        """Return theta with the survivors moved to the expansion point."""
        self.split(theta)  # checks the weights
        weights = np.array(theta, dtype=float)
        if at is not None:
            if np.shape(at) != kept.shape:
                raise ValueError(
                    f"expected an expansion point of shape {kept.shape}, one "
                    f"entry per surviving weight, got {np.shape(at)}"
                )
            weights[kept] = finite(np.asarray(at), "the expansion point")
        return weights

    def _activate(self, z: Floats) -> tuple[Floats, Floats, Floats]:
        c = self.coefficients
        first, second = power_series.polyder(c), power_series.polyder(c, 2)
        value, slope, bend = (
            np.asarray(power_series.polyval(z, part), dtype=np.float64)
            for part in (c, first, second)
        )
        return value, slope, bend

    def _targets(self, y: Any, output: Floats) -> Floats:
        target = finite(np.asarray(y), "the targets")
        if target.ndim == 1 and output.shape[1] == 1:
            target = target[:, None]
        if target.shape != output.shape:
            raise ValueError(
                f"expected targets of shape {output.shape}, got {np.shape(y)}"
            )
        return target

    def _head(self, output: Floats, y: Floats) -> Head:
        error, m = output - y, len(output)
        return Head(
            float(np.sum(error**2)) / (2 * m),
            error / m,
            lambda moved: moved / m,
        )
