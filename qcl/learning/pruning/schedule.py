r"""How many weights survive in each round of gradual pruning."""

from typing import Literal, TypeAlias, get_args

import numpy as np

from qcl._checks import a_choice, a_count
from qcl.learning.pruning.masks import a_fraction
from qcl.lifting.algebra.basis import Floats

Shape: TypeAlias = Literal["cubic", "geometric"]

_MOST = 10**6  # rounds


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
    TypeError
        If the fraction is no number or the rounds are no whole number.
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
    fraction = a_fraction(fraction)
    rounds = a_count(rounds, "rounds", least=1, most=_MOST)
    shape = a_choice(shape, get_args(Shape), "shape")
    x = np.arange(1, rounds + 1) / rounds
    if shape == "geometric":
        return fraction**x
    return fraction + (1 - fraction) * (1 - x) ** 3
