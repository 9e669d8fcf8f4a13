r"""Whether a step is a gradient descent.

It is one exactly if every input-symmetrised :math:`F_\ell` is symmetric in
all its :math:`\ell+1` indices.
"""

import numpy as np

from qcl._checks import a_number, a_step
from qcl.lifting.algebra.basis import multinomials, rank_multisets
from qcl.lifting.algebra.exact import zeros
from qcl.lifting.algebra.terms import Terms, nonzero_entries
from qcl.lifting.maps.polynomial import PolynomialMap


def is_gradient(step: PolynomialMap, tolerance: float = 1e-12) -> bool:
    r"""Whether the step is a gradient descent on some loss.

    It is one exactly if every input-symmetrised :math:`F_\ell` is symmetric
    in all its :math:`\ell+1` indices.

    Parameters
    ----------
    step : PolynomialMap
        Any step. An exact one is tested exactly.
    tolerance : float
        For a float step: the asymmetry that counts as rounding, relative to
        the largest entry of the same :math:`F_\ell`.

    Raises
    ------
    TypeError, ValueError
        If it is no PolynomialMap, or the tolerance no finite number >= 0.

    References
    ----------
    Poincaré's lemma for polynomial fields, proved in the book's appendix.

    Examples
    --------
    >>> is_gradient(PolynomialMap({1: [[-1.0, 0.5], [0.5, -2.0]]}))
    True
    >>> is_gradient(PolynomialMap({1: [[0.0, 1.0], [-1.0, 0.0]]}))
    False
    """
    parts = a_step(step).parts
    tolerance = a_number(tolerance, "tolerance", least=0)
    return all(_is_symmetric(part, tolerance) for part in parts)


def _is_symmetric(part: Terms, tolerance: float) -> bool:
    row, column, values = nonzero_entries(part.coefficients)
    inputs = part.multisets[column]
    entries = values / multinomials(inputs)
    full = np.sort(np.hstack([row[:, None], inputs]), axis=1)
    _, first, slot = np.unique(
        rank_multisets(part.n, full), return_index=True, return_inverse=True
    )
    different = 1 + (np.diff(full[first], axis=1) != 0).sum(axis=1)
    mean = zeros((len(first),), part.exact)
    np.add.at(mean, slot, entries)
    mean = mean / different
    slack = 0 if part.exact else tolerance * abs(entries).max(initial=0)
    return bool((abs(entries - mean[slot]) <= slack).all())
