"""What the index page of a corpus says of one trace."""

from __future__ import annotations

from dataclasses import dataclass

from necp_replay.releases.lineage import RELEASES
from necp_replay.replay.two_releases import DiffOptions, diff_trace
from necp_replay.trace.find import FoundTrace
from necp_replay.trace.header import SourceKind
from necp_replay.trace.reader import TraceReader


@dataclass(frozen=True, slots=True)
class IndexedTrace:
    """One trace. ``differing`` counts records that oldest and newest release answer otherwise."""

    name: str
    description: str
    records: int
    size_bytes: int
    differing: int
    is_scenario: bool


def index_trace(trace: FoundTrace) -> IndexedTrace:
    """What the page says of a trace, which is replayed on both releases. Raises TraceError."""
    oldest, *_, newest = RELEASES.values()
    options = DiffOptions(oldest, newest, newest.release, explains=False)
    with TraceReader(trace.path) as reader:
        header = reader.header
    found = diff_trace(trace.path, trace.name, options)
    return IndexedTrace(
        trace.name,
        header.description,
        found.records,
        trace.path.stat().st_size,
        found.different,
        header.source_kind is SourceKind.SCENARIO,
    )
