"""Circuits as blocks on registers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Arc, FancyBboxPatch

from qcl._checks import a_count

from ._checks import a_text, as_list, as_mapping
from .style import (
    COLOURS,
    LABEL_SIZE,
    SMALL_SIZE,
    WIDTH,
    ink,
    schematic_axes,
)

__all__ = ["draw_hhl", "draw_schematic"]

_LANE = 0.62  # inches between registers
_BOX = 0.42  # height of a box, inches
_LEFT = 0.82  # room for the names of the registers, inches
_CHARACTER = 0.079  # width of one letter of a box, inches
_GAP = 0.06  # least space between columns, inches
_MOST = 20  # registers
_WORDS = ("control", "measure")


@dataclass(frozen=True)
class _Block:
    """One block: its lanes from top to bottom, its text and its place."""

    lanes: tuple[int, ...]
    text: str
    x: float
    width: float


def draw_schematic(
    registers: Mapping[str, int],
    columns: Sequence[Mapping[Any, str]],
    *,
    outputs: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a circuit as blocks on registers, from left to right.

    Parameters
    ----------
    registers : mapping of str to int
        Number of qubits of each register, from top to bottom.
    columns : sequence of mappings
        One column after another.  A key is a register, or a tuple of
        neighbouring registers; its value is the text of the box there.  The
        text ``"control"`` makes a dot tied to the boxes of its column, and
        ``"measure"`` a meter that ends the wire.
    outputs : mapping of str to str, optional
        Text at the right end of a register.
    ax : matplotlib.axes.Axes, optional
        Where to draw, in inches; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a register is unknown, empty or not next to the others of its
        box, or the columns are too wide for the page.

    Examples
    --------
    >>> from matplotlib import pyplot as plt
    >>> ax = draw_schematic({"clock": 3, "system": 2},
    ...                     [{"system": "load"},
    ...                      {"clock": "control", "system": "evolve"}])
    >>> [t.get_text() for t in ax.texts if t.get_gid() == "box"]
    ['load', 'evolve']
    >>> plt.close(ax.figure)
    """
    sizes = {
        a_text(name, "a register"): _size(name, size)
        for name, size in as_mapping(registers, "registers to qubits").items()
    }
    names = list(sizes)
    if not 1 <= len(names) <= _MOST:
        raise ValueError(f"expected 1 to {_MOST} registers, got {len(names)}")
    ends = _texts(outputs, "outputs")
    parts = [_texts(c, "columns") for c in as_list(columns, "columns", 40)]
    right = 0.25 + max((_width(t) for t in ends.values()), default=0.0)
    blocks = _layout(names, parts, WIDTH - right)
    height = _LANE * len(names) + 0.1
    ax = schematic_axes(WIDTH, height, ax)
    heights = [height - _LANE * (k + 0.5) - 0.05 for k in range(len(names))]
    for k, name in enumerate(names):
        end = min(
            (b.x for b in blocks if b.text == "measure" and k in b.lanes),
            default=WIDTH - right,
        )
        _wire(ax, heights[k], end, name, sizes[name])
        if name in ends:
            _write(ax, WIDTH - right + 0.07, heights[k], ends[name], "left")
    for block in blocks:
        _draw(ax, block, heights, [b for b in blocks if b.x == block.x])
    return ax


def draw_hhl(
    clock_qubits: int, system_qubits: int, *, ax: Axes | None = None
) -> Axes:
    """Draw the blocks of HHL on its three registers.

    Parameters
    ----------
    clock_qubits, system_qubits : int
        Sizes of the registers; the ancilla is one qubit.
    ax : matplotlib.axes.Axes, optional
        Where to draw, in inches; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a register has no qubit.

    Examples
    --------
    >>> from matplotlib import pyplot as plt
    >>> ax = draw_hhl(4, 3)
    >>> "4 qubits" in [t.get_text() for t in ax.texts]
    True
    >>> plt.close(ax.figure)
    """
    both = ("clock", "system")
    return draw_schematic(
        {"ancilla": 1, "clock": clock_qubits, "system": system_qubits},
        [
            {"system": r"load $|b\rangle$"},
            {both: "phase\nestimation"},
            {"ancilla": "rotate by\n$C/\\lambda$", "clock": "control"},
            {both: "inverse\nestimation"},
            {"ancilla": "measure"},
        ],
        outputs={
            "ancilla": "keep 1",
            "clock": r"$|0\rangle$",
            "system": r"$|x\rangle$",
        },
        ax=ax,
    )


def _size(name: Any, size: Any) -> int:
    """Return the number of qubits of a register."""
    number = a_count(size, f"qubits of {name}")
    if number < 1:
        raise ValueError(f"expected {name} of >= 1 qubits, got {size}")
    return number


