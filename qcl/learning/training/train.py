r"""Training a pruned network on a solver of linear systems.

The loop of the paper's Fig. 1: train with every weight, prune to the largest
ones, upload them, let the solver take T steps of gradient descent at once,
download them, and begin again about the new point.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np

from qcl.learning.datasets import Dataset
from qcl.learning.networks.polynomial import PolynomialMLP
from qcl.learning.pruning.masks import magnitude_mask
from qcl.learning.survivors import Floats, Indices, survivors
from qcl.learning.training.dynamics import (
    Dynamics,
    Solver,
    trained,
)
from qcl.learning.training.records import Dwell, Record, TrainingRun
from qcl.learning.training.schedule import Schedule


def train(
    net: PolynomialMLP,
    data: Dataset,
    mask: Any,
    schedule: Schedule,
    solver: Solver = "exact",
    shots: int | None = None,
    rng: np.random.Generator | None = None,
    start: Any = None,
    record: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> TrainingRun:
    r"""Train the weights that survive pruning, dwell by dwell.

    Each dwell expands the step about the weights :math:`\theta^*` of the
    moment, lifts it, stacks T steps and solves for the displacement
    :math:`u(T)`; then :math:`\theta^*+u(T)`, read from the state, is
    uploaded again.

    Parameters
    ----------
    net : PolynomialMLP
        The network.
    data : Dataset
        Training and test samples.
    mask : float or array
        The share of largest weights that survives, or which survive (a mask
        or indices). The others are set to 0.
    schedule : Schedule
        Learning rate, number of dwells, steps in each, and so on.
    solver : {"exact", "hhl", "qsvt", "classical"}
        What solves the stacked system: exact arithmetic that leaves an ideal
        state, one of the circuits, or nothing, that is gradient descent.
    shots : int, optional
        Runs of the circuit that each download may take. None reads the
        amplitudes.
    rng : numpy Generator, optional
        Source of randomness: of the initial weights, the minibatches, the
        noise and the shots, whichever are drawn. Equal generators give
        equal runs.
    start : array of shape (parameters,), optional
        The weights to begin with; ``net.initial(rng)`` by default.
    record : path, optional
        File to keep the run in. If it holds the beginning of the same run,
        that is read and the run goes on after it, to the same last bit as
        if it had never stopped; a killed run loses one dwell at most.
    progress : bool
        Show a bar.

    Returns
    -------
    TrainingRun

    Raises
    ------
    ValueError
        On an unknown solver, on a mask or start that does not fit, if rng is
        missing where something is drawn, if shots are given to gradient
        descent, or if the record belongs to another run.
    OverflowError
        If gradient descent itself leaves the range of floats.

    References
    ----------
    Fig. 1 of the paper; the re-uploads and the QRAM variant are in its
    section "Numerical analysis". The three errors are defined in chapter 16
    of the book.

    Examples
    --------
    >>> import numpy as np
    >>> import qcl
    >>> rng = np.random.default_rng(1)
    >>> data = qcl.two_class(rng, inputs=2)
    >>> net = qcl.PolynomialMLP((2, 2, 1), weight_decay=0.1)
    >>> plan = qcl.Schedule(0.05, dwells=3, steps=4, pretraining=50)
    >>> run = train(net, data, 0.4, plan, start=net.initial(rng, 0.3))
    >>> bool(np.all(np.diff(run.losses) < 0)), run.survivors.size
    (True, 4)
    """
    _check(schedule, solver, shots, rng, start)
    mark = _fingerprint(net, data, mask, schedule, solver, shots, rng, start)
    file = None if record is None else Record(Path(record))
    if file is not None and file.path.exists():
        run = _resumed(file, mark, rng)
    else:
        run = _begun(net, data, mask, schedule, rng, start)
        if file is not None:
            file.begin(mark, run, _state(rng))
    for _ in _bar(range(len(run.dwells), schedule.dwells), progress):
        dwell = _dwell(net, data, run, schedule, solver, shots, rng)
        if file is not None:
            file.add(dwell, _state(rng))
        run = replace(run, dwells=(*run.dwells, dwell))
    return run


def _begun(
    net: PolynomialMLP,
    data: Dataset,
    mask: Any,
    schedule: Schedule,
    rng: np.random.Generator | None,
    start: Any,
) -> TrainingRun:
    """Train with every weight, and prune."""
    if start is None and rng is not None:
        start = net.initial(rng)
    theta = _dense(net, data, start, schedule, schedule.pretraining, rng)
    share = isinstance(mask, int | float)
    chosen = magnitude_mask(theta, mask) if share else mask
    keep = survivors(chosen, net.parameters)
    theta = _pruned(theta, keep)
    return TrainingRun(theta, keep, *_scores(net, data, theta), dwells=())


def _dwell(
    net: PolynomialMLP,
    data: Dataset,
    run: TrainingRun,
    schedule: Schedule,
    solver: Solver,
    shots: int | None,
    rng: np.random.Generator | None,
) -> Dwell:
    """Upload, take T steps, download; then dense steps, if any."""
    theta, keep = run.weights, run.survivors
    samples = (data.X_train, data.y_train)
    motion = Dynamics.drawn(net, theta, samples, keep, schedule, rng)
    read, facts = trained(motion, solver, schedule, shots, rng)
    ideal = _moved(theta, keep, motion.descent)
    theta = _moved(theta, keep, read)
    if schedule.dense_steps:
        theta = _dense(net, data, theta, schedule, schedule.dense_steps, rng)
        share = keep.size / net.parameters
        keep = survivors(magnitude_mask(theta, share), net.parameters)
        theta = _pruned(theta, keep)
    return Dwell(
        theta,
        keep,
        *_scores(net, data, theta),
        *_scores(net, data, ideal),
        **facts,
    )


def _dense(
    net: PolynomialMLP,
    data: Dataset,
    theta: Any,
    schedule: Schedule,
    steps: int,
    rng: np.random.Generator | None,
) -> Floats:
    """Take classical steps with every weight."""
    return net.descend(
        theta,
        data.X_train,
        data.y_train,
        schedule.classical_eta,
        steps,
        batch=schedule.batch,
        rng=rng,
    )


def _pruned(theta: Floats, keep: Indices) -> Floats:
    return _moved(np.zeros_like(theta), keep, theta[keep])


def _moved(theta: Floats, keep: Indices, u: Floats) -> Floats:
    theta = theta.copy()
    theta[keep] += u
    return theta


def _scores(
    net: PolynomialMLP, data: Dataset, theta: Floats
) -> tuple[float, float]:
    """Return the training loss and the test accuracy."""
    return (
        net.loss(theta, data.X_train, data.y_train),
        net.accuracy(theta, data.X_test, data.y_test),
    )


def _bar(dwells: range, progress: bool) -> Iterable[int]:
    if not progress:
        return dwells
    from tqdm.auto import tqdm

    return tqdm(dwells, desc="dwells")


def _check(
    schedule: Schedule,
    solver: str,
    shots: int | None,
    rng: np.random.Generator | None,
    start: Any,
) -> None:
    if solver not in get_args(Solver):
        raise ValueError(
            f"expected a solver in {get_args(Solver)}, got {solver!r}"
        )
    if solver == "classical" and shots is not None:
        raise ValueError(
            "gradient descent is not read from shots; leave shots out, or "
            "choose solver='exact'"
        )
    drawn = {
        "shots": shots is not None,
        "a minibatch": schedule.batch is not None,
        "noise": schedule.noise > 0,
        "the initial weights": start is None,
    }
    needs = [name for name, is_drawn in drawn.items() if is_drawn]
    if needs and not isinstance(rng, np.random.Generator):
        raise ValueError(
            f"{needs[0]} must be drawn: pass "
            "rng=numpy.random.default_rng(seed)"
        )


# The record -----------------------------------------------------------------


def _resumed(
    file: Record, mark: str, rng: np.random.Generator | None
) -> TrainingRun:
    """Read what is done, and put the generator where it was then."""
    file.trim()
    run, known, state = file.read()
    if known != mark:
        raise ValueError(
            f"{file.path} is the record of another run (network, data, mask, "
            "schedule, solver, shots, start and rng must be the same); name "
            "another file, or delete this one"
        )
    if rng is not None:
        rng.bit_generator.state = state
    return run


def _state(rng: np.random.Generator | None) -> Any:
    """Return the generator's state in a form JSON can hold."""
    if rng is None:
        return None
    return json.loads(json.dumps(rng.bit_generator.state, default=_listed))


def _listed(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else int(value)


def _fingerprint(
    net: PolynomialMLP,
    data: Dataset,
    mask: Any,
    schedule: Schedule,
    solver: Solver,
    shots: int | None,
    rng: np.random.Generator | None,
    start: Any,
) -> str:
    """Return a digest of all that determines a run."""
    digest = hashlib.sha256()
    plain = (net, schedule, solver, shots, json.dumps(_state(rng)))
    digest.update(repr(plain).encode())
    arrays = (data.X_train, data.y_train, data.X_test, data.y_test)
    for array in (*arrays, mask, start):
        digest.update(repr(np.shape(array)).encode())
        digest.update(b"" if array is None else np.asarray(array).tobytes())
    return digest.hexdigest()
