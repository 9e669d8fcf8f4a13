r"""The truncated linear recursion :math:`\hat y\mapsto B\hat y+f`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from qcl._checks import (
    a_choice,
    a_count,
    a_step,
    an_array,
    finite_numbers,
    finite_reals,
    room_for,
    room_for_size,
)
from qcl.lifting.algebra.basis import (
    MOST_ORDER,
    Floats,
    dimension,
    monomials,
    multinomials,
    multisets,
    sorted_tuples,
)
from qcl.lifting.algebra.exact import (
    MOST_STEPS,
    check_range,
    is_exact,
    read_only,
)
from qcl.lifting.carleman.blocks import bytes_needed, exact_rows
from qcl.lifting.maps.polynomial import PolynomialMap

Basis: TypeAlias = Literal["symmetric", "kronecker", "monomial"]
Time: TypeAlias = Literal["discrete", "euler"]

_MOST_SHOWN = 8  # blocks of a lifting that is shown as a table


@dataclass(frozen=True, eq=False)
class Lifting:
    r"""A truncated linear recursion :math:`\hat y\mapsto B\hat y+f`.

    Made by :func:`qcl.lift`. Block :math:`j` of :math:`\hat y` stands for
    :math:`u^{\otimes j}`, :math:`j=1..N`. The arrays are read-only.

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

    Raises
    ------
    TypeError, ValueError
        If the parts do not fit together.

    Examples
    --------
    >>> import qcl
    >>> qcl.lift(PolynomialMap({1: [[-0.1]], 2: [[-0.1]]}), order=2)
    Lifting(n=1, order=2, basis='symmetric', time='discrete', dimension=2)
    """

    step: PolynomialMap
    order: int
    basis: Basis
    time: Time
    matrix: sp.csr_array
    forcing: Floats

    def __post_init__(self) -> None:
        """Check the parts, and take copies that cannot be written to."""
        a_step(self.step)
        order = a_count(self.order, "order", least=1, most=MOST_ORDER)
        a_choice(self.basis, get_args(Basis), "basis")
        a_choice(self.time, get_args(Time), "time")
        size = dimension(self.step.n, order, self.basis)
        matrix, what = self.matrix, "the lifted matrix"
        if not sp.issparse(matrix):
            matrix = finite_reals(matrix, what, (size, size))
        if matrix.shape != (size, size):
            raise ValueError(
                f"expected {what} of shape {(size, size)}, got {matrix.shape}"
            )
        finite_reals(sp.coo_array(matrix).data, what)
        matrix = sp.csr_array(matrix)
        if matrix.data.flags.writeable:
            matrix = read_only(matrix.copy())
        forcing = finite_reals(self.forcing, "the forcing", (size,))
        for name, value in (
            ("order", order),
            ("matrix", matrix),
            ("forcing", read_only(forcing)),
        ):
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        """Say what was lifted and how large it became, in one line."""
        return (
            f"Lifting(n={self.n}, order={self.order}, basis={self.basis!r}, "
            f"time={self.time!r}, dimension={self.dimension})"
        )

    def _repr_html_(self) -> str:
        """Show the blocks, and how many entries each has, in a notebook."""
        degrees = range(1, min(self.order, _MOST_SHOWN) + 1)
        head = "".join(f"<th>{k}</th>" for k in degrees)
        rows = "".join(
            f"<tr><th>{j}</th>"
            + "".join(
                f"<td>{self.block(j, k).nnz or ''}</td>" for k in degrees
            )
            + "</tr>"
            for j in degrees
        )
        cut = "" if self.order <= _MOST_SHOWN else ", the first blocks"
        return (
            f"<table><caption>{self.basis} lifting of {self.n} weights, "
            f"order {self.order}, time {self.time}: {self.dimension} "
            f"rows{cut}; entries of block (j, k)</caption>"
            f"<tr><th>j \\ k</th>{head}</tr>{rows}</table>"
        )

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
        TypeError, ValueError
            If j is not one of 1..order.
        """
        j = a_count(j, "degree", least=1, most=self.order)
        start = dimension(self.n, j - 1, self.basis)
        return slice(start, dimension(self.n, j, self.basis))

    def block(self, j: int, k: int) -> sp.csr_array:
        r"""The block :math:`B_{j,k}`, with :math:`j,k` in 1..order.

        Raises
        ------
        TypeError, ValueError
            If j or k is not one of 1..order.
        """
        return sp.csr_array(self.matrix[self.degree(j), self.degree(k)])

    def embed(self, u: Any) -> npt.NDArray:
        r"""Lift a weight vector: :math:`(u,u^{\otimes2},\dots)`.

        In the symmetric basis the monomial :math:`u^\alpha` carries the
        factor :math:`\sqrt{j!/\alpha!}`, which keeps
        :math:`\|y_j\|=\|u\|^j`.

        Raises
        ------
        TypeError, ValueError
            If u is no finite weight vector.
        OverflowError
            If a power leaves the range of floats.

        Examples
        --------
        >>> import qcl
        >>> step = PolynomialMap({1: [[-0.1]]})
        >>> qcl.lift(step, order=3).embed([0.5]).tolist()
        [0.5, 0.25, 0.125]
        """
        point = finite_reals(u, "the weight vector", (self.n,))
        with np.errstate(over="ignore"):
            lifted = self._powers(point)
        check_range(lifted, 0)
        return lifted

    def _powers(self, point: Floats) -> Floats:
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

    def weights(self, y: Any) -> npt.NDArray:
        """Block 1 of lifted vectors: the weights.

        Parameters
        ----------
        y : array of shape (..., dimension)

        Returns
        -------
        ndarray, shape (..., n)

        Raises
        ------
        TypeError, ValueError
            If the last axis is no lifted vector of finite numbers.
        """
        what = "a lifted vector"
        vectors = finite_numbers(an_array(y, what), what)
        if vectors.ndim == 0 or vectors.shape[-1] != self.dimension:
            raise ValueError(
                f"expected {what} of shape (..., {self.dimension}), got "
                f"{vectors.shape}"
            )
        return np.array(vectors[..., : self.n])

    def history(self, u0: Any, T: int) -> Floats:
        r"""Iterate :math:`\hat y\mapsto B\hat y+f` from the lifted start.

        Returns
        -------
        ndarray, shape (T + 1, dimension)

        Raises
        ------
        TypeError, ValueError
            If T is out of range or u0 is no weight vector.
        OverflowError
            If the recursion leaves the range of floats.
        """
        T = self._steps(T, self.dimension)
        return np.array(list(self._states(u0, T)))

    def _steps(self, T: Any, kept: int) -> int:
        """Return a number of steps that leave room for so many numbers."""
        T = a_count(T, "T", most=MOST_STEPS)
        room_for_size(lambda T: 16 * T * kept, T, "T", f"{T:,} points")
        return T

    def _states(self, u0: Any, T: int) -> Iterator[Floats]:
        state = self.embed(u0)
        yield state
        for t in range(T):
            with np.errstate(over="ignore", invalid="ignore"):
                state = self.matrix @ state + self.forcing
            check_range(state, t + 1)
            yield state

    def trajectory(self, u0: Any, T: int) -> npt.NDArray:
        r"""The weights :math:`\hat y_1(t)` of the truncated recursion.

        Exact (sympy rationals) if the step and u0 are.

        Returns
        -------
        ndarray, shape (T + 1, n)

        Raises
        ------
        TypeError, ValueError, OverflowError
            As :meth:`history`; also if exact fractions grow too long.

        Examples
        --------
        At order 2 the first step of a quadratic map is exact:

        >>> import qcl
        >>> step = PolynomialMap({1: [[-0.1]], 2: [[-0.1]]})
        >>> qcl.lift(step, order=2).trajectory([0.5], 1).ravel().tolist()
        [0.5, 0.425]
        """
        T, n = self._steps(T, self.n), self.n
        start = self.step.point(u0)
        if not is_exact(start):
            return np.array([state[:n] for state in self._states(start, T)])
        rows = self._exact_rows()
        state: dict[Any, Any] = {
            tup: np.prod(start[list(tup)]) for tup in rows
        }
        state[()] = 1
        points = [start]
        for t in range(T):
            state |= {
                tup: sum(c * state[key] for key, c in row.items())
                for tup, row in rows.items()
            }
            points.append(np.array([state[i,] for i in range(n)]))
            check_range(points[-1], t + 1)
        return np.array(points)

    def _exact_rows(self) -> Any:
        room_for(
            20 * bytes_needed(self.step, self.order, time=self.time),
            f"the exact lifting of {self.n} weights at order {self.order}",
            "lower the order, or use step.as_float()",
        )
        return exact_rows(self.step, self.order, self.time)

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
        rows = self._exact_rows()
        place = {tup: i for i, tup in enumerate(rows)}
        scale = {
            tup: sympy.sqrt(int(multinomials(np.array([tup]))[0]))
            if self.basis == "symmetric"
            else 1
            for tup in rows
        }
        room_for(
            200 * len(rows) ** 2,
            f"an exact matrix of {len(rows)} rows",
            "lower the order",
        )
        matrix = sympy.zeros(len(rows), len(rows))
        for tup, row in rows.items():
            for key, c in row.items():
                if key:
                    entry = c * scale[tup] / scale[key]
                    matrix[place[tup], place[key]] = entry
        return matrix
