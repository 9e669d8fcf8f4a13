# The public names, written once and grouped as the book is.
#
# A name loads its module on first use, and the API page is made from this
# list, in this order.
# fmt: off
# isort: off

from . import drawing as drawing
from . import learning as learning
from . import lifting as lifting
from . import solving as solving

# Parts 1-2: lifting
from .lifting.maps.polynomial import PolynomialMap as PolynomialMap
from .lifting.carleman.lifting import Lifting as Lifting
from .lifting.carleman.lift import lift as lift
from .lifting.carleman.lift import carleman_generator as carleman_generator
from .lifting.algebra.basis import dimension as dimension
from .lifting.algebra.basis import isometry as isometry
from .lifting.diagrams.symbolic import symbolic_blocks as symbolic_blocks
from .lifting.diagrams.strands import Diagram as Diagram
from .lifting.diagrams.strands import diagrams as diagrams
from .lifting.diagrams.strands import distinct_diagrams as distinct_diagrams
from .lifting.diagrams.strands import count_diagrams as count_diagrams
from .lifting.diagrams.histories import History as History
from .lifting.diagrams.histories import histories as histories
from .lifting.diagrams.histories import count_histories as count_histories
from .lifting.diagrams.histories import offspring as offspring
from .lifting.diagrams.histories import wire_distribution as wire_distribution
from .lifting.carleman.composition import compose as compose
from .lifting.carleman.composition import shifted as shifted
from .lifting.maps.transforms import in_coordinates as in_coordinates
from .lifting.maps.gradients import is_gradient as is_gradient
from .lifting.bounds.majorants import majorant as majorant
from .lifting.bounds.majorants import r_number as r_number
from .lifting.bounds.truncation import truncation_bound as truncation_bound
from .lifting.bounds.horizons import order_for as order_for
from .lifting.bounds.horizons import horizon as horizon
from .lifting.bounds.horizons import mobius_horizon as mobius_horizon
from .lifting.bounds.two_speed import two_speed_bound as two_speed_bound

# Part 3: solving
from .solving.stacking.system import LinearSystem as LinearSystem
from .solving.stacking.stack import stack as stack
from .solving.stacking.scaling import condition_bound as condition_bound
from .solving.stacking.scaling import scale_window as scale_window
from .solving.stacking.scaling import choose_scale as choose_scale
from .solving.stacking.trust import TruncationWarning as TruncationWarning
from .solving.stacking.hermitian import embed_hermitian as embed_hermitian
from .solving.hhl.solver import HHLResult as HHLResult
from .solving.hhl.solver import hhl as hhl
from .solving.hhl.solver import advise_clock as advise_clock
from .solving.hhl.clock import Clock as Clock
from .solving.solution.amplification import Amplification as Amplification
from .solving.hhl.diagnosis import diagnose as diagnose
from .solving.hhl.diagnosis import Diagnosis as Diagnosis
from .solving.upload.states import sparse_state as sparse_state
from .solving.upload.merging import merging_plan as merging_plan
from .solving.upload.merging import read_amplitudes as read_amplitudes
from .solving.costs.qiskit_circuits import qiskit_state as qiskit_state
from .solving.upload.states import carleman_state as carleman_state
from .solving.upload.states import Registers as Registers
from .solving.qsvt.solver import qsvt as qsvt
from .solving.qsvt.solver import QSVTResult as QSVTResult
from .solving.qsvt.inversion import inverse_polynomial as inverse_polynomial
from .solving.qsvt.phases import signal_phases as signal_phases
from .solving.qsvt.block_encoding import dilation as dilation
from .solving.qsvt.block_encoding import time_shift as time_shift
from .solving.costs.resources import resources as resources
from .solving.costs.resources import Resources as Resources
from .solving.costs.qiskit_circuits import qiskit_hhl as qiskit_hhl
from .solving.costs.model import cost_model as cost_model
from .solving.costs.model import CostModel as CostModel
from .solving.solution.reading import WeightReading as WeightReading
from .solving.readout.reading import read_weights as read_weights
from .solving.readout.planning import plan_shots as plan_shots

# Part 4: learning
from .learning.networks.polynomial import PolynomialMLP as PolynomialMLP
from .learning.networks.dense import DenseMLP as DenseMLP
from .learning.pruning.masks import magnitude_mask as magnitude_mask
from .learning.pruning.masks import random_mask as random_mask
from .learning.pruning.schedule import pruning_schedule as pruning_schedule
from .learning.spectra.spectrum import Spectrum as Spectrum
from .learning.spectra.spectrum import hessian_spectrum as hessian_spectrum
from .learning.spectra.lanczos import lanczos_quadrature as lanczos_quadrature
from .learning.spectra.lanczos import unit_probes as unit_probes
from .learning.spectra.lanczos import outer_spectrum as outer_spectrum
from .learning.spectra.proxy import error_proxy as error_proxy
from .learning.spectra.proxy import proxy_dip as proxy_dip
from .learning.training.train import train as train
from .learning.training.run import TrainingRun as TrainingRun
from .learning.training.run import Dwell as Dwell
from .learning.training.schedule import Schedule as Schedule
from .learning.datasets import Dataset as Dataset
from .learning.datasets import digits as digits
from .learning.datasets import two_class as two_class

__version__: str
