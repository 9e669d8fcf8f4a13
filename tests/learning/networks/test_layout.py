import numpy as np
import pytest

from qcl.learning.networks.layout import Layout


def test_parameters_and_layers_by_hand():
    layout = Layout((3, 2, 1))
    assert layout.parameters == 3 * 2 + 2 + 2 * 1 + 1
    assert layout.layers == (slice(0, 8), slice(8, 11))
    assert Layout((3, 2, 1), biases=False).parameters == 8


def test_split_reads_row_by_row_then_biases():
    (W, b), (V, c) = Layout((2, 2, 1)).split(np.arange(9.0))
    assert W.tolist() == [[0, 1], [2, 3]]
    assert b.tolist() == [4, 5]
    assert V.tolist() == [[6, 7]]
    assert c.tolist() == [8]


def test_split_without_biases_gives_zeros():
    ((W, b),) = Layout((2, 1), biases=False).split([1.0, 2.0])
    assert W.tolist() == [[1, 2]]
    assert b.tolist() == [0]


@pytest.mark.parametrize("biases", [True, False])
def test_places_agree_with_split(biases):
    layout = Layout((3, 4, 2), biases=biases)
    theta = np.random.default_rng(0).normal(size=layout.parameters)
    full = [np.column_stack([W, b]) for W, b in layout.split(theta)]
    for value, (layer, unit, source) in zip(theta, layout.places, strict=True):
        assert full[layer][unit, source] == value


def test_initial_spread_and_zero_biases():
    layout = Layout((400, 50, 2))
    theta = layout.initial(np.random.default_rng(0), scale=2.0)
    (W, b), _ = layout.split(theta)
    assert abs(W.std() - 2 / 20) < 2e-3
    assert not b.any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sizes": (3,)}, "at least two widths"),
        ({"sizes": (3, 0)}, "at least two widths"),
        ({"sizes": (3, 1.5)}, "at least two widths"),
        ({"sizes": (3, 1), "weight_decay": -1}, "weight_decay >= 0"),
    ],
)
def test_a_wrong_description_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Layout(**arguments)


@pytest.mark.parametrize("theta", [np.zeros(4), np.zeros((3, 2)), [0, 0]])
def test_a_wrong_length_is_refused(theta):
    with pytest.raises(ValueError, match=r"for sizes \(2, 1\) of shape \(3,"):
        Layout((2, 1)).split(theta)


def test_a_column_is_a_vector():
    ((W, b),) = Layout((2, 1)).split([[1], [2], [3]])
    assert (W.tolist(), b.tolist()) == ([[1, 2]], [3])


def test_nothing_of_a_layout_can_be_changed():
    layout = Layout((2, 1))
    with pytest.raises(ValueError, match="read-only"):
        layout.places[0] = 7
    theta = np.zeros(3)
    layout.split(theta)[0][0][:] = 7
    assert not theta.any()


def test_a_seed_is_its_generator():
    layout = Layout((2, 2, 1))
    again = layout.initial(np.random.default_rng(5))
    assert (layout.initial(5) == again).all()
    with pytest.raises(TypeError, match="integer seed"):
        layout.initial(None)
    with pytest.raises(ValueError, match="scale >= 0"):
        layout.initial(0, -1)


def test_a_network_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="20 million would fit"):
        Layout((10**6, 10**6))


def test_weights_must_be_finite():
    with pytest.raises(ValueError, match="finite numbers in the weights"):
        Layout((2, 1)).split([0.0, np.nan, 1.0])
