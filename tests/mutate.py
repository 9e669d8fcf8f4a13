"""Would the tests notice? Mutate the modules that certify something.

    python tests/mutate.py [--sample K] [--seed S] [MODULE ...]

Cosmic Ray changes one operator or number at a time, in a copy of the package
under ``_build``, and runs the module's own tests. What survives must stand
in ``survivors.toml`` with its reason. Without a module all are meant: hours;
a sample draws K mutants of each module.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPY = ROOT / "_build/mutants"
MODULES = (
    "lifting/bounds/majorants",
    "lifting/bounds/norms",
    "lifting/bounds/truncation",
    "lifting/bounds/horizons",
    "lifting/bounds/two_speed",
    "solving/stacking/scaling",
    "solving/hhl/clock",
    "solving/hhl/diagnosis",
    "solving/readout/estimators",
    "learning/spectra/lanczos",
    "learning/spectra/proxy",
    "learning/training/train",
)
CONFIG = """
[cosmic-ray]
module-path = "qcl/{module}.py"
timeout = 120.0
excluded-modules = []
test-command = "{python} -m pytest -q -x -n 0 -p no:cacheprovider \
-m 'not slow' --doctest-modules {tests}"
[cosmic-ray.distributor]
name = "local"
"""


def tests_of(module):
    """Return the tests of a module: its mirror first, then its folder's."""
    folder, _, stem = module.rpartition("/")
    mirror = f"tests/{folder}/test_{stem.lstrip('_')}.py"
    first = [mirror] if (ROOT / mirror).exists() else []
    return " ".join([*first, f"qcl/{module}.py", f"tests/{folder}"])


def prepare():
    """Copy what the tests need, so that no mutant touches the sources."""
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    for name in ("qcl", "tests"):
        shutil.copytree(ROOT / name, COPY / name)
    shutil.copy(ROOT / "pyproject.toml", COPY)


def run(*command):
    """Run a command in the copy, with the copy's package."""
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    env = {**os.environ, **threads, "PYTHONPATH": str(COPY)}
    env.update(PYTHONDONTWRITEBYTECODE="1", MPLBACKEND="Agg")
    subprocess.run(command, cwd=COPY, env=env, check=True)


def survivors(module, sample, seed):
    """Return how many mutants were tried, and those that survived."""
    from cosmic_ray.work_db import WorkDB, use_db
    from cosmic_ray.work_item import WorkerOutcome, WorkResult

    tool = str(Path(sys.executable).parent / "cosmic-ray")
    config, session = COPY / "mutate.toml", COPY / "mutate.sqlite"
    session.unlink(missing_ok=True)
    config.write_text(
        CONFIG.format(
            module=module, python=sys.executable, tests=tests_of(module)
        )
    )
    run(tool, "init", config.name, session.name)
    run(tool, "baseline", config.name)
    with use_db(session, WorkDB.Mode.open) as work:
        items = sorted(work.pending_work_items, key=lambda item: item.job_id)
        items.sort(key=lambda item: str(item.mutations))
        spare = random.Random(seed).sample(items, max(0, len(items) - sample))
        skipped = WorkResult(worker_outcome=WorkerOutcome.SKIPPED)
        work.set_multiple_results([item.job_id for item in spare], skipped)
    run(tool, "exec", config.name, session.name)
    with use_db(session, WorkDB.Mode.open) as work:
        alive = {
            job
            for job, result in work.results
            if result.worker_outcome != "skipped" and not result.is_killed
        }
        found = [item for item in work.work_items if item.job_id in alive]
    return len(items) - len(spare), [m for i in found for m in i.mutations]


def known_survivors():
    """Return (module, line, operator) of the survivors with a reason."""
    listed = tomllib.loads((ROOT / "tests/survivors.toml").read_text("utf-8"))
    return {
        (entry["module"], entry["line"], operator)
        for entry in listed.get("survivor", [])
        if entry["reason"].strip()
        for operator in entry["operators"]
    }


def main():
    """Mutate, and fail if a survivor has no reason."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=10**6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("modules", nargs="*", default=MODULES)
    options = parser.parse_args()
    prepare()
    known, tried, alive, strange = known_survivors(), 0, 0, 0
    for module in options.modules:
        source = (ROOT / f"qcl/{module}.py").read_text("utf-8").splitlines()
        count, found = survivors(module, options.sample, options.seed)
        print(f"{module}: {len(found)} of {count} mutants survive", flush=True)
        tried, alive = tried + count, alive + len(found)
        for mutation in found:
            line = source[mutation.start_pos[0] - 1].strip()
            operator = mutation.operator_name.removeprefix("core/")
            if (module, line, operator) not in known:
                strange += 1
                print(f"  {operator} {mutation.occurrence}: {line}")
    share = alive / max(tried, 1)
    print(
        f"{alive} of {tried} survive ({share:.1%}); {strange} have no reason"
    )
    return strange > 0 or share > 0.05


if __name__ == "__main__":
    sys.exit(main())
