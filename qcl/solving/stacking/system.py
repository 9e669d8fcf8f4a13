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

from qcl.lifting.algebra.basis import dimension
from qcl.lifting.carleman.lift import Lifting
from qcl.solving.stacking.scaling import choose_scale

_DENSE = 1500


@dataclass(frozen=True, eq=False)
class LinearSystem:
    """A stacked system ``matrix @ x = rhs``; made by :func:`stack`.

    Attributes
    ----------
    matrix : csr_array, shape (size, size)
        Unit lower triangular, ``size = (T + 1 + padding) * dimension``.
    rhs : ndarray, shape (size,)
        The lifted start, then the forcing of each step, then zeros.
    n : int
        Number of weights.
    dimension : int
        Length of one time slice.
    steps : int
        T.
    padding : int
        Copies of the last slice.
    scale : float
        Unknowns of degree j are in units of ``scale**j``.
    constant : bool
        Whether each slice begins with the constant 1.
    """

    matrix: sp.csr_array
    rhs: npt.NDArray[np.float64]
    n: int
    dimension: int
    steps: int
    padding: int
    scale: float = 1.0
    constant: bool = False

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

    def slices(self, x: npt.NDArray) -> npt.NDArray:
        """Cut a solution into time slices, shape (T + 1, dimension).

        Raises
        ------
        ValueError
            If x does not have ``size`` entries.
        """
        x = np.asarray(x)
        if x.shape != (self.size,):
            raise ValueError(
                f"expected a solution with {self.size} entries, got shape "
                f"{x.shape}"
            )
        return x.reshape(-1, self.dimension)[: self.steps + 1]

    def trajectory(self, x: npt.NDArray) -> npt.NDArray:
        """Return the weights at t = 0..T in a solution, shape (T + 1, n)."""
        first = int(self.constant)
        return self.scale * self.slices(x)[:, first : first + self.n]

    def weights(self, x: npt.NDArray) -> npt.NDArray:
        """Return the weights at step T in a solution, shape (n,)."""
        return self.trajectory(x)[-1]


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
    ValueError
        If T < 1, padding < 0, scale <= 0 or not to be found, the liftings
        differ in size or number, u0 has the wrong shape, or the right-hand
        side is zero.

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
    if T < 1:
        raise ValueError(f"expected T >= 1 steps, got T={T}")
    if padding < 0:
        raise ValueError(f"expected padding >= 0, got padding={padding}")
    liftings = [lifting] * T if isinstance(lifting, Lifting) else list(lifting)
    if len(liftings) != T:
        raise ValueError(
            f"expected one lifting or T={T} of them, got {len(liftings)}"
        )
    first = liftings[0]
    kinds = {(item.n, item.order, item.basis) for item in liftings}
    if len(kinds) > 1:
        raise ValueError(
            "expected liftings of equal weights, order and basis, got "
            f"{sorted(kinds)}"
        )
    if scale == "auto":
        scale = choose_scale([item.step for item in liftings], u0, T)
    if not 0 < scale < np.inf:
        raise ValueError(f"expected a scale > 0, got scale={scale}")
    made = {x: _Slice.of(x, scale, constant) for x in set(liftings)}
    slices = [made[item] for item in liftings]
    start = slices[0].units * first.embed(u0)
    if constant:
        start = np.insert(start, 0, 1.0)
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
    if len(made) == 1:
        below = sp.kron(sp.eye_array(T), slices[0].matrix, format="coo")
    else:
        below = sp.block_diag([x.matrix for x in slices], format="coo")
    copies = sp.eye_array(len(start) * padding)
    below = sp.coo_array(sp.block_diag([below, copies], format="coo"))
    place = (below.row + len(start), below.col)
    shape = (len(rhs), len(rhs))
    matrix = sp.eye_array(len(rhs)) - sp.csr_array((below.data, place), shape)
    return LinearSystem(
        sp.csr_array(matrix),
        rhs,
        first.n,
        len(start),
        T,
        padding,
        float(scale),
        constant,
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
