import numpy as np
import pytest

from qcl.learning.datasets import Dataset, digits, two_class


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
        ({"test_fraction": 0.0}, "test_fraction > 0 and < 1"),
        ({"test_fraction": 1.0}, "test_fraction > 0 and < 1"),
        ({"inputs": 0}, "inputs >= 1"),
        ({"inputs": 31}, "inputs <= 30"),
        ({"name": "moons"}, "name to be one of"),
    ],
)
def test_wrong_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        two_class(generator(), **options)


def test_a_seed_is_its_generator():
    for load in (digits, two_class):
        same = load(7).X_train == load(generator()).X_train
        assert same.all()
        with pytest.raises(TypeError, match="integer seed"):
            load(None)


X, NAMES = [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], ("first", "second")


def made(y, classes=NAMES, **other):
    given = {"X_train": X, "y_train": y, "X_test": X[:2], "y_test": y[:2]}
    return Dataset(**{**given, **other}, classes=classes, description="Own")


@pytest.mark.parametrize(
    ("y", "kept", "kind"),
    [
        ([-1, 1, 1], [-1, 1, 1], "f"),
        ([0, 1, 1], [0, 1, 1], "i"),
        ([0.0, 1.0, 1.0], [0, 1, 1], "i"),
        ([False, True, True], [0, 1, 1], "i"),
        (np.array([True, False, True]), [1, 0, 1], "i"),
        ([[-1], [1], [-1]], [-1, 1, -1], "f"),
    ],
)
def test_labels_and_targets_are_kept(y, kept, kind):
    data = made(y)
    assert data.y_train.tolist() == kept
    assert data.y_test.tolist() == kept[:2]
    assert data.y_train.dtype.kind == data.y_test.dtype.kind == kind
    assert data.description == "Own"


def test_two_other_values_become_signs_and_that_is_said():
    data = made([8, 3, 8])
    assert data.y_train.tolist() == [1.0, -1.0, 1.0]
    assert data.y_test.tolist() == [1.0, -1.0]
    assert data.description == "Own; targets: 3 becomes -1, 8 becomes 1"
    # the values of both parts together decide
    assert made([8, 8, 8], y_test=[3, 8]).y_test.tolist() == [-1.0, 1.0]


def test_without_classes_it_is_a_regression():
    data = made([0.3, 7.0, -2.0], classes=())
    assert data.y_train.tolist() == [0.3, 7.0, -2.0]
    with pytest.raises(ValueError, match=r"leave the classes out"):
        made([0.3, 7.0, -2.0])
    with pytest.raises(ValueError, match=r"labels 0\.\.2 of the 3 classes"):
        made([0, 1, 3], classes=("a", "b", "c"))


def test_the_arrays_are_copies():
    mine = np.array(X), np.array([-1.0, 1.0, 1.0])
    data = Dataset(*mine, *mine, NAMES, "Own")
    mine[0][:], mine[1][:] = 9.0, 1.0
    assert data.X_train.tolist() == X
    assert data.y_test.tolist() == [-1.0, 1.0, 1.0]
    for array in (data.X_train, data.y_train, data.X_test, data.y_test):
        assert not array.flags.writeable


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"X_train": [1.0, 2.0]},
            ValueError,
            r"X_train of shape \(any,",
        ),
        ({"X_test": [[1.0], [2.0]]}, ValueError, r"X_test of shape \(any, 2"),
        ({"y_train": [1, -1]}, ValueError, r"y_train of shape \(3,\)"),
        ({"y_test": [1, -1, 1]}, ValueError, r"y_test of shape \(2,\)"),
        ({"X_train": [[np.nan, 0.0]] * 3}, ValueError, "finite"),
        ({"X_train": "data"}, TypeError, "numbers in X_train"),
        ({"classes": "ab"}, TypeError, "names of the classes"),
    ],
)
def test_samples_that_do_not_fit_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        made([1, -1, 1], **options)


def test_it_is_short_at_a_prompt():
    assert repr(made([1, -1, 1])) == "Dataset('Own', 3 + 2 samples, 2 inputs)"
