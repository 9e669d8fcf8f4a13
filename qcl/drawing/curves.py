"""Curves against the step, and against the size of the problem."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from ._checks import a_text, as_series, as_vector, numbers_by_name
from .labels import label_lines
from .style import COLOURS, chosen_axes, series_style

__all__ = ["SMALLEST", "curve_style", "plot_scaling", "plot_trajectories"]

SMALLEST = 1e-150  # a log axis squares what it shows


def plot_trajectories(
    series: Mapping[str, Any],
    *,
    ylabel: str,
    xlabel: str = "step $t$",
    times: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot values against the step, each curve labelled at its end.

    Parameters
    ----------
    series : mapping of str to array_like, shape (T+1,) or (T+1, 1)
        One curve a label; lengths may differ.  A curve stops where it is no
        longer finite.
    ylabel, xlabel : str
        Labels of the axes.
    times : array_like, shape (T+1,), optional
        Positions on the horizontal axis; default 0, 1, 2, ...
    ax : matplotlib.axes.Axes, optional
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there is no curve, or one has no finite value or the wrong shape.

    Examples
    --------
    >>> from matplotlib import pyplot as plt
    >>> ax = plot_trajectories({"exact": [1, 0.9, 0.8]}, ylabel="weight")
    >>> ax.get_ylabel(), len(ax.lines)
    ('weight', 1)
    >>> plt.close(ax.figure)
    """
    curves = as_series(series, "series")
    names = {"xlabel": a_text(xlabel, "xlabel")}
    names["ylabel"] = a_text(ylabel, "ylabel")
    places = [_times(times, len(values)) for values in curves.values()]
    ax = chosen_axes(ax)
    for i, (x, values) in enumerate(zip(places, curves.values(), strict=True)):
        ax.plot(x, values, **curve_style(i, len(values)))
    ax.set(**names)
    if times is None:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    lines = ax.lines[-len(curves) :]
    label_lines(ax, zip(lines, curves, strict=True))
    return ax


def plot_scaling(
    x: Any,
    series: Mapping[str, Any],
    *,
    xlabel: str,
    ylabel: str,
    slopes: Mapping[str, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot quantities against a size on two log axes, with reference slopes.

    Parameters
    ----------
    x : array_like, shape (k,)
        Positive sizes.
    series : mapping of str to array_like, shape (k,)
        Positive quantities, one curve a label.
    xlabel, ylabel : str
        Labels of the axes.
    slopes : mapping of str to float, optional
        Exponents of reference lines by label, such as ``{"$T^2$": 2}``.
        Each is drawn just below the curve whose slope is nearest.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If lengths differ, or a value is not positive and finite.

    Examples
    --------
    >>> from matplotlib import pyplot as plt
    >>> ax = plot_scaling([1, 2, 4], {"nonzeros": [3, 6, 12]},
    ...                   xlabel="steps", ylabel="size", slopes={"T": 1})
    >>> ax.get_xscale(), ax.get_yscale(), len(ax.lines)
    ('log', 'log', 2)
    >>> plt.close(ax.figure)
    """
    size, curves = _sizes(x, series)
    powers = numbers_by_name(slopes, "slopes", 100)
    names = {"xlabel": a_text(xlabel, "xlabel")}
    names["ylabel"] = a_text(ylabel, "ylabel")
    ax = chosen_axes(ax)
    ax.set(xscale="log", yscale="log", **names)
    ends: list[tuple[Line2D, str]] = []
    for i, (name, values) in enumerate(curves.items()):
        (line,) = ax.plot(size, values, **curve_style(i, size.size))
        ends.append((line, name))
    for text, power in powers.items():
        guide = _guide(size, list(curves.values()), power)
        dots: dict[str, Any] = {
            "color": COLOURS["grey"],
            "linestyle": (0, (1, 2)),
        }
        (line,) = ax.plot(size, guide, linewidth=1.2, gid="slope", **dots)
        ends.append((line, text))
    _size_ticks(ax, size)
    label_lines(ax, ends)
    return ax


def _sizes(x: Any, series: Any) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return sizes and curves that log axes can show."""
    size = as_vector(x, "values of x")
    curves = {
        k: as_vector(v, f"values of {k!r}", size.size)
        for k, v in as_series(series, "series").items()
    }
    for name, values in {"x": size, **curves}.items():
        if not (np.isfinite(values).all() and (values > SMALLEST).all()):
            raise ValueError(
                f"expected positive finite {name} for log axes, got values "
                f"from {values.min():g} to {values.max():g}"
            )
    if np.unique(size).size < 2:
        raise ValueError(
            f"expected at least 2 values of x, got {np.unique(size).size}"
        )
    return size, curves


def _times(times: Any, count: int) -> np.ndarray:
    """Return the horizontal positions of a curve of this many points."""
    if times is None:
        return np.arange(count, dtype=float)
    return as_vector(times, "times", count)


def curve_style(index: int, count: int) -> dict[str, Any]:
    """Return the style of a curve, with about a dozen markers.

    Parameters
    ----------
    index : int
        Number of the series, from 0; the markers are staggered by it.
    count : int
        Number of points of the curve.

    Returns
    -------
    dict
        Keywords for ``Axes.plot``.

    Examples
    --------
    >>> curve_style(1, 24)["markevery"]
    (1, 2)
    """
    every = max(1, round(count / 12))
    return series_style(index) | {
        "linewidth": 1.6,
        "markersize": 4.5,
        "markevery": (index % every, every),
    }


def _guide(
    size: np.ndarray, curves: list[np.ndarray], power: float
) -> np.ndarray:
    """Power law just below the curve whose overall slope is nearest."""

    def slope(values: np.ndarray) -> float:
        return float(np.polyfit(np.log(size), np.log(values), 1)[0])

    near = min(curves, key=lambda v: abs(slope(v) - power))
    law = size**power
    return law * float(np.min(near / law)) / 1.6


def _size_ticks(ax: Axes, size: np.ndarray) -> None:
    """Write the sizes themselves on the axis where they are few."""
    if size.size <= 10:
        ax.set_xticks(size)
        ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
        ax.xaxis.set_minor_locator(NullLocator())
