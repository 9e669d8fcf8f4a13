import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from qcl.solving.stacking.hermitian import embed_hermitian, read_system


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(1, 9), st.booleans(), st.booleans(), st.integers(0, 99))
def test_embedding_keeps_solution_and_condition(n, hermitian, complex_, seed):
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(n, n)) + 0j * 0
    if complex_:
        matrix = matrix + 1j * rng.normal(size=(n, n))
    if hermitian:
        matrix = matrix + matrix.conj().T
    rhs = rng.normal(size=n)
    problem = embed_hermitian((matrix, rhs))
    V, values = problem.vectors, problem.eigenvalues
    H = (V * values) @ V.conj().T
    assert np.allclose(H, H.conj().T)
    assert len(H) == 2**problem.qubits
    kappa = np.linalg.cond(matrix)
    assert problem.condition_number == pytest.approx(kappa, rel=1e-6)
    z = np.linalg.solve(H, problem.state) * problem.rhs_norm
    expected = np.linalg.solve(matrix, rhs)
    assert np.allclose(z[problem.solution_slice], expected)
    others = np.delete(z, np.r_[problem.solution_slice])
    assert np.allclose(others, 0, atol=1e-9)
    assert np.allclose(problem.reference, expected)


def test_dilation_has_paired_eigenvalues():
    matrix = np.array([[1.0, 0.0], [-0.8, 1.0]])
    problem = embed_hermitian((matrix, [1.0, 0.0]))
    sigma = np.linalg.svd(matrix, compute_uv=False)
    assert problem.dilated
    both = np.sort(np.concatenate([sigma, -sigma]))
    assert np.allclose(problem.eigenvalues, both)
    weight = np.abs(problem.amplitudes) ** 2
    assert np.allclose(weight, weight[::-1])


@pytest.mark.parametrize("convert", [np.array, sp.csr_array, sp.csc_array])
def test_dense_and_sparse_are_read_alike(convert):
    matrix, rhs = read_system((convert([[2.0, 1.0], [0.0, 1.0]]), [1, 2]))
    assert matrix.tolist() == [[2.0, 1.0], [0.0, 1.0]]
    assert rhs.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("system", "message"),
    [
        ((np.ones((2, 3)), np.ones(2)), r"square matrix, got shape \(2, 3\)"),
        ((np.ones((0, 0)), np.ones(0)), "square matrix"),
        ((np.eye(2), np.ones(3)), r"shape \(2,\), got \(3,\)"),
        ((np.eye(2), np.zeros(2)), "right-hand side is zero"),
        ((np.eye(2), [1, np.nan]), "numbers in the right-hand side, got NaN"),
        (
            ([[1, np.inf], [0, 1]], [1, 1]),
            "the matrix, got NaN or infinity",
        ),
        ((np.eye(2) * 1e200, [1, 1]), "leaves the range of floats"),
        ((np.eye(2), [1e-200, 0]), "leaves the range of floats"),
        ((np.ones((2, 2)), [1, 1]), "singular to working precision"),
        ((sp.eye_array(5000), np.ones(5000)), "5000 unknowns"),
    ],
)
def test_bad_input(system, message):
    with pytest.raises(ValueError, match=message):
        embed_hermitian(system)


def test_text_is_no_matrix():
    with pytest.raises(TypeError, match="expected numbers in the matrix"):
        embed_hermitian(([["a", 1], [1, 1]], [1, 1]))


def test_complex_numbers_among_objects_keep_their_imaginary_part():
    boxed = np.array([[1 + 2j, 0], [0, 1]], dtype=object)
    matrix, rhs = read_system((boxed, np.array([1j, 2], dtype=object)))
    assert matrix.tolist() == [[1 + 2j, 0], [0, 1]]
    assert rhs.tolist() == [1j, 2]


@pytest.mark.parametrize("system", [np.eye(2), 3, None])
def test_wrong_type(system):
    with pytest.raises(TypeError, match="LinearSystem or a pair"):
        embed_hermitian(system)
