"""Stanzas as an aligner compares them: as text, equal but for a renaming of ``#1``, ``#2``, ..."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from necp_replay.align.renaming import Bindings
from necp_replay.align.up_to_renaming import Form, RenamedLikeness, Streaks
from necp_replay.golden.reader import StanzaText

_ID: Final = re.compile(r"#[1-9][0-9]*")
_DIGEST_BYTES: Final = 16


class TextEntry:
    """A stanza on its way through the aligner."""

    __slots__ = ("_form", "new_ids", "stanza", "streak")

    def __init__(self, stanza: StanzaText, side: TextSide) -> None:
        self.stanza = stanza
        self.new_ids = side.new_ids(stanza)
        self.streak = side.streaks.of_next(stanza.number, generates=bool(self.new_ids))
        self._form: Form[str] | None = None

    @property
    def number(self) -> int:
        """The record's number."""
        return self.stanza.number

    @property
    def form(self) -> Form[str]:
        """The stanza with its ids made anonymous."""
        if self._form is None:
            numbers: dict[str, int] = {}

            def anonymous(found: re.Match[str]) -> str:
                return f"#{numbers.setdefault(found[0], len(numbers))}"

            key = _digest(_ID.sub(anonymous, self.stanza.title))
            input_ids = len(numbers)
            rest = _ID.sub(anonymous, f"{self.stanza.status}\n{self.stanza.body}")
            whole = _digest(f"{key.hex()}\n{rest}")
            self._form = Form(key, whole, tuple(numbers), input_ids, len(rest))
        return self._form

    @property
    def kind(self) -> str:
        """The kind of its input."""
        return self.stanza.kind

    def equals(self, other: TextEntry) -> bool:
        """Whether the text is the same as it is, but for the number of the record."""
        one, two = self.stanza, other.stanza
        return one.title == two.title and one.status == two.status and one.body == two.body


class TextSide:
    """One of two sides: the highest id that showed so far. Ids are numbered as they come."""

    def __init__(self) -> None:
        self.streaks = Streaks()
        self._seen = 0

    def new_ids(self, stanza: StanzaText) -> tuple[str, ...]:
        """The ids that show for the first time, in order."""
        found: dict[str, int] = {}
        for text in (stanza.title, stanza.status, stanza.body):
            if "#" in text:
                found.update((each, int(each[1:])) for each in _ID.findall(text))
        new = tuple(each for each, number in found.items() if number > self._seen)
        if new:
            self._seen = max(found.values())
        return new


class TextLikeness(RenamedLikeness[str]):
    """Compares stanzas of two sides."""

    def __init__(self) -> None:
        super().__init__(Bindings(lambda _, number: f"#+{number}"))

    def in_left_ids(self, entry: TextEntry) -> TextEntry:
        """A stanza of the right with ids of the left, for showing."""
        ids = self.bindings.replacements
        if not ids:
            return entry
        stanza = entry.stanza
        shown = replace(
            stanza,
            title=with_ids(stanza.title, ids),
            status=with_ids(stanza.status, ids),
            body=with_ids(stanza.body, ids),
        )
        return TextEntry(shown, TextSide())


def with_ids(text: str, ids: Mapping[str, str]) -> str:
    """Text with other ids in place of those in the mapping."""
    return _ID.sub(lambda found: ids.get(found[0], found[0]), text)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).digest()
