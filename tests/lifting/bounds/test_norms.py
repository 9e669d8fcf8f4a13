"""Norms, against those of dense arrays."""

import numpy as np
import pytest

from qcl.lifting.bounds.norms import length, norm_of, spectral_norm, squeezed
from qcl.lifting.maps.polynomial import PolynomialMap


def test_rows_keep_their_lengths_when_a_tensor_is_squeezed():
    """Also beside rows that are 1e200 times longer."""
    rng = np.random.default_rng(1)
    step = PolynomialMap({2: rng.normal(size=(3, 9))})
    modes = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    rows = squeezed(step.terms[2], modes)
    F = modes.T @ step.F(2)
    np.testing.assert_allclose(rows @ rows.T, F @ F.T, atol=1e-13)
    tiny = PolynomialMap({2: np.diag([1.0, 1e-200, 1e-200]) @ step.F(2)})
    rows = squeezed(tiny.terms[2], np.eye(3))
    wanted = 1e-200 * np.linalg.norm(step.F(2)[1:], 2)
    assert norm_of(rows[1:]) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("unit", [1e-300, 1e-170, 1.0, 1e170, 1e300])
def test_norms_neither_overflow_nor_vanish(unit):
    rng = np.random.default_rng(2)
    F, u = rng.normal(size=(2, 4)), rng.normal(size=2)
    step = PolynomialMap({2: F})
    scaled = PolynomialMap({2: unit * F})
    g, h = (spectral_norm(each.terms[2]) for each in (step, scaled))
    assert h == pytest.approx(unit * g, rel=1e-12)
    wanted = unit * np.linalg.norm(u)
    assert length(step, unit * u) == pytest.approx(wanted, rel=1e-12)
    assert norm_of(np.zeros((0, 2))) == 0
