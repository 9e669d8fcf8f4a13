import numpy as np
import pytest

from qcl.learning.datasets import digits, two_class


def generator():
    return np.random.default_rng(7)


CASES = {
    "digits": lambda: digits(generator()),
    "digits, 10 components": lambda: digits(generator(), inputs=10),
    "tumours": lambda: two_class(generator()),
    "digits 3 and 8": lambda: two_class(generator(), "digits", inputs=4),
    "wine": lambda: two_class(generator(), "wine", inputs=None),
}


@pytest.fixture(params=CASES, scope="module")
def data(request):
    return CASES[request.param]()


def test_inputs_are_standardised(data):
    assert np.abs(data.X_train.mean(axis=0)).max() < 1e-12
    spread = data.X_train.std(axis=0)
    assert np.all((np.abs(spread - 1) < 1e-9) | (spread == 0))
    assert np.isfinite(data.X_test).all()
    assert data.inputs == data.X_train.shape[1] == data.X_test.shape[1]


def test_classes_are_split_evenly(data):
    for label in np.unique(data.y_train):
        test, train = (y == label for y in (data.y_test, data.y_train))
        share = test.sum() / (test.sum() + train.sum())
        assert share == pytest.approx(0.2, abs=0.02)
    assert len(np.unique(data.y_train)) == len(data.classes)


def test_arrays_are_read_only(data):
    with pytest.raises(ValueError, match="read-only"):
        data.X_train[0, 0] = 0.0


@pytest.mark.parametrize(
    ("name", "samples", "measurements"),
    [("breast cancer", 569, 30), ("digits", 357, 64), ("wine", 119, 13)],
)
def test_sizes_are_as_documented(name, samples, measurements):
    data = two_class(generator(), name, inputs=None)
    assert len(data.X_train) + len(data.X_test) == samples
    assert data.inputs == measurements
    assert set(data.y_train) == {-1.0, 1.0}


def test_the_generator_decides_the_split():
    first, second = two_class(generator()), two_class(generator())
    other = two_class(np.random.default_rng(8))
    np.testing.assert_array_equal(first.X_train, second.X_train)
    assert not np.array_equal(first.X_train, other.X_train)


def test_components_are_uncorrelated():
    X = two_class(generator(), inputs=4).X_train
    np.testing.assert_allclose(X.T @ X / len(X), np.eye(4), atol=1e-10)


def test_the_task_is_learnable_from_few_components():
    data = two_class(generator(), inputs=3)
    X = np.column_stack([data.X_train, np.ones(len(data.X_train))])
    w = np.linalg.lstsq(X, data.y_train, rcond=None)[0]
    guess = data.X_test @ w[:-1] + w[-1]
    assert np.mean(np.sign(guess) == data.y_test) > 0.9


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"test_fraction": 0.0}, "test_fraction between"),
        ({"test_fraction": 1.0}, "test_fraction between"),
        ({"inputs": 0}, r"inputs in 1\.\.30"),
        ({"inputs": 31}, r"inputs in 1\.\.30"),
        ({"name": "moons"}, "expected one of"),
    ],
)
def test_wrong_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        two_class(generator(), **options)
