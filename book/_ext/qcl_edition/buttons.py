"""The buttons of the site's pages lead to the edition."""

import re

from .builder import ONLY_ON_SITE, target_uri


def lead_to_edition(app, pagename, templatename, context, doctree):
    """Let a page's buttons download and run its notebook in the edition.

    The theme offers the source of a page, and would run it on the branch
    that holds the source.
    """
    if not doctree or pagename in ONLY_ON_SITE:
        return
    there = target_uri(pagename)
    for group in context.get("header_buttons", ()):
        for button in group.get("buttons", ()):
            if button.get("label") == "download-source-button":
                button["url"] = context["pathto"](f"edition/{there}", 1)
                button["text"] = ".ipynb"
                button["tooltip"] = "Download as a notebook"
            elif group.get("label") == "launch-buttons":
                button["url"] = on_branch(app, button["url"], pagename)


def on_branch(app, url, pagename):
    """Return where a launcher finds a page on the edition's branch."""
    source = app.config.html_theme_options["repository_branch"]
    branch = app.config.edition_branch
    url = re.sub(rf"(?<=[/=]){re.escape(source)}(?=[?/&]|$)", branch, url)
    return url.replace(f"{pagename}.ipynb", target_uri(pagename))
