"""The arrow from a lifting to its linear system."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from qcl._checks import (
    CEILING,
    a_count,
    a_flag,
    a_number,
    finite_reals,
    room_for,
)
from qcl.lifting.algebra.basis import dimension
from qcl.lifting.carleman.lift import Lifting
from qcl.solving.stacking.scaling import MOST_STEPS, choose_scale, one_each
from qcl.solving.stacking.system import LinearSystem

_BYTES = 24  # of one entry of a sparse matrix while it is made


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
    T = a_count(T, "T", 1, MOST_STEPS, "stack fewer steps")
    padding = a_count(padding, "padding", 0, MOST_STEPS)
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
        units = _units(first, scale)
        made = {x: _step(x, units, constant) for x in set(liftings)}
        start = first.embed(u0) * units
    if constant:
        start = np.insert(start, 0, 1.0)
    steps, forcings = zip(*(made[item] for item in liftings), strict=True)
    rhs = np.concatenate([start, *forcings, np.zeros(len(start) * padding)])
    numbers = [rhs, *(matrix.data for matrix, _ in made.values())]
    if not all(np.isfinite(x).all() for x in numbers):
        raise ValueError(
            f"in units of scale={scale:.3g} the powers of the weights up to "
            f"order {first.order} leave the range of floats; choose a scale "
            "near the size of the weights, or scale='auto'"
        )
    if not rhs.any():
        raise ValueError(
            "the right-hand side is zero: the start is u = 0 and nothing "
            "drives it; expand about another point or start elsewhere"
        )
    matrix = _stacked(steps, padding)
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


def _stacked(steps: Sequence[sp.csr_array], padding: int) -> sp.csr_array:
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


def _units(lifting: Lifting, scale: float) -> npt.NDArray[np.float64]:
    """One over the unit of each entry of a lifted vector."""
    degrees = np.arange(1, lifting.order + 1)
    n, basis = lifting.n, lifting.basis
    ends = [dimension(n, int(j), basis) for j in (0, *degrees)]
    return np.repeat(float(scale) ** -degrees, np.diff(ends))


def _step(
    lifting: Lifting, units: npt.NDArray[np.float64], constant: bool
) -> tuple[sp.csr_array, npt.NDArray[np.float64]]:
    """Matrix and forcing of a step, in the units and with the constant."""
    matrix = sp.csr_array(
        sp.diags_array(units) @ lifting.matrix @ sp.diags_array(1 / units)
    )
    forcing = units * lifting.forcing
    if not constant:
        return matrix, forcing
    column = sp.csr_array(forcing[:, None])
    one = sp.csr_array(np.ones((1, 1)))
    carried = sp.block_array([[one, None], [column, matrix]], format="csr")
    return sp.csr_array(carried), np.zeros(len(forcing) + 1)
