"""The one figure style of the book.

Every figure is 6.3 in wide, has 9-10 pt labels and no title, stands on a
transparent background and reads on white and on near-black.  Nothing here
touches the global ``rcParams``: the style is set on each artist.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from qcl._checks import a_count, a_flag, a_number, kind_of

from ._checks import a_colour

__all__ = [
    "COLOURS",
    "LABEL_SIZE",
    "LIGHT",
    "NEAR_BLACK",
    "SMALL_SIZE",
    "WIDTH",
    "chosen_axes",
    "ink",
    "new_axes",
    "schematic_axes",
    "series_style",
]

WIDTH = 6.3
LABEL_SIZE = 10.0
SMALL_SIZE = 9.0
LIGHT = "#ffffff"
NEAR_BLACK = "#121212"

# Okabe-Ito, with black, yellow, orange, sky and purple moved towards the
# middle so that each keeps a contrast of 3:1 on white and on near-black.
COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "blue": "#0072B2",
        "vermillion": "#D55E00",
        "green": "#009E73",
        "purple": "#C46B9C",
        "orange": "#B98200",
        "sky": "#3A97CC",
        "olive": "#8C8400",
        "grey": "#767676",
    }
)
_LARGEST = 40.0  # inches
_MOST_AXES = 20  # in a row or a column
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_DASHES: tuple[Any, ...] = (
    "-",
    (0, (6, 2)),
    (0, (1.5, 1.5)),
    (0, (6, 2, 1.5, 2)),
    (0, (3, 1.5)),
    (0, (9, 2)),
    (0, (6, 2, 1.5, 2, 1.5, 2)),
    (0, (1, 3)),
)
_INK_LUMINANCE = 0.179  # 4.58:1 on white and 4.09:1 on #121212
_FIGURE_RC = {
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "figure.dpi": 200,
    "font.family": ["DejaVu Sans"],
    "mathtext.fontset": "dejavusans",
}


def ink(colour: str) -> str:
    """Return the colour at the lightness at which text reads on both grounds.

    Small text needs 4.5:1 on white and 4:1 on near-black, more than lines
    need; this keeps the hue and moves the luminance to where both hold.

    Parameters
    ----------
    colour : str
        Any matplotlib colour.

    Returns
    -------
    str
        A hexadecimal colour.

    Raises
    ------
    ValueError
        If it is no colour.

    Examples
    --------
    >>> ink("#D55E00")
    '#c25500'
    """
    c = np.array(to_rgb(a_colour(colour)))
    rgb = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    light = float(rgb @ [0.2126, 0.7152, 0.0722])
    if light > _INK_LUMINANCE:
        rgb = rgb * (_INK_LUMINANCE / light)
    else:
        rgb = rgb + (1 - rgb) * (_INK_LUMINANCE - light) / (1 - light)
    srgb = np.where(
        rgb <= 0.0031308, 12.92 * rgb, 1.055 * rgb ** (1 / 2.4) - 0.055
    )
    return to_hex(np.clip(srgb, 0, 1))


def series_style(index: int) -> dict[str, Any]:
    """Return colour, marker and dash of the series with this number.

    Parameters
    ----------
    index : int
        Number of the series, from 0; the eight styles repeat after that.

    Returns
    -------
    dict
        Keywords ``color``, ``marker`` and ``linestyle`` for ``Axes.plot``.

    Raises
    ------
    ValueError
        If the index is negative.

    Examples
    --------
    >>> series_style(0)
    {'color': '#0072B2', 'marker': 'o', 'linestyle': '-'}
    """
    names = list(COLOURS)
    i = a_count(index, "index") % len(names)
    return {
        "color": COLOURS[names[i]],
        "marker": _MARKERS[i],
        "linestyle": _DASHES[i],
    }


@contextmanager
def figure_settings(settings: Mapping[str, Any]) -> Iterator[None]:
    """Apply settings of matplotlib while a figure is made.

    The first figure of a notebook loads the backend, which switches
    interactive mode on. ``rc_context`` alone would switch it off again, and
    no later figure would show.
    """
    with mpl.rc_context(dict(settings)):
        yield
        interactive = mpl.is_interactive()
    mpl.interactive(interactive)


def new_axes(
    width: float = WIDTH,
    height: float = 2.9,
    nrows: int = 1,
    ncols: int = 1,
    *,
    grid: bool = False,
    **options: Any,
) -> tuple[Figure, Any]:
    """Return a figure in the house style, and its axes.

    Parameters
    ----------
    width, height : float
        Size in inches.
    nrows, ncols : int
        Grid of axes.
    grid : bool
        Whether to draw a light grid.
    **options
        Passed to ``matplotlib.pyplot.subplots`` (``sharey=True``, ...).

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes or ndarray of them
        One axes, or an array of them when ``nrows * ncols > 1``.

    Raises
    ------
    ValueError
        If a size is not within 0 and 40 inches, or there are more than 20
        rows or columns.

    Examples
    --------
    >>> figure, ax = new_axes(height=2)
    >>> figure.get_size_inches().tolist(), ax.spines["top"].get_visible()
    ([6.3, 2.0], False)
    >>> plt.close(figure)
    """
    width = a_number(width, "width", above=0, most=_LARGEST)
    height = a_number(height, "height", above=0, most=_LARGEST)
    nrows = a_count(nrows, "nrows", least=1, most=_MOST_AXES)
    ncols = a_count(ncols, "ncols", least=1, most=_MOST_AXES)
    grid = a_flag(grid, "grid")
    with figure_settings(_FIGURE_RC):
        figure, axes = plt.subplots(
            nrows,
            ncols,
            figsize=(width, height),
            layout="constrained",
            **options,
        )
    for ax in np.ravel(np.asarray(axes, dtype=object)):
        _dress(ax, grid)
    # Notebooks crop figures to what is drawn; an invisible sheet keeps every
    # figure at its full width, and so all type at one size.
    figure.add_artist(
        Rectangle((0, 0), 1, 1, transform=figure.transFigure, alpha=0)
    )
    return figure, axes


def _dress(ax: Axes, grid: bool) -> None:
    """Set spines, ticks and labels of one axes to the house style."""
    grey = COLOURS["grey"]
    ax.spines[["top", "right"]].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set(color=grey, linewidth=0.8)
    ax.tick_params(
        which="both", color=grey, labelcolor=grey, labelsize=SMALL_SIZE
    )
    for axis in (ax.xaxis, ax.yaxis):
        axis.label.set(color=grey, fontsize=LABEL_SIZE)
        axis.get_offset_text().set(color=grey, fontsize=SMALL_SIZE)
    if grid:
        ax.grid(True, color=grey, alpha=0.25, linewidth=0.5)
        ax.set_axisbelow(True)


def chosen_axes(ax: Any, width: float = WIDTH, height: float = 2.9) -> Axes:
    """Return the axes that a drawer was given, or new ones.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
        What the drawer was given.
    width, height : float
        Size in inches of new ones.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TypeError
        If it is anything else.
    """
    if ax is None:
        return new_axes(width, height)[1]
    if isinstance(ax, Axes):
        return ax
    raise TypeError(
        f"expected ax as matplotlib axes, got {kind_of(ax)}; make some with "
        "qcl.drawing.new_axes"
    )


def schematic_axes(width: float, height: float, ax: Any = None) -> Axes:
    """Return bare axes whose data unit is one inch, for schematics.

    Parameters
    ----------
    width, height : float
        Size in inches.
    ax : matplotlib.axes.Axes, optional
        Axes to scale to this size; default new ones.

    Returns
    -------
    matplotlib.axes.Axes
        Axes without spines; new ones fill their figure.

    Examples
    --------
    >>> ax = schematic_axes(3, 1)
    >>> tuple(map(float, ax.get_xlim())), ax.axison
    ((0.0, 3.0), False)
    >>> plt.close(ax.figure)
    """
    chosen = chosen_axes(ax, width, height)
    if ax is None:
        figure: Any = chosen.get_figure(root=True)
        figure.set_layout_engine("none")
        chosen.set_position((0, 0, 1, 1))
    chosen.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    chosen.set_axis_off()
    return chosen
