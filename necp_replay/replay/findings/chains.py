"""Cause before symptoms: which differences of a trace begin a chain, and which follow from one.

A difference follows from an earlier one when both are about the same thing: a client or agent by
its id, an agent's session, a socket. Where one of both names none of these, its fd connects it.
What names nothing at all (the final state, a counter) follows from the latest difference before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from necp_replay.outcomes.record_difference import RecordDifference

SUBJECTS_KEPT: Final = 100_000
"""Things that are remembered as part of a chain; beyond that new ones connect nothing."""
_SCANNED_FIELDS: Final = 200
"""Fields of a record whose values are searched for ids."""

_ID: Final = re.compile(r"#\+?\d+|\b[0-9a-f]{32}\b")
_SESSION: Final = re.compile(r"\bsession=([^ {},\]]+)")
_BLOCK: Final = re.compile(r"\b(?:socket|mp|handle)=([^ {},\]]+)")
_FD: Final = re.compile(r"\bpid=(\d+) fd=(\d+)")


class Chains:
    """Tells of a trace's differences, one after the other, which one each follows from.

    Differences with different facts never follow from each other.
    """

    def __init__(self) -> None:
        self._begun_by: dict[tuple[str | None, str], RecordDifference] = {}
        self._latest: dict[str | None, RecordDifference] = {}

    def place(
        self, difference: RecordDifference, *, begins: bool = False, exact: bool = False
    ) -> RecordDifference:
        """Connect a difference: sets its ``follows`` and counts it at the one that began.

        ``begins`` says that it does begin a chain; else that depends on what the records are about.
        Returns the difference that begins its chain, which may be itself. One that a rule expects
        is no symptom of one that no rule expects, so it is not counted there. An ``exact`` one
        never follows from one that a rule expects: what it is about is a chain of its own then.
        """
        fact = difference.fact
        texts = _texts(difference)
        subjects = list(_subjects(texts))
        fds = _fds(texts[:1])
        begun = None if begins else self._cause(fact, subjects, fds)
        freed = exact and begun is not None and begun.rule is not None
        if begun is None or freed:
            begun = difference
            self._latest[fact] = difference
        else:
            difference.chain.follows = begun.record
            difference.chain.follows_place = begun.place
            begun.chain.followers += difference.rule is None or begun.rule is not None
        # What differs may be that another fd was woken, too.
        names = (*subjects, *_fds(texts), *([] if subjects else map(_alone, fds)))
        for name in names:
            key = (fact, name)
            if begins or freed:
                self._begun_by.pop(key, None)
            if len(self._begun_by) < SUBJECTS_KEPT:
                self._begun_by.setdefault(key, begun)
        return begun

    def _cause(
        self, fact: str | None, subjects: list[str], fds: list[str]
    ) -> RecordDifference | None:
        """What a difference follows from, None where nothing before it is about the same."""
        found = self._find(fact, subjects or fds)
        if found is None and subjects and fact is not None:
            # That an fd became ready is about one of its clients, which the record does not name.
            # Where no fact connects them, another client's difference may as well be its own.
            found = self._find(fact, map(_alone, fds))
        if found is None and not subjects and not fds:
            found = self._latest.get(fact)
        return found

    def _find(self, fact: str | None, subjects: Iterable[str]) -> RecordDifference | None:
        for subject in subjects:
            begun = self._begun_by.get((fact, subject))
            if begun is not None:
                return begun
        return None


def _texts(difference: RecordDifference) -> list[str]:
    """The title of a record, then what its differing fields say."""
    texts = [difference.title]
    for each in difference.fields[:_SCANNED_FIELDS]:
        texts += (text for text in (each.path, each.expected, each.actual) if text is not None)
    return texts


def _subjects(texts: list[str]) -> Iterator[str]:
    """What texts name, each once."""
    seen: dict[str, None] = {}
    for text in texts:
        seen.update(dict.fromkeys(_ID.findall(text)))
        seen.update(dict.fromkeys(f"session {name}" for name in _SESSION.findall(text)))
        seen.update(dict.fromkeys(f"block {name}" for name in _BLOCK.findall(text)))
    return iter(seen)


def _fds(texts: list[str]) -> list[str]:
    found = (each for text in texts for each in _FD.findall(text))
    return [f"fd {pid}/{fd}" for pid, fd in dict.fromkeys(found)]


def _alone(fd: str) -> str:
    """Under which a record is remembered that is about an fd, and about nothing else."""
    return f"{fd} alone"
