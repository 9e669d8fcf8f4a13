r"""Classical numbers become amplitudes, at a price counted in gates.

:func:`sparse_state` prepares s chosen amplitudes on m qubits with
:math:`O(sm)` two-qubit gates instead of the :math:`2^m` of a generic
preparation, and without a further qubit. :func:`carleman_state` prepares
the lifted start

.. math::

    |\hat y_{\rm in}\rangle\propto\sum_{j=1}^{N}\|u\|^j\,|j\rangle
    |\hat u\rangle^{\otimes j}|0\rangle^{\otimes N-j}

from N controlled uses of one such preparation, although it has
:math:`\sum_js^j` non-zero amplitudes, and with the forcing of every later
step the right-hand side of the stacked system.

Every gate here is compiled from a table of numbers, so the classical work
is linear in s as well. A quantum random-access memory would instead query
the table in superposition, and reach depth :math:`O(\log ms)` at the price
of a number of ancillas that grows with the table; no such device exists,
and none is assumed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt

from qcl._checks import a_count, a_lifting, finite_reals
from qcl.lifting.carleman.lift import Lifting
from qcl.solving.solution.simulation import labels
from qcl.solving.upload.merging import Gate, merging_plan, read_amplitudes

_MOST_WIRES = 1000
_MOST_STEPS = 10**4
_MOST_PLACES = 10**7


def sparse_state(amplitudes: Any, wires: int | Sequence[Any]) -> list[Any]:
    r"""Prepare a state with few non-zero amplitudes from all zeros.

    Undoes :math:`s-1` merges of two basis states into one, each of at most
    :math:`m-1` CNOTs and one rotation under :math:`O(\log s)` controls.

    Parameters
    ----------
    amplitudes : mapping of int to number, or array
        Real or complex; normalised here, sign and phase kept. In an array
        the zeros are left out; it may be shorter than :math:`2^m`.
    wires : int or sequence
        Number of qubits m, or their PennyLane labels. The first one is the
        most significant bit of an index.

    Returns
    -------
    list of PennyLane operators
        Queued as well, if called inside a QNode.

    Raises
    ------
    TypeError
        If an amplitude is no number, or the wires are no labels.
    ValueError
        If there is no non-zero amplitude or more than 20,000, an index does
        not fit, or a number is not finite.

    References
    ----------
    Gleinig and Hoefler, Design Automation Conference (2021) 433.

    Examples
    --------
    >>> gates = sparse_state({0: 0.6, 7: -0.8}, wires=3)
    >>> [gate.name for gate in gates]
    ['RY', 'CNOT', 'CNOT']
    """
    if not isinstance(wires, list | tuple | range):
        wires = range(a_count(wires, "wires", 0, _MOST_WIRES))
    names = labels(wires)
    plan = merging_plan(*read_amplitudes(amplitudes, len(names)))
    return [gate.queue(names) for gate in plan]


@dataclass(frozen=True)
class Registers:
    r"""Where the parts of a lifted state sit, :math:`|t\rangle|j\rangle`...

    Attributes
    ----------
    flags : tuple of int
        Work qubits, 0 before and after.
    time : tuple of int
        The slice t in binary; empty for a single slice.
    degree : tuple of int
        The degree as j - 1.
    slots : tuple of tuples of int
        N registers of :math:`\lceil\log_2n\rceil` qubits, one per factor of
        :math:`u^{\otimes j}`; those beyond j hold 0.
    """

    flags: tuple[int, ...]
    time: tuple[int, ...]
    degree: tuple[int, ...]
    slots: tuple[tuple[int, ...], ...]

    @classmethod
    def for_lifting(cls, lifting: Lifting, T: int = 0) -> "Registers":
        """Lay out T + 1 slices of a lifting, flags first.

        Raises
        ------
        TypeError, ValueError
            If it is no Lifting, or T < 0.
        """
        lifting = a_lifting(lifting)
        T = a_count(T, "T", 0, _MOST_STEPS, "take fewer steps")
        sizes = [T + 1, lifting.order] + [lifting.n] * lifting.order
        wires = count()
        flags = tuple(next(wires) for _ in range(2))
        time, degree, *slots = (
            tuple(next(wires) for _ in range((size - 1).bit_length()))
            for size in sizes
        )
        return cls(flags, time, degree, tuple(slots))

    @property
    def wires(self) -> tuple[int, ...]:
        """All qubits, most significant first."""
        slots = tuple(wire for slot in self.slots for wire in slot)
        return self.flags + self.time + self.degree + slots

    def place(self, n: int) -> npt.NDArray[np.int64]:
        r"""Index, in the register, of each entry of one lifted vector.

        The entry :math:`(i_1,\dots,i_j)` of a Kronecker-basis vector sits
        at :math:`|j-1\rangle|i_1\rangle\cdots|i_j\rangle|0\rangle\cdots`.

        Raises
        ------
        TypeError, ValueError
            If n is no number of weights that fits the slots.

        Examples
        --------
        >>> Registers((), (), (0,), ((1,), (2,))).place(2).tolist()
        [0, 2, 4, 5, 6, 7]
        """
        m, order = len(self.slots[0]), len(self.slots)
        n = a_count(n, "n", 1, 2**m, "the slots hold no more weights")
        if n**order > _MOST_PLACES:
            raise ValueError(
                f"{n} weights to the order {order} have {n**order:.3g} "
                f"places, and {_MOST_PLACES:,} is the most; lower the order"
            )
        parts = []
        for j in range(1, order + 1):
            index = np.zeros(1, dtype=np.int64)
            for _ in range(j):
                index = (index[:, None] * 2**m + np.arange(n)).ravel()
            parts.append(((j - 1) * 2 ** (m * j) + index) << m * (order - j))
        return np.concatenate(parts)


def carleman_state(lifting: Lifting, u0: Any, T: int = 0) -> list[Any]:
    r"""Prepare the lifted start, or the whole right-hand side, as a state.

    With T = 0 the state is :math:`\hat y_{\rm in}`; with T >= 1 it is
    :math:`|0\rangle\hat y_{\rm in}+\sum_{t=1}^T|t\rangle f`, the right-hand
    side of the stacked system: :math:`f=(F_0,F_0^{\otimes2},\dots)` is a
    sum of powers too. Slot i of the register holds a copy of
    :math:`\hat u` if :math:`j\ge i`: one controlled preparation a slot,
    and one more control that tells t = 0 from later slices. The time
    register alone is prepared with :math:`O(T)` gates.

    Parameters
    ----------
    lifting : Lifting
        Gives n, the order N and :math:`F_0`. The state is in the Kronecker
        basis whatever ``lifting.basis`` says: only that is a product.
    u0 : array of shape (n,)
        The starting weights.
    T : int
        Number of steps, >= 0.

    Returns
    -------
    list of PennyLane operators
        On the wires of ``Registers.for_lifting(lifting, T)``.

    Raises
    ------
    TypeError
        If it is no Lifting, or an argument of another kind.
    ValueError
        If T is not in 0..10,000, u0 has the wrong shape, every amplitude is
        zero, or a power leaves the range of floats.

    References
    ----------
    Derived in chapter 9 of the book.

    Examples
    --------
    >>> import qcl
    >>> step = qcl.PolynomialMap({1: [[-0.5]]})
    >>> gates = carleman_state(qcl.lift(step, order=2), [0.75])
    >>> [gate.name for gate in gates]
    ['RY', 'PauliX', 'MultiControlledX', 'CNOT']
    """
    lifting = a_lifting(lifting)
    T = a_count(T, "T", 0, _MOST_STEPS, "take fewer steps")
    step = lifting.step.as_float()
    u = finite_reals(u0, "the start", (step.n,))
    force = step.F(0).ravel() * bool(T)
    with np.errstate(over="ignore"):
        start, later = (_weights(x, lifting.order) for x in (u, force))
    if not np.isfinite([*start**2, *later**2]).all():
        raise ValueError(
            f"the powers of a start of length {np.linalg.norm(u):.3g} up to "
            f"order {lifting.order} leave the range of floats; rescale it"
        )
    norms = [float(np.linalg.norm(w)) for w in (start, later)]
    if not any(norms):
        raise ValueError(
            "every amplitude is zero: the start is u = 0 and nothing drives "
            "it; expand about another point or start elsewhere"
        )
    registers = Registers.for_lifting(lifting, T)
    branch = registers.flags[0]
    clock = np.array(norms[:1] + norms[1:] * T)
    gates = sparse_state(clock, registers.time)
    if not all(norms):
        point, weights = (u, start) if norms[0] else (force, later)
        return gates + _powers(point, weights, registers, ())
    mark = Gate("X", branch, controls=tuple((w, 0) for w in registers.time))
    everything = range(len(registers.wires))
    gates.append(mark.queue(everything))
    gates += _powers(u, start, registers, (branch,))
    gates.append(Gate("X", branch).queue(everything))
    gates += _powers(force, later, registers, (branch,), empty=False)
    gates.append(Gate("X", branch).queue(everything))
    return [*gates, mark.queue(everything)]


def _weights(u: npt.NDArray, order: int) -> npt.NDArray[np.float64]:
    """Norms of the blocks of a lifted vector."""
    return np.linalg.norm(u) ** np.arange(1.0, order + 1)


def _powers(
    u: npt.NDArray,
    weights: npt.NDArray[np.float64],
    registers: Registers,
    under: tuple[int, ...],
    empty: bool = True,
) -> list[Any]:
    """Queue the sum of powers of u, under controls.

    A gate that leaves |0...0> alone needs no control while the registers
    are ``empty``: where the others do not act, it has nothing to change.
    """
    order, flag = len(registers.slots), registers.flags[1]
    everything = range(len(registers.wires))

    def prepare(
        plan: list[Gate], wires: Sequence[int], on: tuple[int, ...]
    ) -> list[Any]:
        return [
            gate.queue(wires, () if empty and gate.keeps_zero else on)
            for gate in plan
        ]

    degree = merging_plan(*read_amplitudes(weights, len(registers.degree)))
    point = merging_plan(*read_amplitudes(u, len(registers.slots[0])))
    gates = prepare(degree, registers.degree, under)
    gates += prepare(point, registers.slots[0], under)
    if order == 1:
        return gates
    gates.append(Gate("X", flag).queue(everything, under))
    for j in range(1, order + 1):
        value = read_amplitudes({j - 1: 1.0}, len(registers.degree))[0][0]
        here = tuple(zip(registers.degree, map(int, value), strict=True))
        lower = Gate("X", flag, controls=here)
        gates.append(lower.queue(everything, under))
        if j < order:
            gates += prepare(point, registers.slots[j], (flag,))
    return gates
