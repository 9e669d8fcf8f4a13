"""The slider: linked, described, bounded, and the same bytes each time."""

import base64
import re

import ipywidgets
import numpy as np
import pytest
from ipywidgets.embed import embed_data
from matplotlib import pyplot as plt

from qcl.drawing.curves import plot_trajectories
from qcl.drawing.style import new_axes
from qcl.drawing.widgets import frame_slider, rendered


def draw(rate):
    return plot_trajectories({"u": rate ** np.arange(5)}, ylabel="u")


def slider(**options):
    options = {"label": "rate", "alt": "u shrinks by {value}"} | options
    return frame_slider(draw, [0.3, 0.5, 0.9], **options)


def _parts(box):
    (control, reading), frames = box.children[0].children, box.children[1]
    return control, reading, frames


def test_each_frame_has_an_image_and_a_text_of_its_own():
    frames = _parts(slider())[2]
    alts = [re.search('alt="([^"]*)"', f.value)[1] for f in frames.children]
    assert alts == [f"u shrinks by {v}" for v in (0.3, 0.5, 0.9)]
    for frame in frames.children:
        code = re.search('base64,([^"]*)', frame.value)[1]
        assert b"<svg" in base64.b64decode(code)[:10]


def test_alt_may_be_a_function_and_is_escaped():
    frames = _parts(slider(alt=lambda v: f'"{v}" < 1'))[2]
    assert "&quot;0.3&quot; &lt; 1" in frames.children[0].value


def test_the_reading_shows_the_value_and_not_its_number():
    control, reading, frames = _parts(slider(value=0.5, format="r = {}"))
    assert [r.value for r in reading.children] == [
        "r = 0.3",
        "r = 0.5",
        "r = 0.9",
    ]
    assert (control.value, control.min, control.max) == (1, 0, 2)
    assert reading.selected_index == frames.selected_index == 1
    assert control.readout is False
    assert control.description == "rate"


def test_the_slider_is_linked_in_the_browser():
    box = slider()
    control, reading, frames = _parts(box)
    state = embed_data(views=[box])["manager_state"]["state"]
    links = [
        (m["state"]["source"], m["state"]["target"])
        for m in state.values()
        if m["model_name"] == "LinkModel"
    ]
    source = [f"IPY_MODEL_{control.model_id}", "value"]
    for stack in (reading, frames):
        target = [f"IPY_MODEL_{stack.model_id}", "selected_index"]
        assert (source, target) in links


def test_stacks_are_flat():
    for stack in _parts(slider())[1:]:
        assert {type(child) for child in stack.children} == {ipywidgets.HTML}


def test_no_figure_is_left_open_and_others_are_left_alone():
    figure, _ = new_axes()
    slider()
    assert plt.get_fignums() == [figure.number]


def test_figures_are_closed_when_a_frame_fails():
    def fail(value):
        new_axes()
        raise RuntimeError("no frame")

    with pytest.raises(RuntimeError, match="no frame"):
        frame_slider(fail, [1, 2], label="a", alt="{value}")
    assert plt.get_fignums() == []


def test_frames_are_the_same_bytes_each_time():
    first, second = (
        [f.value for f in _parts(slider())[2].children] for _ in range(2)
    )
    assert first == second
    text = rendered(draw(0.5))
    assert text == rendered(draw(0.5).figure)
    assert "dc:date" not in text
    assert "<text" not in text


def test_axes_keep_their_place():
    made = []

    def widen(value):
        ax = plot_trajectories({"u" * value: [0, 1]}, ylabel="u")
        made.append(ax)
        return ax

    frame_slider(widen, [1, 20], label="a", alt="{value}")
    first, second = (ax.get_position().bounds for ax in made)
    assert first == second


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"value": 7}, "expected value among"),
        ({"alt": "always the same"}, "expected a text of its own"),
        ({"alt": lambda value: " " * int(10 * value)}, "a text of its own"),
    ],
)
def test_wrong_options(options, message):
    with pytest.raises(ValueError, match=message):
        slider(**options)


def test_a_first_value_may_be_an_array():
    rates = [np.array([0.3]), np.array([0.5])]
    box = frame_slider(
        draw, rates, label="rate", alt="{value}", value=rates[1].copy()
    )
    assert _parts(box)[0].value == 1


@pytest.mark.parametrize("name", ["alt", "format"])
def test_a_template_that_takes_no_value(name):
    with pytest.raises(ValueError, match=f"expected {name} as a text with"):
        slider(**{name: "rate {rate}"})


@pytest.mark.parametrize("count", [0, 1, 41])
def test_too_few_or_too_many_frames(count):
    with pytest.raises(
        ValueError, match=f"expected 2 to 40 values, got {count}"
    ):
        frame_slider(draw, range(count), label="a", alt="{value}")


@pytest.mark.slow
def test_frames_that_are_too_large():
    def heavy(seed):
        _, ax = new_axes()
        rng = np.random.default_rng(seed)
        ax.imshow(rng.random((900, 900)), aspect="auto")
        return ax

    with pytest.raises(ValueError, match="expected frames of at most"):
        frame_slider(heavy, range(4), label="a", alt="{value}")


def test_what_is_no_drawing():
    with pytest.raises(ValueError, match="expected axes or a figure, got an"):
        frame_slider(lambda v: 1, [1, 2], label="a", alt="{value}")


def test_arrays_of_axes_are_drawings_too():
    _, axes = new_axes(ncols=2)
    assert rendered(axes).startswith("<svg")
