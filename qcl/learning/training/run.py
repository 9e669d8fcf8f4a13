r"""What a training run leaves behind, in memory and in a file."""

import os
from dataclasses import asdict, dataclass, fields
from numbers import Real
from typing import Any

import numpy as np

from qcl._checks import a_count, finite_reals, kind_of
from qcl.learning.pruning.masks import survivors
from qcl.learning.training._journal import Journal
from qcl.lifting.algebra.basis import Floats, Indices


@dataclass(frozen=True, eq=False)
class Dwell:
    r"""One upload, T steps, one download.

    With :math:`u_{\rm GD}` the weights of T steps of gradient descent from
    the same point, and lengths in units of the weights:

    Attributes
    ----------
    weights : ndarray, shape (parameters,)
        The network after the dwell; pruned weights are 0.
    keep : ndarray of int64
        Which weights survive after the dwell.
    loss, accuracy : float
        Training loss and test accuracy after the dwell.
    descent_loss, descent_accuracy : float
        Those of gradient descent restarted at the same point.
    truncation_error : float
        :math:`\|\hat u-u_{\rm GD}\|`, of the truncated system solved
        exactly.
    solver_error : float
        :math:`\|u_{\rm solver}-\hat u\|`, of the state's amplitudes.
    shot_error : float
        :math:`\|u_{\rm read}-u_{\rm solver}\|`; 0 without shots.
    truncation_bound : float
        Bound of the truncation error; see :func:`qcl.truncation_bound`.
    condition_number : float
        :math:`\kappa` of the stacked system; nan for gradient descent.
    success_probability : float
        Of the post-selection.
    qubits, shots : int
        Width of the circuit; runs spent on the download.
    """

    weights: Floats
    keep: Indices
    loss: float
    accuracy: float
    descent_loss: float
    descent_accuracy: float
    truncation_error: float
    solver_error: float
    shot_error: float
    truncation_bound: float
    condition_number: float
    success_probability: float
    qubits: int
    shots: int

    def __post_init__(self) -> None:
        """Check the entries and freeze the arrays."""
        _frozen(self, "weights")

    def __repr__(self) -> str:
        """Say what matters at a prompt."""
        return (
            f"Dwell(loss={self.loss:.4g}, accuracy={self.accuracy:.3g}, "
            f"{self.keep.size} of {self.weights.size} weights, "
            f"{self.qubits} qubits, {self.shots} shots)"
        )


