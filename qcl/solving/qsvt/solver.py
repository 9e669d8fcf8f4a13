r"""Inverting a matrix by a polynomial of its singular values.

Let :math:`M/\alpha=U\Sigma V^\dagger` be a block of a circuit, and P an odd
polynomial with :math:`P(x)\approx c/x` on the singular values. The circuit
that alternates the block-encoding with d + 1 rotations applies

.. math::

    V\,P(\Sigma)\,U^\dagger\approx c\,\alpha\,M^{-1},

so M need not be Hermitian and is not dilated. If
:math:`|1-xP(x)/c|\le\epsilon` on every singular value, the solution has
relative error at most :math:`\epsilon`, whatever the right-hand side: the
error contract of :func:`qsvt` holds before anything is run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from qcl.solving.qsvt.block_encoding import BlockEncoding, dilation, time_shift
from qcl.solving.qsvt.inversion import (
    Floats,
    InversePolynomial,
    Kind,
    inverse_polynomial,
)
from qcl.solving.readout.reading import interference_reading
from qcl.solving.solution.result import QuantumSolution
from qcl.solving.stacking.hermitian import read_system, refuse_singular
from qcl.solving.stacking.system import LinearSystem

Method = Literal["circuit", "matrix"]
Encoding = Literal["dilation", "time-shift"]

_MOST_QUBITS = 20
_MOST_ROWS = 1024
_MOST_USES = 4001
_SHARE = 0.99


@dataclass(frozen=True, eq=False, kw_only=True)
class QSVTResult(QuantumSolution):
    r"""A :class:`QuantumSolution` and the polynomial that made it.

    Attributes
    ----------
    polynomial : InversePolynomial
        The odd polynomial P, with its constant c and domain.
    encoding : BlockEncoding
        The circuit that holds :math:`M/\alpha`.
    start : ndarray, shape (2**m,)
        The normalised right-hand side on the data qubits.
    error_bound : float
        Bound of the relative error, before shots: that of the polynomial,
        and for a circuit that of its phase angles.
    """

    polynomial: InversePolynomial
    encoding: BlockEncoding
    start: npt.NDArray
    error_bound: float

    @property
    def degree(self) -> int:
        """Degree of P: uses of the block-encoding or its inverse."""
        return self.polynomial.degree

    @property
    def phases(self) -> Floats:
        """Phase angles, shape (degree + 1,), found on first use."""
        return self.polynomial.phases

    @property
    def subnormalisation(self) -> float:
        r"""The factor :math:`\alpha` of the block-encoding."""
        return self.encoding.subnormalisation

    def circuit(self) -> Any:
        """Return the circuit as a PennyLane tape.

        Examples
        --------
        >>> result = qsvt(([[2, 0], [0, 1]], [1, 1]), error=0.1)
        >>> len(result.circuit().wires), result.degree
        (3, 5)
        """
        return _circuit(self.encoding, self.polynomial, self.start)

    def one_use(self) -> list[Any]:
        """Return one use of the block-encoding and the rotation after it.

        The circuit repeats these PennyLane operators ``degree`` times, with
        its own angles and every second time with the inverse.
        """
        import pennylane as qml

        wires = range(1 + self.encoding.ancillas + self.encoding.data)
        with qml.queuing.AnnotatedQueue() as queue:
            _rotate(1.0, wires[0], wires[1 : 1 + self.encoding.ancillas])
        turn = qml.tape.QuantumScript.from_queue(queue).operations
        return self.encoding.operations(wires[1:]) + turn


def qsvt(
    system: Any,
    error: float = 1e-3,
    shots: int | None = None,
    rng: np.random.Generator | None = None,
    method: Method = "circuit",
    encoding: Encoding = "dilation",
    polynomial: Kind = "iteration",
) -> QSVTResult:
    r"""Solve a linear system by quantum singular value transformation.

    Parameters
    ----------
    system : LinearSystem or pair (matrix, rhs)
        Any invertible square matrix, real or complex, of any size.
    error : float
        The relative error :math:`\|x-x^*\|/\|x^*\|` of the solution, norm
        and signs included, stays below this, or an error is raised. Shots
        add their own noise.
    shots : int, optional
        Read the solution from this many runs of the circuit (magnitudes
        from counts, signs by interference, norm from the success
        probability). None reads the exact amplitudes.
    rng : numpy Generator
        Needed with ``shots``.
    method : {"circuit", "matrix"}
        Simulate the circuit on ``lightning.qubit``, or apply the polynomial
        to the singular values (the same numbers; no phase angles).
    encoding : {"dilation", "time-shift"}
        How M enters the circuit; see :func:`qcl.dilation`.
    polynomial : {"iteration", "cks"}
        Which inverse; see :func:`qcl.inverse_polynomial`.

    Returns
    -------
    QSVTResult

    Raises
    ------
    TypeError, ValueError
        If the system is not a finite, square, invertible one with a
        non-zero right-hand side; if the error cannot be met with a circuit
        or polynomial of feasible size; if shots come without rng or none
        survives the post-selection.
    ModuleNotFoundError
        If qsppack is missing and a circuit is asked for.

    References
    ----------
    Gilyen, Su, Low, Wiebe, STOC (2019) 193; Martyn, Rossi, Tan, Chuang,
    PRX Quantum 2:040203 (2021). The error bound is derived in chapter 11 of
    the book.

    Examples
    --------
    >>> result = qsvt(([[2, 0], [1, -1]], [2, 3]), error=1e-6)
    >>> result.solution.round(5).tolist()
    [1.0, -2.0]
    >>> bool(result.relative_error <= result.error_bound <= 1e-6)
    True
    """
    _check_options(error, method, encoding)
    matrix, rhs = read_system(system)
    if method == "circuit" and encoding == "dilation":
        _check_rows(len(rhs))
    encode = time_shift(system) if encoding != "dilation" else dilation(matrix)
    U, sigma, Vh = np.linalg.svd(encode.block)
    refuse_singular(sigma)
    kappa = max(1.0, float(1 / sigma[-1]))  # the block has norm 1 at most
    inverse = inverse_polynomial(kappa, _SHARE * error, polynomial)
    start = encode.start(rhs)
    if method == "circuit":
        bound = _circuit_bound(encode, inverse, error)
        final = _run(encode, inverse, start)
    else:
        bound = inverse.residual
        final = Vh.conj().T @ (inverse(sigma) * (U.conj().T @ start))
    kept = final[encode.place]
    if np.isrealobj(matrix) and np.isrealobj(rhs):
        kept = kept.real
    success = float(np.linalg.norm(kept) ** 2)
    scale = np.linalg.norm(rhs) / (inverse.scale * encode.subnormalisation)
    read = kept
    if shots is not None:
        read = interference_reading(kept, shots, rng)
    return QSVTResult(
        system=system if isinstance(system, LinearSystem) else None,
        solution=read * scale,
        state=kept / np.sqrt(success),
        reference=np.linalg.solve(matrix, rhs),
        success_probability=success,
        qubits=1 + encode.ancillas + encode.data,
        shots=shots,
        polynomial=inverse,
        encoding=encode,
        start=start,
        error_bound=bound,
    )


def _check_options(error: float, method: str, encoding: str) -> None:
    for value, options in ((method, Method), (encoding, Encoding)):
        if value not in get_args(options):
            raise ValueError(
                f"expected one of {get_args(options)}, got {value!r}"
            )
    if not 0 < error < 1:
        raise ValueError(f"expected an error in (0, 1), got error={error}")


def _check_rows(rows: int) -> None:
    if rows > _MOST_ROWS:
        raise ValueError(
            f"the dilation of a matrix of {rows} rows is too large to "
            f"simulate as a gate ({_MOST_ROWS} is the most); use "
            "method='matrix' or encoding='time-shift'"
        )


def _circuit_bound(
    encoding: BlockEncoding, inverse: InversePolynomial, error: float
) -> float:
    """Bound the circuit's relative error; refuse what is not feasible."""
    width = 1 + encoding.ancillas + encoding.data
    if inverse.degree > _MOST_USES or width > _MOST_QUBITS:
        raise ValueError(
            f"the circuit needs {width} qubits and {inverse.degree} uses of "
            f"the block-encoding; {_MOST_QUBITS} and {_MOST_USES} are the "
            "most that is simulated; use method='matrix', shorten the "
            "system or accept a larger error"
        )
    bound = inverse.residual + inverse.phase_error / inverse.scale
    if bound > error:
        raise ValueError(
            f"the phase angles are good for a relative error of {bound:.1e}, "
            f"not {error:.1e}; ask for a larger one"
        )
    return bound


