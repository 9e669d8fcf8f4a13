r"""Second derivatives of a network: the R-operator.

Differentiating the forward and the backward pass along a direction gives
the Hessian times that direction, at the cost of about two gradients
(Pearlmutter, Neural Computation 6:147, 1994). These functions know only the
record of a pass; :mod:`qcl.learning.networks.layers` runs it. (Automatic
differentiation by autograd would save some 170 lines, and was tried: on the
networks of chapter 15 a gradient takes 2.3 times as long, a product 2.6 times
and a Hessian 9 times.)
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from qcl.lifting.algebra.basis import Floats, Indices


class Head(NamedTuple):
    """The loss of the outputs z, averaged over the samples."""

    loss: float
    delta: Floats  # its derivative by z, shape (samples, outputs)
    turned: Callable[[Floats], Floats]  # change of delta as z moves


class Pass(NamedTuple):
    """One forward and backward pass: a list entry per layer."""

    weights: list[Floats]  # W, shape (outputs, inputs)
    inputs: list[Floats]  # what the layer reads, shape (samples, inputs)
    slopes: list[Floats]  # phi'(z) of the hidden layers
    bends: list[Floats]  # phi''(z) of the hidden layers
    backs: list[Floats]  # derivative of the loss by phi(z), hidden layers
    deltas: list[Floats]  # derivative of the loss by z
    head: Head


def tangent(
    state: Pass,
    push: Sequence[Any],
    turn: Sequence[Floats] | None = None,
    first: int = 0,
) -> tuple[list[Floats], list[Floats]]:
    """How inputs and deltas change as each z moves by its push.

    Parameters
    ----------
    state : Pass
        The pass to differentiate.
    push : sequence of arrays that broadcast to (samples, outputs)
        One per layer.
    turn : sequence of ndarray (outputs, inputs), optional
        Change of each layer's matrix in the backward pass.
    first : int
        Leave out the layers before this one.

    Returns
    -------
    tuple of two lists of ndarray
        Changes of ``state.inputs`` and of ``state.deltas`` from layer
        ``first`` on.
    """
    moved = [np.zeros_like(state.inputs[first])]  # what it reads stays
    rates = [np.broadcast_to(push[first], state.deltas[first].shape)]
    hidden = range(first, len(state.slopes))
    for layer in hidden:
        W = state.weights[layer + 1]
        moved.append(state.slopes[layer] * rates[-1])
        rates.append(moved[-1] @ W.T + push[layer + 1])
    turned = [state.head.turned(rates[-1])]
    for layer in reversed(hidden):
        back = turned[-1] @ state.weights[layer + 1]
        if turn is not None:
            back += state.deltas[layer + 1] @ turn[layer + 1]
        bend = state.bends[layer] * rates[layer - first] * state.backs[layer]
        turned.append(back * state.slopes[layer] + bend)
    return moved, turned[::-1]


def product(
    state: Pass, direction: Sequence[tuple[Floats, Floats]]
) -> list[tuple[Floats, Floats]]:
    """Hessian of the head's loss times a direction, as (W, b) parts.

    Parameters
    ----------
    state : Pass
        The pass at the weights.
    direction : sequence of (W, b)
        As from :meth:`Layout.split`.
    """
    push = [
        a @ V.T + c for a, (V, c) in zip(state.inputs, direction, strict=True)
    ]
    moved, turned = tangent(state, push, [V for V, _ in direction])
    return [
        (r.T @ a + d.T @ m, r.sum(axis=0))
        for r, a, d, m in zip(
            turned, state.inputs, state.deltas, moved, strict=True
        )
    ]


def hessian(state: Pass, places: Indices) -> Floats:
    r"""Hessian of the head's loss, with one tangent pass per unit.

    Moving :math:`w_{ij}` moves the pre-activation :math:`z_i` of each sample
    by that sample's input :math:`a_j`, so all weights into unit i share the
    pass that moves :math:`z_i` by 1. If that pass changes :math:`\delta_k`
    and :math:`a_l` by dotted amounts, then

    .. math::

        H_{ij,kl}=\sum_s a_j(\dot\delta_ka_l+\delta_k\dot a_l) .

    Parameters
    ----------
    state : Pass
        The pass at the weights.
    places : ndarray of int64, shape (k, 3)
        Rows of :attr:`Layout.places`, in any order.

    Returns
    -------
    ndarray, shape (k, k)
        Symmetric.
    """
    order = np.lexsort(places.T[::-1])
    units = _units(places[order])
    fixed = [_with_bias(a, 1.0) for a in state.inputs]
    deltas = [d.T for d in state.deltas]
    H = np.zeros((len(places), len(places)))
    for here, (layer, unit, rows, sources) in enumerate(units):
        push: list[Any] = [0.0] * len(state.weights)
        push[layer] = np.eye(len(state.weights[layer]))[unit]
        moved, turned = tangent(state, push, first=layer)
        change = [_with_bias(a, 0.0) for a in moved]
        turned = [np.ascontiguousarray(r.T) for r in turned]
        a_j = fixed[layer][sources]
        for above, k, columns, inputs in units[here:]:
            part = fixed[above][inputs] * turned[above - layer][k]
            if above > layer:
                part += change[above - layer][inputs] * deltas[above][k]
            H[rows, columns] = a_j @ part.T
            H[columns, rows] = H[rows, columns].T
    back = np.argsort(order)
    H = H[np.ix_(back, back)]
    return (H + H.T) / 2


def _units(places: Indices) -> list[tuple[int, int, slice, Indices]]:
    """Group sorted places: layer, unit, where they stand, their inputs."""
    owners, first = np.unique(places[:, :2], axis=0, return_index=True)
    stops = [*first[1:].tolist(), len(places)]
    return [
        (layer, unit, slice(start, stop), places[start:stop, 2])
        for (layer, unit), start, stop in zip(
            owners.tolist(), first.tolist(), stops, strict=True
        )
    ]


def _with_bias(a: Floats, value: float) -> Floats:
    """Turn inputs into rows, and append the one that biases read.

    It is always 1, so its change is 0.
    """
    return np.ascontiguousarray(
        np.pad(a, ((0, 0), (0, 1)), constant_values=value).T
    )
