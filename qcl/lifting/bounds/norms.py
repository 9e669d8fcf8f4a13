"""Norms of weight vectors and of the tensors that act on them."""

from typing import Any

import numpy as np
import scipy.sparse as sp

from qcl.lifting.algebra.basis import Floats, multinomials
from qcl.lifting.algebra.exact import finite
from qcl.lifting.algebra.terms import Terms
from qcl.lifting.maps.polynomial import PolynomialMap


def spectral_norm(part: Terms) -> float:
    r"""The norm :math:`\|G_\ell\|_2` of an input-symmetrised tensor.

    The root of the largest eigenvalue of the smaller of the two Gram
    matrices, over the outputs or over the monomials.

    Examples
    --------
    >>> step = PolynomialMap({2: [[3.0, 2.0, 2.0, 0.0], [0.0] * 4]})
    >>> round(spectral_norm(step.terms[2]) ** 2, 12)
    17.0
    """
    scaled = _orthonormal(part)
    if scaled.shape[1] < scaled.shape[0]:
        scaled = scaled.T
    return top_eigenvalue((scaled @ scaled.T).toarray()) ** 0.5


def gram(part: Terms) -> Floats:
    r"""The Gram matrix :math:`GG^T` of a tensor of float terms, (n, n)."""
    scaled = _orthonormal(part)
    return (scaled @ scaled.T).toarray()


def _orthonormal(part: Terms) -> Any:
    """Coefficients with respect to orthonormal symmetric tensors."""
    table = part.coefficients
    weight = 1 / np.sqrt(multinomials(part.multisets))
    data = table.data * weight[table.indices]
    return sp.csr_array((data, table.indices, table.indptr), table.shape)


def top_eigenvalue(matrix: Floats) -> float:
    """Largest eigenvalue of a positive semidefinite matrix; 0 if empty."""
    if not len(matrix):
        return 0.0
    return max(float(np.linalg.eigvalsh(matrix)[-1]), 0.0)


def root(norm: Any, n: int) -> Floats:
    r"""A matrix :math:`W` with :math:`W^TW=P`: then |Wu| is the P-norm."""
    P = finite(np.asarray(norm), "the norm")
    if P.shape != (n, n):
        raise ValueError(
            f"expected a norm of shape ({n}, {n}), got {P.shape}; pass the "
            "matrix P of ||P^(1/2) u||"
        )
    try:
        if not np.allclose(P, P.T, rtol=1e-12, atol=0):
            raise np.linalg.LinAlgError("not symmetric")
        return np.asarray(np.linalg.cholesky(P).T, dtype=np.float64)
    except np.linalg.LinAlgError as error:
        raise ValueError(
            "expected a symmetric positive definite norm, got one with the "
            f"smallest eigenvalue {np.linalg.eigvalsh(P)[0]:.3g} and the "
            f"asymmetry {abs(P - P.T).max():.3g}"
        ) from error


def length(step: PolynomialMap, u: Any, norm: Any = None) -> float:
    r"""Length of a weight vector, :math:`\|u\|` or :math:`\|P^{1/2}u\|`.

    Raises
    ------
    ValueError
        If u has the wrong shape or is not finite.
    """
    point = step.as_float().point(u)
    if norm is not None:
        point = root(norm, step.n) @ point
    return float(np.linalg.norm(point))


def euclidean_factor(norm: Any) -> float:
    r"""The smallest c with :math:`\|u\|\le c\,\|P^{1/2}u\|` for all u.

    :math:`c=\lambda_{\min}(P)^{-1/2}`: multiply a bound on block 1 made
    with ``norm=P`` by it (on block j, by its j-th power) to have one in the
    Euclidean norm.

    Raises
    ------
    ValueError
        If P is not symmetric positive definite.

    Examples
    --------
    >>> round(euclidean_factor([[4.0, 0.0], [0.0, 9.0]]), 12)
    0.5
    """
    W = root(norm, len(np.asarray(norm)))
    return float(1 / np.linalg.svd(W, compute_uv=False)[-1])
