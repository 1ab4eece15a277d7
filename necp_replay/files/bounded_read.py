"""Reads a file that may be larger than what is taken of it."""

from __future__ import annotations

from typing import IO, Final

_PIECE_BYTES: Final = 1 << 20


def read_up_to(stream: IO[bytes], most: int) -> bytes:
    """The bytes of a stream up to its end, or more than ``most`` of them if it has more.

    ``read(most)`` would take as much memory as that before it reads, also for a small file.
    """
    content = bytearray()
    while len(content) <= most:
        piece = stream.read(_PIECE_BYTES)
        if not piece:
            break
        content += piece
    return bytes(content)