@dataclass(frozen=True, eq=False)
class TrainingRun:
    """A training run; made by :func:`qcl.train`.

    Attributes
    ----------
    start : ndarray, shape (parameters,)
        The pruned network before the first upload.
    keep : ndarray of int64
        Which weights survive in it.
    start_loss, start_accuracy : float
        Its training loss and test accuracy.
    dwells : tuple of Dwell
        One after the other.
    """

    start: Floats
    keep: Indices
    start_loss: float
    start_accuracy: float
    dwells: tuple[Dwell, ...]

    def __post_init__(self) -> None:
        """Check the entries and freeze the arrays."""
        _frozen(self, "start")
        given = isinstance(self.dwells, list | tuple)
        dwells = tuple(self.dwells) if given else (None,)
        if not all(isinstance(dwell, Dwell) for dwell in dwells):
            raise TypeError(
                f"expected a tuple of Dwell, got {kind_of(self.dwells)} of "
                "others; qcl.train makes them"
            )
        object.__setattr__(self, "dwells", dwells)

    def __repr__(self) -> str:
        """Say what matters at a prompt."""
        ends = [self.losses[[0, -1]], self.accuracies[[0, -1]]]
        words = ["{:.4g} to {:.4g}".format(*pair) for pair in ends]
        return (
            f"TrainingRun({len(self.dwells)} dwells, {self.keep.size} of "
            f"{self.start.size} weights, loss {words[0]}, accuracy "
            f"{words[1]})"
        )

    def _repr_html_(self) -> str:
        """Show a row for each dwell."""
        rows = [
            f"<tr><td>{number}</td><td>{d.loss:.4g}</td>"
            f"<td>{d.descent_loss:.4g}</td><td>{d.accuracy:.3g}</td>"
            f"<td>{d.truncation_error:.1e}</td><td>{d.solver_error:.1e}</td>"
            f"<td>{d.shot_error:.1e}</td><td>{d.qubits}</td></tr>"
            for number, d in enumerate(self.dwells, 1)
        ]
        names = ("dwell", "loss", "of descent", "accuracy", "truncation",
                 "solver", "shots", "qubits")  # fmt: skip
        head = "".join(f"<th>{name}</th>" for name in names)
        return f"<table><tr>{head}</tr>{''.join(rows)}</table>"

    @property
    def weights(self) -> Floats:
        """The network at the end, shape (parameters,)."""
        last = self.dwells[-1].weights if self.dwells else self.start
        return last.copy()

    @property
    def survivors(self) -> Indices:
        """Which weights survive at the end."""
        last = self.dwells[-1].keep if self.dwells else self.keep
        return last.copy()

    @property
    def losses(self) -> Floats:
        """Training loss at the start and after each dwell."""
        return np.array([self.start_loss, *(d.loss for d in self.dwells)])

    @property
    def accuracies(self) -> Floats:
        """Test accuracy at the start and after each dwell."""
        later = [d.accuracy for d in self.dwells]
        return np.array([self.start_accuracy, *later])

    @property
    def errors(self) -> Floats:
        """Truncation, solver and shot error, shape (dwells, 3)."""
        return np.array(
            [
                (d.truncation_error, d.solver_error, d.shot_error)
                for d in self.dwells
            ]
        ).reshape(-1, 3)

    @property
    def shots(self) -> int:
        """Runs of the circuit, all dwells together."""
        return sum(d.shots for d in self.dwells)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "TrainingRun":
        """Read a run from its record, finished or not.

        Raises
        ------
        TypeError
            If it is no path.
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is not a record, or a damaged one.
        """
        return run_from(Journal(path))


def run_from(journal: Journal) -> TrainingRun:
    """Read what a journal holds of a run."""
    head, *rest = journal.read()
    try:
        dwells = tuple(Dwell(**entry["dwell"]) for entry in rest)
        facts = {field.name: head[field.name] for field in _HEAD}
        return TrainingRun(**facts, dwells=dwells)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{journal.path} was written by another version of qcl; delete "
            "it and run again, or name another file"
        ) from error


def head_entry(run: TrainingRun) -> dict[str, Any]:
    """Return what the first line holds of a run."""
    entry = {field.name: getattr(run, field.name) for field in _HEAD}
    return _listed(entry)


def dwell_entry(dwell: Dwell) -> dict[str, Any]:
    """Return what a line holds of a dwell."""
    return {"dwell": _listed(asdict(dwell))}


def _listed(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in entry.items()
    }


def _frozen(record: Any, weights: str) -> None:
    """Check a record; keep read-only copies of its arrays."""
    theta = finite_reals(getattr(record, weights), "the weights", (None,))
    changed = {weights: theta, "keep": survivors(record.keep, theta.size)}
    for array in changed.values():
        array.setflags(write=False)
    for field in fields(record):
        if field.type in ("float", float):
            value = getattr(record, field.name)
            if isinstance(value, bool) or not isinstance(value, Real):
                raise TypeError(
                    f"expected a number {field.name}, got {kind_of(value)}"
                )
            changed[field.name] = float(value)
        elif field.type in ("int", int):
            value = getattr(record, field.name)
            changed[field.name] = a_count(value, field.name)
    for name, value in changed.items():
        object.__setattr__(record, name, value)


_HEAD = tuple(f for f in fields(TrainingRun) if f.name != "dwells")
