r"""One update step as a polynomial map, :math:`u\mapsto\Phi(u)`.

The step is stored as the increment of the paper's Eq. (4),
:math:`\delta u=\sum_{\ell=0}^{q}F_\ell u^{\otimes\ell}`, one table of
monomial coefficients per degree. Only :math:`F_\ell` acting on symmetric
tensors matters, so the table loses nothing, and
:meth:`PolynomialMap.F` returns the input-symmetrised tensor, which has the
smallest norm of all that give the same step.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from qcl.lifting.algebra.exact import (
    check_integer,
    check_range,
    finite,
    is_exact,
    rationals,
    zeros,
)
from qcl.lifting.algebra.terms import Terms, check_dense
from qcl.lifting.maps._construction import row_count, table_terms, tensor_terms
from qcl.lifting.maps._expressions import coefficient_table, descent_increments


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
    degree : int
        The largest :math:`\ell` with :math:`F_\ell\ne0`; 1 at least.
    exact : bool
        Whether the coefficients are sympy rationals.

    Raises
    ------
    ValueError
        On an empty mapping, n = 0, wrong shapes, or entries that are not
        finite real numbers.

    References
    ----------
    Liu et al., Nat. Commun. 15:434 (2024), Eq. (4).

    Examples
    --------
    >>> step = PolynomialMap({1: [[-0.1]], 2: [[-0.1]]})
    >>> step.n, step.degree, round(float(step([0.5])[0]), 12)
    (1, 2, 0.425)
    """

    def __init__(self, tensors: Mapping[int, Any]) -> None:
        if not tensors:
            raise ValueError(
                "expected at least one F_l, got an empty mapping; pass for "
                "example {1: F1, 2: F2}"
            )
        n = row_count(tensors)
        self._set(n, tensor_terms(n, tensors))

    def _set(
        self, n: int, parts: list[Terms], exact: bool | None = None
    ) -> None:
        terms = {part.degree: part for part in parts if len(part.multisets)}
        if len({part.exact for part in terms.values()}) > 1:
            raise ValueError(
                "some F_l are rational and some are floats; make every "
                "entry a sympy Rational, or all of them floats"
            )
        self.n = n
        self.terms = terms
        self.degree = max([1, *terms])
        if exact is None:
            exact = all(part.exact for part in parts)
        self.exact = exact

    @classmethod
    def from_terms(
        cls, n: int, parts: Iterable[Terms], exact: bool | None = None
    ) -> "PolynomialMap":
        """Build from the terms of each degree, for use inside the package.

        Parameters
        ----------
        n : int
            Number of weights.
        parts : iterable of Terms
            At most one of each degree, of n rows.
        exact : bool, optional
            Whether the map is exact; by default, whether all parts are.

        Raises
        ------
        ValueError
            If some parts are exact and some are not.
        """
        step = cls.__new__(cls)
        step._set(n, list(parts), exact)
        return step

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
        ValueError
            If n < 1, an index is out of range or a coefficient is not a
            finite real number.

        Examples
        --------
        >>> step = PolynomialMap.from_coefficients(2, {(0, 1): [1.0, 0.0]})
        >>> step([2.0, 3.0]).tolist()
        [8.0, 3.0]
        """
        return cls.from_terms(n, table_terms(n, coefficients))

    @classmethod
    def from_update(
        cls, exprs: Sequence[Any], symbols: Sequence[Any]
    ) -> "PolynomialMap":
        r"""Build from sympy update rules, :math:`u_i\mapsto\Phi_i(u)`.

        Parameters
        ----------
        exprs : sequence of sympy expressions
            The new value of each weight.
        symbols : sequence of sympy symbols
            The weights, in the same order.

        Returns
        -------
        PolynomialMap
            Exact if every coefficient is a rational number.

        Raises
        ------
        ValueError
            If the lengths differ, an update is not a polynomial in the
            symbols, or a coefficient is not a number.

        Examples
        --------
        >>> import sympy
        >>> u = sympy.symbols("u")
        >>> PolynomialMap.from_update([u - (u + u**2) / 5], [u]).F(2)
        array([[-1/5]], dtype=object)
        """
        if len(symbols) == 0 or len(exprs) != len(symbols):
            raise ValueError(
                f"expected one update per symbol, got {len(exprs)} updates "
                f"for {len(symbols)} symbols"
            )
        increments = [e - s for e, s in zip(exprs, symbols, strict=True)]
        table = coefficient_table(increments, symbols)
        return cls.from_coefficients(len(symbols), table)

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
        ValueError
            If eta <= 0, ``at`` has the wrong length or the loss is not a
            polynomial with numbers as coefficients.

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
        if len(weights) == 0:
            raise ValueError("expected at least one weight, got 0 symbols")
        increments = descent_increments(loss, weights, eta, at)
        table = coefficient_table(increments, weights)
        return cls.from_coefficients(len(weights), table)

    def __repr__(self) -> str:
        """Return size, degrees and kind of numbers in one line."""
        kind = "exact" if self.exact else "float"
        degrees = ", ".join(map(str, self.terms)) or "none"
        return (
            f"PolynomialMap(n={self.n}, degree={self.degree}, "
            f"terms of degree {degrees}, {kind})"
        )

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
            If degree < 0, or the dense array would have more than 2**27
            entries (pass ``sparse=True``).

        Examples
        --------
        >>> step = PolynomialMap({2: [[0, 2, 0, 0], [0, 0, 0, 1]]})
        >>> step.F(2).tolist()
        [[0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
        """
        if degree < 0:
            raise ValueError(f"expected degree >= 0, got degree={degree}")
        shape = (self.n, self.n**degree)
        if degree in self.terms:
            part = self.terms[degree]
            return part.sparse_tensor() if sparse else part.tensor()
        if sparse:
            return sp.csr_array(shape)
        check_dense(self.n, degree)
        return zeros(shape, self.exact)

    def increment(self, u: Any) -> npt.NDArray:
        r"""The increment :math:`\delta u=\sum_\ell F_\ell u^{\otimes\ell}`."""
        return self._increment(self.point(u))

    def __call__(self, u: Any) -> npt.NDArray:
        r"""Apply one step: :math:`u+\sum_\ell F_\ell u^{\otimes\ell}`."""
        point = self.point(u)
        with np.errstate(over="ignore", invalid="ignore"):
            after = point + self._increment(point)
        check_range(after, 1)
        return after

    def _increment(self, point: npt.NDArray) -> npt.NDArray:
        total = zeros((self.n,), point.dtype == object)
        step = self if point.dtype == object else self.as_float()
        for part in step.terms.values():
            total = total + part(point)
        return total

    def point(self, u: Any) -> npt.NDArray:
        """Return u as a weight vector: exact if both it and the map are.

        Raises
        ------
        ValueError
            If u has the wrong shape or is not finite.
        """
        array = np.asarray(u)
        if array.shape != (self.n,):
            raise ValueError(
                f"expected a weight vector of shape ({self.n},), got shape "
                f"{array.shape}"
            )
        if self.exact and is_exact(array):
            return rationals(array)
        return finite(array, "the weight vector")

    def trajectory(self, u0: Any, T: int) -> npt.NDArray:
        r"""Iterate the step: :math:`u(0),u(1),\dots,u(T)`.

        Parameters
        ----------
        u0 : array of shape (n,)
            Start; rationals keep an exact map's trajectory exact.
        T : int
            Number of steps, >= 0.

        Returns
        -------
        ndarray of shape (T + 1, n)

        Raises
        ------
        ValueError
            If T < 0 or u0 has the wrong shape.
        OverflowError
            If the trajectory leaves the range of floats.

        Examples
        --------
        >>> step = PolynomialMap({1: [[-0.5]]})
        >>> step.trajectory([1.0], 2).ravel().tolist()
        [1.0, 0.5, 0.25]
        """
        check_integer(T, "T")
        if T < 0:
            raise ValueError(f"expected T >= 0 steps, got T={T}")
        points = [self.point(u0)]
        with np.errstate(over="ignore", invalid="ignore"):
            for t in range(T):
                points.append(points[-1] + self._increment(points[-1]))
                check_range(points[-1], t + 1)
        return np.array(points)

    def as_float(self) -> "PolynomialMap":
        """Return the same map with floating-point coefficients."""
        return self._as_float if self.exact else self

    @cached_property
    def _as_float(self) -> "PolynomialMap":
        parts = (part.as_float() for part in self.terms.values())
        return self.from_terms(self.n, parts, exact=False)

    def rescaled(self, rho: Any) -> "PolynomialMap":
        r"""The step for :math:`v=u/\rho`, with :math:`\rho^{\ell-1}F_\ell`.

        Raises
        ------
        ValueError
            If rho <= 0.

        Examples
        --------
        >>> PolynomialMap({2: [[3.0]]}).rescaled(2.0).F(2).tolist()
        [[6.0]]
        """
        try:
            valid = 0 < float(rho) < np.inf
        except (TypeError, ValueError):
            valid = False
        if not valid or isinstance(rho, str):
            raise ValueError(f"expected a scale rho > 0, got rho={rho}")
        if self.exact and is_exact(rho):
            step, scale = self, rationals(np.asarray([rho]))[0]
        else:
            step, scale = self.as_float(), float(rho)
        parts = (t.scaled(scale ** (d - 1)) for d, t in step.terms.items())
        return self.from_terms(self.n, parts, step.exact)

    def restricted(self, indices: Sequence[int]) -> "PolynomialMap":
        """Return the step of some weights, the others frozen at u = 0.

        Parameters
        ----------
        indices : sequence of int
            Which weights survive, in the order wanted.

        Raises
        ------
        ValueError
            If an index repeats or is out of range, or none is given.

        Examples
        --------
        >>> step = PolynomialMap({1: [[-0.1, 0.2], [0.3, -0.4]]})
        >>> step.restricted([1]).F(1).tolist()
        [[-0.4]]
        """
        kept = np.asarray(indices)
        valid = kept.ndim == 1 and np.issubdtype(kept.dtype, np.integer)
        valid = valid and kept.size == np.unique(kept).size > 0
        if not valid or kept.min() < 0 or kept.max() >= self.n:
            raise ValueError(
                f"expected distinct weight indices in 0..{self.n - 1}, got "
                f"{indices}"
            )
        parts = (part.restricted(kept) for part in self.terms.values())
        return self.from_terms(int(kept.size), parts, self.exact)
