"""Checks that the first bytes of a file are those of a golden, and says what else they are."""

from __future__ import annotations

import re
from typing import Final

from necp_replay.errors import FOREIGN_BYTES, GIT_LFS_POINTER, GoldenError, foreign_content
from necp_replay.golden.foreign_lines import CRLF, CRLF_HINT
from necp_replay.golden.versions import FIRST_LINES, VERSION

BEGINNING_BYTES: Final = max(FOREIGN_BYTES, *(len(line) + 2 for line in FIRST_LINES.values()))
_OTHER_VERSION: Final = re.compile(rb"necp-replay golden (\d{1,9})\r?\n")


def check_beginning(beginning: bytes) -> None:
    """Raise GoldenError unless a golden begins like this. It has `BEGINNING_BYTES`, or is all."""
    first_lines = [f"{line}\n".encode() for line in FIRST_LINES.values()]
    if any(map(beginning.startswith, first_lines)):
        return
    if not beginning:
        raise GoldenError("the file is empty", line=1)
    foreign = foreign_content(beginning)
    if foreign is not None:
        what, hint = foreign
        raise GoldenError(f"this is not a golden, but {what}", line=1, hint=hint)
    if any(beginning.startswith(line[:-1] + b"\r\n") for line in first_lines):
        raise GoldenError(CRLF, line=1, hint=CRLF_HINT)
    _refuse_newer(beginning)
    raise GoldenError(f"the first line is not {FIRST_LINES[VERSION]!r}", line=1)


def check_replaceable(beginning: bytes) -> None:
    """Raise GoldenError for a golden that another tool has to read before it is replaced.

    That is a pointer of Git LFS, and a golden of a newer version.
    """
    foreign = foreign_content(beginning)
    if foreign is not None and foreign[0] == GIT_LFS_POINTER:
        what, hint = foreign
        raise GoldenError(f"this is not a golden, but {what}", line=1, hint=hint)
    _refuse_newer(beginning)


def _refuse_newer(beginning: bytes) -> None:
    other = _OTHER_VERSION.match(beginning)
    if other is not None and int(other[1]) not in FIRST_LINES:
        raise GoldenError(
            f"version {int(other[1])} of goldens is not known",
            line=1,
            hint="A newer version of necp-replay wrote this golden; use that one.",
        )
