"""Diagrams against words, blocks and closed forms."""

from collections import Counter
from itertools import permutations, product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qcl.lifting.carleman.lift import carleman_generator, lift
from qcl.lifting.diagrams.strands import (
    Diagram,
    count_diagrams,
    diagrams,
    distinct_diagrams,
)


def power(u, k):
    out = np.ones(1)
    for _ in range(k):
        out = np.kron(out, u)
    return out


def total(chosen, step, shape):
    values = (d.value(step).toarray() for d in chosen)
    return sum(values, np.zeros(shape))


# Enumeration against every word, filtered.


@pytest.mark.parametrize("degree", [1, 2, 3])
@pytest.mark.parametrize("forcing", [False, True])
@pytest.mark.parametrize("j", [0, 1, 2, 3, 4])
def test_diagrams_are_all_words_with_k_inputs(j, degree, forcing):
    letters = [*range(0 if forcing else 1, degree + 1), "I"]
    every = list(product(letters, repeat=j))
    for k in range(j * degree + 2):
        wanted = {
            w for w in every if sum(1 if a == "I" else a for a in w) == k
        }
        found = diagrams(j, k, degree, forcing)
        assert {d.word for d in found} == wanted
        assert len(found) == len(wanted)
        assert all((d.outputs, d.inputs) == (j, k) for d in found)
        orders = [d.eta_order for d in found]
        assert orders == sorted(orders)


@given(
    j=st.integers(0, 5),
    k=st.integers(0, 12),
    degree=st.integers(1, 4),
    forcing=st.booleans(),
)
@settings(max_examples=80, deadline=None)
def test_closed_form_counts_what_is_enumerated(j, k, degree, forcing):
    found = Counter(d.eta_order for d in diagrams(j, k, degree, forcing))
    assert count_diagrams(j, k, degree, forcing) == sum(found.values())
    for m in range(j + 2):
        assert count_diagrams(j, k, degree, forcing, m) == found[m]


@given(
    j=st.integers(0, 5),
    k=st.integers(0, 10),
    degree=st.integers(1, 4),
    forcing=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_distinct_ones_stand_for_all_their_orderings(j, k, degree, forcing):
    sets = distinct_diagrams(j, k, degree, forcing)
    assert sum(d.multiplicity for d in sets) == count_diagrams(
        j, k, degree, forcing
    )
    seen = {tuple(sorted(map(str, d.word))) for d in sets}
    assert len(seen) == len(sets)
    for d in sets:
        assert d.multiplicity == len(set(permutations(d.word)))


@pytest.mark.parametrize("j", range(1, 7))
def test_quadratic_counts_are_binomial(j):
    for k in range(2 * j + 1):
        assert count_diagrams(j, k, 2, forcing=True) == comb(2 * j, k)
        if k >= j:
            wanted = comb(j, k - j) * 2 ** (2 * j - k)
            assert count_diagrams(j, k, 2) == wanted
    for forcing, base in ((True, 4), (False, 3)):
        columns = range(2 * j + 1)
        counts = [count_diagrams(j, k, 2, forcing) for k in columns]
        assert sum(counts) == base**j


def test_discretisation_diagrams_of_two_legs():
    counts = [
        sum(d.eta_order >= 2 for d in diagrams(2, k, 2, forcing=True))
        for k in range(5)
    ]
    assert counts == [1, 2, 3, 2, 1]
    assert sum(counts) == 9


# Values against the lifted matrix, built without diagrams.


@pytest.mark.parametrize(
    ("n", "degrees"),
    [
        (1, (1, 2)),
        (2, (1, 2)),
        (2, (0, 1, 2)),
        (2, (0, 3)),
        (3, (0, 1, 2)),
        (2, (0, 1, 2, 3)),
    ],
)
def test_they_add_up_to_the_kronecker_block(random_step, n, degrees):
    step = random_step(3, n, degrees)
    lifting = lift(step, order=4, basis="kronecker")
    for j in (1, 2, 3):
        for k in range(5):
            found = diagrams(j, k, step.degree, forcing=True)
            got = total(found, step, (n**j, n**k))
            if k:
                wanted = lifting.block(j, k).toarray()
            else:
                wanted = lifting.forcing[lifting.degree(j)][:, None]
            np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-12)


def test_the_column_of_the_forcing_is_its_power(random_step):
    step = random_step(4, 3, (0, 1, 2))
    (only,) = diagrams(3, 0, 2, forcing=True)
    np.testing.assert_allclose(
        only.value(step).toarray()[:, 0], power(step.F(0)[:, 0], 3)
    )


@pytest.mark.parametrize("degrees", [(1, 2), (0, 1, 2), (0, 1, 2, 3)])
def test_one_node_is_the_continuous_block(random_step, degrees):
    step, n = random_step(5, 2, degrees), 2
    generator = carleman_generator(step, 4, basis="kronecker")
    lifting = lift(step, 4, basis="kronecker")
    for j in range(1, 5):
        for k in range(1, 5):
            found = diagrams(j, k, step.degree, 0 in degrees)
            chosen = [d for d in found if d.eta_order == 1]
            wanted = generator[lifting.degree(j), lifting.degree(k)].toarray()
            got = total(chosen, step, (n**j, n**k))
            np.testing.assert_allclose(got, wanted, atol=1e-12)


def test_every_ordering_has_the_same_symmetrised_value(random_step):
    step, n = random_step(6, 2, (0, 1, 2)), 2
    v, u = power(np.array([0.3, -0.8]), 3), power(np.array([0.7, 0.4]), 3)
    for d in distinct_diagrams(3, 3, 2, forcing=True):
        values = [
            v @ Diagram(word).value(step).toarray() @ u
            for word in set(permutations(d.word))
        ]
        np.testing.assert_allclose(values, values[0], atol=1e-13)
        assert d.value(step).shape == (n**3, n**3)


def test_labels():
    assert Diagram((0, 2, "I")).label() == r"F_{0}\otimes F_{2}\otimes I"
    assert Diagram(()).label() == "1"


# Bad inputs.


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: diagrams(-1, 0, 2), r"expected [jk] >= 0, got [jk]=-1"),
        (lambda: diagrams(1, -1, 2), r"expected [jk] >= 0, got [jk]=-1"),
        (lambda: diagrams(1, 1, 0), "expected degree >= 1, got degree=0"),
        (lambda: diagrams(30, 40, 2), "use distinct_diagrams or count"),
        (lambda: distinct_diagrams(1, -2, 2), "expected k >= 0"),
        (lambda: distinct_diagrams(1, 2, 0), "expected degree >= 1"),
        (lambda: count_diagrams(-1, 0, 2), "expected j >= 0"),
        (lambda: count_diagrams(1, 1, 2, eta_order=-1), "eta_order >= 0"),
        (lambda: Diagram(("J",)), 'expected the letters "I", 0, 1'),
        (lambda: Diagram((-1,)), "expected letter >= 0, got letter=-1"),
    ],
)
def test_bad_inputs(call, message):
    with pytest.raises(ValueError, match=message):
        call()
