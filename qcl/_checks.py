"""The guard at every door: checks that convert and return, or refuse.

Every public function passes its arguments through these first. What can only
mean one thing is accepted and returned in the form that the code behind
needs (an integer given as 3.0, a list for an array, a column for a vector);
everything else is refused with a :class:`TypeError` or :class:`ValueError`
that states the fact and the remedy. Nothing is evaluated, kept or changed:
an array comes back as a copy.

NumPy and sympy are loaded by the check that needs them, so that this module
also runs where nothing compiled is installed.
"""

from collections.abc import Callable, Iterable, Sequence
from math import prod
from numbers import Complex, Integral, Real
from typing import Any

CEILING = 2 * 10**9  # bytes that one call may need

# Each noun of the book, and the arrow that leads to it.
_ARROWS = {
    "PolynomialMap": "make one with qcl.PolynomialMap.from_loss or "
    "from_update",
    "Lifting": "call qcl.lift first",
    "LinearSystem": "call qcl.stack first",
    "QuantumSolution": "call qcl.hhl or qcl.qsvt first",
    "Dataset": "make one with qcl.Dataset(...), qcl.digits or qcl.two_class",
    "Layers": "make one with qcl.PolynomialMLP or qcl.DenseMLP",
    "PolynomialMLP": "make one with qcl.PolynomialMLP(sizes)",
    "Spectrum": "call qcl.hessian_spectrum or qcl.lanczos_quadrature first",
    "Schedule": "make one with qcl.Schedule(eta=..., dwells=..., ...)",
    "Clock": "make one with qcl.Clock(qubits, time, constant)",
    "HermitianProblem": "call qcl.embed_hermitian first",
    "HHLResult": "call qcl.hhl first",
    "Resources": "call qcl.resources first",
    "Diagram": "take one from qcl.diagrams",
    "History": "take one from qcl.histories",
}


def a_noun(value: Any, noun: str, also: str = "") -> Any:
    """Return a value that is one of qcl's nouns, named by its class.

    Parameters
    ----------
    value : object
        What the caller gave.
    noun : str
        A class of qcl; its subclasses will do.
    also : str
        What else the function takes, for the message.

    Raises
    ------
    TypeError
        If it is anything else; the message names the missing arrow.

    Examples
    --------
    >>> import qcl
    >>> step = qcl.PolynomialMap({1: [[-0.5]]})
    >>> a_noun(step, "Lifting")
    Traceback (most recent call last):
    TypeError: expected a Lifting, got a PolynomialMap; call qcl.lift first
    """
    if is_noun(value, noun):
        return value
    raise TypeError(
        f"expected a {noun}{also}, got {kind_of(value)}; {_ARROWS[noun]}"
    )


def is_noun(value: Any, noun: str) -> bool:
    """Whether a value is one of qcl's nouns, named by its class."""
    return any(
        base.__name__ == noun and base.__module__.startswith("qcl.")
        for base in type(value).__mro__
    )


def a_step(value: Any) -> Any:
    """Return a PolynomialMap; see :func:`a_noun`."""
    return a_noun(value, "PolynomialMap")


def a_lifting(value: Any) -> Any:
    """Return a Lifting; see :func:`a_noun`."""
    return a_noun(value, "Lifting")


def a_system(value: Any) -> Any:
    """Return a LinearSystem; see :func:`a_noun`."""
    return a_noun(value, "LinearSystem")


def a_result(value: Any, also: str = "") -> Any:
    """Return a quantum solver's result; see :func:`a_noun`."""
    return a_noun(value, "QuantumSolution", also)


def a_dataset(value: Any) -> Any:
    """Return a Dataset; see :func:`a_noun`."""
    return a_noun(value, "Dataset")


