r"""The clock register of phase estimation, and the filter it makes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qcl.solving.embedding import HermitianProblem

Floats = npt.NDArray[np.floating[Any]]

_MARGIN = 0.9


@dataclass(frozen=True)
class Clock:
    r"""The clock register and the constants that go with it.

    Attributes
    ----------
    qubits : int
        :math:`n_c`.
    time : float
        Evolution time :math:`\tau=\pi(1-2^{1-n_c})/\lambda_{\max}`, which
        puts the largest eigenvalue on the last positive bin.
    constant : float
        :math:`C=\min(0.9\lambda_{\min},\lambda_{\min}-\delta)`, where
        :math:`\delta` is the distance of two bins: the bin just below the
        smallest eigenvalue must still be rotated.
    """

    qubits: int
    time: float
    constant: float

    @classmethod
    def for_problem(cls, problem: HermitianProblem, qubits: int) -> "Clock":
        """Choose time and constant for a problem's eigenvalues."""
        size = np.abs(problem.eigenvalues)
        time = np.pi * (1 - 2.0 ** (1 - qubits)) / size.max()
        apart = 2 * np.pi / (2**qubits * time)
        constant = min(_MARGIN * size.min(), size.min() - apart)
        return cls(qubits, float(time), float(constant))

    @property
    def bins(self) -> Floats:
        r"""The eigenvalues the clock can show, :math:`\tilde\lambda_k`.

        Listed in the order of the register's basis states: 0, 1, ..., then
        the negative ones (two's complement).
        """
        k: Floats = np.fft.fftfreq(2**self.qubits)
        return 2 * np.pi / self.time * k

    @property
    def ratios(self) -> Floats:
        r"""The rotation of each bin, :math:`C/\tilde\lambda_k`.

        Zero where that would exceed 1, the bin 0 included.
        """
        bins = self.bins
        usable = np.abs(bins) >= self.constant
        return np.divide(
            self.constant, bins, out=np.zeros_like(bins), where=usable
        )

    def kernel(self, eigenvalues: Floats) -> Floats:
        r"""Probability that the clock shows each bin.

        :math:`\bigl[\sin(\pi N\delta)/(N\sin\pi\delta)\bigr]^2` with
        :math:`N=2^{n_c}`,
        :math:`\delta=(\lambda-\tilde\lambda_k)\tau/2\pi`.

        Returns
        -------
        ndarray, shape (len(eigenvalues), 2**qubits)
        """
        count = 2**self.qubits
        offset = eigenvalues[:, None] - self.bins
        delta = offset * self.time / (2 * np.pi)
        below = count * np.sin(np.pi * delta)
        near = np.abs(below) < 1e-9
        ratio = np.sin(np.pi * count * delta) / np.where(near, 1, below)
        return np.where(near, 1.0, ratio**2)

    def filter(self, eigenvalues: Floats) -> Floats:
        r"""The exact filter :math:`f(\lambda)`, ideally :math:`C/\lambda`."""
        return self.kernel(eigenvalues) @ self.ratios
