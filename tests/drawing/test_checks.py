"""Wrong data is refused in words that help."""

import numpy as np
import pytest

from qcl.drawing.checks import as_interval, as_series, as_vector


def test_a_column_is_flattened():
    assert as_vector(np.ones((3, 1)), "weights").shape == (3,)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], r"expected weights of shape \(k,\), got shape \(0,\)"),
        (np.ones((2, 2)), "pick one component"),
        ([1j], "expected real weights, got complex"),
    ],
)
def test_wrong_vectors(values, message):
    with pytest.raises(ValueError, match=message):
        as_vector(values, "weights")


def test_wrong_length():
    with pytest.raises(ValueError, match="expected 3 weights, got 2"):
        as_vector([1, 2], "weights", 3)


@pytest.mark.parametrize("series", [{}, [1, 2]])
def test_series_must_be_a_mapping(series):
    with pytest.raises(ValueError, match="expected series as a non-empty"):
        as_series(series, "series")


def test_series_without_a_finite_value():
    with pytest.raises(ValueError, match="expected a finite value in"):
        as_series({"a": [np.nan, np.inf]}, "series")


def test_empty_interval():
    with pytest.raises(ValueError, match="expected interval"):
        as_interval((1, 1))
