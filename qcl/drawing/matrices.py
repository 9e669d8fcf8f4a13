"""Pictures of matrices: which entries, how large, of which sign."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle

from qcl._checks import a_count, a_flag, finite_reals

from ._checks import as_list, as_texts
from .style import COLOURS, SMALL_SIZE, WIDTH, chosen_axes, ink

__all__ = ["plot_matrix"]

_MOST = 20000
_FEW = 8
_DECADES = 4
_COLOUR_OF_SIGN = {1: COLOURS["blue"], -1: COLOURS["vermillion"]}


def plot_matrix(
    matrix: Any,
    blocks: Any = None,
    *,
    labels: Sequence[str] | None = None,
    column_labels: Sequence[str] | None = None,
    values: bool | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Picture a matrix: a square for each entry, larger for larger entries.

    Positive entries are full blue squares and negative ones open vermillion
    squares, so that the signs can be told without colour.  The side of a
    square grows with the logarithm of the modulus.  A small matrix shows
    its numbers instead, on tinted cells.

    Parameters
    ----------
    matrix : array_like or sparse matrix, shape (m, n)
        Real entries.
    blocks : sequence of int, or a pair of such, optional
        Sizes of the blocks of rows and columns; a pair where they differ.
    labels : sequence of str, optional
        One label a block of rows (and of columns).
    column_labels : sequence of str, optional
        Labels of the blocks of columns where they differ from `labels`.
    values : bool, optional
        Whether to write the entries; default up to 8 rows and columns.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the matrix is not 2-D, real and finite, has more than 20000
        entries to draw, or the blocks or labels do not fit it.

    Examples
    --------
    >>> from matplotlib import pyplot as plt
    >>> ax = plot_matrix([[0.9, -0.1], [0, 0.81]], [1, 1],
    ...                  labels=["$u$", "$u^2$"])
    >>> [t.get_text() for t in ax.get_yticklabels()]
    ['$u$', '$u^2$']
    >>> plt.close(ax.figure)
    """
    rows, columns, entries, shape = _entries(matrix)
    row_sizes, column_sizes = _block_sizes(blocks, shape)
    names = _labels(labels, row_sizes, "rows")
    column_names = _labels(
        labels if column_labels is None else column_labels,
        column_sizes,
        "columns",
    )
    written = (
        max(shape) <= _FEW if values is None else a_flag(values, "values")
    )
    ax = chosen_axes(ax, *_figure_size(shape, written))
    ax.set(xlim=(-0.5, shape[1] - 0.5), ylim=(shape[0] - 0.5, -0.5))
    if written:
        ax.set_aspect("auto")
        ax.set_box_aspect(0.36 * shape[0] / min(6, 0.9 * shape[1]))
    else:
        ax.set_aspect("equal")
    _frame(ax, row_sizes, column_sizes)
    for sign, colour in _COLOUR_OF_SIGN.items():
        at = np.sign(entries) == sign
        cells = columns[at], rows[at], entries[at]
        if written:
            _numbers(ax, *cells, colour)
        else:
            _squares(ax, *cells, np.abs(entries).max(initial=0), colour)
    _label_blocks(ax.yaxis, row_sizes, names, "rows")
    _label_blocks(ax.xaxis, column_sizes, column_names, "columns")
    if not written:
        _key(ax, np.unique(np.sign(entries)))
    return ax


def _entries(
    matrix: Any,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[int, int]]:
    """Return rows, columns and values of the entries that are not zero."""
    sparse = hasattr(matrix, "tocoo")
    held = matrix.tocoo() if sparse else finite_reals(matrix, "the matrix")
    shape = tuple(held.shape)
    if len(shape) != 2 or 0 in shape:
        raise ValueError(f"expected a matrix of shape (m, n), got {shape}")
    if sparse:
        held.sum_duplicates()
        rows, columns = held.row, held.col
        entries = finite_reals(held.data, "the matrix")
    else:
        rows, columns = np.nonzero(held)
        entries = held[rows, columns]
    keep = entries != 0
    if keep.sum() > _MOST:
        raise ValueError(
            f"expected at most {_MOST} entries to draw, got {keep.sum()}; "
            "picture a leading block"
        )
    return rows[keep], columns[keep], entries[keep], (shape[0], shape[1])