def a_count(
    value: Any,
    name: str,
    least: int = 0,
    most: int | None = None,
    remedy: str = "",
) -> int:
    """Return a whole number within its limits.

    Parameters
    ----------
    value : object
        An integer of any kind, or a float without a fraction; no bool.
    name : str
        The argument, for the message.
    least, most : int
        Limits, included. ``most`` is a ceiling on work, not a wish: set it
        where more would take minutes or gigabytes.
    remedy : str
        What to do about a value over the ceiling.

    Raises
    ------
    TypeError
        If it is no whole number.
    ValueError
        If it is out of its limits.

    Examples
    --------
    >>> a_count(3.0, "T"), a_count(0, "T", least=1)
    Traceback (most recent call last):
    ValueError: expected T >= 1, got T=0
    """
    whole = _whole(value)
    if whole is None:
        raise TypeError(
            f"expected an integer {name}, got {name}={_short(value)}"
        )
    if whole < least:
        raise ValueError(f"expected {name} >= {least}, got {name}={whole}")
    if most is not None and whole > most:
        hint = f"; {remedy}" if remedy else ""
        raise ValueError(
            f"expected {name} <= {most:,}, got {name}={whole:,}{hint}"
        )
    return whole


def a_number(
    value: Any,
    name: str,
    *,
    least: float | None = None,
    above: float | None = None,
    most: float | None = None,
    below: float | None = None,
) -> float:
    """Return a finite real number within its limits, as a float.

    ``least`` and ``most`` are included, ``above`` and ``below`` are not.

    Raises
    ------
    TypeError
        If it is no real number.
    ValueError
        If it is NaN, infinite, beyond floats or out of its limits.

    Examples
    --------
    >>> a_number(float("nan"), "eta", above=0)
    Traceback (most recent call last):
    ValueError: expected a finite number eta > 0, got eta=nan
    """
    words = [
        f"{sign} {limit:g}"
        for sign, limit in (
            (">", above),
            (">=", least),
            ("<", below),
            ("<=", most),
        )
        if limit is not None
    ]
    wanted = " ".join([name, " and ".join(words)]).strip()
    number = _real(value)
    if number is None:
        raise TypeError(
            f"expected a real number {wanted}, got {name}={_short(value)}"
        )
    if not abs(number) < float("inf"):
        raise ValueError(
            f"expected a finite number {wanted}, got {name}={_short(value)}"
        )
    fits = (
        (above is None or number > above)
        and (least is None or number >= least)
        and (below is None or number < below)
        and (most is None or number <= most)
    )
    if not fits:
        raise ValueError(f"expected {wanted}, got {name}={_short(value)}")
    return number


def a_fraction(value: Any, name: str) -> float:
    """Return a number in (0, 1): an error, a level, a share.

    Raises
    ------
    TypeError
        If it is no real number.
    ValueError
        If it is not in (0, 1).

    Examples
    --------
    >>> a_fraction(1.5, "error")
    Traceback (most recent call last):
    ValueError: expected an error in (0, 1), got error=1.5
    """
    article = "an" if name[0] in "aeiou" else "a"
    number = _real(value)
    if number is None or not 0 < number < 1:
        error = TypeError if number is None else ValueError
        raise error(
            f"expected {article} {name} in (0, 1), got {name}={_short(value)}"
        )
    return number


def a_flag(value: Any, name: str) -> bool:
    """Return a bool; nothing else counts as true or false.

    Raises
    ------
    TypeError
        If it is not True or False.
    """
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return bool(value)
    raise TypeError(
        f"expected {name}=True or False, got {name}={_short(value)}"
    )


def a_choice(value: Any, options: Iterable[Any], name: str) -> Any:
    """Return a value that is one of a few words.

    Raises
    ------
    ValueError
        If it is none of them.
    """
    options = tuple(options)
    if (isinstance(value, str) or value is None) and value in options:
        return value
    raise ValueError(
        f"expected {name} to be one of {options}, got {_short(value)}"
    )


