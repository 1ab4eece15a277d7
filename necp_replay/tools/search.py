"""Searching a trace: the records that a selection selects, with the names of their ids."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.names import StableNames
from necp_replay.releases.names import match_result_layout, session_priorities
from necp_replay.tools.select import Selection
from necp_replay.tools.selected import SelectedRecord, selected_records
from necp_replay.trace.reader import TraceReader


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record that was found, and the names of ids up to it."""

    record: SelectedRecord
    names: StableNames


def records_found(path: Path, selection: Selection) -> Iterator[FoundRecord]:
    """The records of a trace that a selection selects, in order.

    Raises TraceError as the reader does.
    """
    with TraceReader(path) as reader:
        names = StableNames(
            session_priorities(reader.header.release), match_result_layout(reader.header.release)
        )
        for record in selected_records(reader, selection, names):
            yield FoundRecord(record, names)
