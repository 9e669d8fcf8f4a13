r"""Histories: the terms of a whole run, layers of strand diagrams.

A history stacks T diagrams (``strands``) behind one output. Adding up those
with at most N wires in every slice gives the trajectory of the lifting
truncated at order N; with the norms of the nodes as weights, the number of
wires is a branching process, which measures what was cut.

Enumeration is plain Python, so it also runs in a browser; numbers are put in
by NumPy and SciPy, loaded when asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qcl.lifting.diagrams.strands import (
    Diagram,
    Letter,
    alphabet,
    count_diagrams,
    words,
)

if TYPE_CHECKING:
    from qcl.lifting.algebra.basis import Floats
    from qcl.lifting.maps.polynomial import PolynomialMap


@dataclass(frozen=True)
class History:
    r"""A planar forest: T layers of diagrams behind one output.

    The term :math:`D_1D_2\cdots D_T\,u(0)^{\otimes w_T}` of :math:`u(T)`:
    layer 1 is the last step taken, and the inputs of each layer are the
    outputs of the next.

    Parameters
    ----------
    layers : tuple of Diagram
        From the output to the start.

    Raises
    ------
    ValueError
        If the first layer does not have one output, or two neighbours do
        not fit.

    Examples
    --------
    >>> history = History((Diagram((2,)), Diagram((1, "I"))))
    >>> history.wires, history.eta_order
    ((1, 2, 2), 2)
    """

    layers: tuple[Diagram, ...]

    def __post_init__(self) -> None:
        """Check that the layers fit."""
        wires = self.wires
        for t, layer in enumerate(self.layers):
            if layer.outputs != wires[t]:
                raise ValueError(
                    f"expected layer {t + 1} with {wires[t]} outputs, one "
                    f"for each wire before it, got {layer.outputs}"
                )

    @property
    def wires(self) -> tuple[int, ...]:
        """Number of wires in each slice, from the one output to the start."""
        return (1, *(layer.inputs for layer in self.layers))

    @property
    def eta_order(self) -> int:
        """Number of nodes in all layers."""
        return sum(layer.eta_order for layer in self.layers)

    def value(self, step: "PolynomialMap") -> Any:
        r"""Matrix product of the layers.

        Parameters
        ----------
        step : PolynomialMap
            The step taken in every layer.

        Returns
        -------
        csr_array, shape (n, n**wires[-1])
            Applied to :math:`u(0)^{\otimes w_T}` it gives this history's
            part of :math:`u(T)`.

        Examples
        --------
        >>> from qcl.lifting.maps.polynomial import PolynomialMap
        >>> step = PolynomialMap({1: [[-0.5]], 2: [[3.0]]})
        >>> History((Diagram((2,)), Diagram((1, "I")))).value(step).toarray()
        array([[-1.5]])
        """
        import scipy.sparse as sp

        total = sp.csr_array(sp.eye_array(step.n))
        for layer in self.layers:
            total = total @ layer.value(step)
        return total


def histories(
    T: int, degree: int, forcing: bool = False, wires: int | None = None
) -> Iterator[History]:
    r"""Generate the histories of T steps behind one output.

    Those with at most N wires in every slice add up to the trajectory
    :math:`\hat y_1(T)` of the lifting truncated at order N; all of them add
    up to :math:`u(T)`. *Truncation is a limit on the number of wires.*

    Parameters
    ----------
    T : int
        Steps, >= 0.
    degree, forcing
        As for :func:`diagrams`.
    wires : int, optional
        The most wires a slice may have, >= 1; default no limit.

    Returns
    -------
    iterator of History

    Raises
    ------
    ValueError
        If T < 0, degree < 1 or wires < 1.

    References
    ----------
    Proved in the book's appendix.

    Examples
    --------
    >>> [h.wires[-1] for h in histories(2, degree=2)].count(4)
    1
    >>> len(list(histories(2, degree=2, wires=2)))
    10
    """
    _check_history(T, wires)
    return _grow(T, degree, alphabet(degree, forcing), wires)


def _grow(
    T: int, degree: int, letters: list[Letter], wires: int | None
) -> Iterator[History]:
    stack: list[tuple[Diagram, ...]] = [()]
    while stack:
        layers = stack.pop()
        if len(layers) == T:
            yield History(layers)
            continue
        width = layers[-1].inputs if layers else 1
        most = width * degree if wires is None else min(wires, width * degree)
        fitting = [
            (*layers, Diagram(word))
            for k in range(most + 1)
            for word in words(width, k, letters)
        ]
        stack.extend(reversed(fitting))


def count_histories(
    T: int, degree: int, forcing: bool = False, wires: int | None = None
) -> int:
    r"""Number of histories of T steps, without listing them.

    Without a limit :math:`c_{t+1}=c_t+\sum_\ell c_t^\ell`, so for
    :math:`q=2` and no forcing :math:`c_T=2^{2^T}-1`; with at most N wires,
    the sum of the first row of the T-th power of the N by N (N + 1 with
    forcing) table of :func:`count_diagrams`.

    Parameters
    ----------
    T, degree, forcing, wires
        As for :func:`histories`.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        As :func:`histories`.

    Examples
    --------
    >>> [count_histories(T, degree=2) for T in range(5)]
    [1, 3, 15, 255, 65535]
    >>> count_histories(4, degree=2, wires=3)
    696
    """
    _check_history(T, wires)
    low = alphabet(degree, forcing)[0]
    if wires is None:
        count = 1
        for _ in range(T):
            count += sum(count**ell for ell in range(int(low), degree + 1))
        return count
    slices = range(wires + 1)
    table = [
        [count_diagrams(j, k, degree, forcing) for k in slices] for j in slices
    ]
    counts = [int(j == 1) for j in slices]
    for _ in range(T):
        counts = [
            sum(c * row[k] for c, row in zip(counts, table, strict=True))
            for k in slices
        ]
    return sum(counts)


def offspring(step: "PolynomialMap") -> "Floats":
    r"""Probabilities that one wire becomes 0, 1, 2, ... in a layer.

    .. math::

        p_\ell=\|G_\ell\|\,x_+^{\ell-1},\qquad G_1=I+F_1,\quad
        G_\ell=F_\ell,

    which add up to 1, because :math:`x_+` is the largest solution of
    :math:`\varphi(x)=\sum_\ell\|G_\ell\|x^\ell=x`.

    Parameters
    ----------
    step : PolynomialMap
        Of degree >= 2, with :math:`\|I+F_1\|<1`.

    Returns
    -------
    ndarray, shape (degree + 1,)

    Raises
    ------
    ValueError
        If the step is linear or has no such :math:`x_+`.

    References
    ----------
    Proved in the book's appendix.

    Examples
    --------
    >>> from qcl.lifting.maps.polynomial import PolynomialMap
    >>> step = PolynomialMap({1: [[-0.1]], 2: [[-0.1]]})
    >>> offspring(step).round(12).tolist()
    [0.0, 0.9, 0.1]
    """
    import numpy as np

    from qcl.lifting.bounds.majorants import majorant

    phi = majorant(step)
    radius = phi.fixed_points()[1]
    if not np.isfinite(radius):
        raise ValueError(
            "expected a step of degree >= 2, got a linear one; its wires "
            "never branch"
        )
    return phi.coefficients * radius ** (np.arange(step.degree + 1) - 1.0)


def wire_distribution(
    step: "PolynomialMap", T: int, wires: int, *, limited: bool = False
) -> "Floats":
    r"""Distribution of the wire number after 0 to T layers.

    With the weights of :func:`offspring` the wire number is a Galton-Watson
    process: its generating function after t layers is the t-th iterate of
    :math:`\psi(s)=\sum_\ell p_\ell s^\ell`, computed here as a polynomial.
    Truncation at order N drops the histories that ever exceed N wires, so
    the part that ``limited=True`` leaves out controls its error.

    Parameters
    ----------
    step : PolynomialMap
        As for :func:`offspring`.
    T : int
        Layers, >= 0.
    wires : int
        Largest wire number listed, >= 1; a row lacks the probability of
        more than that.
    limited : bool
        Count only histories that never had more than ``wires`` wires.

    Returns
    -------
    ndarray, shape (T + 1, wires + 1)
        Entry (t, w) is the probability of w wires after t layers.

    Raises
    ------
    ValueError
        If T < 0 or wires < 1, or as :func:`offspring`.

    References
    ----------
    The bound on the error is in the book's appendix.

    Examples
    --------
    >>> from qcl.lifting.maps.polynomial import PolynomialMap
    >>> step = PolynomialMap({1: [[-0.5]], 2: [[-0.5]]})
    >>> wire_distribution(step, 2, wires=4)[2].round(6).tolist()
    [0.0, 0.25, 0.375, 0.25, 0.125]
    """
    import numpy as np

    _check_history(T, wires)
    p = offspring(step)
    rows = np.zeros((T + 1, wires + 1))
    rows[0, 1] = 1
    powers = np.zeros((wires + 1, wires + 1))  # of psi, row j the j-th
    powers[0, 0] = 1
    for j in range(wires if limited else 0):
        powers[j + 1] = np.convolve(powers[j], p)[: wires + 1]
    for t in range(T):
        if limited:
            rows[t + 1] = rows[t] @ powers
            continue
        for chance in p[::-1]:  # Horner: psi of the polynomial before
            rows[t + 1] = np.convolve(rows[t + 1], rows[t])[: wires + 1]
            rows[t + 1, 0] += chance
    return rows


def _check_history(T: int, wires: int | None) -> None:
    if T < 0:
        raise ValueError(f"expected T >= 0 steps, got T={T}")
    if wires is not None and wires < 1:
        raise ValueError(f"expected wires >= 1, got wires={wires}")
