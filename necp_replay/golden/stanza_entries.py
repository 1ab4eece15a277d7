"""Stanzas as entries of an alignment: compared as text, up to a renaming of ``#1``, ``#2``, ..."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from necp_replay.align.renaming import Renaming
from necp_replay.align.up_to_renaming import CanonicalForm, RenamingComparator, Streaks
from necp_replay.golden.stanza import Stanza

_ID: Final = re.compile(r"#[1-9][0-9]*")
_DIGEST_BYTES: Final = 16


class StanzaEntry:
    """One stanza of one side."""

    __slots__ = ("_canonical", "new_ids", "stanza", "streak")

    def __init__(self, stanza: Stanza, side: StanzaSide) -> None:
        self.stanza = stanza
        self.new_ids = side.new_ids(stanza)
        self.streak = side.streaks.of_next(stanza.number, generates=bool(self.new_ids))
        self._canonical: CanonicalForm[str] | None = None

    @property
    def number(self) -> int:
        """The record's number."""
        return self.stanza.number

    @property
    def canonical(self) -> CanonicalForm[str]:
        """The stanza's canonical form."""
        if self._canonical is None:
            numbers: dict[str, int] = {}

            def anonymous(found: re.Match[str]) -> str:
                return f"#{numbers.setdefault(found[0], len(numbers))}"

            key = _digest(_ID.sub(anonymous, self.stanza.title))
            input_ids = len(numbers)
            stanza = self.stanza
            rest = _ID.sub(anonymous, f"{stanza.passed}\n-> {stanza.status}\n{stanza.body}")
            whole = _digest(f"{key.hex()}\n{rest}")
            self._canonical = CanonicalForm(key, whole, tuple(numbers), input_ids, len(rest))
        return self._canonical

    @property
    def kind(self) -> str:
        """The kind of the record."""
        return self.stanza.kind

    def equals(self, other: StanzaEntry) -> bool:
        """Whether two stanzas have the same text. Their numbers do not matter."""
        one, two = self.stanza, other.stanza
        return (
            one.title == two.title
            and one.status == two.status
            and one.body == two.body
            and one.passed == two.passed
        )


class StanzaSide:
    """One of the two sides. Finds in which stanza each id occurs first.

    Ids are numbered in the order in which they were generated, so a new one has a higher number
    than all before it.
    """

    def __init__(self, seen: int = 0) -> None:
        """``seen`` ids occurred in stanzas before the first one that is asked about."""
        self.streaks = Streaks()
        self._seen = seen

    def new_ids(self, stanza: Stanza) -> tuple[str, ...]:
        """The ids that occur first in this stanza, in order."""
        found: list[str] = []
        for text in (stanza.title, stanza.passed, stanza.status, stanza.body):
            if "#" in text:
                found += _ID.findall(text)
        numbers = [int(each[1:]) for each in found]
        seen, highest = self._seen, max(numbers, default=0)
        if highest <= seen:
            return ()
        self._seen = highest
        pairs = zip(found, numbers, strict=True)
        return tuple(dict.fromkeys(each for each, number in pairs if number > seen))


class StanzaComparator(RenamingComparator[str]):
    """Compares stanzas of two sides. Ids that only the right side has are ``#+1``, ``#+2``, ..."""

    def __init__(self) -> None:
        super().__init__(Renaming(lambda _, number: f"#+{number}"))

    def in_left_ids(self, entry: StanzaEntry) -> StanzaEntry:
        """A stanza of the right side with the ids of the left."""
        ids = self.renaming.replacements
        if not ids:
            return entry
        stanza = entry.stanza
        shown = replace(
            stanza,
            title=with_ids(stanza.title, ids),
            status=with_ids(stanza.status, ids),
            body=with_ids(stanza.body, ids),
            passed=with_ids(stanza.passed, ids),
        )
        return StanzaEntry(shown, StanzaSide())


def stanza_entries(stanzas: Iterable[Stanza]) -> Iterator[StanzaEntry]:
    """The stanzas of one side as entries."""
    side = StanzaSide()
    for stanza in stanzas:
        yield StanzaEntry(stanza, side)


def without_passed(stanza: Stanza) -> Stanza:
    """The same record without what the input passed besides its title."""
    return replace(stanza, passed="") if stanza.passed else stanza


def with_ids(text: str, ids: Mapping[str, str]) -> str:
    """Text in which the ids of the mapping are replaced."""
    return _ID.sub(lambda found: ids.get(found[0], found[0]), text)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).digest()
