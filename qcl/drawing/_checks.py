"""Checks on what is handed to the drawers; like qcl's, they return it."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
from matplotlib.colors import to_hex

from qcl._checks import a_number, kind_of, reals

_LARGEST = 1e150  # an axis squares what it shows


def as_vector(
    values: Any, name: str, size: int | None = None, *, finite: bool = False
) -> np.ndarray:
    """Return the values as a 1-D array of floats.

    A column of shape (T+1, 1), such as a 1-D trajectory, is flattened.

    Parameters
    ----------
    values : array_like, shape (k,) or (k, 1)
        The values.
    name : str
        What to call them in an error.
    size : int, optional
        The length they must have.
    finite : bool
        Whether NaN and infinity are refused.

    Returns
    -------
    ndarray, shape (k,)

    Raises
    ------
    TypeError
        If they are no numbers.
    ValueError
        If they are complex, too large for an axis, empty, of more
        dimensions or of another length, or not finite where they must be.

    Examples
    --------
    >>> as_vector([[1], [2]], "weights")
    array([1., 2.])
    """
    array = reals(values, name)
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
    if finite and not np.isfinite(array).all():
        raise ValueError(f"expected finite {name}, got NaN or infinity")
    if (np.abs(array[np.isfinite(array)]) > _LARGEST).any():
        raise ValueError(
            f"expected {name} up to {_LARGEST:g} in size, got larger ones; "
            "an axis cannot show them"
        )
    return array


def as_series(series: Any, name: str) -> dict[str, np.ndarray]:
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
            f"got {kind_of(series)}"
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


def as_interval(interval: Any) -> tuple[float, float]:
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
    low, high = as_vector(interval, "ends of the interval", 2, finite=True)
    if not low < high:
        raise ValueError(
            f"expected interval (low, high) with low < high, got "
            f"({low:g}, {high:g})"
        )
    return float(low), float(high)


def as_list(values: Any, what: str, most: int = 10_000) -> list[Any]:
    """Return what a sequence holds, but not the letters of a text.

    An iterator is refused: it would be used up.
    """
    flat = isinstance(values, str | bytes) or getattr(values, "shape", 1) == ()
    once = not isinstance(values, Iterable) or isinstance(values, Iterator)
    if flat or once:
        raise TypeError(
            f"expected a sequence of {what}, got {kind_of(values)}"
        )
    found = list(islice(values, most + 1))
    if len(found) > most:
        raise ValueError(f"expected at most {most} {what}, got more")
    return found


def as_mapping(values: Any, what: str) -> dict[Any, Any]:
    """Return what a mapping holds; None holds nothing."""
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise TypeError(f"expected a mapping of {what}, got {kind_of(values)}")
    return dict(values)


def as_texts(values: Any, what: str) -> list[str]:
    """Return labels as text; numbers are written out."""
    return [a_text(value, what) for value in as_list(values, what)]


def a_text(value: Any, name: str) -> str:
    """Return a text; a number is written out."""
    plain = isinstance(value, str | int | float | np.number)
    if isinstance(value, bool) or not plain:
        raise TypeError(f"expected {name} as text, got {kind_of(value)}")
    return str(value)


def a_colour(value: Any) -> str:
    """Return the hexadecimal form of any colour that matplotlib knows."""
    try:
        return to_hex(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(
            "expected a colour, such as 'red', '#d55e00' or one of "
            f"qcl.drawing.COLOURS, got {kind_of(value)}"
        ) from error


def one_number(value: Any, what: str) -> float:
    """Return the number in an array of one element, whatever its shape."""
    array = reals(value, what)
    if array.size != 1:
        raise ValueError(
            f"expected one number as {what}, got shape {array.shape}"
        )
    return float(array.reshape(()))


def numbers_by_name(
    values: Any, what: str, limit: float = 1e6
) -> dict[str, float]:
    """Return a mapping from text to numbers of moderate size."""
    return {
        str(name): a_number(number, f"{what} of {name!r}", least=-limit,
                            most=limit)
        for name, number in as_mapping(values, what).items()
    }  # fmt: skip


__all__ = [
    "a_colour",
    "a_text",
    "as_interval",
    "as_list",
    "as_mapping",
    "as_series",
    "as_texts",
    "as_vector",
    "numbers_by_name",
    "one_number",
]
