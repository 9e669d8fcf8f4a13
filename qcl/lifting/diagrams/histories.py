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

from qcl._checks import (
    a_count,
    a_flag,
    a_noun,
    a_step,
    items_of,
    kind_of,
    room_for,
)
from qcl.lifting.diagrams.strands import (
    MOST_LEGS,
    Diagram,
    Letter,
    alphabet,
    words,
)

if TYPE_CHECKING:
    from qcl.lifting.algebra.basis import Floats
    from qcl.lifting.maps.polynomial import PolynomialMap

_MOST_STEPS = 1_000
_MOST_WORK = 10**10  # operations, a minute at most
_MOST_BITS = 10**7


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
    TypeError
        If it is no sequence of diagrams.
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
        layers = items_of(self.layers)
        if layers is None:
            raise TypeError(
                f"expected a sequence of diagrams, got {kind_of(self.layers)}"
            )
        object.__setattr__(
            self, "layers", tuple(a_noun(d, "Diagram") for d in layers)
        )
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

        Raises
        ------
        TypeError, ValueError
            As :meth:`Diagram.value`.

        Examples
        --------
        >>> from qcl.lifting.maps.polynomial import PolynomialMap
        >>> step = PolynomialMap({1: [[-0.5]], 2: [[3.0]]})
        >>> History((Diagram((2,)), Diagram((1, "I")))).value(step).toarray()
        array([[-1.5]])
        """
        import scipy.sparse as sp

        total = sp.csr_array(sp.eye_array(a_step(step).n))
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
        Steps, from 0 to 1000.
    degree, forcing
        As for :func:`diagrams`.
    wires : int, optional
        The most wires a slice may have, from 1 to 200; no limit by default,
        up to 200.

    Returns
    -------
    iterator of History

    Raises
    ------
    TypeError, ValueError
        If T is no whole number >= 0, or degree or wires none >= 1. Without
        a limit, once a slice would have more than 200 wires.

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
    T, wires = _history(T, wires)
    return _grow(T, alphabet(degree, forcing), wires)


def _grow(
    T: int, letters: list[Letter], wires: int | None
) -> Iterator[History]:
    """Go down layer by layer: one list of choices open at every depth."""
    layers: list[Diagram] = []
    choices = [_layers(1, letters, wires)]
    if T == 0:
        yield History(())
        return
    while choices:
        layer = next(choices[-1], None)
        if layer is None:
            choices.pop()
            del layers[-1:]
        elif len(choices) == T:
            yield History((*layers, layer))
        else:
            layers.append(layer)
            choices.append(_layers(layer.inputs, letters, wires))


def _layers(
    width: int, letters: list[Letter], wires: int | None
) -> Iterator[Diagram]:
    """Yield the diagrams behind so many wires, by their inputs."""
    most = width * int(letters[-2])  # of the largest node
    for k in range(1 + (most if wires is None else min(wires, most))):
        for word in words(width, k, letters):
            yield Diagram(word)


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
    TypeError, ValueError
        As :func:`histories`; also if the number would have more than ten
        million binary digits.

    Examples
    --------
    >>> [count_histories(T, degree=2) for T in range(5)]
    [1, 3, 15, 255, 65535]
    >>> count_histories(4, degree=2, wires=3)
    696
    """
    T, wires = _history(T, wires)
    arms = [1 if a == "I" else int(a) for a in alphabet(degree, forcing)]
    if wires is None:
        count = 1
        for t in range(T):
            if count.bit_length() * max(arms) > _MOST_BITS:
                raise ValueError(
                    f"the number of histories of {T} steps has more than "
                    f"{_MOST_BITS:,} binary digits; take at most {t} steps "
                    "or limit the wires"
                )
            count = sum(count**ell for ell in arms)
        return count
    _check_work(500 * T * wires**2 * len(arms))
    counts = [int(k == 1) for k in range(wires + 1)]
    for _ in range(T):
        counts = _one_layer_more(counts, arms)
    return sum(counts)


def _one_layer_more(counts: list[int], arms: list[int]) -> list[int]:
    """Put the polynomial of a leg into that of the slices, by Horner."""
    out = [0] * len(counts)
    for count in reversed(counts):
        out = [
            sum(out[k - ell] for ell in arms if ell <= k)
            for k in range(len(out))
        ]
        out[0] += count
    return out


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
    TypeError
        If it is no PolynomialMap.
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

    phi = majorant(a_step(step))
    radius = phi.fixed_points()[1]
    if not np.isfinite(radius):
        raise ValueError(
            "expected a step of degree >= 2, got a linear one; its wires "
            "never branch"
        )
    return phi.parts(radius) / radius


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
        Layers, from 0 to 1000.
    wires : int
        Largest wire number listed, from 1 to 10,000; a row lacks the
        probability of more than that.
    limited : bool
        Count only histories that never had more than ``wires`` wires.

    Returns
    -------
    ndarray, shape (T + 1, wires + 1)
        Entry (t, w) is the probability of w wires after t layers.

    Raises
    ------
    TypeError, ValueError
        If T is no whole number >= 0 or wires none >= 1, or as
        :func:`offspring`.

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

    T = a_count(T, "T", most=_MOST_STEPS)
    wires = a_count(wires, "wires", least=1, most=10_000)
    limited = a_flag(limited, "limited")
    p = offspring(step)
    _check_work(T * wires**2 * len(p))
    room_for(
        8 * (T + 1 + wires * limited) * (wires + 1),
        f"the distribution up to {wires} wires",
        "list fewer wires",
    )
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


def _history(T: Any, wires: Any) -> tuple[int, int | None]:
    T = a_count(T, "T", most=_MOST_STEPS)
    if wires is None:
        return T, None
    return T, a_count(wires, "wires", least=1, most=MOST_LEGS)


def _check_work(operations: float) -> None:
    if operations > _MOST_WORK:
        raise ValueError(
            f"this would take {operations:.3g} operations, more than "
            f"{_MOST_WORK:.0e}; take fewer steps or wires"
        )
