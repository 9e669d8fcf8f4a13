"""The import rules of the package, read from its source and tried out."""

import ast
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "qcl"

# A room may import from those named with it; nothing imports drawing.
ROOMS = {
    "lifting": (),
    "solving": ("lifting",),
    "learning": ("lifting", "solving"),
    "drawing": ("lifting", "solving", "learning"),
}
# Within a room, no folder imports one listed after it. Nowhere is there a
# circle.
ORDER = {
    "lifting": ("algebra", "maps", "carleman", "bounds", "diagrams"),
    "solving": ("stacking", "solution", "upload", "readout", "qsvt", "hhl",
                "costs"),
    "learning": ("datasets", "pruning", "networks", "spectra",
                 "training"),
    "drawing": (),
}  # fmt: skip
# Names with an underscore by which other libraries talk to a class of ours.
PROTOCOL = ("_replace", "_asdict", "_fields", "_print")
# Third-party packages that importing a module may load.
PURE = {"numpy", "scipy", "sympy", "mpmath"}
LAZY = {"lazy_loader"}
HEAVY = {"pennylane", "qiskit", "matplotlib", "plotly", "ipywidgets", "torch",
         "sklearn"}  # fmt: skip


def imports(source, module, is_package=False):
    """Return the absolute dotted names of qcl that a module imports."""
    here = module.split(".") if is_package else module.split(".")[:-1]
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else []
            base = ".".join([*base, *filter(None, [node.module])])
            names += [f"{base}.{alias.name}" for alias in node.names]
    return [name for name in names if name.split(".")[0] == "qcl"]


def hidden(name):
    """Say whether a name begins with one underscore."""
    return name.startswith("_") and not name.endswith("__")


def is_private(name, module):
    """Say whether a dotted name is none of a module's business.

    A module with an underscore belongs to its folder, any other name with
    one to its module.
    """
    parts = name.split(".")
    for i, part in enumerate(parts):
        if hidden(part):
            path = PACKAGE.parent.joinpath(*parts[: i + 1])
            inside = i < len(parts) - 1 or path.with_suffix(".py").exists()
            if not inside or module.split(".")[:i] != parts[:i]:
                return True
    return False


def foreign_attributes(source):
    """Return the private attributes that are read but not defined here.

    What a class reads of itself may stand in its base or its subclass.
    """
    tree = ast.parse(source)
    read, defined = set(), set(PROTOCOL)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            defined.add(node.id)
        elif isinstance(node, ast.Attribute) and hidden(node.attr):
            own = ast.unparse(node.value) in ("self", "cls")
            (defined if own else read).add(node.attr)
    return read - defined


def broken_rules(source, module, is_package=False):
    """Return the rules that the imports of one module break."""
    _, room, *inner = module.split(".")
    stem = inner[0] if inner else ""
    rules = []
    for name in imports(source, module, is_package):
        _, other, *rest = [*name.split("."), "", ""]
        target = rest[0]
        if is_private(name, module):
            rules.append(f"{name} is private: {module}")
        if other == "_checks":
            continue
        if other not in ROOMS:
            rules.append(f"{module} imports {name}: name its room instead")
        elif other == room:
            order = ORDER[room]
            if stem in order and order.index(target) > order.index(stem):
                rules.append(f"{module} imports {name}, listed after it")
        elif other not in ROOMS[room]:
            rules.append(f"{room} must not import {other}: {module}, {name}")
    return rules


def modules():
    """Yield the name and the path of every module in a room."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        if parts[1] in ROOMS:
            yield ".".join(parts).removesuffix(".__init__"), path


@pytest.mark.parametrize(("module", "path"), list(modules()))
def test_imports_point_one_way(module, path):
    source = path.read_text(encoding="utf-8")
    assert not broken_rules(source, module, path.stem == "__init__")


@pytest.mark.parametrize(
    ("module", "source", "rule"),
    [
        ("qcl.lifting.maps.x", "import qcl.solving.upload", "must not"),
        ("qcl.solving.hhl.x", "from qcl.drawing import strands", "must not"),
        ("qcl.learning.x.y", "from ...drawing.x import y", "must not"),
        ("qcl.lifting.maps.x", "from ..bounds.x import y", "listed after"),
        ("qcl.lifting.maps.x", "from .. import bounds", "listed after"),
        ("qcl.lifting.bounds.x", "from ..maps._y import z", "is private"),
        ("qcl.lifting.bounds.x", "from .y import _z", "is private"),
        ("qcl.lifting.bounds.x", "from qcl._checks import _z", "is private"),
        ("qcl.lifting.x", "from ._y.a import z\nimport qcl", "name its room"),
    ],
)
def test_a_wrong_import_is_caught(module, source, rule):
    assert rule in broken_rules(source, module)[0]


def test_a_right_import_is_not():
    source = "from ..algebra.basis import a\nfrom ._b import c\nimport numpy"
    assert broken_rules(source, "qcl.lifting.maps.x") == []
    source = "from qcl._checks import a_step\nfrom ._strokes import Pen"
    assert broken_rules(source, "qcl.drawing.strands") == []
    source = "from qcl.lifting.carleman.lift import lift"
    assert broken_rules(source, "qcl.solving.stacking.system") == []


@pytest.mark.parametrize(("module", "path"), list(modules()))
def test_no_private_attribute_of_another_module_is_read(module, path):
    found = foreign_attributes(path.read_text(encoding="utf-8"))
    assert found == set()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("step._point()", {"_point"}),
        ("_lazy.attach", set()),
        ("x.__dict__", set()),
        ("class A:\n    _x: int\n    def f(s, other): return other._x", set()),
        ("class A(B):\n    def f(self): return self._x", set()),
    ],
)
def test_a_private_attribute_is_caught(source, found):
    assert foreign_attributes(source) == found


def circle(graph):
    """Return the modules of a directed graph that lie on or past a circle."""
    left = set(graph)
    while free := {name for name in left if not graph[name] & left}:
        left -= free
    return left


def test_imports_run_in_no_circle():
    paths = dict(modules())
    graph = {
        module: {
            name.rpartition(".")[0]
            for name in imports(path.read_text(encoding="utf-8"), module)
        }
        for module, path in paths.items()
        if path.stem != "__init__"
    }
    assert circle(graph) == set()


def test_a_circle_is_caught():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == {"a", "b", "c"}
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == set()


def loaded_by(statement):
    """Return the top-level packages that a fresh interpreter imports."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    run = [sys.executable, "-c", code]
    names = subprocess.run(run, capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in names.stdout.split()}


def test_import_qcl_loads_nothing():
    assert not loaded_by("import qcl") & (PURE | HEAVY)


def importing(room):
    """Return what importing every module of a room loads."""
    names = [name for name, _ in modules() if name.startswith(f"qcl.{room}")]
    return loaded_by("import " + ", ".join(["qcl", *names]))


@pytest.mark.parametrize("room", ["solving", "learning"])
def test_importing_a_room_loads_nothing_heavy(room):
    assert not importing(room) & HEAVY


def test_lifting_loads_pure_packages_only():
    installed = set(packages_distributions()) - loaded_by("pass") - {"qcl"}
    theirs = loaded_by(
        "import numpy, scipy.sparse.linalg, scipy.special, sympy"
    )
    assert importing("lifting") & installed <= PURE | LAZY | theirs
