"""Checks on what is handed to the drawers, in words that name the remedy."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

__all__ = ["as_interval", "as_series", "as_vector"]


def as_vector(values: Any, name: str, size: int | None = None) -> np.ndarray:
    """Return the values as a 1-D array of floats.

    A column of shape (T+1, 1), such as a 1-D trajectory, is flattened.

    Parameters
    ----------
    values : array_like, shape (k,) or (k, 1)
        The values; they may hold NaN or infinity.
    name : str
        What to call them in an error.
    size : int, optional
        The length they must have.

    Returns
    -------
    ndarray, shape (k,)

    Raises
    ------
    ValueError
        If they are complex, empty, of more dimensions or of another length.

    Examples
    --------
    >>> as_vector([[1], [2]], "weights")
    array([1., 2.])
    """
    array = np.asarray(values)
    if np.iscomplexobj(array):
        raise ValueError(
            f"expected real {name}, got complex values; pass the real part "
            "or the modulus"
        )
    array = array.astype(float)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1 or array.size == 0:
        raise ValueError(
            f"expected {name} of shape (k,), got shape {array.shape}; pick "
            "one component or one norm a step"
        )
    if size is not None and array.size != size:
        raise ValueError(
            f"expected {size} {name}, got {array.size}; both go by the same "
            "index"
        )
    return array


def as_series(series: Mapping[str, Any], name: str) -> dict[str, np.ndarray]:
    """Return named curves as named 1-D float arrays.

    Parameters
    ----------
    series : mapping of str to array_like, shape (k,) or (k, 1)
        The curves.
    name : str
        What to call them in an error.

    Returns
    -------
    dict of str to ndarray, shape (k,)

    Raises
    ------
    ValueError
        If it is no mapping, is empty, or holds a curve with no finite value.

    Examples
    --------
    >>> as_series({"exact": [1, 2]}, "series")
    {'exact': array([1., 2.])}
    """
    if not isinstance(series, Mapping) or not series:
        raise ValueError(
            f"expected {name} as a non-empty mapping from label to values, "
            f"got {type(series).__name__}"
        )
    arrays = {
        str(k): as_vector(v, f"{name}[{k!r}]") for k, v in series.items()
    }
    for key, array in arrays.items():
        if not np.isfinite(array).any():
            raise ValueError(
                f"expected a finite value in {name}[{key!r}], got none; "
                "shorten the run or drop the curve"
            )
    return arrays


def as_interval(interval: Sequence[float]) -> tuple[float, float]:
    """Return the ends of an interval that is not empty.

    Parameters
    ----------
    interval : (low, high)
        The ends.

    Returns
    -------
    low, high : float

    Raises
    ------
    ValueError
        If ``low < high`` does not hold.

    Examples
    --------
    >>> as_interval((-1, 2))
    (-1.0, 2.0)
    """
    low, high = (float(v) for v in interval)
    if not low < high:
        raise ValueError(
            f"expected interval (low, high) with low < high, got "
            f"({low:g}, {high:g})"
        )
    return low, high
