r"""Amplitude amplification: a likelier success for fewer uses of a circuit.

A circuit A that succeeds with probability :math:`p=\sin^2\theta` has its
successful part turned by :math:`2\theta` in each round of

.. math::

    Q=-A\,S_0\,A^\dagger\,S_{\rm good},

where :math:`S_0` and :math:`S_{\rm good}` flip the sign of the zero state and
of the successful states. After m rounds the probability is
:math:`\sin^2((2m+1)\theta)`, and A or its inverse was used 2m + 1 times.
"""

from dataclasses import dataclass
from math import asin, floor, pi, sin, sqrt

from qcl._checks import a_number

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Amplification:
    r"""Amplified against repeated runs; made by :func:`amplify`.

    Attributes
    ----------
    rounds : int
        :math:`m=\lfloor\pi/4\theta\rfloor`.
    success_probability : float
        :math:`\sin^2((2m+1)\theta)`, at least :math:`\max(p,1-p)`.
    repetitions : float
        Runs until one succeeds without amplification, 1/p on average.
    """

    rounds: int
    success_probability: float
    repetitions: float

    @property
    def solver_uses(self) -> int:
        """Uses of the circuit or its inverse in one run, 2m + 1."""
        return 2 * self.rounds + 1

    @property
    def expected_uses(self) -> float:
        """Uses of the circuit until an amplified run succeeds, on average.

        To be compared with ``repetitions``, which are fewer for p between
        0.32 and 0.5; above 0.5 there is nothing to amplify.
        """
        return self.solver_uses / self.success_probability


def amplify(success_probability: float) -> Amplification:
    r"""Plan the amplification of a known success probability.

    Parameters
    ----------
    success_probability : float
        p, in (0, 1].

    Raises
    ------
    ValueError
        If it is not in (0, 1].

    References
    ----------
    Brassard, Hoyer, Mosca, Tapp, Contemp. Math. 305:53 (2002), Theorem 2.

    Examples
    --------
    >>> plan = amplify(0.01)
    >>> plan.rounds, plan.solver_uses, round(plan.success_probability, 3)
    (7, 15, 0.995)
    >>> plan.repetitions
    100.0
    """
    p = a_number(success_probability, "success_probability")
    if not 0 < p <= 1 + _ROUNDING:
        raise ValueError(
            f"expected a success probability in (0, 1], got {p}; a circuit "
            "that never succeeds cannot be amplified"
        )
    theta = asin(sqrt(min(p, 1.0)))
    rounds = floor(pi / (4 * theta))
    reached = sin((2 * rounds + 1) * theta) ** 2
    return Amplification(rounds, reached, 1 / p)
