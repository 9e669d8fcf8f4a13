"""Numbers: exact rationals kept exact, everything else finite floats."""

from numbers import Integral
from numbers import Rational as PythonRational
from typing import Any

import numpy as np
import numpy.typing as npt


def is_exact(array: Any) -> bool:
    """Whether every entry is an integer or a rational number.

    Examples
    --------
    >>> import sympy
    >>> is_exact([1, 2]), is_exact([sympy.Rational(1, 3)]), is_exact([0.5])
    (True, True, False)
    """
    array = np.asarray(array)
    if np.issubdtype(array.dtype, np.integer):
        return True
    return array.dtype == object and all(_is_rational(x) for x in array.flat)


def _is_rational(x: Any) -> bool:
    if isinstance(x, PythonRational):
        return not isinstance(x, bool)
    return bool(getattr(x, "is_Rational", False))


def rationals(array: npt.NDArray) -> npt.NDArray:
    """Return an exact array as an object array of sympy rationals."""
    import sympy

    out = np.empty(array.size, dtype=object)
    out[:] = [sympy.Rational(str(x)) for x in array.ravel().tolist()]
    return out.reshape(array.shape)


def finite(array: npt.NDArray, what: str) -> npt.NDArray[np.float64]:
    """Return an array as finite floats.

    Raises
    ------
    ValueError
        On complex numbers, symbols, NaN or infinity; ``what`` names the
        array in the message.

    Examples
    --------
    >>> finite(np.array([1, 2]), "the start").tolist()
    [1.0, 2.0]
    """
    if np.iscomplexobj(array):
        raise ValueError(f"expected real numbers in {what}, got complex ones")
    try:
        floats = array.astype(float)
    except OverflowError as error:
        raise ValueError(
            f"expected finite numbers in {what}, got one beyond floats"
        ) from error
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"expected numbers in {what}, got {array.ravel()[:3].tolist()}"
        ) from error
    if not np.isfinite(floats).all():
        raise ValueError(
            f"expected finite numbers in {what}, got NaN or infinity"
        )
    return floats


def check_integer(value: Any, name: str) -> None:
    """Raise TypeError unless the value is an integer (bool is not)."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"expected an integer {name}, got {name}={value!r}")


def check_range(point: npt.NDArray, t: int) -> None:
    """Raise OverflowError if a trajectory has left the range of floats."""
    if point.dtype != object and not np.isfinite(point).all():
        raise OverflowError(
            f"the trajectory leaves the range of floats at step {t}; start "
            "inside the basin of a fixed point or take fewer steps"
        )


def zeros(shape: tuple[int, ...], exact: bool) -> npt.NDArray:
    """Return zeros: sympy integers if exact, floats otherwise."""
    if not exact:
        return np.zeros(shape)
    import sympy

    return np.full(shape, sympy.Integer(0), dtype=object)
