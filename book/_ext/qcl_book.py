"""What the book's site needs beyond its extensions, and repairs to them.

Each function says what it is for; each repair can go when its upstream is
mended.
"""

import inspect
import re
from importlib import import_module
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles

CHAPTER = re.compile(r"/(\d\d)-[^/]*$")
PUBLIC = re.compile(r"^from \.([\w.]+) import (\w+)", re.MULTILINE)
QUIZ_DIV = re.compile(r'(<div id="\w+" data-shufflequestions=[^>]*>)')


class PublicNames(SphinxDirective):
    """Document the public names of one room, folder by folder.

    Folders and names stand in the order of the stub; what is said of a
    folder is the first line of its docstring.
    """

    required_arguments = 1

    def run(self):
        """Return what autodoc makes of the names."""
        place, package = self.arguments[0], import_module("qcl")
        depth = 2
        if place == "drawing":
            package, place, depth = package.drawing, "", 1
        stub = Path(package.__file__).with_suffix(".pyi")
        self.env.note_dependency(str(stub))
        folders = {}
        for module, name in PUBLIC.findall(stub.read_text("utf-8")):
            if module.startswith(place):
                folder = ".".join(module.split(".")[:depth])
                folders.setdefault(folder, []).append(name)
        lines = [f".. currentmodule:: {package.__name__}", ""]
        for folder, names in folders.items():
            module = import_module(f"{package.__name__}.{folder}")
            lines += [f".. rubric:: {module.__doc__.splitlines()[0]}", ""]
            for name in names:
                lines += documented(name, getattr(package, name))
        here = nodes.section()
        here.document = self.state.document
        self.state.nested_parse(StringList(lines, str(stub)), 0, here)
        return here.children


def documented(name, thing):
    """Return the directive that documents one name; constants have none."""
    if inspect.isclass(thing):
        options = ["   :members:", "   :inherited-members:"]
        return [f".. autoclass:: {name}", *options, ""]
    if callable(thing):
        return [f".. autofunction:: {name}", ""]
    return []


def number_chapters(app):
    """Number a chapter as its file name does, whatever stands before it.

    sphinx-external-toc counts; this corrects its count.
    """
    assign = TocTreeCollectorWithStyles.assign_section_numbers

    def assign_section_numbers(self, env):
        rewrite = assign(self, env)
        for docname, numbers in env.toc_secnumbers.items():
            match = CHAPTER.search(docname)
            if not match:
                continue
            chapter = int(match[1])
            for anchor, number in numbers.items():
                if number:
                    numbers[anchor] = (chapter, *number[1:])
            numbered = [env.titles[docname]]
            numbered += env.tocs[docname].findall(nodes.reference)
            for node in numbered:
                if node.get("secnumber"):
                    node["secnumber"] = [chapter, *node["secnumber"][1:]]
        return rewrite

    TocTreeCollectorWithStyles.assign_section_numbers = assign_section_numbers


def frame_header(app, doctree):
    """Put the fields under a chapter's title in one box."""
    for section in doctree.findall(nodes.section):
        fields = []
        for node in section.children[1:]:
            fields.append(node)
            if node.astext().startswith("Reading "):
                break
        if not fields or not fields[0].astext().startswith("Afterwards"):
            return
        box = nodes.container(classes=["chapter-header"])
        section.insert(1, box)
        for node in fields:
            section.remove(node)
            box += node
        return


def add_singlehtml_handlers(app):
    """Give the singlehtml builder every html handler.

    sphinx-exercise registers a few for singlehtml, and Sphinx then looks for
    all the others there too.
    """
    handlers = app.registry.translation_handlers
    if "singlehtml" in handlers:
        handlers["singlehtml"] = handlers["html"] | handlers["singlehtml"]


def repair_page(app, pagename, templatename, context, doctree):
    """Drop Thebe's scripts; mend the quizzes and tables of a page.

    sphinx-thebe inserts an inline script twice, which is a syntax error, and
    names a CDN. jupyterquiz leaves a <div> open, and runs before MathJax is
    ready, upon which it fetches another copy from a CDN. The corner of a
    table is no header if it is empty.
    """
    body = context.get("body", "")
    context["body"] = body.replace(
        '<th class="head"><p></p></th>', "<td></td>"
    )
    context["script_files"] = [
        script
        for script in context["script_files"]
        if "thebe" not in (getattr(script, "filename", "") or "")
        and "thebe" not in str(getattr(script, "attributes", ""))
    ]
    if "data-shufflequestions" in context.get("body", ""):
        body = QUIZ_DIV.sub(r"\1</div>", context["body"])
        context["body"] = body.replace(
            "function try_show() {\n  if (",
            "function try_show() {\n  if (window.MathJax?.typeset && ",
        ).replace("https://cdn.jsdelivr.net/npm/mathjax@3/es5/tex-svg.js", "")


def setup(app):
    """Register everything with Sphinx."""
    app.add_directive("public-names", PublicNames)
    app.add_js_file("qcl.js", priority=300)
    app.connect("builder-inited", number_chapters)
    app.connect("builder-inited", add_singlehtml_handlers)
    app.connect("doctree-read", frame_header)
    app.connect("html-page-context", repair_page, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
