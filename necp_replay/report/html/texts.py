"""The texts of a page, each stored once, and their numbers.

The lines of an outcome are divided into parts, such as a client of a snapshot with all lines below
it. Each part is stored once, as a list of numbers of texts with several lines each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from necp_replay.report.html.embedded import json_in_html, safe_json

RAW_CHARACTERS: Final = 24_000_000
"""The most characters of all JSON lines of a page. Later differences have none."""
_PART_DEPTH: Final = 2
"""A line with at most this indentation begins a part: the top level, and one level below it."""
_TEXT_DEPTH: Final = 4
"""A line with at most this indentation begins a text of a part."""


class Texts:
    """The texts and parts so far, as the JSON that is written. ``characters`` is its length."""

    def __init__(self) -> None:
        self.characters = 0
        self._numbers: dict[str, int] = {}
        self._written: list[str] = []
        self._parts: dict[tuple[int, ...], int] = {}
        self._raw_left = RAW_CHARACTERS

    def text(self, text: str) -> int:
        """The number of a text."""
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = len(self._numbers)
            written = safe_json(text)
            self._written.append(written)
            self.characters += len(written) + 1
        return number

    def texts(self, texts: Iterable[str]) -> list[int]:
        """The numbers of several texts."""
        return [self.text(text) for text in texts]

    def optional(self, text: str | None) -> int | None:
        """The number of a text, or None for None."""
        return None if text is None else self.text(text)

    def raw(self, text: str | None) -> int | None:
        """The number of a JSON line, or None if the limit is reached."""
        if text is None or text in self._numbers:
            return self.optional(text)
        if len(text) > self._raw_left:
            return None
        self._raw_left -= len(text)
        return self.text(text)

    def lines(self, lines: Sequence[str]) -> list[int]:
        """The numbers of the parts that some lines consist of."""
        parts: list[list[str]] = []
        for line in lines:
            depth = len(line) - len(line.lstrip(" "))
            if depth <= _PART_DEPTH or not parts:
                parts.append([line])
            elif depth <= _TEXT_DEPTH:
                parts[-1].append(line)
            else:
                parts[-1][-1] += f"\n{line}"
        return [self._part(tuple(self.texts(part))) for part in parts]

    def _part(self, part: tuple[int, ...]) -> int:
        number = self._parts.get(part)
        if number is None:
            number = self._parts[part] = len(self._parts)
            self.characters += sum(len(str(text)) + 1 for text in part) + 2
        return number

    def strings_json(self) -> Iterator[str]:
        """The texts as the items of a JSON list."""
        yield from self._written

    def parts_json(self) -> Iterator[str]:
        """The parts as the items of a JSON list."""
        yield from map(json_in_html, self._parts)