def _block_sizes(
    blocks: Any, shape: tuple[int, int]
) -> tuple[list[int], list[int]]:
    """Return the sizes of the blocks of rows and of columns."""
    if blocks is None:
        return [1] * shape[0], [1] * shape[1]
    pair = as_list(blocks, "blocks")
    if len(pair) != 2 or not all(isinstance(p, Iterable) for p in pair):
        pair = [pair, pair]
    sizes = [
        [a_count(k, "a block") for k in as_list(part, "blocks")]
        for part in pair
    ]
    names = ("rows", "columns")
    for part, whole, name in zip(sizes, shape, names, strict=True):
        if sum(part) != whole or 0 in part:
            raise ValueError(
                f"expected blocks of {name} of sizes >= 1 that add up to "
                f"{whole}, got {part}"
            )
    return sizes[0], sizes[1]


def _figure_size(shape: tuple[int, int], written: bool) -> tuple[float, float]:
    """Return width and height in inches for a matrix of this shape."""
    if written:
        return WIDTH, 0.5 + 0.36 * shape[0]
    side = min(4.2, 1.2 + 0.16 * max(shape))
    return WIDTH, max(1.2, side * shape[0] / max(shape) + 0.9)


def _frame(ax: Axes, rows: list[int], columns: list[int]) -> None:
    """Draw a thin frame and the lines between blocks."""
    grey = COLOURS["grey"]
    ax.spines[:].set(visible=True, color=grey, linewidth=0.8)
    ax.tick_params(length=0, top=False, bottom=False, left=False)
    line: dict[str, Any] = {
        "color": grey,
        "linewidth": 0.6,
        "alpha": 0.6,
        "gid": "block",
    }
    for edge in np.cumsum(rows)[:-1] if len(rows) <= 60 else []:
        ax.axhline(edge - 0.5, **line)
    for edge in np.cumsum(columns)[:-1] if len(columns) <= 60 else []:
        ax.axvline(edge - 0.5, **line)


def _squares(
    ax: Axes,
    x: np.ndarray,
    y: np.ndarray,
    entries: np.ndarray,
    largest: float,
    colour: str,
) -> None:
    """Draw entries of one sign as squares centred in their cells."""
    if not entries.size:
        return
    size = 1 + np.log10(np.abs(entries) / largest) / _DECADES
    side = 0.3 + 0.55 * np.clip(size, 0, 1)
    patches = [
        Rectangle((i - s / 2, j - s / 2), s, s)
        for i, j, s in zip(x, y, side, strict=True)
    ]
    full = entries[0] > 0
    ax.add_collection(
        PatchCollection(
            patches,
            facecolor=colour if full else "none",
            edgecolor=colour,
            linewidth=0 if full else max(0.5, 1.3 - 0.02 * ax.get_ylim()[0]),
            gid="positive" if full else "negative",
            rasterized=len(patches) > 2000,
        )
    )


def _numbers(
    ax: Axes, x: np.ndarray, y: np.ndarray, entries: np.ndarray, colour: str
) -> None:
    """Write entries of one sign on tinted cells."""
    for i, j, entry in zip(x, y, entries, strict=True):
        ax.add_patch(
            Rectangle((i - 0.5, j - 0.5), 1, 1, color=colour, alpha=0.14, lw=0)
        )
        ax.annotate(
            f"{entry:.3g}".replace("-", "\N{MINUS SIGN}"),
            xy=(i, j),
            ha="center",
            va="center",
            color=ink(colour),
            fontsize=SMALL_SIZE,
        )


def _labels(labels: Any, sizes: list[int], name: str) -> list[str] | None:
    """Return one label a block, or None."""
    if labels is None:
        return None
    texts = as_texts(labels, "labels")
    if len(texts) != len(sizes):
        raise ValueError(
            f"expected {len(sizes)} labels, one a block of {name}, got "
            f"{len(texts)}"
        )
    return texts


def _label_blocks(
    axis: Axis, sizes: list[int], labels: list[str] | None, name: str
) -> None:
    """Write one label a block, or the number of rows or columns."""
    if labels is None:
        axis.set_ticks([])
        axis.set_label_text(f"{sum(sizes)} {name}")
        return
    middles = np.cumsum(sizes) - np.array(sizes) / 2 - 0.5
    axis.set_ticks(middles, labels=labels)
    if isinstance(axis, XAxis):
        axis.tick_top()
        axis.set_tick_params(length=0)


def _key(ax: Axes, signs: np.ndarray) -> None:
    """Say below the matrix what full and open squares are."""
    words = {1: ("\N{BLACK SQUARE} positive", 0.0, "left")}
    words[-1] = ("\N{WHITE SQUARE} negative", 1.0, "right")
    for sign in signs:
        text, x, align = words[int(sign)]
        ax.annotate(
            text,
            xy=(x, 0),
            xycoords="axes fraction",
            xytext=(0, -16),
            textcoords="offset points",
            ha=align,
            color=ink(_COLOUR_OF_SIGN[int(sign)]),
            fontsize=SMALL_SIZE,
            gid="key",
        )
