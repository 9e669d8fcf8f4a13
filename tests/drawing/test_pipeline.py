"""The project in one line."""

from qcl.drawing.pipeline import draw_pipeline
from qcl.drawing.style import schematic_axes


def test_the_stages_stand_in_order():
    ax = draw_pipeline()
    nouns = [t for t in ax.texts if t.get_gid() == "noun"]
    line = "loss step lifting system state samples weights"
    assert " ".join(t.get_text() for t in nouns) == line
    places = [t.get_position()[0] for t in nouns]
    assert places == sorted(places)


def test_the_rooms_are_named():
    parts = [
        t.get_text() for t in draw_pipeline().texts if t.get_gid() == "part"
    ]
    assert parts == ["lifting", "solving", "learning"]


def test_texts_fit_their_boxes():
    ax = draw_pipeline()
    ax.figure.draw_without_rendering()
    frames = [p.get_window_extent() for p in ax.patches]
    for text in ax.texts:
        if text.get_gid() in ("noun", "symbol"):
            e = text.get_window_extent()
            assert any(f.x0 < e.x0 and e.x1 < f.x1 for f in frames)


def test_given_axes_are_used():
    ax = schematic_axes(6.3, 1.75)
    assert draw_pipeline(ax) is ax
