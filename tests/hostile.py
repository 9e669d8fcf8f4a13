"""Hostile values, and a walk that gives them to every argument of a call.

A call may return or raise; what it raises must be raised by qcl itself, in
seconds, within 2 GB, with all inputs as they were.
"""

import multiprocessing
import pickle
import resource
import signal
import time
import traceback
import warnings
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import scipy.sparse as sp
import sympy

import qcl

SECONDS = 20
BYTES = 2 * 10**9
PACKAGE = Path(qcl.__file__).parent


def _ring():
    ring = []
    ring.append(ring)
    return ring


def values():
    """Return the hostile values by name, made afresh."""
    u = sympy.Symbol("u")
    step = qcl.PolynomialMap({1: [[-0.5]], 2: [[-0.1]]})
    lifting = qcl.lift(step, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        masked = np.ma.masked_array([1.0, 2.0], mask=[True, False])
    return {
        "None": None,
        "True": True,
        "0": 0,
        "-1": -1,
        "1": 1,
        "2": 2,
        "2.5": 2.5,
        "3.0": 3.0,
        "-0.0": -0.0,
        "nan": np.nan,
        "inf": np.inf,
        "-inf": -np.inf,
        "1e308": 1e308,
        "1e-308": 1e-308,
        "10**30": 10**30,
        "2**63": 2**63,
        "1j": 1j,
        "float32": np.float32(2),
        "numpy bool": np.True_,
        "empty text": "",
        "text": "abc",
        "digit text": "1",
        "code": "__import__('os').getpid()",
        "bytes": b"x",
        "empty list": [],
        "empty tuple": (),
        "empty dict": {},
        "nested empty": [[]],
        "list of nan": [np.nan],
        "list of None": [None],
        "list of text": ["a"],
        "list of 1e200": [1e200, 1e200],
        "list of 1e-200": [1e-200, 1e-200],
        "ragged": [[1], [1, 2]],
        "ring": _ring(),
        "one": [1.0],
        "column": [[0.5], [0.5]],
        "empty array": np.zeros(0),
        "no rows": np.zeros((0, 3)),
        "array of nan": np.full(3, np.nan),
        "0-d": np.array(5),
        "cube": np.ones((2, 2, 2)),
        "masked": masked,
        "object complex": np.array([1 + 1j, 2], dtype=object),
        "dates": np.array(["2020-01-01"], dtype="datetime64[D]"),
        "text array": np.array(["1", "2"]),
        "bool array": np.array([True, False]),
        "sparse": sp.eye_array(2, format="csr"),
        "sparse nan": sp.csr_array(np.full((2, 2), np.nan)),
        "singular": np.ones((2, 2)),
        "symbol": u,
        "expression": u**2 / 2,
        "oo": sympy.oo,
        "sympy nan": sympy.nan,
        "fraction": Fraction(1, 3),
        "decimal": Decimal("0.5"),
        "function": abs,
        "lambda": lambda *a, **k: None,
        "object": object(),
        "type": int,
        "iterator": iter([1, 2]),
        "set": {1, 2},
        "range": range(3),
        "Path": Path("nowhere"),
        "Ellipsis": ...,
        "NotImplemented": NotImplemented,
        "odd dict": {0: np.nan, "a": None},
        "step": step,
        "lifting": lifting,
        "system": qcl.stack(lifting, [0.5], 2),
        "pair": (np.eye(2), np.ones(2)),
        "generator": np.random.default_rng(0),
        "RandomState": np.random.RandomState(0),
        "the package": qcl,
    }


def _print(value):
    """Return something that changes if the value does."""
    if isinstance(value, np.random.Generator | Iterator):
        return None  # drawing from it is what it is for
    if isinstance(value, np.ndarray) and value.dtype != object:
        return value.tobytes(), value.flags.writeable, value.shape
    if sp.issparse(value):
        return value.data.tobytes(), value.data.flags.writeable
    if isinstance(value, list | tuple):
        kept = [x for x in value if x is not value]
        return type(value), [_print(x) for x in kept]
    if isinstance(value, dict):
        return {repr(key): _print(x) for key, x in value.items()}
    try:
        return pickle.dumps(value)
    except Exception:
        return id(value)


def _foreign(error):
    """Say where an exception came from, if qcl did not raise it itself."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    ours = Path(frame.filename).is_relative_to(PACKAGE)
    told = ValueError | TypeError | ArithmeticError | OSError
    if ours and isinstance(error, told):
        source = Path(frame.filename).read_text("utf-8").splitlines()
        if source[frame.lineno - 1].lstrip().startswith("raise"):
            return None
    kind = type(error).__name__
    place = f"{Path(frame.filename).name}:{frame.lineno}"
    return f"{kind} at {place}: {str(error)[:90]}"


class _Late(BaseException):
    pass


def _alarm(*_):
    raise _Late


def _used():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _faults(make, arguments):
    """Walk one call in this process; return its faults."""
    signal.signal(signal.SIGALRM, _alarm)
    found = []
    for name in arguments:
        for label in values():
            call, good = make()
            if name not in good:
                raise KeyError(f"{name} is no argument of this case")
            good[name] = values()[label]
            before, start = _print(good), time.monotonic()
            signal.alarm(SECONDS)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    result = call(**good)
                    if hasattr(result, "__next__"):
                        next(result, None)
            except _Late:
                found.append(f"{name}={label}: over {SECONDS} s")
            except Exception as error:
                if fault := _foreign(error):
                    found.append(f"{name}={label}: {fault}")
            finally:
                signal.alarm(0)
            if time.monotonic() - start > SECONDS:
                found.append(f"{name}={label}: over {SECONDS} s")
            if _print(good) != before:
                found.append(f"{name}={label}: changed an input")
    return found


def _child(make, arguments, pipe):
    limit = _used() + BYTES
    try:
        found = _faults(make, arguments)
        if _used() > limit:
            found.append(f"took {(_used() - limit + BYTES) / 1e9:.1f} GB")
    except BaseException:
        found = [traceback.format_exc()]
    pipe.send(found)


def walk(make, arguments=None):
    """Give every hostile value to every argument of a call, one at a time.

    Parameters
    ----------
    make : callable
        Returns the callable and the keyword arguments of a good call of it,
        made afresh.
    arguments : sequence of str, optional
        Those to walk; all by default.

    Returns
    -------
    list of str
        What went wrong. The walk runs in a process of its own, which is
        killed if it takes too much memory.
    """
    if arguments is None:
        arguments = list(make()[1])
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    child = context.Process(target=_child, args=(make, arguments, theirs))
    child.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        return ["the process died"]
    finally:
        child.join()
