"""Matrices: every entry, its sign without colour, its blocks."""

import numpy as np
import pytest
from scipy import sparse

from qcl.drawing.matrices import plot_matrix

SMALL = np.array([[0.9, -0.1], [0, 0.81]])


def _large():
    matrix = np.zeros((12, 12))
    matrix[0, 1], matrix[5, 2], matrix[3, 3] = 1.0, -0.5, 1e-9
    return matrix


def _paths(ax, gid):
    return [c.get_paths() for c in ax.collections if c.get_gid() == gid]


def test_small_matrices_show_their_numbers():
    ax = plot_matrix(SMALL)
    assert sorted(t.get_text() for t in ax.texts) == ["0.81", "0.9", "−0.1"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("2 columns", "2 rows")


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array])
def test_signs_can_be_told_without_colour(kind):
    ax = plot_matrix(kind(_large()))
    full, open_ = (
        next(c for c in ax.collections if c.get_gid() == gid)
        for gid in ("positive", "negative")
    )
    assert len(full.get_paths()) == 2
    assert len(open_.get_paths()) == 1
    assert full.get_facecolor().size
    assert not open_.get_facecolor().size
    keys = [t.get_text() for t in ax.texts if t.get_gid() == "key"]
    assert keys == ["□ negative", "■ positive"]


def test_squares_stand_in_their_cells_and_grow_with_the_modulus():
    ax = plot_matrix(_large())
    extents = [p.get_extents() for p in _paths(ax, "positive")[0]]
    centres = [((e.x0 + e.x1) / 2, (e.y0 + e.y1) / 2) for e in extents]
    np.testing.assert_allclose(centres, [(1, 0), (3, 3)])
    assert extents[0].width > extents[1].width > 0.2


def test_row_zero_is_on_top():
    low, high = plot_matrix(_large()).get_ylim()
    assert low > high


def test_blocks_are_ruled_and_labelled():
    ax = plot_matrix(_large(), [4, 8], labels=["a", "b"])
    assert [t.get_text() for t in ax.get_yticklabels()] == ["a", "b"]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["a", "b"]
    lines = [line for line in ax.lines if line.get_gid() == "block"]
    assert list(lines[0].get_ydata()) == [3.5, 3.5]
    assert len(lines) == 2


def test_rectangular_blocks():
    ax = plot_matrix(
        np.ones((2, 3)),
        ([2], [1, 2]),
        labels=["$u$"],
        column_labels=["$u$", "$u^2$"],
    )
    assert [t.get_text() for t in ax.get_xticklabels()] == ["$u$", "$u^2$"]


@pytest.mark.parametrize(
    ("args", "options", "message"),
    [
        (([1, 2],), {}, r"expected a matrix of shape \(m, n\)"),
        (([[1j]],), {}, "expected real numbers in the matrix"),
        (([[np.nan]],), {}, "expected finite numbers in the matrix"),
        ((SMALL, [1, 2]), {}, "expected blocks of rows of sizes >= 1"),
        ((SMALL, [1, 1]), {"labels": ["a"]}, "expected 2 labels"),
        ((np.ones((200, 200)),), {}, "expected at most 20000 entries"),
    ],
)
def test_wrong_matrices(args, options, message):
    with pytest.raises(ValueError, match=message):
        plot_matrix(*args, **options)


def test_a_zero_matrix_is_a_picture_too():
    assert not plot_matrix(np.zeros((20, 20))).collections
