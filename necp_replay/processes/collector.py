"""Python's cycle collector, which visits everything that a process keeps.

A full collection of what is imported takes 13 ms, and long work makes one every few thousand
records. What the engine makes for a record has no cycles, so there is little to collect.
"""

from __future__ import annotations

import gc
from typing import Final

NEW_OBJECTS: Final = 10_000
"""New objects are visited when so many more were made than freed."""
_EXEMPTED: Final[list[bool]] = []


def collect_rarely() -> None:
    """Exempt what is in memory now, and visit new objects less often. The first call counts.

    Call it before long work, when everything is imported.
    """
    if not _EXEMPTED:
        _EXEMPTED.append(True)
        gc.freeze()
        gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
