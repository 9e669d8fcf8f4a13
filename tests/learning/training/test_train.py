"""Training runs: against gradient descent, chance, and interruption."""

import json
import warnings
from dataclasses import replace

import numpy as np
import pytest

import qcl
from qcl.learning.datasets import Dataset
from qcl.learning.training import train as training
from qcl.learning.training._journal import Journal

NET = qcl.PolynomialMLP((2, 2, 1), "near-linear", weight_decay=0.05)
PLAN = qcl.Schedule(eta=0.1, dwells=3, steps=4)


@pytest.fixture(scope="module")
def data():
    return qcl.two_class(np.random.default_rng(0), inputs=2)


@pytest.fixture(scope="module")
def start(data):
    theta = NET.initial(np.random.default_rng(1), 0.5)
    return NET.descend(theta, data.X_train, data.y_train, 0.05, 200)


def same(one, other):
    """Say whether two runs agree to the last bit."""
    return all(
        np.array_equal(getattr(a, name), getattr(b, name), equal_nan=True)
        for a, b in zip(one.dwells, other.dwells, strict=True)
        for name in vars(a)
    ) and np.array_equal(one.start, other.start)


def test_classical_is_masked_gradient_descent(data, start):
    run = qcl.train(NET, data, 0.5, PLAN, "classical", start=start)
    mask = qcl.magnitude_mask(start, 0.5)
    theta = np.where(mask, start, 0.0)
    assert np.array_equal(run.start, theta)
    for dwell in run.dwells:
        theta = NET.descend(
            theta, data.X_train, data.y_train, PLAN.eta, 4, keep=mask
        )
        assert np.allclose(dwell.weights, theta, rtol=0, atol=1e-14)
        assert dwell.loss == NET.loss(
            dwell.weights, data.X_train, data.y_train
        )
    assert np.isnan(run.dwells[0].condition_number)


def test_truncation_error_is_that_of_the_lifting(data, start):
    run = qcl.train(NET, data, 0.5, PLAN, start=start)
    theta, keep = run.start, run.keep
    for dwell in run.dwells:
        step = NET.step(theta, data.X_train, data.y_train, PLAN.eta, keep)
        u = qcl.lift(step, 2).trajectory(np.zeros(keep.size), 4)[-1]
        exact = step.trajectory(np.zeros(keep.size), 4)[-1]
        assert np.allclose(dwell.weights[keep], theta[keep] + u, atol=1e-13)
        error = np.linalg.norm(u - exact)
        assert dwell.truncation_error == pytest.approx(error, abs=1e-13)
        assert dwell.truncation_error <= dwell.truncation_bound
        theta = dwell.weights


def test_scores_are_those_of_the_network(data, start):
    run = qcl.train(NET, data, 0.5, replace(PLAN, order=1), start=start)
    train, test = (data.X_train, data.y_train), (data.X_test, data.y_test)
    point = run.start
    for dwell in run.dwells:
        goal = NET.descend(point, *train, PLAN.eta, PLAN.steps, run.keep)
        assert dwell.descent_loss == pytest.approx(NET.loss(goal, *train))
        assert dwell.descent_loss != dwell.loss
        assert dwell.descent_accuracy == NET.accuracy(goal, *test)
        assert dwell.accuracy == NET.accuracy(dwell.weights, *test)
        point = dwell.weights
    assert run.start_accuracy == NET.accuracy(run.start, *test)
    assert NET.accuracy(run.start, *test) != NET.accuracy(run.start, *train)


def test_pretraining_takes_its_own_rate(data, start):
    plan = replace(PLAN, pretraining=5, dense_eta=0.01)
    run = qcl.train(NET, data, 0.5, plan, "classical", start=start)
    whole = NET.descend(start, data.X_train, data.y_train, 0.01, 5)
    mask = qcl.magnitude_mask(whole, 0.5)
    np.testing.assert_array_equal(run.start, np.where(mask, whole, 0.0))


