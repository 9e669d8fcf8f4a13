"""The reader's edition: notebooks that are complete in themselves.

A Sphinx builder, for Sphinx knows every number, reference and citation. Run
`python book/_tools/edition.py`.
"""

from .builder import EditionBuilder
from .buttons import lead_to_edition


def take_text(app, config):
    """Let myst-nb keep the text of outputs, which are written otherwise."""
    config.nb_mime_priority_overrides = [
        *config.nb_mime_priority_overrides,
        (EditionBuilder.name, "text/plain", 1),
    ]


def setup(app):
    """Register the builder, its branch, and the buttons that lead to it."""
    app.add_builder(EditionBuilder)
    app.add_config_value("edition_branch", "edition", "html")
    app.connect("config-inited", take_text, priority=400)
    app.connect("html-page-context", lead_to_edition, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
