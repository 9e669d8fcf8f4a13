"""Whether the lifting that was stacked can be trusted."""

import warnings
from typing import Any

import numpy as np

from qcl._checks import is_noun


class TruncationWarning(UserWarning):
    """A system is solved, but its lifting may not follow the descent."""


def warn_if_truncated(system: Any, stacklevel: int = 3) -> None:
    """Warn if nothing certifies the weights of a stacked system.

    Their truncation error at step T is at most the system's
    ``truncation_bound``, and a bound above the weights themselves says
    nothing of them. That is so with R >= 1, except over few steps, for
    which the bound still holds.

    Parameters
    ----------
    system : object
        Anything but a LinearSystem is let pass.
    stacklevel : int
        Of :func:`warnings.warn`; 3 names the caller of the caller.

    Warns
    -----
    TruncationWarning
        With the bound, the size of the weights and R.
    """
    if not is_noun(system, "LinearSystem"):
        return
    size = float(np.linalg.norm(system.weights(system.solve())))
    bound, order = system.truncation_bound, system.liftings[0].order
    if bound <= size:
        return
    remedy = "take fewer steps or raise the order"
    if system.ratio >= 1:
        remedy = "start nearer to the expansion point or take fewer steps"
    warnings.warn(
        f"the lifting of order {order} is not to be trusted here: at step "
        f"T={system.steps} its error is bounded by {bound:.2g} only, and "
        f"the weights have length {size:.2g} (R = {system.ratio:.2g}); "
        f"{remedy}",
        TruncationWarning,
        stacklevel=stacklevel,
    )
