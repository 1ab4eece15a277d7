"""The change of a golden as a short unified diff."""

from __future__ import annotations

from collections.abc import Iterator

from necp_replay.accept.plan import FileChange
from necp_replay.outcomes.node import visible
from necp_replay.report.style import Style


def change_lines(change: FileChange, style: Style, limit: int) -> Iterator[str]:
    """The path of the golden, and at most ``limit`` lines of its diff."""
    yield style.paint(f"{change.verb} {visible(str(change.path))}", "bold")
    if change.verb != "changed":
        return
    lines = change.diff()[2:]
    for line in lines[:limit]:
        colour = "green" if line.startswith("+") else "red" if line.startswith("-") else "dim"
        yield "  " + style.paint(visible(line), colour)
    if len(lines) > limit:
        yield f"  and {len(lines) - limit} more lines"
