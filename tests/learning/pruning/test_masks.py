import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcl.learning.networks.layout import Layout
from qcl.learning.pruning.masks import (
    magnitude_mask,
    pruning_schedule,
    random_mask,
)

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


@pytest.mark.parametrize("shape", ["cubic", "geometric"])
def test_schedules_fall_to_the_fraction(shape):
    schedule = pruning_schedule(0.1, 8, shape)
    assert (np.diff(schedule) < 0).all()
    assert schedule[0] < 1
    assert schedule[-1] == pytest.approx(0.1)
    assert pruning_schedule(0.1, 1, shape).tolist() == pytest.approx([0.1])


def test_schedules_by_hand():
    cubic = pruning_schedule(0.2, 2)
    assert cubic.tolist() == pytest.approx([0.2 + 0.8 / 8, 0.2])
    geometric = pruning_schedule(0.01, 2, "geometric")
    assert geometric.tolist() == pytest.approx([0.1, 0.01])


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
    ("arguments", "message"),
    [
        ((0.0, 3), "surviving fraction"),
        ((0.5, 0), "rounds >= 1"),
        ((0.5, 3, "linear"), "expected one of"),
    ],
)
def test_wrong_schedules(arguments, message):
    with pytest.raises(ValueError, match=message):
        pruning_schedule(*arguments)
