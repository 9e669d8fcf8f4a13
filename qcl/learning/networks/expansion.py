r"""A network's outputs as polynomials in the surviving weights.

Every weight that survives is :math:`\theta^*+u`, every other one a number;
layer by layer the neurons become polynomials in u, one per sample.
"""

from typing import Any

import numpy as np

from qcl.learning.networks.layout import Layout
from qcl.learning.networks.sample_polynomials import (
    SamplePolynomial,
    check_room,
    combination,
)
from qcl.lifting.algebra.basis import Floats, Indices


def expanded_outputs(
    layout: Layout,
    weights: Floats,
    kept: Indices,
    samples: Floats,
    coefficients: Floats,
    limit: int | None,
) -> list[SamplePolynomial]:
    """Return the outputs as polynomials in u.

    Parameters
    ----------
    layout : Layout
        The network.
    weights : ndarray, shape (parameters,)
        The weights at u = 0.
    kept : ndarray of int64
        The surviving weights, in the order of u.
    samples : ndarray, shape (samples, inputs)
        The inputs.
    coefficients : ndarray
        Of the activation.
    limit : int, optional
        Drop degrees above this.
    """
    n = kept.size
    one = SamplePolynomial.constant(n, np.ones(len(samples)))
    values = [SamplePolynomial.constant(n, x) for x in samples.T]
    variable = {k: i for i, k in enumerate(kept.tolist())}
    for layer, place in enumerate(layout.layers):
        if layer:
            values = [_activated(z, one, coefficients, limit) for z in values]
        sums: list[Any] = [[] for _ in range(layout.sizes[layer + 1])]
        for k in range(place.start, place.stop):
            _, unit, source = layout.places[k]
            a = [*values, one][source]
            if weights[k]:
                sums[unit].append((weights[k], a))
            if k in variable:
                moved = a.times_variable(variable[k], limit)
                sums[unit].append((1.0, moved))
        values = []
        for terms in sums:
            values.append(combination(n, terms))
            check_room(n, sum(value.bytes for value in values))
    return values


def _activated(
    z: SamplePolynomial,
    one: SamplePolynomial,
    coefficients: Floats,
    limit: int | None,
) -> SamplePolynomial:
    """Apply the activation, by Horner's rule."""
    *rest, top = coefficients
    value = combination(z.n, [(top, one)])
    for c in rest[::-1]:
        terms = [(1.0, value.times(z, limit)), (c, one)]
        value = combination(z.n, terms if c else terms[:1])
    return value
