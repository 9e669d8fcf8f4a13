"""qcl: quantum Carleman learning, from a loss to weights read off a state.

The package has three rooms, and they are the parts of the book:

``lifting``
    a polynomial update step and its linear lifting (numpy, scipy, sympy);
``solving``
    the stacked linear system and its quantum solvers (PennyLane);
``learning``
    networks whose training steps are solved that way.

Every public name loads its module on first use, so ``import qcl`` itself is
instant and pulls in no numerical package. The names stand in ``__init__.pyi``.
"""

import lazy_loader as _lazy

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
