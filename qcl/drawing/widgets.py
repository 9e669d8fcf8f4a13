"""Sliders that work with a kernel and on a static page.

Each frame is drawn once, beforehand; the slider only chooses which to show.
"""

import base64
import html
import io
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets
import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qcl._checks import kind_of

from ._checks import a_text, as_list

__all__ = ["frame_slider", "rendered"]

_MOST_FRAMES = 40
_MOST_BYTES = 1_500_000
_MOST_SVG = 700_000  # beyond, a frame is PNG where that is smaller
_PNG_DPI = 150
_CSS_DPI = 96
_SVG_RC = {"svg.hashsalt": "qcl", "svg.fonttype": "path"}
_NO_METADATA = {"Date": None, "Creator": None}


def rendered(drawing: Any) -> str:
    """Return a figure as SVG text, the same bytes each time.

    Text becomes paths, so that no font is needed; identifiers are salted
    and no date is written.

    Parameters
    ----------
    drawing : Figure, Axes or array of Axes
        What a drawer returned.

    Returns
    -------
    str
        The ``<svg>`` element.

    Raises
    ------
    ValueError
        If it is neither a figure nor axes.

    Examples
    --------
    >>> from qcl.drawing.style import new_axes
    >>> figure, ax = new_axes(height=1)
    >>> rendered(ax)[:4], rendered(ax) == rendered(figure)
    ('<svg', True)
    >>> plt.close(figure)
    """
    buffer = io.StringIO()
    with mpl.rc_context(_SVG_RC):
        _figure(drawing).savefig(
            buffer,
            format="svg",
            facecolor="none",
            bbox_inches=None,
            metadata=_NO_METADATA,
        )
    text = buffer.getvalue()
    return text[text.index("<svg") :].strip()


def frame_slider(
    draw: Callable[[Any], Any],
    values: Sequence[Any],
    *,
    label: str,
    alt: str | Callable[[Any], str],
    value: Any = None,
    format: str = "{}",  # noqa: A002 (the word a reader expects)
) -> ipywidgets.VBox:
    """Show one drawing for each value, chosen by a slider.

    The frames are drawn beforehand, so that the slider also works on a page
    without a kernel.  It can be moved with the arrow keys.  The axes keep
    their place from frame to frame; set their limits in `draw`.

    Parameters
    ----------
    draw : callable
        Takes a value, returns the axes or figure it drew.
    values : sequence, length 2 to 40
        The values, in the order of the slider.
    label : str
        What the slider changes, such as ``"order"``.
    alt : str or callable
        Alternative text of a frame: a function of the value, or a format
        string that holds ``{value}``.
    value : optional
        The value shown first; default the first.
    format : str
        Format of the value beside the slider, such as ``"N = {}"``.

    Returns
    -------
    ipywidgets.VBox

    Raises
    ------
    ValueError
        If there are fewer than 2 or more than 40 values, the first value is
        none of them, an alternative text is empty or the same twice, or the
        frames take more than 1.5 MB.

    Examples
    --------
    >>> from qcl.drawing.curves import plot_trajectories
    >>> def draw(rate):
    ...     return plot_trajectories({"u": [1, rate]}, ylabel="u")
    >>> box = frame_slider(draw, [0.5, 0.9], label="rate",
    ...                    alt="u falls from 1 to {value}")
    >>> len(box.children[1].children), plt.get_fignums()
    (2, [])
    """
    if not callable(draw):
        raise TypeError(
            f"expected draw as a function of a value, got {kind_of(draw)}"
        )
    label = a_text(label, "label")
    choices = as_list(values, "values", 1000)
    start = _start(choices, value)
    texts = _alternatives(choices, alt)
    readings = [_filled(format, "format", "{}", choice) for choice in choices]
    figures = [_drawn(draw, choice) for choice in choices]
    _hold_still(figures)
    images = _images(figures, texts)
    size = sum(len(image) for image in images)
    if size > _MOST_BYTES:
        raise ValueError(
            f"expected frames of at most {_MOST_BYTES / 1e6} MB together, "
            f"got {size / 1e6:.2f} MB in {len(images)} frames; draw fewer "
            "frames, or fewer points in each"
        )
    return _assemble(images, readings, label, start)


def _start(choices: list[Any], value: Any) -> int:
    """Return the number of the frame shown first."""
    if not 2 <= len(choices) <= _MOST_FRAMES:
        raise ValueError(
            f"expected 2 to {_MOST_FRAMES} values, got {len(choices)}"
        )
    if value is None:
        return 0
    for i, choice in enumerate(choices):
        if choice is value or _same(choice, value):
            return i
    raise ValueError(
        f"expected value among the {len(choices)} values, got "
        + (repr(value) if np.isscalar(value) else kind_of(value))
    )


