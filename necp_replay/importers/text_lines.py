"""Reads text of other tools line by line, in bounded memory, whatever bytes it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

MAX_TEXT_LINE_BYTES: Final = 4 * 1024 * 1024
"""A longer line is read as its beginning."""

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
    """All lines. Bytes that are not UTF-8 are replaced."""
    number = 0
    while line := stream.readline(MAX_TEXT_LINE_BYTES):
        number += 1
        is_cut = len(line) == MAX_TEXT_LINE_BYTES and not line.endswith(b"\n")
        if is_cut:
            while rest := stream.readline(MAX_TEXT_LINE_BYTES):
                if rest.endswith(b"\n"):
                    break
        about = _ABOUT_NECP.search(line) is not None
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if "\x1b" in text:
            text = _COLOUR.sub("", text)
        yield TextLine(number, text, is_cut, about)
