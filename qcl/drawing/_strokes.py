"""What strand diagrams are made of: strands, nodes, pictures and brackets.

Sizes are in inches at full scale.  Outputs are on the left, inputs on the
right.  A node is a cap (no input), a disc (one) or a fan (more), with its
number of inputs on it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import (
    Circle,
    FancyBboxPatch,
    Patch,
    PathPatch,
    Polygon,
)
from matplotlib.path import Path

from qcl.lifting.diagrams.strands import Diagram

from .style import COLOURS, LABEL_SIZE, SMALL_SIZE, WIDTH, ink, schematic_axes

__all__ = [
    "FOOT",
    "HEAD",
    "Pen",
    "Place",
    "colour_of",
    "draw_box",
    "draw_brackets",
    "draw_picture",
    "draw_term",
    "flow",
    "height_of",
    "levels",
    "paper",
    "power_of",
    "reach_of",
]

HEAD = 0.04  # above the first row, inches
FOOT = 0.42  # below a row of pictures, for its brackets, inches
_PITCH = 0.26  # inches between wires
_NODE = 0.38  # from the outputs to the nodes, inches
_PICTURE = 0.9  # from the outputs to the inputs, inches
_CAPS = 0.52  # the same where there is no input, inches
_CORE = 0.08  # radius of a node within its edge, inches
_EDGE = 2.2  # width of the edge of a node, points; it rounds the corners
_BEND = 0.48  # from the outputs to where strands bend, inches
_GAP = 0.13  # around a sign, inches
_BY_ORDER = ("grey", "blue", "vermillion", "green", "purple", "orange",
             "sky", "olive")  # fmt: skip


@dataclass(frozen=True)
class Pen:
    """Axes, and how much smaller than drawn to size they are."""

    ax: Axes
    scale: float

    def text(self, x: float, y: float, text: str, gid: str, **kw: Any) -> None:
        """Write centred text."""
        size = kw.pop("fontsize", SMALL_SIZE) * self.scale
        kw = {"ha": "center", "va": "center", "color": ink("#767676"), **kw}
        self.ax.text(x, y, text, fontsize=size, gid=gid, **kw)

    def strand(
        self,
        start: Sequence[float],
        end: Sequence[float],
        colour: str,
        straight: float = 0.0,
    ) -> None:
        """Draw a smooth strand, level at both ends, straight at first."""
        (x, y), (X, Y) = start, end
        bend = x + straight
        middle = (bend + X) / 2
        points = [(x, y), (bend, y), (middle, y), (middle, Y), (X, Y)]
        path = Path(points, [Path.MOVETO, Path.LINETO, *[Path.CURVE4] * 3])
        self.ax.add_patch(
            PathPatch(
                path,
                facecolor="none",
                edgecolor=ink(colour),
                linewidth=1.5 * self.scale,
                capstyle="round",
                gid="strand",
            )
        )

    def node(self, x: float, y: float, inputs: int, colour: str) -> None:
        """Draw the node with this number of inputs."""
        shape = {0: _cap, 1: _disc}.get(inputs, _fan)(x, y, inputs)
        shape.set(color=ink(colour), zorder=3, gid="node", joinstyle="round")
        shape.set_linewidth(_EDGE * self.scale)
        self.ax.add_patch(shape)
        self.text(
            x + {0: 0.004, 1: 0.0}.get(inputs, 0.022),
            y,
            str(inputs),
            "number",
            color="white",
            fontsize=7.5,
            fontweight="bold",
            va="center_baseline",
            zorder=4,
        )


def _cap(x: float, y: float, inputs: int) -> Patch:
    """Return a half-disc, round to the right: the strand ends here."""
    half = Path.wedge(-90, 90)
    corners = np.asarray(half.vertices) * [1.3 * _CORE, 1.05 * _CORE]
    corners += np.array([x - 0.6 * _CORE, y])
    return PathPatch(Path(corners, half.codes))


def _disc(x: float, y: float, inputs: int) -> Patch:
    """Return a disc: one input, one output."""
    return Circle((x, y), _CORE)


def _fan(x: float, y: float, inputs: int) -> Patch:
    """Return a triangle that opens to the inputs."""
    half = _fan_height(inputs)
    tip, side = x - 1.3 * _CORE, x + _CORE
    return Polygon([(tip, y), (side, y + half), (side, y - half)])


def _fan_height(inputs: int) -> float:
    """Return half the length of the open side of a fan."""
    return min(1.15 + 0.12 * (inputs - 2), 1.4) * _CORE


def paper(ax: Axes | None, width: float, height: float) -> Pen:
    """Return a pen on axes of this size, or on given ones, scaled to fit."""
    chosen = schematic_axes(width, height, ax)
    if ax is None:
        return Pen(chosen, 1.0)
    box = chosen.get_position()
    figure: Any = chosen.get_figure(root=True)
    inches = figure.get_size_inches()
    scale = min(box.width * inches[0] / width, box.height * inches[1] / height)
    return Pen(chosen, scale)


def colour_of(order: int) -> str:
    """Return the colour of an order in eta."""
    return COLOURS[_BY_ORDER[order % len(_BY_ORDER)]]


def power_of(order: int) -> str:
    """Return a power of eta in mathematics."""
    return r"\eta" if order == 1 else rf"\eta^{{{order}}}"


def height_of(j: int, k: int) -> float:
    """Return the height of pictures with these legs."""
    return max(j, k, 2) * _PITCH


def reach_of(k: int) -> float:
    """Return the width of a picture."""
    return _PICTURE if k else _CAPS


def levels(count: int, y: float) -> np.ndarray:
    """Return the heights of evenly spaced wires around y, from the top."""
    return y + _PITCH * ((count - 1) / 2 - np.arange(count))


def draw_picture(
    pen: Pen,
    diagram: Diagram,
    x: float,
    y: float,
    reach: float | None = None,
) -> None:
    """Draw a diagram with its left end at x and its middle at height y."""
    end = x + (reach_of(diagram.inputs) if reach is None else reach)
    colour = colour_of(diagram.eta_order)
    inputs = list(levels(diagram.inputs, y))
    outputs = levels(diagram.outputs, y)
    for letter, arms, level in zip(
        diagram.word, diagram.arms, outputs, strict=True
    ):
        if letter == "I":
            bare = (end, inputs.pop(0))
            pen.strand((x, level), bare, COLOURS["grey"], straight=_BEND)
            continue
        pen.strand((x, level), (x + _NODE, level), colour)
        pen.node(x + _NODE, level, arms, colour)
        half = 0.6 * _fan_height(arms) if arms > 1 else 0
        for offset in np.linspace(half, -half, arms):
            start = (x + _BEND, level + offset)
            pen.strand(start, (end, inputs.pop(0)), colour)


@dataclass(frozen=True)
class Place:
    """Where a term stands: its row, and where its number starts."""

    diagram: Diagram
    number: int
    row: int
    start: float

    @property
    def picture(self) -> float:
        """Left end of the picture."""
        return self.start + _number_width(self.number)

    @property
    def end(self) -> float:
        """Right end of the picture."""
        return self.picture + reach_of(self.diagram.inputs)


def flow(listed: list[Diagram], distinct: bool) -> Iterator[Place]:
    """Set the terms in rows, if possible one order in eta in one row."""
    first = _box_width(listed[0].inputs) + 2 * _GAP + 0.02
    x, row, room = first, 0, WIDTH + 2 * _GAP  # nothing follows the last
    numbers = [d.multiplicity if distinct else 1 for d in listed]
    widths = [
        _number_width(number) + reach_of(d.inputs) + 2 * _GAP
        for d, number in zip(listed, numbers, strict=True)
    ]
    orders = [d.eta_order for d in listed]
    for i, diagram in enumerate(listed):
        wanted = widths[i]
        if orders.index(orders[i]) == i:  # the first of its order
            whole = sum(widths[i : i + orders.count(orders[i])])
            wanted = whole if whole <= room - first else wanted
        if i and x + wanted > room:
            x, row = first, row + 1
        yield Place(diagram, numbers[i], row, x)
        x += widths[i]


def _number_width(number: int) -> float:
    """Return the room for the number before a picture; 1 is not written."""
    return 0 if number == 1 else 0.09 * len(str(number)) + 0.06


def _box_width(k: int) -> float:
    """Return the width of the box of a block and its legs."""
    return 0.78 + (0.16 if k else 0)


def draw_term(
    pen: Pen, place: Place, sign: str, left: float, y: float
) -> None:
    """Draw a sign, the number and the picture."""
    pen.text(left + place.start - _GAP, y, sign, "sign", fontsize=LABEL_SIZE)
    if place.number > 1:
        x = left + place.start
        pen.text(
            x,
            y,
            str(place.number),
            "multiplicity",
            fontsize=LABEL_SIZE,
            ha="left",
        )
    draw_picture(pen, place.diagram, left + place.picture, y)


def draw_box(pen: Pen, j: int, k: int, x: float, y: float) -> None:
    """Draw the block itself as a box with its legs."""
    height = height_of(j, k) - 0.04
    grey = COLOURS["grey"]
    for level in levels(j, y):
        pen.strand((x, level), (x + 0.16, level), grey)
    for level in levels(k, y):
        pen.strand((x + 0.78, level), (x + 0.94, level), grey)
    pen.ax.add_patch(
        FancyBboxPatch(
            (x + 0.16, y - height / 2),
            0.62,
            height,
            boxstyle="round,pad=0,rounding_size=0.06",
            facecolor="none",
            edgecolor=grey,
            linewidth=1.3 * pen.scale,
        )
    )
    pen.text(x + 0.47, y, f"$B_{{{j},{k}}}$", "block", fontsize=LABEL_SIZE + 1)


def draw_brackets(
    pen: Pen, places: list[Place], left: float, feet: list[float]
) -> None:
    """Draw a bracket under the terms of each order, row by row."""
    groups: dict[tuple[int, int], list[Place]] = {}
    for place in places:
        key = (place.row, place.diagram.eta_order)
        groups.setdefault(key, []).append(place)
    for (row, order), members in groups.items():
        a, b = left + members[0].start, left + members[-1].end
        y = feet[row] - 0.03
        colour = colour_of(order)
        pen.ax.plot(
            [a, a, b, b],
            [y, y - 0.05, y - 0.05, y],
            color=colour,
            linewidth=1.0 * pen.scale,
            solid_joinstyle="round",
            gid="bracket",
        )
        pen.text(
            (a + b) / 2,
            y - 0.17,
            f"${power_of(order)}$",
            "order",
            color=ink(colour),
            fontsize=LABEL_SIZE,
        )
