"""Numbered statements of the book, against random instances.

``@pytest.mark.theorem("label")`` says which one a test attacks.
"""

import numpy as np
import pytest
import sympy

import qcl


def monomials_of_neurons(net, theta, keep):
    """Count what each hidden neuron brings into the answer, by sympy.

    Monomials of degree 1 or more in the displacement of the survivors, for
    generic inputs; and whether the output's bias is one of them.
    """
    moves = sympy.symbols(f"u:{len(keep)}")
    moved = [sympy.Float(x) for x in theta]
    for place, move in zip(keep, moves, strict=True):
        moved[place] += move
    inputs, width, _ = net.sizes
    matrix, rest = moved[: inputs * width], moved[inputs * width :]
    biases, rest = (rest[:width], rest[width:]) if net.biases else (
        [0] * width, rest)  # fmt: skip
    x = [sympy.Rational(3 * i + 2, 7 + i) for i in range(inputs)]
    counts = []
    for j in range(width):
        row = matrix[inputs * j : inputs * (j + 1)]
        z = sum(a * b for a, b in zip(row, x, strict=True)) + biases[j]
        fired = sum(float(c) * z**k for k, c in enumerate(net.coefficients))
        poly = sympy.Poly(sympy.expand(rest[j] * fired), *moves)
        counts.append(sum(any(powers) for powers in poly.monoms()))
    last = len(theta) - 1
    return counts, bool(net.biases and last in keep)


@pytest.mark.theorem("poly-pairs")
@pytest.mark.parametrize("seed", range(24))
def test_terms_of_one_hidden_layer(seed):
    rng = np.random.default_rng(seed)
    net = qcl.PolynomialMLP(
        (int(rng.integers(1, 4)), int(rng.integers(1, 4)), 1),
        activation=rng.choice(["square", "cubic", "near-linear"]),
        biases=bool(rng.integers(2)),
    )
    size = int(rng.integers(1, min(net.parameters, 6) + 1))
    keep = np.sort(rng.choice(net.parameters, size, replace=False))
    theta = rng.normal(size=net.parameters) * rng.integers(0, 2)
    X, y = rng.normal(size=(40, net.sizes[0])), rng.normal(size=40)
    loss = net.loss_polynomial(theta, X, y, keep=keep)
    counts, bias = monomials_of_neurons(net, theta, keep.tolist())
    most = 1 + bias + sum(counts)
    assert loss.terms <= most * (most + 1) // 2


@pytest.mark.theorem("poly-pairs")
def test_the_output_bias_counts():
    net = qcl.PolynomialMLP((1, 1, 1), activation="square")
    theta = np.array([0.0, 0.0, 1.0, 0.0])
    keep = [0, 3]  # the input's weight and the output's bias
    X, y = np.array([[1.0], [2.0]]), np.array([0.5, -1.0])
    loss = net.loss_polynomial(theta, X, y, keep=keep)
    counts, bias = monomials_of_neurons(net, theta, keep)
    assert (counts, bias, loss.terms) == ([1], True, 6)  # 1 + sum t_j: 3


@pytest.mark.theorem("watching-silent")
@pytest.mark.parametrize("decay", [0.0, 0.3])
@pytest.mark.parametrize("seed", range(8))
def test_silent_units_are_saddles(seed, decay):
    rng = np.random.default_rng(seed)
    inputs, first, width, classes = rng.integers(2, 5, size=4).tolist()
    silent = rng.choice(width, rng.integers(1, width + 1), replace=False)
    net = qcl.DenseMLP((inputs, first, width, classes), weight_decay=decay)
    theta = rng.normal(size=net.parameters)
    place = net.split(np.arange(net.parameters, dtype=float))
    mute = [place[1][0][silent], place[1][1][silent], place[2][0].T[silent]]
    mute = np.concatenate([part.ravel() for part in mute]).astype(int)
    theta[mute] = 0
    X = rng.normal(size=(7, inputs))
    y = rng.integers(classes, size=7)

    W, b = net.split(theta)[0]
    a = np.hstack([np.tanh(X @ W.T + b), np.ones((7, 1))])
    g = (net.predict(theta, X) - np.eye(classes)[y]) / 7
    C = g.T @ a
    zero = np.zeros((len(C.T), len(C.T))), np.zeros((len(C), len(C)))
    block = np.block([[zero[0], C.T], [C, zero[1]]])
    block += decay * np.eye(len(block))

    hessian = net.hessian(theta, X, y)
    rest = np.delete(np.delete(hessian, mute, 0), mute, 1)
    parts = [np.linalg.eigvalsh(rest)]
    parts += [np.linalg.eigvalsh(block)] * len(silent)
    np.testing.assert_allclose(
        np.linalg.eigvalsh(hessian), np.sort(np.concatenate(parts)), atol=1e-12
    )
    sigma = np.linalg.svd(C, compute_uv=False)
    for sign in (1, -1):
        found = np.linalg.eigvalsh(hessian)[:, None] - decay - sign * sigma
        assert ((abs(found) < 1e-12).sum(axis=0) >= len(silent)).all()
