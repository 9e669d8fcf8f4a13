"""What tells a run from another, and how one goes on after its record."""

import hashlib
import json
from dataclasses import astuple
from typing import Any

import numpy as np

from qcl.learning.datasets import Dataset
from qcl.learning.networks.polynomial import PolynomialMLP
from qcl.learning.training._dynamics import Solver
from qcl.learning.training._journal import Journal
from qcl.learning.training.run import TrainingRun, run_from
from qcl.learning.training.schedule import Schedule


def resumed(
    journal: Journal, mark: str, rng: np.random.Generator | None
) -> TrainingRun:
    """Read what is done, and put the generator where it was then."""
    head, *rest = journal.read()
    if head.get("fingerprint") != mark:
        raise ValueError(
            f"{journal.path} is the record of another run (network, data, "
            "mask, schedule, solver, shots, start and rng must be the same); "
            "name another file, or delete this one"
        )
    if rng is not None:
        rng.bit_generator.state = (rest or [head])[-1]["rng"]
    return run_from(journal)


def state_of(rng: np.random.Generator | None) -> Any:
    """Return the generator's state in a form JSON can hold."""
    if rng is None:
        return None
    return json.loads(json.dumps(rng.bit_generator.state, default=_listed))


def _listed(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else int(value)


def fingerprint(
    net: PolynomialMLP,
    data: Dataset,
    schedule: Schedule,
    solver: Solver,
    shots: int | None,
    rng: np.random.Generator | None,
    mask: Any,
    start: Any,
) -> str:
    """Return a digest of all that determines a run.

    The arguments are those that the checks returned, so that equal ones
    look equal.
    """
    plain = (astuple(net), astuple(schedule), solver, shots, state_of(rng))
    digest = hashlib.sha256(repr(plain).encode())
    arrays = (data.X_train, data.y_train, data.X_test, data.y_test)
    for array in (*arrays, mask, start):
        digest.update(
            repr((np.shape(array), np.asarray(array).dtype)).encode()
        )
        digest.update(b"" if array is None else np.asarray(array).tobytes())
    return digest.hexdigest()
