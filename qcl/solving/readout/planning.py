r"""How many shots a reading needs for a given error."""

import math
from typing import get_args

import numpy as np

from qcl._checks import a_choice, a_number, a_result
from qcl.solving.readout.counting import MOST_SHOTS, Amplitudes, Floats
from qcl.solving.readout.estimators import Method, fewest_shots
from qcl.solving.solution.reading import normal_quantile
from qcl.solving.solution.result import QuantumSolution
from qcl.solving.stacking.system import LinearSystem


def plan_shots(
    target: QuantumSolution | LinearSystem,
    error: float,
    level: float = 0.95,
    method: Method = "reference",
) -> int:
    r"""Shots after which every weight's interval is within an error.

    With :math:`p_r=x_r^2`, P the success probability and S shots, the
    variance of the estimates of :func:`qcl.read_weights` is

    .. math::

        \frac{y_r^2}{2SPp_r^2}\bigl[n(p_r+p_i-4p_rp_i)+4p_i(1-p_r)\bigr]
        \qquad\text{(reference),}

        \frac{\|\hat y_{\rm in}\|^2}{2SPp_{\rm in}}
        \Bigl(1+\frac{p_i}{p_{\rm in}}\Bigr)
        \Bigl(1+\frac2{k_i+1}\Bigr)
        \qquad\text{(interference; }k_i=\tfrac12SPp_i\text{ counts).}

    It is solved for S, and never fewer shots are returned than let each
    measurement see the reference 25 times, which the formulas assume.

    Parameters
    ----------
    target : QuantumSolution or LinearSystem
        What is to be read. Of a system alone the exact solution is used,
        and the shots are those that must survive the post-selection: divide
        them by its probability.
    error : float
        Half the width of the widest interval, in units of a weight.
    level : float
        Confidence level of the intervals.
    method : {"reference", "interference"}
        As for :func:`qcl.read_weights`.

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If the target is neither, or an argument of another kind.
    ValueError
        If error <= 0 or takes more than 10^18 shots, level is not in
        (0, 1), the method is unknown, or there is nothing that
        :func:`qcl.read_weights` could read.

    References
    ----------
    Derived in chapter 12 of the book.

    Examples
    --------
    >>> import qcl
    >>> lifting = qcl.lift(qcl.PolynomialMap({1: [[-0.5]]}), order=1)
    >>> plan_shots(qcl.stack(lifting, [1.0], T=2), error=0.01)
    23484
    """
    error = a_number(error, "error", above=0)
    reach = normal_quantile(level) / error
    a_choice(method, get_args(Method), "method")
    if isinstance(target, LinearSystem):
        result = QuantumSolution.exact(target)
    else:
        result = a_result(target, " or a LinearSystem")
    held = Amplitudes.of(result.stacked, result.state)
    chance = result.success_probability
    with np.errstate(over="ignore", invalid="ignore"):
        needed = _needed(held, reach, method)
    least = fewest_shots(held, chance, method)
    shots = max(float(needed.max()) / chance, least)
    if not shots <= MOST_SHOTS:
        raise ValueError(
            f"an error of {error:.2g} takes more than {MOST_SHOTS:.0e} "
            "shots; accept a larger error"
        )
    return math.ceil(shots)


def _needed(held: Amplitudes, reach: float, method: Method) -> Floats:
    r"""Surviving shots that each weight needs.

    By interference S solves :math:`S=A\,[1+2/(1+bS)]`, with the factor of
    small counts.
    """
    p = held.weights**2
    if method == "reference":
        p_r = held.reference**2
        noise = len(p) * (p_r + p - 4 * p_r * p) + 4 * p * (1 - p_r)
        return np.square(reach * held.unit / p_r) / 2 * noise
    variance = held.norm_unit**2 / (2 * held.known) * (1 + p / held.known)
    many, rate = np.square(reach) * variance, p / 2
    slope = 1 - many * rate
    return 6 * many / (slope + np.sqrt(slope**2 + 12 * many * rate))
