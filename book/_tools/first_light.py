"""Draw book/_static/first-light.svg, the picture of the README.

    python book/_tools/first_light.py

The weight of chapter 1, fitted to the nuclei by gradient descent, and the
same weight read with shots from HHL circuits of 1 to 8 steps (chapter 10).
"""

from pathlib import Path

import numpy as np
import sympy
from sklearn.datasets import load_breast_cancer

import qcl
from qcl import drawing

STEPS = 8
SHOTS = 2_000  # so few that the error bars can be seen
GUESS, START, ETA = 1.8, -0.3, 0.006


def area_step():
    """One step of descent for area = (theta x radius)^2, about the guess."""
    data = load_breast_cancer()
    columns = dict(zip(data.feature_names, data.data.T, strict=True))
    x, y = columns["mean radius"] / 10, columns["mean area"] / 100
    theta = sympy.symbols("theta")
    loss = np.mean(x**4) * theta**4 / 2 - np.mean(x**2 * y) * theta**2
    return qcl.PolynomialMap.from_loss(loss, [theta], ETA, at=[GUESS])


def draw(step):
    """Draw descent, read-outs with error bars, and the circle."""
    rng = np.random.default_rng(2024)
    lifting = qcl.lift(step, order=3)
    descent = GUESS + step.trajectory([START], STEPS)[:, 0]
    read = [
        qcl.read_weights(
            qcl.hhl(qcl.stack(lifting, [START], T), 10, method="filter"),
            shots=SHOTS,
            rng=rng,
        )
        for T in range(1, STEPS + 1)
    ]
    figure, ax = drawing.new_axes(height=2.6)
    style = drawing.series_style(0) | {"marker": ""}
    ax.plot(range(STEPS + 1), descent, label="gradient descent", **style)
    ax.errorbar(
        range(1, STEPS + 1),
        [GUESS + reading.weights[0] for reading in read],
        [2 * reading.standard_errors[0] for reading in read],
        fmt="o",
        color=drawing.COLOURS["vermillion"],
        capsize=3,
        label=f"read from HHL circuits, {SHOTS:,} shots, ± 2 s.e.",
    )
    grey = drawing.ink("grey")
    ax.axhline(np.sqrt(np.pi), color=grey, linestyle=":")
    ax.text(
        0,
        np.sqrt(np.pi),
        r"$\sqrt{\pi}$, a perfect circle",
        va="bottom",
        color=grey,
    )
    ax.set(xlabel="step $t$", ylabel=r"weight $\theta$", ylim=(1.48, 1.81))
    ax.legend(loc="lower right", frameon=False, labelcolor=grey)
    return figure


if __name__ == "__main__":
    picture = Path(__file__).parents[1] / "_static" / "first-light.svg"
    picture.write_text(drawing.rendered(draw(area_step())), encoding="utf-8")
    print(f"wrote {picture}")