def _run(
    encoding: BlockEncoding, inverse: InversePolynomial, start: npt.NDArray
) -> npt.NDArray:
    """Simulate; return the amplitudes with signal and ancillas 0."""
    import pennylane as qml

    tape = _circuit(encoding, inverse, start)
    device = qml.device("lightning.qubit", wires=sorted(tape.wires))
    (state,) = qml.execute([tape], device, diff_method=None)
    return np.asarray(state)[: len(start)]


def _circuit(
    encoding: BlockEncoding, inverse: InversePolynomial, start: npt.NDArray
) -> Any:
    r"""Build the circuit: signal, then ancillas, then data.

    The signal qubit in (|0> + |1>)/sqrt(2) carries the angles :math:`\psi`
    and :math:`-\psi` at once, whose average is the real part P. With
    :math:`W(x)=ie^{-i\pi Z/4}R(x)e^{-i\pi Z/4}` the angles of the signal W
    become those of the reflection R that a block-encoding contains, up to
    :math:`i^d` in one branch and :math:`i^{-d}` in the other: as d is odd,
    a phase and a Z on the signal.
    """
    import pennylane as qml

    wires = range(1 + encoding.ancillas + encoding.data)
    signal, data = wires[0], wires[1 + encoding.ancillas :]
    psi = inverse.phases - np.pi / 2
    psi[[0, -1]] += np.pi / 4
    forward = encoding.operations(wires[1:])
    backward = [qml.adjoint(gate, lazy=False) for gate in forward[::-1]]

    with qml.queuing.AnnotatedQueue() as queue:
        qml.StatePrep(start, wires=data)
        qml.Hadamard(signal)
        _rotate(psi[-1], signal, wires[1 : data[0]])
        for k, angle in enumerate(psi[-2::-1]):
            for gate in forward if k % 2 else backward:
                qml.apply(gate)
            _rotate(angle, signal, wires[1 : data[0]])
        qml.PauliZ(signal)
        qml.Hadamard(signal)
        qml.GlobalPhase(-inverse.degree * np.pi / 2)
        qml.state()
    return qml.tape.QuantumScript.from_queue(queue)


def _rotate(angle: float, signal: int, ancillas: Sequence[int]) -> None:
    """Turn the phase by +-angle in branch 0 or 1 where the ancillas are 0.

    By the opposite where they are not: the signal qubit is flipped by
    ancillas in 0, turned, and flipped back.
    """
    import pennylane as qml

    zeros = [0] * len(ancillas)
    qml.ctrl(qml.PauliX(signal), ancillas, control_values=zeros)
    qml.RZ(2 * angle, wires=signal)
    qml.ctrl(qml.PauliX(signal), ancillas, control_values=zeros)
