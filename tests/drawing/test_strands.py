"""Strand diagrams drawn: what is on the page, where, and that none cross."""

import io
from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib import pyplot as plt

from qcl.drawing.strands import (
    draw_block,
    draw_history,
    plot_wire_numbers,
)
from qcl.drawing.style import COLOURS, WIDTH, ink
from qcl.lifting.diagrams.histories import (
    History,
    histories,
    wire_distribution,
)
from qcl.lifting.diagrams.strands import (
    Diagram,
    count_diagrams,
    diagrams,
    distinct_diagrams,
)
from qcl.lifting.maps.polynomial import PolynomialMap
from tests.drawing.pictures import cross, curves, extents, patches, texts

HISTORY = History(
    (Diagram((2,)), Diagram((2, "I")), Diagram((0, 2, 1)))
)  # 1, 2, 3, 3 wires


@pytest.mark.parametrize("distinct", [True, False])
@pytest.mark.parametrize(
    ("j", "k", "degree", "forcing"),
    [(2, 3, 2, False), (2, 2, 2, True), (3, 3, 2, True), (2, 0, 2, True),
     (1, 3, 3, False), (3, 6, 2, False)],
)  # fmt: skip
def test_a_block_is_an_equation_of_pictures(j, k, degree, forcing, distinct):
    ax = draw_block(j, k, degree, forcing=forcing, distinct=distinct)
    every = distinct_diagrams if distinct else diagrams
    listed = every(j, k, degree, forcing)
    assert texts(ax, "block") == [f"$B_{{{j},{k}}}$"]
    assert texts(ax, "sign") == ["="] + ["+"] * (len(listed) - 1)
    numbers = [str(d.multiplicity) for d in listed if d.multiplicity > 1]
    assert texts(ax, "multiplicity") == (numbers if distinct else [])
    nodes = [str(a) for d in listed for a in d.word if a != "I"]
    assert texts(ax, "number") == nodes
    shown = set(texts(ax, "order"))
    orders = {d.eta_order for d in listed}
    names = {m: rf"$\eta^{{{m}}}$" for m in orders} | {1: r"$\eta$"}
    assert shown == {names[m] for m in orders}


def test_multiplicities_add_up_to_the_number_of_diagrams():
    ax = draw_block(3, 3, 2, forcing=True)
    pictures = len(texts(ax, "sign"))
    numbers = [int(t) for t in texts(ax, "multiplicity")]
    total = sum(numbers) + pictures - len(numbers)
    assert total == count_diagrams(3, 3, 2, forcing=True) == 20


@pytest.mark.parametrize(
    ("j", "k", "distinct"), [(2, 2, True), (4, 4, True), (3, 3, False)]
)
def test_everything_is_on_the_page(j, k, distinct):
    ax = draw_block(j, k, 2, forcing=True, distinct=distinct)
    assert ax.figure.get_size_inches()[0] == WIDTH
    assert ax.get_aspect() == 1
    frame = ax.figure.bbox
    for e in extents(ax, [*ax.patches, *ax.lines, *ax.texts]):
        assert frame.x0 <= e.x0
        assert e.x1 <= frame.x1
        assert frame.y0 <= e.y0
        assert e.y1 <= frame.y1


def test_texts_do_not_touch():
    for ax in (
        draw_block(3, 3, 2, forcing=True),
        draw_history(HISTORY, limit=2),
    ):
        boxes = extents(ax, ax.texts)
        assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))


def test_brackets_of_a_row_stand_apart():
    ax = draw_block(2, 2, 2, forcing=True)
    brackets = [x for x in ax.lines if x.get_gid() == "bracket"]
    assert len(brackets) == 3
    for left, right in pairwise(brackets):
        assert left.get_xdata().max() < right.get_xdata().min()


def test_long_blocks_go_on_in_the_next_row():
    short = draw_block(2, 3, 2).figure.get_size_inches()
    long = draw_block(3, 3, 2, forcing=True).figure.get_size_inches()
    assert long[0] == short[0] == WIDTH
    assert long[1] > 1.8 * short[1]


def test_a_history_shows_its_wires_and_its_orders():
    ax = draw_history(HISTORY)
    assert texts(ax, "wires") == ["1", "2", "3", "3"]
    assert texts(ax, "order") == [r"$\eta$", r"$\eta$", r"$\eta^{3}$"]
    assert texts(ax, "time") == [f"$t={t}$" for t in (3, 2, 1, 0)]
    assert texts(ax, "output") == ["$u(3)$"]
    assert texts(ax, "input") == ["$u(0)$"] * 3
    assert len(patches(ax, "node")) == HISTORY.eta_order


def test_slices_above_the_limit_are_marked_by_colour_and_by_text():
    ax = draw_history(HISTORY, limit=2)
    assert texts(ax, "wires") == ["1", "2", "3 > 2", "3 > 2"]
    slices = [x for x in ax.lines if x.get_gid() == "slice"]
    red = [x.get_color() == COLOURS["vermillion"] for x in slices]
    assert red == [False, False, True, True]
    widths = {x.get_linewidth() for x in slices}
    assert len(widths) == 2


