"""Every public callable has its walk of hostile values."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

import qcl

PUBLIC = re.compile(r"^from \.([\w.]+) import (\w+)", re.MULTILINE)
ROOMS = ("lifting", "solving", "learning", "drawing")


def takes_arguments(call):
    """Say whether a function takes more than the object it belongs to."""
    names = [n for n in inspect.signature(call).parameters if n != "self"]
    return bool(names)


def doors(room):
    """Return the public callables of a room: a function's name, or those
    under which a method may be walked, Class.method."""
    package = qcl.drawing if room == "drawing" else qcl
    stub = Path(package.__file__).with_suffix(".pyi").read_text("utf-8")
    found = []
    for module, name in PUBLIC.findall(stub):
        if room not in (module.split(".")[0], package.__name__[4:]):
            continue
        thing = getattr(package, name)
        if inspect.isfunction(thing):
            found.append({name})
        elif inspect.isclass(thing) and not issubclass(thing, Warning):
            found += methods(thing)
    return found


def methods(thing):
    """Return the names of a class's public methods, and of their bases'."""
    found = []
    for base in thing.__mro__[:-1]:
        for name, member in vars(base).items():
            call = getattr(member, "__func__", member)
            if name.startswith("_") and name != "__call__":
                continue
            if inspect.isfunction(call) and takes_arguments(call):
                found.append({f"{c.__name__}.{name}" for c in (thing, base)})
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_every_door_is_walked(room):
    cases = importlib.import_module(f"tests.{room}.test_hostile").CASES
    walked = {re.split(r"[\[, ]", name)[0] for name in cases}
    assert [names for names in doors(room) if not names & walked] == []
