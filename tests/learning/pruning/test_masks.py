import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcl.learning.networks.layout import Layout
from qcl.learning.pruning.masks import (
    magnitude_mask,
    random_mask,
    survivors,
)
from qcl.learning.pruning.schedule import pruning_schedule

weight_lists = st.lists(st.floats(-10, 10), min_size=1, max_size=60)


@given(weights=weight_lists, count=st.integers(1, 60))
def test_survivors_are_the_largest(weights, count):
    count = min(count, len(weights))
    mask = magnitude_mask(weights, count / len(weights))
    size = np.abs(weights)
    assert mask.sum() == count
    assert size[mask].min() >= size[~mask].max(initial=0)


def test_ties_go_to_the_earlier_weight():
    mask = magnitude_mask([1.0, -1.0, 1.0, 2.0], 0.5)
    assert mask.tolist() == [True, False, False, True]


def test_masks_are_read_only():
    mask = magnitude_mask([1.0, 2.0], 0.5)
    with pytest.raises(ValueError, match="read-only"):
        mask[0] = True


def test_each_layer_keeps_its_share():
    layout = Layout((10, 20, 2))
    theta = layout.initial(np.random.default_rng(0))
    theta[layout.layers[1]] *= 1e-3
    mask = magnitude_mask(theta, 0.1, layout.layers)
    for place in layout.layers:
        part = theta[place]
        assert mask[place].sum() == round(0.1 * part.size)
        assert (mask[place] == magnitude_mask(part, 0.1)).all()


def test_a_small_layer_keeps_one_weight():
    halves = [slice(0, 8), slice(8, 10)]
    mask = magnitude_mask(np.arange(10.0), 0.2, halves)
    assert np.flatnonzero(mask).tolist() == [6, 7, 9]


def test_gradual_masks_are_nested():
    rng = np.random.default_rng(0)
    mask = np.ones(200, dtype=bool)
    for fraction in pruning_schedule(0.1, 6):
        new = magnitude_mask(rng.normal(size=200), fraction, among=mask)
        assert not (new & ~mask).any()
        assert new.sum() == round(200 * fraction)
        mask = new


def test_random_masks():
    layout = Layout((10, 20, 2))
    masks = [
        random_mask(
            layout.parameters, 0.25, np.random.default_rng(k), layout.layers
        )
        for k in (0, 0, 1)
    ]
    assert (masks[0] == masks[1]).all()
    assert (masks[0] != masks[2]).any()
    for place in layout.layers:
        share = masks[0][place].mean()
        assert share == pytest.approx(0.25, abs=0.02)


def test_random_masks_favour_no_weight():
    rng = np.random.default_rng(0)
    share = np.mean([random_mask(20, 0.3, rng) for _ in range(2000)], axis=0)
    np.testing.assert_allclose(share, 0.3, atol=0.05)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fraction": 0.0}, "surviving fraction"),
        ({"fraction": 1.1}, "surviving fraction"),
        ({"fraction": 0.1}, "keeps none of 4 weights"),
        ({"layers": [slice(0, 3)]}, "cover the 4 weights once"),
        ({"layers": []}, "cover the 4 weights once"),
        ({"among": [True, False]}, "among as a mask"),
        ({"among": np.array([True, False, False, False])}, "1 survivors"),
        ({"weights": [[1.0, 2.0]]}, "one vector"),
        ({"weights": [1.0, np.nan]}, "finite numbers in the weights"),
    ],
)
def test_wrong_arguments(options, message):
    arguments = {"weights": [1.0, 2.0, 3.0, 4.0], "fraction": 0.5, **options}
    with pytest.raises(ValueError, match=message):
        magnitude_mask(**arguments)


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        (None, [0, 1, 2, 3]),
        ([2, 0], [2, 0]),
        (np.array([False, True, False, True]), [1, 3]),
        (np.array([3], dtype=np.uint8), [3]),
        ([2.0, 1], [2, 1]),
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


def test_a_keep_of_another_kind_is_refused():
    with pytest.raises(TypeError, match="numbers in the surviving weights"):
        survivors("all", 4)


def test_random_masks_take_the_number_of_weights():
    assert (random_mask(9, 0.5, 3) == random_mask(9.0, 0.5, rng=3)).all()
    with pytest.raises(TypeError, match="integer parameters"):
        random_mask(np.array([0.5, -1.0]), 0.5, rng=0)


@pytest.mark.parametrize("layers", [3, [1, 2], [slice(0.5, 2)]])
def test_layers_are_slices(layers):
    with pytest.raises(TypeError, match=r"network\.layers"):
        magnitude_mask([1.0, 2.0], 0.5, layers)