def an_expression(value: Any, what: str) -> Any:
    """Return a sympy expression; a string is never evaluated.

    Raises
    ------
    TypeError
        If it is a string or anything else that is no sympy expression.

    Examples
    --------
    >>> an_expression("u**2", "a loss")
    Traceback (most recent call last):
    TypeError: expected a loss as a sympy expression, got the text 'u**2'; \
write it with sympy.symbols
    """
    import sympy

    if isinstance(value, sympy.Poly):
        return value.as_expr()
    if isinstance(value, sympy.Expr):
        return value
    if isinstance(value, str | bytes):
        raise TypeError(
            f"expected {what} as a sympy expression, got the text "
            f"{_short(value)}; write it with sympy.symbols"
        )
    if isinstance(value, Complex) and not isinstance(value, bool):
        return sympy.sympify(value)
    raise TypeError(
        f"expected {what} as a sympy expression, got {kind_of(value)}"
    )


def symbols_of(value: Any, name: str, count: int | None = None) -> list[Any]:
    """Return distinct sympy symbols; a single one stands for itself.

    Raises
    ------
    TypeError
        If one of them is no symbol.
    ValueError
        If there is none, one appears twice, or there are not ``count``.
    """
    import sympy

    if isinstance(value, sympy.Symbol):
        value = [value]
    found = items_of(value)
    if found is None:
        raise TypeError(
            f"expected sympy symbols as {name}, got {_short(value)}; make "
            "them with sympy.symbols"
        )
    for symbol in found:
        if not isinstance(symbol, sympy.Symbol):
            raise TypeError(
                f"expected sympy symbols as {name}, got {_short(symbol)} "
                "among them; make them with sympy.symbols"
            )
    if not found:
        raise ValueError(f"expected at least one symbol as {name}, got none")
    if len(set(found)) < len(found):
        raise ValueError(f"expected distinct symbols as {name}, got {found}")
    if count is not None and len(found) != count:
        raise ValueError(
            f"expected {count} symbols, one for each weight, got {len(found)}"
        )
    return found


def items_of(value: Any) -> list[Any] | None:
    """Return the items of a collection; None for text and single things.

    Also for an iterator, which reading would use up.

    Examples
    --------
    >>> items_of((1, 2)), items_of("ab"), items_of(3)
    ([1, 2], None, None)
    """
    if isinstance(value, str | bytes) or hasattr(value, "__next__"):
        return None
    try:
        return list(value)
    except TypeError:
        return None


def finite_reals(
    value: Any, what: str, shape: Sequence[int | None] | None = None
) -> Any:
    """Return finite real numbers as a new float array.

    Parameters
    ----------
    value : array-like
        Numbers of any kind: a list, an array, sympy numbers.
    what : str
        What they are, with its article, for the message.
    shape : sequence of int or None, optional
        The shape wanted; None leaves an axis free. Where a vector is wanted
        a single column or row is one.

    Raises
    ------
    TypeError
        If they are no numbers: text, dates, masked values, objects.
    ValueError
        If some are complex, NaN, infinite or beyond floats, the rows differ
        in length, or the shape is another one.

    Examples
    --------
    >>> finite_reals([[1], [2]], "the start", shape=(2,)).tolist()
    [1.0, 2.0]
    """
    return _finite(value, what, shape, real=True)


def reals(
    value: Any, what: str, shape: Sequence[int | None] | None = None
) -> Any:
    """Return real numbers as a new float array, NaN and infinity among them.

    As :func:`finite_reals`, for what may end or diverge: a curve to draw.

    Examples
    --------
    >>> reals([1, float("inf")], "the curve")
    array([ 1., inf])
    """
    return _finite(value, what, shape, real=True, finite=False)


