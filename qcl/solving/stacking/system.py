r"""Time becomes a matrix: T steps of a lifted recursion as one linear system.

.. math::

    \begin{pmatrix} I \\ -B & I \\ & \ddots & \ddots \\ & & -B & I
    \end{pmatrix}
    \begin{pmatrix}\hat y(0)\\ \hat y(1)\\ \vdots\\ \hat y(T)\end{pmatrix}
    =\begin{pmatrix}\hat y_{\rm in}\\ f\\ \vdots\\ f\end{pmatrix}

The matrix is the paper's Eq. (6); the right-hand side with forcing is
derived in chapter 8 of the book.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import scipy.sparse.linalg as spl

from qcl._checks import a_count, finite_numbers
from qcl.lifting.bounds.majorants import majorant
from qcl.lifting.bounds.truncation import truncation_bound
from qcl.lifting.carleman.lift import Lifting
from qcl.solving.stacking.display import table

_DENSE = 1500


@dataclass(frozen=True, eq=False, repr=False)
class LinearSystem:
    """A stacked system ``matrix @ x = rhs``; made by :func:`qcl.stack`.

    Attributes
    ----------
    matrix : csr_array, shape (size, size)
        Unit lower triangular, ``size = (T + 1 + padding) * dimension``.
    rhs : ndarray, shape (size,)
        The lifted start, then the forcing of each step, then zeros.
    liftings : tuple of T liftings
        What was stacked.
    start : ndarray, shape (n,)
        The starting weights.
    padding : int
        Copies of the last slice.
    scale : float
        Unknowns of degree j are in units of ``scale**j``.
    constant : bool
        Whether each slice begins with the constant 1.
    """

    matrix: sp.csr_array
    rhs: npt.NDArray[np.float64]
    liftings: tuple[Lifting, ...]
    start: npt.NDArray[np.float64]
    padding: int
    scale: float = 1.0
    constant: bool = False

    def __repr__(self) -> str:
        """Say what was stacked."""
        extras = f", padding={self.padding}" if self.padding else ""
        extras += f", scale={self.scale:.4g}" if self.scale != 1 else ""
        extras += ", constant=True" if self.constant else ""
        return (
            f"LinearSystem({self.size} unknowns: T={self.steps}, "
            f"n={self.n}, order={self.liftings[0].order}{extras})"
        )

    def _repr_html_(self) -> str:
        first = self.liftings[0]
        return table(
            [
                ("unknowns", f"{self.size:,}"),
                ("steps T", self.steps),
                ("weights n", self.n),
                ("order N", f"{first.order}, {first.basis} basis"),
                ("padding", self.padding),
                ("scale", f"{self.scale:.4g}"),
                ("constant", self.constant),
            ]
        )

    @property
    def n(self) -> int:
        """Number of weights."""
        return self.liftings[0].n

    @property
    def steps(self) -> int:
        """Number of steps T."""
        return len(self.liftings)

    @property
    def dimension(self) -> int:
        """Length of one time slice."""
        return self.liftings[0].dimension + self.constant

    @property
    def degree_one(self) -> slice:
        """Where the weights sit in a time slice."""
        return slice(int(self.constant), int(self.constant) + self.n)

    @property
    def size(self) -> int:
        """Number of unknowns."""
        return int(self.matrix.shape[0])

    def condition_number(self) -> float:
        r"""The condition number :math:`\kappa=\|M\|\,\|M^{-1}\|`.

        Examples
        --------
        >>> import numpy as np
        >>> import qcl
        >>> still = qcl.lift(qcl.PolynomialMap({1: np.zeros((1, 1))}), 1)
        >>> round(qcl.stack(still, [1.0], 3).condition_number(), 3)
        5.411
        """
        if self.size <= _DENSE:
            return float(np.linalg.cond(self.matrix.toarray()))
        factor = spl.splu(sp.csc_array(self.matrix))
        inverse = spl.LinearOperator(
            self.matrix.shape,
            matvec=factor.solve,
            rmatvec=lambda b: factor.solve(b, trans="T"),
            dtype=float,
        )
        start = np.ones(self.size)
        norms = [
            spl.svds(op, k=1, v0=start, return_singular_vectors=False)[0]
            for op in (self.matrix, inverse)
        ]
        return float(norms[0] * norms[1])

    def solve(self) -> npt.NDArray[np.float64]:
        """Solve exactly by forward substitution: the reference solution.

        Returns
        -------
        ndarray, shape (size,)
        """
        return spl.spsolve_triangular(
            self.matrix, self.rhs, lower=True, unit_diagonal=True
        )

    def slices(self, x: npt.ArrayLike) -> npt.NDArray:
        """Cut a solution into time slices, shape (T + 1, dimension).

        Raises
        ------
        TypeError, ValueError
            If x does not hold ``size`` finite numbers.
        """
        found = finite_numbers(x, "a solution")
        if found.size != self.size or max(found.shape) != self.size:
            raise ValueError(
                f"expected a solution with {self.size} entries, got shape "
                f"{found.shape}"
            )
        return found.reshape(-1, self.dimension)[: self.steps + 1]

    def trajectory(self, x: npt.ArrayLike) -> npt.NDArray:
        """Return the weights at t = 0..T in a solution, shape (T + 1, n).

        Raises
        ------
        TypeError, ValueError
            As :meth:`slices`.
        """
        return self.scale * self.slices(x)[:, self.degree_one]

    def weights(self, x: npt.ArrayLike) -> npt.NDArray:
        """Return the weights at step T in a solution, shape (n,).

        Raises
        ------
        TypeError, ValueError
            As :meth:`slices`.
        """
        return self.trajectory(x)[-1]

    def propagator(self, t: int = 0) -> sp.csr_array:
        """Return the matrix that takes slice t to slice t + 1.

        It is B, in the units and with the constant of the system.

        Raises
        ------
        TypeError, ValueError
            If t is not in 0..T-1.
        """
        t = a_count(t, "t", 0, self.steps - 1)
        d = self.dimension
        below = slice((t + 1) * d, (t + 2) * d)
        return sp.csr_array(-self.matrix[below, t * d : (t + 1) * d])

    @property
    def ratio(self) -> float:
        r"""The rate :math:`\bar x/x_+` of the start; without forcing, R.

        The largest one of the steps, with :math:`\bar x=\max(x_0,x_-)` and
        the fixed points of the majorant: below 1 the truncation error falls
        like its N-th power, at all times. Infinite if there is no ball of
        guaranteed convergence.

        Examples
        --------
        >>> import qcl
        >>> step = qcl.PolynomialMap({1: [[-0.2]], 2: [[-0.2]]})
        >>> round(qcl.stack(qcl.lift(step, 2), [0.5], T=3).ratio, 12)
        0.5
        """
        x0 = float(np.linalg.norm(self.start))
        try:
            points = [
                majorant(item.step).fixed_points()
                for item in dict.fromkeys(self.liftings)
            ]
        except ValueError:
            return np.inf
        return max(max(x0, low) / high for low, high in points)

    @property
    def truncation_bound(self) -> float:
        r"""Bound of :math:`\|u(T)-\hat y_1(T)\|`, certified.

        See :func:`qcl.truncation_bound`; infinite where nothing is known,
        as for liftings with ``time="euler"``, which do not follow the step.

        Examples
        --------
        >>> import qcl
        >>> step = qcl.PolynomialMap({1: [[-0.5]], 2: [[-0.25]]})
        >>> system = qcl.stack(qcl.lift(step, 2), [0.5], T=3)
        >>> round(system.truncation_bound, 4)
        0.0086
        """
        first, steps = self.liftings[0], [x.step for x in self.liftings]
        if any(item.time == "euler" for item in self.liftings):
            return np.inf
        one = first.step if len(set(self.liftings)) == 1 else steps
        return float(
            truncation_bound(one, self.start, first.order, self.steps)[-1]
        )
