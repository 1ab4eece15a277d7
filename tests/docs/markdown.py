"""Code blocks of the documents, with the comment that says what a test does with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

_BLOCK = re.compile(r"^<!-- (?P<mark>[^\n]+) -->\n```\w*\n(?P<text>.*?)^```$", re.M | re.S)


@dataclass(frozen=True, slots=True)
class MarkedBlock:
    """A code block below a comment ``<!-- mark -->``; ``start`` and ``end`` are its text's."""

    mark: str
    text: str
    start: int
    end: int


def marked_blocks(document: str) -> Iterator[MarkedBlock]:
    """Every marked block of a Markdown document, in order."""
    for found in _BLOCK.finditer(document):
        yield MarkedBlock(found["mark"], found["text"], found.start("text"), found.end("text"))
