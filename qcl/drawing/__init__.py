"""Figures of the book: the only home of matplotlib and ipywidgets.

Names load on first use, so that ``import qcl.drawing`` stays light; they
stand in ``__init__.pyi``.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