def test_a_lifting_that_cannot_be_trusted_is_said(data, start):
    bold = replace(PLAN, eta=0.5, dwells=1, steps=12)
    with pytest.warns(qcl.TruncationWarning, match="not to be trusted") as log:
        qcl.train(NET, data, 0.5, bold, start=start)
    assert log[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mild = replace(PLAN, dwells=1)
        run = qcl.train(NET, data, 0.5, mild, start=start)
    way = np.linalg.norm(run.weights - run.start)
    assert run.dwells[0].truncation_bound < way


def test_order_reduces_the_truncation_error(data, start):
    worst = [
        qcl.train(NET, data, 0.5, replace(PLAN, order=N), start=start)
        .errors[:, 0]
        .max()
        for N in (1, 2, 3)
    ]
    assert worst[2] < worst[1] / 3 < worst[0] / 9


@pytest.mark.parametrize("solver", ["hhl", "qsvt"])
def test_circuits_end_where_descent_ends(data, start, solver):
    plan = qcl.Schedule(eta=0.1, dwells=2, steps=2, error=1e-2)
    mask = [0, 6]
    ideal = qcl.train(NET, data, mask, plan, "classical", start=start)
    run = qcl.train(NET, data, mask, plan, solver, start=start)
    assert run.losses[-1] == pytest.approx(ideal.losses[-1], rel=5e-3)
    for dwell, system_rows in zip(run.dwells, (18, 18), strict=True):
        length = np.linalg.norm(dwell.weights - run.start)
        assert 0 < dwell.solver_error < 0.05 * length
        assert 2**dwell.qubits > system_rows
        assert 0 < dwell.success_probability < 1


def test_shot_error_falls_as_one_over_the_root(data, start):
    plan = replace(PLAN, dwells=1)

    def typical(shots):
        runs = [
            qcl.train(
                NET, data, 0.5, plan, "exact", shots,
                rng=np.random.default_rng(seed), start=start,
            )
            for seed in range(20)
        ]  # fmt: skip
        return np.sqrt(np.mean([run.errors[0, 2] ** 2 for run in runs]))

    assert typical(10**4) / typical(10**6) == pytest.approx(10, rel=0.4)


def test_minibatches_and_noise_are_lifted_step_by_step(data, start):
    plan = replace(PLAN, batch=64, noise=1e-3, order=3)
    runs = [
        qcl.train(
            NET, data, 0.5, plan, solver,
            rng=np.random.default_rng(5), start=start,
        )
        for solver in ("exact", "classical")
    ]  # fmt: skip
    lifted, descent = (run.dwells[0].weights for run in runs)
    whole = qcl.train(NET, data, 0.5, PLAN, "classical", start=start)
    moved = np.linalg.norm(descent - whole.dwells[0].weights)
    assert np.linalg.norm(lifted - descent) < 0.05 * moved


def test_noise_has_the_stated_deviation(data, start):
    plan = replace(PLAN, dwells=1, steps=1, noise=0.01)
    still = qcl.train(NET, data, 0.5, replace(plan, noise=0), start=start)
    rng = np.random.default_rng(7)
    pushed = [
        qcl.train(NET, data, 0.5, plan, "classical", rng=rng, start=start)
        for _ in range(300)
    ]
    apart = [(run.weights - still.weights)[run.keep] for run in pushed]
    assert np.std(apart) == pytest.approx(0.01, rel=0.1)


def test_dense_steps_may_change_the_mask(data, start):
    plan = replace(PLAN, dense_steps=10, dense_eta=0.05)
    run = qcl.train(NET, data, 1 / 3, plan, start=start)
    for dwell in run.dwells:
        assert dwell.keep.size == run.keep.size == 3
        assert np.count_nonzero(dwell.weights) <= dwell.keep.size
    plain = qcl.train(NET, data, 1 / 3, PLAN, start=start)
    assert all(np.array_equal(d.keep, run.keep) for d in plain.dwells)


def test_equal_generators_give_equal_runs(data):
    def run(seed):
        plan = replace(PLAN, pretraining=20, dense_eta=0.01, batch=100)
        rng = np.random.default_rng(seed)
        return qcl.train(NET, data, 0.5, plan, "exact", 10**4, rng)

    assert same(run(3), run(3))
    assert not same(run(3), run(4))


# Interrupted runs -----------------------------------------------------------


NOISY = replace(PLAN, batch=100, noise=1e-3, dense_steps=2, dense_eta=0.01)


def noisy(data, path=None, seed=9, **other):
    options = {"shots": 10**4, "record": path, **other}
    rng = np.random.default_rng(seed)
    return qcl.train(NET, data, 0.5, NOISY, "exact", rng=rng, **options)


def test_killed_and_resumed_is_bit_equal(data, tmp_path, monkeypatch):
    path = tmp_path / "run.jsonl"
    whole = noisy(data)
    done, dwell = [], training._dwell

    def killed(*args):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(1)
        return dwell(*args)

    with monkeypatch.context() as patch:
        patch.setattr(training, "_dwell", killed)
        with pytest.raises(KeyboardInterrupt):
            noisy(data, path)
    assert len(qcl.TrainingRun.load(path).dwells) == 2
    assert same(noisy(data, path), whole)
    assert same(qcl.TrainingRun.load(path), whole)


def test_a_line_cut_short_costs_one_dwell(data, tmp_path):
    path = tmp_path / "run.jsonl"
    whole = noisy(data, path)
    path.write_bytes(path.read_bytes()[:-40])
    assert len(qcl.TrainingRun.load(path).dwells) == 2
    assert same(noisy(data, path), whole)


def test_a_finished_record_is_read_not_run(data, tmp_path, monkeypatch):
    path = tmp_path / "run.jsonl"
    whole = noisy(data, path)
    monkeypatch.setattr(training, "_dwell", None)
    assert same(noisy(data, path), whole)


@pytest.mark.parametrize(
    "other", [{"seed": 8}, {"shots": 100}, {"start": np.zeros(9)}]
)
def test_the_record_of_another_run_is_refused(data, tmp_path, other):
    path = tmp_path / "run.jsonl"
    noisy(data, path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="another run"):
        noisy(data, path, **other)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "other",
    [
        json.dumps({"a": list(range(999))}).encode(),
        b"a,b\n1,2\n3,4",
        np.arange(1000.0).tobytes(),
        b"",
    ],
)
def test_what_is_not_a_record_is_left_alone(data, tmp_path, other):
    path = tmp_path / "run.jsonl"
    path.write_bytes(other)
    with pytest.raises(ValueError, match=r"run\.jsonl is not the record"):
        noisy(data, path)
    assert path.read_bytes() == other
    assert list(tmp_path.iterdir()) == [path]


