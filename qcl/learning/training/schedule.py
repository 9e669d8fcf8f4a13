r"""What a training run does, and for how long."""

from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from qcl._checks import a_count, a_number

_MOST = 10**7  # of anything that is counted; more would take days


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
        If an entry is not a number or a whole number where one is needed,
        or out of range.

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
        """Check the entries, and keep plain numbers."""
        rate = partial(a_number, name="learning rate", above=0)
        count = partial(a_count, least=1, most=_MOST)
        kept: dict[str, Any] = {
            "eta": rate(self.eta),
            "noise": a_number(self.noise, "noise", least=0),
            "error": a_number(self.error, "error", above=0, below=1),
        }
        for name in ("dwells", "steps", "order"):
            kept[name] = count(getattr(self, name), name)
        for name in ("pretraining", "dense_steps"):
            kept[name] = count(getattr(self, name), name, least=0)
        if self.dense_eta is not None:
            kept["dense_eta"] = rate(self.dense_eta)
        for name in ("batch", "clock_qubits"):
            if getattr(self, name) is not None:
                kept[name] = count(getattr(self, name), name)
        for name, value in kept.items():
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        """Show the entries that differ from the defaults."""
        given = [f"{f.name}={getattr(self, f.name)}" for f in fields(self)
                 if getattr(self, f.name) != f.default]  # fmt: skip
        return f"Schedule({', '.join(given)})"

    @property
    def classical_eta(self) -> float:
        """Learning rate of the classical steps."""
        return self.eta if self.dense_eta is None else self.dense_eta

    @property
    def total_steps(self) -> int:
        """Steps taken by the solver, all dwells together."""
        return self.dwells * self.steps
