r"""Networks with polynomial activations, whose training step is a polynomial.

A step of gradient descent on the surviving weights of a
:class:`PolynomialMLP` *is* a :class:`qcl.PolynomialMap`, ready to be lifted.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.polynomial import polynomial as power_series

from qcl._checks import a_count, a_number, finite_reals
from qcl.learning.networks.curvature import Head
from qcl.learning.networks.expansion import expanded_outputs
from qcl.learning.networks.layers import Layers
from qcl.learning.networks.loss_polynomial import LossPolynomial
from qcl.learning.networks.sample_polynomials import (
    SamplePolynomial,
    combination,
    mean_square,
)
from qcl.learning.pruning.masks import survivors
from qcl.lifting.algebra.basis import Floats
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
        if isinstance(self.activation, str):
            if self.activation not in _POLYNOMIALS:
                raise ValueError(
                    f"expected an activation in {tuple(_POLYNOMIALS)} or its "
                    f"coefficients, got {self.activation[:40]!r}"
                )
            return
        what = "the activation's coefficients"
        values = finite_reals(self.activation, what, shape=(None,))
        if not values.size:
            raise ValueError(
                f"expected an activation in {tuple(_POLYNOMIALS)} or its "
                "coefficients, got none"
            )
        object.__setattr__(self, "activation", tuple(values.tolist()))

    @cached_property
    def coefficients(self) -> Floats:
        """Coefficients of the activation: of 1, z, z**2, ..."""
        values = _POLYNOMIALS.get(self.activation, self.activation)
        array = np.array(values, dtype=np.float64)
        array.setflags(write=False)
        return array

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
        TypeError, ValueError
            On wrong shapes, max_degree < 1, or more monomials than fit.

        Examples
        --------
        >>> import sympy
        >>> net = PolynomialMLP((1, 1, 1), "linear", biases=False)
        >>> loss = net.loss_polynomial([0, 0], [[1.0]], [1.0])
        >>> loss.expression(sympy.symbols("a b"))  # (a b - 1)**2 / 2
        0.5*a**2*b**2 - 1.0*a*b + 0.5
        """
        if max_degree is not None:
            max_degree = a_count(max_degree, "max_degree", least=1)
        kept = survivors(keep, self.parameters)
        theta, X, target = self._checked(theta, X, y)
        if at is not None:
            what = "an expansion point, one entry per surviving weight,"
            theta[kept] = finite_reals(at, what, shape=kept.shape)
        outputs = expanded_outputs(
            self, theta, kept, X, self.coefficients, max_degree
        )
        added = self.regulariser.polynomial(theta, kept)
        pieces = [(1.0, SamplePolynomial(kept.size, added))]
        for f, column in zip(outputs, target.T, strict=True):
            goal = SamplePolynomial.constant(kept.size, column)
            error = combination(kept.size, [(1.0, f), (-1.0, goal)])
            pieces.append((0.5, mean_square(error, max_degree)))
        parts = combination(kept.size, pieces).parts
        return LossPolynomial(
            kept.size,
            {
                degree: part
                for degree, part in parts.items()
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
        TypeError, ValueError
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
        eta = a_number(eta, "learning rate eta", above=0)
        limit = None
        if max_degree is not None:
            limit = a_count(max_degree, "max_degree") + 1
        loss = self.loss_polynomial(theta, X, y, keep, at, limit)
        return loss.step(eta)

    def _activate(self, z: Floats) -> tuple[Floats, Floats, Floats]:
        c = self.coefficients
        first, second = power_series.polyder(c), power_series.polyder(c, 2)
        value, slope, bend = (
            np.asarray(power_series.polyval(z, part), dtype=np.float64)
            for part in (c, first, second)
        )
        return value, slope, bend

    def _answer(self, output: Floats) -> Floats:
        return output[:, 0] if self.sizes[-1] == 1 else output

    def _right(self, output: Floats, y: Floats) -> npt.NDArray[np.bool_]:
        if self.sizes[-1] > 1:
            return output.argmax(axis=1) == y.argmax(axis=1)
        if (np.abs(y) != 1).any():
            raise ValueError(
                "expected targets -1 and 1, whose signs can be compared, got "
                f"others from {y.min():g} to {y.max():g}; map two classes to "
                "them, for example 0 and 1 by 2 * y - 1"
            )
        return (np.sign(output) == y)[:, 0]

    def _targets(self, y: Any, samples: int) -> Floats:
        target = finite_reals(y, "the targets")
        if target.ndim == 1 and self.sizes[-1] == 1:
            target = target[:, None]
        if target.shape != (samples, self.sizes[-1]):
            raise ValueError(
                f"expected targets of shape ({samples}, {self.sizes[-1]}), "
                f"got {target.shape}"
            )
        return target

    def _head(self, output: Floats, y: Floats) -> Head:
        error, m = output - y, len(output)
        return Head(
            float(np.sum(error**2)) / (2 * m),
            error / m,
            lambda moved: moved / m,
        )
