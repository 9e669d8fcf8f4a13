r"""The algorithm of Harrow, Hassidim and Lloyd, as a circuit and a formula.

Phase estimation writes each eigenvalue :math:`\lambda_j` of :math:`H` into a
clock register, a rotation multiplies by :math:`C/\lambda_j`, and the phase
estimation is undone. Finding the ancilla in 1 and the clock back at 0 leaves
:math:`\sum_jf(\lambda_j)\beta_j|u_j\rangle` with the *filter*

.. math::

    f(\lambda)=\sum_k|\alpha_k(\lambda)|^2\,\frac{C}{\tilde\lambda_k},
    \qquad \tilde\lambda_k=\frac{2\pi k}{2^{n_c}\tau},
    \qquad k=-2^{n_c-1},\dots,2^{n_c-1}-1,

where :math:`|\alpha_k(\lambda)|^2` is the probability that the clock reads
:math:`k`, and :math:`\tau` the evolution time. The formula is exact, so it
serves as a fast path and as the circuit's test. With a window other than the
rectangular one, "back at 0" means: after its preparation is undone.
"""

import warnings
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from qcl._checks import a_choice, a_count, a_noun, a_number
from qcl.solving.hhl._circuit import circuit, run
from qcl.solving.hhl.advice import MOST_CLOCK, advise, fewest, remedies
from qcl.solving.hhl.clock import Clock, Window
from qcl.solving.readout.counting import checked_shots
from qcl.solving.readout.reading import read_out
from qcl.solving.solution.result import (
    InaccurateSolutionWarning,
    QuantumSolution,
    outcome,
)
from qcl.solving.solution.simulation import tape
from qcl.solving.stacking.hermitian import (
    HermitianProblem,
    embed_hermitian,
    paired,
)
from qcl.solving.stacking.trust import warn_if_truncated

