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

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from qcl._checks import a_choice, a_fraction
from qcl.solving.qsvt._circuit import circuit, rotate
from qcl.solving.qsvt.block_encoding import BlockEncoding, dilation, time_shift
from qcl.solving.qsvt.inversion import (
    MOST_USES,
    Floats,
    InversePolynomial,
    Kind,
    inverse_polynomial,
)
from qcl.solving.readout.counting import checked_shots
from qcl.solving.readout.reading import read_out
from qcl.solving.solution.result import QuantumSolution, outcome
from qcl.solving.solution.simulation import alone, simulated, tape
from qcl.solving.stacking.hermitian import (
    paired,
    read_system,
    refuse_singular,
)
from qcl.solving.stacking.trust import warn_if_truncated

Method = Literal["circuit", "matrix"]
Encoding = Literal["dilation", "time-shift"]

_MOST_QUBITS = 20
_MOST_ROWS = 1024
_SHARE = 0.99
_ERROR = 1e-3
_EPS = 2.0**-52


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
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
        for a circuit that of its phase angles, and that of floating-point
        arithmetic.
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
        parts = self.encoding, self.polynomial, self.start
        return tape(lambda: circuit(*parts))

    def rotation(self) -> list[Any]:
        """Return one rotation of the signal, as PennyLane operators."""
        with alone():
            return rotate(1.0, 0, range(1, 1 + self.encoding.ancillas))

    def one_use(self) -> list[Any]:
        """Return one use of the block-encoding and the rotation after it.

        The circuit repeats these PennyLane operators ``degree`` times, with
        its own angles and every second time with the inverse.
        """
        wires = range(1, 1 + self.encoding.ancillas + self.encoding.data)
        return [*self.encoding.operations(wires), *self.rotation()]

    def _facts(self) -> list[tuple[str, str]]:
        more = ("error bound", f"{self.error_bound:.2g}")
        return [*super()._facts(), more, ("degree", f"{self.degree}")]


def qsvt(
    system: Any,
    error: float = 1e-3,
    shots: int | None = None,
    rng: np.random.Generator | int | None = None,
    method: Method = "circuit",
    encoding: Encoding = "dilation",
    polynomial: Kind = "iteration",
) -> QSVTResult:
    r"""Solve a linear system by quantum singular value transformation.

    Parameters
    ----------
    system : LinearSystem or pair (matrix, rhs)
        Any invertible square matrix, real or complex, of any size. Matrix
        and right-hand side may also be the first two arguments.
    error : float
        The relative error :math:`\|x-x^*\|/\|x^*\|` of the solution, norm
        and signs included, stays below this, or an error is raised. Shots
        add their own noise.
    shots : int, optional
        Runs of the circuit, read as by :func:`qcl.hhl`. None reads the
        exact amplitudes.
    rng : numpy Generator or int
        Needed with ``shots``; an integer is a seed.
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

    Warns
    -----
    TruncationWarning
        If nothing certifies that a stacked system follows the descent.

    Raises
    ------
    TypeError, ValueError
        If the system is not a finite, square, invertible one with a
        non-zero right-hand side; if the error cannot be met with a circuit
        or polynomial of feasible size, or in floating-point arithmetic; if
        shots come without rng or are too few.
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
    system, second = paired(system, error)
    error = a_fraction(_ERROR if second is None else second, "error")
    a_choice(method, get_args(Method), "method")
    a_choice(encoding, get_args(Encoding), "encoding")
    if shots is not None:
        shots, rng = checked_shots(shots, rng)
    matrix, rhs = read_system(system)
    if method == "circuit" and encoding == "dilation":
        _check_rows(len(rhs))
    encode = time_shift(system) if encoding != "dilation" else dilation(matrix)
    U, sigma, Vh = np.linalg.svd(encode.block)
    refuse_singular(sigma)
    start = encode.start(rhs)
    inverse, bound = _promised(encode, sigma, error, method, polynomial)
    if method == "circuit":
        size = len(start)
        final = simulated(lambda: circuit(encode, inverse, start))[:size]
    else:
        response = inverse(np.minimum(sigma, 1)) * (U.conj().T @ start)
        final = Vh.conj().T @ response
    kept = final[encode.place]
    unit = float(np.linalg.norm(rhs)) / (
        inverse.scale * encode.subnormalisation
    )
    reference = np.linalg.solve(matrix, rhs)
    width = 1 + encode.ancillas + encode.data
    result = QSVTResult(
        **outcome(system, kept, unit, reference, width),
        polynomial=inverse,
        encoding=encode,
        start=start,
        error_bound=bound,
    )
    warn_if_truncated(system)
    return read_out(result, shots, rng)


def _check_rows(rows: int) -> None:
    if rows > _MOST_ROWS:
        raise ValueError(
            f"the dilation of a matrix of {rows} rows is too large to "
            f"simulate as a gate ({_MOST_ROWS} is the most); use "
            "method='matrix', or for a stacked system encoding='time-shift'"
        )


def _promised(
    encode: BlockEncoding,
    sigma: Floats,
    error: float,
    method: Method,
    kind: Kind,
) -> tuple[InversePolynomial, float]:
    """Find a polynomial whose every error together stays below one."""
    kappa = max(1.0, float(1 / sigma[-1]))  # the block has norm 1 at most
    aim = _SHARE * error
    for _ in range(3):
        inverse = inverse_polynomial(kappa, aim, kind)
        others = _rounding(inverse, len(sigma))
        if method == "circuit":
            _check_circuit(encode, inverse)
            others += inverse.phase_error / inverse.scale
        bound = inverse.residual + others
        if bound <= error:
            return inverse, bound
        aim = _SHARE * (error - others)
        if aim < error / 4:
            break
    raise ValueError(
        f"rounding and phase angles are good for a relative error of "
        f"{bound:.1e}, not {error:.1e}, at condition number {kappa:.2g}; ask "
        "for a larger one"
    )


def _rounding(inverse: InversePolynomial, rows: int) -> float:
    r"""Bound what floating-point arithmetic adds to the relative error.

    Each of the d uses, or of the terms of P, may add one rounding of an
    amplitude of size 1, which stands for :math:`1/c` of the solution; the
    singular value decomposition turns it by :math:`\sqrt n` roundings,
    :math:`\kappa` of the solution. Four times that is allowed: against
    40 digits, errors of circuits came to 0.6 of it at most, and those of
    ``method="matrix"`` to 0.1.
    """
    uses, root = np.sqrt(inverse.degree), np.sqrt(rows)
    return float(4 * _EPS * (uses / inverse.scale + root * inverse.kappa))


def _check_circuit(encode: BlockEncoding, inverse: InversePolynomial) -> None:
    """Refuse a circuit that is not feasible."""
    width = 1 + encode.ancillas + encode.data
    if inverse.degree > MOST_USES or width > _MOST_QUBITS:
        raise ValueError(
            f"the circuit needs {width} qubits and {inverse.degree} uses of "
            f"the block-encoding; {_MOST_QUBITS} and {MOST_USES} are the "
            "most that is simulated; use method='matrix', shorten the "
            "system or accept a larger error"
        )
