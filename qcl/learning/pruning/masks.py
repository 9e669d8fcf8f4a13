r"""Pruning: which weights survive.

A mask is a read-only boolean array, True where a weight survives. Every
``keep`` of a network takes one.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from qcl.learning.survivors import Floats, Mask
from qcl.lifting.algebra.exact import finite

Shape: TypeAlias = Literal["cubic", "geometric"]


def magnitude_mask(
    weights: Any,
    fraction: float,
    layers: Iterable[slice] | None = None,
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
    layers : iterable of slice, optional
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
    size: Floats = np.abs(finite(np.asarray(weights), "the weights"))
    return _mask(size, fraction, layers, among)


def random_mask(
    parameters: int,
    fraction: float,
    rng: np.random.Generator,
    layers: Iterable[slice] | None = None,
) -> Mask:
    """Keep weights at random: the control that pruning must beat.

    Parameters
    ----------
    parameters : int
        Number of weights.
    fraction, layers
        As for :func:`magnitude_mask`.
    rng : numpy Generator
        Source of randomness.

    Returns
    -------
    ndarray of bool, shape (parameters,)
        Read-only.

    Raises
    ------
    ValueError
        If the fraction is out of range or keeps no weight, or the layers do
        not cover the weights.

    Examples
    --------
    >>> import numpy as np
    >>> int(random_mask(50, 0.1, np.random.default_rng(0)).sum())
    5
    """
    rank = rng.permutation(parameters)
    return _mask(rank.astype(np.float64), fraction, layers, None)


def pruning_schedule(
    fraction: float,
    rounds: int,
    shape: Shape = "cubic",
) -> Floats:
    r"""Surviving fractions of gradual pruning, one per round.

    After round r of R, with :math:`x=r/R` and the final fraction f,
    :math:`f+(1-f)(1-x)^3` of the weights survive ("cubic": fast first), or
    :math:`f^x` ("geometric": the same share of the survivors goes each
    round). One round is one-shot pruning.

    Parameters
    ----------
    fraction : float
        Share that survives in the end, in (0, 1].
    rounds : int
        R >= 1.
    shape : {"cubic", "geometric"}
        Which schedule.

    Returns
    -------
    ndarray, shape (rounds,)
        Falling, the last being ``fraction``.

    Raises
    ------
    ValueError
        If an argument is out of range.

    References
    ----------
    Zhu and Gupta, arXiv:1710.01878 (cubic); Frankle and Carbin,
    arXiv:1803.03635 (geometric).

    Examples
    --------
    >>> pruning_schedule(0.25, 2, "geometric").tolist()
    [0.5, 0.25]
    """
    _check_fraction(fraction)
    if rounds < 1:
        raise ValueError(f"expected rounds >= 1, got rounds={rounds}")
    if shape not in get_args(Shape):
        raise ValueError(f"expected one of {get_args(Shape)}, got {shape!r}")
    x = np.arange(1, rounds + 1) / rounds
    if shape == "geometric":
        return fraction**x
    return fraction + (1 - fraction) * (1 - x) ** 3


def _mask(
    score: Floats, fraction: float, layers: Iterable[slice] | None, among: Any
) -> Mask:
    """Keep the largest scores, together or layer by layer."""
    _check_fraction(fraction)
    if score.ndim != 1 or not score.size:
        raise ValueError(
            f"expected the weights as one vector, got shape {score.shape}"
        )
    groups = _groups(layers, score.size)
    score = _allowed(score, among)
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
    mask.flags.writeable = False
    return mask


def _check_fraction(fraction: float) -> None:
    if not 0 < fraction <= 1:
        raise ValueError(
            f"expected a surviving fraction in (0, 1], got {fraction}"
        )


def _groups(layers: Iterable[slice] | None, size: int) -> Sequence[slice]:
    groups = [slice(0, size)] if layers is None else list(layers)
    covered = [np.arange(size)[place] for place in groups]
    if not groups or not np.array_equal(
        np.sort(np.concatenate(covered)), np.arange(size)
    ):
        raise ValueError(
            f"expected layers that cover the {size} weights once, got "
            f"{groups}; pass network.layers"
        )
    return groups


def _allowed(score: Floats, among: Any) -> Floats:
    """Return the scores, -1 where an earlier mask has pruned."""
    if among is None:
        return score
    among = np.asarray(among)
    if among.dtype != bool or among.shape != score.shape:
        raise ValueError(
            f"expected among as a mask of shape {score.shape}, got "
            f"{among.dtype} of shape {among.shape}"
        )
    return np.where(among, score, -1.0)
