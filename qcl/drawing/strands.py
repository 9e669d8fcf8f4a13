"""Strand diagrams, drawn: one block, one history.

Outputs are on the left, inputs on the right.  A node is a cap (no input), a
disc (one) or a fan (more), with its number of inputs on it; colour and a
label give the order in eta.
"""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from qcl._checks import a_count, a_flag, a_noun, finite_reals
from qcl.lifting.diagrams.histories import History
from qcl.lifting.diagrams.strands import (
    Diagram,
    count_diagrams,
    diagrams,
    distinct_diagrams,
)

from ._strokes import (
    FOOT,
    HEAD,
    Pen,
    colour_of,
    draw_box,
    draw_brackets,
    draw_picture,
    draw_term,
    flow,
    height_of,
    levels,
    paper,
    power_of,
)
from .labels import label_line
from .style import COLOURS, LABEL_SIZE, SMALL_SIZE, WIDTH, chosen_axes, ink

__all__ = ["draw_block", "draw_history", "plot_wire_numbers"]

_MOST_WIRES = 60  # 16 inches
_LONGEST = 6  # layers in one figure
_MOST = 100  # pictures in one figure
_LEGS = 12  # of one picture


def draw_block(
    j: int,
    k: int,
    degree: int,
    *,
    forcing: bool = False,
    distinct: bool = True,
    ax: Axes | None = None,
) -> Axes:
    r"""Draw a block as an equation of pictures: B = picture + picture + ...

    Pictures of one order in eta share a bracket, marked with the power.

    Parameters
    ----------
    j, k : int
        Row and column: output and input legs.
    degree : int
        Degree q of the step.
    forcing : bool
        Whether the step has a constant term.
    distinct : bool
        Draw diagrams that differ by the order of the legs once, with their
        number before it.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default a new figure 6.3 in wide.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If j < 1, the block is zero or takes more than 100 pictures, or as
        :func:`qcl.diagrams`.

    Examples
    --------
    >>> from matplotlib import pyplot as plt
    >>> ax = draw_block(2, 3, degree=2)
    >>> [t.get_text() for t in ax.texts if t.get_gid() == "order"]
    ['$\\eta$', '$\\eta^{2}$']
    >>> plt.close(ax.figure)
    """
    if (j := a_count(j, "j", most=_LEGS)) < 1:
        raise ValueError(f"expected j >= 1 outputs, got j={j}")
    k = a_count(k, "k", most=_LEGS)
    degree = a_count(degree, "degree", least=1)
    forcing, distinct = (
        a_flag(forcing, "forcing"),
        a_flag(distinct, "distinct"),
    )
    listed = _listed(j, k, min(degree, k + 1), forcing, distinct)
    if not listed:
        raise ValueError(
            f"expected a block with a diagram, got B_{j},{k} = 0 for "
            f"degree={degree}, forcing={forcing}"
        )
    places = list(flow(listed, distinct))
    rows = 1 + max(place.row for place in places)
    height = height_of(j, k)
    pitch = height + FOOT
    pen = paper(ax, WIDTH, rows * pitch + HEAD)
    reach = max(place.end for place in places)
    left = (WIDTH - reach) / 2
    middle = [rows * pitch - height / 2 - r * pitch for r in range(rows)]
    draw_box(pen, j, k, left, middle[0])
    for i, place in enumerate(places):
        y = middle[place.row]
        sign = "+" if i else "="
        draw_term(pen, place, sign, left, y)
    draw_brackets(pen, places, left, [y - height / 2 for y in middle])
    return pen.ax


def _listed(
    j: int, k: int, degree: int, forcing: bool, distinct: bool
) -> list[Diagram]:
    """Return the diagrams of a block, if they are few enough to draw."""
    count = count_diagrams(j, k, degree, forcing)
    listed = distinct_diagrams(j, k, degree, forcing) if distinct else []
    if (len(listed) if distinct else count) > _MOST:
        raise ValueError(
            f"expected at most {_MOST} pictures, got "
            + (f"{len(listed)}; lower j" if distinct
               else f"{count}; pass distinct=True")
        )  # fmt: skip
    return listed if distinct else diagrams(j, k, degree, forcing)


def draw_history(
    history: History, limit: int | None = None, ax: Axes | None = None
) -> Axes:
    """Draw a history: its layers, and the number of wires of each slice.

    The last step is on the left.  Below are the number of wires of each
    slice, and the order in eta of each layer.

    Parameters
    ----------
    history : History
        What to draw, of 1 to 6 layers.
    limit : int, optional
        The order of truncation N: slices with more wires are marked.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default a new figure of its size, 6.3 in at most.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are not 1 to 6 layers, or limit < 1.

    Examples
    --------
    >>> from matplotlib import pyplot as plt
    >>> history = History((Diagram((2,)), Diagram((1, 2))))
    >>> ax = draw_history(history, limit=2)
    >>> [t.get_text() for t in ax.texts if t.get_gid() == "wires"]
    ['1', '2', '3 > 2']
    >>> plt.close(ax.figure)
    """
    wires = a_noun(history, "History").wires
    T = len(history.layers)
    if not 1 <= T <= _LONGEST:
        raise ValueError(
            f"expected a history of 1 to {_LONGEST} layers, got {T}; draw "
            "a part, History(history.layers[:6])"
        )
    if limit is not None:
        limit = a_count(limit, "limit", least=1)
    if max(wires) > _MOST_WIRES:
        raise ValueError(
            f"expected at most {_MOST_WIRES} wires, got {max(wires)}; draw a "
            "history of smaller nodes"
        )
    side = 0.75
    reach = min(1.1, (WIDTH - 2 * side) / T)
    width = 2 * side + T * reach
    height = height_of(0, max(wires)) + 0.9
    pen = paper(ax, width, height)
    middle = (height + 0.3) / 2
    for s, layer in enumerate(history.layers):
        x = side + s * reach
        draw_picture(pen, layer, x, middle, reach=reach)
        order = layer.eta_order
        pen.text(
            x + reach / 2,
            0.12,
            f"${power_of(order)}$",
            "order",
            color=ink(colour_of(order)),
            fontsize=LABEL_SIZE,
        )
    for s, count in enumerate(wires):
        _slice(pen, side + s * reach, height, T - s, count, limit)
    pen.text(side - 0.12, middle, f"$u({T})$", "output", ha="right")
    for level in levels(wires[-1], middle):
        pen.text(width - side + 0.12, level, "$u(0)$", "input", ha="left")
    pen.text(0.05, 0.34, "wires", "row", ha="left")
    pen.text(0.05, 0.12, "order", "row", ha="left")
    return pen.ax


