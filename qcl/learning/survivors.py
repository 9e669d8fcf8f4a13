"""Which weights survive: one form for masks and index lists."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Indices: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]


def survivors(keep: Any, parameters: int) -> Indices:
    """Return the surviving weights as indices.

    Parameters
    ----------
    keep : array of int or bool, or None
        Distinct indices in any order, or a mask; None keeps every weight.
    parameters : int
        Number of weights.

    Returns
    -------
    ndarray of int64
        In the order given; ascending for a mask.

    Raises
    ------
    ValueError
        If a mask has the wrong length, an index repeats or is out of range,
        or no weight survives.

    Examples
    --------
    >>> survivors([False, True, True], 3).tolist(), survivors([2, 0], 3)
    ([1, 2], array([2, 0]))
    """
    if keep is None:
        return np.arange(parameters, dtype=np.int64)
    array = np.asarray(keep)
    if array.dtype == bool:
        if array.shape != (parameters,):
            raise ValueError(
                f"expected a mask of shape ({parameters},), got {array.shape}"
            )
        array = np.flatnonzero(array)
    if array.ndim != 1 or not array.size:
        raise ValueError(
            "expected a list of surviving weights, or a mask that keeps at "
            f"least one, got {keep!r}"
        )
    whole = np.issubdtype(array.dtype, np.integer)
    if not whole or array.min() < 0 or array.max() >= parameters:
        raise ValueError(
            f"expected weight indices in 0..{parameters - 1}, got {keep!r}"
        )
    if np.unique(array).size < array.size:
        raise ValueError(f"expected distinct weight indices, got {keep!r}")
    return array.astype(np.int64)
