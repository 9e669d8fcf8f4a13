r"""Pruning: which weights survive.

A mask is a read-only boolean array, True where a weight survives. Every
``keep`` of a network takes one, or the indices of the survivors.
"""

from collections.abc import Sequence
from numbers import Integral
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from qcl._checks import a_count, a_generator, a_number, finite_reals, kind_of
from qcl.lifting.algebra.basis import Floats, Indices

Mask: TypeAlias = npt.NDArray[np.bool_]

MOST = 10**8  # weights of a network, so that its vectors fit in memory


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
    TypeError
        If ``keep`` holds no numbers.
    ValueError
        If a mask has the wrong length, an index repeats or is out of range,
        or no weight survives.

    Examples
    --------
    >>> survivors([False, True, True], 3).tolist(), survivors([2, 0], 3)
    ([1, 2], array([2, 0]))
    """
    parameters = a_count(parameters, "parameters", least=1, most=MOST)
    if keep is None:
        return np.arange(parameters, dtype=np.int64)
    if _holds_bools(keep):
        array = np.flatnonzero(a_mask(keep, parameters))
    else:
        array = finite_reals(keep, "the surviving weights", shape=(None,))
    if not array.size:
        raise ValueError(
            "expected a list of surviving weights, or a mask that keeps at "
            "least one, got none"
        )
    whole = array == np.floor(array)
    if not whole.all() or array.min() < 0 or array.max() >= parameters:
        raise ValueError(
            f"expected weight indices in 0..{parameters - 1}, got "
            f"{array.min():g} to {array.max():g}"
        )
    if np.unique(array).size < array.size:
        raise ValueError("expected distinct weight indices, got one twice")
    return array.astype(np.int64)


def a_mask(value: Any, parameters: int, name: str = "a mask") -> Mask:
    """Return a mask of all weights as a new array, or refuse.

    Raises
    ------
    TypeError
        If the value does not hold bools.
    ValueError
        If it has another shape.
    """
    if not _holds_bools(value):
        raise TypeError(
            f"expected {name} of shape ({parameters},) that holds bools, got "
            f"{kind_of(value)} of others"
        )
    mask = np.array(value, dtype=bool)
    if mask.shape != (parameters,):
        raise ValueError(
            f"expected {name} of shape ({parameters},), got {mask.shape}"
        )
    return mask


def _holds_bools(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype == bool
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(isinstance(entry, bool | np.bool_) for entry in value)
    )


def magnitude_mask(
    weights: Any,
    fraction: float,
    layers: Sequence[slice] | None = None,
    among: Any = None,
) -> Mask:
    r"""Keep the weights of largest magnitude.

    Of n weights, round(fraction n) survive; of weights of equal magnitude,
    the earlier one does.

    Parameters
    ----------
    weights : array of shape (parameters,)
        The weights to rank.
    fraction : float
        Share that survives, in (0, 1]; the paper keeps the largest 0.1.
    layers : sequence of slice, optional
        Rank within each layer, for example ``network.layers``, so that each
        keeps its share and at least one weight; by default all together.
    among : mask, optional
        An earlier mask: only its survivors may survive. The fraction still
        counts all weights.

    Returns
    -------
    ndarray of bool, shape (parameters,)
        Read-only.

    Raises
    ------
    TypeError
        If an argument is of another kind.
    ValueError
        If the fraction is out of range or keeps no weight, the layers do
        not cover the weights, or ``among`` has too few survivors.

    References
    ----------
    The paper's section "Numerical analysis".

    Examples
    --------
    >>> magnitude_mask([0.1, -3.0, 2.0, -0.5], 0.5).tolist()
    [False, True, True, False]
    >>> halves = [slice(0, 2), slice(2, 4)]
    >>> magnitude_mask([0.1, 0.2, 5.0, 6.0], 0.5, halves).tolist()
    [False, True, False, True]
    """
    size: Floats = np.abs(finite_reals(weights, "the weights"))
    if size.ndim != 1 or not size.size:
        raise ValueError(
            f"expected the weights as one vector, got shape {size.shape}"
        )
    if among is not None:
        allowed = a_mask(among, size.size, "among as a mask")
        size = np.where(allowed, size, -1.0)
    return _mask(size, fraction, layers)


def random_mask(
    parameters: int,
    fraction: float,
    rng: int | np.random.Generator,
    layers: Sequence[slice] | None = None,
) -> Mask:
    """Keep weights at random: the control that pruning must beat.

    Parameters
    ----------
    parameters : int
        Number of weights.
    fraction, layers
        As for :func:`magnitude_mask`.
    rng : int or numpy Generator
        Seed or source of randomness.

    Returns
    -------
    ndarray of bool, shape (parameters,)
        Read-only.

    Raises
    ------
    TypeError
        If an argument is of another kind, for example the weights instead
        of their number.
    ValueError
        If the fraction is out of range or keeps no weight, or the layers do
        not cover the weights.

    Examples
    --------
    >>> int(random_mask(50, 0.1, rng=0).sum())
    5
    """
    parameters = a_count(parameters, "parameters", least=1, most=MOST)
    rank = a_generator(rng).permutation(parameters)
    return _mask(rank.astype(np.float64), fraction, layers)


def _mask(
    score: Floats, fraction: float, layers: Sequence[slice] | None
) -> Mask:
    """Keep the largest scores, none below 0, together or layer by layer."""
    fraction = a_fraction(fraction)
    groups = _groups(layers, score.size)
    mask = np.zeros(score.size, dtype=bool)
    for place in groups:
        part = score[place]
        least = 0 if layers is None else 1
        count = max(least, round(fraction * part.size))
        if np.sum(part >= 0) < count:
            raise ValueError(
                f"expected {count} weights to keep, but among has only "
                f"{int(np.sum(part >= 0))} survivors there; lower the fraction"
            )
        best = np.argsort(-part, kind="stable")[:count]
        mask[np.arange(score.size)[place][best]] = True
    if not mask.any():
        raise ValueError(
            f"a fraction of {fraction} keeps none of {score.size} weights; "
            f"expected at least 1 / {score.size}"
        )
    mask.setflags(write=False)
    return mask


def a_fraction(value: Any) -> float:
    """Return the share of weights that survives, in (0, 1], or refuse."""
    return a_number(value, "surviving fraction", above=0, most=1)


def _groups(layers: Sequence[slice] | None, size: int) -> Sequence[slice]:
    if layers is None:
        return [slice(0, size)]
    wanted = f"expected layers that cover the {size} weights once"
    if not isinstance(layers, list | tuple):
        raise TypeError(
            f"{wanted}, got {kind_of(layers)}; pass network.layers"
        )
    groups = layers
    if not all(_is_range(place) for place in groups):
        raise TypeError(
            f"{wanted}, got other things than slices; pass network.layers"
        )
    covered = [np.arange(size)[place] for place in groups]
    if not groups or not np.array_equal(
        np.sort(np.concatenate(covered)), np.arange(size)
    ):
        raise ValueError(f"{wanted}, got {groups}; pass network.layers")
    return groups


def _is_range(place: Any) -> bool:
    """Whether a layer is a slice between whole numbers."""
    return isinstance(place, slice) and all(
        entry is None or isinstance(entry, Integral)
        for entry in (place.start, place.stop, place.step)
    )
