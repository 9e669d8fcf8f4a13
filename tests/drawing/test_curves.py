"""Curves against the step and against the size."""

import numpy as np
import pytest

from qcl.drawing.curves import curve_style, plot_scaling, plot_trajectories
from qcl.drawing.style import new_axes, series_style


def test_each_trajectory_is_drawn_and_named():
    data = {"a": [1, 2, 3], "b": np.ones((4, 1))}
    ax = plot_trajectories(data, ylabel="weight")
    assert [t.get_text() for t in ax.texts] == ["a", "b"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step $t$", "weight")
    for i, (line, values) in enumerate(
        zip(ax.lines, data.values(), strict=True)
    ):
        np.testing.assert_array_equal(line.get_ydata(), np.ravel(values))
        assert line.get_color() == series_style(i)["color"]
        assert line.get_marker() == series_style(i)["marker"]


def test_trajectories_on_given_axes_and_times():
    _, (left, right) = new_axes(ncols=2)
    ax = plot_trajectories({"a": [1, 2]}, ylabel="u", times=[0, 0.5], ax=right)
    assert ax is right
    assert not left.lines
    assert ax.lines[0].get_xdata().tolist() == [0, 0.5]


def test_times_must_match():
    with pytest.raises(ValueError, match="expected 2 times, got 3"):
        plot_trajectories({"a": [1, 2]}, ylabel="u", times=[0, 1, 2])


def test_long_curves_have_about_a_dozen_markers():
    _, every = curve_style(0, 120)["markevery"]
    assert 120 / every == 12


def test_a_reference_slope_has_its_slope_and_stays_below():
    x = np.array([1, 2, 4, 8])
    ax = plot_scaling(
        x,
        {"flat": 5 + 0 * x, "square": 3 * x**2},
        xlabel="T",
        ylabel="size",
        slopes={"$T^2$": 2},
    )
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    (guide,) = [line for line in ax.lines if line.get_gid() == "slope"]
    y = guide.get_ydata()
    np.testing.assert_allclose(np.diff(np.log(y)) / np.log(2), 2)
    assert (y < 3 * x**2).all()
    assert [t.get_text() for t in ax.texts] == ["flat", "square", "$T^2$"]


def test_a_reference_stays_below_all_of_a_bent_curve():
    x = np.array([1, 2, 4, 8])
    bent = np.array([3, 4, 20, 60])
    words = {"xlabel": "T", "ylabel": "size", "slopes": {"line": 1}}
    ax = plot_scaling(x, {"bent": bent}, **words)
    (guide,) = [line for line in ax.lines if line.get_gid() == "slope"]
    assert (guide.get_ydata() < bent).all()
    assert (guide.get_ydata() > bent / 9).any()


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([1, 2], [1, 0], "expected positive finite a"),
        ([0, 2], [1, 1], "expected positive finite x"),
        ([1, 2], [1, 2, 3], "expected 2 values of 'a', got 3"),
        ([1], [1], "expected at least 2 values of x"),
    ],
)
def test_wrong_scalings(x, y, message):
    with pytest.raises(ValueError, match=message):
        plot_scaling(x, {"a": y}, xlabel="x", ylabel="y")
