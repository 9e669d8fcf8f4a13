r"""How the cost grows with steps and weights, beside the classical cost.

Formulas without their constants: they show slopes, not run times. A quantum
unit is one gate, a classical unit one multiplication, and a quantum gate is
many orders of magnitude slower. What no curve shows is said in chapter 13:
the read-out, the condition number and the sparsity that each is assumed.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from qcl._checks import (
    a_choice,
    a_count,
    a_fraction,
    a_number,
    finite_reals,
    room_for,
)
from qcl.solving.stacking.display import table

Floats = npt.NDArray[np.float64]
Solver = Literal["optimal", "qsvt", "hhl"]
Regime = Literal["dissipative", "padded", "marginal", "divergent"]


@dataclass(frozen=True, eq=False, repr=False)
class CostModel:
    r"""Costs as functions of T and n; made by :func:`cost_model`.

    Every array has the broadcast shape of T and n.

    Attributes
    ----------
    T, n : ndarray
        Steps and weights.
    kappa : ndarray
        Condition number of the stacked system.
    solver_calls : ndarray
        Uses of the block-encoding in one solution.
    encoding : ndarray
        Gates of one use of the block-encoding.
    upload : ndarray
        Gates of one preparation of the start.
    shots : ndarray
        Solutions for one read-out.
    quantum : ndarray
        Their product, :math:`\rm shots\times calls\times(encoding+upload)`.
    classical_sparse : ndarray
        Gradient descent on the s surviving weights alone, :math:`T\,s\,g`.
        It does not depend on n either.
    classical_dense : ndarray
        Gradient descent on all n weights, :math:`T\,n\,g`.
    """

    T: Floats
    n: Floats
    kappa: Floats
    solver_calls: Floats
    encoding: Floats
    upload: Floats
    shots: Floats
    quantum: Floats
    classical_sparse: Floats
    classical_dense: Floats

    def __repr__(self) -> str:
        """Say how the costs compare at the ends."""
        facts = ", ".join(f"{k} {v}" for k, v in self._facts())
        return f"CostModel({facts})"

    def _repr_html_(self) -> str:
        return table(self._facts())

    def _facts(self) -> list[tuple[str, str]]:
        names = ("T", "n", "kappa", "quantum", "classical_sparse",
                 "classical_dense")  # fmt: skip
        arrays = [getattr(self, name) for name in names]
        ends = [(f"{x.min():.3g}", f"{x.max():.3g}") for x in arrays]
        return [
            (name, low if low == high else f"{low}..{high}")
            for name, (low, high) in zip(names, ends, strict=True)
        ]


def cost_model(
    T: npt.ArrayLike,
    n: npt.ArrayLike,
    sparsity: float = 8,
    error: float = 1e-2,
    order: int = 3,
    row_nonzeros: float = 4,
    solver: Solver = "optimal",
    regime: Regime = "padded",
    growth: float = 0.01,
    success: float = 1.0,
) -> CostModel:
    r"""Evaluate the cost formulas against T and n.

    With :math:`m=\log_2n`, s surviving weights and g non-zeros in a row of
    the step,

    .. math::

        {\rm cost}=\frac{s\ln s}{\epsilon^2}\times\frac1{\sqrt P}\times
        d(\kappa,\epsilon)\times\bigl[Ngm+Nsm\bigr].

    Parameters
    ----------
    T, n : array
        Numbers of steps and weights, broadcast together.
    sparsity : float
        s: weights that are non-zero at the start and at the read-out.
    error : float
        :math:`\epsilon`, in (0, 1).
    order : int
        Truncation order N.
    row_nonzeros : float
        g: non-zero coefficients per weight in one step.
    solver : {"optimal", "qsvt", "hhl"}
        :math:`d=\kappa\ln(1/\epsilon)`,
        :math:`\kappa\ln(\kappa/\epsilon)`, :math:`\kappa^2/\epsilon`.
    regime : {"dissipative", "padded", "marginal", "divergent"}
        :math:`\kappa=2(T+1)`, :math:`2(2T+1)`, :math:`(T+1)^2`, or
        :math:`(1+\nu)^{NT}`.
    growth : float
        :math:`\nu`, of the divergent regime.
    success : float
        P, in (0, 1]: probability to find the last step and degree 1,
        amplified to the cost of its root.

    Returns
    -------
    CostModel

    Raises
    ------
    TypeError
        If an argument is of another kind.
    ValueError
        If T < 1, n < 2, a parameter is out of range, or a cost leaves the
        range of floats.

    References
    ----------
    Optimal solver: Costa et al., PRX Quantum 3:040303 (2022). qsvt: Childs,
    Kothari, Somma (2017) and Gilyen et al. (2019), without the further
    factor of plain post-selection. hhl: Harrow, Hassidim, Lloyd (2009).
    Shots with :math:`s\ln s/\epsilon^2`: Kerenidis and Prakash (2020).
    Upload :math:`Nsm`: Gleinig and Hoefler (2021) and chapter 9 of the
    book. Condition numbers: bounds proved in chapter 8 (the first two),
    and the orders of growth shown there. The block-encoding :math:`Ngm`
    is an assumption: with plain sparse access a row of the lifted matrix
    has up to :math:`g^N` entries.

    Examples
    --------
    >>> costs = cost_model(T=[10, 100], n=2**20)
    >>> costs.kappa.tolist()
    [42.0, 402.0]
    >>> bool((costs.quantum > costs.classical_sparse).all())
    True
    """
    a_choice(solver, get_args(Solver), "solver")
    a_choice(regime, get_args(Regime), "regime")
    sparsity = a_number(sparsity, "sparsity", least=1)
    error = a_fraction(error, "error")
    order = a_count(order, "order", 1)
    row_nonzeros = a_number(row_nonzeros, "row_nonzeros", least=1)
    growth = a_number(growth, "growth", least=0)
    success = a_number(success, "success", above=0, most=1)
    steps, weights = _broadcast(T, n)
    with np.errstate(over="ignore"):
        kappa = {
            "dissipative": 2 * (steps + 1),
            "padded": 2 * (2 * steps + 1),
            "marginal": (steps + 1) ** 2,
            "divergent": (1 + growth) ** (order * steps),
        }[regime]
        degree = {
            "optimal": kappa * np.log(1 / error),
            "qsvt": kappa * np.log(kappa / error),
            "hhl": kappa**2 / error,
        }[solver]
        calls = degree / np.sqrt(success)
        m = np.log2(weights)
        encoding, upload = order * row_nonzeros * m, order * sparsity * m
        shots = max(1.0, sparsity * np.log(sparsity)) / error**2
        costs = {
            "T": steps,
            "n": weights,
            "kappa": kappa,
            "solver_calls": calls,
            "encoding": encoding,
            "upload": upload,
            "shots": np.full(steps.shape, shots),
            "quantum": shots * calls * (encoding + upload),
            "classical_sparse": steps * sparsity * row_nonzeros,
            "classical_dense": steps * weights * row_nonzeros,
        }
    for array in costs.values():
        if not np.isfinite(array).all():
            raise ValueError(
                "a cost leaves the range of floats; take fewer steps, a "
                "smaller growth or a larger error"
            )
        array.setflags(write=False)
    return CostModel(**costs)


def _broadcast(T: npt.ArrayLike, n: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return numbers of steps and weights of one shape."""
    given = finite_reals(T, "T"), finite_reals(n, "n")
    try:
        shape = np.broadcast_shapes(*(x.shape for x in given))
    except ValueError as error:
        raise ValueError(
            f"expected T and n of shapes that broadcast, got "
            f"{given[0].shape} and {given[1].shape}"
        ) from error
    room_for(80 * float(np.prod(shape)), "the costs", "give fewer T or n")
    steps, weights = (np.broadcast_to(x, shape).copy() for x in given)
    if not (steps.size and steps.min() >= 1 and weights.min() >= 2):
        raise ValueError("expected T >= 1 steps and n >= 2 weights")
    return steps, weights
