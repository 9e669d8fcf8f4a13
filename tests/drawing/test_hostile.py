"""Every drawer refuses in its own words what it cannot draw."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

from qcl import drawing
from qcl.lifting.diagrams.histories import History
from qcl.lifting.diagrams.strands import Diagram
from tests.hostile import walk


def closing(draw):
    """Return a drawer that leaves no figure behind."""

    def call(**options):
        try:
            return draw(**options)
        finally:
            plt.close("all")

    return call


def case(draw, **options):
    return lambda: (closing(draw), {**options, "ax": None})


def spectrum():
    return {
        "eigenvalues": [0.5, 1.0],
        "weights": [0.3, 0.7],
        "filter_values": [0.5, 0.2],
        "constant": 0.25,
        "curve": ([0.1, 1.0], [1.0, 0.2]),
        "bins": [0.5, 1.0],
        "xlabel": "x",
        "ylabel": "y",
    }


def labelled():
    """Return a case in which axes are made afresh: they are drawn on."""

    def label(ax, **options):
        ax = drawing.new_axes()[1] if ax is None else ax
        return drawing.label_line(ax, **options)

    good = {"ax": None, "at": (0.5, 0.5), "text": "a", "color": "red"}
    return closing(label), good


def circuit():
    import pennylane as qml

    def gates():
        qml.RX(0.1, 0)
        qml.CNOT([0, 1])

    good = {"wire_order": [0, 1], "decimals": 1, "ax": None}
    return closing(drawing.draw_circuit), {"circuit": gates, **good}


def frames():
    good = {
        "draw": lambda value: drawing.new_axes()[1],
        "values": [0.3, 0.5],
        "label": "rate",
        "alt": "at {value}",
        "value": 0.3,
        "format": "{}",
    }
    return closing(drawing.frame_slider), good


def picture():
    return drawing.rendered, {"drawing": drawing.new_axes()[0]}


HISTORY = History((Diagram((2,)), Diagram((1, "I"))))
CASES = {
    "ink": lambda: (drawing.ink, {"colour": "red"}),
    "series_style": lambda: (drawing.series_style, {"index": 1}),
    "new_axes": lambda: (
        closing(drawing.new_axes),
        {"width": 2, "height": 2, "nrows": 1, "ncols": 2, "grid": True},
    ),
    "label_line": labelled,
    "plot_cobweb": case(
        drawing.plot_cobweb,
        step=lambda u: 0.5 * u,
        u0s=[0.5],
        interval=(-1, 1),
        steps=3,
        basin=True,
        xlabel="x",
        ylabel="y",
    ),
    "plot_landscape": case(
        drawing.plot_landscape,
        loss=lambda u: u**2,
        path=[0.5, 0.25],
        interval=(-1, 1),
        xlabel="x",
        ylabel="y",
    ),
    "plot_landscape on a grid": case(
        drawing.plot_landscape,
        loss=([-1, 0, 1], [1, 0, 1]),
        path=[0.5, 0.25],
        interval=None,
    ),
    "plot_errors": case(
        drawing.plot_errors,
        series={"a": [0, 1e-3, 1e-2]},
        bounds={"a": [0, 1e-2, np.nan]},
        marks={"a": 1, "b": 2},
        ylabel="y",
        xlabel="x",
        floor=1e-12,
        decades=(-12, 0),
    ),
    "plot_errors of one": lambda: (
        closing(lambda values: drawing.plot_errors({"a": values})),
        {"values": [0, 1e-3]},
    ),
    "plot_scaling": case(
        drawing.plot_scaling,
        x=[1, 2, 4],
        series={"a": [1, 2, 4]},
        xlabel="x",
        ylabel="y",
        slopes={"line": 1},
    ),
    "plot_trajectories": case(
        drawing.plot_trajectories,
        series={"a": [1, 2]},
        ylabel="y",
        xlabel="x",
        times=[0, 1],
    ),
    "plot_trajectories of one": lambda: (
        closing(lambda v: drawing.plot_trajectories({"a": v}, ylabel="y")),
        {"v": [0, 1e-3]},
    ),
    "draw_block": case(
        drawing.draw_block, j=2, k=2, degree=2, forcing=True, distinct=True
    ),
    "draw_history": case(drawing.draw_history, history=HISTORY, limit=2),
    "plot_wire_numbers": case(
        drawing.plot_wire_numbers,
        distribution=[[0, 1, 0], [0, 0.9, 0.1]],
        limit=1,
    ),
    "plot_bars": case(
        drawing.plot_bars,
        labels=["a", "b"],
        values=[0.6, -0.8],
        errors=[0.1, 0.1],
        reference=[0.5, -0.7],
        ylabel="y",
        xlabel="x",
        value_name="a",
        reference_name="b",
    ),
    "plot_filter": case(drawing.plot_filter, **spectrum()),
    "plot_matrix": case(
        drawing.plot_matrix,
        matrix=[[0.9, -0.1], [0, 0.81]],
        blocks=[1, 1],
        labels=["a", "b"],
        column_labels=["c", "d"],
        values=True,
    ),
    "draw_circuit": circuit,
    "draw_hhl": case(drawing.draw_hhl, clock_qubits=3, system_qubits=2),
    "draw_schematic": case(
        drawing.draw_schematic,
        registers={"a": 1, "b": 2},
        columns=[{"a": "x"}, {("a", "b"): "y"}],
        outputs={"a": "z"},
    ),
    "frame_slider": frames,
    "rendered": picture,
}


def test_every_drawer_has_a_case():
    drawers = {n for n in drawing.__all__ if callable(getattr(drawing, n))}
    assert drawers - {name.split()[0] for name in CASES} == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_hostile_values_are_refused_in_our_words(name):
    assert walk(CASES[name]) == []
