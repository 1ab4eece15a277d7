"""The buffers of a record, passed and returned, and their hexdumps."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

from necp_replay.events.inputs import Input
from necp_replay.events.outcome import Outcome
from necp_replay.events.user_buffer import UserBuffer

_ROW_BYTES: Final = 16


def hexdump_lines(content: bytes) -> Iterator[str]:
    """Rows like ``00000000  01 02 ...  |..|``. A ``*`` replaces rows equal to the one before."""
    previous: bytes | None = None
    is_folded = False
    for offset in range(0, len(content), _ROW_BYTES):
        row = content[offset : offset + _ROW_BYTES]
        is_last = offset + _ROW_BYTES >= len(content)
        if row == previous and not is_last:
            if not is_folded:
                yield "*"
            is_folded = True
            continue
        previous, is_folded = row, False
        digits = " ".join(f"{byte:02x}" for byte in row)
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
        yield f"{offset:08x}  {digits:<47}  |{text}|"


def buffers_passed(event: Input) -> Iterator[tuple[str, bytes]]:
    """Every byte string of an input that is not empty, with the name of its field."""
    for entry in dataclasses.fields(event):
        yield from _buffers_in(entry.name, getattr(event, entry.name))


def buffers_returned(outcome: Outcome) -> Iterator[tuple[str, bytes]]:
    """Every byte string of an answer that is not empty, with the name of its field."""
    if outcome.answer is not None:
        for entry in dataclasses.fields(outcome.answer):
            yield from _buffers_in(entry.name, getattr(outcome.answer, entry.name))


def _buffers_in(name: str, value: object) -> Iterator[tuple[str, bytes]]:
    if isinstance(value, bytes):
        if value:
            yield name, value
    elif isinstance(value, UserBuffer):
        if value.content:
            yield name, value.content
        for pointer in value.pointers:
            yield from _buffers_in(f"{name} at {pointer.offset}", pointer.to)
