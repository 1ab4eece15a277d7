"""How large a golden may be that is read.

A line that is compared takes up to 400 bytes of memory as a node, so a record stays below 1 GiB.
Real ones are far smaller, and less than 20 levels deep.
"""

from __future__ import annotations

from typing import Final

from necp_replay.errors import GoldenError

MAX_STANZA_BYTES: Final = 32 * 1024 * 1024
MAX_STANZA_LINES: Final = 1_000_000
MAX_DEPTH: Final = 100
MAX_GOLDEN_BYTES: Final = 256 * 1024 * 1024
MAX_GOLDEN_LINES: Final = 4_000_000
"""The last two limit the memory for a file that is read as a whole."""
TOO_LARGE: Final = "No record of a trace is that long: restore the file, or accept it again."


def too_many_lines(line: int) -> GoldenError:
    """The refusal of a record that would take too much memory."""
    return GoldenError(
        f"a record of more than {MAX_STANZA_LINES:,} lines", line=line, hint=TOO_LARGE
    )
