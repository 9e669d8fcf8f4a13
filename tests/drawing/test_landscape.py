"""A descent on the curve of its loss."""

import numpy as np
import pytest

from qcl.drawing.landscape import plot_landscape


def test_the_path_lies_on_the_loss():
    ax = plot_landscape(lambda w: w**2, [[1.0], [0.5], [0.25]])
    curve, path = ax.lines
    np.testing.assert_allclose(path.get_ydata(), [1, 0.25, 0.0625])
    np.testing.assert_allclose(curve.get_ydata(), curve.get_xdata() ** 2)
    assert [t.get_text() for t in ax.texts] == ["start", "step 2"]


def test_a_grid_of_losses_will_do():
    x = np.linspace(-1, 1, 201)
    ax = plot_landscape((x, x**2), [0.5, 0.1], interval=(0, 1))
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [0.25, 0.01])
    assert ax.get_xlim() == (0, 1)


def test_a_path_outside_the_grid():
    with pytest.raises(ValueError, match="expected a path within the grid"):
        plot_landscape(([0, 1], [0, 1]), [2, 0.5])


def test_a_diverging_path():
    with pytest.raises(ValueError, match="expected a finite path"):
        plot_landscape(lambda w: w, [1, np.inf])


def test_a_grid_that_falls():
    with pytest.raises(ValueError, match="expected rising weights"):
        plot_landscape(([1, 0], [0, 1]), [0.5])
