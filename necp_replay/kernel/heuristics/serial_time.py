"""Comparing moments of a 32-bit clock that wraps."""

from __future__ import annotations


def is_later(moment: int, other: int) -> bool:
    """Whether a moment lies after another, at most half the clock's range away (``TSTMP_GT``)."""
    return 0 < (moment - other) & 0xFFFFFFFF < 0x80000000
