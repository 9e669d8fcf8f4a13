"""PennyLane circuits from lists of operators, and their simulation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from qcl._checks import kind_of


@contextmanager
def alone() -> Iterator[None]:
    """Build or run circuits while no other thread does.

    PennyLane keeps one queue for the whole process, in which every operator
    that any thread makes is written, and decomposes templates by it. Its
    own lock is held here, and nothing is recorded.
    """
    from pennylane.queuing import AnnotatedQueue, QueuingManager

    with AnnotatedQueue(), QueuingManager.stop_recording():
        yield


def tape(make: Callable[[], list[Any]]) -> Any:
    """Make a PennyLane tape of some operators that ends in the state."""
    import pennylane as qml

    with alone():
        return qml.tape.QuantumScript(make(), [qml.state()])


def simulated(make: Callable[[], list[Any]]) -> npt.NDArray:
    """Run some operators on zeros; return the state's amplitudes."""
    import pennylane as qml

    with alone():
        script = tape(make)
        device = qml.device("lightning.qubit", wires=sorted(script.wires))
        (state,) = qml.execute([script], device, diff_method=None)
    return np.asarray(state)


def labels(wires: Any, count: int | None = None) -> list[Any]:
    """Return the labels of PennyLane wires, as many as are needed.

    Raises
    ------
    TypeError
        If they are no sequence of integers or text.
    ValueError
        If some are equal, or there are more or fewer.
    """
    if not isinstance(wires, list | tuple | range):
        raise TypeError(
            f"expected wires as a list of labels, got {kind_of(wires)}"
        )
    found = list(wires)
    if not all(isinstance(w, int | np.integer | str) for w in found):
        raise TypeError("expected integers or text as labels of wires")
    if len(set(found)) < len(found) or count not in (None, len(found)):
        raise ValueError(
            f"expected {count or 'some'} different wires, got {found}"
        )
    return found
