r"""Estimates of the weights from counts, with their standard errors."""

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from qcl._checks import a_choice
from qcl.solving.readout.counting import Amplitudes, Floats, tally
from qcl.solving.solution.reading import WeightReading

_FEWEST = 25

Method = Literal["reference", "interference"]


Reader = Callable[[Amplitudes, float, int, np.random.Generator], WeightReading]


def reader(method: Method) -> Reader:
    """Return the function that reads by a method; refuse other names."""
    a_choice(method, get_args(Method), "method")
    by_reference = method == "reference"
    return read_by_reference if by_reference else read_by_interference


def fewest_shots(held: Amplitudes, chance: float, method: Method) -> float:
    """Shots that show the reference 25 times in each measurement.

    From there on the intervals hold what they say: 95% ones the truth in
    93% of readings or more.
    """
    shared = len(held.weights) if method == "reference" else 1
    return _FEWEST * 2 * shared / (chance * held.reference**2)


def read_by_reference(
    held: Amplitudes, chance: float, shots: int, rng: np.random.Generator
) -> WeightReading:
    r"""Read each weight in pairs with the reference amplitude.

    With :math:`d=P_+-P_-`, estimated from m survivors, and :math:`p_r` from
    :math:`m_r`, the variance of :math:`u=y_rd/(2p_r)` is

    .. math::

        \frac{y_r^2}{4p_r^2}\Bigl[\frac{P_++P_--d^2}{m}
        +\frac{d^2(1-p_r)}{p_rm_r}\Bigr].

    Raises
    ------
    ValueError
        If nothing survives, or a pair or the reference is never seen.
    """
    x, x_r = held.weights, held.reference
    half, each = shots - shots // 2, shots // 2 // len(x)
    seen, alone = tally(rng, half, chance, np.array([x_r**2]))
    refuse_unseen(int(seen[0]), int(alone), half, chance)
    pairs = np.column_stack([(x_r + x) ** 2, (x_r - x) ** 2]) / 2
    counts, alive = tally(rng, each, chance, pairs)
    if not counts.any(axis=1).all():
        raise ValueError(
            f"a weight was compared with the reference in {each} shots and "
            "neither was seen; use more shots"
        )
    plus, minus = counts.T / alive
    p_r, difference = seen[0] / alone, plus - minus
    noise = (plus + minus - difference**2) / alive
    drift = difference**2 * (1 - p_r) / (p_r * alone)
    # Drawn last: a seed gives the same weights with and without a norm.
    rest = max(1 - x_r**2, np.finfo(float).tiny)
    others = np.array([held.known - x_r**2, held.wanted]) / rest
    more, _ = tally(rng, int(alone - seen[0]), 1.0, np.maximum(others, 0))
    norm, error = roots(more[1], seen[0] + more[0])
    return WeightReading(
        weights=held.unit * difference / (2 * p_r),
        standard_errors=abs(held.unit) * np.sqrt(noise + drift) / (2 * p_r),
        shots=shots,
        successes=int(alone + alive.sum()),
        norm=float(held.norm_unit * norm),
        norm_error=float(held.norm_unit * error),
        selected=np.arange(len(x)),
    )


def read_by_interference(
    held: Amplitudes, chance: float, shots: int, rng: np.random.Generator
) -> WeightReading:
    """Read sizes from counts and signs beside a second state.

    Raises
    ------
    ValueError
        If nothing survives, or the reference is never seen.
    """
    half = shots // 2
    x = np.append(held.reference, held.weights)
    others = [held.known - x[0] ** 2, held.wanted - np.sum(x[1:] ** 2)]
    outcomes = np.append(x**2, np.maximum(others, 0))
    counts, alive = tally(rng, half, chance, outcomes)
    refuse_unseen(int(counts[0]), int(alive), half, chance)
    known, wanted = counts[0] + counts[-2], counts[1:-2].sum() + counts[-1]
    second = np.sqrt(counts[:-2] / half)
    positive, kept = compare_signs(
        rng, shots - half, np.sqrt(chance) * x, second, chance
    )
    agree = np.where(positive[1:] == positive[0], 1, -1)
    sizes, errors = roots(counts[1:-2], known)
    norm, norm_error = roots(wanted, known)
    return WeightReading(
        weights=np.sign(held.unit) * agree * held.norm_unit * sizes,
        standard_errors=held.norm_unit * errors,
        shots=shots,
        successes=int(alive) + kept,
        norm=float(held.norm_unit * norm),
        norm_error=float(held.norm_unit * norm_error),
        selected=np.arange(len(held.weights)),
    )


def compare_signs(
    rng: np.random.Generator,
    shots: int,
    first: Floats,
    second: Floats,
    survive: float,
) -> tuple[npt.NDArray[np.bool_], int]:
    r"""Find which amplitudes are positive, beside a second state.

    A flag prepares :math:`(|0\rangle|x\rangle+|1\rangle|r\rangle)/\sqrt2`
    with both states unnormalised; after a Hadamard gate on the flag
    :math:`P(0,i)=(x_i+r_i)^2/4` and :math:`P(1,i)=(x_i-r_i)^2/4`.
    :math:`x_i` has the sign of :math:`r_i` if :math:`(0,i)` is seen at least
    as often as :math:`(1,i)`. Kerenidis and Prakash compare with 0.4 of the
    expected count instead, which is wrong more often (chapter 12).

    Parameters
    ----------
    rng : numpy Generator
        Source of randomness.
    shots : int
        Runs.
    first, second : ndarray, shape (k,)
        The amplitudes x and r.
    survive : float
        Squared norm of all of x, >= that of ``first``.

    Returns
    -------
    ndarray of bool, shape (k,)
    int
        Runs that survived.
    """
    both = np.concatenate([first + second, first - second]) ** 2 / 4
    others = max(0.0, (survive - float(np.sum(first**2))) / 2)
    counts, _ = tally(rng, shots, 1.0, np.append(both, others))
    agree, differ = counts[:-1].reshape(2, -1)
    return agree >= differ, int(counts.sum())


def roots(
    counts: npt.ArrayLike, known: npt.ArrayLike
) -> tuple[Floats, Floats]:
    r"""Estimate :math:`\sqrt{p/p_{\rm in}}` from two counts.

    The variance is :math:`(1+k/k_{\rm in})/(4k_{\rm in})` for counts k and
    :math:`k_{\rm in}`. Below about ten counts the root is skewed; the factor
    :math:`1+2/(k+1)` keeps 95% intervals at 93% or more even there.

    Returns
    -------
    ndarray
        The estimates.
    ndarray
        Their standard errors.

    Examples
    --------
    >>> size, error = roots([2500], 10_000)
    >>> size.round(4).tolist(), error.round(4).tolist()
    ([0.5], [0.0056])
    """
    k, k_in = np.asarray(counts, float), np.asarray(known, float)
    ratio = k / k_in
    variance = (1 + ratio) / (4 * k_in) * (1 + 2 / (k + 1))
    return np.sqrt(ratio), np.sqrt(variance)


def refuse_unseen(seen: int, alive: int, shots: int, chance: float) -> None:
    """Raise ValueError if nothing survived or the reference is not seen."""
    if alive == 0:
        raise ValueError(
            f"none of {shots} shots survived the post-selection (success "
            f"probability {chance:.1e}); use more shots or a larger success "
            "probability (smaller condition number)"
        )
    if seen == 0:
        raise ValueError(
            f"none of the {alive} shots that survived showed the reference "
            "amplitude; use more shots, or stack the system with fewer "
            "steps, without padding or with constant=True"
        )