def test_a_finished_record_needs_no_room(data, tmp_path, monkeypatch):
    path = tmp_path / "run.jsonl"
    whole = noisy(data, path)
    monkeypatch.setattr(Journal, "locked", None)  # as on a read-only disk
    monkeypatch.setattr(Journal, "_write", None)
    assert same(noisy(data, path), whole)


def test_a_missing_folder_is_said_before_anything_is_trained(
    data, tmp_path, monkeypatch
):
    monkeypatch.setattr(training, "_begun", None)
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        noisy(data, tmp_path / "nowhere" / "run.jsonl")
    with pytest.raises(ValueError, match="is not a file"):
        noisy(data, tmp_path)


def test_two_processes_cannot_write_one_record(data, tmp_path):
    path = tmp_path / "run.jsonl"
    noisy(data, path)
    path.write_bytes(path.read_bytes()[:-40])
    before = path.read_bytes()
    with Journal(path).locked():
        with pytest.raises(BlockingIOError, match=r"run\.jsonl; wait"):
            noisy(data, path)
        assert path.read_bytes() == before
    assert same(noisy(data, path), noisy(data))


@pytest.mark.parametrize(
    "other",
    [
        {"net": replace(NET, weight_decay=0.06)},
        {"data": qcl.two_class(1, inputs=2)},
        {"mask": 0.4},
        {"schedule": replace(PLAN, eta=0.2)},
        {"solver": "exact"},
    ],
)
def test_whatever_determines_a_run_is_compared(data, start, tmp_path, other):
    path = tmp_path / "run.jsonl"
    given = {"net": NET, "data": data, "mask": 0.5, "schedule": PLAN,
             "solver": "classical", "start": start}  # fmt: skip
    qcl.train(**given, record=path)
    with pytest.raises(ValueError, match="another run"):
        qcl.train(**{**given, **other}, record=path)


def test_equal_arguments_are_one_run(data, tmp_path, start):
    path = tmp_path / "run.jsonl"
    qcl.train(NET, data, 0.5, PLAN, start=start, record=path)
    plan = replace(PLAN, eta=np.float64(0.1), dwells=3.0)
    net = replace(NET, sizes=[2, np.int64(2), 1.0])
    begin = start.tolist()
    qcl.train(net, data, np.float64(0.5), plan, start=begin, record=path)


