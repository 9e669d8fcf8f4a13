r"""Time becomes a matrix: T steps of a lifted recursion as one linear system.

.. math::

    \begin{pmatrix} I \\ -B & I \\ & \ddots & \ddots \\ & & -B & I
    \end{pmatrix}
    \begin{pmatrix}\hat y(0)\\ \hat y(1)\\ \vdots\\ \hat y(T)\end{pmatrix}
    =\begin{pmatrix}\hat y_{\rm in}\\ f\\ \vdots\\ f\end{pmatrix}

The matrix is the paper's Eq. (6); the right-hand side with forcing is
derived in chapter 8 of the book.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import scipy.sparse.linalg as spl

from qcl._checks import (
    CEILING,
    a_count,
    a_flag,
    a_number,
    finite_numbers,
    finite_reals,
    room_for,
)
from qcl.lifting.algebra.basis import dimension
from qcl.lifting.bounds.majorants import majorant
from qcl.lifting.bounds.truncation import truncation_bound
from qcl.lifting.carleman.lift import Lifting
from qcl.solving.stacking.display import table
from qcl.solving.stacking.scaling import choose_scale, one_each

_DENSE = 1500
_MOST_STEPS = 10**6
_BYTES = 24  # of one entry of a sparse matrix while it is made


@dataclass(frozen=True, eq=False, repr=False)
class LinearSystem:
    """A stacked system ``matrix @ x = rhs``; made by :func:`stack`.

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
        >>> round(stack(still, [1.0], 3).condition_number(), 3)
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
        return _Slice.of(self.liftings[t], self.scale, self.constant).matrix

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
        >>> round(stack(qcl.lift(step, 2), [0.5], T=3).ratio, 12)
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
        >>> system = stack(qcl.lift(step, 2), [0.5], T=3)
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


def stack(
    lifting: Lifting | Sequence[Lifting],
    u0: Any,
    T: int,
    padding: int = 0,
    scale: float | Literal["auto"] = 1.0,
    constant: bool = False,
) -> LinearSystem:
    r"""Stack T steps into one system, the paper's Eq. (6).

    Parameters
    ----------
    lifting : Lifting or sequence of T liftings
        One lifting for every step, or one for each (stochastic gradient
        descent: a minibatch has its own step).
    u0 : array of shape (n,)
        The starting weights.
    T : int
        Number of steps, >= 1.
    padding : int
        Extra rows that copy the last slice, so that measuring the clock
        register finds step T more often.
    scale : float or "auto"
        Solve for :math:`v=u/\rho` instead of u; ``"auto"`` asks
        :func:`qcl.choose_scale`. The weights come back in
        their own units.
    constant : bool
        Carry the constant :math:`y_0=1` in every slice, as a reference of
        known sign; the forcing becomes a column of the matrix, whose
        condition number then grows at least like :math:`4T/\pi`.

    Returns
    -------
    LinearSystem

    Raises
    ------
    TypeError
        If what is stacked is no Lifting, or an argument of another kind.
    ValueError
        If T < 1, padding < 0, scale <= 0 or not to be found, the liftings
        differ in size or number, u0 has the wrong shape, the right-hand
        side is zero, the powers of the weights leave the range of floats in
        these units, or the system needs more than 2 GB.

    References
    ----------
    Liu et al. (2024), Eq. (6); padding: Berry, J. Phys. A 47:105301 (2014).

    Examples
    --------
    >>> import qcl
    >>> step = qcl.PolynomialMap({1: [[-0.5]]})
    >>> system = stack(qcl.lift(step, order=1), [1.0], T=2)
    >>> system.matrix.toarray().tolist()
    [[1.0, 0.0, 0.0], [-0.5, 1.0, 0.0], [0.0, -0.5, 1.0]]
    >>> system.solve().tolist()
    [1.0, 0.5, 0.25]
    """
    T = a_count(T, "T", 1, _MOST_STEPS, "stack fewer steps")
    padding = a_count(padding, "padding", 0, _MOST_STEPS)
    constant = a_flag(constant, "constant")
    liftings = one_each(lifting, "Lifting", "lifting", T)
    first = liftings[0]
    kinds = {(item.n, item.order, item.basis) for item in liftings}
    if len(kinds) > 1:
        raise ValueError(
            "expected liftings of equal weights, order and basis, got "
            f"{sorted(kinds)}"
        )
    u0 = finite_reals(u0, "the start", (first.n,))
    if isinstance(scale, str) and scale == "auto":
        scale = choose_scale([item.step for item in liftings], u0, T)
    scale = a_number(scale, "scale", above=0)
    _check_room(liftings, padding)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        made = {x: _Slice.of(x, scale, constant) for x in set(liftings)}
        start = first.embed(u0) * next(iter(made.values())).units
    slices = [made[item] for item in liftings]
    if constant:
        start = np.insert(start, 0, 1.0)
    numbers = [start, *(x.matrix.data for x in made.values())]
    if not all(np.isfinite(x).all() for x in numbers):
        raise ValueError(
            f"in units of scale={scale:.3g} the powers of the weights up to "
            f"order {first.order} leave the range of floats; choose a scale "
            "near the size of the weights, or scale='auto'"
        )
    rhs = np.concatenate(
        [start]
        + [item.forcing for item in slices]
        + [np.zeros(len(start) * padding)]
    )
    if not rhs.any():
        raise ValueError(
            "the right-hand side is zero: the start is u = 0 and nothing "
            "drives it; expand about another point or start elsewhere"
        )
    matrix = _stacked([item.matrix for item in slices], padding)
    for array in (matrix.data, rhs, u0):
        array.setflags(write=False)
    return LinearSystem(
        matrix, rhs, tuple(liftings), u0, padding, scale, constant
    )


