"""Hostile values at every door of the learning room."""

import numpy as np
import pytest

import qcl
from qcl.learning.networks.regularisers import WeightDecay
from tests.hostile import walk

X = np.array([[0.1, 0.4], [0.3, -0.2], [-0.5, 0.6], [0.9, -0.8]])
Y = np.array([1.0, -1.0, -1.0, 1.0])
LABELS = np.array([0, 1, 1, 0])
NAMES = ("a", "b")


def poly():
    net = qcl.PolynomialMLP((2, 2, 1), "near-linear", 0.1)
    assert len(net.layers) == 2  # what is computed once is kept from now on
    assert len(net.places) == net.parameters
    assert net.coefficients.size == 3
    return net, {"theta": net.initial(0), "X": X.copy(), "y": Y.copy()}


def dense():
    net = qcl.DenseMLP((2, 2, 2), "tanh", 0.1)
    return net, {"theta": net.initial(0), "X": X.copy(), "y": LABELS.copy()}


def method(make, name, without=(), **more):
    """A method of a network, with its data and other arguments."""

    def case():
        net, given = make()
        good = {k: v for k, v in given.items() if k not in without}
        return getattr(net, name), {**good, **more}

    return case


def networks(make):
    label = type(make()[0]).__name__
    v = np.ones(4)
    keep = [0, 3, 4, 6]
    cases = {
        "predict": method(make, "predict", ["y"]),
        "accuracy": method(make, "accuracy"),
        "loss": method(make, "loss"),
        "gradient": method(make, "gradient", keep=keep),
        "hessian": method(make, "hessian", keep=keep),
        "hessian_operator": method(make, "hessian_operator", keep=keep),
        "hvp": method(make, "hvp", v=v, keep=keep),
        "split": method(make, "split", ["X", "y"]),
        "initial": method(make, "initial", ["theta", "X", "y"], rng=0,
                          scale=1.0),
        "descend": method(make, "descend", eta=0.1, steps=2, keep=keep,
                          batch=2, rng=0),
    }  # fmt: skip
    return {f"{label}.{name}": case for name, case in cases.items()}


def dataset():
    return qcl.Dataset(X, Y, X, Y, NAMES, "Own")


def dataset_arguments():
    return {"X_train": X, "y_train": Y, "X_test": X, "y_test": Y,
            "classes": NAMES, "description": "Own"}  # fmt: skip


def training():
    net, given = poly()
    return qcl.train, {
        "net": net,
        "data": dataset(),
        "mask": 0.5,
        "schedule": qcl.Schedule(eta=0.05, dwells=1, steps=2),
        "solver": "exact",
        "shots": 10**5,
        "rng": 0,
        "start": given["theta"],
        "record": None,
        "progress": False,
    }


def trained_with(**entries):
    """A schedule, and the run that it leads to."""

    def both(**given):
        _, good = training()
        return qcl.train(**{**good, "schedule": qcl.Schedule(**given)})

    return both, entries


def operator():
    net, given = poly()
    return net.hessian_operator(**given)


def dwell():
    numbers = (
        "loss", "accuracy", "descent_loss", "descent_accuracy",
        "truncation_error", "solver_error", "shot_error",
        "truncation_bound", "condition_number", "success_probability",
    )  # fmt: skip
    return {"weights": np.ones(3), "keep": np.array([0, 2]),
            **dict.fromkeys(numbers, 0.5), "qubits": 3,
            "shots": 10}  # fmt: skip


def loss_polynomial():
    net, given = poly()
    return net.loss_polynomial(**given, keep=[0, 3])


def spectrum():
    return qcl.Spectrum([-1.0, 0.5, 2.0])


SCHEDULE = {
    "eta": 0.05, "dwells": 1, "steps": 2, "order": 2, "pretraining": 1,
    "dense_steps": 1, "dense_eta": 0.01, "batch": 2, "noise": 0.0,
    "error": 0.01, "clock_qubits": 4,
}  # fmt: skip
TAYLOR = {"keep": [0, 3], "at": [0.0, 0.1], "max_degree": 3}
LANCZOS = {"dimension": 9, "steps": 3}

