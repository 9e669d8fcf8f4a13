r"""The clock register of phase estimation, and the filter it makes.

The clock starts in a *window*, a superposition of its :math:`N=2^{n_c}`
times x. Two are here:

``"rectangular"``
    :math:`1/\sqrt N`, the textbook's. The probability to read an eigenvalue
    d bins away falls like :math:`d^{-2}`, and the error of the solution
    like the inverse of the number of bins.
``"sine"``
    :math:`\sqrt{2/N}\,\sin\bigl(\pi(x+\tfrac12)/N\bigr)`. The probability
    falls like :math:`d^{-4}`, and the error like the inverse square.
"""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from qcl._checks import (
    a_choice,
    a_count,
    a_noun,
    a_number,
    finite_reals,
    room_for,
    shaped,
)
from qcl.solving.stacking.hermitian import HermitianProblem

Floats = npt.NDArray[np.floating[Any]]
Window = Literal["rectangular", "sine"]

_WIDEST = 22
_RANGE = 1e100
_MARGIN = 0.9
_LEAST_MARGIN = 0.5
_KERNEL_SIZE = 2**22
_BYTES = 32  # of one entry of a kernel while it is made
_MOST_WORK = 2**31
_FARTHEST = 2.0**20


@dataclass(frozen=True)
class Clock:
    r"""The clock register and the constants that go with it.

    Attributes
    ----------
    qubits : int
        :math:`n_c`.
    time : float
        Evolution time :math:`\tau`, which puts an eigenvalue
        :math:`\lambda` on bin :math:`2^{n_c}\lambda\tau/2\pi`.
    constant : float
        :math:`C`, the eigenvalue whose rotation is a full one; bins that
        show less are not rotated.
    window : {"rectangular", "sine"}
        The state the clock starts in.

    Raises
    ------
    TypeError
        If an entry is of another kind.
    ValueError
        If qubits is not in 1..22, time or constant not in 1e-100..1e100, or
        the window unknown.

    Examples
    --------
    >>> Clock(qubits=2, time=np.pi / 2, constant=0.9).bins.tolist()
    [0.0, 1.0, -2.0, -1.0]
    """

    qubits: int
    time: float
    constant: float
    window: Window = "rectangular"

    def __post_init__(self) -> None:
        """Refuse a clock that cannot run."""
        a_choice(self.window, get_args(Window), "window")
        object.__setattr__(self, "qubits", _a_width(self.qubits))
        for name in ("time", "constant"):
            value = a_number(getattr(self, name), name, above=0)
            if not 1 / _RANGE <= value <= _RANGE:
                raise ValueError(
                    f"expected a {name} in 1e-100..1e100, got {value:.3g}; "
                    "rescale the system"
                )
            object.__setattr__(self, name, value)

    @classmethod
    def for_problem(
        cls,
        problem: HermitianProblem,
        qubits: int,
        window: Window = "rectangular",
    ) -> "Clock":
        r"""Choose time and constant for a problem's eigenvalues.

        :math:`\tau=\pi(1-2^{1-n_c}g)/\lambda_{\max}` leaves g bins between
        the largest eigenvalue and the end of the clock, past which readings
        wrap to the opposite sign: 1 for the rectangular window, the larger
        of 3 and :math:`2^{n_c}/16` for the sine, whose error would stop
        falling with a fixed number. :math:`C` is
        :math:`0.9\lambda_{\min}`, or less if the 1 or 2 bins just below
        :math:`\lambda_{\min}` would not be rotated then, but at least
        :math:`0.5\lambda_{\min}`.

        Parameters
        ----------
        problem : HermitianProblem
            From :func:`qcl.embed_hermitian`.
        qubits : int
            Width, 1 to 22.
        window : {"rectangular", "sine"}
            The state the clock starts in.

        Raises
        ------
        TypeError, ValueError
            As for a clock made by hand.

        Examples
        --------
        >>> import qcl
        >>> problem = qcl.embed_hermitian(([[2, 0], [0, 1]], [1, 1]))
        >>> Clock.for_problem(problem, 5)
        Clock(qubits=5, time=1.473, constant=0.8667, window='rectangular')
        """
        problem = a_noun(problem, "HermitianProblem")
        qubits = _a_width(qubits)
        a_choice(window, get_args(Window), "window")
        size = np.abs(problem.eigenvalues)
        half = 2 ** (qubits - 1)
        inside = max(half - guard_bins(qubits, window), half / 4)
        time = np.pi * inside / half / size.max()
        apart = size.max() / inside
        needed = 1 if window == "rectangular" else 2
        room = max(_LEAST_MARGIN, 1 - needed * apart / size.min())
        constant = min(_MARGIN, room) * size.min()
        return cls(qubits, float(time), float(constant), window)

    def __repr__(self) -> str:
        """Round the numbers."""
        return (
            f"Clock(qubits={self.qubits}, time={self.time:.4g}, constant="
            f"{self.constant:.4g}, window={self.window!r})"
        )

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

        With :math:`N=2^{n_c}`,
        :math:`\delta=(\lambda-\tilde\lambda_k)\tau/2\pi` and
        :math:`D(\delta)=\sin(\pi N\delta)/(N\sin\pi\delta)`, it is
        :math:`D(\delta)^2` for the rectangular window and

        .. math::

            \frac12\Bigl[D\bigl(\delta+\tfrac1{2N}\bigr)
            +D\bigl(\delta-\tfrac1{2N}\bigr)\Bigr]^2

        for the sine, which is two complex exponentials.

        Parameters
        ----------
        eigenvalues : array of shape (k,), or a number
            Real and finite.

        Returns
        -------
        ndarray, shape (k, 2**qubits)

        Raises
        ------
        TypeError, ValueError
            If the eigenvalues are no finite numbers, too large for the
            evolution time, or the table would need more than 2 GB.

        Examples
        --------
        An eigenvalue halfway between two bins shows one or the other:

        >>> clock = Clock(3, np.pi, 0.5, window="sine")
        >>> clock.kernel(np.array([0.125])).round(12).tolist()
        [[0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]
        """
        count = 2**self.qubits
        values = self._values(eigenvalues)
        room_for(
            _BYTES * count * len(values),
            f"the kernel of {len(values)} eigenvalues on {count:,} bins",
            "give fewer eigenvalues at a time, or a narrower clock",
        )
        offset = values[:, None] - self.bins
        delta = offset * self.time / (2 * np.pi)
        delta -= np.round(delta)
        if self.window == "rectangular":
            return _dirichlet(count, delta) ** 2
        half = 0.5 / count
        both = _dirichlet(count, delta + half)
        both += _dirichlet(count, delta - half)
        return both**2 / 2

    def filter(self, eigenvalues: Floats) -> Floats:
        r"""The exact filter :math:`f(\lambda)`, ideally :math:`C/\lambda`.

        Raises
        ------
        TypeError, ValueError
            As :meth:`kernel`, or if it would take minutes.

        Examples
        --------
        >>> clock = Clock(3, np.pi, 0.5, window="sine")
        >>> clock.filter(np.array([0.75])).round(3).tolist()
        [0.588]
        """
        parts = self._pieces(eigenvalues)
        return np.concatenate([self.kernel(x) @ self.ratios for x in parts])

    def shortfall(self, eigenvalues: Floats) -> Floats:
        r"""What the filter lacks, by cause.

        With :math:`|\alpha_k|^2` the kernel and :math:`r_k` the rotations,

        .. math::

            \frac{\lambda}{C}f(\lambda)-1
            =\sum_k|\alpha_k|^2\Bigl(\frac{\lambda}{C}r_k-1\Bigr),

        and each bin belongs to one cause. *Aliasing*: it is reached past
        the end of the clock, :math:`|\lambda-\tilde\lambda_k|>\pi/\tau`.
        *Lost rotations*: it shows less than C, but not 0. *Resolution*: all
        others, with bin 0, which no constant can rotate.

        Returns
        -------
        ndarray, shape (len(eigenvalues), 3)
            Resolution, lost rotations, aliasing; their sum is the whole.

        Raises
        ------
        TypeError, ValueError
            As :meth:`filter`.

        Examples
        --------
        >>> clock = Clock(4, time=np.pi, constant=0.3)
        >>> clock.shortfall(np.array([0.3, 0.7])).round(3).tolist()
        [[-0.119, -0.637, -0.016], [0.006, -0.021, -0.087]]
        """
        bins, ratios = self.bins, self.ratios
        dark = (ratios == 0) & (bins != 0)
        rows = []
        for part in self._pieces(eigenvalues):
            column = part[:, None]
            terms = self.kernel(part) * (column * ratios / self.constant - 1)
            wrapped = np.abs(column - bins) * self.time > np.pi
            causes = (~wrapped & ~dark, ~wrapped & dark, wrapped)
            rows.append(np.stack([(terms * x).sum(1) for x in causes], 1))
        return np.concatenate(rows)

    def _pieces(self, eigenvalues: Floats) -> list[Floats]:
        """Cut eigenvalues so that the kernel of each part is not large."""
        values = self._values(eigenvalues)
        size = len(values) * 2**self.qubits
        if size > _MOST_WORK:
            fits = int(np.log2(_MOST_WORK / len(values)))
            raise ValueError(
                f"{len(values):,} eigenvalues on a clock of {self.qubits} "
                f"qubits would take minutes; use at most {fits} clock qubits"
            )
        return np.array_split(values, size // _KERNEL_SIZE + 1)

    def _values(self, eigenvalues: Any) -> Floats:
        """Return eigenvalues as a vector."""
        values = finite_reals(eigenvalues, "the eigenvalues")
        values = shaped(np.atleast_1d(values), "the eigenvalues", (None,))
        largest = np.abs(values).max(initial=0)
        if not largest / _FARTHEST < 2 * np.pi / self.time:
            raise ValueError(
                f"an eigenvalue of {largest:.3g} turns the clock's phase so "
                "often in its evolution time that nothing of it is left in "
                "floats; rescale the system, or choose a shorter time"
            )
        return values


def _a_width(qubits: Any) -> int:
    """Return a number of clock qubits."""
    width = a_count(qubits, "qubits", 1)
    if width > _WIDEST:
        raise ValueError(
            f"expected at most {_WIDEST} clock qubits, got {width}"
        )
    return width


def _dirichlet(count: int, delta: Floats) -> Floats:
    r""":math:`\sin(\pi N\delta)/(N\sin\pi\delta)` for |delta| < 1."""
    below = count * np.sin(np.pi * delta)
    near = np.abs(below) < 1e-9
    ratio = np.sin(np.pi * count * delta) / np.where(near, 1, below)
    return np.where(near, 1.0, ratio)


def guard_bins(qubits: int, window: Window) -> float:
    """Bins to leave between the largest eigenvalue and the last bin."""
    return 1 if window == "rectangular" else max(3, 2**qubits / 16)
