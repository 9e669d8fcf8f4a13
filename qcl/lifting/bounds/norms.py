"""Norms of weight vectors and of the tensors that act on them.

Everything is measured in units of its largest entry, so that no square of a
norm leaves the range of floats or is lost below it.
"""

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
    scaled, unit = _orthonormal(part)
    if scaled.shape[1] < scaled.shape[0]:
        scaled = scaled.T
    gram = (scaled @ scaled.T).toarray()
    return unit * max(float(np.linalg.eigvalsh(gram)[-1]), 0.0) ** 0.5


def squeezed(part: Terms, directions: Floats) -> Floats:
    r"""A square matrix whose rows have the lengths of those of a tensor.

    With the columns :math:`e_i` of an orthogonal matrix as directions, the
    rows are :math:`e_i^TG_\ell` in other coordinates of the inputs: any
    selection of rows keeps its norm, also beside much longer ones.
    """
    scaled, unit = _orthonormal(part)
    turned = (scaled.T @ directions) * unit
    return np.asarray(np.linalg.qr(turned, mode="r"), dtype=np.float64).T


def _orthonormal(part: Terms) -> tuple[Any, float]:
    """Coefficients for orthonormal symmetric tensors, and their unit."""
    table = part.coefficients
    unit = float(abs(table.data).max(initial=0.0)) or 1.0
    weight = 1 / np.sqrt(multinomials(part.multisets))
    data = table.data / unit * weight[table.indices]
    return sp.csr_array((data, table.indices, table.indptr), table.shape), unit


def norm_of(matrix: Floats) -> float:
    """The 2-norm of a matrix or vector, safe from under- and overflow."""
    unit = float(abs(matrix).max(initial=0.0))
    return unit * float(np.linalg.norm(matrix / unit, 2)) if unit else 0.0


def length(step: PolynomialMap, u: Any) -> float:
    r"""Length :math:`\|u\|` of a weight vector of a step.

    Raises
    ------
    TypeError, ValueError
        If u is no finite weight vector.
    """
    return norm_of(step.as_float().point(u))
