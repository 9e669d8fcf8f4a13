"""A pytest plugin: nbval compares no figures, in whatever format."""

FIGURES = ("image/png", "image/jpeg", "image/svg+xml")


def pytest_itemcollected(item):
    notebook = item.parent
    if hasattr(notebook, "skip_compare"):
        kinds = {*notebook.skip_compare, *FIGURES}
        notebook.skip_compare = tuple(sorted(kinds))
