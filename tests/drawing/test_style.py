"""Contrast is computed, not believed."""

import pytest
from matplotlib import pyplot as plt

from qcl.drawing.style import (
    COLOURS,
    chosen_axes,
    ink,
    new_axes,
    schematic_axes,
    series_style,
)
from tests.drawing.contrast import NEAR_BLACK, contrast


def test_contrast_of_black_and_white_is_that_of_wcag():
    assert contrast("black", "white") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("name", COLOURS)
def test_lines_read_on_both_grounds(name):
    assert contrast(COLOURS[name], "white") >= 3
    assert contrast(COLOURS[name], NEAR_BLACK) >= 3


@pytest.mark.parametrize("name", COLOURS)
def test_text_reads_on_both_grounds(name):
    assert contrast(ink(COLOURS[name]), "white") >= 4.5
    assert contrast(ink(COLOURS[name]), NEAR_BLACK) >= 4


def test_axes_grey_is_text_too():
    assert contrast(COLOURS["grey"], "white") >= 4.5
    assert contrast(COLOURS["grey"], NEAR_BLACK) >= 4


def test_each_series_has_a_cue_beside_its_colour():
    styles = [series_style(i) for i in range(8)]
    for key in ("color", "marker", "linestyle"):
        assert len({str(style[key]) for style in styles}) == 8
    assert series_style(8) == series_style(0)


def test_series_style_refuses_a_negative_index():
    with pytest.raises(ValueError, match="expected index >= 0, got index=-1"):
        series_style(-1)


def test_new_axes_are_in_the_house_style():
    figure, axes = new_axes(ncols=2, grid=True)
    assert figure.get_figwidth() == 6.3
    assert figure.get_facecolor()[3] == 0
    for ax in axes:
        assert ax.get_facecolor()[3] == 0
        assert ax.get_title() == ""
        shown = [k for k, spine in ax.spines.items() if spine.get_visible()]
        assert shown == ["left", "bottom"]
        assert 9 <= ax.xaxis.label.get_fontsize() <= 10
        ticks = ax.get_xticklabels() + ax.get_yticklabels()
        assert {t.get_fontsize() for t in ticks} == {9}
        assert {t.get_color() for t in ticks} == {COLOURS["grey"]}


def test_a_cropped_figure_keeps_its_width():
    figure, ax = new_axes(height=3)
    ax.set_aspect("equal")
    figure.draw_without_rendering()
    assert figure.get_tightbbox().width == pytest.approx(6.3, abs=0.02)


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ({"width": 0}, "expected width > 0 and <= 40, got width=0"),
        ({"height": -1}, "expected height > 0 and <= 40, got height=-1"),
        ({"ncols": 30}, "expected ncols <= 20, got ncols=30"),
    ],
)
def test_new_axes_refuse_no_size(size, message):
    with pytest.raises(ValueError, match=message):
        new_axes(**size)
    assert plt.get_fignums() == []


def test_what_is_no_axes_is_refused():
    assert chosen_axes(None) is not None
    with pytest.raises(TypeError, match="got an int; make some with"):
        chosen_axes(3)


def test_what_is_no_colour_is_refused():
    with pytest.raises(ValueError, match="expected a colour, such as"):
        ink("no colour")


def test_schematics_are_measured_in_inches():
    ax = schematic_axes(4, 2)
    assert ax.get_xlim() == (0, 4)
    assert ax.get_window_extent().width == pytest.approx(4 * ax.figure.dpi)


@pytest.mark.slow
@pytest.mark.parametrize(
    "first",
    ["drawing.new_axes()", "drawing.draw_circuit(lambda: qml.Hadamard(0))"],
)
def test_every_figure_of_a_notebook_shows(first):
    """The first must not switch the others off."""
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    from nbclient import NotebookClient

    head = "import pennylane as qml\nfrom qcl import drawing\n_ = "
    sources = [head + first, head + "drawing.new_axes()"]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MPLBACKEND", raising=False)
        NotebookClient(notebook, kernel_name="python3").execute()
    shown = ["image/png" in c.outputs[0]["data"] for c in notebook.cells]
    assert shown == [True, True]
