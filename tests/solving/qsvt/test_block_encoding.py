import numpy as np
import pytest

import qcl
from qcl.solving.qsvt.block_encoding import dilation, time_shift


def one_weight(order, T, rate=0.2, **options):
    step = qcl.PolynomialMap({1: [[-rate]], 2: [[-rate]]})
    return qcl.stack(qcl.lift(step, order), [0.3], T, **options)


def two_weights(order, T):
    F2 = -0.1 * np.array([[0, 1, 1, 0], [1, 0, 0, 0]])
    F0 = [[0.02], [-0.01]]
    step = qcl.PolynomialMap({0: F0, 1: -0.2 * np.diag([1, 2.0]), 2: F2})
    return qcl.stack(qcl.lift(step, order), [0.4, -0.3], T)


def check(encoding, matrix):
    U = encoding.unitary()
    assert pytest.approx(np.eye(len(U)), abs=1e-12) == U @ U.conj().T
    corner = U[: len(encoding.block), : len(encoding.block)]
    assert corner == pytest.approx(encoding.block, abs=1e-12)
    place = np.ix_(encoding.place, encoding.place)
    scaled = encoding.subnormalisation * corner[place]
    assert scaled == pytest.approx(matrix, abs=1e-12)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 7, 12])
@pytest.mark.parametrize("complex_", [True, False])
def test_dilation_of_any_size(size, complex_):
    rng = np.random.default_rng(size)
    matrix = rng.normal(size=(size, size))
    if complex_:
        matrix = matrix + 1j * rng.normal(size=(size, size))
    encoding = dilation(matrix)
    check(encoding, matrix)
    assert encoding.ancillas == 1
    assert encoding.subnormalisation == pytest.approx(
        np.linalg.norm(matrix, 2)
    )
    assert np.linalg.cond(encoding.block) == pytest.approx(
        np.linalg.cond(matrix)
    )


@pytest.mark.parametrize(
    "system",
    [
        one_weight(1, 1),
        one_weight(2, 3),
        one_weight(3, 4),
        two_weights(1, 2),
        two_weights(2, 2),
        one_weight(1, 2, rate=1.0),
    ],
)
def test_time_shift_holds_the_stacked_system(system):
    encoding = time_shift(system)
    check(encoding, system.matrix.toarray())
    assert encoding.ancillas == 3


def test_what_precedes_the_first_slice_stays_empty():
    system = two_weights(2, 5)
    encoding = time_shift(system)
    full = np.linalg.solve(encoding.block, encoding.start(system.rhs))
    scale = np.linalg.norm(system.rhs) / encoding.subnormalisation
    found = scale * full[encoding.place]
    assert found == pytest.approx(system.solve(), abs=1e-12)
    outside = np.delete(full, encoding.place)
    assert np.abs(outside).max() < 1e-14


def test_a_step_that_forgets_everything_has_no_shift():
    still = qcl.lift(qcl.PolynomialMap({1: [[-1.0]]}), 1)
    encoding = time_shift(qcl.stack(still, [1.0], 3))
    assert encoding.subnormalisation == 1.0
    check(encoding, np.eye(4))


@pytest.mark.parametrize(
    "bad", [np.ones((2, 3)), np.ones(3), np.zeros((2, 2))]
)
def test_dilation_refuses(bad):
    with pytest.raises(ValueError, match=r"square matrix|zero matrix"):
        dilation(bad)


def test_time_shift_refuses_what_is_not_a_repeated_step():
    with pytest.raises(ValueError, match="equal steps and no padding"):
        time_shift(one_weight(2, 3, padding=1))
    liftings = [
        qcl.lift(qcl.PolynomialMap({1: [[-rate]]}), 1) for rate in (0.1, 0.2)
    ]
    with pytest.raises(ValueError, match="equal steps and no padding"):
        time_shift(qcl.stack(liftings, [1.0], 2))
    with pytest.raises(TypeError, match=r"made by qcl\.stack"):
        time_shift((np.eye(2), [1, 0]))


def test_time_shift_refuses_what_does_not_fit():
    lifting = qcl.lift(qcl.PolynomialMap({1: -0.5 * np.eye(9)}), 1)
    with pytest.raises(ValueError, match="8192 rows"):
        time_shift(qcl.stack(lifting, np.ones(9), 300))
