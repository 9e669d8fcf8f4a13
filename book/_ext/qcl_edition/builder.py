"""The Sphinx builder that writes the edition."""

import posixpath
import subprocess
from collections import defaultdict
from pathlib import Path

import nbformat
import yaml
from docutils import nodes
from jupyter_cache import get_cache
from sphinx.builders import Builder
from sphinx.util.osutil import relative_uri

from .page import Page
from .tex import with_arity

ONLY_ON_SITE = ("book/appendix/api",)
BIBLIOGRAPHY = "book/appendix/bibliography"
LINKS = (  # a field of a reference, and the address it makes
    ("doi", "https://doi.org/{}"),
    ("eprint", "https://arxiv.org/abs/{}"),
    ("url", "{}"),
)


def target_uri(docname):
    """Return where a page lies, from the root of the edition."""
    return f"{docname.removeprefix('book/')}.ipynb"


class EditionBuilder(Builder):
    """Writes each page of the book as a notebook."""

    name = "edition"
    format = "ipynb"
    epilog = "The notebooks are in %(outdir)s."
    supported_image_types = ("image/svg+xml", "image/png")

    def init(self):
        """Read the addresses, and prepare for both passes."""
        text = (Path(self.srcdir) / "_config.yml").read_text(encoding="utf-8")
        self.settings = yaml.safe_load(text)
        self.macros = with_arity(self.config.mathjax3_config["tex"]["macros"])
        self.cache = get_cache(Path(self.outdir).parent / ".jupyter_cache")
        self.doctrees = {}
        self.linked = defaultdict(set)

    def get_outdated_docs(self):
        """Write everything: a number may have changed on any page."""
        return self.env.found_docs

    def get_target_uri(self, docname, typ=None):
        """Return where a page lies, from the root of the edition."""
        return target_uri(docname)

    def get_relative_uri(self, from_, to, typ=None):
        """Return how one page of the edition addresses another."""
        if to in ONLY_ON_SITE:
            return f"{self.settings['html']['baseurl']}{to}.html"
        return relative_uri(
            self.get_target_uri(from_), self.get_target_uri(to)
        )

    def prepare_writing(self, docnames):
        """Find out where the works that are cited can be read."""
        self.works = {}
        for citation in self.env.get_domain("cite").citations:
            fields = citation.entry.fields
            found = [
                address.format(fields[field])
                for field, address in LINKS
                if field in fields
            ]
            if found:
                self.works[citation.citation_id] = found[0]

    def write_doc(self, docname, doctree):
        """Keep the page, and note what it links to."""
        if docname in ONLY_ON_SITE:
            return
        self.doctrees[docname] = doctree
        here = self.get_target_uri(docname)
        for node in doctree.findall(nodes.reference):
            path, _, name = self.url(docname, node).partition("#")
            there = posixpath.join(posixpath.dirname(here), path)
            self.linked[posixpath.normpath(there) if path else here].add(name)

    def url(self, docname, reference):
        """Return where a reference leads; a citation, to the work itself."""
        if "refuri" not in reference:
            return f"#{reference['refid']}"
        path, _, name = reference["refuri"].partition("#")
        shelf = self.get_relative_uri(docname, BIBLIOGRAPHY)
        if path == shelf and name in self.works:
            return self.works[name]
        return reference["refuri"]

    def package(self):
        """Return where pip finds the package as it is now."""
        git = ["git", "-C", str(self.srcdir), "rev-parse", "HEAD"]
        said = subprocess.run(git, capture_output=True, text=True, check=False)
        home = self.settings["repository"]
        state = said.stdout.strip() or home["branch"]
        return f"{home['url']}/archive/{state}.zip"

    def finish(self):
        """Write the pages, now that it is known what links to what."""
        for docname, doctree in self.doctrees.items():
            notebook = Page(self, docname).notebook(doctree)
            nbformat.validate(notebook)
            path = Path(self.outdir) / self.get_target_uri(docname)
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, path)
