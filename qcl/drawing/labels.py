"""Words on a figure: direct labels at the ends of lines, and keys."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.text import Annotation

from qcl._checks import kind_of

from ._checks import a_text, as_vector
from .style import COLOURS, SMALL_SIZE, ink

__all__ = ["draw_key", "label_line", "label_lines"]

_GID = "direct-label"
_GAP = 7  # points between the end of a line and its label
_LEADING = 1.08  # height of a stacked label over the height of its box


def label_line(
    ax: Axes,
    at: Line2D | Sequence[float],
    text: str,
    *,
    color: str | None = None,
) -> Annotation:
    """Write a label at the right end of a line, clear of earlier labels.

    Labels written by this function on the same axes are moved up and down
    until none overlaps another, so draw the curves and set the limits first.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes with their final limits.
    at : Line2D or (x, y)
        The line, labelled at its last finite point, or a point in data
        coordinates.
    text : str
        The label.
    color : str, optional
        Default: the colour of the line, or grey at a point.

    Returns
    -------
    matplotlib.text.Annotation

    Raises
    ------
    ValueError
        If there is no finite point to write at.

    Examples
    --------
    >>> from matplotlib import pyplot as plt
    >>> from qcl.drawing.style import new_axes
    >>> figure, ax = new_axes()
    >>> (line,) = ax.plot([0, 1], [2, 3])
    >>> label_line(ax, line, "order 2").get_text()
    'order 2'
    >>> plt.close(figure)
    """
    if not isinstance(ax, Axes):
        raise TypeError(
            f"expected ax as matplotlib axes, got {kind_of(ax)}; make some "
            "with qcl.drawing.new_axes"
        )
    note = _note(ax, at, a_text(text, "text"), color)
    _spread(ax)
    return note


def label_lines(
    ax: Axes, items: Iterable[tuple[Line2D | Sequence[float], str]]
) -> list[Annotation]:
    """Write several labels at once, which lays them out only once.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes with their final limits.
    items : iterable of (line or point, text)
        What `label_line` takes.

    Returns
    -------
    list of matplotlib.text.Annotation

    Raises
    ------
    ValueError
        If there is no finite point to write at.
    """
    notes = [_note(ax, at, text, None) for at, text in items]
    _spread(ax)
    return notes


def draw_key(ax: Axes, handles: list[Any]) -> None:
    """Draw a key above the axes, without a frame.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The axes.
    handles : list of artists
        Artists that carry a label.
    """
    legend = ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1.01),
        ncols=len(handles),
        frameon=False,
        fontsize=SMALL_SIZE,
        borderaxespad=0,
        columnspacing=1.6,
        handletextpad=0.5,
    )
    for text in legend.get_texts():
        text.set_color(ink(COLOURS["grey"]))


def _note(
    ax: Axes, at: Line2D | Sequence[float], text: str, color: str | None
) -> Annotation:
    """Write one label, not yet moved."""
    if isinstance(at, Line2D):
        x, y = (np.asarray(v, dtype=float) for v in at.get_data())
        own = to_hex(at.get_color())
    else:
        x, y = as_vector(at, "coordinates of a point", 2).reshape(2, 1)
        own = COLOURS["grey"]
    colour = ink(own if color is None else color)
    shown = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if not len(shown):
        raise ValueError(
            f"expected a finite point to label, got none for {text!r}; "
            "drop the series or shorten it"
        )
    return ax.annotate(
        text,
        xy=(float(x[shown[-1]]), float(y[shown[-1]])),
        xytext=(_GAP, 0),
        textcoords="offset points",
        va="center",
        ha="left",
        color=colour,
        fontsize=SMALL_SIZE,
        annotation_clip=False,
        gid=_GID,
    )


def _spread(ax: Axes) -> None:
    """Move the direct labels of these axes apart, by as little as possible."""
    notes: list[Any] = [t for t in ax.texts if t.get_gid() == _GID]
    figure: Any = ax.get_figure(root=True)
    for note in notes:
        note.set_position((_GAP, 0))
    figure.draw_without_rendering()  # runs the layout: pixels are now final
    boxes = {note: note.get_window_extent() for note in notes}
    floor = ax.get_window_extent().y0
    for column in _columns(notes, boxes):
        heights = [_LEADING * boxes[n].height for n in column]
        middles = [(boxes[n].y0 + boxes[n].y1) / 2 for n in column]
        for note, old, new in zip(
            column, middles, _apart(middles, heights, floor), strict=True
        ):
            note.set_position((_GAP, (new - old) * 72 / figure.dpi))


def _columns(notes: list[Any], boxes: dict[Any, Any]) -> list[list[Any]]:
    """Group the labels that share some width; each group from low to high."""
    columns: list[list[Any]] = []
    end = -np.inf
    for note in sorted(notes, key=lambda n: boxes[n].x0):
        if boxes[note].x0 >= end:
            columns.append([])
        columns[-1].append(note)
        end = max(end, boxes[note].x1)
    return [sorted(c, key=lambda n: boxes[n].y0) for c in columns]


def _apart(
    middles: list[float], heights: list[float], floor: float
) -> list[float]:
    """Return new middles, no two labels closer than their heights.

    Labels that touch are stacked around their mean; `middles` rise.
    """
    groups: list[tuple[float, list[int]]] = []  # (lower edge, members)

    def lower_edge(members: list[int]) -> float:
        mean = sum(middles[i] for i in members) / len(members)
        half = sum(heights[i] for i in members) / 2
        return max(mean - half, floor)

    for i in range(len(middles)):
        members = [i]
        while groups:
            edge, below = groups[-1]
            if edge + sum(heights[k] for k in below) <= lower_edge(members):
                break
            groups.pop()
            members = below + members
        groups.append((lower_edge(members), members))
    result = list(middles)
    for edge, members in groups:
        for i in members:
            result[i] = edge + heights[i] / 2
            edge += heights[i]
    return result
