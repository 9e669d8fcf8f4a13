import builtins
from fractions import Fraction
from math import ceil, comb, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qcl.solving.qsvt.inversion import InversePolynomial, inverse_polynomial
from qcl.solving.qsvt.phases import signal_phases, signal_response

KINDS = ["iteration", "cks"]


@pytest.mark.parametrize("kind", KINDS)
@given(kappa=st.floats(1, 60), digits=st.floats(0.5, 6))
@settings(deadline=None, max_examples=25)
def test_bounded_odd_and_close_to_the_inverse(kind, kappa, digits):
    error = 10**-digits
    p = inverse_polynomial(kappa, error, kind)
    x = np.linspace(0, 1, 5003)
    assert np.abs(p(x)).max() <= 1
    assert p(-x) == pytest.approx(-p(x), abs=1e-13)
    inside = x >= 1 / p.kappa
    miss = np.abs(1 - x[inside] * p(x[inside]) / p.scale).max()
    assert miss <= p.residual * 1.01 + 1e-12
    assert p.residual <= error * (1 + 1e-6)


def test_iteration_is_the_formula():
    kappa, n = 4.0, 5
    p = inverse_polynomial(kappa, 0.159, "iteration")
    assert p.degree == 2 * n - 1
    T = np.polynomial.Chebyshev.basis(n)
    a, x = kappa**-2, np.linspace(0.01, 1, 50)
    ratio = T((1 + a - 2 * x**2) / (1 - a)) / T((1 + a) / (1 - a))
    assert p(x) / p.scale == pytest.approx((1 - ratio) / x, rel=1e-10)
    assert p.residual == pytest.approx(1 / T((1 + a) / (1 - a)), rel=1e-9)


def test_iteration_has_the_smallest_degree_that_meets_the_error():
    p = inverse_polynomial(7.0, 1e-3)
    T = np.polynomial.Chebyshev.basis
    z = (7.0**2 + 1) / (7.0**2 - 1)
    n = (p.degree + 1) // 2
    assert 1 / T(n)(z) <= 1e-3 < 1 / T(n - 1)(z)


def test_cks_coefficients_against_exact_fractions():
    kappa, error = 3.0, 0.1
    p = inverse_polynomial(kappa, error, "cks")
    eps = error / 2
    b = ceil(kappa**2 * log(kappa / eps))
    j0 = ceil(sqrt(b * log(4 * b / eps)))
    exact = [
        4
        * (-1) ** j
        * sum(Fraction(comb(2 * b, b + i), 4**b) for i in range(j + 1, b + 1))
        for j in range(min(j0, b - 1) + 1)
    ]
    assert p.coefficients / p.scale == pytest.approx(
        np.array(exact, dtype=float), rel=1e-9
    )


@pytest.mark.parametrize(
    ("kappa", "error"), [(5, 1e-3), (18, 1e-3), (18, 1e-6)]
)
def test_iteration_beats_cks_in_degree_and_in_size(kappa, error):
    iteration, cks = (inverse_polynomial(kappa, error, k) for k in KINDS)
    assert 2.5 * iteration.degree < cks.degree
    assert iteration.scale > 1.2 * cks.scale


@pytest.mark.parametrize("kappa", [1.0, 5.0, 18.0])
def test_phases_reproduce_the_polynomial(kappa):
    p = inverse_polynomial(kappa, 1e-3)
    x = np.random.default_rng(0).uniform(-1, 1, 200)
    assert p.phases.shape == (p.degree + 1,)
    assert signal_response(p.phases, x) == pytest.approx(p(x), abs=1e-12)
    assert p.phase_error < 1e-12


def test_response_against_a_product_of_matrices():
    phases, x = np.array([0.3, -1.1, 0.7, 2.0]), 0.37
    W = np.array([[x, 1j * sqrt(1 - x**2)], [1j * sqrt(1 - x**2), x]])
    product = np.diag(np.exp(1j * phases[0] * np.array([1, -1])))
    for phase in phases[1:]:
        product = product @ W @ np.diag(np.exp(1j * phase * np.array([1, -1])))
    found = signal_response(phases, np.array([x]))
    assert found == pytest.approx([product[0, 0].real])


def test_a_polynomial_larger_than_one_has_no_phases():
    with pytest.raises(ValueError, match=r"miss the polynomial|below 1"):
        signal_phases(np.array([1.5, 0.2]))


def test_a_missing_qsppack_is_named_with_its_remedy(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "qsppack":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    p = InversePolynomial(np.array([0.5]), 0.5, 1.0, 0.1)
    with pytest.raises(
        ModuleNotFoundError, match=r"pip install 'qcl-book\[qsvt"
    ):
        p.phases  # noqa: B018


@pytest.mark.parametrize(
    ("kappa", "error", "kind", "message"),
    [
        (0.5, 0.1, "iteration", "kappa >= 1"),
        (np.nan, 0.1, "iteration", "kappa >= 1"),
        (np.inf, 0.1, "iteration", "kappa >= 1"),
        (2.0, 0.0, "iteration", r"error in \(0, 1\)"),
        (2.0, 1.0, "cks", r"error in \(0, 1\)"),
        (2.0, 0.1, "remez", "'iteration', 'cks'"),
        (1e6, 1e-3, "iteration", "degree"),
        (1e6, 1e-3, "cks", "degree"),
    ],
)
def test_bad_requests_are_refused(kappa, error, kind, message):
    with pytest.raises(ValueError, match=message):
        inverse_polynomial(kappa, error, kind)
