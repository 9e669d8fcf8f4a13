r"""Discrete Carleman linearisation: from a step to one sparse matrix.

If :math:`u(t+1)=\Phi(u(t))` then the powers :math:`y_j=u^{\otimes j}` obey
the linear recursion

.. math::

    y_j(t+1)=\sum_{k=0}^{jq}B_{j,k}\,y_k(t),\qquad
    B_{j,k}=\sum_{\ell_1+\dots+\ell_j=k}G_{\ell_1}\otimes\cdots\otimes
    G_{\ell_j},

with :math:`G_1=I+F_1`, :math:`G_\ell=F_\ell` otherwise and :math:`y_0=1`.
Cutting at :math:`j,k\le N` leaves :math:`\hat y(t+1)=B\hat y(t)+f`.
"""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from qcl.lifting.basis import (
    Floats,
    dimension,
    monomials,
    multinomials,
    multisets,
    sorted_tuples,
)
from qcl.lifting.blocks import (
    Blocks,
    discrete_blocks,
    exact_rows,
    generator_blocks,
    kronecker_blocks,
)
from qcl.lifting.exact import check_range, is_exact
from qcl.lifting.polynomial import PolynomialMap

Basis: TypeAlias = Literal["symmetric", "kronecker", "monomial"]
Time: TypeAlias = Literal["discrete", "euler"]


