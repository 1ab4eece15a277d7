"""The versions of the golden file, and what differs between them."""

from __future__ import annotations

from typing import Final, NamedTuple


class Version(NamedTuple):
    """One version of the file. What it does not have is the same in all.

    ``number`` is in its first line. In one ``is_numbered`` each record has its number, ids are
    counted through the trace, and session actions have numbers instead of names. ``shows_passed``
    is one that says what inputs passed besides their titles. In one with ``readable_titles``
    addresses and texts of titles are as people write them, in others they are digits and escapes.
    """

    number: int
    is_numbered: bool
    shows_passed: bool
    readable_titles: bool

    @property
    def first_line(self) -> str:
        """The first line of a file, without its end."""
        return f"necp-replay golden {self.number}"


VERSIONS: Final = {
    each.number: each
    for each in (
        Version(1, is_numbered=True, shows_passed=False, readable_titles=False),
        Version(2, is_numbered=False, shows_passed=True, readable_titles=False),
        Version(3, is_numbered=False, shows_passed=True, readable_titles=True),
    )
}
"""The versions that are read."""
VERSION: Final = max(VERSIONS)
"""The version that is written."""
FIRST_LINES: Final = {number: each.first_line for number, each in VERSIONS.items()}
"""The first line of each version that is read."""
