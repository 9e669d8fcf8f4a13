"""Small HTML tables for the notebook."""

from collections.abc import Iterable
from html import escape


def table(facts: Iterable[tuple[str, object]]) -> str:
    """Write pairs of a name and a value as a table of two columns.

    Examples
    --------
    >>> table([("qubits", 3)])
    '<table><tr><th>qubits</th><td>3</td></tr></table>'
    """
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>"
        for name, value in facts
    )
    return f"<table>{rows}</table>"
