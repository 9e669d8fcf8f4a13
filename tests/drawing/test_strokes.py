"""Strokes: nodes, strands and pictures, none of which cross."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex

from qcl.drawing._strokes import (
    colour_of,
    draw_picture,
    flow,
    height_of,
    levels,
    paper,
    power_of,
    reach_of,
)
from qcl.drawing.style import COLOURS, WIDTH, new_axes
from qcl.lifting.diagrams.strands import Diagram, distinct_diagrams
from tests.drawing.pictures import cross, curves, extents, patches, texts


def draw(*word):
    """Draw one diagram on paper of its size."""
    diagram = Diagram(word)
    height = height_of(diagram.outputs, diagram.inputs)
    pen = paper(None, reach_of(diagram.inputs) + 0.2, height)
    draw_picture(pen, diagram, 0.1, height / 2)
    return pen.ax


@pytest.mark.parametrize(
    "word",
    [(2, "I"), ("I", 2), (0, 2, 1, "I", 3), (2, 0, 0, 0, 0), (0,), (1,),
     ("I", 0, 0, 0, 0), (5, "I"), ("I", "I", "I")],
    ids=str,
)  # fmt: skip
def test_one_diagram(word):
    diagram = Diagram(word)
    ax = draw(*word)
    assert len(patches(ax, "node")) == diagram.eta_order
    nodes = [str(a) for a in word if a != "I"]
    assert texts(ax, "number") == nodes
    strands = curves(ax)
    starts = min(s[:, 0].min() for s in strands)
    outputs = [s for s in strands if s[0, 0] == pytest.approx(starts)]
    assert len(outputs) == diagram.outputs
    if diagram.inputs:
        ends = max(s[:, 0].max() for s in strands)
        inputs = [s[-1, 1] for s in strands if s[-1, 0] == pytest.approx(ends)]
        assert len(inputs) == diagram.inputs
        gaps = np.diff(sorted(inputs))
        np.testing.assert_allclose(gaps, gaps[:1].repeat(len(gaps)))
    assert not any(cross(a, b) for a, b in combinations(strands, 2))


def test_every_diagram_up_to_four_legs_is_drawn_without_a_crossing():
    for j, k in [(2, 2), (3, 3), (4, 2)]:
        for diagram in distinct_diagrams(j, k, 3, forcing=True)[::3]:
            ax = draw(*diagram.word[::-1])
            assert not any(cross(a, b) for a, b in combinations(curves(ax), 2))
            plt.close(ax.figure)


def test_a_crossing_is_caught():
    x = np.linspace(0, 1, 50)
    assert cross(np.stack([x, x], 1), np.stack([x, 1 - x], 1))
    assert not cross(np.stack([x, x], 1), np.stack([x, x + 0.1], 1))


def test_shape_and_number_tell_the_degree():
    ax = draw(0, 1, 2)
    cap, disc, fan = patches(ax, "node")
    assert len({type(shape) for shape in (cap, disc, fan)}) == 3
    assert texts(ax, "number") == ["0", "1", "2"]


def test_order_sets_the_colour_of_nodes():
    seen = set()
    for m in range(8):
        ax = draw(*(1,) * m, "I")
        colours = {to_hex(p.get_facecolor()) for p in patches(ax, "node")}
        assert len(colours) == bool(m)
        seen |= colours
        plt.close(ax.figure)
    assert len(seen) == 7


def test_numbers_fit_their_nodes():
    ax = draw(0, 1, 2, 3)
    nodes = extents(ax, patches(ax, "node"))
    numbers = [t for t in ax.texts if t.get_gid() == "number"]
    for node, text in zip(nodes, extents(ax, numbers), strict=True):
        assert node.x0 < text.x0
        assert text.x1 < node.x1


def test_powers_and_colours_of_the_orders():
    assert [power_of(m) for m in (1, 2)] == [r"\eta", r"\eta^{2}"]
    assert colour_of(0) == COLOURS["grey"]
    assert len({colour_of(m) for m in range(8)}) == 8
    assert colour_of(8) == colour_of(0)


def test_wires_are_evenly_spaced_around_their_middle():
    found = levels(4, 1.0)
    assert (np.diff(found) < 0).all()
    assert found.mean() == pytest.approx(1)
    assert np.ptp(np.diff(found)) < 1e-12
    assert height_of(4, 3) == height_of(2, 4) > height_of(3, 3)


def test_a_picture_ends_where_it_says():
    ax = draw(2, "I")
    ends = [s[:, 0] for s in curves(ax)]
    assert min(x.min() for x in ends) == pytest.approx(0.1)
    assert max(x.max() for x in ends) == pytest.approx(0.1 + reach_of(3))


def test_terms_flow_in_rows_that_fit_the_page():
    listed = distinct_diagrams(4, 4, 2, forcing=True)
    places = list(flow(listed, distinct=True))
    assert [p.diagram for p in places] == listed
    assert [p.number for p in places] == [d.multiplicity for d in listed]
    assert max(p.end for p in places) <= WIDTH
    for first, second in pairwise(places):
        if first.row == second.row:
            assert first.end < second.start
        else:
            assert second.row == first.row + 1


def test_orders_that_fit_one_row_are_not_broken():
    places = list(flow(distinct_diagrams(3, 3, 2, forcing=True), True))
    for order in {p.diagram.eta_order for p in places}:
        rows = {p.row for p in places if p.diagram.eta_order == order}
        assert len(rows) == 1


def test_paper_is_to_size_or_scaled_to_the_axes():
    assert paper(None, 3, 1).scale == 1
    _, ax = new_axes(3, 1)
    pen = paper(ax, 6, 1)
    assert pen.ax is ax
    assert 0.3 < pen.scale <= 0.5
    assert tuple(map(float, ax.get_xlim())) == (0, 6)
