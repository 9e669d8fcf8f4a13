r"""The lifted blocks :math:`B_{j,k}` as formulas, split by powers of eta.

A block is a sum of *words*, those of the strand diagrams (``strands``): one
letter per factor, ``"I"`` for the identity or :math:`\ell` for
:math:`F_\ell`, and the degrees of the letters add up to :math:`k`. A word with
:math:`m` letters other than ``"I"`` is of order :math:`\eta^m`. This folder
needs sympy alone to write formulas, so it also runs in a browser.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from qcl._checks import a_count, an_expression, items_of, kind_of, room_for
from qcl.lifting.diagrams.strands import Word, alphabet, nodes, words

_LETTERS_A_LINE = 12  # of LaTeX, so that a line fits a page
_MOST_WORDS = 100_000
_MOST_ORDER = 16  # beyond it there are more words, whatever the degree


class Kron(sympy.Expr):
    r"""A Kronecker product that stays as written, :math:`F_2\otimes I`.

    Parameters
    ----------
    *factors : sympy symbols
        From left to right, the first being the slowest index.

    Examples
    --------
    >>> F, I = sympy.symbols("F2 I", commutative=False)
    >>> Kron(F, I), sympy.latex(Kron(I, F)), Kron(F, I) == Kron(I, F)
    (F2⊗I, 'I\\otimes F_{2}', False)
    """

    is_commutative = False

    def _latex(self, printer: Any) -> str:
        return r"\otimes ".join(map(printer._print, self.args))

    def _sympystr(self, printer: Any) -> str:
        return "⊗".join(map(printer._print, self.args))


@dataclass(frozen=True)
class SymbolicBlock:
    r"""One block :math:`B_{j,k}=\sum_{m=0}^{j}B_{j,k}^{(m)}` as a formula.

    Made by :func:`symbolic_blocks`. For one weight the formulas are ordinary
    polynomials in :math:`\eta` and :math:`f_\ell=F_\ell/\eta`; otherwise they
    are sums of Kronecker products of :math:`F_\ell`, which contain
    :math:`\eta`, so a product with :math:`m` of them is of order
    :math:`\eta^m`.

    Attributes
    ----------
    j, k : int
        Row and column.
    n : int or sympy symbol
        Number of weights.
    eta : sympy symbol
        The learning rate.
    words : tuple of tuple
        The terms, each a tuple of j letters ``"I"``, 0, 1, ...

    Examples
    --------
    >>> block = symbolic_blocks(2, 2, 2, "eta")[2, 3]
    >>> block
    B_{2,3} = F2⊗I + I⊗F2 [eta] + F1⊗F2 + F2⊗F1 [eta**2]
    >>> block.continuous, block.corrections, block.shape
    (F2⊗I + I⊗F2, F1⊗F2 + F2⊗F1, (4, 8))
    """

    j: int
    k: int
    n: int | sympy.Symbol
    eta: sympy.Symbol
    words: tuple[Word, ...]

    @cached_property
    def by_order(self) -> Mapping[int, sympy.Expr]:
        r"""The part of each order, {m: expression}; they add up to `expr`."""
        return {
            m: self._sum(m, several) for m, several in self._split().items()
        }

    @property
    def expr(self) -> sympy.Expr:
        r"""The whole block."""
        return sympy.Add(*self.by_order.values())

    @property
    def continuous(self) -> sympy.Expr:
        r"""The part m = 1: the block of continuous Carleman linearisation."""
        return self.by_order.get(1, sympy.Integer(0))

    @property
    def corrections(self) -> sympy.Expr:
        r"""The parts m >= 2: what a finite learning rate adds."""
        return sympy.Add(*(e for m, e in self.by_order.items() if m > 1))

    @property
    def shape(self) -> tuple[Any, Any]:
        r"""Rows and columns, :math:`(n^j,n^k)`."""
        return self.n**self.j, self.n**self.k

    def evaluate(self, tensors: Mapping[int, Any]) -> sympy.Matrix:
        r"""Put matrices for the :math:`F_\ell`.

        Parameters
        ----------
        tensors : mapping of int to matrix, shape (n, n**l)
            The :math:`F_\ell`, which contain the learning rate; those left
            out are zero.

        Returns
        -------
        sympy.Matrix, shape (n**j, n**k)

        Raises
        ------
        TypeError
            If it is no mapping to matrices of numbers or expressions; text
            is never evaluated.
        ValueError
            If no matrix is given, a shape does not fit, or the block is too
            large to write down.

        Examples
        --------
        >>> block = symbolic_blocks(2, 1, 2, "eta")[1, 1]
        >>> block.evaluate({1: [[-1, 2], [0, -1]]})
        Matrix([
        [0, 2],
        [0, 0]])
        """
        factors = _matrices(self.n, tensors)
        n = factors["I"].rows
        room_for(
            500 * len(self.words) * n ** (self.j + self.k),
            f"the block B_{{{self.j},{self.k}}} of {n} weights",
            "use qcl.lift, which keeps it sparse",
        )
        total = sympy.zeros(n**self.j, n**self.k)
        for word in self.words:
            if all(letter in factors for letter in word):
                parts = [factors[letter] for letter in word]
                total += sympy.kronecker_product(*parts)
        return total

    def __repr__(self) -> str:
        """Name and formula, each order of a word sum with its tag."""
        terms = [
            str(e) if self.n == 1 or m == 0 else f"{e} [{self.eta**m}]"
            for m, e in self.by_order.items()
        ]
        return f"B_{{{self.j},{self.k}}} = {' + '.join(terms)}"

    def _repr_latex_(self) -> str:
        """Show the formula in a notebook."""
        name = f"B_{{{self.j},{self.k}}}"
        if self.n == 1:
            terms = map(sympy.latex, self.by_order.values())
            return rf"$\displaystyle {name} = {' + '.join(terms)}$"
        body = "\\\\\n&+ ".join(self._latex_lines())
        return (
            rf"$\displaystyle \begin{{aligned}}{name} ={{}}& {body}"
            r"\end{aligned}$"
        )

    def _latex_lines(self) -> Iterator[str]:
        """Yield the lines of a word sum, the last of an order with its tag."""
        width = max(1, _LETTERS_A_LINE // self.j)
        for m, several in self._split().items():
            terms = [sympy.latex(_kron(word)) for word in several]
            tag = rf" \quad [{sympy.latex(self.eta**m)}]" if m else ""
            for start in range(0, len(terms), width):
                last = start + width >= len(terms)
                line = " + ".join(terms[start : start + width])
                yield line + (tag if last else "")

    def _split(self) -> dict[int, list[Word]]:
        """Return the words by their number of letters other than I."""
        split: dict[int, list[Word]] = {}
        for word in self.words:
            split.setdefault(nodes(word), []).append(word)
        return dict(sorted(split.items()))

    def _sum(self, m: int, several: list[Word]) -> sympy.Expr:
        """Add up the words of one order."""
        if self.n != 1:
            return sympy.Add(*map(_kron, several))
        return self.eta**m * sympy.Add(*map(_monomial, several))


def symbolic_blocks(
    n: int | sympy.Symbol,
    degree: int,
    order: int,
    eta: sympy.Symbol | str,
    *,
    forcing: bool = False,
) -> dict[tuple[int, int], SymbolicBlock]:
    r"""Blocks of the lifted step as formulas, split by powers of eta.

    .. math::

        B_{j,k}=\sum_{\ell_1+\dots+\ell_j=k}G_{\ell_1}\otimes\cdots\otimes
        G_{\ell_j},\qquad G_1=I+F_1,\quad G_\ell=F_\ell,\quad
        F_\ell=\eta f_\ell .

    Parameters
    ----------
    n : int or sympy symbol
        Number of weights, at most a million. For 1 the blocks are
        polynomials in ``eta`` and the symbols f0, f1, ...; for more, or a
        symbol, they are sums of Kronecker products of F0, F1, ...
    degree : int
        Degree q >= 1 of the step.
    order : int
        Rows j = 1..order, at most 16.
    eta : sympy symbol or str
        The learning rate.
    forcing : bool
        Whether the step has a constant term :math:`F_0`.

    Returns
    -------
    dict of (int, int) to SymbolicBlock
        Every column of every row, also those that truncation drops:
        k = j..jq, or k = 0..jq with forcing (k = 0 is the forcing).

    Raises
    ------
    TypeError, ValueError
        If n, degree or order is no whole number >= 1, eta is not a symbol,
        or the last row has more than 100 000 words.

    References
    ----------
    Liu et al., Nat. Commun. 15:434 (2024), Eq. (5); the orders in the
    learning rate are derived in the book's appendix.

    Examples
    --------
    >>> blocks = symbolic_blocks(1, 2, 2, "eta")
    >>> blocks[2, 2]
    B_{2,2} = 1 + 2*eta*f1 + eta**2*f1**2
    >>> list(blocks)
    [(1, 1), (1, 2), (2, 2), (2, 3), (2, 4)]
    """
    if not isinstance(n, sympy.Symbol):
        n = a_count(n, "n", least=1, most=10**6)
    symbol = _a_symbol(eta)
    letters = alphabet(degree, forcing)
    order = a_count(
        order, "order", least=1, most=_MOST_ORDER, remedy="lower the order"
    )
    if len(letters) ** order > _MOST_WORDS:
        raise ValueError(
            f"expected at most {_MOST_WORDS} words in a row, got "
            f"{len(letters)}**{order}; lower the order"
        )
    blocks = {}
    for j in range(1, order + 1):
        for k in range(j * int(letters[-2]) + 1):
            if found := tuple(words(j, k, letters)):
                blocks[j, k] = SymbolicBlock(j, k, n, symbol, found)
    return blocks


def _a_symbol(eta: Any) -> sympy.Symbol:
    if isinstance(eta, str) and eta.isidentifier():
        return sympy.Symbol(eta)
    if not isinstance(eta, sympy.Symbol):
        raise TypeError(
            f"expected eta as a sympy symbol, got {kind_of(eta)}; substitute "
            "its value afterwards with expr.subs(eta, value)"
        )
    return eta


def _matrices(n: Any, tensors: Any) -> dict[Any, sympy.Matrix]:
    """Return the F_l as matrices of fitting shapes, and the identity."""
    if not isinstance(tensors, Mapping):
        raise TypeError(
            f"expected a mapping of degrees to F_l, got {kind_of(tensors)}; "
            "pass for example {1: F1, 2: F2}"
        )
    factors: dict[Any, sympy.Matrix] = {
        a_count(degree, "degree", most=_MOST_ORDER): _matrix(F, degree)
        for degree, F in tensors.items()
    }
    if not factors:
        raise ValueError("expected at least one F_l, got an empty mapping")
    size = n if isinstance(n, int) else next(iter(factors.values())).rows
    for degree, F in factors.items():
        if F.shape != (size, size**degree):
            raise ValueError(
                f"expected F_{degree} of shape {(size, size**degree)}, got "
                f"{F.shape}"
            )
    return {**factors, "I": sympy.eye(size)}


def _matrix(F: Any, degree: int) -> sympy.Matrix:
    """Return a matrix of numbers or expressions; no text is evaluated."""
    what = f"F_{degree}"
    rows = items_of(F.tolist() if hasattr(F, "tolist") else F)
    if rows is None:
        raise TypeError(
            f"expected {what} as a matrix, a list of rows, got {kind_of(F)}"
        )
    table = []
    for row in rows:
        entries = items_of(row)  # a column may be given as a flat list
        table.append(
            [
                an_expression(x, f"an entry of {what}")
                for x in ([row] if entries is None else entries)
            ]
        )
    if len({len(row) for row in table}) > 1:
        raise ValueError(f"expected rows of equal length in {what}")
    for x in (x for row in table for x in row):
        if x.has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo):
            raise ValueError(f"expected finite entries in {what}, got {x}")
    return sympy.Matrix(table)


def _kron(word: Word) -> sympy.Expr:
    factors = [
        sympy.Symbol("I" if a == "I" else f"F{a}", commutative=False)
        for a in word
    ]
    return Kron(*factors) if len(factors) > 1 else factors[0]


def _monomial(word: Word) -> sympy.Expr:
    return sympy.Mul(*(sympy.Symbol(f"f{a}") for a in word if a != "I"))
