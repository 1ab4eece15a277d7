"""Differences of records made up for tests."""

from __future__ import annotations

from collections.abc import Iterable

from necp_replay.golden.stanza import kind_of_title
from necp_replay.outcomes.field_difference import FieldDifference
from necp_replay.outcomes.record_difference import (
    FINAL_TITLE,
    RecordDifference,
    Surroundings,
    Truth,
)


def record_difference(
    record: int | None,
    title: str,
    fields: Iterable[FieldDifference],
    truth: Truth = Truth.GOLDEN,
    shown: Surroundings | None = None,
) -> RecordDifference:
    """A record with this title that differs in these fields."""
    kind = FINAL_TITLE if title == FINAL_TITLE else kind_of_title(title)
    made = RecordDifference(record, title, kind, truth, list(fields))
    if shown is not None:
        made.shown = shown
    return made
