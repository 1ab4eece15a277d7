"""Reads files of JSON lines (one JSON object per line) in bounded memory."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import IO, Any, Final

from necp_replay.errors import foreign_content

MAX_LINE_BYTES: Final = 256 * 1024 * 1024
"""The longest line that is read. A record may hold several buffers of 16 MiB, each 32 MiB of hex
digits."""

_FIRST_BYTES: Final = 1 << 16
"""How much of a line is read before the rest of it."""

MAX_PARTS: Final = 4_000_000
"""The most commas and opening brackets in a line. Each may become an object in memory."""

Refusal = Callable[[str, int], Exception]
"""Makes the error to raise from a reason and the number of the line."""


def read_json_lines(stream: IO[bytes], refuse: Refusal) -> Iterator[tuple[int, dict[str, Any]]]:
    """Iterate over the lines: number (from 1) and object.

    Raises the error made by ``refuse`` for a line that is not a JSON object, is too long, or has an
    object with the same name twice.
    """
    number = 0
    while line := stream.readline(_FIRST_BYTES):
        number += 1
        if not line.endswith(b"\n") and len(line) == _FIRST_BYTES:
            # A line without end is not read to the limit if it cannot become an object.
            beginning = line.lstrip()
            if beginning and not beginning.startswith(b"{"):
                raise refuse(_foreign(line, number) or "not a JSON object", number)
            line += stream.readline(MAX_LINE_BYTES - _FIRST_BYTES)
        if not line.endswith(b"\n") and len(line) == MAX_LINE_BYTES:
            raise refuse("a line of more than 256 MiB", number)
        if sum(map(line.count, (b",", b"[", b"{"))) > MAX_PARTS:
            raise refuse(f"a line of more than {MAX_PARTS:,} parts", number)
        try:
            content = json.loads(line, object_pairs_hook=_object)
        except _SaidTwice as error:
            raise refuse(str(error), number) from None
        except (ValueError, RecursionError) as error:
            raise refuse(_foreign(line, number) or f"not JSON: {error}", number) from None
        if not isinstance(content, dict):
            raise refuse("not a JSON object", number)
        yield number, content


def _foreign(line: bytes, number: int) -> str:
    """What a file is whose first line is this, with advice; empty for nothing well known."""
    foreign = foreign_content(line) if number == 1 else None
    return "" if foreign is None else f"not JSON lines, but {foreign[0]}: {foreign[1]}"


class _SaidTwice(ValueError):
    """An object has a name twice. JSON parsers differ in which value they keep."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise _SaidTwice(f"{twice!a} occurs twice in an object")
    return members
