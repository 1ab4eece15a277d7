"""Times of the clock as people write them, exact to the nanosecond: ``1.5s``, ``250ms``."""

from __future__ import annotations

import re
from typing import Final

UNITS_NS: Final = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60 * 1_000_000_000,
    "h": 3600 * 1_000_000_000,
}
MAX_NS: Final = (1 << 64) - 1
"""The clock has 64 bits."""

_SECOND_NS: Final = UNITS_NS["s"]
_DURATION: Final = re.compile(r"(\d{1,20})(?:\.(\d{1,20}))?(ns|us|ms|s|m|h)", re.ASCII)


def duration_text(ns: int) -> str:
    """A time in seconds, with as many digits as it needs."""
    seconds, rest_ns = divmod(ns, _SECOND_NS)
    fraction = f".{rest_ns:09}".rstrip("0") if rest_ns else ""
    return f"{seconds}{fraction}s"


def parse_duration(text: str) -> int:
    """The nanoseconds that a text such as ``1.5s`` says; ValueError with the reason if it does not.

    Units are ns, us, ms, s, m and h.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError("a time needs a unit: ns, us, ms, s, m or h")
    whole, fraction, unit = match[1], match[2] or "", match[3]
    scale = int("1" + "0" * len(fraction))
    ns, rest = divmod(int(whole + fraction) * UNITS_NS[unit], scale)
    if rest:
        raise ValueError("the clock counts whole nanoseconds")
    if ns > MAX_NS:
        raise ValueError("the clock has 64 bits")
    return ns
