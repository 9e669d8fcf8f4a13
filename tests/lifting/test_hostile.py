"""Hostile values for every argument of the lifting room's public names."""

import numpy as np
import pytest
import sympy

import qcl
from tests.hostile import walk

U = sympy.Symbol("u")


def step():
    return qcl.PolynomialMap({1: [[-0.5]], 2: [[-0.25]]})


def exact():
    third = sympy.Rational(1, 3)
    return qcl.PolynomialMap.from_update([U / 2 - third * U**2], [U])


def pair():
    F2 = np.array([[0, 0.1, 0.1, 0], [0.001, 0, 0, 0]])
    return qcl.PolynomialMap({1: np.diag([-0.5, 0.01]), 2: F2})


def lifting():
    return qcl.lift(step(), 3)


def parts_of_a_lifting():
    made = lifting()
    names = ("step", "order", "basis", "time", "matrix", "forcing")
    return {name: getattr(made, name) for name in names}


def block():
    return qcl.symbolic_blocks(2, 2, 2, "eta")[2, 3]


def several():
    return {"step": [step(), step()], "u0": [0.5], "order": 2, "T": 2}


RUN = {"u0": [0.5], "T": 3}
BOUND = {"u0": [0.5], "order": 2, "T": 3}
LEGS = {"j": 2, "k": 3, "degree": 2, "forcing": True}
LAYERS = {"T": 2, "degree": 2, "forcing": False, "wires": 3}

