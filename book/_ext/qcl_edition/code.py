"""The code of a chapter without what only the book needs.

`glue` carries a number from a cell to the prose. The edition's prose holds
the numbers, so the lines that call `glue`, or that serve only to call it,
are left out. No other line is touched.
"""

import ast

BOOK_TOOLS = ("myst_nb", "jupyterquiz")


def without_plumbing(sources):
    """Return the sources of a notebook's code cells without plumbing."""
    trees = [ast.parse(source) for source in sources]
    names = _glue_names(trees)
    doomed = [_plumbing(tree.body, names) for tree in trees]
    kept, freed = _names_used(trees, doomed)
    for tree, gone in zip(trees, doomed, strict=True):
        gone += [s for s in tree.body if _idle_import(s, kept, freed)]
    pairs = zip(sources, trees, doomed, strict=True)
    return [_cut(source, tree, gone) for source, tree, gone in pairs]


def _glue_names(trees):
    """Return the names under which a notebook calls `glue`."""
    names = {"glue"}
    for node in (node for tree in trees for node in tree.body):
        if isinstance(node, ast.Assign) and _is_partial_glue(node.value):
            names |= {target.id for target in node.targets}
    return names


def _is_partial_glue(node):
    return ast.unparse(node).startswith("partial(glue,")


def _plumbing(body, names):
    """Return the statements of a body that do nothing but glue."""
    gone = []
    for statement in body:
        inner = getattr(statement, "body", [])
        cut = _plumbing(inner, names) if isinstance(inner, list) else []
        if _is_plumbing(statement, names) or (inner and cut == inner):
            gone.append(statement)
        else:
            gone += cut
    return gone


def _is_plumbing(node, names):
    match node:
        case ast.ImportFrom(module=module):
            return module in BOOK_TOOLS
        case ast.Assign(value=value):
            return _is_partial_glue(value)
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in names
    return False


def _names_used(trees, doomed):
    """Return the names that remain in use, and those only plumbing used."""
    within = {
        id(node)
        for gone in doomed
        for statement in gone
        for node in ast.walk(statement)
    }
    kept, freed = set(), set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Name):
            (freed if id(node) in within else kept).add(node.id)
    return kept, freed - kept


def _idle_import(node, kept, freed):
    """Say whether an import served nothing but the plumbing."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return False
    names = {alias.asname or alias.name for alias in node.names}
    return not names & kept and bool(names & freed)


def _cut(source, tree, gone):
    """Return the source without the lines of some statements."""
    if not gone:
        return source
    last = tree.body[-1]
    left = [s for s in tree.body if s not in gone]
    if last in gone and left and _would_show(left[-1]):
        raise ValueError(f"expected no value before a last glue, in\n{source}")
    lines = source.split("\n")
    for node in gone:
        for number in range(node.lineno - 1, node.end_lineno):
            lines[number] = None
    text = "\n".join(line for line in lines if line is not None)
    return text.strip("\n")


def _would_show(node):
    """Say whether a notebook shows the value of a cell's last statement."""
    if not isinstance(node, ast.Expr):
        return False
    called = ast.unparse(getattr(node.value, "func", node.value))
    silent = called == "print" or called.split(".")[-1].startswith("set_")
    return not silent
