"""Errors: log axis, bounds in the colour of their error, zeros in sight."""

import numpy as np
import pytest

from qcl.drawing.errors import plot_errors

DATA = {"N = 2": [0, 0, 1e-3, 1e-2], "N = 4": [0, 0, 0, 1e-5]}


def _with_gid(ax, gid):
    return [line for line in ax.lines if line.get_gid() == gid]


def test_every_zero_is_shown_within_the_axes_and_named():
    ax = plot_errors(DATA)
    assert ax.get_yscale() == "log"
    zeros = _with_gid(ax, "zero")
    assert [line.get_xdata().tolist() for line in zeros] == [[0, 1], [0, 1, 2]]
    low, high = ax.get_ylim()
    lanes = {line.get_ydata()[0] for line in zeros}
    assert len(lanes) == 2
    assert all(low < lane < 1e-5 for lane in lanes)
    assert all(line.get_markerfacecolor() == "none" for line in zeros)
    assert "exactly 0" in [t.get_text() for t in ax.get_yticklabels()]
    assert high >= 1e-2
    assert _with_gid(ax, "border")


def test_without_zeros_there_is_no_foot():
    ax = plot_errors({"a": [1e-3, 1e-2]})
    assert not _with_gid(ax, "zero")
    assert "exactly 0" not in [t.get_text() for t in ax.get_yticklabels()]


def test_a_floor_is_named_with_its_size():
    ax = plot_errors({"a": [1e-18, 1e-3]}, floor=2e-16)
    assert _with_gid(ax, "zero")[0].get_xdata().tolist() == [0]
    text = [
        t.get_text() for t in ax.get_yticklabels() if "-16" in t.get_text()
    ]
    assert text == [r"≤ $2 \times 10^{-16}$"]


def test_all_zero_errors_are_still_drawn():
    ax = plot_errors({"a": [0, 0, 0]})
    assert _with_gid(ax, "zero")[0].get_xdata().tolist() == [0, 1, 2]


def test_bounds_are_dashed_in_the_colour_of_their_error():
    ax = plot_errors(DATA, {k: np.array(v) * 2 for k, v in DATA.items()})
    bounds = _with_gid(ax, "bound")
    errors = [line for line in ax.lines if line.get_marker() in "os"]
    assert len(bounds) == len(errors) == 2
    for bound, error in zip(bounds, errors, strict=True):
        assert bound.get_color() == error.get_color()
        assert bound.is_dashed()
        assert not error.is_dashed()
    assert "bounds, dashed" in [t.get_text() for t in ax.texts]


def test_one_bound_is_named_in_its_colour():
    ax = plot_errors({"a": [1, 2]}, {"a": [2, 3]})
    assert [t.get_text() for t in ax.texts] == ["a", "bound"]


def test_marks_ring_a_curve_or_stand_upright():
    ax = plot_errors(DATA, marks={"N = 2": 1, "re-upload": 2})
    (ring,) = _with_gid(ax, "mark")
    assert ring.get_xdata() == [1]
    assert "re-upload" in [t.get_text() for t in ax.texts]


def test_a_ring_lies_on_the_curve_between_two_steps():
    ax = plot_errors({"a": [1e-4, 1e-2, 1]}, marks={"a": 0.5})
    (ring,) = _with_gid(ax, "mark")
    assert float(np.ravel(ring.get_ydata())[0]) == pytest.approx(1e-3)


@pytest.mark.parametrize("end", [np.nan, np.inf])
def test_bounds_may_end_before_their_errors(end):
    bounds = {"a": [0.2, 0.3, end], "b": [1e-3, 2e-3, 3e-3]}
    ax = plot_errors({"a": [0.1, 0.1, 0.1], "b": [1e-4] * 3}, bounds)
    (note,) = [t for t in ax.texts if t.get_text() == "bounds, dashed"]
    assert note.xy == (1, 0.3)


def test_given_decades_hold_the_axis_still():
    tops = [
        plot_errors({"a": [0, small, 1e-2]}, decades=(-9, 0)).get_ylim()
        for small in (1e-3, 1e-8)
    ]
    assert tops[0] == tops[1]
    assert tops[0][1] == 1


def test_infinite_errors_do_not_stretch_the_axis():
    ax = plot_errors({"a": [1e-2, 1e-1, np.inf]})
    assert ax.get_ylim()[1] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bounds": {"b": [1, 1]}}, "expected bounds keyed by"),
        ({"marks": {"a": 7}}, "expected a mark of 'a' between step 0 and 1"),
        ({"decades": (-3, -1)}, "expected decades around 0 to 1, got -3"),
        ({"decades": (-3, -2, 1)}, r"decades as \(low, high\), got 3"),
        ({"marks": {"there": -1}}, "expected a mark of 'there' between step"),
        ({"floor": -1.0}, "expected floor >= 1e-150 and <= 1, got floor=-1"),
    ],
)
def test_wrong_options(options, message):
    with pytest.raises(ValueError, match=message):
        plot_errors({"a": [1, 2]}, **options)


def test_errors_below_what_an_axis_shows():
    with pytest.raises(ValueError, match="pass for example floor=1e-16"):
        plot_errors({"a": [1e-200, 1]})
    assert plot_errors({"a": [1e-200, 1]}, floor=1e-16).get_yscale() == "log"
