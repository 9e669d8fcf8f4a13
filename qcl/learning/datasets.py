r"""Small real data sets, shipped with scikit-learn and loaded offline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qcl.lifting.algebra.basis import Floats, Indices

_TWO_CLASS = ("breast cancer", "digits", "wine")


@dataclass(frozen=True, eq=False)
class Dataset:
    """Training and test samples; the arrays are read-only.

    Attributes
    ----------
    X_train, X_test : ndarray, shape (samples, inputs)
        Inputs; over the training samples each has mean 0 and variance 1.
    y_train, y_test : ndarray, shape (samples,)
        Labels 0, 1, ... (int64) or targets -1.0 and 1.0 (float64).
    classes : tuple of str
        Names of the classes, label 0 or target -1 first.
    description : str
        What it is, in one line.
    """

    X_train: Floats
    y_train: npt.NDArray
    X_test: Floats
    y_test: npt.NDArray
    classes: tuple[str, ...]
    description: str

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.X_train, self.y_train, self.X_test, self.y_test):
            array.flags.writeable = False

    @property
    def inputs(self) -> int:
        """Number of inputs."""
        return int(self.X_train.shape[1])


def digits(
    rng: np.random.Generator,
    test_fraction: float = 0.2,
    inputs: int | None = None,
) -> Dataset:
    """Load 1,797 handwritten digits of 8 x 8 pixels, in ten classes.

    Parameters
    ----------
    rng : numpy Generator
        Splits the samples, class by class.
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
    rng: np.random.Generator,
    name: str = "breast cancer",
    test_fraction: float = 0.2,
    inputs: int | None = 3,
) -> Dataset:
    """Load a task of two classes with targets -1 and 1 and few inputs.

    Parameters
    ----------
    rng : numpy Generator
        Splits the samples, class by class.
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

    if name not in _TWO_CLASS:
        raise ValueError(f"expected one of {_TWO_CLASS}, got {name!r}")
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
    rng: np.random.Generator,
    test_fraction: float,
    inputs: int | None,
) -> Dataset:
    """Split, standardise by the training samples, keep some components."""
    if not 0 < test_fraction < 1:
        raise ValueError(
            f"expected test_fraction between 0 and 1, got {test_fraction}"
        )
    if inputs is not None and not 1 <= inputs <= X.shape[1]:
        raise ValueError(
            f"expected inputs in 1..{X.shape[1]}, got inputs={inputs}"
        )
    train, test = _split(y, test_fraction, rng)
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
