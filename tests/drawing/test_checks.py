"""Wrong data is refused in words that help."""

import numpy as np
import pytest

from qcl.drawing._checks import (
    a_text,
    as_interval,
    as_list,
    as_mapping,
    as_series,
    as_texts,
    as_vector,
    one_number,
)


def test_a_column_is_flattened():
    assert as_vector(np.ones((3, 1)), "weights").shape == (3,)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], r"expected weights of shape \(k,\), got shape \(0,\)"),
        (np.ones((2, 2)), "pick one component"),
        ([1j], "expected real numbers in weights, got complex"),
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


@pytest.mark.parametrize(
    "values", ["abc", b"abc", np.array(3), 3, None, iter([1])]
)
def test_what_is_no_sequence(values):
    with pytest.raises(TypeError, match="expected a sequence of labels"):
        as_list(values, "labels")


def test_a_sequence_too_long_is_left():
    with pytest.raises(ValueError, match="expected at most 5 labels"):
        as_list(range(10**30), "labels", 5)


def test_numbers_are_labels_too():
    assert as_texts(np.array([1, 2]), "labels") == ["1", "2"]
    with pytest.raises(TypeError, match="expected xlabel as text, got None"):
        a_text(None, "xlabel")


def test_none_maps_nothing():
    assert as_mapping(None, "marks") == {}
    with pytest.raises(TypeError, match="expected a mapping of marks, got a"):
        as_mapping([1], "marks")


def test_one_number_in_any_shape():
    assert one_number([[2.5]], "the loss") == 2.5
    with pytest.raises(ValueError, match="expected one number as the loss"):
        one_number([1, 2], "the loss")


def test_a_number_beyond_any_axis():
    with pytest.raises(ValueError, match="an axis cannot show them"):
        as_vector([1e200], "weights")