CASES = {
    **networks(poly),
    **networks(dense),
    "PolynomialMLP": lambda: (
        qcl.PolynomialMLP,
        {"sizes": (2, 2, 1), "activation": (0.0, 1.0, 0.5),
         "weight_decay": 0.1, "biases": True},
    ),
    "DenseMLP": lambda: (
        qcl.DenseMLP,
        {"sizes": (2, 2, 2), "activation": "tanh", "weight_decay": 0.1,
         "biases": True},
    ),
    "PolynomialMLP.step": method(poly, "step", eta=0.1, **TAYLOR),
    "PolynomialMLP.loss_polynomial": method(
        poly, "loss_polynomial", **TAYLOR
    ),
    "LossPolynomial": lambda: (
        type(loss_polynomial()), {"n": 2, "parts": loss_polynomial().parts}
    ),
    "LossPolynomial()": lambda: (loss_polynomial(), {"u": [0.1, 0.2]}),
    "LossPolynomial.expression": lambda: (
        loss_polynomial().expression, {"symbols": [None, None]}
    ),
    "LossPolynomial.step": lambda: (loss_polynomial().step, {"eta": 0.1}),
    "WeightDecay": lambda: (
        lambda weight_decay: qcl.PolynomialMLP((2, 1), "square", weight_decay),
        {"weight_decay": WeightDecay(0.1)},
    ),
    "magnitude_mask": lambda: (
        qcl.magnitude_mask,
        {"weights": np.arange(6.0), "fraction": 0.5,
         "layers": [slice(0, 2), slice(2, 6)],
         "among": np.ones(6, dtype=bool)},
    ),
    "random_mask": lambda: (
        qcl.random_mask,
        {"parameters": 6, "fraction": 0.5, "rng": 0,
         "layers": [slice(0, 2), slice(2, 6)]},
    ),
    "pruning_schedule": lambda: (
        qcl.pruning_schedule,
        {"fraction": 0.1, "rounds": 3, "shape": "cubic"},
    ),
    "Spectrum": lambda: (
        qcl.Spectrum,
        {"nodes": [1.0, 2.0], "weights": [0.5, 0.5], "dimension": 7},
    ),
    "Spectrum.moment": lambda: (spectrum().moment, {"k": 2, "centre": 0.1}),
    "Spectrum.density": lambda: (
        spectrum().density, {"grid": np.linspace(-1, 1, 5), "width": 0.1}
    ),
    "Spectrum.modes": lambda: (spectrum().modes, {"cut": 0.1}),
    "hessian_spectrum": lambda: (
        qcl.hessian_spectrum,
        {"network": poly()[0], **poly()[1], "keep": [0, 3]},
    ),
    "lanczos_quadrature": lambda: (
        qcl.lanczos_quadrature,
        {"matvec": operator(), **LANCZOS, "probes": 2, "rng": 0},
    ),
    "unit_probes": lambda: (
        qcl.unit_probes, {"dimension": 9, "probes": 2, "rng": 0}
    ),
    "outer_spectrum": lambda: (
        qcl.outer_spectrum,
        {"matvec": operator(), "dimension": 9, "steps": 9, "cut": 0.4,
         "rng": 0, "tolerance": 1e-8},
    ),
    "error_proxy": lambda: (
        qcl.error_proxy,
        {"spectrum": spectrum(), "steps": 5, "cut": 0.4, "limit": 3.0,
         "step": 1.0},
    ),
    "proxy_dip": lambda: (
        qcl.proxy_dip,
        {"spectrum": spectrum(), "cut": 0.4, "limit": 3.0, "step": 1.0},
    ),
    "Schedule": lambda: (qcl.Schedule, dict(SCHEDULE)),
    "Schedule, train": lambda: trained_with(**SCHEDULE),
    "train": training,
    "TrainingRun": lambda: (
        qcl.TrainingRun,
        {"start": np.ones(3), "keep": [0, 2], "start_loss": 0.5,
         "start_accuracy": 0.5, "dwells": ()},
    ),
    "TrainingRun.load": lambda: (qcl.TrainingRun.load, {"path": "none"}),
    "Dwell": lambda: (qcl.Dwell, dwell()),
    "Dataset": lambda: (qcl.Dataset, dataset_arguments()),
    "digits": lambda: (
        qcl.digits, {"rng": 0, "test_fraction": 0.2, "inputs": 3}
    ),
    "two_class": lambda: (
        qcl.two_class,
        {"rng": 0, "name": "wine", "test_fraction": 0.2, "inputs": 3},
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_every_door_is_guarded(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a text is the name of a record
    assert walk(CASES[name]) == []
