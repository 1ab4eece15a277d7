"""Checks that the first bytes of a file are those of a golden, and says what else they are."""

from __future__ import annotations

import re
from typing import Final

from necp_replay.errors import FOREIGN_BYTES, GIT_LFS_POINTER, GoldenError, foreign_content
from necp_replay.golden.document import FIRST_LINE
from necp_replay.golden.foreign_lines import CRLF, CRLF_HINT

BEGINNING_BYTES: Final = max(FOREIGN_BYTES, len(FIRST_LINE) + 2)
_OTHER_VERSION: Final = re.compile(rb"necp-replay golden (\d{1,9})\r?\n")


def check_beginning(beginning: bytes) -> None:
    """Raise GoldenError unless a golden begins like this. It has `BEGINNING_BYTES`, or is all."""
    first_line = f"{FIRST_LINE}\n".encode()
    if beginning.startswith(first_line):
        return
    if not beginning:
        raise GoldenError("the file is empty", line=1)
    foreign = foreign_content(beginning)
    if foreign is not None:
        what, hint = foreign
        raise GoldenError(f"this is not a golden, but {what}", line=1, hint=hint)
    if beginning.startswith(first_line[:-1] + b"\r\n"):
        raise GoldenError(CRLF, line=1, hint=CRLF_HINT)
    _refuse_newer(beginning)
    raise GoldenError(f"the first line is not {FIRST_LINE!r}", line=1)


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
    if other is not None and other[0].rstrip() != FIRST_LINE.encode():
        raise GoldenError(
            f"version {int(other[1])} of goldens is not known",
            line=1,
            hint="A newer version of necp-replay wrote this golden; use that one.",
        )
