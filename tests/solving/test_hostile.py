"""Every public door of the room, tried with hostile values."""

import numpy as np
import pytest

import qcl
from qcl.solving.solution.result import QuantumSolution
from tests.hostile import walk

STEP = qcl.PolynomialMap({1: [[-0.5]], 2: [[-0.1]]})
LIFTING = qcl.lift(STEP, 2)
SYSTEM = qcl.stack(LIFTING, [0.5], 2)
PAIR = (np.array([[2.0, 0.0], [0.0, -1.0]]), np.array([2.0, 1.0]))
CLOCK = qcl.Clock(5, 1.0, 0.5)
HHL = qcl.hhl(SYSTEM, method="filter")
QSVT = qcl.qsvt(SYSTEM, error=0.1, method="matrix")
READING = qcl.read_weights(QuantumSolution.exact(SYSTEM), 10**4, 0)
INVERSE = qcl.inverse_polynomial(3.0, 0.1)
COUNT = qcl.Resources(1, 1, 1, 1, 1, 1)
REGISTERS = qcl.Registers.for_lifting(LIFTING)
BITS, AMPLITUDES = qcl.read_amplitudes({0: 0.6, 3: 0.8}, 2)


def case(call, **good):
    """Return a maker of a call with fresh copies of good arguments."""

    def fresh(value):
        return value.copy() if isinstance(value, np.ndarray) else value

    return lambda: (call, {k: fresh(v) for k, v in good.items()})


SOLVED = {"shots": 10**5, "rng": 0}
X = SYSTEM.solve()
CASES = {
    "stack": case(
        qcl.stack, lifting=LIFTING, u0=[0.5], T=2, padding=1, scale=0.5,
        constant=True,
    ),
    "LinearSystem.slices": case(SYSTEM.slices, x=X),
    "LinearSystem.trajectory": case(SYSTEM.trajectory, x=X),
    "LinearSystem.weights": case(SYSTEM.weights, x=X),
    "LinearSystem.propagator": case(SYSTEM.propagator, t=0),
    "scale_window": case(qcl.scale_window, step=STEP, u0=[0.5]),
    "choose_scale": case(qcl.choose_scale, steps=STEP, u0=[0.5], T=2),
    "condition_bound": case(
        qcl.condition_bound, step=STEP, scale=0.5, T=2, padding=1
    ),
    "embed_hermitian": case(qcl.embed_hermitian, system=PAIR),
    "hhl": case(
        qcl.hhl, system=SYSTEM, clock_qubits=7, method="filter",
        window="sine", **SOLVED,
    ),
    "hhl pair": case(
        qcl.hhl, system=PAIR, clock_qubits=6, method="circuit", **SOLVED
    ),
    "hhl clock": case(qcl.hhl, system=PAIR, clock=CLOCK, method="filter"),
    "advise_clock": case(
        qcl.advise_clock, system=PAIR, error=0.1, window="sine"
    ),
    "Clock": case(
        qcl.Clock, qubits=5, time=1.0, constant=0.5, window="sine"
    ),
    "Clock.for_problem": case(
        qcl.Clock.for_problem, problem=HHL.problem, qubits=5, window="sine"
    ),
    "Clock.kernel": case(CLOCK.kernel, eigenvalues=np.array([0.5])),
    "Clock.filter": case(CLOCK.filter, eigenvalues=np.array([0.5])),
    "Clock.shortfall": case(CLOCK.shortfall, eigenvalues=np.array([0.5])),
    "diagnose": case(
        qcl.diagnose, system=PAIR, clock_qubits=6, window="sine", error=0.1
    ),
    "diagnose clock": case(qcl.diagnose, system=PAIR, clock=CLOCK),
    "amplify": case(
        lambda p: HHL.__class__.amplification.fget(
            QuantumSolution.exact(SYSTEM, p)
        ),
        p=0.5,
    ),
    "QuantumSolution.exact": case(
        QuantumSolution.exact, system=SYSTEM, success_probability=0.5
    ),
    "sparse_state": case(
        qcl.sparse_state, amplitudes={0: 0.6, 3: 0.8}, wires=2
    ),
    "merging_plan": case(
        qcl.merging_plan, bits=BITS, amplitudes=AMPLITUDES
    ),
    "read_amplitudes": case(
        qcl.read_amplitudes, amplitudes=[0.6, 0.0, 0.8], qubits=2
    ),
    "qiskit_state": case(qcl.qiskit_state, amplitudes=[0.6, -0.8]),
    "qiskit_hhl": case(qcl.qiskit_hhl, result=HHL),
    "carleman_state": case(qcl.carleman_state, lifting=LIFTING, u0=[0.5], T=1),
    "Registers.for_lifting": case(
        qcl.Registers.for_lifting, lifting=LIFTING, T=2
    ),
    "Registers.place": case(REGISTERS.place, n=1),
    "qsvt": case(
        qcl.qsvt, system=SYSTEM, error=0.1, method="matrix",
        encoding="time-shift", polynomial="cks", **SOLVED,
    ),
    "qsvt pair": case(
        qcl.qsvt, system=PAIR, error=0.1, method="circuit", **SOLVED
    ),
    "inverse_polynomial": case(
        qcl.inverse_polynomial, kappa=3.0, error=0.1, kind="cks"
    ),
    "InversePolynomial": case(INVERSE, x=0.5),
    "signal_phases": case(
        qcl.signal_phases, coefficients=np.array([0.5, -0.25])
    ),
    "dilation": case(qcl.dilation, matrix=PAIR[0]),
    "time_shift": case(qcl.time_shift, system=SYSTEM),
    "BlockEncoding.operations": case(
        QSVT.encoding.operations,
        wires=list(range(QSVT.encoding.ancillas + QSVT.encoding.data)),
    ),
    "BlockEncoding.start": case(QSVT.encoding.start, rhs=SYSTEM.rhs),
    "resources": case(
        qcl.resources, circuit=qcl.sparse_state({0: 0.6, 3: 0.8}, 2), seed=0
    ),
    "Resources": case(
        qcl.Resources, qubits=1, depth=1, two_qubit_gates=1,
        one_qubit_gates=1, rotations=1, exact_t_gates=1,
    ),
    "Resources.add": case(COUNT.__add__, other=COUNT),
    "Resources.repeated": case(COUNT.repeated, times=2),
    "Resources.t_count": case(COUNT.t_count, error=0.1),
    "cost_model": case(
        qcl.cost_model, T=[1, 2], n=4, sparsity=8, error=0.1, order=3,
        row_nonzeros=4, solver="hhl", regime="divergent", growth=0.01,
        success=0.5,
    ),
    "WeightReading.interval": case(READING.interval, level=0.9),
    "WeightReading.norm_interval": case(READING.norm_interval, level=0.9),
    "read_weights": case(
        qcl.read_weights, result=HHL, shots=10**6, rng=0, method="reference",
        largest=1,
    ),
    "plan_shots": case(
        qcl.plan_shots, target=HHL, error=0.1, level=0.9,
        method="interference",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_only_qcl_refuses(name):
    assert walk(CASES[name]) == []
