"""Finds what git leaves in goldens, CR LF and marks of a merge, without reading them as goldens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from necp_replay.errors import GoldenError
from necp_replay.golden.beginning import BEGINNING_BYTES, check_beginning
from necp_replay.golden.foreign_lines import CRLF, CRLF_HINT, conflict

_WINDOW_BYTES: Final = 1 << 20
_ALTERED: Final = re.compile(
    rb"^(?:<{7}|\|{7}|={7}|>{7})(?: [^\n]*)?\r?$|(?P<crlf>\r\n)", re.MULTILINE
)
_LONGEST_MARK_BYTES: Final = 4096
"""Of a line that is longer, only the end is looked at: no mark of a merge is."""


def check_unaltered(path: Path) -> None:
    """Raise GoldenError for a file that begins like no golden, or that git has altered.

    Raises OSError where it cannot be read. Memory does not grow with the file.
    """
    try:
        with path.open("rb") as stream:
            check_beginning(stream.read(BEGINNING_BYTES))
            stream.seek(0)
            lines, rest = 0, b""
            while window := stream.read(_WINDOW_BYTES):
                window = rest + window
                whole = window.rfind(b"\n") + 1
                _check_lines(window[:whole], lines)
                lines += window.count(b"\n", 0, whole)
                rest = window[whole:][-_LONGEST_MARK_BYTES:]
            _check_lines(rest, lines)
    except GoldenError as error:
        error.name_file(str(path))
        raise


def _check_lines(text: bytes, lines_before: int) -> None:
    found = _ALTERED.search(text)
    if found is None:
        return
    line = lines_before + text.count(b"\n", 0, found.start()) + 1
    if found["crlf"] is None:
        raise conflict(line)
    raise GoldenError(CRLF, line=line, hint=CRLF_HINT)
