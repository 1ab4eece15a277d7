"""Marks that git leaves in a text file when a merge is not resolved."""

from __future__ import annotations

import re
from typing import Final

_MARK: Final = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})(?: .*)?\r?$", re.MULTILINE)
CONFLICT_HINT: Final = (
    "Look at both sides and keep what is right, such as with `git checkout --ours FILE` or"
    " `--theirs`. Then run this again."
)


def conflict_line(text: str) -> int | None:
    """The number of the first line that is such a mark, None without one."""
    found = _MARK.search(text)
    return None if found is None else text.count("\n", 0, found.start()) + 1
