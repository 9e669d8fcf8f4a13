"""A quiz as text: each answer folds open its feedback."""

import json
import re

from .tex import in_text

SOURCE = re.compile(r"quiz/[\w-]+\.json")
KINDS = ("multiple_choice", "many_choice")


def quiz_text(source, folder, macros):
    """Return the questions that a quiz cell shows, as Markdown."""
    path = folder / SOURCE.search(source)[0]
    questions = json.loads(path.read_text(encoding="utf-8"))
    return "\n\n".join(
        _question(number, question, macros)
        for number, question in enumerate(questions, start=1)
    )


def _question(number, question, macros):
    """Return one question.

    The mark before <details> keeps it from opening a block of HTML, in which
    some front ends would leave formulas as they are.
    """
    if question["type"] not in KINDS:
        raise ValueError(
            f"expected a quiz question of type {' or '.join(KINDS)}, "
            f"got {question['type']!r}"
        )
    lines = [f"**{number}.** {in_text(question['question'], macros)}", ""]
    for answer in question["answers"]:
        mark = "✓" if answer["correct"] else "✗"
        text = in_text(answer["answer"], macros)
        reply = in_text(answer["feedback"], macros)
        lines.append(
            f"- <b></b><details><summary>{text}</summary>"
            f"{mark} {reply}</details>"
        )
    return "\n".join(lines)
