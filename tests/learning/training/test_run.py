import numpy as np
import pytest

from qcl.learning.training._journal import Journal
from qcl.learning.training.run import (
    Dwell,
    TrainingRun,
    dwell_entry,
    head_entry,
)

NUMBERS = dict.fromkeys(
    (
        "descent_loss", "descent_accuracy", "truncation_error",
        "solver_error", "shot_error", "truncation_bound",
        "condition_number", "success_probability",
    ),
    0.5,
)  # fmt: skip


def dwell(loss, accuracy, weights=(1.0, 0.0, 2.0), keep=(0, 2), **other):
    given = {**NUMBERS, "qubits": 5, "shots": 100, **other}
    return Dwell(np.array(weights), np.array(keep), loss, accuracy, **given)


def run(*dwells):
    return TrainingRun([3.0, 0.0, 4.0], [0, 2], 0.9, 0.25, dwells)


FIRST = dwell(0.7, 0.5, truncation_error=0.1, shot_error=0.3)
SECOND = dwell(0.6, 0.75, (5.0, 6.0, 0.0), (0, 1), solver_error=0.2)


def test_curves_begin_with_the_start():
    both = run(FIRST, SECOND)
    assert both.losses.tolist() == [0.9, 0.7, 0.6]
    assert both.accuracies.tolist() == [0.25, 0.5, 0.75]
    assert both.errors.tolist() == [[0.1, 0.5, 0.3], [0.5, 0.2, 0.5]]
    assert both.shots == 200


def test_the_end_is_that_of_the_last_dwell():
    assert run(FIRST, SECOND).weights.tolist() == [5.0, 6.0, 0.0]
    assert run(FIRST, SECOND).survivors.tolist() == [0, 1]
    assert run().weights.tolist() == [3.0, 0.0, 4.0]
    assert run().survivors.tolist() == [0, 2]
    assert run().errors.shape == (0, 3)


def test_what_is_given_back_cannot_change_the_run():
    both = run(FIRST)
    weights, keep = both.weights, both.survivors
    weights += 100
    keep += 1
    assert both.weights.tolist() == [1.0, 0.0, 2.0]
    assert both.survivors.tolist() == [0, 2]
    for array in (both.start, both.keep, FIRST.weights, FIRST.keep):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 7


def test_what_is_given_stays_the_callers():
    weights = np.array([1.0, 2.0, 3.0])
    kept = dwell(0.1, 0.2, weights)
    weights[0] = 9.0
    assert kept.weights[0] == 1.0


def test_a_record_gives_the_run_back(tmp_path):
    path = tmp_path / "run.jsonl"
    both = run(dwell(1 / 3, 0.5, condition_number=np.nan), SECOND)
    journal = Journal(path)
    journal.begin(head_entry(both))
    for one in both.dwells:
        journal.add(dwell_entry(one))
    again = TrainingRun.load(path)
    for one, other in zip(again.dwells, both.dwells, strict=True):
        for name, value in vars(other).items():
            np.testing.assert_array_equal(vars(one)[name], value)
    assert again.losses.tolist() == both.losses.tolist()
    assert again.start.tolist() == both.start.tolist()


def test_lines_of_another_version_are_refused(tmp_path):
    journal = Journal(tmp_path / "run.jsonl")
    journal.begin(head_entry(run()))
    journal.add({"dwell": {"weights": [1.0]}})
    with pytest.raises(ValueError, match=r"run\.jsonl was written by another"):
        TrainingRun.load(journal.path)


def test_they_are_short_at_a_prompt():
    assert repr(FIRST) == (
        "Dwell(loss=0.7, accuracy=0.5, 2 of 3 weights, 5 qubits, 100 shots)"
    )
    assert repr(run(FIRST, SECOND)) == (
        "TrainingRun(2 dwells, 2 of 3 weights, loss 0.9 to 0.6, accuracy "
        "0.25 to 0.75)"
    )
    assert run(FIRST)._repr_html_().count("<tr>") == 2


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: dwell("a", 0.5), "expected a number loss"),
        (lambda: dwell(0.1, 0.5, qubits=1.5), "integer qubits"),
        (lambda: run(1), "tuple of Dwell"),
    ],
)
def test_other_kinds_are_refused(make, message):
    with pytest.raises(TypeError, match=message):
        make()