@dataclass(frozen=True, eq=False)
class Lifting:
    r"""A truncated linear recursion :math:`\hat y\mapsto B\hat y+f`.

    Made by :func:`lift`. Block :math:`j` of :math:`\hat y` stands for
    :math:`u^{\otimes j}`, :math:`j=1..N`.

    Attributes
    ----------
    step : PolynomialMap
        The step that was lifted.
    order : int
        Truncation order N.
    basis, time : str
        As given to :func:`lift`.
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
        >>> step = PolynomialMap({1: [[-0.1]]})
        >>> lift(step, order=3).embed([0.5]).tolist()
        [0.5, 0.25, 0.125]
        """
        point = self.step.as_float()._point(u)
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
        if T < 0:
            raise ValueError(f"expected T >= 0 steps, got T={T}")
        states = np.empty((T + 1, self.dimension))
        states[0] = self.embed(u0)
        with np.errstate(over="ignore", invalid="ignore"):
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

        >>> step = PolynomialMap({1: [[-0.1]], 2: [[-0.1]]})
        >>> lift(step, order=2).trajectory([0.5], 1).ravel().tolist()
        [0.5, 0.425]
        """
        if not (self.step.exact and is_exact(u0)):
            return self.weights(self.history(u0, T))
        if T < 0:
            raise ValueError(f"expected T >= 0 steps, got T={T}")
        start = self.step._point(u0)
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
        >>> import sympy
        >>> u = sympy.symbols("u")
        >>> step = PolynomialMap.from_update([u - (u + u**2) / 10], [u])
        >>> lift(step, order=2).exact_matrix()
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


def lift(
    step: PolynomialMap,
    order: int,
    basis: Basis = "symmetric",
    time: Time = "discrete",
) -> Lifting:
    r"""Linearise a polynomial step, keeping powers up to ``order``.

    Parameters
    ----------
    step : PolynomialMap
        The step :math:`u\mapsto\Phi(u)`, any degree, with or without
        forcing :math:`F_0`.
    order : int
        Truncation order N >= 1: powers :math:`u,\dots,u^{\otimes N}`.
    basis : {"symmetric", "kronecker", "monomial"}
        Orthonormal symmetric tensors (the default; dimension
        :math:`\binom{n+N}{N}-1`), all tensor products (dimension
        :math:`\sum_jn^j`, what the qubits of the paper hold), or plain
        monomials :math:`u^\alpha`, whose norms mean nothing for n > 1.
    time : {"discrete", "euler"}
        Lift the step itself (exact blocks with all orders of the learning
        rate), or lift the differential equation and take an Euler step,
        :math:`B=I+A`.

    Returns
    -------
    Lifting

    Raises
    ------
    ValueError
        If order < 1, or basis or time is unknown, or the lifted vector
        would not fit in memory.

    References
    ----------
    Liu et al. (2024), Eq. (5); the discrete blocks, with proof, in
    chapter 2 and the appendix of the book.

    Examples
    --------
    >>> step = PolynomialMap({1: [[-0.1]], 2: [[-0.1]]})
    >>> lift(step, order=2).matrix.toarray().round(3).tolist()
    [[0.9, -0.1], [0.0, 0.81]]
    >>> lift(step, order=2, time="euler").matrix.toarray().tolist()
    [[0.9, -0.1], [0.0, 0.8]]
    """
    _check_options(step, order, basis, time)
    if basis == "kronecker":
        blocks = kronecker_blocks(step, order, time)
    elif time == "discrete":
        blocks = discrete_blocks(step, order)
    else:
        blocks = generator_blocks(step, order)
    matrix, forcing = _assemble(blocks, step.n, order, basis)
    if time == "euler":
        matrix = sp.csr_array(matrix + sp.eye_array(matrix.shape[0]))
    return Lifting(step, order, basis, time, matrix, forcing)


def carleman_generator(
    step: PolynomialMap, order: int, basis: Basis = "symmetric"
) -> sp.csr_array:
    r"""The continuous-time Carleman matrix :math:`A`, truncated.

    :math:`\dot y_j=\sum_\ell A_{j,j+\ell-1}y_{j+\ell-1}` for
    :math:`\dot u=\sum_\ell F_\ell u^{\otimes\ell}`. The forcing
    :math:`F_0` couples block :math:`j` to :math:`j-1`; its part without a
    column, :math:`\dot y_1=F_0+\dots`, is ``lift(..., time="euler").forcing``.

    Parameters
    ----------
    step, order, basis
        As for :func:`lift`.

    Returns
    -------
    csr_array, shape (dimension, dimension)

    Raises
    ------
    ValueError
        As :func:`lift`.

    References
    ----------
    Liu et al., PNAS 118:e2026805118 (2021).

    Examples
    --------
    >>> step = PolynomialMap({1: [[-0.1]], 2: [[-0.1]]})
    >>> carleman_generator(step, order=2).toarray().tolist()
    [[-0.1, -0.1], [0.0, -0.2]]
    """
    _check_options(step, order, basis, "euler")
    if basis == "kronecker":
        blocks = kronecker_blocks(step, order, "euler")
    else:
        blocks = generator_blocks(step, order)
    return _assemble(blocks, step.n, order, basis)[0]


def _check_options(
    step: PolynomialMap, order: int, basis: str, time: str
) -> None:
    if not isinstance(step, PolynomialMap):
        raise TypeError(
            f"expected a PolynomialMap, got {type(step).__name__}; build one "
            "with PolynomialMap.from_loss or from_update"
        )
    if order < 1:
        raise ValueError(f"expected order >= 1, got order={order}")
    for value, options in ((basis, get_args(Basis)), (time, get_args(Time))):
        if value not in options:
            raise ValueError(f"expected one of {options}, got {value!r}")
    size = dimension(step.n, order, basis)
    if size > 10**8:
        raise ValueError(
            f"the {basis} lifting of {step.n} weights at order {order} has "
            f"{size:,} rows; lower the order, restrict the weights"
            + (", or use basis='symmetric'" if basis == "kronecker" else "")
        )


def _assemble(
    blocks: Blocks, n: int, order: int, basis: Basis
) -> tuple[sp.csr_array, Floats]:
    degrees = range(1, order + 1)
    size = {
        j: dimension(n, j, basis) - dimension(n, j - 1, basis) for j in degrees
    }
    scale = {j: np.ones(size[j]) for j in degrees}
    if basis == "symmetric":
        scale = {j: np.sqrt(multinomials(multisets(n, j))) for j in degrees}
    forcing = [np.zeros(size[j]) for j in degrees]
    grid: list[list[Any]] = []
    for j in degrees:
        if (j, 0) in blocks:
            forcing[j - 1] = scale[j] * blocks[j, 0].toarray().ravel()
        grid.append(
            [
                _rescale(blocks[j, k], scale[j], scale[k])
                if (j, k) in blocks
                else sp.csr_array((size[j], size[k]))
                for k in degrees
            ]
        )
    matrix = sp.csr_array(sp.block_array(grid, format="csr"))
    return matrix, np.concatenate(forcing)


def _rescale(block: sp.csr_array, rows: Floats, columns: Floats) -> Any:
    data = block.data * np.repeat(rows, np.diff(block.indptr))
    data /= columns[block.indices]
    return sp.csr_array((data, block.indices, block.indptr), block.shape)
