r"""Any linear system as one a quantum solver can take.

A quantum circuit needs a Hermitian matrix of size :math:`2^m`. A matrix that
is not Hermitian becomes the off-diagonal part of one twice its size
(*dilation*), and a missing row is filled with a number that already is a
singular value, so that padding never changes :math:`\kappa`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qcl._checks import finite_numbers, kind_of
from qcl.solving.stacking.system import LinearSystem

_LARGEST = 4096
_SINGULAR = 1e-12
_SMALLEST_ENTRY = 1e-100


@dataclass(frozen=True, eq=False, repr=False)
class HermitianProblem:
    r"""A Hermitian problem :math:`H z=(b,0)` of size :math:`2^m`.

    Attributes
    ----------
    eigenvalues : ndarray, shape (2**m,)
        Signed, ascending.
    vectors : ndarray, shape (2**m, 2**m)
        Orthonormal eigenvectors, in columns.
    state : ndarray, shape (2**m,)
        The normalised right-hand side.
    rhs_norm : float
        Norm of the original right-hand side.
    solution_slice : slice
        Where the solution of the original system sits.
    reference : ndarray
        The exact solution of the original system.
    dilated : bool
        Whether the matrix had to be made Hermitian.
    """

    eigenvalues: npt.NDArray[np.float64]
    vectors: npt.NDArray
    state: npt.NDArray
    rhs_norm: float
    solution_slice: slice
    reference: npt.NDArray
    dilated: bool

    def __repr__(self) -> str:
        """Say how large it is, and how hard."""
        return (
            f"HermitianProblem({self.qubits} qubits, kappa="
            f"{self.condition_number:.4g}, dilated={self.dilated})"
        )

    @property
    def qubits(self) -> int:
        """Number of qubits m."""
        return int(self.state.size).bit_length() - 1

    @property
    def condition_number(self) -> float:
        r"""The condition number :math:`\kappa`."""
        size = np.abs(self.eigenvalues)
        return float(size.max() / size.min())

    @property
    def amplitudes(self) -> npt.NDArray:
        r"""The state in the eigenbasis, :math:`\beta_j`."""
        return self.vectors.conj().T @ self.state


def paired(system: Any, second: Any) -> tuple[Any, Any]:
    """Read two arrays in a row as the pair (matrix, rhs) they must be.

    Returns
    -------
    system, second
        As they were given, unless ``second`` holds several numbers: then
        it is the right-hand side, and None is left in its place.

    Examples
    --------
    >>> paired([[2, 0], [0, 1]], [1, 1])
    (([[2, 0], [0, 1]], [1, 1]), None)
    """
    if isinstance(second, list | tuple) or np.ndim(second) > 0:
        return (system, second), None
    return system, second


def read_system(system: Any) -> tuple[npt.NDArray, npt.NDArray]:
    """Check a system and return it as a dense matrix and right-hand side.

    Parameters
    ----------
    system : LinearSystem or pair (matrix, rhs)
        A square matrix, dense or sparse, real or complex, of any size.

    Returns
    -------
    matrix : ndarray, shape (size, size)
    rhs : ndarray, shape (size,)

    Raises
    ------
    TypeError
        If it is neither, or does not hold numbers.
    ValueError
        If the matrix is not square, empty, larger than 4096, or not finite;
        if the right-hand side does not fit or is zero.

    Examples
    --------
    >>> matrix, rhs = read_system(([[2, 0], [0, 1]], [1, 1]))
    >>> matrix.dtype, rhs.shape
    (dtype('float64'), (2,))
    """
    if isinstance(system, LinearSystem):
        pair: Any = (system.matrix, system.rhs)
    else:
        pair = system
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise TypeError(
            "expected a stacked LinearSystem or a pair (matrix, rhs), got "
            f"{kind_of(system)}"
        )
    matrix = a_square(pair[0])
    rhs = finite_numbers(pair[1], "the right-hand side", (len(matrix),))
    _check_range(matrix, "the matrix")
    _check_range(rhs, "the right-hand side")
    if not rhs.any():
        raise ValueError(
            "the right-hand side is zero, so the solution is zero and there "
            "is no state to prepare"
        )
    return matrix, rhs


def a_square(matrix: Any) -> npt.NDArray:
    """Return a square matrix of finite numbers, dense and not too large.

    Raises
    ------
    TypeError
        If it does not hold numbers.
    ValueError
        If it is not square, empty, larger than 4096 or not finite.
    """
    if not hasattr(matrix, "shape"):
        matrix = finite_numbers(matrix, "the matrix")
    shape = matrix.shape
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] == 0:
        raise ValueError(
            f"expected a square matrix, got shape {shape}; a least-squares "
            "problem needs its normal equations first"
        )
    if shape[0] > _LARGEST:
        raise ValueError(
            f"the system has {shape[0]} unknowns and a simulator can take "
            f"{_LARGEST}; lower the order or the number of steps"
        )
    square: npt.NDArray = finite_numbers(matrix, "the matrix", shape)
    return square


def _check_range(array: npt.NDArray, what: str) -> None:
    largest = np.abs(array).max(initial=0)
    if largest and not _SMALLEST_ENTRY < largest < 1 / _SMALLEST_ENTRY:
        raise ValueError(
            f"the largest entry of {what} is {largest:.1e}, whose square "
            "leaves the range of floats; rescale the system"
        )


def refuse_singular(norms: npt.NDArray[np.float64]) -> None:
    """Raise ValueError if singular values, descending, reach down to 0."""
    if norms[-1] <= _SINGULAR * norms[0]:
        raise ValueError(
            "the matrix is singular to working precision (smallest singular "
            f"value {norms[-1]:.1e}, largest {norms[0]:.1e}); remove "
            "dependent rows or regularise it"
        )


def embed_hermitian(system: Any) -> HermitianProblem:
    r"""Make a system Hermitian, a power of two in size, and diagonal.

    A non-Hermitian :math:`M` becomes
    :math:`H=\begin{pmatrix}0&M\\M^\dagger&0\end{pmatrix}`, whose eigenvalues
    are :math:`\pm\sigma_i(M)` and whose condition number is that of
    :math:`M`. The eigenvectors are computed classically: this is a
    simulation of the algorithm, not a shortcut that it could take.

    Parameters
    ----------
    system : LinearSystem or pair (matrix, rhs)
        As for :func:`qcl.hhl`.

    Returns
    -------
    HermitianProblem

    Raises
    ------
    TypeError, ValueError
        If the system is not a finite, square one with a non-zero right-hand
        side and at most 4096 unknowns, or the matrix is singular to working
        precision.

    Examples
    --------
    >>> matrix = [[1, 0, 0], [1, 1, 0], [0, 1, 1]]
    >>> problem = embed_hermitian((matrix, [1, 0, 0]))
    >>> problem.qubits, problem.dilated, problem.reference.tolist()
    (3, True, [1.0, -1.0, 1.0])
    """
    matrix, rhs = read_system(system)
    size = len(rhs)
    norms = np.linalg.svd(matrix, compute_uv=False)
    refuse_singular(norms)
    dilated = not np.array_equal(matrix, matrix.conj().T)
    half = 1 << max((size - 1).bit_length(), 0 if dilated else 1)
    square = np.eye(half, dtype=matrix.dtype) * norms[0]
    square[:size, :size] = matrix
    if dilated:
        zero = np.zeros_like(square)
        square = np.block([[zero, square], [square.conj().T, zero]])
    state = np.zeros(len(square), dtype=rhs.dtype)
    rhs_norm = float(np.linalg.norm(rhs))
    state[:size] = rhs / rhs_norm
    eigenvalues, vectors = np.linalg.eigh(square)
    first = half if dilated else 0
    reference = np.linalg.solve(matrix, rhs)
    for array in (eigenvalues, vectors, state, reference):
        array.setflags(write=False)
    return HermitianProblem(
        eigenvalues,
        vectors,
        state,
        rhs_norm,
        slice(first, first + size),
        reference,
        dilated,
    )
