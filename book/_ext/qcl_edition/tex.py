"""TeX that needs no macros of ours."""

import re

COMMAND = re.compile(r"\\(?:([A-Za-z]+)|.)", re.DOTALL)
MATH = re.compile(r"(?<![\\$])\$([^$]+)\$")
NESTED = re.compile(
    r"\\begin\{(\w+\*?)\}(?:(?!\\begin\{).)*?\\end\{\1\}", re.S
)


def expand(tex, macros):
    """Replace the macros by what they stand for, also inside arguments."""
    parts, at = [], 0
    while match := COMMAND.search(tex, at):
        parts.append(tex[at : match.start()])
        at = match.end()
        if match[1] not in macros:
            parts.append(match[0])
            continue
        body, count = macros[match[1]]
        pieces = re.split(r"#(\d)", body)
        arguments = []
        for _ in range(count):
            argument, at = _argument(tex, at)
            arguments.append(expand(argument, macros))
        pieces[1::2] = [arguments[int(place) - 1] for place in pieces[1::2]]
        parts += pieces
    return _joined([*parts, tex[at:]])


def _joined(parts):
    """Join pieces of TeX so that no command runs into a letter after it."""
    text = ""
    for part in filter(None, parts):
        if part[0].isalpha() and re.search(r"(?<!\\)\\[A-Za-z]+$", text):
            text += " "
        text += part
    return text


def _argument(tex, at):
    """Return the next argument, a group or one token, and where it ends."""
    while tex[at].isspace():
        at += 1
    if tex[at] == "\\":
        end = COMMAND.match(tex, at).end()
        return tex[at:end], end
    if tex[at] != "{":
        return tex[at], at + 1
    depth = 0
    for end in range(at, len(tex)):
        depth += {"{": 1, "}": -1}.get(tex[end], 0)
        if not depth:
            return tex[at + 1 : end], end + 1
    raise ValueError(f"expected a closed group in {tex!r}")


def with_arity(macros):
    """Return MathJax's macros as pairs of a body and a number of arguments."""
    return {
        name: (value, 0) if isinstance(value, str) else tuple(value)
        for name, value in macros.items()
    }


def inline(tex, macros):
    """Return a formula for a line of text."""
    return f"${' '.join(expand(tex, macros).split())}$"


def display(tex, macros, number=None):
    """Return a formula on a line of its own, numbered if it has a number.

    One line, for a front end that cuts formulas out before it reads the
    Markdown would take the marks of a quotation for a part of the formula.
    """
    tex = " ".join(expand(tex, macros).split())
    outside = tex
    while (shorter := NESTED.sub("", outside)) != outside:
        outside = shorter
    if r"\\" in outside:
        tex = rf"\begin{{split}}{tex}\end{{split}}"
    tag = rf" \tag{{{number}}}" if number else ""
    return f"$${tex}{tag}$$"


def in_text(text, macros):
    """Expand the macros in the formulas of a Markdown text."""
    return MATH.sub(lambda match: inline(match[1], macros), text)
