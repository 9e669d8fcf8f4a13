"""The Agg backend, and two laws that every drawer must keep."""

import matplotlib as mpl
import pytest

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _no_leak():
    """Drawing changes no global setting; figures are closed after."""
    from matplotlib import pyplot as plt

    before = dict(mpl.rcParams)
    yield
    assert dict(mpl.rcParams) == before
    plt.close("all")
