import numpy as np
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
        ({"eta": float("inf")}, "finite number learning rate"),
        ({"batch": 0}, "batch >= 1"),
        ({"clock_qubits": 0}, "clock_qubits >= 1"),
        ({"dense_steps": 10**30}, "dense_steps <= 10,000,000"),
        ({"error": 1}, "error > 0 and < 1"),
    ],
)
def test_entries_out_of_range(entry, message):
    with pytest.raises(ValueError, match=message):
        Schedule(**{"eta": 0.1, "dwells": 2, **entry})


def test_counts_are_integers():
    with pytest.raises(TypeError, match="integer steps"):
        Schedule(eta=0.1, dwells=2, steps=2.5)
    with pytest.raises(TypeError, match="integer batch"):
        Schedule(eta=0.1, dwells=2, batch="abc")


def test_entries_are_kept_as_plain_numbers():
    given = Schedule(np.float64(0.05), dwells=3.0, steps=np.int64(4))
    plain = Schedule(0.05, 3, 4)
    assert given == plain
    assert (
        repr(given) == repr(plain) == "Schedule(eta=0.05, dwells=3, steps=4)"
    )
