"""Integers of C's fixed widths, which wrap around."""

from __future__ import annotations

from typing import Final

U16_MAX: Final = 0xFFFF
U32_MAX: Final = 0xFFFFFFFF
U64_MAX: Final = 0xFFFFFFFF_FFFFFFFF

_INT32_SIGN: Final = 0x80000000


def as_int32(value: int) -> int:
    """The value that a 32-bit ``int`` has after a number of any size is stored in it."""
    return ((value & U32_MAX) ^ _INT32_SIGN) - _INT32_SIGN
