import numpy as np
import pytest

from qcl.learning.survivors import survivors


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        (None, [0, 1, 2, 3]),
        ([2, 0], [2, 0]),
        (np.array([False, True, False, True]), [1, 3]),
        (np.array([3], dtype=np.uint8), [3]),
    ],
)
def test_survivors_are_indices(keep, expected):
    assert survivors(keep, 4).tolist() == expected


@pytest.mark.parametrize(
    ("keep", "message"),
    [
        ([True, False], "expected a mask of shape"),
        ([False] * 4, "at least one"),
        ([], "at least one"),
        ([1, 1], "distinct"),
        ([4], r"0\.\.3"),
        ([-1], r"0\.\.3"),
        ([0.5], r"0\.\.3"),
    ],
)
def test_a_wrong_keep_is_refused(keep, message):
    with pytest.raises(ValueError, match=message):
        survivors(keep, 4)