_MOST_QUBITS = 24
_INACCURATE = 0.1
_ERROR = 1e-2
_Method = Literal["circuit", "filter"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class HHLResult(QuantumSolution):
    """A :class:`QuantumSolution` and the clock that made it.

    Attributes
    ----------
    problem : HermitianProblem
        The Hermitian system that was simulated.
    clock : Clock
        Clock register, evolution time and rotation constant.
    """

    problem: HermitianProblem
    clock: Clock

    def circuit(self) -> Any:
        """Return the circuit as a PennyLane tape.

        Examples
        --------
        >>> result = hhl(([[2, 0], [0, 1]], [1, 1]), clock_qubits=6)
        >>> len(result.circuit().wires)
        8
        """
        return tape(lambda: circuit(self.problem, self.clock))

    def _facts(self) -> list[tuple[str, str]]:
        clock = f"{self.clock.qubits} qubits, {self.clock.window}"
        return [*super()._facts(), ("clock", clock)]


def hhl(
    system: Any,
    clock_qubits: int | None = None,
    shots: int | None = None,
    rng: np.random.Generator | int | None = None,
    method: _Method = "circuit",
    window: Window = "rectangular",
    clock: Clock | None = None,
) -> HHLResult:
    r"""Solve a linear system with the HHL algorithm.

    Parameters
    ----------
    system : LinearSystem or pair (matrix, rhs)
        Any invertible square matrix: it is dilated if it is not Hermitian
        and padded to a power of two, both without changing
        :math:`\kappa`. Matrix and right-hand side may also be the first
        two arguments.
    clock_qubits : int, optional
        Width of the clock register; by default :func:`advise_clock` for a
        relative error of 1e-2.
    shots : int, optional
        Runs of the circuit: a stacked system's weights are read from them
        as :func:`qcl.read_weights` does, a plain system's solution by
        interference (magnitudes from counts, norm from the success
        probability). None reads the exact amplitudes.
    rng : numpy Generator or int
        Needed with ``shots``; an integer is a seed.
    method : {"circuit", "filter"}
        Simulate the circuit on ``lightning.qubit``, or apply the exact
        filter formula in the eigenbasis (the same numbers, faster).
    window : {"rectangular", "sine"}
        The state the clock starts in; see :mod:`qcl.solving.hhl.clock`. A sine
        reaches a small error with fewer qubits.
    clock : Clock, optional
        A clock made by hand, instead of ``clock_qubits`` and ``window``.

    Returns
    -------
    HHLResult

    Warns
    -----
    InaccurateSolutionWarning
        If the clock leaves a relative error above 0.1.
    TruncationWarning
        If nothing certifies that a stacked system follows the descent.

    Raises
    ------
    TypeError, ValueError
        If the system is not a finite, square, invertible one with a
        non-zero right-hand side; if the clock cannot resolve the smallest
        eigenvalue, comes twice or never succeeds; if the circuit is too
        wide to simulate; if shots come without rng or are too few.

    References
    ----------
    Harrow, Hassidim, Lloyd, Phys. Rev. Lett. 103:150502 (2009), with the
    sine window in its preprint, arXiv:0811.3171; the filter formula is
    derived in chapter 10 of the book.

    Examples
    --------
    >>> result = hhl(([[2, 0], [0, -1]], [2, 1]), clock_qubits=8)
    >>> result.solution.round(2).tolist()
    [1.0, -0.98]
    >>> system = ([[2, 0], [0, -1]], [2, 1])
    >>> result = hhl(system, clock_qubits=8, window="sine")
    >>> result.solution.round(3).tolist()
    [1.0, -1.0]
    """
    system, clock_qubits = paired(system, clock_qubits)
    a_choice(method, get_args(_Method), "method")
    a_choice(window, get_args(Window), "window")
    if shots is not None:
        shots, rng = checked_shots(shots, rng)
    problem = embed_hermitian(system)
    clock = _a_clock(problem, system, clock_qubits, window, clock)
    width = 1 + clock.qubits + problem.qubits
    if method == "circuit":
        if width > _MOST_QUBITS:
            raise ValueError(
                f"the circuit needs {width} qubits and a simulator can take "
                f"{_MOST_QUBITS}; use method='filter', which gives the same "
                "numbers without a circuit, or shorten the system"
            )
        final = run(problem, clock)
    else:
        response = clock.filter(problem.eigenvalues) * problem.amplitudes
        final = problem.vectors @ response
    kept = final[problem.solution_slice]
    unit = problem.rhs_norm / clock.constant
    result = HHLResult(
        **outcome(system, kept, unit, problem.reference, width),
        problem=problem,
        clock=clock,
    )
    _warn_if_inaccurate(result)
    warn_if_truncated(system)
    return read_out(result, shots, rng)


def _warn_if_inaccurate(result: HHLResult) -> None:
    if (error := result.relative_error) > _INACCURATE:
        warnings.warn(
            f"a clock of {result.clock.qubits} qubits leaves a relative "
            f"error of {error:.2f}; qcl.diagnose says why and what to change",
            InaccurateSolutionWarning,
            stacklevel=3,
        )


def advise_clock(
    system: Any, error: float = 1e-2, window: Window = "rectangular"
) -> int:
    r"""Smallest clock whose relative error is below a target.

    The exact filter formula is evaluated for one width after the other; no
    circuit is run. With the rectangular window the error does not fall
    steadily: it depends on how the eigenvalues fall between bins, so a
    wider clock can be worse.

    Parameters
    ----------
    system : LinearSystem or pair (matrix, rhs)
        As for :func:`hhl`.
    error : float
        Target for :math:`\|x-x^*\|/\|x^*\|`, > 0.
    window : {"rectangular", "sine"}
        The state the clock starts in.

    Returns
    -------
    int
        For ``hhl(system, clock_qubits)``, by its circuit or, where that is
        too wide to simulate, by ``method="filter"``.

    Raises
    ------
    TypeError, ValueError
        If the system is not one that HHL takes, error <= 0, the window is
        unknown, or no clock of up to 16 qubits suffices.

    Examples
    --------
    >>> system = ([[2, 0], [0, -1]], [2, 1])
    >>> advise_clock(system, error=0.1), advise_clock(system, error=1e-3)
    (4, 12)
    >>> advise_clock(system, error=1e-3, window="sine")
    7
    """
    system, second = paired(system, error)
    error = a_number(1e-2 if second is None else second, "error", above=0)
    a_choice(window, get_args(Window), "window")
    return _advised(embed_hermitian(system), system, error, window)


def _advised(
    problem: HermitianProblem, system: Any, error: float, window: Window
) -> int:
    """Smallest clock for an error; say what to do if there is none."""
    qubits = advise(problem, error, window)
    if qubits is None:
        raise ValueError(
            f"no clock of up to {MOST_CLOCK} qubits with the {window} window "
            f"reaches error={error:.2g} at condition number "
            f"{problem.condition_number:.1e}; "
            + remedies(problem, system, error)
        )
    return qubits


def _a_clock(
    problem: HermitianProblem,
    system: Any,
    qubits: Any,
    window: Window,
    clock: Clock | None,
) -> Clock:
    """Return the clock asked for, or one that is wide enough."""
    if clock is not None:
        if qubits is not None:
            raise ValueError(
                "expected one clock, got several: clock and clock_qubits "
                "exclude each other"
            )
        return a_noun(clock, "Clock")
    if qubits is None:
        qubits = _advised(problem, system, _ERROR, window)
    qubits = a_count(qubits, "clock_qubits", 1)
    least = fewest(problem, window)
    if qubits < least:
        remedy = f"use clock_qubits >= {least}, or leave it out to be advised"
        if least > MOST_CLOCK:
            others = remedies(problem, system, _ERROR)
            remedy = f"that takes {least}; {others}"
        raise ValueError(
            f"a clock of {qubits} qubits cannot resolve condition "
            f"number {problem.condition_number:.3g}: the smallest "
            f"eigenvalue would lie less than four bins from zero; {remedy}"
        )
    return Clock.for_problem(problem, qubits, window)
