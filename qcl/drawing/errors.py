"""Errors on a log axis, each beside its bound."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, NullFormatter

from qcl._checks import a_count, a_number

from ._checks import a_text, as_list, as_series, numbers_by_name
from .curves import SMALLEST, curve_style
from .labels import label_lines
from .style import COLOURS, SMALL_SIZE, chosen_axes, ink

__all__ = ["plot_errors"]


def plot_errors(
    series: Mapping[str, Any],
    bounds: Mapping[str, Any] | None = None,
    marks: Mapping[str, float] | None = None,
    *,
    ylabel: str = "error",
    xlabel: str = "step $t$",
    floor: float | None = None,
    decades: tuple[int, int] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot errors on a log axis, bounds dashed in the colour of their error.

    Exact zeros are drawn as open triangles at the foot of the axis, below a
    dotted line, each curve in a lane of its own; the tick there says so.

    Parameters
    ----------
    series : mapping of str to array_like, shape (T+1,) or (T+1, 1)
        Errors, one curve a label; the modulus is taken.
    bounds : mapping of str to array_like, shape (T+1,), optional
        Bounds, keyed by the labels of `series`.
    marks : mapping of str to float, optional
        Steps to mark: a ring on the curve where the key is a label of
        `series`, an upright dotted line with the key as text elsewhere.
    ylabel, xlabel : str
        Labels of the axes.
    floor : float, optional
        Draw errors at or below this size (rounding, say) at the foot too;
        its tick then says ``<=`` this size.  Default: only exact zeros.
    decades : (low, high), optional
        Powers of ten that the axis shows, so that the frames of a slider
        share one axis; default those that the data need.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a bound has no error of its name, a curve has no finite value, a
        mark lies outside its curve, the floor is not positive or the
        decades do not hold the data.

    Examples
    --------
    >>> from matplotlib import pyplot as plt
    >>> ax = plot_errors({"N = 4": [0, 0, 1e-3]}, {"N = 4": [0, 0, 2e-3]})
    >>> ax.get_yscale(), len(ax.lines)
    ('log', 4)
    >>> plt.close(ax.figure)
    """
    errors = {k: np.abs(v) for k, v in as_series(series, "series").items()}
    limits = {} if bounds is None else as_series(bounds, "bounds")
    if strange := sorted(set(limits) - set(errors)):
        raise ValueError(
            f"expected bounds keyed by {sorted(errors)}, got {strange}; give "
            "a bound the label of its error"
        )
    everything = np.concatenate([*errors.values(), *limits.values()])
    scale = _Scale(everything, floor, decades)
    places = _marked(marks, errors)
    names = {"xlabel": a_text(xlabel, "xlabel")}
    names["ylabel"] = a_text(ylabel, "ylabel")
    ax = chosen_axes(ax)
    ax.set(**names, yscale="log")
    lines: dict[str, Line2D] = {}
    dashed: list[Line2D] = []
    for i, (name, values) in enumerate(errors.items()):
        lane = scale.lane(values)
        lines[name] = _error(ax, scale.heights(values, lane), lane, i)
        if name in limits:
            bound = scale.heights(limits[name], lane)
            dashed.append(_bound(ax, bound, str(lines[name].get_color())))
    _log_axis(ax, scale)
    _draw_marks(ax, places, lines)
    ends: list[Any] = [(line, name) for name, line in lines.items()]
    label_lines(ax, ends + _bound_label(dashed))
    return ax


class _Scale:
    """Where errors stand on the axis: whole decades, and lanes for zeros.

    Each curve with zeros has its own lane below the decades, so that the
    lines do not hide one another.
    """

    def __init__(
        self,
        values: np.ndarray,
        floor: float | None,
        decades: tuple[int, int] | None,
    ) -> None:
        self.cut = 0.0
        if floor is not None:
            self.cut = a_number(floor, "floor", least=SMALLEST, most=1)
        shown = values[np.isfinite(values) & (values > self.cut)]
        if (shown < SMALLEST).any():
            raise ValueError(
                f"expected errors of 0 or at least {SMALLEST:g}, got smaller "
                "ones; pass for example floor=1e-16"
            )
        ends = (shown.min(), shown.max()) if shown.size else (1e-16, 1e-15)
        self.low = math.floor(math.log10(ends[0]))
        self.high = max(self.low + 1, math.ceil(math.log10(ends[1])))
        if decades is not None:
            low, high = _whole_decades(decades)
            if not low <= self.low < self.high <= high:
                raise ValueError(
                    f"expected decades around {self.low} to {self.high}, "
                    f"got {low} to {high}; widen them, or raise the floor"
                )
            self.low, self.high = low, high
        self.pitch = max(0.16, (self.high - self.low) / 20)  # of the lanes
        self.lanes: list[float] = []

    @property
    def foot(self) -> str:
        """What the tick of the lanes says."""
        if not self.cut:
            return "exactly 0"
        power = math.floor(math.log10(self.cut))
        factor = f"{self.cut / 10.0**power:.2g}"
        times = "" if factor == "1" else rf"{factor} \times "
        return f"\N{LESS-THAN OR EQUAL TO} ${times}10^{{{power}}}$"

    def lane(self, values: np.ndarray) -> float:
        """Return the height at which the zeros of this curve are drawn."""
        power = self.low - (len(self.lanes) + 2) * self.pitch
        if (values <= self.cut).any():
            self.lanes.append(10.0**power)
        return 10.0**power

    def heights(self, values: np.ndarray, lane: float) -> np.ndarray:
        """Return the values with the zeros put on the lane."""
        return np.where(values <= self.cut, lane, values)