def test_a_seed_is_its_generator(data):
    def run(rng):
        return qcl.train(NET, data, 0.5, PLAN, "exact", 10**4, rng)

    assert same(run(4), run(np.random.default_rng(4)))


def test_other_generators_can_be_kept(data, tmp_path, start):
    path = tmp_path / "run.jsonl"

    def run(**options):
        rng = np.random.Generator(np.random.MT19937(1))
        return qcl.train(
            NET, data, 0.5, PLAN, "exact", 10**4, rng, start, **options
        )

    whole = run(record=path)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:2]))
    assert same(run(record=path), whole)


# Wrong input ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"solver": "magic"}, "expected solver to be one of"),
        ({"start": None}, "the initial weights must be drawn"),
        ({"shots": 100}, "shots must be drawn"),
        ({"shots": 100, "solver": "classical"}, "not read from shots"),
        ({"mask": 0.0}, "surviving fraction"),
        ({"mask": [True]}, "expected a mask of shape"),
        ({"mask": [0, 0]}, "distinct"),
        ({"start": [1.0]}, "weights"),
        ({"schedule": replace(PLAN, batch=10)}, "a minibatch must be drawn"),
        ({"schedule": replace(PLAN, noise=1.0)}, "noise must be drawn"),
        ({"rng": 0, "start": [np.nan] * 9}, "finite numbers"),
    ],
)
def test_wrong_input(data, start, options, message):
    given = {"mask": 0.5, "schedule": PLAN, "start": start, **options}
    with pytest.raises(ValueError, match=message):
        qcl.train(NET, data, **given)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"net": qcl.DenseMLP((2, 2))}, "expected a PolynomialMLP, got a D"),
        ({"data": (1, 2)}, "expected a Dataset, got a tuple; make one with"),
        ({"schedule": 0.1}, "expected a Schedule, got a float"),
        ({"record": 3}, "path of a record"),
        ({"progress": 1}, "progress=True or False"),
        ({"shots": 2.5, "rng": 0}, "integer shots"),
        ({"rng": "7"}, "integer seed"),
    ],
)
def test_other_kinds_are_refused_by_name(data, start, options, message):
    given = {"net": NET, "data": data, "mask": 0.5, "schedule": PLAN}
    with pytest.raises(TypeError, match=message):
        qcl.train(**{**given, "start": start, **options})


def test_too_few_shots_say_so(data, start):
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="shots"):
        qcl.train(NET, data, 0.5, PLAN, "exact", 3, rng, start)


def test_divergence_is_an_error(data, start):
    plan = replace(PLAN, eta=1e6, steps=20)
    with pytest.raises(OverflowError, match="range of floats"):
        qcl.train(NET, data, 0.5, plan, "classical", start=start)


def test_a_point_at_rest_stays(start):
    X = np.zeros((4, 2))
    rest = Dataset(X, np.zeros(4), X, np.zeros(4), (), "nothing")
    net = replace(NET, weight_decay=0.0)
    zeros = np.zeros(net.parameters)
    run = qcl.train(net, rest, [0, 1], PLAN, start=zeros)
    assert np.array_equal(run.weights, zeros)
    assert np.isnan(run.accuracies).all()  # a regression has none


def test_labels_are_not_scored_against_signs(data, start):
    signs = data.y_train, data.y_test
    y, y_test = ((given > 0).astype(int) for given in signs)
    labels = Dataset(data.X_train, y, data.X_test, y_test, ("a", "b"), "own")
    with pytest.raises(ValueError, match=r"expected targets -1 and 1.*2 \* y"):
        qcl.train(NET, labels, 0.5, PLAN, start=start)


def test_data_with_other_inputs_are_refused(start):
    with pytest.raises(ValueError, match="data with 2 inputs"):
        qcl.train(NET, qcl.two_class(0), 0.5, PLAN, start=start)


def test_the_bar_is_shown(data, start, capsys):
    qcl.train(NET, data, 0.5, PLAN, "classical", start=start, progress=True)
    assert "3/3" in capsys.readouterr().err
