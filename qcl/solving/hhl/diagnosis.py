r"""Why a run of HHL is inaccurate or unlikely, and what to change.

The error is split over the bins of the clock, exactly, into what comes of
its resolution, of bins that are not rotated and of readings past its end
(:meth:`qcl.Clock.shortfall`). The three add up as vectors, so the sum of
their norms bounds the error.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np

from qcl._checks import a_choice, a_count, a_fraction, a_noun
from qcl.solving.hhl.advice import MOST_CLOCK, advise, alternatives, smaller
from qcl.solving.hhl.clock import Clock, Window
from qcl.solving.hhl.solver import HHLResult
from qcl.solving.solution.amplification import amplify
from qcl.solving.stacking.display import table
from qcl.solving.stacking.hermitian import (
    HermitianProblem,
    embed_hermitian,
    paired,
)
from qcl.solving.stacking.trust import warn_if_truncated

_UNLIKELY = 1e-2


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and what to do about it.

    Attributes
    ----------
    cause : str
        "resolution", "lost rotations", "aliasing", "condition number" or
        "success probability".
    fact : str
        What was found.
    remedy : str
        What to change.
    """

    cause: str
    fact: str
    remedy: str


@dataclass(frozen=True, repr=False)
class Diagnosis:
    r"""What goes wrong in a run of HHL; made by :func:`diagnose`.

    Attributes
    ----------
    error : float
        Relative error of the solution, before shots.
    target : float
        The error asked for.
    resolution, lost, aliasing : float
        Norms of its three parts; ``error <= resolution + lost + aliasing``.
    success_probability : float
        Probability of the post-selection.
    condition_number : float
        Of the matrix.
    smallest_bin : float
        Distance of the smallest eigenvalue from 0, in bins.
    clock : Clock
        The clock that was judged.
    findings : tuple of Finding
        Empty if nothing is wrong. If the error exceeds the target, each
        part above a third of the target is listed: at least one is.
    """

    error: float
    target: float
    resolution: float
    lost: float
    aliasing: float
    success_probability: float
    condition_number: float
    smallest_bin: float
    clock: Clock
    findings: tuple[Finding, ...]

    def __repr__(self) -> str:
        """Say whether anything is wrong."""
        causes = ", ".join(item.cause for item in self.findings)
        return (
            f"Diagnosis(error={self.error:.2g}, target={self.target:.2g}, "
            f"{causes or 'all well'})"
        )

    def _repr_html_(self) -> str:
        facts = [
            ("relative error", f"{self.error:.2g} of {self.target:.2g}"),
            ("resolution", f"{self.resolution:.2g}"),
            ("lost rotations", f"{self.lost:.2g}"),
            ("aliasing", f"{self.aliasing:.2g}"),
            ("success probability", f"{self.success_probability:.2g}"),
            ("condition number", f"{self.condition_number:.3g}"),
        ]
        wrong = [
            (item.cause, f"{item.fact}: {item.remedy}")
            for item in self.findings
        ]
        return table(facts + wrong)

    def __str__(self) -> str:
        """Write the numbers, then each finding with its remedy."""
        lines = [
            f"relative error {self.error:.2g}, asked for {self.target:.2g}; "
            f"{self.clock.window} clock of {self.clock.qubits} qubits",
            f"at most resolution {self.resolution:.2g} + lost rotations "
            f"{self.lost:.2g} + aliasing {self.aliasing:.2g}",
            f"success probability {self.success_probability:.2g}, condition "
            f"number {self.condition_number:.3g}",
        ]
        for item in self.findings:
            lines += [f"- {item.cause}: {item.fact}", f"  {item.remedy}"]
        return "\n".join(lines if self.findings else [*lines, "- all well"])


def diagnose(
    system: Any,
    clock_qubits: int | None = None,
    window: Window = "rectangular",
    error: float = 1e-2,
    clock: Clock | None = None,
) -> Diagnosis:
    r"""Say why HHL is inaccurate on a system, and what to change.

    The causes are told apart by the exact filter formula; no circuit is
    run, and shot noise is not included.

    Parameters
    ----------
    system : HHLResult, LinearSystem or pair (matrix, rhs)
        A result is judged with the clock it was made with.
    clock_qubits : int, optional
        Width of a clock chosen as :func:`qcl.hhl` does, however narrow. By
        default the advised one, or 16 if none suffices.
    window : {"rectangular", "sine"}
        Its window.
    error : float
        The relative error asked for, in (0, 1).
    clock : Clock, optional
        A clock made by hand, instead of the last two.

    Returns
    -------
    Diagnosis

    Warns
    -----
    TruncationWarning
        If nothing certifies that a stacked system follows the descent.

    Raises
    ------
    TypeError, ValueError
        If the system is not one that HHL takes, the error is not in (0, 1),
        the clock is wider than 22 qubits, or a clock comes twice.

    References
    ----------
    The split of the error is that of :meth:`qcl.Clock.shortfall`.

    Examples
    --------
    >>> print(diagnose(([[2, 0], [0, -1]], [2, 1]), clock_qubits=3))
    relative error 0.068, asked for 0.01; rectangular clock of 3 qubits
    at most resolution 0.051 + lost rotations 0 + aliasing 0.017
    success probability 0.091, condition number 2
    - resolution: the smallest eigenvalue lies 1.5 bins from zero
      clock_qubits=9, or 5 with the sine window, or qcl.qsvt (9 uses)
    - aliasing: the largest eigenvalue lies at 0.75 of the clock's range,
        past whose end signs flip
      clock_qubits=9, or 5 with the sine window, or qcl.qsvt (9 uses)
    """
    system, clock_qubits = paired(system, clock_qubits)
    error = a_fraction(error, "error")
    a_choice(window, get_args(Window), "window")
    result = system if isinstance(system, HHLResult) else None
    if sum(x is not None for x in (result, clock, clock_qubits)) > 1:
        raise ValueError(
            "expected one clock, got several: a result brings its own, and "
            "clock and clock_qubits exclude each other"
        )
    if result is None:
        problem = embed_hermitian(system)
    else:
        problem, clock, system = result.problem, result.clock, result.system
    if clock is not None:
        clock = a_noun(clock, "Clock")
    else:
        if clock_qubits is None:
            clock_qubits = advise(problem, error, window) or MOST_CLOCK
        width = a_count(clock_qubits, "clock_qubits", 1)
        clock = Clock.for_problem(problem, width, window)
    warn_if_truncated(system)
    numbers = _measure(problem, clock, error)
    return replace(
        numbers, findings=tuple(_findings(numbers, problem, system))
    )


