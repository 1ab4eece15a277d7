"""Compares times of a 32-bit clock that wraps (serial number arithmetic)."""

from __future__ import annotations


def is_later(moment: int, other: int) -> bool:
    """Whether ``moment`` is after ``other``, if less than half the range lies between them.

    Source: TSTMP_GT, xnu-4570.51.1.
    """
    return 0 < (moment - other) & 0xFFFFFFFF < 0x80000000
