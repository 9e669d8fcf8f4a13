r"""From shots to signed numbers.

A measurement in the computational basis counts :math:`|x_i|^2` and loses
every sign and the norm. Both come back by interference with an amplitude
that is known: the start of the trajectory, which the solution holds as its
slice :math:`t=0`, or a second state prepared beside the solver's.
"""

from dataclasses import replace
from math import ceil
from typing import TypeVar

import numpy as np

from qcl._checks import a_count, a_result
from qcl.solving.readout.counting import (
    Amplitudes,
    Floats,
    checked_shots,
    tally,
)
from qcl.solving.readout.estimators import (
    Method,
    Reader,
    compare_signs,
    fewest_shots,
    reader,
    refuse_unseen,
)
from qcl.solving.solution.reading import WeightReading
from qcl.solving.solution.result import QuantumSolution


def read_weights(
    result: QuantumSolution,
    shots: int,
    rng: np.random.Generator | int,
    method: Method = "reference",
    largest: int | None = None,
) -> WeightReading:
    r"""Estimate the weights at step T from measurements.

    The slice :math:`t=0` is known: it is the start, and the constant 1 if
    there is one. Call its largest entry :math:`y_r`. Half of the shots are
    measured in the computational basis, the others as the method says.

    * "reference": the first half gives :math:`p_r=x_r^2`. The others are
      shared among the weights, and for weight i measure
      :math:`(|r\rangle\pm|i\rangle)/\sqrt2`, so that
      :math:`P_+-P_-=2x_rx_i`. Then :math:`u_i=y_r(P_+-P_-)/(2p_r)`.
    * "interference": the first half counts all weights at once and gives
      :math:`|u_i|=\|\hat y_{\rm in}\|\sqrt{p_i/p_{\rm in}}`. The others
      give the signs, as in :func:`interference_reading`, relative to the
      sign of :math:`x_r`. Needs a controlled solver. A weight seen fewer
      than about five times may get the wrong sign, of which its standard
      error knows nothing.

    In both the first half also gives the norm,
    :math:`\|u\|=\|\hat y_{\rm in}\|\sqrt{\sum_ip_i/p_{\rm in}}`. Padded
    copies of step T are added up before they are measured.

    Parameters
    ----------
    result : QuantumSolution
        Of a system made by :func:`qcl.stack`.
    shots : int
        Runs of the circuit, those that fail the post-selection included.
        Enough for each measurement to show the reference amplitude 25
        times on average: with fewer the intervals do not hold what they
        say, and the reading is refused.
    rng : numpy Generator or int
        Source of randomness, or its seed.
    method : {"reference", "interference"}
        How the signs are found.
    largest : int, optional
        Read only this many weights. A quarter of the shots counts all of
        them, and the others read those that were seen most often. A weight
        that was not selected is returned as 0; its standard error is the
        size at which its count would have been larger by one.

    Returns
    -------
    WeightReading

    Raises
    ------
    TypeError
        If ``result`` is no solver's result, or an argument of another kind.
    ValueError
        If the result is not of a stacked system, its state is complex, the
        start is zero and carries no constant, shots are too few, none
        survives the post-selection, or the reference is never seen.

    References
    ----------
    Reference amplitude and norm: derived in chapter 12 of the book.
    Interference: Kerenidis and Prakash, Phys. Rev. A 101:022316 (2020),
    Algorithm 4.1.

    Examples
    --------
    >>> import numpy as np
    >>> import qcl
    >>> lifting = qcl.lift(qcl.PolynomialMap({1: [[-0.5]]}), order=1)
    >>> result = qcl.hhl(qcl.stack(lifting, [1.0], T=2), method="filter")
    >>> reading = read_weights(result, 10**5, np.random.default_rng(1))
    >>> bool(abs(reading.weights[0] - 0.25) < 4 * reading.standard_errors[0])
    True
    """
    result = a_result(result)
    read = reader(method)
    shots, rng = checked_shots(shots, rng)
    held = Amplitudes.of(result.stacked, result.state)
    chance = result.success_probability
    if largest is None:
        _refuse_few(shots, fewest_shots(held, chance, method))
        return _frozen(read(held, chance, shots, rng))
    count = len(held.weights)
    largest = a_count(largest, "largest", 1, count, "read them all")
    part = replace(held, weights=held.weights[:largest])
    _refuse_few(shots, fewest_shots(part, chance, method) * 4 / 3)
    return _frozen(_read_largest(held, chance, shots, rng, read, largest))


