"""Figures of the book: the only home of matplotlib and ipywidgets.

Names load on first use, so that ``import qcl.drawing`` stays light.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .circuits import draw_circuit
    from .cobweb import plot_cobweb
    from .curves import plot_scaling, plot_trajectories
    from .errors import plot_errors
    from .labels import label_line
    from .landscape import plot_landscape
    from .matrices import plot_matrix
    from .measured import plot_bars, plot_filter
    from .pipeline import draw_pipeline
    from .schematics import draw_hhl, draw_schematic
    from .strands import (
        draw_block,
        draw_diagram,
        draw_history,
        plot_wire_numbers,
    )
    from .style import COLOURS, contrast, ink, new_axes, series_style
    from .widgets import frame_slider, rendered

__all__ = [
    # style
    "COLOURS",
    "contrast",
    "ink",
    "label_line",
    "new_axes",
    "series_style",
    # one weight
    "plot_cobweb",
    "plot_landscape",
    # curves
    "plot_errors",
    "plot_scaling",
    "plot_trajectories",
    # strand diagrams
    "draw_block",
    "draw_diagram",
    "draw_history",
    "plot_wire_numbers",
    # systems and solvers
    "plot_bars",
    "plot_filter",
    "plot_matrix",
    # schematics
    "draw_circuit",
    "draw_hhl",
    "draw_pipeline",
    "draw_schematic",
    # interaction
    "frame_slider",
    "rendered",
]

_HOME = {
    "circuits": ("draw_circuit",),
    "cobweb": ("plot_cobweb",),
    "curves": ("plot_scaling", "plot_trajectories"),
    "errors": ("plot_errors",),
    "labels": ("label_line",),
    "landscape": ("plot_landscape",),
    "matrices": ("plot_matrix",),
    "measured": ("plot_bars", "plot_filter"),
    "pipeline": ("draw_pipeline",),
    "schematics": ("draw_hhl", "draw_schematic"),
    "strands": (
        "draw_block",
        "draw_diagram",
        "draw_history",
        "plot_wire_numbers",
    ),
    "style": ("COLOURS", "contrast", "ink", "new_axes", "series_style"),
    "widgets": ("frame_slider", "rendered"),
}
_MODULE_OF = {name: home for home, names in _HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
