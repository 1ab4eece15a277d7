"""Cause before symptoms: which differences of a trace begin a chain, and which follow from one.

A difference follows from an earlier one when both are about the same thing: a client or agent by
its id, an agent's session, a socket. Where a record names none of these, its fd connects it. What
names nothing at all (the final state, a counter) follows from the latest difference before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from necp_replay.replay.report_model import RecordDifference

SUBJECTS_KEPT: Final = 100_000
"""Things that are remembered as part of a chain; beyond that new ones connect nothing."""
_SCANNED_FIELDS: Final = 200
"""Fields of a record whose values are searched for ids."""

_ID: Final = re.compile(r"#\d+|\b[0-9a-f]{32}\b")
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
        self, difference: RecordDifference, begins: bool | None = None, *, exact: bool = False
    ) -> RecordDifference:
        """Connect a difference: sets its ``follows`` and counts it at the one that began.

        ``begins`` says that it does begin a chain, or (False) that it does not where there is one
        to follow from; None leaves that to what the records are about. Returns the difference that
        begins its chain, which may be itself. One that a rule expects is no symptom of one that no
        rule expects, so it is not counted there. An ``exact`` one never follows from one that a
        rule expects: what it is about is a chain of its own then.
        """
        fact = difference.fact
        subjects = list(_subjects(difference))
        fds = _fds(difference)
        begun = None if begins else self._find(fact, subjects or fds)
        if begun is None and not begins and (begins is False or not (subjects or fds)):
            begun = self._latest.get(fact)
        freed = exact and begun is not None and begun.rule is not None
        if begun is None or freed:
            begun = difference
            self._latest[fact] = difference
        else:
            difference.follows = begun.record
            begun.followers += difference.rule is None or begun.rule is not None
        for subject in (*subjects, *fds):
            key = (fact, subject)
            if begins or freed:
                self._begun_by.pop(key, None)
            if len(self._begun_by) < SUBJECTS_KEPT:
                self._begun_by.setdefault(key, begun)
        return begun

    def _find(self, fact: str | None, subjects: list[str]) -> RecordDifference | None:
        for subject in subjects:
            begun = self._begun_by.get((fact, subject))
            if begun is not None:
                return begun
        return None


def _subjects(difference: RecordDifference) -> Iterator[str]:
    """What a record is about, and what its differing fields name, each once."""
    texts = [difference.title]
    for each in difference.differences[:_SCANNED_FIELDS]:
        texts += (text for text in (each.path, each.expected, each.actual) if text is not None)
    seen: dict[str, None] = {}
    for text in texts:
        seen.update(dict.fromkeys(_ID.findall(text)))
        seen.update(dict.fromkeys(f"session {name}" for name in _SESSION.findall(text)))
        seen.update(dict.fromkeys(f"block {name}" for name in _BLOCK.findall(text)))
    return iter(seen)


def _fds(difference: RecordDifference) -> list[str]:
    return [f"fd {pid}/{fd}" for pid, fd in _FD.findall(difference.title)]
