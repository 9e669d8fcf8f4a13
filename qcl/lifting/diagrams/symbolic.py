r"""The lifted blocks :math:`B_{j,k}` as formulas, split by powers of eta.

A block is a sum of *words*: one letter per factor, ``"I"`` for the identity
or :math:`\ell` for :math:`F_\ell`, and the degrees of the letters add up to
:math:`k`. A word with :math:`m` letters other than ``"I"`` is of order
:math:`\eta^m`. This module needs sympy alone, so it also runs in a browser.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any, TypeAlias

import sympy

Word: TypeAlias = tuple[int | str, ...]

_LETTERS_A_LINE = 12  # of LaTeX, so that a line fits a page
_MOST_WORDS = 100_000


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
        return {m: self._sum(m, words) for m, words in self._split().items()}

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
        ValueError
            If no matrix is given or a shape does not fit.

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
        for m, words in self._split().items():
            terms = [sympy.latex(_kron(word)) for word in words]
            tag = rf" \quad [{sympy.latex(self.eta**m)}]" if m else ""
            for start in range(0, len(terms), width):
                last = start + width >= len(terms)
                line = " + ".join(terms[start : start + width])
                yield line + (tag if last else "")

    def _split(self) -> dict[int, list[Word]]:
        """Return the words by their number of letters other than I."""
        split: dict[int, list[Word]] = {}
        for word in self.words:
            split.setdefault(_nodes(word), []).append(word)
        return dict(sorted(split.items()))

    def _sum(self, m: int, words: list[Word]) -> sympy.Expr:
        """Add up the words of one order."""
        if self.n != 1:
            return sympy.Add(*map(_kron, words))
        return self.eta**m * sympy.Add(*map(_monomial, words))


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
        Number of weights. For 1 the blocks are polynomials in ``eta`` and
        the symbols f0, f1, ...; for more, or a symbol, they are sums of
        Kronecker products of F0, F1, ...
    degree : int
        Degree q >= 1 of the step.
    order : int
        Rows j = 1..order.
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
    ValueError
        If n, degree or order is not positive, eta is not a symbol, or the
        last row has more than 100 000 words.

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
    symbol = sympy.Symbol(eta) if isinstance(eta, str) else eta
    _check(n, degree, order, symbol)
    letters: list[int | str] = [*range(0 if forcing else 1, degree + 1), "I"]
    if len(letters) ** order > _MOST_WORDS:
        raise ValueError(
            f"expected at most {_MOST_WORDS} words in a row, got "
            f"{len(letters)}**{order}; lower the order"
        )
    blocks = {}
    for j in range(1, order + 1):
        rows: dict[int, list[Word]] = {}
        for word in product(letters, repeat=j):
            rows.setdefault(sum(map(_degree, word)), []).append(word)
        for k, words in sorted(rows.items()):
            blocks[j, k] = SymbolicBlock(j, k, n, symbol, tuple(words))
    return blocks


def _check(n: Any, degree: int, order: int, eta: Any) -> None:
    if not isinstance(n, sympy.Symbol) and not (isinstance(n, int) and n > 0):
        raise ValueError(
            f"expected a whole number n >= 1 or a sympy symbol, got n={n!r}"
        )
    for name, value in (("degree", degree), ("order", order)):
        if value < 1:
            raise ValueError(f"expected {name} >= 1, got {name}={value}")
    if not isinstance(eta, sympy.Symbol):
        raise ValueError(
            f"expected eta as a sympy symbol, got {eta!r}; substitute its "
            "value afterwards with expr.subs(eta, value)"
        )


def _matrices(n: Any, tensors: Mapping[int, Any]) -> dict[Any, sympy.Matrix]:
    """Return the F_l as matrices of fitting shapes, and the identity."""
    factors: dict[Any, sympy.Matrix] = {
        degree: sympy.Matrix(F) for degree, F in tensors.items()
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


def _nodes(word: Word) -> int:
    return sum(letter != "I" for letter in word)


def _degree(letter: int | str) -> int:
    return 1 if isinstance(letter, str) else letter


def _kron(word: Word) -> sympy.Expr:
    factors = [
        sympy.Symbol("I" if a == "I" else f"F{a}", commutative=False)
        for a in word
    ]
    return Kron(*factors) if len(factors) > 1 else factors[0]


def _monomial(word: Word) -> sympy.Expr:
    return sympy.Mul(*(sympy.Symbol(f"f{a}") for a in word if a != "I"))
