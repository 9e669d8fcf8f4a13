r"""Strand diagrams: the terms of one lifted block.

A diagram of type :math:`(j\to k)` has :math:`j` output legs on the left and
:math:`k` input legs on the right. Each output leg is a bare wire, or a node
:math:`F_\ell` that joins it to :math:`\ell` inputs; inputs are attached in
order, so no wires cross. Its *word* lists the legs from top to bottom:
``"I"`` for a bare wire, :math:`\ell` for a node. Its value is the Kronecker
product of the legs, its order in :math:`\eta` the number of nodes, and
:math:`B_{j,k}` is the sum of all diagrams :math:`(j\to k)`.

Enumeration is plain Python, so it also runs in a browser; numbers are put in
by NumPy and SciPy, loaded when asked for.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb, factorial, prod
from typing import TYPE_CHECKING, Any, TypeAlias

from qcl._checks import a_count, a_flag, a_step, items_of, kind_of, room_for

if TYPE_CHECKING:
    from qcl.lifting.maps.polynomial import PolynomialMap

Letter: TypeAlias = int | str
Word: TypeAlias = tuple[Letter, ...]

MOST_LEGS = 200
_MOST_DEGREE = 1_000
_MOST = 1_000_000


@dataclass(frozen=True)
class Diagram:
    r"""One strand diagram.

    Parameters
    ----------
    word : tuple
        The legs from top to bottom: ``"I"`` for a bare wire,
        :math:`\ell\ge0` for a node :math:`F_\ell`.

    Raises
    ------
    TypeError, ValueError
        On anything but a sequence of such letters.

    Examples
    --------
    >>> diagram = Diagram((2, "I"))
    >>> diagram.outputs, diagram.inputs, diagram.eta_order
    (2, 3, 1)
    >>> diagram.multiplicity, diagram.label()
    (2, 'F_{2}\\otimes I')
    """

    word: Word

    def __post_init__(self) -> None:
        """Check the letters."""
        letters = items_of(self.word)
        if letters is None:
            raise TypeError(
                'expected a sequence of letters, such as (2, "I"), got '
                f"{kind_of(self.word)}"
            )
        a_count(len(letters), "the number of legs", most=MOST_LEGS)
        object.__setattr__(self, "word", tuple(map(_letter, letters)))

    @property
    def outputs(self) -> int:
        """Number of output legs, j."""
        return len(self.word)

    @property
    def arms(self) -> tuple[int, ...]:
        """Number of inputs of each leg; 1 for a bare wire."""
        return tuple(
            1 if isinstance(letter, str) else letter for letter in self.word
        )

    @property
    def inputs(self) -> int:
        """Number of input legs, k."""
        return sum(self.arms)

    @property
    def eta_order(self) -> int:
        """Power of the learning rate: the number of nodes, m."""
        return nodes(self.word)

    @property
    def multiplicity(self) -> int:
        """Number of diagrams that differ by the order of the legs only."""
        repeats = Counter(self.word).values()
        return factorial(self.outputs) // prod(map(factorial, repeats))

    def label(self) -> str:
        r"""Return the tensor product in LaTeX, without dollar signs."""
        names = [a if isinstance(a, str) else f"F_{{{a}}}" for a in self.word]
        return r"\otimes ".join(names) or "1"

    def value(self, step: "PolynomialMap") -> Any:
        r"""Kronecker product of the legs, top to bottom.

        Parameters
        ----------
        step : PolynomialMap
            Gives the :math:`F_\ell`, input-symmetrised.

        Returns
        -------
        csr_array, shape (n**outputs, n**inputs)

        Raises
        ------
        TypeError
            If it is no PolynomialMap.
        ValueError
            If the product would not fit in memory.

        Examples
        --------
        >>> from qcl.lifting.maps.polynomial import PolynomialMap
        >>> step = PolynomialMap({1: [[-0.5]], 2: [[3.0]]})
        >>> Diagram((2, 1)).value(step).toarray()
        array([[-1.5]])
        """
        import numpy as np
        import scipy.sparse as sp

        n = a_step(step).n
        shape = n**self.outputs, n**self.inputs
        room_for(max(shape) // 2**32, self.label(), "take fewer legs")
        legs = {
            a: sp.csr_array(sp.eye_array(n))
            if isinstance(a, str)
            else step.F(a, sparse=True)
            for a in set(self.word)
        }
        entries = prod(legs[a].nnz for a in self.word)
        room_for(40 * entries + 8 * shape[0], self.label(), "take fewer legs")
        total = sp.csr_array(np.ones((1, 1)))
        for a in self.word:
            total = sp.kron(total, legs[a], format="csr")
        return total


def diagrams(
    j: int, k: int, degree: int, forcing: bool = False
) -> list[Diagram]:
    r"""Every diagram :math:`(j\to k)`: the terms of :math:`B_{j,k}`.

    Parameters
    ----------
    j, k : int
        Output and input legs, >= 0; at most 200 outputs.
    degree : int
        Largest node, q >= 1.
    forcing : bool
        Whether there is a node :math:`F_0`, which has no input.

    Returns
    -------
    list of Diagram
        By order in eta, then alphabetically, nodes before bare wires.

    Raises
    ------
    TypeError, ValueError
        If j or k is no whole number >= 0 or degree none >= 1, or there are
        more than a million of them (see :func:`count_diagrams`).

    References
    ----------
    The rules are stated and proved in the book's appendix.

    Examples
    --------
    >>> [d.word for d in diagrams(2, 3, degree=2)]
    [(2, 'I'), ('I', 2), (1, 2), (2, 1)]
    """
    letters = alphabet(degree, forcing)
    j, k = _legs(j, k)
    count = count_diagrams(j, k, degree, forcing)
    if count > _MOST:
        raise ValueError(
            f"expected at most {_MOST} diagrams, got {count} for j={j}, "
            f"k={k}; use distinct_diagrams or count_diagrams"
        )
    found = [Diagram(word) for word in words(j, k, letters)]
    return sorted(found, key=lambda d: d.eta_order)


def distinct_diagrams(
    j: int, k: int, degree: int, forcing: bool = False
) -> list[Diagram]:
    r"""One diagram for each set that differs by the order of the legs.

    On symmetric tensors all of a set have the same symmetrised value, so one
    drawing with its :attr:`Diagram.multiplicity` stands for them all.

    Parameters
    ----------
    j, k, degree, forcing
        As for :func:`diagrams`.

    Returns
    -------
    list of Diagram

    Raises
    ------
    TypeError, ValueError
        As :func:`diagrams`, with sets for diagrams.

    Examples
    --------
    >>> [(d.word, d.multiplicity) for d in distinct_diagrams(2, 3, degree=2)]
    [((2, 'I'), 2), ((1, 2), 2)]
    """
    letters = alphabet(degree, forcing)
    j, k = _legs(j, k)
    count = comb(len(letters) + j - 1, j)
    if count > _MOST:
        raise ValueError(
            f"expected at most {_MOST} sets of {j} legs, got {count}; lower "
            "j or the degree, or use count_diagrams"
        )
    multisets = combinations_with_replacement(letters, j)
    found = [d for d in map(Diagram, multisets) if d.inputs == k]
    return sorted(found, key=lambda d: d.eta_order)


def count_diagrams(
    j: int,
    k: int,
    degree: int,
    forcing: bool = False,
    eta_order: int | None = None,
) -> int:
    r"""Number of diagrams :math:`(j\to k)`, in closed form.

    With smallest node :math:`\ell_0` (0 with forcing, else 1) and
    :math:`m\ge1` nodes,

    .. math::

        \binom jm\sum_i(-1)^i\binom mi
        \binom{k-j+m-\ell_0m-i(q+1-\ell_0)+m-1}{m-1},

    over the :math:`i` for which the last numerator is at least
    :math:`m-1`; for :math:`m=0` one if :math:`j=k`, else none.

    Parameters
    ----------
    j, k, degree, forcing
        As for :func:`diagrams`.
    eta_order : int, optional
        Count those with this number of nodes m only; default all.

    Returns
    -------
    int

    Raises
    ------
    TypeError, ValueError
        If j, k or eta_order is no whole number >= 0 or degree none >= 1.

    References
    ----------
    Proved in the book's appendix.

    Examples
    --------
    >>> [count_diagrams(2, k, degree=2, forcing=True) for k in range(5)]
    [1, 4, 6, 4, 1]
    >>> count_diagrams(2, 3, degree=2, eta_order=2)
    2
    """
    j, k = _legs(j, k)
    *nodes, _ = alphabet(degree, forcing)
    if eta_order is None:
        orders = list(range(j + 1))
    else:
        orders = [a_count(eta_order, "eta_order")]
    return sum(_count(j, k, m, nodes) for m in orders if m <= j)


def _count(j: int, k: int, m: int, nodes: list[Any]) -> int:
    if m == 0:
        return int(j == k)
    low, room = nodes[0], len(nodes)
    spare = k - j + m - low * m  # inputs to hand out beyond low to each node
    return comb(j, m) * sum(
        (-1) ** i * comb(m, i) * comb(spare - i * room + m - 1, m - 1)
        for i in range(m + 1)
        if spare - i * room >= 0
    )


def alphabet(degree: int, forcing: bool) -> list[Letter]:
    """Return the letters a leg can be, nodes before the bare wire.

    Raises
    ------
    TypeError, ValueError
        If degree is not a whole number >= 1 or forcing not a bool.
    """
    degree = a_count(degree, "degree", least=1, most=_MOST_DEGREE)
    return [*range(0 if a_flag(forcing, "forcing") else 1, degree + 1), "I"]


def nodes(word: Word) -> int:
    """Number of letters that are nodes: the order in eta of a word."""
    return sum(letter != "I" for letter in word)


def words(j: int, k: int, letters: list[Letter]) -> Iterator[Word]:
    """Yield the words of j letters with k inputs, alphabetically."""
    if j == 0:
        if k == 0:
            yield ()
        return
    low, high = _span(letters)
    for letter in letters:
        rest = k - (1 if isinstance(letter, str) else letter)
        if low * (j - 1) <= rest <= high * (j - 1):
            for tail in words(j - 1, rest, letters):
                yield (letter, *tail)


def _span(letters: list[Letter]) -> tuple[int, int]:
    """Return the fewest and the most inputs of a leg."""
    arms = [1 if isinstance(a, str) else a for a in letters]
    return min(arms), max(arms)


def _legs(j: Any, k: Any) -> tuple[int, int]:
    """Return the numbers of output and of input legs."""
    return a_count(j, "j", most=MOST_LEGS), a_count(k, "k")


def _letter(value: Any) -> Letter:
    if isinstance(value, str) and value == "I":
        return "I"
    try:
        return a_count(value, "letter", most=_MOST_DEGREE)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f'expected the letters "I", 0, 1, 2, ...: {error}'
        ) from error
