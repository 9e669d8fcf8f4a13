"""Numbers: exact rationals kept exact, everything else finite floats."""

from collections.abc import Sequence
from numbers import Rational as PythonRational
from typing import Any

import numpy as np
import numpy.typing as npt

from qcl._checks import a_number, an_array, finite_reals, shaped

MOST_STEPS = 1_000_000  # of one trajectory
_MOST_BITS = 100_000  # of an exact number on a trajectory


def is_exact(array: Any) -> bool:
    """Whether every entry is an integer or a rational number.

    Examples
    --------
    >>> import sympy
    >>> is_exact([1, 2]), is_exact([sympy.Rational(1, 3)]), is_exact([0.5])
    (True, True, False)
    """
    array = np.asarray(array)
    if array.dtype.kind in "iu":
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


def numbers(
    value: Any,
    what: str,
    shape: Sequence[int | None] | None = None,
    exact: bool = True,
) -> npt.NDArray:
    """Return rationals if that is wanted and they are, else finite floats.

    Parameters
    ----------
    value : array-like
        Numbers of any kind.
    what : str
        What they are, with its article, for the message.
    shape : sequence of int or None, optional
        The shape wanted, as for :func:`qcl._checks.finite_reals`.
    exact : bool
        Whether rationals are wanted.

    Raises
    ------
    TypeError, ValueError
        As :func:`qcl._checks.finite_reals`.

    Examples
    --------
    >>> numbers([1, 2], "the start"), numbers([0.5, 2], "the start")
    (array([1, 2], dtype=object), array([0.5, 2. ]))
    """
    array = an_array(value, what)
    if not (exact and is_exact(array)):
        return finite_reals(array, what, shape)
    kept = rationals(array)
    return kept if shape is None else shaped(kept, what, shape)


def a_scalar(value: Any, name: str, **limits: float) -> Any:
    """Return a number within its limits: a rational if it is one.

    Raises
    ------
    TypeError, ValueError
        As :func:`qcl._checks.a_number`.

    Examples
    --------
    >>> from fractions import Fraction
    >>> a_scalar(Fraction(1, 3), "eta", above=0)
    1/3
    """
    number = a_number(value, name, **limits)
    return rationals(np.asarray([value]))[0] if is_exact([value]) else number


def check_range(point: npt.NDArray, t: int) -> None:
    """Raise OverflowError if a trajectory has left the range of floats.

    Also if the fractions of an exact one have become too long to go on: they
    grow by the degree in every step.
    """
    if point.dtype == object:
        longest = max(int(max(abs(x.p), x.q)).bit_length() for x in point)
        if longest > _MOST_BITS:
            raise OverflowError(
                f"the exact trajectory needs fractions of {longest:,} bits "
                f"at step {t}; start from floats or take fewer steps"
            )
    elif not np.isfinite(point).all():
        raise OverflowError(
            f"the trajectory leaves the range of floats at step {t}; start "
            "inside the basin of a fixed point or take fewer steps"
        )


def read_only(array: Any) -> Any:
    """Return the same array, dense or of sparse rows, closed to writing."""
    if isinstance(array, np.ndarray):
        array.setflags(write=False)
        return array
    if array.data.flags.writeable:
        array.sum_duplicates()
    for part in (array.data, array.indices, array.indptr):
        part.setflags(write=False)
    return array


def zeros(shape: tuple[int, ...], exact: bool) -> npt.NDArray:
    """Return zeros: sympy integers if exact, floats otherwise."""
    if not exact:
        return np.zeros(shape)
    import sympy

    return np.full(shape, sympy.Integer(0), dtype=object)