def _measure(
    problem: HermitianProblem, clock: Clock, target: float
) -> Diagnosis:
    """Compute everything but the findings."""
    exact = problem.amplitudes / problem.eigenvalues
    scale = problem.rhs_norm / np.linalg.norm(problem.reference)
    missing = clock.shortfall(problem.eigenvalues) * exact[:, None]
    vectors = problem.vectors[problem.solution_slice] * scale
    parts = np.linalg.norm(vectors @ missing, axis=0)
    total = missing.sum(axis=1)
    kept = problem.vectors[problem.solution_slice] @ (exact + total)
    smallest = np.abs(problem.eigenvalues).min()
    return Diagnosis(
        error=float(np.linalg.norm(vectors @ total)),
        target=target,
        resolution=float(parts[0]),
        lost=float(parts[1]),
        aliasing=float(parts[2]),
        success_probability=float(np.linalg.norm(clock.constant * kept) ** 2),
        condition_number=problem.condition_number,
        smallest_bin=float(smallest / clock.bins[1]),
        clock=clock,
        findings=(),
    )


def _findings(
    numbers: Diagnosis, problem: HermitianProblem, system: Any
) -> Iterator[Finding]:
    """Compare the numbers with what is asked for, one cause at a time."""
    ways = alternatives(problem, numbers.target)
    other = ", or ".join(ways or [smaller(system)])
    if numbers.error > numbers.target:
        yield from _errors(numbers, problem, other)
    if not any("clock_qubits" in way or "window" in way for way in ways):
        yield Finding(
            "condition number",
            f"at {numbers.condition_number:.3g} no clock of up to "
            f"{MOST_CLOCK} qubits reaches an error of {numbers.target:.2g}",
            ", or ".join([smaller(system), *ways]),
        )
    if numbers.success_probability < _UNLIKELY:
        yield _unlikely(numbers, problem, system)


def _errors(
    numbers: Diagnosis, problem: HermitianProblem, other: str
) -> Iterator[Finding]:
    """Name the parts of the error that are too large."""
    clock, share = numbers.clock, numbers.target / 3
    safe = Clock.for_problem(problem, clock.qubits, clock.window)
    smallest, largest = np.sort(np.abs(problem.eigenvalues))[[0, -1]]
    if numbers.resolution > share:
        yield Finding(
            "resolution",
            f"the smallest eigenvalue lies {numbers.smallest_bin:.2g} bins "
            "from zero",
            other,
        )
    if numbers.lost > share:
        yield Finding(
            "lost rotations",
            f"bins below {clock.constant:.3g} are not rotated; the smallest "
            f"eigenvalue is {smallest:.3g}",
            f"use a constant of {safe.constant:.3g}"
            if clock.constant > smallest
            else other,
        )
    if numbers.aliasing > share:
        reach = largest * clock.time / np.pi
        yield Finding(
            "aliasing",
            f"the largest eigenvalue lies at {reach:.3g} of the clock's "
            "range, past whose end signs flip",
            f"use a time of {safe.time:.3g}"
            if clock.time > safe.time * (1 + 1e-9)
            else other,
        )


def _unlikely(
    numbers: Diagnosis, problem: HermitianProblem, system: Any
) -> Finding:
    """Say whether the clock or the system makes success unlikely."""
    clock, chance = numbers.clock, numbers.success_probability
    safe = Clock.for_problem(problem, clock.qubits, clock.window)
    better = _measure(problem, safe, numbers.target).success_probability
    if better > 4 * chance:
        fact = f"{chance:.2g} with a constant of {clock.constant:.3g}"
        remedy = (
            f"a constant of {safe.constant:.3g} and a time of "
            f"{safe.time:.3g} make it {better:.2g}"
        )
    else:
        plan = amplify(chance)
        least = numbers.condition_number**-2
        fact = f"{chance:.2g}, where the worst system has about {least:.0g}"
        remedy = (
            f"{plan.rounds} rounds of amplitude amplification use the "
            f"circuit {plan.solver_uses} times instead of "
            f"{plan.repetitions:.2g}; or {smaller(system)}"
        )
    return Finding("success probability", fact, remedy)
