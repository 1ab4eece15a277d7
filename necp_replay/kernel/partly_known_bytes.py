"""Bytes of which some are not known. A module of its own, since mypyc compiles no kind of bytes."""

from __future__ import annotations


class PartlyKnownBytes(bytes):
    """A buffer after a call. Some of its bytes are not known, and are zeros here.

    ``unknown`` has their ranges, each with its begin and its end, None for the end of the buffer.
    """

    unknown: tuple[tuple[int, int | None], ...] = ()
