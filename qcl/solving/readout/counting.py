r"""What of a state is wanted and what is known, and how outcomes are counted.

A reading compares amplitudes that are wanted, the weights at step T, with
amplitudes that are known: the slice :math:`t=0`, which is the start.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qcl._checks import a_count, a_generator
from qcl.solving.stacking.system import LinearSystem

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

MOST_SHOTS = 10**18


@dataclass(frozen=True, eq=False)
class Amplitudes:
    r"""The amplitudes of a state that a reading needs.

    With :math:`p_i=x_i^2`, a weight is
    :math:`u_i=y_r\,x_i/x_r`, and its size
    :math:`|u_i|=\|\hat y_{\rm in}\|\sqrt{p_i/p_{\rm in}}`.

    Attributes
    ----------
    weights : ndarray, shape (m,)
        The amplitudes :math:`x_i` of the weights to be read, padded copies
        added up.
    reference : float
        The amplitude :math:`x_r` of the largest known number.
    known : float
        :math:`p_{\rm in}`, the probability of the slice :math:`t=0`.
    wanted : float
        Probability of all weights at step T, whether to be read or not.
    unit : float
        :math:`y_r`, in units of a weight.
    norm_unit : float
        :math:`\|\hat y_{\rm in}\|`, in units of a weight.
    """

    weights: Floats
    reference: float
    known: float
    wanted: float
    unit: float
    norm_unit: float

    @classmethod
    def of(cls, system: LinearSystem, state: npt.NDArray) -> "Amplitudes":
        """Find them in the state of a stacked system.

        Raises
        ------
        ValueError
            If the state is complex, or the start is zero and carries no
            constant.

        Examples
        --------
        >>> import qcl
        >>> lifting = qcl.lift(qcl.PolynomialMap({1: [[-0.5]]}), order=1)
        >>> system = qcl.stack(lifting, [2.0], T=1)
        >>> held = Amplitudes.of(system, system.solve() / 5**0.5)
        >>> round(held.unit * float(held.weights[0]) / held.reference, 12)
        1.0
        """
        if np.iscomplexobj(state):
            raise ValueError(
                "reading by shots needs a real state; solve the real and "
                "the imaginary part of the system as one of twice the size"
            )
        start = system.slices(system.rhs)[0]
        r = int(np.argmax(np.abs(start)))
        if start[r] == 0:
            raise ValueError(
                "the start is u = 0, so no amplitude is known to compare "
                "with; stack the system with constant=True, which carries a 1"
            )
        slices = state.reshape(-1, system.dimension)
        copies = 1 + system.padding
        weights = slices[system.steps :, system.degree_one]
        together = weights.sum(axis=0) / np.sqrt(copies)
        unit = system.scale / np.sqrt(copies)
        return cls(
            weights=together,
            reference=float(slices[0, r]),
            known=float(np.sum(slices[0] ** 2)),
            wanted=float(np.sum(together**2)),
            unit=float(unit * start[r]),
            norm_unit=float(unit * np.linalg.norm(start)),
        )


def tally(
    rng: np.random.Generator, shots: int, chance: float, outcomes: Floats
) -> tuple[Counts, Counts]:
    """Count outcomes among the shots that survive with a given chance.

    Parameters
    ----------
    rng : numpy Generator
        Source of randomness.
    shots : int
        Shots of each measurement.
    chance : float
        Probability that a shot survives.
    outcomes : ndarray, shape (..., k)
        Probabilities of k outcomes among the survivors, for one or more
        measurements; the rest of 1 is any other outcome.

    Returns
    -------
    ndarray, shape (..., k)
        How often each outcome was seen.
    ndarray, shape (...)
        How many shots survived.
    """
    listed = outcomes.sum(axis=-1, keepdims=True)
    rest = np.maximum(0.0, 1.0 - listed)
    alive = rng.binomial(shots, min(chance, 1.0), size=outcomes.shape[:-1])
    every = np.concatenate([outcomes, rest], axis=-1) / (listed + rest)
    counts = rng.multinomial(alive, every)
    return counts[..., :-1], np.asarray(alive)


def checked_shots(
    shots: Any, rng: Any, least: int = 2
) -> tuple[int, np.random.Generator]:
    """Return shots as an integer and rng as a generator.

    Raises
    ------
    TypeError
        If shots is no whole number, or rng neither a seed nor a Generator.
    ValueError
        If there are too few shots, or no rng.
    """
    shots = a_count(shots, "shots", least, MOST_SHOTS)
    if rng is None:
        raise ValueError(
            "shots need a source of randomness: pass a seed, such as rng=0, "
            "or a numpy.random.Generator"
        )
    return shots, a_generator(rng)
