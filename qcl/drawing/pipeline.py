"""The project in one line: from a loss to weights, and back."""

from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from .style import (
    COLOURS,
    SMALL_SIZE,
    WIDTH,
    ink,
    schematic_axes,
)

__all__ = ["draw_pipeline"]

# (noun, what it is in symbols, the part of the book that makes it)
_STAGES = (
    ("loss", r"$L(\theta)$", "lifting"),
    ("step", r"$\Phi(u)$", "lifting"),
    ("lifting", r"$B,\ f$", "lifting"),
    ("system", r"$M\hat{y}=b$", "solving"),
    ("state", r"$|\hat{y}\rangle$", "solving"),
    ("samples", "counts", "solving"),
    ("weights", r"$\theta(T)$", "learning"),
)
_PARTS = {"lifting": "blue", "solving": "vermillion", "learning": "green"}
_PITCH = 0.885  # inches from one stage to the next
_HALF = 0.355  # half the width of a box, inches
_MIDDLE = 1.02  # height of the row, inches
_HEIGHT = 1.75


def draw_pipeline(ax: Axes | None = None) -> Axes:
    """Draw loss, step, lifting, system, state, samples, weights in a row.

    The colour of a box, and the bracket above it, name the part of the book.

    Parameters
    ----------
    ax : matplotlib.axes.Axes, optional
        Where to draw; default a new figure of 6.3 in by 1.75 in.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib import pyplot as plt
    >>> ax = draw_pipeline()
    >>> [t.get_text() for t in ax.texts if t.get_gid() == "noun"][:3]
    ['loss', 'step', 'lifting']
    >>> plt.close(ax.figure)
    """
    if ax is None:
        ax = schematic_axes(WIDTH, _HEIGHT)
    else:
        ax.set(xlim=(0, WIDTH), ylim=(0, _HEIGHT), aspect="equal")
        ax.set_axis_off()
    left = (WIDTH - (len(_STAGES) - 1) * _PITCH) / 2
    places = [left + i * _PITCH for i in range(len(_STAGES))]
    for x, (noun, symbol, part) in zip(places, _STAGES, strict=True):
        _stage(ax, x, noun, symbol, COLOURS[_PARTS[part]])
    for start, end in pairwise(places):
        _arrow(ax, (start + _HALF, _MIDDLE), (end - _HALF, _MIDDLE))
    for part, colour in _PARTS.items():
        xs = [
            x
            for x, stage in zip(places, _STAGES, strict=True)
            if stage[2] == part
        ]
        _bracket(ax, xs[0] - _HALF, xs[-1] + _HALF, part, COLOURS[colour])
    _return(ax, places[-1], places[0])
    return ax


def _stage(ax: Axes, x: float, noun: str, symbol: str, colour: str) -> None:
    """Draw one box with its noun and its symbol."""
    ax.add_patch(
        FancyBboxPatch(
            (x - _HALF, _MIDDLE - 0.27),
            2 * _HALF,
            0.54,
            boxstyle="round,pad=0,rounding_size=0.06",
            facecolor="none",
            edgecolor=colour,
            linewidth=1.3,
        )
    )
    for text, dy, gid in ((noun, 0.12, "noun"), (symbol, -0.12, "symbol")):
        ax.text(
            x,
            _MIDDLE + dy,
            text,
            ha="center",
            va="center",
            color=ink(colour),
            fontsize=SMALL_SIZE,
            fontweight="bold" if gid == "noun" else "normal",
            gid=gid,
        )


def _arrow(
    ax: Axes, start: tuple[float, float], end: tuple[float, float]
) -> None:
    """Draw a short arrow from one box to the next."""
    ax.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=8,
            shrinkA=1,
            shrinkB=1,
            color=COLOURS["grey"],
            linewidth=1.1,
        )
    )


def _bracket(
    ax: Axes, left: float, right: float, part: str, colour: str
) -> None:
    """Draw the bracket of one part of the book above its boxes."""
    y = _MIDDLE + 0.38
    ax.plot([left, right], [y, y], color=colour, linewidth=1.3)
    ax.text(
        (left + right) / 2,
        y + 0.05,
        part,
        ha="center",
        va="bottom",
        color=ink(colour),
        fontsize=SMALL_SIZE,
        gid="part",
    )


def _return(ax: Axes, last: float, first: float) -> None:
    """Draw the way back from the weights to the loss, below the row."""
    grey = COLOURS["grey"]
    y = _MIDDLE - 0.55
    foot = _MIDDLE - 0.27
    ax.plot([last, last, first], [foot, y, y], color=grey, linewidth=1.1)
    _arrow(ax, (first, y), (first, foot))
    ax.text(
        (first + last) / 2,
        y - 0.07,
        "prune, move the expansion point, repeat",
        ha="center",
        va="top",
        color=ink(grey),
        fontsize=SMALL_SIZE,
    )
