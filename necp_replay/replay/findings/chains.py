"""Cause before symptoms: which differences of a trace begin a chain, and which follow from one.

A difference follows from an earlier one when both are about the same thing: a client or agent by
its id, an agent's session, a socket. Where one of both names none of these, its fd connects it.
What names nothing at all (the final state, a counter) follows from the latest difference before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from necp_replay.outcomes.named_in_text import named_in_fields, named_in_title
from necp_replay.outcomes.record_difference import RecordDifference

SUBJECTS_KEPT: Final = 100_000
"""Things that are remembered as part of a chain; beyond that new ones connect nothing."""
_SCANNED_FIELDS: Final = 200
"""Fields of a record whose values are searched for ids."""


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
        by_title = named_in_title(difference.title)
        by_fields = named_in_fields(difference.fields[:_SCANNED_FIELDS])
        subjects = list(dict.fromkeys((*by_title.subjects, *by_fields.subjects)))
        fds = by_title.fds
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
        names = (*subjects, *fds, *by_fields.fds, *([] if subjects else map(_alone, fds)))
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


def _alone(fd: str) -> str:
    """Under which a record is remembered that is about an fd, and about nothing else."""
    return f"{fd} alone"
