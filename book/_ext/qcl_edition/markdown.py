"""A resolved page of the book, written as plain Markdown.

Sphinx has resolved every role and directive before; what is left are nodes.
Statements and remarks become quotations, which every front end sets apart;
solutions fold in <details>; formulas stand between dollars.
"""

import re
from textwrap import indent

from docutils import nodes

from .tex import display, inline

SPECIAL = re.compile(r"([\\`*_<$])")
STARTS_BLOCK = re.compile(r"^(\d*)([-+#>.)]\s|#+\s)")
ANCHOR = re.compile(r'<a id="[^"]+"></a>')
STATEMENTS = "definition theorem lemma corollary proposition algorithm"
CELL = "cell_code"


class Writer:
    """Writes one page.

    ``page`` answers what the nodes do not say: ``url(reference)``,
    ``number(kind, ids)``, ``linked`` (the ids that some page links to),
    ``macros``, ``title``, and ``picture(uri)``, the address of a picture.
    """

    def __init__(self, page):
        self.page = page
        self.in_table = False

    def cells(self, document):
        """Yield ("markdown", text) and ("code", index), in order."""
        text = []
        for kind, content in self._stream(document):
            if kind == "block":
                _append(text, content)
                continue
            if text:
                yield "markdown", "\n\n".join(text)
                text = []
            if kind == "code":
                yield kind, content
        if text:
            yield "markdown", "\n\n".join(text)

    def _stream(self, node, level=0):
        """Yield blocks, indices of code cells, and breaks between cells."""
        for child in node.children:
            if isinstance(child, nodes.section):
                yield "break", None
                yield "block", self._heading(child, level + 1)
                yield from self._stream(child, level + 1)
            elif child.get("nb_element") == CELL:
                yield "code", child["cell_index"]
                for figure in child.findall(nodes.figure):
                    yield "block", self._caption(figure)
            elif not isinstance(child, nodes.title):
                if _name(child) in ("exercise_enumerable", "exercise"):
                    yield "break", None
                for block in self._blocks([child]):
                    yield "block", block
                if "chapter-header" in child.get("classes", ()):
                    yield "break", None

    def _heading(self, section, level):
        title = self._inline(section.next_node(nodes.title))
        if level == 1:
            title = self.page.title
        return f"{'#' * level} {self._anchor(section)}{title}"

    # Blocks -----------------------------------------------------------------

    def _blocks(self, children):
        """Return the blocks that some nodes make."""
        blocks = []
        for child in children:
            if isinstance(child, nodes.math_block):
                _append(blocks, self._anchor(child))
            made = getattr(self, f"_block_{_name(child)}")(child)
            blocks += [made] if isinstance(made, str) else made
        return [block for block in blocks if block]

    def _nothing(self, _):
        return []

    _block_target = _block_comment = _block_raw = _nothing
    _block_compound = _block_index = _block_substitution_definition = _nothing

    def _inside(self, node):
        return self._blocks(node.children)

    _block_container = _block_section = _block_glossary = _inside

    def _block_paragraph(self, node):
        return STARTS_BLOCK.sub(r"\1\\\2", self._inline(node))

    def _block_math_block(self, node):
        number = self.page.number("displaymath", node["ids"])
        return display(node.astext(), self.page.macros, number)

    def _block_literal_block(self, node):
        language = node.get("language", "").replace("ipython3", "python")
        fence = "```"
        while fence in node.astext():
            fence += "`"
        return f"{fence}{language}\n{node.astext().rstrip()}\n{fence}"

    _block_doctest_block = _block_literal_block

    def _block_bullet_list(self, node):
        return self._list(node, ["- "] * len(node))

    def _block_enumerated_list(self, node):
        start = node.get("start", 1)
        return self._list(node, [f"{start + k}. " for k in range(len(node))])

    def _list(self, node, marks):
        items = [self._blocks(item.children) for item in node.children]
        tight = all(len(item) == 1 for item in items)
        return ("\n" if tight else "\n\n").join(
            mark + indent("\n\n".join(item), " " * len(mark)).lstrip()
            for mark, item in zip(marks, items, strict=True)
        )

    def _block_definition_list(self, node):
        blocks = []
        for item in node.findall(nodes.definition_list_item):
            terms = [child for child in item if _name(child) == "term"]
            head = ", ".join(
                f"{self._anchor(term)}**{self._inline(term)}**"
                for term in terms
            )
            first, *more = self._blocks(item.children[-1].children)
            blocks += [f"{head}  \n{first}", *more]
        return blocks

    def _block_table(self, node):
        self.in_table = True
        head, *rows = [
            ["<br>".join(self._blocks(entry.children)) for entry in row]
            for row in node.findall(nodes.row)
        ]
        self.in_table = False
        lines = [head, ["---"] * len(head), *rows]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)

    def _block_block_quote(self, node):
        return _quoted(self._blocks(node.children))

    def _block_figure(self, node):
        image = node.next_node(nodes.image)
        alt = image.get("alt", "").replace('"', "&quot;")
        picture = f'<img alt="{alt}" src="{self.page.picture(image["uri"])}">'
        return [picture, self._caption(node)]

    def _caption(self, figure):
        number = self.page.number("figure", figure["ids"])
        text = self._inline(figure.next_node(nodes.caption))
        return f"{self._anchor(figure)}**Figure {number}.** {text}"

    # Statements, remarks, exercises -----------------------------------------

    def _block_admonition(self, node):
        if "proof" in node["classes"]:
            return self._blocks(node.children)
        title, *body = node.children
        return _quoted([f"**{self._inline(title)}**", *self._blocks(body)])

    def _block_note(self, node):
        return _quoted(["**Note**", *self._blocks(node.children)])

    def _statement(self, node):
        kind = node["realtype"]
        number = self.page.number(node["countertype"], node["ids"])
        name = self._inline(node.children[0])
        head = " ".join(filter(None, [kind.title(), number, name]))
        body = self._blocks(node.children[1:])
        return _quoted([f"{self._anchor(node)}**{head}**", *body])

    def _block_proof(self, node):
        """Return a proof, folded where the book folds it."""
        blocks = self._blocks(node.children)
        blocks[0] = re.sub(r"^Proof\.?\s*", "*Proof.* ", blocks[0])
        if blocks[-1].endswith("$$"):
            blocks.append("□")
        else:
            blocks[-1] += " □"
        folds = any(
            "dropdown" in inner.get("classes", ())
            for inner in node.findall(nodes.Element)
        )
        return _folded("Proof", blocks) if folds else blocks

    def _block_exercise_enumerable(self, node):
        number = self.page.number("exercise", node["ids"])
        name = self._inline(node.children[0])
        head = f"{self._anchor(node)}**Exercise {number} {name}**"
        return [head, *self._blocks(node.children[1:])]

    def _block_solution(self, node):
        title = re.sub(r"\s+", " ", node.children[0].astext())
        return _folded(title, self._blocks(node.children[1:]))

    def _block_citation(self, node):
        return f"- {self._anchor(node)}{self._inline(node.children[-1])}"

    # Lines ------------------------------------------------------------------

    def _inline(self, node):
        """Return the children of a node as one line of Markdown."""
        text = "".join(
            self._text(child)
            if isinstance(child, nodes.Text)
            else getattr(self, f"_inline_{_name(child)}")(child)
            for child in node.children
        )
        return re.sub(r"\s+", " ", text).strip()

    def _text(self, node):
        text = _escaped(node)
        return text.replace("|", r"\|") if self.in_table else text

    def _spaced(self, node):
        """Return a node's line with the blanks at its ends."""
        line, text = self._inline(node), node.astext()
        left = " " if text[:1].isspace() else ""
        right = " " if text[-1:].isspace() else ""
        return f"{left}{line}{right}"

    _inline_inline = _inline_paragraph = _inline_generated = _spaced

    def _inline_target(self, node):
        return ""

    _inline_index = _inline_raw = _inline_target

    def _inline_math(self, node):
        tex = inline(node.astext(), self.page.macros)
        if self.in_table:  # whose columns are parted by |
            tex = tex.replace(r"\|", r"\Vert ").replace("|", r"\vert ")
        return tex

    def _inline_literal(self, node):
        text, tick = node.astext(), "`"
        while tick in text:
            tick += "`"
        return f"{tick}{text}{tick}"

    def _inline_emphasis(self, node):
        return _marked(node, self._inline(node), "*", "em")

    _inline_title_reference = _inline_emphasis

    def _inline_strong(self, node):
        return _marked(node, self._inline(node), "**", "strong")

    def _inline_reference(self, node):
        text = self._spaced(node)
        url = self.page.url(node).replace("(", "%28").replace(")", "%29")
        left, right = text[: -len(text.lstrip())], text[len(text.rstrip()) :]
        return f"{left}[{text.strip()}]({url}){right}"

    _inline_number_reference = _inline_reference

    def _anchor(self, node):
        """Return the places in a node that some page links to."""
        return "".join(
            f'<a id="{name}"></a>'
            for name in node.get("ids", ())
            if name in self.page.linked
        )


