r"""What a training run leaves behind, in memory and in a file.

The file holds one JSON object a line: the problem's fingerprint and the
start, then one dwell after the other. A dwell is written when it is done, so
a run that is killed loses the dwell it was in and nothing else; Python's
floats survive JSON to the last bit.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qcl.learning.survivors import Floats, Indices


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

    @property
    def weights(self) -> Floats:
        """The network at the end, shape (parameters,)."""
        return self.dwells[-1].weights if self.dwells else self.start

    @property
    def survivors(self) -> Indices:
        """Which weights survive at the end."""
        return self.dwells[-1].keep if self.dwells else self.keep

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
        FileNotFoundError
            If there is none.
        ValueError
            If the file is not a record.
        """
        return Record(Path(path)).read()[0]


class Record:
    """The file of a run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, fingerprint: str, run: TrainingRun, rng: Any) -> None:
        """Write the first line, in one piece."""
        head = {
            "fingerprint": fingerprint,
            "start": run.start.tolist(),
            "keep": run.keep.tolist(),
            "start_loss": run.start_loss,
            "start_accuracy": run.start_accuracy,
            "rng": rng,
        }
        fresh = self.path.with_name(self.path.name + ".new")
        fresh.write_text(json.dumps(head) + "\n", encoding="utf-8")
        fresh.replace(self.path)

    def add(self, dwell: Dwell, rng: Any) -> None:
        """Append a dwell and the state the generator is left in."""
        entry = asdict(dwell)
        for name in ("weights", "keep"):
            entry[name] = entry[name].tolist()
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"dwell": entry, "rng": rng}) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def read(self) -> tuple[TrainingRun, str, Any]:
        """Return the run, its fingerprint and the generator's last state.

        A last line that was not finished is cut off.
        """
        text = self.path.read_text(encoding="utf-8")
        whole = text[: text.rfind("\n") + 1]
        try:
            head, *rest = (json.loads(line) for line in whole.splitlines())
            dwells = tuple(_dwell(entry["dwell"]) for entry in rest)
            run = TrainingRun(
                np.array(head["start"], dtype=np.float64),
                np.array(head["keep"], dtype=np.int64),
                head["start_loss"],
                head["start_accuracy"],
                dwells,
            )
            state = (rest or [head])[-1]["rng"]
            fingerprint = head["fingerprint"]
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{self.path} is not the record of a training run; name "
                "another file, or delete this one"
            ) from error
        return run, fingerprint, state

    def trim(self) -> None:
        """Cut off a last line that was not finished."""
        with self.path.open("rb+") as file:
            file.truncate(file.read().rfind(b"\n") + 1)


def _dwell(entry: dict[str, Any]) -> Dwell:
    weights = np.array(entry.pop("weights"), dtype=np.float64)
    keep = np.array(entry.pop("keep"), dtype=np.int64)
    return Dwell(weights, keep, **entry)
