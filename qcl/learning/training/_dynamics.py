r"""One dwell: upload, T steps on a solver, download."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from qcl.learning.networks.polynomial import PolynomialMLP
from qcl.learning.training.schedule import Schedule
from qcl.lifting.algebra.basis import Floats, Indices
from qcl.lifting.algebra.exact import check_range
from qcl.lifting.algebra.terms import Terms
from qcl.lifting.carleman.lift import Lifting, lift
from qcl.lifting.maps.polynomial import PolynomialMap, step_of_terms
from qcl.solving.hhl.solver import advise_clock, hhl
from qcl.solving.qsvt.solver import qsvt
from qcl.solving.readout.reading import read_weights
from qcl.solving.solution.result import QuantumSolution
from qcl.solving.stacking.scaling import length_scale
from qcl.solving.stacking.stack import stack
from qcl.solving.stacking.system import LinearSystem
from qcl.solving.stacking.trust import warn_if_truncated

Solver: TypeAlias = Literal["exact", "hhl", "qsvt", "classical"]

# Gradient descent makes none of the errors and needs none of the circuit.
_EXACT: dict[str, Any] = {
    "truncation_error": 0.0,
    "solver_error": 0.0,
    "shot_error": 0.0,
    "truncation_bound": 0.0,
    "condition_number": np.nan,
    "success_probability": 1.0,
    "qubits": 0,
    "shots": 0,
}


@dataclass(frozen=True, eq=False)
class Dynamics:
    """The T steps of a dwell, with what chance has added to them.

    Attributes
    ----------
    net : PolynomialMLP
        The network.
    theta : ndarray, shape (parameters,)
        Its weights at the start, about which the steps are expanded.
    samples : list of (ndarray, ndarray)
        Inputs and targets of each step; one entry if all are the same.
    keep : ndarray of int64
        The surviving weights.
    eta : float
        Learning rate.
    push : ndarray, shape (T, survivors)
        What is added to the weights at each step.
    """

    net: PolynomialMLP
    theta: Floats
    samples: list[tuple[Floats, npt.NDArray]]
    keep: Indices
    eta: float
    push: Floats

    @classmethod
    def drawn(
        cls,
        net: PolynomialMLP,
        theta: Floats,
        samples: tuple[Floats, npt.NDArray],
        keep: Indices,
        schedule: Schedule,
        rng: np.random.Generator | None,
    ) -> "Dynamics":
        """Draw the minibatches and the noise of a dwell."""
        X, y = samples
        parts, push = [samples], np.zeros((schedule.steps, keep.size))
        if schedule.batch is not None and rng is not None:
            rows = [
                rng.choice(len(X), schedule.batch, replace=False) for _ in push
            ]
            parts = [(X[row], y[row]) for row in rows]
        if schedule.noise and rng is not None:
            push = rng.normal(0.0, schedule.noise, push.shape)
        return cls(net, theta, parts, keep, schedule.eta, push)

    @cached_property
    def descent(self) -> Floats:
        """Where gradient descent takes the displacement from 0."""
        point, keep = self.theta.copy(), self.keep
        parts = self.samples * (len(self.push) // len(self.samples))
        with np.errstate(over="ignore", invalid="ignore"):
            for t, (X, y) in enumerate(parts):
                slope = self.net.gradient(point, X, y, keep)
                point[keep] += self.push[t] - self.eta * slope
                check_range(point, t + 1)
        return point[keep] - self.theta[keep]

    @cached_property
    def steps(self) -> PolynomialMap | list[PolynomialMap]:
        """The steps as polynomials: one if all are the same, else T."""
        maps = [
            self.net.step(self.theta, X, y, self.eta, self.keep)
            for X, y in self.samples
        ]
        if self.push.any():
            maps *= len(self.push) // len(maps)
            return [_pushed(*p) for p in zip(maps, self.push, strict=True)]
        return maps[0] if len(maps) == 1 else maps


def _pushed(step: PolynomialMap, push: Floats) -> PolynomialMap:
    """Add a constant displacement to a step."""
    forcing = Terms.from_tensor(step.n, 0, step.F(0)[:, 0] + push)
    others = [part for degree, part in step.terms.items() if degree]
    return step_of_terms(step.n, [forcing, *others])


def lifted_system(motion: Dynamics, order: int) -> LinearSystem:
    r"""Stack the lifted steps about the point where the weights are now.

    The displacement starts at 0, so each slice carries the constant 1 as a
    reference for the read-out; the scale is
    :math:`\rho=\sqrt2\,\|u_{\rm GD}(T)\|`, which gives half of the last slice
    to degree 1. A simulation knows it; a machine would take the length of
    the dwell before.
    """
    steps = motion.steps
    lifting: Lifting | list[Lifting]
    if isinstance(steps, PolynomialMap):
        lifting = lift(steps, order)
    else:
        lifting = [lift(step, order) for step in steps]
    return stack(
        lifting,
        np.zeros(motion.keep.size),
        T=len(motion.push),
        scale=length_scale(motion.descent) or 1.0,
        constant=True,
    )


def trained(
    motion: Dynamics,
    solver: Solver,
    schedule: Schedule,
    shots: int | None,
    rng: np.random.Generator | None,
) -> tuple[Floats, dict[str, Any]]:
    """Take the steps; return the displacement as read, and the facts."""
    if solver == "classical":
        return motion.descent, _EXACT
    system = lifted_system(motion, schedule.order)
    if solver == "exact":
        warn_if_truncated(system, stacklevel=6)  # names who calls train
    result = _solve(system, solver, schedule)
    read = result.weights
    if shots is not None and rng is not None:
        read = read_weights(result, shots, rng).weights
    truncated = system.weights(system.solve())
    return read, {
        "truncation_error": _apart(truncated, motion.descent),
        "solver_error": _apart(result.weights, truncated),
        "shot_error": _apart(read, result.weights),
        "truncation_bound": system.truncation_bound,
        "condition_number": system.condition_number(),
        "success_probability": result.success_probability,
        "qubits": result.qubits,
        "shots": shots or 0,
    }


def _solve(
    system: LinearSystem, solver: Solver, schedule: Schedule
) -> QuantumSolution:
    """Hand the system to a solver; leave the shots to the read-out."""
    if solver == "qsvt":
        return qsvt(system, error=schedule.error)
    if solver == "hhl":
        clock = schedule.clock_qubits or advise_clock(system, schedule.error)
        return hhl(system, clock_qubits=clock)
    return QuantumSolution.exact(system)


def _apart(one: npt.NDArray, other: npt.NDArray) -> float:
    return float(np.linalg.norm(one - other))
