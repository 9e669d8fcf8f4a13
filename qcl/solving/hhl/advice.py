"""The width of a clock, and what to do where no width will do."""

from typing import Any, get_args

import numpy as np

from qcl._checks import is_noun
from qcl.solving.hhl.clock import Clock, Window, guard_bins
from qcl.solving.qsvt.inversion import MOST_USES, inverse_polynomial
from qcl.solving.stacking.hermitian import HermitianProblem

MOST_CLOCK = 16
_LARGE = 0.5


def advise(
    problem: HermitianProblem, error: float, window: Window
) -> int | None:
    """Smallest clock whose relative error is below a target, if any.

    See :func:`qcl.advise_clock`, which takes any system.
    """
    beta = problem.amplitudes
    weight = np.abs(beta) > 1e-12
    values, beta = problem.eigenvalues[weight], beta[weight]
    exact = beta / values
    for qubits in range(fewest(problem, window), MOST_CLOCK + 1):
        clock = Clock.for_problem(problem, qubits, window)
        found = clock.filter(values) * beta / clock.constant
        miss = np.linalg.norm(found - exact) / np.linalg.norm(exact)
        if miss <= error:
            return qubits
    return None


def fewest(problem: HermitianProblem, window: Window) -> int:
    """Clock that puts the smallest eigenvalue about four bins from zero."""
    needed = 4 * problem.condition_number * (1 - 1e-9) - 1
    qubits = 3
    while 2 ** (qubits - 1) - guard_bins(qubits, window) < needed:
        qubits += 1
    return qubits


def remedies(problem: HermitianProblem, system: Any, error: float) -> str:
    """What can be done where no clock reaches a target."""
    return ", or ".join([smaller(system), *alternatives(problem, error)])


def alternatives(problem: HermitianProblem, error: float) -> list[str]:
    """Clocks and circuits that reach a target; empty if none ever will."""
    forms = ("clock_qubits={}", "{} with the sine window")
    widths = [advise(problem, error, window) for window in get_args(Window)]
    ways = [f.format(n) for f, n in zip(forms, widths, strict=True) if n]
    if uses := _uses(problem, error):
        option = "" if uses <= MOST_USES else " with method='matrix'"
        ways.append(f"qcl.qsvt{option} ({uses} uses)")
    reachable = fewest(problem, "rectangular") <= MOST_CLOCK
    if not uses and (reachable or _uses(problem, _LARGE)):
        ways.append("accept a larger error")
    return ways


def _uses(problem: HermitianProblem, error: float) -> int | None:
    try:
        inverse = inverse_polynomial(problem.condition_number, error)
    except ValueError:
        return None
    return inverse.degree


def smaller(system: Any) -> str:
    """How to make a condition number smaller."""
    if not is_noun(system, "LinearSystem"):
        return "precondition the system"
    if system.scale == 1:
        return "stack with scale='auto'"
    return "stack fewer steps or less padding"
