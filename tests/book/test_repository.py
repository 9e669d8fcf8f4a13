"""What a clone holds: the top level, the lock, the contents, no strays."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TOP_LEVEL = {
    "book", "qcl", "tests", "_config.yml", "_toc.yml", "requirements.txt",
    "README.md", "pyproject.toml", "Makefile", "LICENSE", "LICENSE-book",
    "CITATION.cff", "CONTRIBUTING.md", "CHANGELOG.md", ".binder", ".github",
    ".ci", ".gitignore", ".gitattributes",
}  # fmt: skip
TEXT = {".py", ".md", ".ipynb", ".yml", ".toml", ".txt", ".bib", ".json",
        ".css", ".sh", ".cff", ""}  # fmt: skip


def files():
    """Return what git tracks or would track."""
    run = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(run, cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [Path(line) for line in listed.stdout.splitlines()]


def test_the_top_level_holds_only_what_belongs_there():
    assert {path.parts[0] for path in files()} <= TOP_LEVEL


def pins(name):
    """Return the lines of a lock file, without its comments."""
    lines = (ROOT / name).read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


@pytest.mark.parametrize(
    "name", ["requirements.txt", ".binder/requirements.txt"]
)
def test_the_lock_is_exact_and_names_no_index(name):
    lines = pins(name)
    assert lines.count("-e .") == 1
    lines.remove("-e .")
    pin = re.compile(r"[\w.\-]+(\[[\w,\-]+\])?==[\w.+!]+( ; .+)?")
    assert [line for line in lines if not pin.fullmatch(line)] == []


def test_binder_runs_with_the_same_versions_and_no_tools():
    small = {line.split(" ;")[0] for line in pins(".binder/requirements.txt")}
    whole = {line.split(" ;")[0] for line in pins("requirements.txt")}
    assert small < whole
    names = {line.split("==")[0] for line in small}
    tools = {"playwright", "pytest", "ruff", "mypy", "uv", "jupyter-book"}
    assert not names & tools


def test_the_contents_exist():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    names = [e["file"] for part in toc["parts"] for e in part["chapters"]]
    for name in [toc["root"], *names]:
        found = [ROOT / f"{name}{end}" for end in (".md", ".ipynb")]
        assert sum(path.exists() for path in found) == 1, name


def test_no_file_names_a_place_on_one_machine():
    place = re.compile(r"(?<![\w.])/(?:root|home|Users|work|opt)/\w")
    for path in files():
        whole = ROOT / path
        if path.suffix not in TEXT or "vendor" in path.parts:
            continue
        if whole.exists():
            text = whole.read_text(encoding="utf-8")
            assert not place.search(text), path