def _texts(values: Any, what: str) -> dict[Any, str]:
    """Return a mapping from registers to texts."""
    pairs = as_mapping(values, f"registers to texts in {what}")
    return {
        key: a_text(text, f"a text of {what}") for key, text in pairs.items()
    }


def _width(text: str) -> float:
    """Return about how wide a text is, in inches."""
    if text in _WORDS:
        return 0.3
    plain = text.replace(r"\rangle", ")")
    plain = plain.replace(r"\lambda", "l").translate(
        str.maketrans("", "", "${}^_\\")
    )
    return _CHARACTER * max(len(line) for line in plain.split("\n"))


def _layout(
    names: list[str], columns: Sequence[Mapping[Any, str]], end: float
) -> list[_Block]:
    """Place the columns between the names and the end, evenly spaced."""
    widths = [
        max((_width(text) for text in column.values()), default=0.0) + 0.17
        for column in columns
    ]
    room = end - _LEFT - 0.25
    gap = (room - sum(widths)) / max(len(columns), 1)
    if gap < _GAP:
        raise ValueError(
            f"expected columns of at most {room - _GAP * len(columns):.1f} "
            f"in together, got {sum(widths):.1f} in; shorten or break the "
            "texts"
        )
    blocks = []
    x = _LEFT + 0.25
    for column, width in zip(columns, widths, strict=True):
        for key, text in column.items():
            lanes = _lanes(names, key)
            blocks.append(_Block(lanes, text, x + width / 2, width))
        x += width + gap
    return blocks


def _lanes(names: list[str], key: Any) -> tuple[int, ...]:
    """Return the numbers of the registers of one block."""
    chosen = (key,) if isinstance(key, str) else as_list(key, "registers")
    if strange := [name for name in chosen if name not in names]:
        raise ValueError(f"expected registers among {names}, got {strange}")
    lanes = tuple(sorted(names.index(name) for name in chosen))
    if not lanes or lanes[-1] - lanes[0] != len(lanes) - 1:
        raise ValueError(
            f"expected neighbouring registers, got {list(chosen)}; reorder "
            "the registers"
        )
    return lanes


def _wire(ax: Axes, y: float, end: float, name: str, size: int) -> None:
    """Draw the wire of a register, with its name and its size."""
    grey = COLOURS["grey"]
    ax.plot([_LEFT, end], [y, y], color=grey, linewidth=1.2, zorder=1)
    _write(ax, _LEFT - 0.1, y + 0.09, name, "right", LABEL_SIZE)
    count = f"{size} qubit" + "s" * (size > 1)
    _write(ax, _LEFT - 0.1, y - 0.1, count, "right")
    if size > 1:
        x = _LEFT + 0.13
        ax.plot([x - 0.04, x + 0.04], [y - 0.08, y + 0.08], color=grey, lw=1.2)


def _write(
    ax: Axes,
    x: float,
    y: float,
    text: str,
    side: str,
    size: float = SMALL_SIZE,
) -> None:
    """Write a text in grey beside a wire."""
    colour = ink(COLOURS["grey"])
    ax.text(x, y, text, ha=side, va="center", color=colour, fontsize=size)


def _draw(
    ax: Axes, block: _Block, heights: list[float], column: list[_Block]
) -> None:
    """Draw one block: a dot and its tie, a meter, or a box."""
    y = [heights[k] for k in block.lanes]
    if block.text == "control":
        others = [heights[k] for b in column for k in b.lanes]
        ends = [min(others), max(others)]
        ax.plot([block.x] * 2, ends, color=COLOURS["grey"], lw=1.2, zorder=1)
        ax.plot(block.x, y[0], marker="o", color=COLOURS["blue"], ms=7)
        return
    meter = block.text == "measure"
    width = 0.46 if meter else block.width
    ax.add_patch(
        FancyBboxPatch(
            (block.x - width / 2, min(y) - _BOX / 2),
            width,
            max(y) - min(y) + _BOX,
            boxstyle="round,pad=0,rounding_size=0.05",
            facecolor=ink(COLOURS["vermillion"]) if meter else COLOURS["blue"],
            edgecolor="none",
            zorder=2,
        )
    )
    if meter:
        foot = y[0] - 0.08
        arc = Arc((block.x, foot), 0.3, 0.3, theta1=0, theta2=180)
        arc.set(edgecolor="white", linewidth=1.2, zorder=3)
        ax.add_patch(arc)
        needle = [block.x, block.x + 0.1], [foot, foot + 0.2]
        ax.plot(*needle, color="white", lw=1.2, zorder=3)
        return
    ax.text(
        block.x,
        sum(y) / len(y),
        block.text,
        ha="center",
        va="center",
        color="white",
        fontsize=SMALL_SIZE,
        zorder=3,
        gid="box",
    )
