"""PennyLane circuits from lists of operators, and their simulation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt


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
