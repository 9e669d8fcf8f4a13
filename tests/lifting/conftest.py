import numpy as np
import pytest

from qcl.lifting.maps.polynomial import PolynomialMap


@pytest.fixture(scope="session")
def random_step():
    """Make a step of n weights with normal entries at the degrees given."""

    def make(rng, n, degrees, scale=1.0):
        rng = np.random.default_rng(rng)
        return PolynomialMap(
            {d: scale * rng.normal(size=(n, n**d)) for d in degrees}
        )

    return make
