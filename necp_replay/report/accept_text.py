"""The change of a golden as a short unified diff."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from necp_replay.accept.changed_lines import changed_lines, is_comparable
from necp_replay.accept.plan import FileChange
from necp_replay.outcomes.safe_text import visible
from necp_replay.replay.progress import OnRecords
from necp_replay.report.style import Style
from necp_replay.report.words import counted


def changes_text(
    changes: Iterable[FileChange], style: Style, limit: int, on_records: OnRecords | None = None
) -> str:
    """The path of each golden, and at most ``limit`` lines of its diff."""
    return "\n".join(
        line for change in changes for line in _change_lines(change, style, limit, on_records)
    )


def _change_lines(
    change: FileChange, style: Style, limit: int, on_records: OnRecords | None
) -> Iterator[str]:
    yield style.paint(f"{change.verb} {visible(str(change.path))}", "bold")
    if change.verb != "changed":
        return
    before, after = (
        "" if packed is None else packed.text for packed in (change.before, change.after)
    )
    if not is_comparable(before) or not is_comparable(after):
        lines = [counted(text.count("\n"), "line") for text in (before, after)]
        yield f"  too long to compare: {lines[0]} before, {lines[1]} now"
        return
    found = 0
    for line in changed_lines(before, after, on_records):
        found += 1
        if found <= limit:
            colour = (
                "actual" if line.startswith("+") else "expected" if line.startswith("-") else "dim"
            )
            yield "  " + style.paint(visible(line), colour)
    if found > limit:
        yield f"  and {found - limit:,} more lines"
    if not found:
        yield "  only numbers of records and names of ids change"