def _frozen(reading: WeightReading) -> WeightReading:
    for name in ("weights", "standard_errors", "selected"):
        getattr(reading, name).setflags(write=False)
    return reading


def _refuse_few(shots: int, least: float) -> None:
    """Raise ValueError if the intervals would not hold what they say."""
    if shots < least:
        raise ValueError(
            f"expected shots >= {ceil(least):,} for intervals that hold what "
            f"they say, got {shots:,}; each measurement must show the "
            "reference amplitude 25 times on average"
        )


Result = TypeVar("Result", bound=QuantumSolution)


def read_out(
    result: Result, shots: int | None, rng: np.random.Generator | int | None
) -> Result:
    """Return a result with what shots say of it.

    Of a stacked system its weights are read, as :func:`read_weights` does;
    of a plain one every amplitude of the solution, by interference.
    """
    if shots is None or rng is None:
        return result
    if result.system is not None:
        reading = read_weights(result, shots, rng)
        return replace(result, shots=shots, reading=reading)
    root = np.sqrt(result.success_probability)
    unit = np.linalg.norm(result.solution) / root
    read = unit * interference_reading(root * result.state, shots, rng)
    read.setflags(write=False)
    return replace(result, shots=shots, solution=read)


def _read_largest(
    held: Amplitudes,
    chance: float,
    shots: int,
    rng: np.random.Generator,
    read: Reader,
    largest: int,
) -> WeightReading:
    """Select by a quarter of the shots, read by the others."""
    quarter = shots // 4
    outcomes = np.append(held.weights**2, held.known)
    counts, alive = tally(rng, quarter, chance, outcomes)
    refuse_unseen(int(counts[-1]), int(alive), quarter, chance)
    often = np.argsort(-counts[:-1], kind="stable")
    selected = np.sort(often[:largest])
    part = replace(held, weights=held.weights[selected])
    reading = read(part, chance, shots - quarter, rng)
    weights = np.zeros(len(held.weights))
    errors = held.norm_unit * np.sqrt((counts[:-1] + 1) / counts[-1])
    weights[selected] = reading.weights
    errors[selected] = reading.standard_errors
    return replace(
        reading,
        weights=weights,
        standard_errors=errors,
        shots=shots,
        successes=int(alive) + reading.successes,
        selected=selected,
    )


def interference_reading(
    amplitudes: Floats, shots: int, rng: np.random.Generator | int | None
) -> Floats:
    r"""Estimate real, unnormalised amplitudes with their signs.

    ``amplitudes`` are those left by a post-selection, so their squares add
    up to its probability. Half of the shots give magnitudes
    :math:`r_i=\sqrt{\hat p_i}`. The rest prepare
    :math:`(|0\rangle|x\rangle+|1\rangle|r\rangle)/\sqrt2` with a controlled
    solver, apply a Hadamard gate to the flag and call :math:`x_i` positive
    if :math:`(0,i)` was counted at least as often as :math:`(1,i)`.

    Raises
    ------
    ValueError
        If the amplitudes are complex, shots < 2, rng is missing, or no shot
        survives.

    References
    ----------
    Kerenidis and Prakash, Phys. Rev. A 101:022316 (2020), Algorithm 4.1.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([0.6, -0.3])
    >>> rng = np.random.default_rng(0)
    >>> interference_reading(x, 10**6, rng).round(2).tolist()
    [0.6, -0.3]
    """
    shots, generator = checked_shots(shots, rng)
    if np.iscomplexobj(amplitudes):
        raise ValueError(
            "reading by shots needs a real system; without shots the "
            "complex solution is returned"
        )
    half, survive = shots // 2, float(np.sum(amplitudes**2))
    counts, _ = tally(generator, half, 1.0, amplitudes**2)
    if not counts.any():
        raise ValueError(
            f"none of {half} shots survived the post-selection (probability "
            f"{survive:.1e}); use more shots"
        )
    r = np.sqrt(counts / half)
    positive, _ = compare_signs(
        generator, shots - half, amplitudes, r, survive
    )
    return np.where(positive, r, -r)
