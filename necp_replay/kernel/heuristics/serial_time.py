"""Compares times of a 32-bit clock that wraps (serial number arithmetic)."""

from __future__ import annotations

from necp_replay.abi.integers import U32_MAX


def is_later(moment: int, other: int) -> bool:
    """Whether ``moment`` is after ``other``, if less than half the range lies between them.

    Source: TSTMP_GT, xnu-4570.51.1.
    """
    return 0 < (moment - other) & U32_MAX < 0x80000000
