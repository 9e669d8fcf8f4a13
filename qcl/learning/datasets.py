r"""Small real data sets, shipped with scikit-learn and loaded offline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qcl._checks import (
    a_choice,
    a_count,
    a_generator,
    a_number,
    finite_reals,
    kind_of,
)
from qcl.lifting.algebra.basis import Floats, Indices

_TWO_CLASS = ("breast cancer", "digits", "wine")


@dataclass(frozen=True, eq=False)
class Dataset:
    """Training and test samples; copies that are read-only.

    Parameters
    ----------
    X_train, X_test : array of shape (samples, inputs)
        Inputs; those of :func:`digits` and :func:`two_class` have mean 0 and
        variance 1 over the training samples.
    y_train, y_test : array of shape (samples,)
        Labels 0, 1, ... of the classes; or targets -1 and 1 of two classes,
        or any other two values, of which the smaller becomes -1 and the
        larger 1; or, without classes, any numbers: a regression.
    classes : sequence of str
        Names of the classes, that of label 0 or target -1 first.
    description : str
        What it is, in one line.

    Attributes
    ----------
    X_train, y_train, X_test, y_test : ndarray
        Labels are int64, targets float64.
    classes : tuple of str
    description : str
        With the targets, if they were changed.

    Raises
    ------
    TypeError
        If an argument is of another kind.
    ValueError
        If shapes do not fit, or y names no classes.

    Examples
    --------
    >>> X, y = [[0.1], [0.2], [0.7]], [3, 3, 8]
    >>> data = Dataset(X, y, X, y, ("three", "eight"), "Digits")
    >>> data.y_train.tolist(), data.description
    ([-1.0, -1.0, 1.0], 'Digits; targets: 3 becomes -1, 8 becomes 1')
    """

    X_train: Floats
    y_train: npt.NDArray
    X_test: Floats
    y_test: npt.NDArray
    classes: tuple[str, ...]
    description: str

    def __post_init__(self) -> None:
        """Check the samples; keep read-only copies."""
        if not isinstance(self.description, str):
            raise TypeError(
                "expected a description in words, got "
                f"{kind_of(self.description)}"
            )
        words = self.classes
        named = isinstance(words, list | tuple)
        if not named or not all(isinstance(word, str) for word in words):
            raise TypeError(
                "expected the names of the classes as strings, got "
                f"{kind_of(words)}; leave them out, (), for a regression"
            )
        kept: dict[str, Any] = {"classes": tuple(words)}
        inputs = None
        for part in ("train", "test"):
            name = f"X_{part}"
            X = finite_reals(getattr(self, name), name, shape=(None, inputs))
            if not X.size:
                raise ValueError(f"expected at least one sample in {name}")
            inputs = X.shape[1]
            kept[name] = X
        y_train, y_test, remark = self._targets(
            len(kept["X_train"]), len(kept["X_test"])
        )
        kept.update(y_train=y_train, y_test=y_test)
        kept["description"] = self.description + remark
        for name, value in kept.items():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
            object.__setattr__(self, name, value)

    def _targets(
        self, train: int, test: int
    ) -> tuple[npt.NDArray, npt.NDArray, str]:
        """Return labels or targets, and a remark if they were mapped."""
        given = [
            _numbers(self.y_train, "y_train", train),
            _numbers(self.y_test, "y_test", test),
        ]
        values = np.unique(np.concatenate(given))
        count = len(self.classes)
        if not count or (count == 2 and set(values) <= {-1.0, 1.0}):
            return given[0], given[1], ""
        if np.isin(values, np.arange(count)).all():
            labels = [y.astype(np.int64) for y in given]
            return labels[0], labels[1], ""
        if count != 2 or values.size != 2:
            raise ValueError(
                f"expected targets -1 and 1, labels 0..{count - 1} of the "
                f"{count} classes or two other values, got {values.size} "
                f"values from {values[0]:g} to {values[-1]:g}; leave the "
                "classes out, (), for a regression"
            )
        low, high = values
        signs = [np.where(y == low, -1.0, 1.0) for y in given]
        remark = f"; targets: {low:g} becomes -1, {high:g} becomes 1"
        return signs[0], signs[1], remark

    def __repr__(self) -> str:
        """Say what matters at a prompt."""
        sizes = f"{len(self.y_train)} + {len(self.y_test)} samples"
        return f"Dataset({self.description!r}, {sizes}, {self.inputs} inputs)"

    @property
    def inputs(self) -> int:
        """Number of inputs."""
        return int(self.X_train.shape[1])


def _numbers(y: Any, name: str, samples: int) -> Floats:
    """Return labels or targets as numbers; booleans count as 0 and 1."""
    entries = y.ravel() if isinstance(y, np.ndarray) else y
    several = isinstance(entries, np.ndarray | list | tuple)
    if several and all(
        isinstance(entry, bool | np.bool_) for entry in entries
    ):
        y = np.array(y, dtype=float)
    return finite_reals(y, name, shape=(samples,))


def digits(
    rng: int | np.random.Generator,
    test_fraction: float = 0.2,
    inputs: int | None = None,
) -> Dataset:
    """Load 1,797 handwritten digits of 8 x 8 pixels, in ten classes.

    Parameters
    ----------
    rng : int or numpy Generator
        Seed or source of randomness: splits the samples, class by class.
    test_fraction : float
        Share of each class kept for testing, in (0, 1).
    inputs : int, optional
        Keep this many principal components; by default all 64 pixels
        (those that never change are 0).

    Returns
    -------
    Dataset
        Labels 0 to 9.

    Raises
    ------
    TypeError
        If an argument is of another kind.
    ValueError
        If an argument is out of range.

    References
    ----------
    Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI
    Machine Learning Repository (1998), as shipped with scikit-learn.

    Examples
    --------
    >>> import numpy as np
    >>> data = digits(np.random.default_rng(0))
    >>> data.X_train.shape, data.X_test.shape, len(data.classes)
    ((1438, 64), (359, 64), 10)
    """
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    names = tuple(str(k) for k in range(10))
    text = "Handwritten digits, 8 x 8 pixels, ten classes"
    return _dataset(X, y, names, text, rng, test_fraction, inputs)


def two_class(
    rng: int | np.random.Generator,
    name: str = "breast cancer",
    test_fraction: float = 0.2,
    inputs: int | None = 3,
) -> Dataset:
    """Load a task of two classes with targets -1 and 1 and few inputs.

    Parameters
    ----------
    rng : int or numpy Generator
        Seed or source of randomness: splits the samples, class by class.
    name : {"breast cancer", "digits", "wine"}
        569 tumours, malignant or benign, 30 measurements; 357 handwritten
        threes and eights, 64 pixels; or 119 wines of the last two of
        three growers, 13 measurements.
    test_fraction : float
        Share of each class kept for testing, in (0, 1).
    inputs : int, optional
        Keep this many principal components, 3 by default; None keeps all
        measurements.

    Returns
    -------
    Dataset

    Raises
    ------
    TypeError
        If an argument is of another kind.
    ValueError
        If an argument is out of range.

    References
    ----------
    UCI Machine Learning Repository, as shipped with scikit-learn.

    Examples
    --------
    >>> import numpy as np
    >>> data = two_class(np.random.default_rng(0), inputs=2)
    >>> data.X_train.shape, sorted(set(data.y_train.tolist()))
    ((456, 2), [-1.0, 1.0])
    """
    from sklearn import datasets

    name = a_choice(name, _TWO_CLASS, "name")
    if name == "breast cancer":
        X, y = datasets.load_breast_cancer(return_X_y=True)
        names, text = ("malignant", "benign"), "Breast tumours"
        pair: Sequence[int] = (0, 1)
    elif name == "digits":
        X, y = datasets.load_digits(return_X_y=True)
        names, text, pair = ("3", "8"), "Handwritten threes, eights", (3, 8)
    else:
        X, y = datasets.load_wine(return_X_y=True)
        names, text, pair = ("grower 2", "grower 3"), "Wines", (1, 2)
    chosen = np.isin(y, pair)
    sign = np.where(y[chosen] == pair[0], -1.0, 1.0)
    text = f"{text}: {names[0]} (-1) or {names[1]} (+1)"
    return _dataset(X[chosen], sign, names, text, rng, test_fraction, inputs)


def _dataset(
    X: Floats,
    y: npt.NDArray,
    classes: tuple[str, ...],
    description: str,
    rng: int | np.random.Generator,
    test_fraction: float,
    inputs: int | None,
) -> Dataset:
    """Split, standardise by the training samples, keep some components."""
    share = a_number(test_fraction, "test_fraction", above=0, below=1)
    if inputs is not None:
        inputs = a_count(inputs, "inputs", least=1, most=X.shape[1])
    train, test = _split(y, share, a_generator(rng))
    X_train, X_test = _standardised(X[train], X[test])
    if inputs is not None:
        axes = _principal_axes(X_train, inputs)
        X_train, X_test = _standardised(X_train @ axes, X_test @ axes)
        description += f", {inputs} principal components"
    return Dataset(X_train, y[train], X_test, y[test], classes, description)


def _split(
    y: npt.NDArray, test_fraction: float, rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """Split each class by the same share, then shuffle."""
    train: list[Any] = []
    test: list[Any] = []
    for label in np.unique(y):
        members = rng.permutation(np.flatnonzero(y == label))
        count = min(
            max(1, round(test_fraction * members.size)), members.size - 1
        )
        test.append(members[:count])
        train.append(members[count:])
    return (
        rng.permutation(np.concatenate(train)),
        rng.permutation(np.concatenate(test)),
    )


def _standardised(train: Floats, test: Floats) -> tuple[Floats, Floats]:
    """Give each input mean 0 and variance 1 over the training samples."""
    mean, spread = train.mean(axis=0), train.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    return (train - mean) / spread, (test - mean) / spread


def _principal_axes(X: Floats, count: int) -> Floats:
    """Directions of largest variance, each with a positive largest entry."""
    axes = np.linalg.svd(X, full_matrices=False)[2][:count].T
    largest = np.abs(axes).argmax(axis=0)
    return axes * np.sign(axes[largest, np.arange(count)])