def finite_numbers(
    value: Any, what: str, shape: Sequence[int | None] | None = None
) -> Any:
    """Return finite real or complex numbers as a new array.

    As :func:`finite_reals`, with complex numbers allowed: also those inside
    an object array keep their imaginary part.

    Examples
    --------
    >>> import numpy as np
    >>> finite_numbers(np.array([1, 2j], dtype=object), "the matrix")
    array([1.+0.j, 0.+2.j])
    """
    return _finite(value, what, shape, real=False)


def an_array(value: Any, what: str) -> Any:
    """Return what NumPy makes of numbers, as they are.

    Raises
    ------
    TypeError
        If it is masked, or nothing that holds numbers.
    ValueError
        If the rows differ in length.
    """
    import numpy as np

    if hasattr(value, "toarray") and hasattr(value, "nnz"):
        room_for(8 * prod(value.shape), what, "pass something smaller")
        value = value.toarray()
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(
            f"expected plain numbers in {what}, got a masked array; fill it "
            "or drop the masked entries"
        )
    plain = isinstance(value, np.ndarray | list | tuple | range | Complex)
    convertible = hasattr(value, "__array__") or hasattr(value, "is_number")
    if not (plain or convertible) or isinstance(value, bool):
        raise TypeError(f"expected numbers in {what}, got {kind_of(value)}")
    try:
        return np.asarray(value)
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise ValueError(
            f"expected numbers in {what}, in rows of equal length"
        ) from error


def shaped(array: Any, what: str, shape: Sequence[int | None]) -> Any:
    """Return an array of the shape wanted; see :func:`finite_reals`.

    Raises
    ------
    ValueError
        If the shape is another one.
    """
    fits = _fits(array.shape, shape)
    if not fits and len(shape) == 1 and array.ndim == 2 and 1 in array.shape:
        array = array.ravel()
        fits = _fits(array.shape, shape)
    if not fits:
        wanted = ", ".join("any" if n is None else str(n) for n in shape)
        comma = "," if len(shape) == 1 else ""
        raise ValueError(
            f"expected {what} of shape ({wanted}{comma}), got {array.shape}"
        )
    return array


def a_generator(rng: Any) -> Any:
    """Return a NumPy generator, from a seed or from one (SPEC 7).

    Raises
    ------
    TypeError
        If it is neither an integer nor a Generator.
    ValueError
        If the seed is negative.

    Examples
    --------
    >>> int(a_generator(7).integers(10)) == int(a_generator(7).integers(10))
    True
    """
    import numpy as np

    if isinstance(rng, np.random.Generator):
        return rng
    if isinstance(rng, Integral) and not isinstance(rng, bool):
        if rng < 0:
            raise ValueError(f"expected a seed rng >= 0, got rng={rng}")
        return np.random.default_rng(int(rng))
    raise TypeError(
        "expected rng, an integer seed or a numpy.random.Generator, got "
        f"{_short(rng)}; pass for example rng=0"
    )


def room_for(needed: float, what: str, remedy: str) -> None:
    """Refuse work that would need more than 2 GB, before it starts.

    Parameters
    ----------
    needed : float
        Bytes.
    what : str
        What would be made.
    remedy : str
        What to change, with the size that would fit.

    Raises
    ------
    ValueError
        If there is no room.
    """
    if needed > CEILING:
        gigabytes = min(needed, 10**300) / 1e9
        raise ValueError(
            f"{what} would need {gigabytes:,.3g} GB and a call may take "
            f"{CEILING / 1e9:g} GB; {remedy}"
        )


def room_for_size(
    cost: Callable[[int], float],
    size: int,
    name: str,
    what: str,
    also: str = "",
) -> None:
    """Refuse a size that would need more than 2 GB, and name one that fits.

    Parameters
    ----------
    cost : callable
        Bytes that a size needs; it never falls with the size.
    size : int
        The size asked for.
    name, what : str
        The argument, and what would be made.
    also : str
        What else would help, for the end of the message.

    Raises
    ------
    ValueError
        If there is no room.

    Examples
    --------
    >>> room_for_size(lambda T: 8 * T**2, 10**5, "T", "the matrix")
    Traceback (most recent call last):
    ValueError: the matrix would need 80 GB and a call may take 2 GB; \
T=15811 would fit
    """
    if cost(size) > CEILING:
        fits, fails = 0, size
        while fails - fits > 1:
            middle = (fits + fails) // 2
            if cost(middle) > CEILING:
                fails = middle
            else:
                fits = middle
        remedy = f"{name}={fits} would fit" if fits else f"lower {name}"
        room_for(cost(size), what, remedy + also)


