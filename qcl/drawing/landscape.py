"""A loss of one weight and the path of a descent on it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ._checks import a_text, as_interval, as_list, as_vector, one_number
from .style import COLOURS, SMALL_SIZE, chosen_axes, ink, series_style

__all__ = ["plot_landscape"]


def plot_landscape(
    loss: Any,
    path: Any,
    *,
    interval: Sequence[float] | None = None,
    xlabel: str = r"weight $\theta$",
    ylabel: str = "loss",
    ax: Axes | None = None,
) -> Axes:
    """Plot a loss of one weight, and on it the path of a descent.

    Parameters
    ----------
    loss : callable or (weights, losses)
        The loss, or its values on a grid: two arrays of shape (m,).
    path : array_like, shape (T+1,) or (T+1, 1)
        Weights visited, first to last.
    interval : (low, high), optional
        Range of the weight; default that of the grid, or the path and a
        third of its length on each side.
    xlabel, ylabel : str
        Labels of the axes.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the path is not finite, the interval is empty, or the path leaves
        the grid on which the loss is given.

    Examples
    --------
    >>> from matplotlib import pyplot as plt
    >>> ax = plot_landscape(lambda w: w**2, [1, 0.5, 0.25])
    >>> [t.get_text() for t in ax.texts]
    ['start', 'step 2']
    >>> plt.close(ax.figure)
    """
    visited = as_vector(path, "weights of the path")
    if not np.isfinite(visited).all():
        raise ValueError(
            "expected a finite path, got NaN or infinity; end it before it "
            "diverges"
        )
    x, y, heights = _profile(loss, visited, interval)
    names = {"xlabel": a_text(xlabel, "xlabel")}
    names["ylabel"] = a_text(ylabel, "ylabel")
    ax = chosen_axes(ax)
    ax.plot(x, y, color=COLOURS["grey"], linewidth=1.6)
    style = series_style(1) | {"linestyle": "-"}
    ax.plot(visited, heights, **style, linewidth=1.1, markersize=4.5)
    ax.set(**names, xlim=(x[0], x[-1]))
    last = len(visited) - 1
    inward = 1 if visited[0] < visited[-1] else -1
    notes = ((0, "start", 9 * inward), (last, f"step {last}", 0))
    for at, text, shift in notes:
        side = ("center", "left", "right")[int(np.sign(shift))]
        ax.annotate(
            text,
            xy=(visited[at], heights[at]),
            xytext=(shift, 2 if shift else 11),
            textcoords="offset points",
            ha=side,
            color=ink(style["color"]),
            fontsize=SMALL_SIZE,
        )
    return ax


def _profile(
    loss: Any, visited: np.ndarray, interval: Sequence[float] | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the grid, the loss on it, and the loss at the visited weights."""
    low, high = visited.min(), visited.max()
    if callable(loss):
        margin = (high - low) / 3 or 1.0
        around = (low - margin, high + margin)
        ends = as_interval(around if interval is None else interval)
        x = np.linspace(*ends, 401)
        return x, _values(loss, x), _values(loss, visited)
    grid = as_list(loss, "weights and losses")
    if len(grid) != 2:
        raise ValueError(
            "expected the loss as a function, or as (weights, losses), got "
            f"a sequence of {len(grid)}"
        )
    x = as_vector(grid[0], "weights of the grid", finite=True)
    y = as_vector(grid[1], "losses on the grid", x.size, finite=True)
    if not (np.diff(x) > 0).all():
        raise ValueError("expected rising weights of the grid, got others")
    if low < x[0] or high > x[-1]:
        raise ValueError(
            f"expected a path within the grid {x[0]:g} to {x[-1]:g}, got "
            f"{low:g} to {high:g}; widen the grid"
        )
    heights = np.interp(visited, x, y)
    if interval is not None:
        left, right = as_interval(interval)
        inside = (left <= x) & (x <= right)
        x, y = x[inside], y[inside]
        if x.size < 2:
            raise ValueError(
                f"expected an interval with 2 weights of the grid, got "
                f"{left:g} to {right:g}; widen it"
            )
    return x, y, heights


def _values(loss: Any, at: np.ndarray) -> np.ndarray:
    """Return the loss at each weight, one call a weight."""
    values = [one_number(loss(float(u)), "the loss") for u in at]
    return as_vector(values, "losses")
