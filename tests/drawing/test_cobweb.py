"""Cobwebs: fixed points and basins known by hand."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from qcl.drawing.cobweb import plot_cobweb


def step(u):
    return u - 0.1 * (u + u**2)


def _places(ax, label):
    return [line.get_xdata() for line in ax.lines if line.get_label() == label]


def test_fixed_points_are_found_and_told_apart():
    ax = plot_cobweb(step, [0.9], (-1.3, 1.1))
    np.testing.assert_allclose(_places(ax, "attracts"), [[0]], atol=1e-9)
    np.testing.assert_allclose(_places(ax, "repels"), [[-1]], atol=1e-9)
    fills = {line.get_label(): line.get_markerfacecolor() for line in ax.lines}
    assert fills["repels"] == "none" != fills["attracts"]


def test_the_basin_ends_at_the_repelling_point():
    ax = plot_cobweb(step, [0.9], (-1.3, 1.1))
    (basin,) = [p for p in ax.patches if isinstance(p, Rectangle)]
    assert basin.get_x() == pytest.approx(-1, abs=1e-6)
    assert basin.get_x() + basin.get_width() == pytest.approx(1.1)


def test_a_walk_follows_the_map():
    ax = plot_cobweb(step, [0.9], (-1.3, 1.1), steps=2, basin=False)
    (walk,) = [line for line in ax.lines if line.get_gid() == "walk"]
    u1 = step(0.9)
    np.testing.assert_allclose(walk.get_xdata(), [0.9, 0.9, u1, u1, step(u1)])
    assert not ax.patches


def test_a_walk_stops_where_it_leaves_the_range():
    ax = plot_cobweb(lambda u: 3 * u, [0.5], (-1, 1))
    (walk,) = [line for line in ax.lines if line.get_gid() == "walk"]
    assert walk.get_xdata().tolist() == [0.5, 0.5, 1.5]


def test_maps_on_arrays_are_welcome():
    ax = plot_cobweb(lambda u: 0.5 * np.atleast_1d(u), [[0.5]], (-1, 1))
    np.testing.assert_allclose(_places(ax, "attracts"), [[0]], atol=1e-9)


@pytest.mark.parametrize(
    ("args", "options", "message"),
    [
        (([2.0], (-1, 1)), {}, "expected starts within -1 to 1"),
        (([0.0], (1, -1)), {}, "expected interval"),
        (([0.0], (-1, 1)), {"steps": 0}, "expected steps >= 1, got steps=0"),
    ],
)
def test_wrong_cobwebs(args, options, message):
    with pytest.raises(ValueError, match=message):
        plot_cobweb(step, *args, **options)
