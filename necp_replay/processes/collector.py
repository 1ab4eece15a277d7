"""Python's cycle collector, which visits everything that a process keeps.

A full collection of what is imported takes 13 ms. Long work makes one every few thousand records.
"""

from __future__ import annotations

import gc
from typing import Final

_EXEMPTED: Final[list[bool]] = []


def exempt_imports() -> None:
    """Exempt what is in memory now from collections. Call it before long work; the first counts."""
    if not _EXEMPTED:
        _EXEMPTED.append(True)
        gc.freeze()
