"""The cobweb of a map of one number."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from qcl._checks import a_count, a_flag, kind_of

from ._checks import a_text, as_interval, as_vector, one_number
from .labels import draw_key
from .style import COLOURS, chosen_axes, series_style

__all__ = ["plot_cobweb"]

_GRID = 241
_PATIENCE = 2000


def plot_cobweb(
    step: Callable[[float], float],
    u0s: Any,
    interval: Sequence[float],
    *,
    steps: int = 30,
    basin: bool = True,
    xlabel: str = "$u(t)$",
    ylabel: str = "$u(t+1)$",
    ax: Axes | None = None,
) -> Axes:
    """Plot the cobweb of a 1-D map: its graph, its fixed points, its walks.

    A fixed point is a full dot where it attracts and an open one where it
    repels.  The shaded strip holds the starts that reach the attracting
    fixed point nearest to the first start.

    Parameters
    ----------
    step : callable
        The map; takes and returns one float (or an array of one element).
    u0s : array_like, shape (k,)
        Starts of the walks.
    interval : (low, high)
        Range of both axes.
    steps : int
        Steps of each walk; a walk ends early where it leaves the range.
    basin : bool
        Whether to shade the basin.
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
        If the interval is empty, a start lies outside it or ``steps < 1``.

    Examples
    --------
    >>> from matplotlib import pyplot as plt
    >>> ax = plot_cobweb(lambda u: u - 0.1 * (u + u**2), [0.9], (-1.2, 1))
    >>> [t.get_text() for t in ax.get_legend().get_texts()]
    ['start', 'attracts', 'repels', 'basin']
    >>> plt.close(ax.figure)
    """
    low, high = as_interval(interval)
    starts = as_vector(u0s, "starts", finite=True)
    if not ((low <= starts) & (starts <= high)).all():
        raise ValueError(
            f"expected starts within {low:g} to {high:g}, got "
            f"{starts.tolist()}; widen the interval"
        )
    steps = a_count(steps, "steps", least=1, most=_PATIENCE)
    basin = a_flag(basin, "basin")
    names = {"xlabel": a_text(xlabel, "xlabel")}
    names["ylabel"] = a_text(ylabel, "ylabel")
    f = _scalar(step)
    f(low)
    ax = chosen_axes(ax, height=4.0)
    grid = np.linspace(low, high, _GRID)
    grey = COLOURS["grey"]
    ax.plot(grid, grid, color=grey, linewidth=1, linestyle=(0, (2, 2)))
    ax.plot(grid, [f(u) for u in grid], color=COLOURS["blue"], linewidth=1.8)
    ax.set(xlim=(low, high), ylim=(low, high), **names)
    ax.set_aspect("equal")
    points = _fixed_points(f, grid)
    goals = [u for u in points if _attracts(f, u, high - low)]
    handles = [_walk(ax, f, u, steps, i + 1) for i, u in enumerate(starts)][:1]
    handles += _dots(ax, goals, "attracts", COLOURS["blue"])
    handles += _dots(ax, sorted(set(points) - set(goals)), "repels", "none")
    if basin and goals:
        goal = min(goals, key=lambda u: abs(u - starts[0]))
        handles += _shade(ax, _basin(f, goal, grid))
    draw_key(ax, handles)
    return ax


def _scalar(step: Callable[[float], float]) -> Callable[[float], float]:
    """Let a map that returns an array of one element return a float."""
    if not callable(step):
        raise TypeError(
            f"expected a map of one number as step, got {kind_of(step)}"
        )
    return lambda u: one_number(step(float(u)), "the next value of the map")


def _bisect(
    yes: Callable[[float], bool], inside: float, outside: float
) -> float:
    """Return the border between a point where `yes` holds and one not."""
    for _ in range(40):
        middle = (inside + outside) / 2
        inside, outside = (
            (middle, outside) if yes(middle) else (inside, middle)
        )
    return (inside + outside) / 2


def _fixed_points(
    f: Callable[[float], float], grid: np.ndarray
) -> list[float]:
    """Return the fixed points at which the graph crosses the diagonal."""
    gaps = np.array([f(u) - u for u in grid])
    found = [float(u) for u in grid[gaps == 0]]
    for i in np.flatnonzero(gaps[:-1] * gaps[1:] < 0):
        positive, negative = grid[i : i + 2][:: 1 if gaps[i] > 0 else -1]
        found.append(_bisect(lambda u: f(u) > u, positive, negative))
    return sorted(found)


def _attracts(f: Callable[[float], float], u: float, width: float) -> bool:
    """Whether the map contracts at a fixed point."""
    h = 1e-5 * width
    return abs(f(u + h) - f(u - h)) < 2 * h


def _basin(
    f: Callable[[float], float], goal: float, grid: np.ndarray
) -> list[tuple[float, float]]:
    """Return the intervals of the range whose walks end at the goal."""
    width = grid[-1] - grid[0]

    def arrives(u: float) -> bool:
        for _ in range(_PATIENCE):
            if abs(u - goal) < 1e-3 * width:
                return True
            if not abs(u - goal) < 1e3 * width:
                return False
            u = f(u)
        return False

    coarse = grid[::2]
    yes = np.array([arrives(float(u)) for u in coarse])
    edges = [
        _bisect(arrives, *coarse[i : i + 2][:: 1 if yes[i] else -1])
        for i in np.flatnonzero(yes[:-1] != yes[1:])
    ]
    ends = [*coarse[:1][yes[:1]], *edges, *coarse[-1:][yes[-1:]]]
    return [
        (float(left), float(right))
        for left, right in zip(ends[::2], ends[1::2], strict=True)
    ]


def _walk(
    ax: Axes, f: Callable[[float], float], start: float, steps: int, i: int
) -> Line2D:
    """Draw one walk: up to the graph, across to the diagonal, and again."""
    low, high = ax.get_xlim()
    foot = ax.get_ylim()[0]
    x, y = [start], [foot]
    u = start
    for _ in range(steps):
        if not low <= u <= high:
            break
        v = f(u)
        x += [u, v]
        y += [v, v]
        u = v
    style = series_style(i) | {"linestyle": "-", "linewidth": 1.1}
    ax.plot(x, y, **style | {"marker": ""}, gid="walk")
    (dot,) = ax.plot(start, foot, **style, markersize=6, clip_on=False)
    dot.set(label="start", zorder=4)
    return dot


def _dots(ax: Axes, places: list[float], text: str, fill: str) -> list[Line2D]:
    """Draw fixed points of one kind; return them for the key."""
    if not places:
        return []
    return ax.plot(
        places,
        places,
        linestyle="none",
        marker="o",
        markersize=8,
        color=COLOURS["blue"],
        markerfacecolor=fill,
        markeredgewidth=1.6,
        clip_on=False,
        zorder=5,
        label=text,
    )


def _shade(ax: Axes, pieces: list[tuple[float, float]]) -> list[Any]:
    """Shade the pieces of a basin; return one of them for the key."""
    style: dict[str, Any] = {
        "color": COLOURS["green"],
        "alpha": 0.2,
        "linewidth": 0,
    }
    return [
        ax.axvspan(*piece, **style, label="basin", zorder=0)
        for piece in pieces
    ][:1]