def kind_of(value: Any) -> str:
    """Name what a value is, with its article, for a message."""
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _short(value: Any) -> str:
    """Return the repr of a value, if it is short and safe to make."""
    if isinstance(value, int) and abs(value) >= 10**20:
        return f"an integer of {value.bit_length()} bits"
    plain = (bool, int, float, complex, str, bytes, type(None))
    small = isinstance(value, plain) or hasattr(value, "is_number")
    if not small and getattr(value, "shape", None) == ():
        small = True
    if not small:
        return kind_of(value)
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _whole(value: Any) -> int | None:
    """Return the integer that a value is, or None."""
    value = _scalar(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        number = float(value)
        return int(number) if number.is_integer() else None
    if getattr(value, "is_Integer", False):
        return int(value)
    return None


def _real(value: Any) -> float | None:
    """Return the float that a real number is, or None."""
    value = _scalar(value)
    if isinstance(value, bool):
        return None
    exact = getattr(value, "is_number", False) and hasattr(value, "is_real")
    if not (isinstance(value, Real) or exact):
        return None
    try:
        return float(value)
    except OverflowError:
        return float("inf")
    except TypeError:  # a complex sympy number
        return None


def _scalar(value: Any) -> Any:
    """Take a number out of an array that holds nothing else."""
    if getattr(value, "shape", None) != () or not hasattr(value, "item"):
        return value
    if type(value).__name__ in ("MaskedArray", "MaskedConstant"):
        return None
    if getattr(value, "dtype", None) is not None and value.dtype.kind in "mM":
        return None
    return value.item()


def _finite(
    value: Any,
    what: str,
    shape: Sequence[int | None] | None,
    real: bool,
    finite: bool = True,
) -> Any:
    import numpy as np

    array = an_array(value, what)
    if array.dtype == object:
        array = _unboxed(array, what)
    if array.dtype.kind == "c" and real:
        if array.imag.any():
            raise ValueError(
                f"expected real numbers in {what}, got complex ones"
            )
        array = array.real
    if array.dtype.kind not in "iufc" and array.size:
        raise TypeError(
            f"expected numbers in {what}, got entries of type {array.dtype}"
        )
    array = array.astype(complex if array.dtype.kind == "c" else float)
    if finite and not np.isfinite(array).all():
        raise ValueError(
            f"expected finite numbers in {what}, got NaN or infinity"
        )
    return array if shape is None else shaped(array, what, shape)


def _unboxed(array: Any, what: str) -> Any:
    """Turn an object array into floats, or complex numbers if it has any."""
    import numpy as np

    values = []
    for entry in array.flat:
        number: Any = _real(entry)
        if number is None:
            number = _complex(entry)
        if number is None:
            raise TypeError(
                f"expected numbers in {what}, got {_short(entry)} among them"
            )
        values.append(number)
    return np.array(values, dtype=None if values else float).reshape(
        array.shape
    )


def _complex(value: Any) -> complex | None:
    value = _scalar(value)
    exact = getattr(value, "is_number", False)
    if isinstance(value, bool | str) or not (
        isinstance(value, Complex) or exact
    ):
        return None
    try:
        return complex(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _fits(found: Sequence[int], wanted: Sequence[int | None]) -> bool:
    return len(found) == len(wanted) and all(
        w is None or f == w for f, w in zip(found, wanted, strict=True)
    )
