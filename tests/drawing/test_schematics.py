"""Blocks on registers."""

import pytest

from qcl.drawing.schematics import draw_hhl, draw_schematic
from qcl.drawing.style import schematic_axes


def _boxes(ax):
    return [t.get_text() for t in ax.texts if t.get_gid() == "box"]


def test_hhl_has_its_registers_and_blocks():
    ax = draw_hhl(4, 1)
    texts = [t.get_text() for t in ax.texts]
    assert {"ancilla", "clock", "system", "4 qubits", "1 qubit"} <= set(texts)
    assert _boxes(ax)[1] == "phase\nestimation"
    assert len(_boxes(ax)) == 4
    assert "keep 1" in texts


def test_boxes_neither_overlap_nor_leave_the_page():
    ax = draw_hhl(12, 10)
    ax.figure.draw_without_rendering()
    boxes = sorted(p.get_extents().x0 for p in ax.patches)
    assert boxes[0] > 0
    for text in ax.texts:
        extent = text.get_window_extent()
        assert ax.bbox.x0 <= extent.x0
        assert extent.x1 <= ax.bbox.x1


def test_texts_fit_their_boxes():
    ax = draw_hhl(4, 3)
    ax.figure.draw_without_rendering()
    frames = [p.get_window_extent() for p in ax.patches]
    for text in ax.texts:
        if text.get_gid() == "box":
            e = text.get_window_extent()
            assert any(
                f.x0 <= e.x0 and e.x1 <= f.x1 and f.y0 <= e.y0 and e.y1 <= f.y1
                for f in frames
            ), text.get_text()


def test_given_axes_are_used():
    ax = schematic_axes(6.3, 2)
    assert draw_hhl(2, 1, ax=ax) is ax


@pytest.mark.parametrize(
    ("registers", "columns", "message"),
    [
        ({"a": 1}, [{"b": "x"}], "expected registers among"),
        ({"a": 0}, [], "expected a of >= 1 qubits, got 0"),
        (
            {"a": 1, "b": 1, "c": 1},
            [{("a", "c"): "x"}],
            "expected neighbouring registers",
        ),
        ({"a": 1}, [{"a": "long text"}] * 9, "expected columns of at most"),
    ],
)
def test_wrong_schematics(registers, columns, message):
    with pytest.raises(ValueError, match=message):
        draw_schematic(registers, columns)
