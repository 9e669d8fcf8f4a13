"""Bars with error bars, and the filter of HHL."""

import numpy as np
import pytest

from qcl.drawing.measured import plot_bars, plot_filter
from qcl.drawing.style import new_axes


def test_bars_have_the_heights_given():
    ax = plot_bars(["a", "b"], [0.6, -0.8], [0.1, 0.2], [0.5, -0.7])
    assert [p.get_height() for p in ax.patches] == [0.6, -0.8]
    marks = ax.lines[-1]
    np.testing.assert_allclose(marks.get_ydata(), [0.5, -0.7])
    (bars,) = [c for c in ax.collections if len(c.get_segments()) == 2]
    spans = [np.ptp(s[:, 1]) for s in bars.get_segments()]
    np.testing.assert_allclose(spans, [0.2, 0.4])
    names = [t.get_text() for t in ax.get_legend().get_texts()]
    assert names == ["quantum", "gradient descent"]


def test_bars_alone_need_no_key():
    ax = plot_bars(["00", "01"], [0.4, 0.6], ylabel="probability")
    assert ax.get_legend() is None
    assert ax.get_ylabel() == "probability"
    assert [t.get_text() for t in ax.get_xticklabels()] == ["00", "01"]


def test_many_labels_are_turned():
    ax = plot_bars([f"{k:04b}" for k in range(16)], np.ones(16))
    assert {t.get_rotation() for t in ax.get_xticklabels()} == {90}


def test_long_mathematics_is_short_on_the_page():
    """What counts is the width on the page, not the markup."""
    names = [rf"$\mathrm{{{c}}}_{{\theta}}$" for c in "abcdefg"]
    ax = plot_bars(names, np.ones(7))
    assert {t.get_rotation() for t in ax.get_xticklabels()} == {0}
    ax = plot_bars(names, np.ones(7), ax=new_axes(width=1.2)[1])
    assert {t.get_rotation() for t in ax.get_xticklabels()} == {90}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((["a"], [1, 2]), "expected 1 values, got 2"),
        ((["a"], [np.nan]), "expected finite values"),
        ((["a"], [1], [-1]), "expected errors >= 0, got -1"),
        ((["a"], [1], None, [1, 2]), "expected 1 references, got 2"),
    ],
)
def test_wrong_bars(args, message):
    with pytest.raises(ValueError, match=message):
        plot_bars(*args)


def test_the_filter_stands_beside_the_inverse():
    grid = np.linspace(0.1, 1, 50)
    ax = plot_filter(
        [0.5, 1],
        [0.2, 0.8],
        [0.4, 0.2],
        constant=0.2,
        curve=(grid, 0.2 / grid),
        bins=[0.25, 0.5, 0.75, 1],
    )
    dashed = [line for line in ax.lines if line.is_dashed()]
    x, y = dashed[0].get_data()
    np.testing.assert_allclose(x * y, 0.2)
    sizes = ax.collections[0].get_sizes() - 20
    assert sizes[0] / sizes[1] == pytest.approx(0.25)
    (bins,) = [line for line in ax.lines if line.get_gid() == "bin"]
    assert bins.get_xdata().tolist() == [0.25, 0.5, 0.75, 1]
    texts = [t.get_text() for t in ax.texts]
    assert texts == [r"$C/\lambda$", r"$f(\lambda)$"]


def test_both_signs_have_both_branches():
    ax = plot_filter([-0.5, 1], [1, 1], [-0.4, 0.2], constant=0.2)
    dashed = [line for line in ax.lines if line.is_dashed()]
    assert [np.sign(line.get_xdata()[0]) for line in dashed] == [-1, 1]
    assert ax.get_xlim()[0] < -0.5


@pytest.mark.parametrize(
    ("args", "constant", "message"),
    [
        (([0, 1], [1, 1], [1, 1]), 0.2, "expected eigenvalues other than 0"),
        (([1], [-1], [1]), 0.2, "expected weights >= 0"),
        (([1], [1], [1, 2]), 0.2, "expected 1 filter values, got 2"),
        (([1], [1], [1]), 0, "expected a finite constant other than 0"),
    ],
)
def test_wrong_filters(args, constant, message):
    with pytest.raises(ValueError, match=message):
        plot_filter(*args, constant=constant)
