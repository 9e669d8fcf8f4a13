"""What a solver returns: bars with error bars, and the filter behind them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from qcl._checks import a_number

from ._checks import a_text, as_list, as_texts, as_vector
from .labels import draw_key, label_line
from .style import COLOURS, chosen_axes

__all__ = ["plot_bars", "plot_filter"]

_APART = 0.05  # inches between two labels


def plot_bars(
    labels: Sequence[str],
    values: Any,
    errors: Any = None,
    reference: Any = None,
    *,
    ylabel: str = "weight",
    xlabel: str = "",
    value_name: str = "quantum",
    reference_name: str = "gradient descent",
    ax: Axes | None = None,
) -> Axes:
    """Plot values as bars, and reference values as diamonds on them.

    Parameters
    ----------
    labels : sequence of str, length k
        One label a bar.
    values : array_like, shape (k,)
        Heights of the bars.
    errors : array_like, shape (k,), optional
        Standard errors, drawn one up and one down.
    reference : array_like, shape (k,), optional
        Values to compare with.
    ylabel, xlabel : str
        Labels of the axes.
    value_name, reference_name : str
        Names in the key, which is drawn where there is a reference.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If lengths differ, a value is not finite or an error is negative.

    Examples
    --------
    >>> from matplotlib import pyplot as plt
    >>> ax = plot_bars(["a", "b"], [0.6, -0.8], reference=[0.5, -0.7])
    >>> len(ax.patches), len(ax.get_legend().get_texts())
    (2, 2)
    >>> plt.close(ax.figure)
    """
    names = as_texts(labels, "labels")
    heights = as_vector(values, "values", len(names), finite=True)
    spread = None if errors is None else _spread(errors, len(names))
    marks = reference
    if reference is not None:
        marks = as_vector(reference, "references", len(names), finite=True)
    words = {"xlabel": a_text(xlabel, "xlabel")}
    words["ylabel"] = a_text(ylabel, "ylabel")
    value_name = a_text(value_name, "value_name")
    reference_name = a_text(reference_name, "reference_name")
    ax = chosen_axes(ax)
    x = np.arange(len(names))
    grey = COLOURS["grey"]
    blue = COLOURS["blue"]
    handles: list[Any] = [
        ax.bar(
            x,
            heights,
            width=0.62,
            facecolor=(blue, 0.3),
            edgecolor=blue,
            linewidth=1.2,
            label=value_name,
        )
    ]
    if heights.min() < 0:
        ax.spines["bottom"].set_visible(False)
        ax.axhline(0, color=grey, linewidth=0.8)
    both = spread is not None and marks is not None
    if spread is not None:
        bar: dict[str, Any] = {"ecolor": blue, "elinewidth": 1.4}
        at = x - 0.13 * both
        ax.errorbar(at, heights, spread, fmt="none", capsize=3, **bar)
    if marks is not None:
        style = {"color": COLOURS["vermillion"], "label": reference_name}
        handles += _diamonds(ax, x + 0.13 * both, marks, style)
        draw_key(ax, handles)
    ax.set(**words)
    ax.set_xticks(x, names)
    ax.tick_params(axis="x", length=0)
    _turn_crowded(ax)
    return ax


def plot_filter(
    eigenvalues: Any,
    weights: Any,
    filter_values: Any,
    *,
    constant: float,
    curve: tuple[Any, Any] | None = None,
    bins: Any = None,
    xlabel: str = r"eigenvalue $\lambda$",
    ylabel: str = r"filter $f(\lambda)$",
    ax: Axes | None = None,
) -> Axes:
    r"""Plot the filter of HHL against :math:`C/\lambda`, which it should be.

    Parameters
    ----------
    eigenvalues : array_like, shape (k,)
        Eigenvalues, none zero, in the units of the clock.
    weights : array_like, shape (k,)
        Weight of the right-hand side on each; the area of its dot.
    filter_values : array_like, shape (k,)
        What the circuit does to each eigenvector.
    constant : float
        The constant C.
    curve : (lambdas, values), optional
        The filter between the eigenvalues, two arrays of shape (m,).
    bins : array_like, shape (b,), optional
        Eigenvalues that the clock holds exactly, marked on the axis.
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
        If lengths differ, an eigenvalue is zero, a weight is negative or the
        constant is zero.

    Examples
    --------
    >>> from matplotlib import pyplot as plt
    >>> ax = plot_filter([0.5, 1], [0.3, 0.7], [0.5, 0.2], constant=0.25)
    >>> ax.texts[0].get_text()
    '$C/\\lambda$'
    >>> plt.close(ax.figure)
    """
    at, heights, area = _spectrum(eigenvalues, weights, filter_values)
    constant = a_number(constant, "constant", least=-1e100, most=1e100)
    if abs(constant) < 1e-100:
        raise ValueError(
            f"expected a finite constant other than 0, got {constant}"
        )
    line = None if curve is None else _curve(curve)
    places = at[:0]
    if bins is not None:
        places = as_vector(bins, "clock bins", finite=True)
    words = {"xlabel": a_text(xlabel, "xlabel")}
    words["ylabel"] = a_text(ylabel, "ylabel")
    ax = chosen_axes(ax)
    everywhere = np.r_[at, places]
    reach = 1.08 * float(np.abs(everywhere).max())
    low = -reach if at.min() < 0 else 0.0
    high = reach if at.max() > 0 else 0.0
    top = 1.2 * float(np.abs(heights).max())
    top = max(top, 1.6 * abs(constant) / float(np.abs(at).max()))
    bottom = -top if heights.min() < 0 or low < 0 else 0.0
    ax.set(xlim=(low, high), ylim=(bottom, top), **words)
    _draw_inverse(ax, constant)
    if line is not None:
        ax.plot(*line, color=COLOURS["vermillion"], linewidth=1.4, gid="f")
        label_line(ax, ax.lines[-1], r"$f(\lambda)$")
    dots = ax.scatter(
        at,
        heights,
        s=20 + 200 * area / area.max(),
        facecolor="none",
        edgecolor=COLOURS["vermillion"],
        linewidth=1.6,
        zorder=4,
        clip_on=False,
        label="eigenvalue (area: weight)",
    )
    draw_key(ax, [dots, *_draw_bins(ax, places)])
    return ax


def _spread(errors: Any, size: int) -> np.ndarray:
    """Return standard errors."""
    spread = as_vector(errors, "errors", size, finite=True)
    if (spread < 0).any():
        raise ValueError(
            f"expected errors >= 0, got {spread.min():g}; pass standard "
            "errors, not signed differences"
        )
    return spread


def _turn_crowded(ax: Axes) -> None:
    """Turn the labels of the bars where they would touch."""
    figure: Any = ax.get_figure(root=True)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.get_xticklabels()]
    apart = _APART * figure.dpi
    if any(a.x1 + apart > b.x0 for a, b in pairwise(boxes)):
        ax.tick_params(axis="x", rotation=90)


def _diamonds(
    ax: Axes, x: np.ndarray, heights: np.ndarray, style: dict[str, Any]
) -> list[Line2D]:
    """Draw open diamonds."""
    return ax.plot(
        x,
        heights,
        linestyle="none",
        marker="D",
        markersize=6.5,
        markerfacecolor="none",
        markeredgewidth=1.6,
        **style,
    )


def _curve(curve: Any) -> list[np.ndarray]:
    """Return the two arrays of a curve."""
    parts = as_list(curve, "lambdas and values")
    if len(parts) != 2:
        raise ValueError(
            f"expected a curve as (lambdas, values), got {len(parts)} parts"
        )
    x = as_vector(parts[0], "lambdas of the curve")
    return [x, as_vector(parts[1], "values of the curve", x.size)]


def _spectrum(
    eigenvalues: Any, weights: Any, filter_values: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return eigenvalues, filter values and weights that belong together."""
    at = as_vector(eigenvalues, "eigenvalues", finite=True)
    area = as_vector(weights, "weights", at.size, finite=True)
    if (np.abs(at) < 1e-100).any():
        raise ValueError(
            "expected eigenvalues other than 0, got 0; a singular system "
            "has no inverse"
        )
    if (area < 0).any() or not area.any():
        raise ValueError(
            f"expected weights >= 0, not all 0, got a smallest weight "
            f"{area.min():g}; pass squared moduli"
        )
    heights = as_vector(filter_values, "filter values", at.size, finite=True)
    return at, heights, area


def _draw_inverse(ax: Axes, constant: float) -> None:
    """Draw C/lambda on both sides of zero, dashed, where it is in view."""
    low, high = ax.get_xlim()
    top = ax.get_ylim()[1]
    nearest = abs(constant) / top
    dashes: dict[str, Any] = {
        "color": COLOURS["blue"],
        "linestyle": (0, (5, 3)),
    }
    line = None
    for sign, end in ((-1, low), (1, high)):
        if sign * end > nearest:
            x = sign * np.geomspace(nearest, sign * end, 200)
            (line,) = ax.plot(x, constant / x, linewidth=1.6, **dashes)
    if line is not None:
        label_line(ax, line, r"$C/\lambda$")


def _draw_bins(ax: Axes, places: np.ndarray) -> list[Line2D]:
    """Mark on the axis the eigenvalues that the clock holds exactly."""
    if not places.size:
        return []
    return ax.plot(
        places,
        np.full(places.size, 0.022),
        transform=ax.get_xaxis_transform(),
        linestyle="none",
        marker="|",
        markersize=7,
        markeredgewidth=1.4,
        color=COLOURS["grey"],
        label="clock bin",
        gid="bin",
    )
