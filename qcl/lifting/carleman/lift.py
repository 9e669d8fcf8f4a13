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

from typing import Any, get_args

import numpy as np
import scipy.sparse as sp

from qcl._checks import a_choice, a_count, a_step, room_for_size
from qcl.lifting.algebra.basis import (
    MOST_ORDER,
    Floats,
    dimension,
    multinomials,
    multisets,
)
from qcl.lifting.algebra.exact import read_only
from qcl.lifting.carleman.blocks import (
    Blocks,
    bytes_needed,
    discrete_blocks,
    generator_blocks,
    kronecker_blocks,
    power_rows,
)
from qcl.lifting.carleman.lifting import Basis, Lifting, Time
from qcl.lifting.maps.polynomial import PolynomialMap

__all__ = ["Basis", "Lifting", "Time", "carleman_generator", "lift"]


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
    TypeError
        If it is no PolynomialMap, or order no integer.
    ValueError
        If order < 1, or basis or time is unknown, or the matrix would not
        fit in memory; the message names an order that would.
    OverflowError
        If an entry leaves the range of floats.

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
    order = _checked(step, order, basis, time)
    if step.n == 1 and time == "discrete":
        powers = power_rows(step, order)
        matrix, forcing = _in_range(sp.csr_array(powers[:, 1:]), powers[:, 0])
        return Lifting(step, order, basis, time, read_only(matrix), forcing)
    if basis == "kronecker":
        blocks = kronecker_blocks(step, order, time)
    elif time == "discrete":
        blocks = discrete_blocks(step, order)
    else:
        blocks = generator_blocks(step, order)
    matrix, forcing = _assemble(blocks, step.n, order, basis)
    if time == "euler":
        matrix = sp.csr_array(matrix + sp.eye_array(matrix.shape[0]))
    return Lifting(step, order, basis, time, read_only(matrix), forcing)


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
    TypeError, ValueError, OverflowError
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
    order = _checked(step, order, basis, "euler")
    if basis == "kronecker":
        blocks = kronecker_blocks(step, order, "euler")
    else:
        blocks = generator_blocks(step, order)
    return _assemble(blocks, step.n, order, basis)[0]


def _checked(step: Any, order: Any, basis: Any, time: Any) -> int:
    """Check the options of a lifting; return its order."""
    a_step(step)
    order = a_count(order, "order", least=1, most=MOST_ORDER)
    a_choice(basis, get_args(Basis), "basis")
    a_choice(time, get_args(Time), "time")
    room_for_size(
        lambda N: bytes_needed(step, N, basis, time),
        order,
        "order",
        f"the {basis} lifting of {step.n} weights at order {order}",
        ", or use basis='symmetric'" if basis == "kronecker" else "",
    )
    return order


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
                if j == k  # the others take their shapes from these
                else None
                for k in degrees
            ]
        )
    matrix = sp.csr_array(sp.block_array(grid, format="csr"))
    return _in_range(matrix, np.concatenate(forcing))


def _in_range(matrix: sp.csr_array, f: Floats) -> tuple[sp.csr_array, Floats]:
    if not (np.isfinite(matrix.data).all() and np.isfinite(f).all()):
        raise OverflowError(
            "the lifted matrix leaves the range of floats; rescale the step "
            "or lower the order"
        )
    return matrix, f


def _rescale(block: sp.csr_array, rows: Floats, columns: Floats) -> Any:
    data = block.data * np.repeat(rows, np.diff(block.indptr))
    data /= columns[block.indices]
    return sp.csr_array((data, block.indices, block.indptr), block.shape)