def test_strands_of_a_history_meet_at_the_slices():
    for history in list(histories(3, 2, forcing=True))[::61]:
        ax = draw_history(history)
        strands = curves(ax)
        assert not any(cross(a, b) for a, b in combinations(strands, 2))
        places = [x.get_xdata()[0] for x in ax.lines]
        for x, count in zip(places, history.wires, strict=True):
            left = {round(s[-1, 1], 6) for s in strands
                    if s[-1, 0] == pytest.approx(x)}  # fmt: skip
            right = {round(s[0, 1], 6) for s in strands
                     if s[0, 0] == pytest.approx(x)}  # fmt: skip
            if x != places[0]:
                assert len(left) == count
            if x != places[-1]:
                assert len(right) == count
            if x not in (places[0], places[-1]):
                assert left == right
        plt.close(ax.figure)


def test_the_longest_history_fits():
    layers = (Diagram((1,)),) * 6
    ax = draw_history(History(layers))
    assert ax.figure.get_size_inches()[0] <= WIDTH + 1e-9


STEP = PolynomialMap({0: [[0.02]], 1: [[-0.3]], 2: [[0.2]]})


def test_wire_numbers():
    rows = wire_distribution(STEP, 4, 9)
    ax = plot_wire_numbers(rows, limit=3)
    bars = [c for c in ax.containers if len(c)]
    shown = sum(len(c) for c in bars)
    assert shown == np.count_nonzero(rows)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("layer", "wires")
    chances = [float(t) for t in texts(ax, "above")]
    np.testing.assert_allclose(chances, 1 - rows[:, :4].sum(1), rtol=0.05)
    hatched = [p for c in bars for p in c if p.get_hatch()]
    assert hatched
    assert all(p.get_y() > 3 for p in hatched)


def test_wire_numbers_without_a_limit():
    ax = plot_wire_numbers(wire_distribution(STEP, 2, 4))
    assert texts(ax, "above") == []
    assert not any(p.get_hatch() for p in ax.patches)


def test_the_widest_bar_of_every_column_is_the_likeliest():
    rows = wire_distribution(STEP, 3, 8)
    ax = plot_wire_numbers(rows)
    for t, row in enumerate(rows):
        widths = {
            round(p.get_y() + 0.4): p.get_width()
            for p in ax.patches
            if abs(p.get_x() + p.get_width() / 2 - t) < 1e-9
        }
        assert max(widths, key=widths.get) == row.argmax()
        assert max(widths.values()) == pytest.approx(0.84)


DRAWERS = {
    "block": lambda ax: draw_block(2, 3, 2, ax=ax),
    "history": lambda ax: draw_history(HISTORY, ax=ax),
    "wires": lambda ax: plot_wire_numbers([[0, 1], [0.5, 0.5]], ax=ax),
}


@pytest.mark.parametrize("name", DRAWERS)
def test_given_axes_are_used_and_returned(name):
    figure, axes = plt.subplots(1, 2)
    assert DRAWERS[name](axes[0]) is axes[0]
    assert len(figure.axes) == 2
    assert axes[0].patches
    assert not axes[1].patches


@pytest.mark.parametrize("kind", ["svg", "png"])
@pytest.mark.parametrize("name", DRAWERS)
def test_they_can_be_saved(name, kind):
    buffer = io.BytesIO()
    DRAWERS[name](None).figure.savefig(buffer, format=kind)
    assert buffer.tell() > 1000


def test_smaller_axes_take_smaller_letters():
    _, axes = plt.subplots(2, 3, figsize=(4, 2))
    small = draw_block(2, 3, 2, ax=axes[0, 0])
    large = draw_block(2, 3, 2)
    sizes = [ax.texts[0].get_fontsize() for ax in (small, large)]
    assert sizes[0] < 0.8 * sizes[1]


def test_text_colours_read_on_both_grounds():
    ax = draw_block(2, 2, 2, forcing=True)
    readable = {ink(colour) for colour in COLOURS.values()} | {"white"}
    assert {t.get_color() for t in ax.texts} <= readable


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: draw_block(13, 1, 2), "expected j <= 12, got j=13"),
        (
            lambda: draw_history(History((Diagram((70,)),))),
            "expected at most 60 wires, got 70",
        ),
        (lambda: draw_block(0, 0, 2), "expected j >= 1 outputs, got j=0"),
        (lambda: draw_block(3, 1, 2), "with a diagram, got B_3,1 = 0"),
        (
            lambda: draw_block(5, 5, 2, forcing=True, distinct=False),
            "at most 100 pictures, got 252; pass distinct=True",
        ),
        (lambda: draw_block(2, 2, 0), "expected degree >= 1"),
        (lambda: draw_history(History(())), "1 to 6 layers, got 0"),
        (
            lambda: draw_history(History((Diagram((1,)),) * 7)),
            "1 to 6 layers, got 7",
        ),
        (lambda: draw_history(HISTORY, limit=0), "limit >= 1, got limit=0"),
        (lambda: plot_wire_numbers([0.5, 0.5]), "rows of probabilities"),
        (lambda: plot_wire_numbers([[0.7, 0.7]]), "rows of probabilities"),
        (lambda: plot_wire_numbers([[-0.1, 1]]), "rows of probabilities"),
        (lambda: plot_wire_numbers([[0, 1]], limit=2), r"limit in 1\.\.1"),
    ],
)
def test_bad_inputs(call, message):
    with pytest.raises(ValueError, match=message):
        call()
