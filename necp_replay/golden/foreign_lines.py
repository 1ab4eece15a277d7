"""Lines that no golden can have: marks of a merge, ends that git changed, unescaped characters."""

from __future__ import annotations

from typing import Final

from necp_replay.errors import GoldenError
from necp_replay.files.conflicts import CONFLICT_HINT, conflict_line
from necp_replay.outcomes.safe_text import first_unsafe

CRLF: Final = "the lines end with CR LF"
CRLF_HINT: Final = (
    "git changed them: add the line `*.golden text eol=lf` to .gitattributes, and check the file"
    " out again."
)


def check_line(line: str, number: int) -> None:
    """Raise GoldenError for a line, without its line end, that no golden can have."""
    if line[:1] in ("<", "|", "=", ">") and conflict_line(line) is not None:
        raise conflict(number)
    control = first_unsafe(line)
    if control is None:
        return
    if control[0] == "\r" and control.end() == len(line):
        raise GoldenError(CRLF, line=number, hint=CRLF_HINT)
    # It could hide a change from a person who reviews it.
    raise GoldenError(f"the character U+{ord(control[0]):04X} is not escaped", line=number)


def conflict(number: int) -> GoldenError:
    """The refusal of a golden with a mark of a merge in this line."""
    return GoldenError("an unresolved merge conflict", line=number, hint=CONFLICT_HINT)
