r"""The truncated linear recursion :math:`\hat y\mapsto B\hat y+f`."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from qcl.lifting.algebra.basis import (
    Floats,
    dimension,
    monomials,
    multinomials,
    multisets,
    sorted_tuples,
)
from qcl.lifting.algebra.exact import (
    check_integer,
    check_range,
    finite,
    is_exact,
)
from qcl.lifting.carleman.blocks import exact_rows
from qcl.lifting.maps.polynomial import PolynomialMap

Basis: TypeAlias = Literal["symmetric", "kronecker", "monomial"]
Time: TypeAlias = Literal["discrete", "euler"]


@dataclass(frozen=True, eq=False)
class Lifting:
    r"""A truncated linear recursion :math:`\hat y\mapsto B\hat y+f`.

    Made by :func:`qcl.lift`. Block :math:`j` of :math:`\hat y` stands for
    :math:`u^{\otimes j}`, :math:`j=1..N`.

    Attributes
    ----------
    step : PolynomialMap
        The step that was lifted.
    order : int
        Truncation order N.
    basis, time : str
        As given to :func:`qcl.lift`.
    matrix : csr_array, shape (dimension, dimension)
        :math:`B`.
    forcing : ndarray, shape (dimension,)
        :math:`f=(F_0,F_0^{\otimes2},\dots)`; zero if the step has no
        constant term.
    """

    step: PolynomialMap
    order: int
    basis: Basis
    time: Time
    matrix: sp.csr_array
    forcing: Floats

    @property
    def n(self) -> int:
        """Number of weights."""
        return self.step.n

    @property
    def dimension(self) -> int:
        """Length of the lifted vector."""
        return int(self.matrix.shape[0])

    def degree(self, j: int) -> slice:
        """Where block j, the monomials of degree j, sits in the vector.

        Raises
        ------
        ValueError
            If j is not in 1..order.
        """
        if not 1 <= j <= self.order:
            raise ValueError(f"expected a degree in 1..{self.order}, got {j}")
        start = dimension(self.n, j - 1, self.basis)
        return slice(start, dimension(self.n, j, self.basis))

    def block(self, j: int, k: int) -> sp.csr_array:
        r"""The block :math:`B_{j,k}`, with :math:`j,k` in 1..order."""
        return sp.csr_array(self.matrix[self.degree(j), self.degree(k)])

    def embed(self, u: Any) -> npt.NDArray:
        r"""Lift a weight vector: :math:`(u,u^{\otimes2},\dots)`.

        In the symmetric basis the monomial :math:`u^\alpha` carries the
        factor :math:`\sqrt{j!/\alpha!}`, which keeps
        :math:`\|y_j\|=\|u\|^j`.

        Raises
        ------
        ValueError
            If u has the wrong shape or is not finite.

        Examples
        --------
        >>> import qcl
        >>> step = PolynomialMap({1: [[-0.1]]})
        >>> qcl.lift(step, order=3).embed([0.5]).tolist()
        [0.5, 0.25, 0.125]
        """
        point = finite(self.step.point(u), "the weight vector")
        parts = []
        for j in range(1, self.order + 1):
            if self.basis == "kronecker":
                columns = np.arange(self.n**j)
                tuples = sorted_tuples(self.n, j, columns)
                parts.append(monomials(point, tuples))
                continue
            tuples = multisets(self.n, j)
            values = monomials(point, tuples)
            if self.basis == "symmetric":
                values = values * np.sqrt(multinomials(tuples))
            parts.append(values)
        return np.concatenate(parts)

    def weights(self, y: npt.NDArray) -> npt.NDArray:
        """Block 1 of a lifted vector: the weights, shape (..., n)."""
        return y[..., : self.n]

    def history(self, u0: Any, T: int) -> Floats:
        r"""Iterate :math:`\hat y\mapsto B\hat y+f` from the lifted start.

        Returns
        -------
        ndarray, shape (T + 1, dimension)

        Raises
        ------
        ValueError
            If T < 0 or u0 has the wrong shape.
        OverflowError
            If the recursion leaves the range of floats.
        """
        check_integer(T, "T")
        if T < 0:
            raise ValueError(f"expected T >= 0 steps, got T={T}")
        states = np.empty((T + 1, self.dimension))
        with np.errstate(over="ignore", invalid="ignore"):
            states[0] = self.embed(u0)
            check_range(states[0], 0)
            for t in range(T):
                states[t + 1] = self.matrix @ states[t] + self.forcing
                check_range(states[t + 1], t + 1)
        return states

    def trajectory(self, u0: Any, T: int) -> npt.NDArray:
        r"""The weights :math:`\hat y_1(t)` of the truncated recursion.

        Exact (sympy rationals) if the step and u0 are.

        Returns
        -------
        ndarray, shape (T + 1, n)

        Raises
        ------
        ValueError, OverflowError
            As :meth:`history`.

        Examples
        --------
        At order 2 the first step of a quadratic map is exact:

        >>> import qcl
        >>> step = PolynomialMap({1: [[-0.1]], 2: [[-0.1]]})
        >>> qcl.lift(step, order=2).trajectory([0.5], 1).ravel().tolist()
        [0.5, 0.425]
        """
        if not (self.step.exact and is_exact(u0)):
            return self.weights(self.history(u0, T))
        check_integer(T, "T")
        if T < 0:
            raise ValueError(f"expected T >= 0 steps, got T={T}")
        start = self.step.point(u0)
        rows = exact_rows(self.step, self.order, self.time)
        state = {tup: np.prod(start[list(tup)]) for tup in rows}
        state[()] = 1
        points = [start]
        for _ in range(T):
            state |= {
                tup: sum(c * state[key] for key, c in row.items())
                for tup, row in rows.items()
            }
            points.append(np.array([state[i,] for i in range(self.n)]))
        return np.array(points)

    def exact_matrix(self) -> Any:
        """Return the matrix B as a sympy matrix of exact numbers.

        Raises
        ------
        ValueError
            If the step has floating-point coefficients, or in the Kronecker
            basis.

        Examples
        --------
        >>> import qcl, sympy
        >>> u = sympy.symbols("u")
        >>> step = PolynomialMap.from_update([u - (u + u**2) / 10], [u])
        >>> qcl.lift(step, order=2).exact_matrix()
        Matrix([
        [9/10,  -1/10],
        [   0, 81/100]])
        """
        import sympy

        if not self.step.exact or self.basis == "kronecker":
            raise ValueError(
                "expected an exact step in the monomial or symmetric basis; "
                "give the step sympy Rationals instead of floats"
            )
        rows = exact_rows(self.step, self.order, self.time)
        place = {tup: i for i, tup in enumerate(rows)}
        scale = {
            tup: sympy.sqrt(int(multinomials(np.array([tup]))[0]))
            if self.basis == "symmetric"
            else 1
            for tup in rows
        }
        matrix = sympy.zeros(len(rows), len(rows))
        for tup, row in rows.items():
            for key, c in row.items():
                if key:
                    entry = c * scale[tup] / scale[key]
                    matrix[place[tup], place[key]] = entry
        return matrix
