r"""A matrix that is not unitary as the corner of a circuit that is.

A circuit U on a ancillas and m data qubits encodes A with subnormalisation
:math:`\alpha` if :math:`\langle0^a|U|0^a\rangle=A/\alpha`. Two encodings:

:func:`dilation`
    of any matrix, on one ancilla with :math:`\alpha=\|A\|`, the smallest
    possible. As dense as the matrix: about :math:`4^{m+1}/2` two-qubit
    gates.
:func:`time_shift`
    of a stacked system. :math:`M=I-S\otimes B` is a sum of two unitaries
    once the shift S is an increment whose carry is thrown away and B is
    dilated alone, so that a doubled number of steps costs one more qubit
    and a longer increment, not a larger matrix.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from qcl._checks import finite_numbers, is_noun, kind_of
from qcl.solving.solution.simulation import alone, labels
from qcl.solving.stacking.hermitian import a_square
from qcl.solving.stacking.system import LinearSystem

Wires = Sequence[Any]

_MOST_ROWS = 4096


class Gates(Protocol):
    """What makes the operators of U on some wires."""

    def __call__(self, ancillas: Wires, data: Wires) -> list[Any]:
        """Return them in the order in which they act."""


@dataclass(frozen=True, eq=False, repr=False)
class BlockEncoding:
    r"""A circuit U with :math:`\langle0^a|U|0^a\rangle=A/\alpha`.

    Attributes
    ----------
    block : ndarray, shape (2**m, 2**m)
        :math:`A/\alpha`, padded.
    subnormalisation : float
        :math:`\alpha`.
    ancillas : int
        Number of ancilla qubits a.
    place : ndarray of int
        Row of the block for each unknown of the system.
    gates : callable
        ``gates(ancillas, data)`` lists U as PennyLane operators.
    """

    block: npt.NDArray
    subnormalisation: float
    ancillas: int
    place: npt.NDArray[np.int64]
    gates: Gates

    def __repr__(self) -> str:
        """Say how large it is, and what it divides by."""
        return (
            f"BlockEncoding({len(self.place)} rows on {self.data} qubits, "
            f"{self.ancillas} ancillas, subnormalisation="
            f"{self.subnormalisation:.4g})"
        )

    @property
    def data(self) -> int:
        """Number of data qubits m."""
        return len(self.block).bit_length() - 1

    def operations(self, wires: Wires) -> list[Any]:
        """Return U as PennyLane operators, ancillas first.

        Raises
        ------
        TypeError, ValueError
            If these are not ``ancillas + data`` different wires.
        """
        wires = labels(wires, self.ancillas + self.data)
        with alone():
            return self.gates(wires[: self.ancillas], wires[self.ancillas :])

    def unitary(self) -> npt.NDArray:
        """Return the matrix of U, ancillas most significant."""
        import pennylane as qml

        wires = range(self.ancillas + self.data)
        with alone():
            script = qml.tape.QuantumScript(self.operations(wires))
            return np.asarray(qml.matrix(script, wire_order=wires))

    def start(self, rhs: npt.ArrayLike) -> npt.NDArray:
        """Place a right-hand side on the data qubits, normalised.

        Raises
        ------
        TypeError, ValueError
            If it does not hold one number for each unknown, or only zeros.
        """
        b = finite_numbers(rhs, "the right-hand side", self.place.shape)
        largest = np.abs(b).max(initial=0)
        if not largest:
            raise ValueError("the right-hand side is zero, which is no state")
        b = b / largest
        state = np.zeros(len(self.block), dtype=b.dtype)
        state[self.place] = b / np.linalg.norm(b)
        return state


def dilation(matrix: npt.ArrayLike) -> BlockEncoding:
    r"""Encode any square matrix on one ancilla, from its singular vectors.

    .. math::

        U=\begin{pmatrix}A&\sqrt{I-AA^\dagger}\\
        \sqrt{I-A^\dagger A}&-A^\dagger\end{pmatrix},\qquad
        A=M/\|M\|.

    Rows up to the next power of two are filled with :math:`\|M\|`, which is
    a singular value already and leaves :math:`\kappa` as it is.

    Parameters
    ----------
    matrix : array of shape (d, d)
        Dense or sparse, real or complex, not zero; d up to 4096.

    Returns
    -------
    BlockEncoding

    Raises
    ------
    TypeError
        If it does not hold numbers.
    ValueError
        If the matrix is not square, is zero or too large, or its norm
        leaves the range of floats.

    References
    ----------
    Gilyen, Su, Low, Wiebe, STOC (2019) 193: block-encodings.

    Examples
    --------
    >>> encoding = dilation(np.array([[0.0, 2.0], [1.0, 0.0]]))
    >>> encoding.subnormalisation, encoding.unitary()[:2, :2].real.tolist()
    (2.0, [[0.0, 1.0], [0.5, 0.0]])
    """
    array = a_square(matrix)
    size, largest = len(array), float(np.abs(array).max())
    if largest == 0:
        raise ValueError("the zero matrix has no scale to divide by")
    array /= largest
    norm = float(np.linalg.norm(array, 2))
    alpha = largest * norm
    if not 0 < alpha < np.inf:
        raise ValueError(
            f"the norm of the matrix, about {largest:.1e}, leaves the range "
            "of floats; rescale it"
        )
    padded = np.eye(1 << max(1, (size - 1).bit_length()), dtype=array.dtype)
    padded[:size, :size] = array / norm
    place = np.arange(size)
    for part in (padded, place):
        part.setflags(write=False)
    return BlockEncoding(padded, alpha, 1, place, _Dilation(padded))


@dataclass(frozen=True, eq=False)
class _Dilation:
    """The gate of :func:`dilation`."""

    block: npt.NDArray

    def __call__(self, ancillas: Wires, data: Wires) -> list[Any]:
        import pennylane as qml

        return [qml.QubitUnitary(_dilated(self.block), [*ancillas, *data])]


def _dilated(block: npt.NDArray) -> npt.NDArray:
    """Complete a contraction to a unitary of twice its size."""
    U, sigma, Vh = np.linalg.svd(block)
    sigma = np.minimum(sigma, 1)
    rest = np.sqrt((1 - sigma) * (1 + sigma))
    V, Uh = Vh.conj().T, U.conj().T
    return np.block(
        [
            [(U * sigma) @ Vh, (U * rest) @ Uh],
            [(V * rest) @ Vh, -(V * sigma) @ Uh],
        ]
    )


def time_shift(system: LinearSystem) -> BlockEncoding:
    r"""Encode a stacked system as :math:`I-S\otimes B`, by its structure.

    Three ancillas. The first, rotated by the weights 1 and
    :math:`\|B\|` before and back after, controls an increment of the time
    register and a dilation of B; the second takes the carry, which a last
    slice would bring back to t = 0; the third dilates B. Then
    :math:`\alpha=1+\|B\|`. The slices are placed at the end of the time
    register, where they need no comparison with T: those before the first
    one hold zero.

    Parameters
    ----------
    system : LinearSystem
        The same lifting in each step, and no padding.

    Returns
    -------
    BlockEncoding

    Raises
    ------
    TypeError
        If it is not a stacked system.
    ValueError
        If the steps differ, the system is padded or it is too large.

    References
    ----------
    Sum of unitaries: Childs and Wiebe, Quantum Inf. Comput. 12:901 (2012);
    the encoding is derived in chapter 11 of the book.

    Examples
    --------
    >>> import qcl
    >>> lifting = qcl.lift(qcl.PolynomialMap({1: [[-0.5]]}), order=1)
    >>> encoding = time_shift(qcl.stack(lifting, [1.0], T=1))
    >>> (1.5 * encoding.unitary()[:2, :2]).real.round(12).tolist()
    [[1.0, 0.0], [-0.5, 1.0]]
    """
    B = _common_step(system)
    size, slices = len(B), system.steps + 1
    k, m = (slices - 1).bit_length(), (size - 1).bit_length()
    if 2 ** (k + m) > _MOST_ROWS:
        raise ValueError(
            f"the padded system has {2 ** (k + m)} rows and a simulator can "
            f"take {_MOST_ROWS}; lower the order or the number of steps"
        )
    padded = np.zeros((2**m, 2**m))
    padded[:size, :size] = B
    beta = float(np.linalg.norm(B, 2))
    contraction = _dilated(padded / beta if beta else padded)
    shift = np.eye(2**k, k=-1)
    block = (np.eye(2 ** (k + m)) - np.kron(shift, padded)) / (1 + beta)
    t = np.arange(2**k - slices, 2**k)
    place = (t[:, None] * 2**m + np.arange(size)).ravel()
    for part in (block, place):
        part.setflags(write=False)
    gates = _TimeShift(contraction, 2 * np.arctan(np.sqrt(beta)), k)
    return BlockEncoding(block, 1 + beta, 3, place, gates)


def _common_step(system: Any) -> npt.NDArray[np.float64]:
    if not is_noun(system, "LinearSystem"):
        raise TypeError(
            "the time-shift encoding needs a system made by qcl.stack, got "
            f"{kind_of(system)}; use encoding='dilation'"
        )
    step = system.propagator()
    same = all(
        item is system.liftings[0] or not (system.propagator(t) != step).nnz
        for t, item in enumerate(system.liftings)
    )
    if system.padding or not same:
        raise ValueError(
            "the time-shift encoding needs equal steps and no padding; use "
            "encoding='dilation'"
        )
    return step.toarray()


@dataclass(frozen=True, eq=False)
class _TimeShift:
    """The gates of :func:`time_shift`."""

    contraction: npt.NDArray
    angle: float
    time_qubits: int

    def __call__(self, ancillas: Wires, data: Wires) -> list[Any]:
        import pennylane as qml

        choice, carry, extra = ancillas
        time = list(data[: self.time_qubits])
        space = list(data[self.time_qubits :])
        on = [choice, extra, *space]
        return [
            qml.RY(self.angle, wires=choice),
            *_increment([carry, *time], under=choice),
            qml.ControlledQubitUnitary(self.contraction, on),
            qml.PauliZ(choice),
            qml.RY(-self.angle, wires=choice),
        ]


def _increment(wires: Wires, under: Any) -> list[Any]:
    """Add 1 to a register, most significant wire first, if ``under`` is 1."""
    import pennylane as qml

    return [
        qml.ctrl(qml.PauliX(wire), [under, *wires[i + 1 :]])
        for i, wire in enumerate(wires)
    ]
