"""How fast lifting is: pytest tests/benchmarks --benchmark-only.

Dense quadratic steps with a diagonal F_1, a sparse one of a thousand
weights, and a plain dictionary implementation beside the package.
"""

from itertools import combinations_with_replacement
from time import perf_counter

import numpy as np
import pytest
import scipy.sparse as sp

from qcl.lifting.carleman.lift import lift
from qcl.lifting.maps.polynomial import PolynomialMap

pytestmark = [pytest.mark.benchmark, pytest.mark.slow]


def dense_quadratic(n):
    rng = np.random.default_rng(n)
    F1 = np.diag(-rng.uniform(0.05, 0.5, size=n))
    return PolynomialMap({1: F1, 2: rng.normal(size=(n, n**2)) / n**2})


def sparse_quadratic(n):
    """Three quadratic terms in every row."""
    rng = np.random.default_rng(n)
    where = np.repeat(np.arange(n), 3), rng.integers(0, n * n, 3 * n)
    F2 = sp.csr_array((rng.normal(size=3 * n), where), shape=(n, n * n))
    return PolynomialMap({1: -0.1 * sp.eye_array(n), 2: F2})


def images(step):
    """Every component of the map, as a dictionary of coefficients."""
    out = []
    for i in range(step.n):
        image = {(i,): 1.0}
        for part in step.terms.values():
            row = part.coefficients[[i]].toarray().ravel()
            for key, c in zip(part.multisets.tolist(), row, strict=True):
                if c:
                    image[tuple(key)] = image.get(tuple(key), 0.0) + c
        out.append(image)
    return out


def plain_product(left, right, order):
    """Multiply out, and drop what is of too high a degree."""
    out = {}
    for a, x in left.items():
        for b, y in right.items():
            if len(a) + len(b) <= order:
                key = tuple(sorted(a + b))
                out[key] = out.get(key, 0.0) + x * y
    return out


def careful_product(left, right, order):
    """Look only at the pairs that are kept: terms grouped by degree."""
    by_degree = {}
    for b, y in right.items():
        by_degree.setdefault(len(b), []).append((b, y))
    out = {}
    for a, x in left.items():
        for degree, terms in by_degree.items():
            if len(a) + degree > order:
                continue
            for b, y in terms:
                key = tuple(sorted(a + b))
                out[key] = out.get(key, 0.0) + x * y
    return out


def dictionary_rows(step, order, product):
    """The textbook way: multiply polynomials held in dictionaries."""
    factors = images(step)
    rows = {(): {(): 1.0}}
    for j in range(1, order + 1):
        for tup in combinations_with_replacement(range(step.n), j):
            rows[tup] = product(factors[tup[0]], rows[tup[1:]], order)
    del rows[()]
    return rows


def best_of(times, run):
    """Shortest wall time of several runs."""
    seconds = []
    for _ in range(times):
        start = perf_counter()
        run()
        seconds.append(perf_counter() - start)
    return min(seconds)


@pytest.mark.parametrize(
    ("n", "order", "rows", "nonzeros"),
    [(16, 4, 4_844, 841_228), (64, 3, 47_904, 8_571_680)],
)
def test_dense_step(benchmark, n, order, rows, nonzeros):
    step = dense_quadratic(n)
    lifting = benchmark.pedantic(lift, (step, order), rounds=3)
    assert lifting.dimension == rows
    assert lifting.matrix.nnz == nonzeros


def test_sparse_step(benchmark):
    step = sparse_quadratic(1000)
    lifting = benchmark.pedantic(lift, (step, 2), rounds=3)
    assert lifting.dimension == 501_500
    assert lifting.matrix.nnz < 1.1 * 501_500


@pytest.mark.parametrize(
    ("product", "factor"), [(plain_product, 100), (careful_product, 20)]
)
def test_faster_than_dictionaries(product, factor):
    """Side by side at n = 16, order 4, the same 841,228 entries."""
    step = dense_quadratic(16)
    fast = best_of(5, lambda: lift(step, 4))
    start = perf_counter()
    rows = dictionary_rows(step, 4, product)
    slow = perf_counter() - start
    assert sum(map(len, rows.values())) == lift(step, 4).matrix.nnz
    print(
        f"\ndictionaries {slow:.2f} s, lift {fast:.3f} s: {slow / fast:.0f}x"
    )
    assert slow / fast >= factor


def test_time_grows_like_the_nonzeros():
    """From n = 8 to 64 at order 3, far from quadratically."""
    sizes, times = [], []
    for n in (8, 16, 32, 64):
        step = dense_quadratic(n)
        sizes.append(lift(step, 3).matrix.nnz)
        times.append(best_of(3, lambda step=step: lift(step, 3)))
        print(f"\nn={n}: {sizes[-1]} nonzeros, {times[-1]:.4f} s", end="")
    slope = np.polyfit(np.log(sizes[1:]), np.log(times[1:]), 1)[0]
    print(f"\nslope {slope:.2f}")
    assert slope < 1.3
