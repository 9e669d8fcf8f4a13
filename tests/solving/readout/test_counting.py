import numpy as np
import pytest

import qcl
from qcl.solving.readout.counting import Amplitudes, checked_shots, tally


@pytest.mark.parametrize("padding", [0, 1, 3])
@pytest.mark.parametrize("scale", [1.0, 0.5])
@pytest.mark.parametrize("constant", [False, True])
def test_both_formulas_give_the_weights(
    dissipative, exact, padding, scale, constant
):
    options = {"padding": padding, "scale": scale, "constant": constant}
    system = dissipative(2, np.random.default_rng(0), **options)
    result = exact(system)
    held = Amplitudes.of(system, result.state)
    signed = held.unit * held.weights / held.reference
    assert signed == pytest.approx(result.weights, abs=1e-12)
    size = held.norm_unit * np.abs(held.weights) / np.sqrt(held.known)
    assert size == pytest.approx(np.abs(result.weights), abs=1e-12)
    norm = held.norm_unit * np.sqrt(held.wanted / held.known)
    assert norm == pytest.approx(np.linalg.norm(result.weights))


def test_the_constant_is_the_reference_of_a_small_start(dissipative, exact):
    system = dissipative(2, np.random.default_rng(0), constant=True)
    held = Amplitudes.of(system, exact(system).state)
    assert held.unit == 1.0


def test_padding_makes_the_wanted_share_larger(dissipative, exact):
    shares = []
    for padding in (0, 3):
        system = dissipative(2, np.random.default_rng(0), padding=padding)
        held = Amplitudes.of(system, exact(system).state)
        shares.append(held.wanted / held.known)
    assert shares[1] == pytest.approx(4 * shares[0])


def test_nothing_known_and_complex_states_are_refused():
    lifting = qcl.lift(qcl.PolynomialMap({0: [[0.1]], 1: [[-0.5]]}), 1)
    system = qcl.stack(lifting, [0.0], T=2)
    with pytest.raises(ValueError, match="constant=True"):
        Amplitudes.of(system, np.ones(3))
    with pytest.raises(ValueError, match="needs a real state"):
        Amplitudes.of(system, np.ones(3) * 1j)


def test_tally_counts_several_measurements_at_once():
    outcomes = np.array([[0.5, 0.25], [0.1, 0.9], [0.0, 0.0]])
    counts, alive = tally(np.random.default_rng(0), 10**6, 0.5, outcomes)
    assert alive == pytest.approx([5e5] * 3, rel=0.01)
    assert counts / alive[:, None] == pytest.approx(outcomes, abs=0.005)


def test_tally_of_one_measurement():
    outcomes = np.array([0.5, 0.25])
    counts, alive = tally(np.random.default_rng(0), 10**6, 1.0, outcomes)
    assert alive == 10**6
    assert counts / 10**6 == pytest.approx(outcomes, abs=0.005)


def test_a_generator_or_a_seed_is_a_source_of_randomness():
    rng = np.random.default_rng(0)
    assert checked_shots(3.0, rng) == (3, rng)
    one, two = (checked_shots(9, 7)[1].integers(99, size=5) for _ in range(2))
    assert one.tolist() == two.tolist()
    with pytest.raises(ValueError, match="source of randomness"):
        checked_shots(9, None)
    with pytest.raises(TypeError, match="integer shots"):
        checked_shots(2.5, rng)
