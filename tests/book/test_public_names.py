"""A name is public for the sake of a reader: each is met in the book."""

import inspect
import re
from pathlib import Path

import nbformat
import pytest

import qcl
from qcl import drawing

ROOT = Path(__file__).parents[2]
PUBLIC = re.compile(r"^from \.[\w.]+ import (\w+)", re.MULTILINE)


def names(package):
    """Return the names that a stub makes public."""
    stub = Path(package.__file__).with_suffix(".pyi")
    return PUBLIC.findall(stub.read_text(encoding="utf-8"))


def book():
    """Return the text of all cells, and of the tool that draws a figure."""
    texts = [(ROOT / "book/_tools/first_light.py").read_text("utf-8")]
    for path in sorted((ROOT / "book").rglob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        texts += [cell.source for cell in cells]
    return "\n".join(texts)


BOOK = book()


def results(thing):
    """Return what a function, or a class's members, say they return."""
    if not inspect.isclass(thing):
        return str(inspect.signature(thing).return_annotation)
    found = [str(getattr(thing, "__annotations__", ""))]
    for base in thing.__mro__[:-1]:
        for member in vars(base).values():
            call = getattr(member, "fget", getattr(member, "__func__", member))
            call = getattr(call, "func", call)
            if inspect.isfunction(call):
                found.append(str(inspect.signature(call).return_annotation))
    return " ".join(found)


def is_warning(thing):
    """Say whether a public name is a kind of warning."""
    return inspect.isclass(thing) and issubclass(thing, Warning)


def met(package, prefix):
    """Return the public names that the book uses, or gets from those.

    A warning comes to its reader by itself.
    """
    every = [n for n in names(package) if not is_warning(getattr(package, n))]
    found = {name for name in every if re.search(prefix + name + r"\b", BOOK)}
    while more := {
        name
        for name in set(every) - found
        if inspect.isclass(getattr(package, name))
        and any(
            re.search(rf"\b{name}\b", results(getattr(package, other)))
            for other in found
            if callable(getattr(package, other))
        )
    }:
        found |= more
    return found


@pytest.mark.parametrize(
    ("package", "prefix"), [(qcl, r"\bqcl\."), (drawing, r"\b")]
)
def test_each_public_name_is_met_by_a_reader(package, prefix):
    warnings = {n for n in names(package) if is_warning(getattr(package, n))}
    assert set(names(package)) - met(package, prefix) == warnings
