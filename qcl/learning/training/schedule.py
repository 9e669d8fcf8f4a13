r"""What a training run does, and for how long."""

from dataclasses import dataclass

from qcl.lifting.algebra.exact import check_integer


@dataclass(frozen=True)
class Schedule:
    r"""Dwells of a fixed number of steps, between which weights are read.

    Parameters
    ----------
    eta : float
        Learning rate, > 0.
    dwells : int
        How many times the weights are uploaded and downloaded, >= 1.
    steps : int
        T, gradient-descent steps in a dwell, >= 1.
    order : int
        Truncation order N >= 1 of the lifting.
    pretraining : int
        Classical steps with every weight, before pruning, >= 0.
    dense_steps : int
        Classical steps with every weight after each download, before the
        network is pruned again: the paper's QRAM variant takes 10. With 0
        the mask never changes.
    dense_eta : float, optional
        Learning rate of the classical steps; ``eta`` by default.
    batch : int, optional
        Samples per step, drawn without replacement; all by default.
    noise : float
        Standard deviation of Gaussian noise added to every surviving weight
        at every step, >= 0.
    error : float
        Relative error allowed to the quantum solver, in (0, 1).
    clock_qubits : int, optional
        Of ``solver="hhl"``; advised for ``error`` by default.

    Raises
    ------
    TypeError, ValueError
        If an entry is not an integer where one is needed, or out of range.

    Examples
    --------
    >>> Schedule(eta=0.1, dwells=10, steps=8).total_steps
    80
    """

    eta: float
    dwells: int
    steps: int = 8
    order: int = 2
    pretraining: int = 0
    dense_steps: int = 0
    dense_eta: float | None = None
    batch: int | None = None
    noise: float = 0.0
    error: float = 1e-2
    clock_qubits: int | None = None

    def __post_init__(self) -> None:
        """Check the entries."""
        least = {"dwells": 1, "steps": 1, "order": 1}
        for name, low in {**least, "pretraining": 0, "dense_steps": 0}.items():
            check_integer(getattr(self, name), name)
            if getattr(self, name) < low:
                raise ValueError(
                    f"expected {name} >= {low}, got {getattr(self, name)}"
                )
        for rate in (self.eta, self.classical_eta):
            if not rate > 0:
                raise ValueError(f"expected a learning rate > 0, got {rate}")
        if not self.noise >= 0:
            raise ValueError(f"expected noise >= 0, got noise={self.noise}")
        if not 0 < self.error < 1:
            raise ValueError(
                f"expected an error in (0, 1), got error={self.error}"
            )

    @property
    def classical_eta(self) -> float:
        """Learning rate of the classical steps."""
        return self.eta if self.dense_eta is None else self.dense_eta

    @property
    def total_steps(self) -> int:
        """Steps taken by the solver, all dwells together."""
        return self.dwells * self.steps
