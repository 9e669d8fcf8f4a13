"""From what a user writes down to the terms of a polynomial map."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp

from qcl._checks import a_count, an_array, finite_reals, kind_of, shaped
from qcl.lifting.algebra.basis import Indices
from qcl.lifting.algebra.exact import is_exact, rationals
from qcl.lifting.algebra.terms import MOST_DEGREE, Terms

MOST_WEIGHTS = 1_000_000


def tensor_terms(tensors: Any) -> tuple[int, list[Terms]]:
    """Read tensors: the number of weights, and the terms.

    Raises
    ------
    TypeError
        If it is no mapping, or some entries are no numbers.
    ValueError
        If it is empty, a degree is not 0, 1, 2, ..., or the shapes do not
        fit together.
    """
    _check_mapping(tensors, "degrees to F_l", "{1: F1, 2: F2}")
    if not tensors:
        raise ValueError(
            "expected at least one F_l, got an empty mapping; pass for "
            "example {1: F1, 2: F2}"
        )
    arrays = {
        a_count(d, "degree", most=MOST_DEGREE): sp.coo_array(F)
        if sp.issparse(F)
        else an_array(F, f"F_{d}")
        for d, F in tensors.items()
    }
    for degree, F in arrays.items():
        if not F.shape or F.shape[0] == 0:
            raise ValueError(
                f"expected F_{degree} with at least one row (n >= 1), got "
                f"shape {F.shape}"
            )
    sizes = {F.shape[0] for F in arrays.values()}
    if len(sizes) > 1:
        raise ValueError(
            f"expected every F_l to have the same number of rows, got {sizes}"
        )
    n = a_count(sizes.pop(), "n", most=MOST_WEIGHTS)
    entries = _same_kind(
        {d: F.data if sp.issparse(F) else F for d, F in arrays.items()},
        "the coefficients of degree",
    )
    for d, F in arrays.items():
        if sp.issparse(F):
            F.data = entries[d]
            entries[d] = F
    return n, [Terms.from_tensor(n, d, F) for d, F in sorted(entries.items())]


def table_terms(n: int, coefficients: Any) -> list[Terms]:
    """Read a table of monomial coefficients.

    Raises
    ------
    TypeError
        If it is no mapping, or some coefficients are no numbers.
    ValueError
        If an index is not in 0..n-1, or a row does not have n entries.
    """
    _check_mapping(
        coefficients, "index tuples to coefficients", "{(0, 1): [1, 0]}"
    )
    rows = {
        _indices(key, n): shaped(
            np.atleast_1d(an_array(row, f"the coefficients of {key}")),
            f"the coefficients of {key}",
            (n,),
        )
        for key, row in coefficients.items()
    }
    return row_terms(n, rows)


def row_terms(n: int, rows: dict[tuple[int, ...], Any]) -> list[Terms]:
    """Make terms of arrays of n coefficients, one for each monomial."""
    rows = _same_kind(rows, "the coefficients of")
    by_degree: dict[int, list[tuple[int, ...]]] = {}
    for key in rows:
        by_degree.setdefault(len(key), []).append(key)
    parts = []
    for degree, keys in sorted(by_degree.items()):
        tuples = np.array(keys, dtype=np.int64).reshape(len(keys), degree)
        values = np.concatenate([rows[key] for key in keys])
        column, weight = np.divmod(np.arange(values.size), n)
        parts.append(
            Terms.from_entries(
                n, np.sort(tuples, axis=1), weight, column, values
            )
        )
    return parts


def distinct_indices(indices: Any, n: int) -> Indices:
    """Read a choice of some of n weights.

    Raises
    ------
    TypeError, ValueError
        If they are not distinct integers in 0..n-1, one at least.
    """
    found = an_array(indices, "the indices")
    flat = [a_count(i, "indices", most=n - 1) for i in found.flat]
    if found.ndim != 1 or not 0 < len(set(flat)) == found.size:
        raise ValueError(
            f"expected distinct weight indices in 0..{n - 1}, got "
            f"{found.size} in an array of shape {found.shape}"
        )
    return np.array(flat)


def _check_mapping(value: Any, what: str, example: str) -> None:
    if not isinstance(value, Mapping):
        raise TypeError(
            f"expected a mapping of {what}, got {kind_of(value)}; pass for "
            f"example {example}"
        )


def _indices(key: Any, n: int) -> tuple[int, ...]:
    if not isinstance(key, tuple):
        raise TypeError(
            "expected monomials as tuples of indices, got "
            f"{kind_of(key)}; write (0,) for the first weight"
        )
    a_count(len(key), "degree", most=MOST_DEGREE)
    try:
        return tuple(a_count(i, "index", most=n - 1) for i in key)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"expected indices below n={n}, got {key}: {error}"
        ) from error


def _same_kind(arrays: dict[Any, Any], what: str) -> dict[Any, Any]:
    """Make rationals or floats of arrays of numbers.

    Integers join the rationals where there are any, and are floats where
    there are none.
    """
    exact = any(F.dtype == object and is_exact(F) for F in arrays.values())
    return {
        key: rationals(F)
        if exact and is_exact(F)
        else finite_reals(F, f"{what} {key}")
        for key, F in arrays.items()
    }