def _slice(
    pen: Pen, x: float, height: float, t: int, count: int, limit: int | None
) -> None:
    """Draw one time slice: its line, its time and its number of wires."""
    over = limit is not None and count > limit
    colour = COLOURS["vermillion" if over else "grey"]
    pen.ax.plot(
        [x, x],
        [0.5, height - 0.28],
        color=colour,
        linewidth=(1.4 if over else 0.8) * pen.scale,
        linestyle=(0, (4, 2)) if over else (0, (1, 2)),
        zorder=0,
        gid="slice",
    )
    pen.text(x, height - 0.14, f"$t={t}$", "time", color=ink(colour))
    text = f"{count} > {limit}" if over else str(count)
    pen.text(
        x,
        0.34,
        text,
        "wires",
        color=ink(colour),
        fontsize=LABEL_SIZE,
        fontweight="bold",
    )


def plot_wire_numbers(
    distribution: Any, limit: int | None = None, ax: Axes | None = None
) -> Axes:
    """Plot the distribution of the wire number after each layer.

    Every column is drawn to its own largest probability.

    Parameters
    ----------
    distribution : array_like, shape (T + 1, wires + 1)
        What :func:`qcl.wire_distribution` returns.
    limit : int, optional
        The order of truncation N: what lies above is marked, with its
        probability, including wire numbers that are not listed.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the rows are not probabilities, or limit is not in 1..wires.

    Examples
    --------
    >>> from matplotlib import pyplot as plt
    >>> ax = plot_wire_numbers([[0, 1, 0], [0, 0.9, 0.1]], limit=1)
    >>> [t.get_text() for t in ax.texts if t.get_gid() == "above"]
    ['0', '0.1']
    >>> plt.close(ax.figure)
    """
    rows = finite_reals(distribution, "the distribution")
    if (
        rows.ndim != 2
        or not rows.size
        or not ((rows >= 0).all() and (rows.sum(axis=1) <= 1 + 1e-9).all())
    ):
        raise ValueError(
            "expected rows of probabilities, shape (T + 1, wires + 1), got "
            f"shape {rows.shape}; pass what wire_distribution returns"
        )
    most = rows.shape[1] - 1
    if (
        limit is not None
        and not 1 <= (limit := a_count(limit, "limit")) <= most
    ):
        raise ValueError(f"expected limit in 1..{most}, got limit={limit}")
    ax = chosen_axes(ax)
    N = most if limit is None else limit
    numbers = np.arange(most + 1)
    for t, row in enumerate(rows):
        width = 0.84 * row / max(row.max(), 1e-300)
        for colour, hatch, part in (
            (COLOURS["blue"], "", (width > 0) & (numbers <= N)),
            (COLOURS["vermillion"], "////", (width > 0) & (numbers > N)),
        ):
            ax.barh(
                numbers[part],
                width[part],
                left=t - width[part] / 2,
                height=0.8,
                facecolor=(colour, 0.3),
                edgecolor=colour,
                linewidth=0.8,
                hatch=hatch,
            )
    ax.set(xlabel="layer", ylabel="wires", xlim=(-0.6, len(rows) - 0.4))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True))
    if limit is not None:
        _above(ax, rows, limit)
    return ax


def _above(ax: Axes, rows: np.ndarray, limit: int) -> None:
    """Mark the limit, and write the probability above it over each column."""
    red = COLOURS["vermillion"]
    (line,) = ax.plot(
        [-0.6, len(rows) - 0.4], [limit + 0.5] * 2, color=red, linestyle="--",
        linewidth=1.0,
    )  # fmt: skip
    top = rows.shape[1] - 0.3
    style: dict[str, Any] = {"color": ink(red), "fontsize": SMALL_SIZE}
    for t, row in enumerate(rows):
        chance = max(0.0, 1 - float(row[: limit + 1].sum()))
        digits = 2 if chance > 0.01 else 1
        text = f"{chance:.{digits}g}" if chance > 1e-15 else "0"
        ax.text(t, top, text, ha="center", va="bottom", gid="above", **style)
    ax.annotate(
        f"probability of more than {limit}:",
        (-0.42, top),
        xytext=(0, 13),
        textcoords="offset points",
        annotation_clip=False,
        **style,
    )
    label_line(ax, line, f"$N={limit}$")
