"""The room opens without a sound."""

import subprocess
import sys

import pytest

from qcl import drawing

HEAVY = ("matplotlib", "ipywidgets", "pennylane", "numpy")


def test_importing_the_room_is_light():
    code = (
        "import sys, qcl.drawing; "
        f"print([m for m in {HEAVY} if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert run.stdout.strip() == "[]", run.stderr


@pytest.mark.parametrize("name", drawing.__all__)
def test_every_public_name_is_there_and_explained(name):
    value = getattr(drawing, name)
    assert name in dir(drawing)
    if callable(value):
        assert "Parameters" in value.__doc__
        assert "Returns" in value.__doc__


def test_other_names_are_not():
    with pytest.raises(AttributeError, match="attribute plot_nothing"):
        drawing.plot_nothing  # noqa: B018
