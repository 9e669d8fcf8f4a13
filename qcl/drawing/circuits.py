"""Circuits gate by gate, drawn by PennyLane in the style of the book."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Arc, Circle, FancyArrow

from qcl._checks import a_count, kind_of

from ._checks import as_list
from .style import (
    COLOURS,
    SMALL_SIZE,
    WIDTH,
    chosen_axes,
    figure_settings,
    ink,
    schematic_axes,
)

__all__ = ["draw_circuit"]

_UNIT = 0.6  # inches of a wire's distance from the next, at most
_LEAST = 0.4  # and at least: below, letters are too small
_TARGET = 0.2  # wires: targets of CNOTs are larger, control dots smaller
_RC = {
    "patch.facecolor": COLOURS["blue"],
    "patch.edgecolor": COLOURS["blue"],
    "patch.force_edgecolor": True,
    "patch.linewidth": 1.0,
    "lines.color": COLOURS["grey"],
    "lines.linewidth": 1.0,
    "text.color": "white",
    "font.family": ["DejaVu Sans"],
}


class _Slot:
    """Stands in for a figure, so that PennyLane draws on axes of ours."""

    def __init__(self, ax: Axes | None) -> None:
        self.ax = ax
        self.width = self.height = 0.0

    def clear(self) -> None:
        """Keep what is there: PennyLane clears the figure it is given."""

    def set_figwidth(self, width: float) -> None:
        """Note the width, in wires."""
        self.width = width

    def set_figheight(self, height: float) -> None:
        """Note the height, in wires."""
        self.height = height

    def add_axes(self, place: Any, **limits: Any) -> Axes:
        """Return our axes, scaled so that the circuit fills them."""
        unit = min(_UNIT, WIDTH / self.width)
        if self.ax is None:
            if unit < _LEAST:
                raise ValueError(
                    f"expected at most {int(WIDTH / _LEAST) - 3} layers of "
                    f"gates, got {round(self.width) - 3}; draw a part of the "
                    "circuit or use draw_schematic"
                )
            self.ax = schematic_axes(WIDTH, unit * self.height)
        self.ax.set(**limits, aspect="equal")
        return self.ax

    @property
    def canvas(self) -> Any:
        """The canvas on which text is measured."""
        return self.ax and self.ax.get_figure(root=True).canvas  # type: ignore[union-attr]


def draw_circuit(
    circuit: Any,
    *args: Any,
    wire_order: Sequence[Any] | None = None,
    decimals: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a PennyLane tape, QNode or quantum function gate by gate.

    Parameters
    ----------
    circuit : QuantumScript, QNode or callable
        The circuit.
    *args
        Arguments of the QNode or function; a tape takes none.
    wire_order : sequence, optional
        Wires from top to bottom.
    decimals : int, optional
        Decimals of the angles; by default angles are left out.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the circuit is neither a tape nor callable, a tape comes with
        arguments, or a new figure cannot hold so many layers.

    Examples
    --------
    >>> import pennylane as qml
    >>> from matplotlib import pyplot as plt
    >>> tape = qml.tape.QuantumScript([qml.Hadamard(0), qml.CNOT([0, 1])])
    >>> ax = draw_circuit(tape)
    >>> [t.get_text() for t in ax.texts]
    ['0', '1', 'H']
    >>> plt.close(ax.figure)
    """
    import pennylane as qml

    tape = _tape(circuit, args)
    if wire_order is not None:
        wire_order = as_list(wire_order, "wires", 100)
        if any(not isinstance(w, str | int | np.integer) for w in wire_order):
            raise TypeError("expected wires named by integers or by texts")
    if decimals is not None:
        decimals = a_count(decimals, "decimals", most=15)
    label = {"color": ink(COLOURS["grey"]), "fontsize": SMALL_SIZE}
    options: dict[str, Any] = {
        "wire_order": wire_order,
        "decimals": decimals,
        "style": "rcParams",
        "fig": _Slot(None if ax is None else chosen_axes(ax)),
        "label_options": label | {"ha": "center", "va": "center"},
        "wire_options": {"color": COLOURS["grey"], "linewidth": 1.0},
    }
    with figure_settings(_RC):
        _, drawn = qml.drawer.tape_mpl(tape, **options)
    _touch_up(drawn)
    return drawn


def _tape(circuit: Any, args: tuple[Any, ...]) -> Any:
    """Return the tape of a circuit, which must have a wire."""
    import pennylane as qml

    if isinstance(circuit, qml.tape.QuantumScript):
        if args:
            raise ValueError(
                f"expected a tape without arguments, got {len(args)}; its "
                "angles are already bound"
            )
        tape = circuit
    elif callable(circuit):
        make = qml.tape.make_qscript
        if isinstance(circuit, qml.QNode):
            make = qml.workflow.construct_tape
        try:
            tape = make(circuit)(*args)
        except Exception as error:
            raise ValueError(
                f"the circuit could not be built from {len(args)} arguments: "
                f"{error}"
            ) from error
    else:
        raise ValueError(
            "expected a PennyLane tape, QNode or function, got "
            f"{kind_of(circuit)}"
        )
    if not tape.wires:
        raise ValueError("expected a circuit with a gate, got an empty one")
    return tape


def _touch_up(ax: Axes) -> None:
    """Cap the size of letters; make meters white and targets hollow."""
    ax.set_axis_off()
    for text in ax.texts:
        text.set_fontsize(min(SMALL_SIZE, float(text.get_fontsize())))
    for patch in ax.patches:
        if isinstance(patch, Circle) and patch.radius > _TARGET:
            patch.set_facecolor("none")
        if isinstance(patch, (Arc, FancyArrow)):
            patch.set_edgecolor("white")
            if isinstance(patch, FancyArrow):
                patch.set_facecolor("white")
