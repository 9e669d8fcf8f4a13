"""Labels at the ends of lines never touch."""

from itertools import combinations

import numpy as np
import pytest

from qcl.drawing.labels import draw_key, label_line, label_lines
from qcl.drawing.style import COLOURS, ink, new_axes


def _boxes(ax, notes):
    ax.figure.draw_without_rendering()
    return [note.get_window_extent() for note in notes]


@pytest.mark.parametrize("ends", [[1, 1, 1, 1], [0, 0.01, 0.02, 1], [0] * 6])
def test_labels_do_not_overlap(ends):
    _, ax = new_axes()
    lines = [ax.plot([0, 1], [0.5, y])[0] for y in ends]
    notes = label_lines(
        ax, [(line, f"curve {y}") for line, y in zip(lines, ends, strict=True)]
    )
    for a, b in combinations(_boxes(ax, notes), 2):
        assert min(a.y1, b.y1) - max(a.y0, b.y0) <= 0.5


def test_labels_far_apart_stay_at_their_lines():
    _, ax = new_axes()
    lines = [ax.plot([0, 1], [0, y])[0] for y in (0.2, 1)]
    notes = [label_line(ax, line, "a") for line in lines]
    for note, y in zip(notes, (0.2, 1), strict=True):
        box = _boxes(ax, [note])[0]
        target = ax.transData.transform((1, y))[1]
        assert (box.y0 + box.y1) / 2 == pytest.approx(target, abs=3)


def test_labels_stay_above_the_foot_of_the_axes():
    _, ax = new_axes()
    ax.set(ylim=(0, 1))
    lines = [ax.plot([0, 1], [0.5, 0])[0] for _ in range(4)]
    notes = label_lines(ax, [(line, "a") for line in lines])
    foot = ax.get_window_extent().y0
    assert min(box.y0 for box in _boxes(ax, notes)) >= foot - 1


def test_a_label_has_the_hue_of_its_line():
    _, ax = new_axes()
    (line,) = ax.plot([0, 1], [0, 1], color=COLOURS["green"])
    assert label_line(ax, line, "a").get_color() == ink(COLOURS["green"])


def test_a_line_is_labelled_at_its_last_finite_point():
    _, ax = new_axes()
    (line,) = ax.plot([0, 1, 2], [0, 1, np.nan])
    assert label_line(ax, line, "a").xy == (1, 1)


def test_labels_stay_within_the_figure():
    figure, ax = new_axes()
    (line,) = ax.plot([0, 1], [0, 1])
    note = label_line(ax, line, "a label of some length")
    assert _boxes(ax, [note])[0].x1 <= figure.bbox.x1


def test_no_finite_point_is_refused():
    _, ax = new_axes()
    with pytest.raises(ValueError, match="expected a finite point to label"):
        label_line(ax, (np.nan, 0), "a")


def test_a_key_stands_above_the_axes():
    _, ax = new_axes()
    draw_key(ax, ax.plot([0, 1], [0, 1], label="a"))
    ax.figure.draw_without_rendering()
    legend = ax.get_legend().get_window_extent()
    assert legend.y0 >= ax.get_window_extent().y1
