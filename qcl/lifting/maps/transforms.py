"""A step in other coordinates."""

from typing import Any

import numpy as np
import numpy.typing as npt

from qcl._checks import a_step, finite_reals, room_for
from qcl.lifting.algebra.terms import Terms, nonzero_entries
from qcl.lifting.maps.polynomial import PolynomialMap, step_of_terms

_SINGULAR = 1e14  # condition numbers beyond it


def in_coordinates(step: PolynomialMap, matrix: Any) -> PolynomialMap:
    r"""The same step for :math:`v=Wu`: :math:`W\circ\Phi\circ W^{-1}`.

    :math:`F_\ell\mapsto WF_\ell(W^{-1})^{\otimes\ell}`.

    Parameters
    ----------
    step : PolynomialMap
        The step; it becomes a float one.
    matrix : array of shape (n, n)
        :math:`W`, invertible.

    Raises
    ------
    TypeError
        If it is no step or no matrix of numbers.
    ValueError
        If the matrix has the wrong shape or is singular up to rounding, or
        a tensor is too large to be transformed densely (a diagonal matrix
        has no limit).

    Examples
    --------
    >>> step = PolynomialMap({2: [[3.0]]})
    >>> in_coordinates(step, [[0.5]]).F(2).tolist()
    [[6.0]]
    """
    step = a_step(step).as_float()
    W = finite_reals(matrix, "the change of coordinates", (step.n, step.n))
    diagonal = np.diag(W)
    if not (W - np.diag(diagonal)).any() and diagonal.all():
        parts = [_stretched(part, diagonal) for part in step.parts]
        return step_of_terms(step.n, parts, exact=False)
    values = np.linalg.svd(W, compute_uv=False)
    if not values[0] < _SINGULAR * values[-1]:
        raise ValueError(
            "expected an invertible change of coordinates, got a singular "
            f"matrix (largest singular value {values[0]:.3g}, smallest "
            f"{values[-1]:.3g})"
        )
    inverse = np.linalg.inv(W)
    tensors = {part.degree: _turned(part, W, inverse) for part in step.parts}
    return PolynomialMap(tensors or {1: np.zeros(W.shape)})


def _stretched(part: Terms, scale: npt.NDArray) -> Terms:
    """Scale every weight by its own factor."""
    row, column, values = nonzero_entries(part.coefficients)
    with np.errstate(over="ignore"):
        values = values * scale[row]
        for index in part.multisets.T:  # one by one: their product may
            values = values / scale[index[column]]  # leave the float range
    return Terms.from_entries(part.n, part.multisets, row, column, values)


def _turned(part: Terms, W: npt.NDArray, inverse: npt.NDArray) -> npt.NDArray:
    n, degree = part.n, part.degree
    room_for(
        24 * n ** (degree + 1),
        f"turning F_{degree} of {n} weights densely",
        "use a diagonal matrix, which only scales",
    )
    tensor = (W @ part.tensor()).reshape((n,) * (degree + 1))
    for _ in range(degree):  # the front input leg moves to the end
        tensor = np.tensordot(tensor, inverse, axes=(1, 0))
    return tensor.reshape(n, n**degree)
