"""qcl: quantum Carleman learning, from a loss to weights read off a state.

The package has three rooms, and they are the parts of the book:

``lifting``
    a polynomial update step and its linear lifting (numpy, scipy, sympy);
``solving``
    the stacked linear system and its quantum solvers (PennyLane);
``learning``
    networks whose training steps are solved that way.

Every public name below loads its module on first use, so ``import qcl``
itself is instant and pulls in no numerical package.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Public name -> module, grouped as the book is.
_HOME = {
    # Parts 1-2: lifting
    "PolynomialMap": "qcl.lifting.polynomial",
    "Lifting": "qcl.lifting.carleman",
    "lift": "qcl.lifting.carleman",
    "carleman_generator": "qcl.lifting.carleman",
    "symbolic_blocks": "qcl.lifting.symbolic",
    "Diagram": "qcl.lifting.diagrams",
    "diagrams": "qcl.lifting.diagrams",
    "distinct_diagrams": "qcl.lifting.diagrams",
    "count_diagrams": "qcl.lifting.diagrams",
    "History": "qcl.lifting.histories",
    "histories": "qcl.lifting.histories",
    "count_histories": "qcl.lifting.histories",
    "offspring": "qcl.lifting.histories",
    "wire_distribution": "qcl.lifting.histories",
    "compose": "qcl.lifting.transforms",
    "shifted": "qcl.lifting.transforms",
    "in_coordinates": "qcl.lifting.transforms",
    "is_gradient": "qcl.lifting.gradients",
    "potential": "qcl.lifting.gradients",
    "lifted_operator": "qcl.lifting.operator",
    "majorant": "qcl.lifting.majorants",
    "r_number": "qcl.lifting.majorants",
    "truncation_bound": "qcl.lifting.bounds",
    "order_for": "qcl.lifting.horizons",
    "horizon": "qcl.lifting.horizons",
    "mobius_horizon": "qcl.lifting.horizons",
    "two_speed_bound": "qcl.lifting.two_speed",
    # Part 3: solving
    "LinearSystem": "qcl.solving.system",
    "stack": "qcl.solving.system",
    "condition_bound": "qcl.solving.scaling",
    "HHLResult": "qcl.solving.hhl",
    "hhl": "qcl.solving.hhl",
    "advise_clock": "qcl.solving.hhl",
    "Clock": "qcl.solving.clock",
    "Amplification": "qcl.solving.amplification",
    "diagnose": "qcl.solving.diagnosis",
    "Diagnosis": "qcl.solving.diagnosis",
    "sparse_state": "qcl.solving.upload",
    "carleman_state": "qcl.solving.upload",
    "Registers": "qcl.solving.upload",
    "qsvt": "qcl.solving.qsvt",
    "QSVTResult": "qcl.solving.qsvt",
    "inverse_polynomial": "qcl.solving.inversion",
    "dilation": "qcl.solving.block_encoding",
    "time_shift": "qcl.solving.block_encoding",
    "resources": "qcl.solving.resources",
    "Resources": "qcl.solving.resources",
    "qiskit_hhl": "qcl.solving.qiskit_circuits",
    "cost_model": "qcl.solving.costs",
    "CostModel": "qcl.solving.costs",
    "WeightReading": "qcl.solving.estimators",
    "read_weights": "qcl.solving.readout",
    "plan_shots": "qcl.solving.planning",
    # Part 4: learning
    "PolynomialMLP": "qcl.learning.networks",
    "DenseMLP": "qcl.learning.dense",
    "magnitude_mask": "qcl.learning.pruning",
    "random_mask": "qcl.learning.pruning",
    "pruning_schedule": "qcl.learning.pruning",
    "Spectrum": "qcl.learning.spectra",
    "hessian_spectrum": "qcl.learning.spectra",
    "lanczos_quadrature": "qcl.learning.lanczos",
    "outer_spectrum": "qcl.learning.lanczos",
    "error_proxy": "qcl.learning.proxy",
    "proxy_dip": "qcl.learning.proxy",
    "train": "qcl.learning.training",
    "TrainingRun": "qcl.learning.records",
    "Dwell": "qcl.learning.records",
    "Schedule": "qcl.learning.schedule",
    "Dataset": "qcl.learning.datasets",
    "digits": "qcl.learning.datasets",
    "two_class": "qcl.learning.datasets",
}

__all__ = ["__version__", *_HOME]

if TYPE_CHECKING:
    from qcl.learning.datasets import Dataset as Dataset
    from qcl.learning.datasets import digits as digits
    from qcl.learning.datasets import two_class as two_class
    from qcl.learning.dense import DenseMLP as DenseMLP
    from qcl.learning.lanczos import lanczos_quadrature as lanczos_quadrature
    from qcl.learning.lanczos import outer_spectrum as outer_spectrum
    from qcl.learning.networks import PolynomialMLP as PolynomialMLP
    from qcl.learning.proxy import error_proxy as error_proxy
    from qcl.learning.proxy import proxy_dip as proxy_dip
    from qcl.learning.pruning import magnitude_mask as magnitude_mask
    from qcl.learning.pruning import pruning_schedule as pruning_schedule
    from qcl.learning.pruning import random_mask as random_mask
    from qcl.learning.records import Dwell as Dwell
    from qcl.learning.records import TrainingRun as TrainingRun
    from qcl.learning.schedule import Schedule as Schedule
    from qcl.learning.spectra import Spectrum as Spectrum
    from qcl.learning.spectra import hessian_spectrum as hessian_spectrum
    from qcl.learning.training import train as train
    from qcl.lifting.bounds import truncation_bound as truncation_bound
    from qcl.lifting.carleman import Lifting as Lifting
    from qcl.lifting.carleman import carleman_generator as carleman_generator
    from qcl.lifting.carleman import lift as lift
    from qcl.lifting.diagrams import Diagram as Diagram
    from qcl.lifting.diagrams import count_diagrams as count_diagrams
    from qcl.lifting.diagrams import diagrams as diagrams
    from qcl.lifting.diagrams import distinct_diagrams as distinct_diagrams
    from qcl.lifting.gradients import is_gradient as is_gradient
    from qcl.lifting.gradients import potential as potential
    from qcl.lifting.histories import History as History
    from qcl.lifting.histories import count_histories as count_histories
    from qcl.lifting.histories import histories as histories
    from qcl.lifting.histories import offspring as offspring
    from qcl.lifting.histories import wire_distribution as wire_distribution
    from qcl.lifting.horizons import horizon as horizon
    from qcl.lifting.horizons import mobius_horizon as mobius_horizon
    from qcl.lifting.horizons import order_for as order_for
    from qcl.lifting.majorants import majorant as majorant
    from qcl.lifting.majorants import r_number as r_number
    from qcl.lifting.operator import lifted_operator as lifted_operator
    from qcl.lifting.polynomial import PolynomialMap as PolynomialMap
    from qcl.lifting.symbolic import symbolic_blocks as symbolic_blocks
    from qcl.lifting.transforms import compose as compose
    from qcl.lifting.transforms import in_coordinates as in_coordinates
    from qcl.lifting.transforms import shifted as shifted
    from qcl.lifting.two_speed import two_speed_bound as two_speed_bound
    from qcl.solving.amplification import Amplification as Amplification
    from qcl.solving.block_encoding import dilation as dilation
    from qcl.solving.block_encoding import time_shift as time_shift
    from qcl.solving.clock import Clock as Clock
    from qcl.solving.costs import CostModel as CostModel
    from qcl.solving.costs import cost_model as cost_model
    from qcl.solving.diagnosis import Diagnosis as Diagnosis
    from qcl.solving.diagnosis import diagnose as diagnose
    from qcl.solving.estimators import WeightReading as WeightReading
    from qcl.solving.hhl import HHLResult as HHLResult
    from qcl.solving.hhl import advise_clock as advise_clock
    from qcl.solving.hhl import hhl as hhl
    from qcl.solving.inversion import inverse_polynomial as inverse_polynomial
    from qcl.solving.planning import plan_shots as plan_shots
    from qcl.solving.qiskit_circuits import qiskit_hhl as qiskit_hhl
    from qcl.solving.qsvt import QSVTResult as QSVTResult
    from qcl.solving.qsvt import qsvt as qsvt
    from qcl.solving.readout import read_weights as read_weights
    from qcl.solving.resources import Resources as Resources
    from qcl.solving.resources import resources as resources
    from qcl.solving.scaling import condition_bound as condition_bound
    from qcl.solving.system import LinearSystem as LinearSystem
    from qcl.solving.system import stack as stack
    from qcl.solving.upload import Registers as Registers
    from qcl.solving.upload import carleman_state as carleman_state
    from qcl.solving.upload import sparse_state as sparse_state


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name in {"lifting", "solving", "learning", "drawing"}:
        return import_module(f"qcl.{name}")
    raise AttributeError(f"module 'qcl' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