def _whole_decades(decades: Any) -> tuple[int, int]:
    """Return the two powers of ten that the caller wants on the axis."""
    powers = as_list(decades, "powers of ten")
    if len(powers) != 2:
        raise ValueError(
            f"expected decades as (low, high), got {len(powers)} numbers"
        )
    low, high = (a_count(p, "decades", least=-150, most=150) for p in powers)
    return low, high


def _marked(marks: Any, errors: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Return the marks, each within its curve."""
    places = numbers_by_name(marks, "marks")
    for text, step in places.items():
        last = errors[text].size - 1 if text in errors else step
        if not 0 <= step <= last:
            raise ValueError(
                f"expected a mark of {text!r} between step 0 and {last:g}, "
                f"got {step:g}"
            )
    return places


def _error(ax: Axes, heights: np.ndarray, lane: float, i: int) -> Line2D:
    """Draw one error, with open triangles for its zeros."""
    style = curve_style(i, len(heights)) | {"linestyle": "-"}
    first, every = style.pop("markevery")
    zero = heights == lane
    marked = [k for k in range(first, len(heights), every) if not zero[k]]
    (line,) = ax.plot(heights, **style, markevery=marked)
    if zero.any():
        ax.plot(
            np.flatnonzero(zero),
            heights[zero],
            color=style["color"],
            marker="v",
            markersize=5.5,
            markerfacecolor="none",
            linestyle="none",
            gid="zero",
        )
    return line


def _bound(ax: Axes, heights: np.ndarray, colour: str) -> Line2D:
    """Draw a bound, dashed and without markers."""
    (line,) = ax.plot(
        heights, color=colour, linestyle=(0, (5, 3)), linewidth=1.2
    )
    line.set_gid("bound")
    return line


def _bound_label(dashed: list[Line2D]) -> list[tuple[Any, str]]:
    """Label the bounds once: by the only one, or by the highest in grey."""
    if len(dashed) < 2:
        return [(line, "bound") for line in dashed]
    ends = []
    for bound in dashed:
        x, y = (np.asarray(v, float) for v in bound.get_data())
        last = np.flatnonzero(np.isfinite(y))[-1]
        ends.append((float(x[last]), float(y[last])))
    return [(max(ends, key=lambda xy: xy[1]), "bounds, dashed")]


def _log_axis(ax: Axes, scale: _Scale) -> None:
    """Set limits and ticks to whole decades, with one tick for the zeros."""
    decades = range(scale.low, scale.high + 1)
    stride = -(-(len(decades) - 1) // 5)
    ticks = {10.0**k: f"$10^{{{k}}}$" for k in decades if k % stride == 0}
    bottom = 10.0**scale.low
    if scale.lanes:
        middle = math.sqrt(scale.lanes[0] * scale.lanes[-1])
        ticks[middle] = scale.foot
        bottom = scale.lanes[-1] / 10**scale.pitch
        border = 10 ** (scale.low - scale.pitch)
        dots: dict[str, Any] = {
            "color": COLOURS["grey"],
            "linestyle": (0, (1, 3)),
        }
        ax.axhline(border, linewidth=0.8, gid="border", **dots)
    ax.set_yticks(list(ticks), list(ticks.values()))
    fine = np.outer(10.0 ** np.array(decades[:-1]), np.arange(2, 10)).ravel()
    ax.set_yticks(fine if len(decades) <= 4 else [], minor=True)
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.set_ylim(bottom, 10.0**scale.high)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))


def _draw_marks(
    ax: Axes, marks: Mapping[str, float], curves: Mapping[str, Line2D]
) -> None:
    """Ring the marked step of a curve; draw an upright for other marks."""
    for text, step in marks.items():
        if text not in curves:
            grey = COLOURS["grey"]
            ax.axvline(step, color=grey, linewidth=1, linestyle=(0, (2, 2)))
            ax.annotate(
                text,
                xy=(step, 1),
                xycoords=ax.get_xaxis_transform(),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                color=ink(grey),
                fontsize=SMALL_SIZE,
            )
            continue
        x, y = (np.asarray(v, float) for v in curves[text].get_data())
        height = np.exp(np.interp(step, x, np.log(y)))
        ax.plot(
            step,
            height,
            marker="o",
            markersize=11,
            markerfacecolor="none",
            markeredgewidth=1.3,
            color=curves[text].get_color(),
            gid="mark",
        )