CASES = {
    "PolynomialMap": lambda: (
        qcl.PolynomialMap,
        {"tensors": {1: [[-0.5]], 2: [[1.0]]}},
    ),
    "PolynomialMap, a tensor": lambda: (
        lambda F: qcl.PolynomialMap({1: [[-0.5]], 2: F}),
        {"F": [[1.0]]},
    ),
    "PolynomialMap.from_coefficients": lambda: (
        qcl.PolynomialMap.from_coefficients,
        {"n": 1, "coefficients": {(0,): [0.5]}},
    ),
    "PolynomialMap.from_coefficients, a row": lambda: (
        lambda row: qcl.PolynomialMap.from_coefficients(2, {(0, 1): row}),
        {"row": [1.0, 0.5]},
    ),
    "PolynomialMap.from_update": lambda: (
        qcl.PolynomialMap.from_update,
        {"exprs": [U / 2 + U**2], "symbols": [U]},
    ),
    "PolynomialMap.from_update, an entry": lambda: (
        lambda expr, symbol: qcl.PolynomialMap.from_update([expr], [symbol]),
        {"expr": U / 2, "symbol": U},
    ),
    "PolynomialMap.from_loss": lambda: (
        qcl.PolynomialMap.from_loss,
        {"loss": U**2 / 2 + U**3, "weights": [U], "eta": 0.1, "at": [0.5]},
    ),
    "PolynomialMap.from_loss, an entry of at": lambda: (
        lambda at: qcl.PolynomialMap.from_loss(U**2, [U], 0.1, [at]),
        {"at": 0.5},
    ),
    "PolynomialMap.F": lambda: (step().F, {"degree": 2, "sparse": False}),
    "PolynomialMap.F, sparse": lambda: (
        lambda degree: pair().F(degree, sparse=True),
        {"degree": 2},
    ),
    "PolynomialMap.__call__": lambda: (pair(), {"u": [0.5, 0.1]}),
    "PolynomialMap.point": lambda: (exact().point, {"u": [1]}),
    "PolynomialMap.trajectory": lambda: (step().trajectory, dict(RUN)),
    "PolynomialMap.trajectory, exact": lambda: (
        exact().trajectory,
        {"u0": [sympy.Rational(1, 3)], "T": 3},
    ),
    "PolynomialMap.expressions": lambda: (
        step().expressions,
        {"symbols": [U]},
    ),
    "PolynomialMap.rescaled": lambda: (step().rescaled, {"rho": 2.0}),
    "PolynomialMap.rescaled, exact": lambda: (exact().rescaled, {"rho": 2}),
    "PolynomialMap.restricted": lambda: (pair().restricted, {"indices": [1]}),
    "PolynomialMap.restricted, an index": lambda: (
        lambda index: pair().restricted([index]),
        {"index": 1},
    ),
    "Lifting": lambda: (qcl.Lifting, parts_of_a_lifting()),
    "Lifting.degree": lambda: (lifting().degree, {"j": 2}),
    "Lifting.block": lambda: (lifting().block, {"j": 1, "k": 2}),
    "Lifting.embed": lambda: (lifting().embed, {"u": [0.5]}),
    "Lifting.weights": lambda: (lifting().weights, {"y": np.ones(3)}),
    "Lifting.history": lambda: (lifting().history, dict(RUN)),
    "Lifting.trajectory": lambda: (lifting().trajectory, dict(RUN)),
    "Lifting.trajectory, exact": lambda: (
        qcl.lift(exact(), 3).trajectory,
        {"u0": [sympy.Rational(1, 3)], "T": 3},
    ),
    "lift": lambda: (
        qcl.lift,
        {"step": pair(), "order": 2, "basis": "symmetric", "time": "euler"},
    ),
    "lift, kronecker": lambda: (
        lambda order: qcl.lift(pair(), order, basis="kronecker"),
        {"order": 2},
    ),
    "carleman_generator": lambda: (
        qcl.carleman_generator,
        {"step": pair(), "order": 2, "basis": "symmetric"},
    ),
    "dimension": lambda: (
        qcl.dimension,
        {"n": 2, "order": 3, "basis": "kronecker"},
    ),
    "isometry": lambda: (qcl.isometry, {"n": 2, "degree": 2}),
    "symbolic_blocks": lambda: (
        qcl.symbolic_blocks,
        {"n": 2, "degree": 2, "order": 3, "eta": "eta", "forcing": True},
    ),
    "SymbolicBlock.evaluate": lambda: (
        block().evaluate,
        {"tensors": {1: np.eye(2), 2: np.ones((2, 4))}},
    ),
    "SymbolicBlock.evaluate, a matrix": lambda: (
        lambda F: block().evaluate({1: [[1, 0], [0, 1]], 2: F}),
        {"F": np.ones((2, 4))},
    ),
    "SymbolicBlock.evaluate, an entry": lambda: (
        lambda x: qcl.symbolic_blocks(1, 2, 2, "eta")[1, 1].evaluate(
            {1: [[x]]}
        ),
        {"x": 2},
    ),
    "Diagram": lambda: (qcl.Diagram, {"word": (2, "I")}),
    "Diagram, a letter": lambda: (
        lambda letter: qcl.Diagram((letter, "I")),
        {"letter": 2},
    ),
    "Diagram.value": lambda: (qcl.Diagram((2, "I")).value, {"step": pair()}),
    "diagrams": lambda: (qcl.diagrams, dict(LEGS)),
    "distinct_diagrams": lambda: (qcl.distinct_diagrams, dict(LEGS)),
    "count_diagrams": lambda: (qcl.count_diagrams, LEGS | {"eta_order": 2}),
    "History": lambda: (
        qcl.History,
        {"layers": (qcl.Diagram((2,)), qcl.Diagram((1, "I")))},
    ),
    "History, a layer": lambda: (
        lambda layer: qcl.History((qcl.Diagram((2,)), layer)),
        {"layer": qcl.Diagram((1, "I"))},
    ),
    "History.value": lambda: (
        qcl.History((qcl.Diagram((2,)),)).value,
        {"step": pair()},
    ),
    "histories": lambda: (qcl.histories, dict(LAYERS)),
    "count_histories": lambda: (qcl.count_histories, dict(LAYERS)),
    "count_histories, no limit": lambda: (
        qcl.count_histories,
        {"T": 2, "degree": 2, "forcing": True},
    ),
    "offspring": lambda: (qcl.offspring, {"step": step()}),
    "wire_distribution": lambda: (
        qcl.wire_distribution,
        {"step": step(), "T": 2, "wires": 4, "limited": True},
    ),
    "compose": lambda: (qcl.compose, {"outer": step(), "inner": step()}),
    "shifted": lambda: (qcl.shifted, {"step": pair(), "at": [0.1, 0.2]}),
    "in_coordinates": lambda: (
        qcl.in_coordinates,
        {"step": pair(), "matrix": [[1.0, 1.0], [0.0, 1.0]]},
    ),
    "is_gradient": lambda: (
        qcl.is_gradient,
        {"step": pair(), "tolerance": 1e-12},
    ),
    "majorant": lambda: (qcl.majorant, {"step": step()}),
    "Majorant": lambda: (
        type(qcl.majorant(step())),
        {"coefficients": [0.0, 0.5, 0.25]},
    ),
    "Majorant.__call__": lambda: (qcl.majorant(step()), {"x": 0.5}),
    "Majorant.ratio": lambda: (qcl.majorant(step()).ratio, {"x0": 0.5}),
    "r_number": lambda: (qcl.r_number, {"step": step(), "u0": [0.5]}),
    "truncation_bound": lambda: (
        qcl.truncation_bound,
        {"step": step(), **BOUND, "kind": "majorant", "block": 1},
    ),
    "truncation_bound, uniform": lambda: (
        lambda u0, T: qcl.truncation_bound(step(), u0, 2, T, "uniform"),
        dict(RUN),
    ),
    "truncation_bound, mobius": lambda: (
        lambda u0, T: qcl.truncation_bound(step(), u0, 2, T, "mobius"),
        dict(RUN),
    ),
    "truncation_bound, several steps": lambda: (
        qcl.truncation_bound,
        several(),
    ),
    "order_for": lambda: (
        qcl.order_for,
        {
            "step": step(),
            **RUN,
            "error": 1e-3,
            "kind": "majorant",
            "limit": 20,
        },
    ),
    "horizon": lambda: (
        qcl.horizon,
        {
            "step": step(),
            "u0": [0.5],
            "order": 2,
            "error": 1e-3,
            "kind": "majorant",
            "limit": 20,
        },
    ),
    "mobius_horizon": lambda: (
        qcl.mobius_horizon,
        {"step": step(), "u0": [0.5]},
    ),
    "two_speed_bound": lambda: (
        qcl.two_speed_bound,
        {
            "step": pair(),
            "u0": [0.1, 0.1],
            "order": 2,
            "T": 3,
            "gap": 0.1,
            "method": "theorem",
        },
    ),
    "two_speed_bound, iterated": lambda: (
        lambda u0, T: qcl.two_speed_bound(pair(), u0, 2, T, method="iterated"),
        {"u0": [0.1, 0.1], "T": 3},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_hostile_values(name):
    assert walk(CASES[name]) == []
