r"""Training a pruned network on a solver of linear systems.

The loop of the paper's Fig. 1: train with every weight, prune to the largest
ones, upload them, let the solver take T steps of gradient descent at once,
download them, and begin again about the new point.
"""

import os
from collections.abc import Iterable
from dataclasses import replace
from numbers import Real
from typing import Any, get_args

import numpy as np

from qcl._checks import (
    a_choice,
    a_count,
    a_dataset,
    a_flag,
    a_generator,
    a_noun,
    finite_reals,
)
from qcl.learning.datasets import Dataset
from qcl.learning.networks.polynomial import PolynomialMLP
from qcl.learning.pruning.masks import a_fraction, magnitude_mask, survivors
from qcl.learning.training._dynamics import (
    Dynamics,
    Solver,
    trained,
)
from qcl.learning.training._journal import Journal
from qcl.learning.training._records import fingerprint, resumed, state_of
from qcl.learning.training.run import (
    Dwell,
    TrainingRun,
    dwell_entry,
    head_entry,
)
from qcl.learning.training.schedule import Schedule
from qcl.lifting.algebra.basis import Floats, Indices


def train(
    net: PolynomialMLP,
    data: Dataset,
    mask: Any,
    schedule: Schedule,
    solver: Solver = "exact",
    shots: int | None = None,
    rng: int | np.random.Generator | None = None,
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
        Training and test samples, with targets -1 and 1; without classes it
        is a regression, whose accuracies are nan.
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
    rng : int or numpy Generator, optional
        Seed or source of randomness: of the initial weights, the
        minibatches, the noise and the shots, whichever are drawn. Equal
        generators give equal runs.
    start : array of shape (parameters,), optional
        The weights to begin with; ``net.initial(rng)`` by default.
    record : path, optional
        File to keep the run in. If it holds the beginning of the same run,
        that is read and the run goes on after it, to the same last bit as
        if it had never stopped; a killed run loses one dwell at most. A
        file that is anything else is left as it is. While it is written, a
        lock beside it (``.lock``) keeps other processes out.
    progress : bool
        Show a bar.

    Returns
    -------
    TrainingRun

    Raises
    ------
    TypeError
        If an argument is of another kind; the message names the arrow that
        makes the right one.
    ValueError
        On an unknown solver, on data, a mask or a start that does not fit,
        if rng is missing where something is drawn, if shots are given to
        gradient descent, or if the record belongs to another run, is
        damaged or is no record.
    OverflowError
        If gradient descent itself leaves the range of floats.
    OSError
        If the record cannot be written, or another process is writing it.

    Warns
    -----
    TruncationWarning
        If the truncation bound of a dwell is above its displacement.

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
    solver = a_choice(solver, get_args(Solver), "solver")
    a_flag(progress, "progress")
    net, schedule = a_noun(net, "PolynomialMLP"), a_noun(schedule, "Schedule")
    if shots is not None:
        shots = a_count(shots, "shots", least=1, most=2**62)
    rng = None if rng is None else a_generator(rng)
    data, mask, start = _matched(net, a_dataset(data), mask, start)
    _check_chance(schedule, solver, shots, rng, start)
    options = (net, data, schedule, solver, shots, rng)
    if record is None:
        run = _begun(net, data, mask, schedule, rng, start)
        return _finished(run, options, None, progress)
    journal = Journal(record)
    mark = fingerprint(*options, mask, start)
    if journal.exists():
        run = resumed(journal, mark, rng)
        if len(run.dwells) == schedule.dwells:
            return run
    with journal.locked():
        if journal.exists():  # perhaps another process has gone on
            run = resumed(journal, mark, rng)
        else:
            run = _begun(net, data, mask, schedule, rng, start)
            first = {"fingerprint": mark, **head_entry(run)}
            journal.begin({**first, "rng": state_of(rng)})
        return _finished(run, options, journal, progress)


def _matched(
    net: PolynomialMLP, data: Dataset, mask: Any, start: Any
) -> tuple[Dataset, Any, Any]:
    """Check that the data, the mask and the start fit the network."""
    if data.inputs != net.sizes[0]:
        raise ValueError(
            f"expected data with {net.sizes[0]} inputs for sizes="
            f"{net.sizes}, got {data.inputs}"
        )
    if data.classes and net.sizes[-1] == 1 and (abs(data.y_train) != 1).any():
        raise ValueError(
            "expected targets -1 and 1 for a network with one output, got "
            "labels 0 and others; make a Dataset with 2 * y - 1 for y"
        )
    whole = net.parameters
    if isinstance(mask, Real) or getattr(mask, "shape", None) == ():
        mask = a_fraction(mask)
    else:
        mask = survivors(mask, whole)
    if start is not None:
        start = finite_reals(start, "the weights to start from", (whole,))
    return data, mask, start


def _finished(
    run: TrainingRun, options: Any, journal: Journal | None, progress: bool
) -> TrainingRun:
    """Do the dwells that are left."""
    *_, schedule, _, _, rng = options
    for _ in _bar(range(len(run.dwells), schedule.dwells), progress):
        dwell = _dwell(run, *options)
        if journal is not None:
            journal.add({**dwell_entry(dwell), "rng": state_of(rng)})
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
    share = isinstance(mask, float)
    keep = (
        np.flatnonzero(magnitude_mask(theta, mask)) if share else mask.copy()
    )
    theta = _pruned(theta, keep)
    return TrainingRun(theta, keep, *_scores(net, data, theta), dwells=())


def _dwell(
    run: TrainingRun,
    net: PolynomialMLP,
    data: Dataset,
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
    """Return the training loss and the test accuracy, if there is one."""
    loss = net.loss(theta, data.X_train, data.y_train)
    if not data.classes:
        return loss, np.nan
    return loss, net.accuracy(theta, data.X_test, data.y_test)


def _bar(dwells: range, progress: bool) -> Iterable[int]:
    if not progress:
        return dwells
    from tqdm.auto import tqdm

    return tqdm(dwells, desc="dwells")


def _check_chance(
    schedule: Schedule,
    solver: str,
    shots: int | None,
    rng: np.random.Generator | None,
    start: Any,
) -> None:
    """Check that what is drawn has a source, and shots a state to read."""
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
    if needs and rng is None:
        raise ValueError(
            f"{needs[0]} must be drawn: pass a seed, for example rng=0"
        )
