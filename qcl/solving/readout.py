r"""From shots to signed numbers.

A measurement in the computational basis counts :math:`|x_i|^2` and loses
every sign and the norm. Both come back by interference with an amplitude
that is known: the start of the trajectory, which the solution holds as its
slice :math:`t=0`, or a second state prepared beside the solver's.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qcl.solving.result import QuantumSolution

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class WeightReading:
    """Weights estimated from shots; made by :func:`read_weights`.

    Attributes
    ----------
    weights : ndarray, shape (n,)
        Signed, in the units of the weights.
    standard_errors : ndarray, shape (n,)
        One standard deviation of each.
    shots : int
        Runs of the circuit, failures included.
    successes : int
        Runs that survived the post-selection.
    """

    weights: Floats
    standard_errors: Floats
    shots: int
    successes: int


def read_weights(
    result: QuantumSolution, shots: int, rng: np.random.Generator
) -> WeightReading:
    r"""Estimate the weights at step T from measurements.

    The largest amplitude of the slice :math:`t=0` is the reference
    :math:`x_r`: its value :math:`y_r` is known, because it is the start (or
    the constant 1).
    Half of the shots measure :math:`p_r=x_r^2`; the rest are shared among the
    weights, and for weight i measure
    :math:`(|r\rangle\pm|i\rangle)/\sqrt2`, so that
    :math:`P_+-P_-=2x_rx_i`. Then :math:`u_i=y_r(P_+-P_-)/(2p_r)`: signs and
    norm from the same shots.

    Parameters
    ----------
    result : QuantumSolution
        Of a system made by :func:`qcl.stack`.
    shots : int
        Runs of the circuit, >= 2 (n + 1); those that fail post-selection
        are spent too.
    rng : numpy Generator
        Source of randomness.

    Returns
    -------
    WeightReading

    Raises
    ------
    ValueError
        If the result is not of a stacked system, the start is zero and
        carries no constant, shots are too few, or the reference is never
        seen.

    References
    ----------
    Derived in chapter 12 of the book.

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
    system = result._stacked()
    generator = _generator(rng)
    n = system.n
    if shots < 2 * (n + 1):
        raise ValueError(
            f"expected shots >= {2 * (n + 1)} for {n} weights, got {shots}"
        )
    state = result.state
    start = system.rhs[: system.dimension]
    reference = int(np.argmax(np.abs(start)))
    if start[reference] == 0:
        raise ValueError(
            "the start is u = 0, so no amplitude is known to compare with; "
            "stack the system with constant=True, which carries a 1"
        )
    first = system.steps * system.dimension + int(system.constant)
    x_r, x = state[reference], state[first : first + n]
    half, each = shots - shots // 2, shots // 2 // n
    chance = result.success_probability
    seen, alone = _tally(generator, half, chance, np.array([x_r**2]))
    if seen[0] == 0:
        raise ValueError(
            f"none of {half} shots showed the reference amplitude (success "
            f"probability {chance:.1e}); use more shots or a larger success "
            "probability (smaller condition number, no padding)"
        )
    p_r = seen[0] / alone
    scale = system.scale * start[reference] / (2 * p_r)
    weights, errors, successes = np.empty(n), np.empty(n), alone
    for i in range(n):
        pair = np.array([(x_r + x[i]) ** 2, (x_r - x[i]) ** 2]) / 2
        counts, alive = _tally(generator, each, chance, pair)
        successes += alive
        plus, minus = counts / max(alive, 1)
        difference = plus - minus
        weights[i] = scale * difference
        noise = (plus + minus - difference**2) / max(alive, 1)
        drift = difference**2 * (1 - p_r) / (p_r * alone)
        errors[i] = abs(scale) * np.sqrt(noise + drift)
    return WeightReading(weights, errors, shots, successes)


def interference_reading(
    amplitudes: Floats, shots: int, rng: np.random.Generator | None
) -> Floats:
    r"""Estimate real, unnormalised amplitudes with their signs.

    ``amplitudes`` are those left by a post-selection, so their squares add
    up to its probability. Half of the shots give magnitudes
    :math:`r_i=\sqrt{\hat p_i}`. The rest prepare
    :math:`(|0\rangle|x\rangle+|1\rangle|r\rangle)/\sqrt2` with a controlled
    solver, apply a Hadamard gate to the flag and call :math:`x_i` positive
    if :math:`(0,i)` was counted more than :math:`0.4\,\hat p_i` times the
    shots.

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
    generator = _generator(rng)
    if np.iscomplexobj(amplitudes):
        raise ValueError(
            "reading by shots needs a real system; without shots the "
            "complex solution is returned"
        )
    if shots < 2:
        raise ValueError(f"expected shots >= 2, got shots={shots}")
    half = shots // 2
    counts, _ = _tally(generator, half, 1.0, amplitudes**2)
    if not counts.any():
        raise ValueError(
            f"none of {half} shots survived the post-selection (probability "
            f"{np.sum(amplitudes**2):.1e}); use more shots"
        )
    r = np.sqrt(counts / half)
    agree = (amplitudes + r) ** 2 / 4
    differ = (amplitudes - r) ** 2 / 4
    both = np.concatenate([agree, differ])
    tally, _ = _tally(generator, shots - half, 1.0, both)
    positive = tally[: len(r)] > 0.4 * r**2 * (shots - half)
    return np.where(positive, r, -r)


def _generator(rng: np.random.Generator | None) -> np.random.Generator:
    if not isinstance(rng, np.random.Generator):
        raise ValueError(
            "shots need a source of randomness: pass "
            "rng=numpy.random.default_rng(seed)"
        )
    return rng


def _tally(
    rng: np.random.Generator, shots: int, chance: float, outcomes: Floats
) -> tuple[npt.NDArray[np.int64], int]:
    """Count outcomes among the shots that survive with a given chance."""
    kept = int(rng.binomial(shots, min(chance, 1.0)))
    rest = max(0.0, 1.0 - float(outcomes.sum()))
    total = float(outcomes.sum()) + rest
    counts = rng.multinomial(kept, np.append(outcomes, rest) / total)
    return counts[:-1], kept
