"""qcl: quantum Carleman learning, from a loss to weights read off a state.

The package has three rooms, and they are the parts of the book:

``lifting``
    a polynomial update step and its linear lifting (numpy, scipy, sympy);
``solving``
    the stacked linear system and its quantum solvers (PennyLane);
``learning``
    networks whose training steps are solved that way.

Every public name below loads its module on first use, so ``import qcl``
itself is instant and pulls in no numerical package.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Public name -> module, grouped as the book is.
_HOME = {
    # Parts 1-2: lifting
    "PolynomialMap": "qcl.lifting.polynomial",
    "Lifting": "qcl.lifting.carleman",
    "lift": "qcl.lifting.carleman",
    "carleman_generator": "qcl.lifting.carleman",
    # Part 3: solving
    "LinearSystem": "qcl.solving.system",
    "stack": "qcl.solving.system",
    "HHLResult": "qcl.solving.hhl",
    "hhl": "qcl.solving.hhl",
    "advise_clock": "qcl.solving.hhl",
    "WeightReading": "qcl.solving.readout",
    "read_weights": "qcl.solving.readout",
}

__all__ = ["__version__", *_HOME]

if TYPE_CHECKING:
    from qcl.lifting.carleman import Lifting as Lifting
    from qcl.lifting.carleman import carleman_generator as carleman_generator
    from qcl.lifting.carleman import lift as lift
    from qcl.lifting.polynomial import PolynomialMap as PolynomialMap
    from qcl.solving.hhl import HHLResult as HHLResult
    from qcl.solving.hhl import advise_clock as advise_clock
    from qcl.solving.hhl import hhl as hhl
    from qcl.solving.readout import WeightReading as WeightReading
    from qcl.solving.readout import read_weights as read_weights
    from qcl.solving.system import LinearSystem as LinearSystem
    from qcl.solving.system import stack as stack


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name in {"lifting", "solving", "learning", "drawing"}:
        return import_module(f"qcl.{name}")
    raise AttributeError(f"module 'qcl' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
