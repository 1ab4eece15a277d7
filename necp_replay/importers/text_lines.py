"""Reads text of other tools line by line, in bounded memory, whatever bytes it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Final

from necp_replay.dataclass import dataclass
from necp_replay.errors import ImportedFileError

MAX_TEXT_LINE_BYTES: Final = 4 * 1024 * 1024
"""A longer line is read as its beginning."""
MAX_TEXT_LINE_READ: Final = 16
"""A line of more than this many times :data:`MAX_TEXT_LINE_BYTES` is refused."""

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_ABOUT_NECP: Final = re.compile(
    rb"necp|netagent_trigger|LocalNetwork:|system-privilege|NWPathEvaluator|Failed to copy updated"
    rb"|path=\w+ \(",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line without its end and without colours. ``is_cut`` says that its rest is missing.

    ``about_necp`` says whether it names the subsystem at all.
    """

    number: int
    text: str
    is_cut: bool
    about_necp: bool


def read_text_lines(stream: IO[bytes]) -> Iterator[TextLine]:
    """All lines. Bytes that are not UTF-8 are replaced.

    Raises ImportedFileError for a line of more than 64 MiB: input without end may have no lines.
    """
    number = 0
    while line := stream.readline(MAX_TEXT_LINE_BYTES):
        number += 1
        is_cut = len(line) == MAX_TEXT_LINE_BYTES and not line.endswith(b"\n")
        if is_cut:
            _read_to_its_end(stream, number)
        about = _ABOUT_NECP.search(line) is not None
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if "\x1b" in text:
            text = _COLOUR.sub("", text)
        yield TextLine(number, text, is_cut, about)


def _read_to_its_end(stream: IO[bytes], number: int) -> None:
    for _ in range(MAX_TEXT_LINE_READ - 1):
        rest = stream.readline(MAX_TEXT_LINE_BYTES)
        if not rest or rest.endswith(b"\n"):
            return
    raise ImportedFileError(
        f"a line of more than {MAX_TEXT_LINE_READ * MAX_TEXT_LINE_BYTES >> 20} MiB",
        line=number,
        hint="This is not text that a tracer or a log writes.",
    )