for _kind in STATEMENTS.split():
    setattr(Writer, f"_block_{_kind}", Writer._statement)


def _name(node):
    """Return the name of a node's class, without what marks it as a node."""
    return type(node).__name__.removesuffix("_node")


def _append(blocks, block):
    """Append a block; put an anchor at the end of a line before it."""
    closed = ("$$", "`", "|", "</details>")
    if ANCHOR.fullmatch(block) and blocks and not blocks[-1].endswith(closed):
        blocks[-1] += f" {block}"
    else:
        blocks.append(block)


def _escaped(text):
    """Return text that Markdown shows as it is."""
    text = SPECIAL.sub(r"\\\1", str(text))
    return re.sub(r"&(?=#?\w+;)", "&amp;", text).replace("](", r"]\(")


def _marked(node, text, mark, tag):
    """Emphasise, with HTML where Markdown's marks would not be read."""
    index = node.parent.index(node)
    siblings = node.parent.children
    before = siblings[index - 1].astext()[-1:] if index else ""
    after = "".join(n.astext() for n in siblings[index + 1 :])[:1]
    clash = (before.isalnum() and not text[:1].isalnum()) or (
        after.isalnum() and not text[-1:].isalnum()
    )
    if clash:
        return f"<{tag}>{text}</{tag}>"
    return f"{mark}{text}{mark}"


def _quoted(blocks):
    """Return a quotation."""
    return indent("\n\n".join(blocks), "> ", lambda line: True).replace(
        "> \n", ">\n"
    )


def _folded(title, blocks):
    """Return blocks that unfold when their title is pressed."""
    return [
        f"<details><summary>{title}</summary>",
        *blocks,
        "</details>",
    ]
