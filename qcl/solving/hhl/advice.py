"""What to do about a condition number: only ways that can be gone."""

from typing import Any, get_args

from qcl._checks import is_noun
from qcl.solving.hhl.clock import MOST_CLOCK, Window, advise, fewest
from qcl.solving.qsvt.inversion import MOST_USES, inverse_polynomial
from qcl.solving.stacking.hermitian import HermitianProblem

_LARGE = 0.5


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
