r"""One update step as a polynomial map, :math:`u\mapsto\Phi(u)`.

The step is stored as the increment of the paper's Eq. (4),
:math:`\delta u=\sum_{\ell=0}^{q}F_\ell u^{\otimes\ell}`, one table of
monomial coefficients per degree. Only :math:`F_\ell` acting on symmetric
tensors matters, so the table loses nothing, and
:meth:`PolynomialMap.F` returns the input-symmetrised tensor, which has the
smallest norm of all that give the same step.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from qcl._checks import a_count, a_flag, room_for, room_for_size, symbols_of
from qcl.lifting.algebra.exact import (
    MOST_STEPS,
    a_scalar,
    check_range,
    is_exact,
    numbers,
    zeros,
)
from qcl.lifting.algebra.terms import (
    MOST_DEGREE,
    Terms,
    added,
    identity,
    nonzero_entries,
)
from qcl.lifting.maps._construction import (
    MOST_WEIGHTS,
    distinct_indices,
    row_terms,
    table_terms,
    tensor_terms,
)
from qcl.lifting.maps._expressions import (
    coefficient_table,
    descent_increments,
    latex_formulas,
    update_increments,
)

_MOST_SHOWN = 40  # monomials of a map that is shown as a formula


@dataclass(frozen=True, init=False, eq=False, repr=False)
class PolynomialMap:
    r"""A polynomial update, :math:`u+\sum_\ell F_\ell u^{\otimes\ell}`.

    Parameters
    ----------
    tensors : mapping of int to array of shape (n, n**degree)
        ``{0: F0, 1: F1, 2: F2}``: any degrees, dense or sparse, NumPy column
        order (``numpy.kron``, first factor slowest). Entries that act on the
        same monomial are added, which symmetrises the inputs. Arrays of
        Python fractions or sympy rationals give an *exact* map.

    Attributes
    ----------
    n : int
        Number of weights.
    parts : tuple of Terms
        The increment, a table of coefficients for each degree that occurs.
    exact : bool
        Whether the coefficients are sympy rationals.

    Raises
    ------
    TypeError, ValueError
        On anything but a mapping of degrees to arrays of finite real
        numbers whose shapes fit, with n >= 1.

    References
    ----------
    Liu et al., Nat. Commun. 15:434 (2024), Eq. (4).

    Examples
    --------
    >>> step = PolynomialMap({1: [[-0.1]], 2: [[-0.1]]})
    >>> step.n, step.degree, round(float(step([0.5])[0]), 12)
    (1, 2, 0.425)
    """

    n: int
    parts: tuple[Terms, ...]
    exact: bool

    def __init__(self, tensors: Mapping[int, Any]) -> None:
        self._set(*tensor_terms(tensors))

    def _set(
        self, n: int, parts: list[Terms], exact: bool | None = None
    ) -> None:
        kept = tuple(part for part in parts if len(part.multisets))
        if len({part.exact for part in kept}) > 1:
            raise ValueError(
                "some F_l are rational and some are floats; make every "
                "entry a sympy Rational, or all of them floats"
            )
        if exact is None:
            exact = all(part.exact for part in parts)
        object.__setattr__(self, "n", n)
        object.__setattr__(self, "parts", kept)
        object.__setattr__(self, "exact", exact)

    @classmethod
    def from_coefficients(
        cls, n: int, coefficients: Mapping[tuple[int, ...], Sequence[Any]]
    ) -> "PolynomialMap":
        r"""Build from monomial coefficients of :math:`\delta u`.

        Parameters
        ----------
        n : int
            Number of weights.
        coefficients : mapping of index tuple to sequence of length n
            ``{(): F0, (0, 1): c}`` gives :math:`\delta u=F_0+c\,u_0u_1`;
            the order of the indices is immaterial.

        Raises
        ------
        TypeError, ValueError
            If n < 1, it is no such mapping, an index is out of range or a
            coefficient is not a finite real number.

        Examples
        --------
        >>> step = PolynomialMap.from_coefficients(2, {(0, 1): [1.0, 0.0]})
        >>> step([2.0, 3.0]).tolist()
        [8.0, 3.0]
        """
        n = a_count(n, "n", least=1, most=MOST_WEIGHTS)
        return step_of_terms(n, table_terms(n, coefficients))

    @classmethod
    def from_update(
        cls, exprs: Sequence[Any], symbols: Sequence[Any]
    ) -> "PolynomialMap":
        r"""Build from sympy update rules, :math:`u_i\mapsto\Phi_i(u)`.

        Parameters
        ----------
        exprs : sequence of sympy expressions
            The new value of each weight; one weight needs no sequence.
        symbols : sequence of sympy symbols
            The weights, in the same order.

        Returns
        -------
        PolynomialMap
            Exact if every coefficient is a rational number.

        Raises
        ------
        TypeError, ValueError
            If they are not as many polynomials, with numbers as
            coefficients, as symbols; text is never evaluated.

        Examples
        --------
        >>> import sympy
        >>> u = sympy.symbols("u")
        >>> PolynomialMap.from_update([u - (u + u**2) / 5], [u]).F(2)
        array([[-1/5]], dtype=object)
        """
        weights = symbols_of(symbols, "weights")
        return _step_of_increments(update_increments(exprs, weights), weights)

    @classmethod
    def from_loss(
        cls,
        loss: Any,
        weights: Sequence[Any],
        eta: Any,
        at: Sequence[Any] | None = None,
    ) -> "PolynomialMap":
        r"""One gradient-descent step on a polynomial loss.

        With :math:`u=\theta-\theta^*` the step is
        :math:`u\mapsto u-\eta\nabla L(\theta^*+u)`, so
        :math:`F_\ell=-\frac{\eta}{\ell!}D^{\ell+1}L(\theta^*)`.

        Parameters
        ----------
        loss : sympy expression
            A polynomial in ``weights``.
        weights : sequence of sympy symbols
            The weights :math:`\theta`.
        eta : number
            Learning rate, > 0; a sympy rational keeps the map exact.
        at : sequence of numbers, optional
            Expansion point :math:`\theta^*`; the origin by default.

        Raises
        ------
        TypeError, ValueError
            If eta <= 0, ``at`` has the wrong length or the loss is not a
            polynomial with numbers as coefficients; text is never evaluated.

        References
        ----------
        Eqs. (3)-(4) of the paper; the formula for :math:`F_\ell` is proved
        in the book's appendix.

        Examples
        --------
        >>> import sympy
        >>> u = sympy.symbols("u")
        >>> eta = sympy.Rational(1, 5)
        >>> step = PolynomialMap.from_loss(u**2 / 2 + u**3 / 3, [u], eta)
        >>> step.F(1), step.F(2)
        (array([[-1/5]], dtype=object), array([[-1/5]], dtype=object))
        """
        symbols = symbols_of(weights, "weights")
        increments = descent_increments(loss, symbols, eta, at)
        return _step_of_increments(increments, symbols)

    @property
    def terms(self) -> dict[int, Terms]:
        r"""The increment by degree: the tables of :math:`F_\ell`."""
        return {part.degree: part for part in self.parts}

    @property
    def degree(self) -> int:
        r"""The largest :math:`\ell` with :math:`F_\ell\ne0`; 1 at least."""
        return max([1, *self.terms])

    @property
    def images(self) -> dict[int, Terms]:
        r"""The map itself by degree: :math:`G_1=I+F_1`, else :math:`F_\ell`.

        Examples
        --------
        >>> step = PolynomialMap({1: [[-0.5]], 2: [[1.0]]})
        >>> [G.tensor().item() for G in step.images.values()]
        [0.5, 1.0]
        """
        return {part.degree: part for part in self._images}

    @cached_property
    def _images(self) -> tuple[Terms, ...]:
        return _moved(self.n, self.terms, self.exact, 1)

    def expressions(self, symbols: Sequence[Any]) -> list[Any]:
        r"""The update rules :math:`\Phi_i(u)` as sympy expressions.

        The inverse of :meth:`from_update`, for n distinct sympy symbols.

        Raises
        ------
        TypeError, ValueError
            If the symbols are others, or there are too many terms.

        Examples
        --------
        >>> import sympy
        >>> u = sympy.symbols("u")
        >>> PolynomialMap({1: [[-0.5]], 2: [[1.0]]}).expressions([u])
        [1.0*u**2 + 0.5*u]
        """
        import sympy

        weights = symbols_of(symbols, "symbols", self.n)
        count = sum(len(part.multisets) for part in self.parts) * self.n
        room_for(1e3 * count, f"{count:,} terms", "restrict the weights")
        rows = [part.expressions(weights) for part in self._images]
        return [sympy.Add(*(row[i] for row in rows)) for i in range(self.n)]

    def __getstate__(self) -> dict[str, Any]:
        """Return what makes the map, without what can be made of it."""
        return {"n": self.n, "parts": self.parts, "exact": self.exact}

    def __repr__(self) -> str:
        """Return size, degrees and kind of numbers in one line."""
        kind = "exact" if self.exact else "float"
        degrees = ", ".join(map(str, self.terms)) or "none"
        return (
            f"PolynomialMap(n={self.n}, degree={self.degree}, "
            f"terms of degree {degrees}, {kind})"
        )

    def _repr_latex_(self) -> str | None:
        """Show a small map as a formula in a notebook."""
        shown = [nonzero_entries(part.coefficients) for part in self._images]
        if sum(len(values) for _, _, values in shown) > _MOST_SHOWN:
            return None
        return latex_formulas(self.n, self.expressions)

    def F(self, degree: int, *, sparse: bool = False) -> Any:
        r"""The input-symmetrised tensor :math:`F_\ell`, shape (n, n**degree).

        Parameters
        ----------
        degree : int
            Which :math:`\ell\ge0`.
        sparse : bool
            Return a ``csr_array`` of floats instead of an ndarray.

        Raises
        ------
        ValueError
            If degree < 0, or the dense array would not fit in memory (pass
            ``sparse=True``).

        Examples
        --------
        >>> step = PolynomialMap({2: [[0, 2, 0, 0], [0, 0, 0, 1]]})
        >>> step.F(2).tolist()
        [[0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
        """
        degree = a_count(degree, "degree", most=MOST_DEGREE)
        sparse = a_flag(sparse, "sparse")
        none, empty = (
            np.empty((0, degree), int),
            zeros((self.n, 0), self.exact),
        )
        part = self.terms.get(degree) or Terms(self.n, none, empty)
        return part.sparse_tensor() if sparse else part.tensor()

    def __call__(self, u: Any) -> npt.NDArray:
        r"""Apply one step: :math:`u+\sum_\ell F_\ell u^{\otimes\ell}`."""
        return self._after(self.point(u), 1)

    def _after(self, point: npt.NDArray, t: int) -> npt.NDArray:
        """Take step t; in floats unless the point is exact too."""
        step = self if point.dtype == object else self.as_float()
        total = zeros((self.n,), point.dtype == object)
        with np.errstate(over="ignore", invalid="ignore"):
            for part in step.parts:
                total = total + part(point)
            after = point + total
        check_range(after, t)
        return after

    def point(self, u: Any) -> npt.NDArray:
        """Return u as a weight vector: exact if both it and the map are.

        Raises
        ------
        TypeError, ValueError
            If u is no finite vector of shape (n,).
        """
        return numbers(u, "the weight vector", (self.n,), self.exact)

    def trajectory(self, u0: Any, T: int) -> npt.NDArray:
        r"""Iterate the step: :math:`u(0),u(1),\dots,u(T)`.

        Parameters
        ----------
        u0 : array of shape (n,)
            Start; rationals keep an exact map's trajectory exact.
        T : int
            Number of steps, from 0 to a million.

        Returns
        -------
        ndarray of shape (T + 1, n)

        Raises
        ------
        TypeError, ValueError
            If T is out of range or u0 is no weight vector.
        OverflowError
            If the trajectory leaves the range of floats, or its exact
            fractions grow too long.

        Examples
        --------
        >>> step = PolynomialMap({1: [[-0.5]]})
        >>> step.trajectory([1.0], 2).ravel().tolist()
        [1.0, 0.5, 0.25]
        """
        T = a_count(T, "T", most=MOST_STEPS)
        points = [self.point(u0)]
        room_for_size(lambda T: 16 * T * self.n, T, "T", f"{T:,} points")
        for t in range(T):
            points.append(self._after(points[-1], t + 1))
        return np.array(points)

    def as_float(self) -> "PolynomialMap":
        """Return the same map with floating-point coefficients."""
        return self._as_float if self.exact else self

    @cached_property
    def _as_float(self) -> "PolynomialMap":
        parts = (part.as_float() for part in self.parts)
        return step_of_terms(self.n, parts, exact=False)

    def rescaled(self, rho: Any) -> "PolynomialMap":
        r"""The step for :math:`v=u/\rho`, with :math:`\rho^{\ell-1}F_\ell`.

        Raises
        ------
        ValueError
            If rho <= 0, or a coefficient leaves the range of floats.

        Examples
        --------
        >>> PolynomialMap({2: [[3.0]]}).rescaled(2.0).F(2).tolist()
        [[6.0]]
        """
        scale = a_scalar(rho, "rho", above=0)
        if self.exact and is_exact([scale]):
            step: PolynomialMap = self
        else:
            step, scale = self.as_float(), np.float64(scale)
        with np.errstate(over="ignore"):
            parts = [t.scaled(scale ** (t.degree - 1)) for t in step.parts]
        return step_of_terms(self.n, parts, step.exact)

    def restricted(self, indices: Sequence[int]) -> "PolynomialMap":
        """Return the step of some weights, the others frozen at u = 0.

        Parameters
        ----------
        indices : sequence of int
            Which weights survive, in the order wanted.

        Raises
        ------
        TypeError, ValueError
            If they are not distinct integers in 0..n-1, one at least.

        Examples
        --------
        >>> step = PolynomialMap({1: [[-0.1, 0.2], [0.3, -0.4]]})
        >>> step.restricted([1]).F(1).tolist()
        [[-0.4]]
        """
        kept = distinct_indices(indices, self.n)
        parts = (part.restricted(kept) for part in self.parts)
        return step_of_terms(int(kept.size), parts, self.exact)


def step_of_terms(
    n: int, parts: Iterable[Terms], exact: bool | None = None
) -> PolynomialMap:
    """Make the step of n weights whose increment has these terms.

    At most one part of each degree, in rising order; exact as given, or if
    all parts are.
    """
    step = PolynomialMap.__new__(PolynomialMap)
    step._set(n, list(parts), exact)
    return step


def _step_of_increments(
    increments: Sequence[Any], weights: Sequence[Any]
) -> PolynomialMap:
    n, table = len(weights), coefficient_table(increments, weights)
    rows = {key: np.array(row) for key, row in table.items()}
    return step_of_terms(n, row_terms(n, rows))


def step_of_images(
    n: int, images: Iterable[Terms], exact: bool
) -> PolynomialMap:
    """Make the step of its :attr:`PolynomialMap.images`."""
    terms = {part.degree: part for part in images}
    return step_of_terms(n, _moved(n, terms, exact, -1), exact)


def _moved(
    n: int, terms: dict[int, Terms], exact: bool, sign: int
) -> tuple[Terms, ...]:
    """Add the identity to terms, or take it off."""
    linear = [identity(n, exact).scaled(sign)]
    linear += [terms[1]] if 1 in terms else []
    moved = {**terms, 1: added(linear)}
    return tuple(
        part for _, part in sorted(moved.items()) if len(part.multisets)
    )
