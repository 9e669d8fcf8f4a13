"""Norms of weight vectors and of the tensors that act on them."""

from typing import Any

import numpy as np
import scipy.sparse as sp

from qcl.lifting.algebra.basis import Floats, multinomials
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


def length(step: PolynomialMap, u: Any) -> float:
    r"""Length :math:`\|u\|` of a weight vector of a step.

    Raises
    ------
    ValueError
        If u has the wrong shape or is not finite.
    """
    return float(np.linalg.norm(step.as_float().point(u)))
