"""Chains of cause and followers: which difference of a trace follows from which earlier one.

Theory of operation
-------------------
A client that was added with another result is different in every later record about it. These later
differences are *followers* of the first one, their *cause*, and a report shows the cause.
Differences are placed in the order of the trace, and every name that one mentions is remembered as
part of its chain. The next difference joins the chain of the first of its names that is known:

1. A subject: a client, an agent, an agent's session, a socket or multipath block.
2. The fd that the record is on, if one of both records names no subject.
3. A difference that names neither (the final state, a counter) joins the last chain that began.

It is a cause if none of this connects it to a chain.

Invariants: a difference has one cause at most, and a cause has none. Differences with different
facts are never in one chain, since a fact explains both. What connects a difference is what its
title and its differing fields name, so the same chains are found in goldens, which are text.

Cost: one table lookup for each name. At most ``SUBJECTS_KEPT`` names are remembered. The method is
a heuristic: two independent differences of one client are put into one chain.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from necp_replay.outcomes.named_in_text import named_in_fields, named_in_title
from necp_replay.outcomes.record_difference import RecordDifference

SUBJECTS_KEPT: Final = 100_000
"""Names that are remembered, to bound memory. Further ones connect nothing."""
_SCANNED_FIELDS: Final = 200
"""Fields of a difference that are searched for names, to bound the time for one with very many."""


class Chains:
    """The chains of one trace so far."""

    def __init__(self) -> None:
        self._causes: dict[tuple[str | None, str], RecordDifference] = {}
        """The cause of the chain that each name belongs to, by fact and name."""
        self._last_cause: dict[str | None, RecordDifference] = {}
        """The last cause of each fact."""

    def place(
        self, difference: RecordDifference, *, begins: bool = False, exact: bool = False
    ) -> RecordDifference:
        """Place the next difference of the trace, and fill in its ``chain``.

        Returns the cause of its chain, which may be the difference itself. ``begins`` says that it
        is a cause, because its fact was asked for in this record. A difference that a rule expects
        is not counted among the followers of one that no rule expects. A difference that an
        ``exact`` rule protects does not follow from an expected one; it is a cause then, and later
        differences follow from it.
        """
        fact = difference.fact
        by_title = named_in_title(difference.title)
        by_fields = named_in_fields(difference.fields[:_SCANNED_FIELDS])
        subjects = list(dict.fromkeys((*by_title.subjects, *by_fields.subjects)))
        fds = by_title.fds
        cause = None if begins else self._cause_of(fact, subjects, fds)
        is_freed = exact and cause is not None and cause.rule is not None
        if cause is None or is_freed:
            cause = difference
            self._last_cause[fact] = difference
        else:
            difference.chain.follows = cause.record
            difference.chain.follows_place = cause.place
            cause.chain.followers += difference.rule is None or cause.rule is not None
        # Fields may name further fds, such as one that was woken.
        names = (*subjects, *fds, *by_fields.fds, *([] if subjects else map(_alone, fds)))
        for name in names:
            key = (fact, name)
            if begins or is_freed:
                self._causes.pop(key, None)
            if len(self._causes) < SUBJECTS_KEPT:
                self._causes.setdefault(key, cause)
        return cause

    def _cause_of(
        self, fact: str | None, subjects: list[str], fds: list[str]
    ) -> RecordDifference | None:
        """The cause of a difference with these names, None if nothing before is connected to it."""
        found = self._find(fact, subjects or fds)
        if found is None and subjects and fact is not None:
            # A record that says that an fd became ready is about one of its clients, which it does
            # not name. Only a common fact shows that it may be this one.
            found = self._find(fact, map(_alone, fds))
        if found is None and not subjects and not fds:
            found = self._last_cause.get(fact)
        return found

    def _find(self, fact: str | None, subjects: Iterable[str]) -> RecordDifference | None:
        for subject in subjects:
            cause = self._causes.get((fact, subject))
            if cause is not None:
                return cause
        return None


def _alone(fd: str) -> str:
    """The name of a record that is on an fd and names no subject."""
    return f"{fd} alone"
