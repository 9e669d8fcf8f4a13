import numpy as np
import pytest

from qcl.learning.pruning.schedule import pruning_schedule


@pytest.mark.parametrize("shape", ["cubic", "geometric"])
def test_schedules_fall_to_the_fraction(shape):
    schedule = pruning_schedule(0.1, 8, shape)
    assert (np.diff(schedule) < 0).all()
    assert schedule[0] < 1
    assert schedule[-1] == pytest.approx(0.1)
    assert pruning_schedule(0.1, 1, shape).tolist() == pytest.approx([0.1])


def test_schedules_by_hand():
    cubic = pruning_schedule(0.2, 2)
    assert cubic.tolist() == pytest.approx([0.2 + 0.8 / 8, 0.2])
    geometric = pruning_schedule(0.01, 2, "geometric")
    assert geometric.tolist() == pytest.approx([0.1, 0.01])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.0, 3), "surviving fraction"),
        ((0.5, 0), "rounds >= 1"),
        ((0.5, 3, "linear"), "one of"),
    ],
)
def test_wrong_schedules(arguments, message):
    with pytest.raises(ValueError, match=message):
        pruning_schedule(*arguments)


def test_rounds_are_a_whole_number():
    assert pruning_schedule(0.1, 2.0).size == 2
    with pytest.raises(TypeError, match="integer rounds"):
        pruning_schedule(0.1, 2.5)