def _same(first: Any, second: Any) -> bool:
    """Whether two values are equal, in all entries if they have such."""
    try:
        return bool(np.all(first == second))
    except (TypeError, ValueError, RecursionError):
        return False


def _filled(template: Any, name: str, hole: str, choice: Any) -> str:
    """Write a value into the hole of a template."""
    try:
        return a_text(template, name).format(choice, value=choice)
    except (KeyError, IndexError, AttributeError, ValueError) as error:
        raise ValueError(
            f"expected {name} as a text with {hole}, got {template!r}, which "
            f"does not take {kind_of(choice)}"
        ) from error


def _alternatives(
    choices: list[Any], alt: str | Callable[[Any], str]
) -> list[str]:
    """Return the alternative text of each frame, all different."""
    if callable(alt):
        texts = [str(alt(choice)) for choice in choices]
    else:
        texts = [_filled(alt, "alt", "{value}", choice) for choice in choices]
    if len(set(texts)) < len(texts) or not all(t.strip() for t in texts):
        raise ValueError(
            f"expected a text of its own for each of {len(texts)} frames, "
            f"got {len(set(texts))} different ones; use {{value}} in alt or "
            "pass a function"
        )
    return texts


def _figure(drawing: Any) -> Figure:
    """Return the figure of what a drawer returned."""
    if isinstance(drawing, np.ndarray) and drawing.size:
        drawing = drawing.flat[0]
    if isinstance(drawing, Axes):
        drawing = drawing.get_figure(root=True)
    if not isinstance(drawing, Figure):
        raise ValueError(
            f"expected axes or a figure, got {kind_of(drawing)}; return the "
            "axes you drew on"
        )
    return drawing


def _drawn(draw: Callable[[Any], Any], value: Any) -> Figure:
    """Draw one frame and take its figure away from pyplot."""
    before = set(plt.get_fignums())
    try:
        return _figure(draw(value))
    finally:
        for number in set(plt.get_fignums()) - before:
            plt.close(number)


def _hold_still(figures: list[Figure]) -> None:
    """Give the axes of all frames the same place, where all have as many."""
    for figure in figures:
        figure.draw_without_rendering()
    grids = [figure.axes for figure in figures]
    if len({len(axes) for axes in grids}) > 1:
        return
    for figure in figures:
        figure.set_layout_engine("none")
    for same in zip(*grids, strict=True):
        inner = [ax.get_position(original=True) for ax in same]
        left, bottom = (
            max(getattr(b, k) for b in inner) for k in ("x0", "y0")
        )
        right, top = (min(getattr(b, k) for b in inner) for k in ("x1", "y1"))
        if left < right and bottom < top:
            for ax in same:
                ax.set_position((left, bottom, right - left, top - bottom))


def _images(figures: list[Figure], texts: list[str]) -> list[str]:
    """Return the frames as ``<img>``: SVG, or PNG where SVG would be large."""
    codes = [("svg+xml", rendered(figure).encode()) for figure in figures]
    if sum(len(data) for _, data in codes) > _MOST_SVG:
        codes = [
            min(code, ("png", _png(figure)), key=lambda c: len(c[1]))
            for code, figure in zip(codes, figures, strict=True)
        ]
    return [
        f'<img alt="{html.escape(text)}" '
        f'width="{round(figure.get_figwidth() * _CSS_DPI)}" '
        'style="max-width:100%;height:auto" '
        f'src="data:image/{kind};base64,{base64.b64encode(data).decode()}">'
        for figure, text, (kind, data) in zip(
            figures, texts, codes, strict=True
        )
    ]


def _png(figure: Figure) -> bytes:
    """Return a figure as PNG, the same bytes each time."""
    buffer = io.BytesIO()
    figure.savefig(
        buffer,
        format="png",
        dpi=_PNG_DPI,
        facecolor="none",
        bbox_inches=None,
        metadata={"Software": None},
    )
    return buffer.getvalue()


def _assemble(
    images: list[str], readings: list[str], label: str, start: int
) -> ipywidgets.VBox:
    """Link one slider to a stack of readings and a stack of frames."""
    slider = ipywidgets.IntSlider(
        value=start,
        min=0,
        max=len(images) - 1,
        description=label,
        readout=False,
        style={"description_width": "initial"},
    )
    stacks = [
        ipywidgets.Stack(
            [ipywidgets.HTML(text) for text in texts], selected_index=start
        )
        for texts in ([html.escape(r) for r in readings], images)
    ]
    for stack in stacks:
        ipywidgets.jslink((slider, "value"), (stack, "selected_index"))
    reading, frames = stacks
    reading.layout.margin = "0 0 0 1em"  # clear of the handle
    return ipywidgets.VBox([ipywidgets.HBox([slider, reading]), frames])
