import pytest

from qcl import Schedule


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"eta": 0}, "learning rate > 0"),
        ({"eta": float("nan")}, "learning rate > 0"),
        ({"dense_eta": -1}, "learning rate > 0"),
        ({"dwells": 0}, "dwells >= 1"),
        ({"steps": 0}, "steps >= 1"),
        ({"order": 0}, "order >= 1"),
        ({"pretraining": -1}, "pretraining >= 0"),
        ({"dense_steps": -1}, "dense_steps >= 0"),
        ({"noise": -1}, "noise >= 0"),
        ({"error": 1}, r"error in \(0, 1\)"),
    ],
)
def test_entries_out_of_range(entry, message):
    with pytest.raises(ValueError, match=message):
        Schedule(**{"eta": 0.1, "dwells": 2, **entry})


def test_counts_are_integers():
    with pytest.raises(TypeError, match="integer steps"):
        Schedule(eta=0.1, dwells=2, steps=2.5)
