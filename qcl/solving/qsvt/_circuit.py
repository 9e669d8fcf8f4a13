"""The circuit of singular value transformation in PennyLane."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from qcl.solving.qsvt.block_encoding import BlockEncoding
from qcl.solving.qsvt.inversion import InversePolynomial


def circuit(
    encoding: BlockEncoding, inverse: InversePolynomial, start: npt.NDArray
) -> list[Any]:
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
    operations = [
        qml.StatePrep(start, wires=data),
        qml.Hadamard(signal),
        *rotate(psi[-1], signal, wires[1 : data[0]]),
    ]
    for k, angle in enumerate(psi[-2::-1]):
        operations += forward if k % 2 else backward
        operations += rotate(angle, signal, wires[1 : data[0]])
    return [
        *operations,
        qml.PauliZ(signal),
        qml.Hadamard(signal),
        qml.GlobalPhase(-inverse.degree * np.pi / 2),
    ]


def rotate(angle: float, signal: int, ancillas: Sequence[int]) -> list[Any]:
    """Turn the phase by +-angle in branch 0 or 1 where the ancillas are 0.

    By the opposite where they are not: the signal qubit is flipped by
    ancillas in 0, turned, and flipped back.
    """
    import pennylane as qml

    zeros = [0] * len(ancillas)
    flip = qml.ctrl(qml.PauliX(signal), ancillas, control_values=zeros)
    return [flip, qml.RZ(2 * angle, wires=signal), flip]