def _check_room(liftings: list[Lifting], padding: int) -> None:
    """Refuse a system that would need more than 2 GB."""
    first, T = liftings[0], len(liftings)
    each = first.matrix.nnz + 2 * first.dimension
    fits = int(CEILING / (_BYTES * each)) - 1 - padding
    room_for(
        _BYTES * each * (T + 1 + padding),
        f"a system of {T + 1 + padding:,} slices of {first.dimension:,}",
        f"stack at most {fits:,} steps" if fits > 0 else "lower the order",
    )


def _stacked(steps: list[sp.csr_array], padding: int) -> sp.csr_array:
    """Put the steps, and copies of the last slice, below the diagonal."""
    size = steps[0].shape[0]
    copies = [sp.eye_array(size * padding)] if padding else []
    if all(step is steps[0] for step in steps):
        one = sp.kron(sp.eye_array(len(steps)), steps[0], format="coo")
        below = sp.block_diag([one, *copies], format="coo")
    else:
        below = sp.block_diag([*steps, *copies], format="coo")
    below = sp.coo_array(below)
    rows = size * (len(steps) + 1 + padding)
    shifted = (below.row + size, below.col)
    return sp.csr_array(
        sp.eye_array(rows) - sp.csr_array((below.data, shifted), (rows, rows))
    )


@dataclass(frozen=True, eq=False)
class _Slice:
    """One step in the units and with the constant of the system."""

    matrix: sp.csr_array
    forcing: npt.NDArray[np.float64]
    units: npt.NDArray[np.float64]

    @classmethod
    def of(cls, lifting: Lifting, scale: float, constant: bool) -> "_Slice":
        degrees = np.arange(1, lifting.order + 1)
        ends = [
            dimension(lifting.n, int(j), lifting.basis) for j in (0, *degrees)
        ]
        units = np.repeat(float(scale) ** -degrees, np.diff(ends))
        matrix = sp.csr_array(
            sp.diags_array(units) @ lifting.matrix @ sp.diags_array(1 / units)
        )
        forcing = units * lifting.forcing
        if constant:
            column = sp.csr_array(forcing[:, None])
            one = sp.csr_array(np.ones((1, 1)))
            matrix = sp.csr_array(
                sp.block_array([[one, None], [column, matrix]], format="csr")
            )
            forcing = np.zeros(len(forcing) + 1)
        return cls(matrix, forcing, units)
