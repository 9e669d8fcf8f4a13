r"""From shots to signed numbers.

A measurement in the computational basis counts :math:`|x_i|^2` and loses
every sign and the norm. Both come back by interference with an amplitude
that is known: the start of the trajectory, which the solution holds as its
slice :math:`t=0`, or a second state prepared beside the solver's.
"""

from dataclasses import replace

import numpy as np

from qcl.solving.readout.counting import (
    Amplitudes,
    Floats,
    checked_generator,
    tally,
)
from qcl.solving.readout.estimators import (
    Method,
    Reader,
    WeightReading,
    compare_signs,
    reader,
    refuse_unseen,
)
from qcl.solving.solution.result import QuantumSolution


def read_weights(
    result: QuantumSolution,
    shots: int,
    rng: np.random.Generator,
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
        Runs of the circuit, those that fail the post-selection included;
        for m weights to read, at least 2 (m + 1), by interference 2.
    rng : numpy Generator
        Source of randomness.
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
    held = Amplitudes.of(result._stacked(), result.state)
    generator = checked_generator(rng)
    read = reader(method)
    chance = result.success_probability
    if largest is None:
        _check_shots(shots, len(held.weights), method, selecting=False)
        return read(held, chance, shots, generator)
    if not 1 <= largest <= len(held.weights):
        raise ValueError(
            f"expected 1 <= largest <= {len(held.weights)}, the number of "
            f"weights, got largest={largest}"
        )
    _check_shots(shots, largest, method, selecting=True)
    return _read_largest(held, chance, shots, generator, read, largest)


def _check_shots(
    shots: int, weights: int, method: Method, selecting: bool
) -> None:
    """Refuse fewer shots than measurements."""
    least = 2 * (weights + 1) if method == "reference" else 2
    if selecting:
        least += max(1, (least - 1) // 3)  # a quarter goes to the selection
    if shots < least:
        raise ValueError(
            f"expected shots >= {least} for {weights} weights, got {shots}"
        )


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
    amplitudes: Floats, shots: int, rng: np.random.Generator | None
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
    generator = checked_generator(rng)
    if np.iscomplexobj(amplitudes):
        raise ValueError(
            "reading by shots needs a real system; without shots the "
            "complex solution is returned"
        )
    if shots < 2:
        raise ValueError(f"expected shots >= 2, got shots={shots}")
    half = shots // 2
    counts, _ = tally(generator, half, 1.0, amplitudes**2)
    if not counts.any():
        raise ValueError(
            f"none of {half} shots survived the post-selection (probability "
            f"{np.sum(amplitudes**2):.1e}); use more shots"
        )
    r = np.sqrt(counts / half)
    survive = float(np.sum(amplitudes**2))
    positive, _ = compare_signs(
        generator, shots - half, amplitudes, r, survive
    )
    return np.where(positive, r, -r)
