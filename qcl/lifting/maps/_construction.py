"""From what a user writes down to the terms of a polynomial map."""

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

import numpy as np
import scipy.sparse as sp

from qcl.lifting.algebra.exact import is_exact
from qcl.lifting.algebra.terms import Terms


def row_count(tensors: Mapping[int, Any]) -> int:
    """Return the number of weights n that all tensors agree on.

    Raises
    ------
    ValueError
        If a degree is not 0, 1, 2, ..., a tensor has no row, or they
        disagree.
    """
    sizes = set()
    for degree, F in tensors.items():
        if not _is_integer(degree) or degree < 0:
            raise ValueError(f"expected degrees 0, 1, 2, ..., got {degree!r}")
        shape = np.shape(F)
        if not shape or shape[0] == 0:
            raise ValueError(
                f"expected F_{degree} with at least one row (n >= 1), got "
                f"shape {shape}"
            )
        sizes.add(shape[0])
    if len(sizes) > 1:
        raise ValueError(
            f"expected every F_l to have the same number of rows, got {sizes}"
        )
    return int(sizes.pop())


def tensor_terms(n: int, tensors: Mapping[int, Any]) -> list[Terms]:
    """Read tensors; integers join the rationals where there are any."""
    dense = {d: F for d, F in tensors.items() if not sp.issparse(F)}
    arrays = {d: np.asarray(F) for d, F in dense.items()}
    if any(F.dtype == object and is_exact(F) for F in arrays.values()):
        for d, F in arrays.items():
            if np.issubdtype(F.dtype, np.integer):
                arrays[d] = F.astype(object)
    both = {**tensors, **arrays}
    return [Terms.from_tensor(n, d, F) for d, F in sorted(both.items())]


def table_terms(
    n: int, coefficients: Mapping[tuple[int, ...], Sequence[Any]]
) -> list[Terms]:
    """Read a table of monomial coefficients.

    Raises
    ------
    ValueError
        If n < 1, an index is not in 0..n-1, or a row does not have n
        entries.
    """
    if n < 1:
        raise ValueError(f"expected n >= 1 weights, got n={n}")
    by_degree: dict[int, list[tuple[int, ...]]] = {}
    for indices, row in coefficients.items():
        valid = all(_is_integer(i) and 0 <= i < n for i in indices)
        if not valid or len(row) != n:
            raise ValueError(
                f"expected indices below n={n} and {n} coefficients, got "
                f"{indices} with {len(row)}"
            )
        by_degree.setdefault(len(indices), []).append(indices)
    parts = []
    for degree, keys in sorted(by_degree.items()):
        values = np.array([coefficients[key] for key in keys])
        tuples = np.array(keys, dtype=np.int64).reshape(len(keys), degree)
        column, weight = np.divmod(np.arange(values.size), n)
        tuples = np.sort(tuples, axis=1)
        parts.append(
            Terms.from_entries(n, tuples, weight, column, values.ravel())
        )
    return parts


def _is_integer(x: Any) -> bool:
    return isinstance(x, Integral) and not isinstance(x, bool)
