"""One trace of a corpus, as the index page of the corpus describes it."""

from __future__ import annotations

from necp_replay.dataclass import dataclass
from necp_replay.releases.lineage import RELEASES
from necp_replay.replay.two_releases import DiffOptions, diff_trace
from necp_replay.trace.find import FoundTrace
from necp_replay.trace.knowledge import is_measured
from necp_replay.trace.reader import TraceReader


@dataclass(frozen=True, slots=True)
class IndexedTrace:
    """One trace. ``differing`` counts the records in which oldest and newest release differ."""

    name: str
    description: str
    records: int
    size_bytes: int
    differing: int
    is_measured: bool


def index_trace(trace: FoundTrace, record_limit_s: float | None = None) -> IndexedTrace:
    """Read a trace, and replay it on the oldest and the newest release. Raises TraceError.

    ``record_limit_s`` is how much processor time one record may take on each.
    """
    oldest, *_, newest = RELEASES.values()
    options = DiffOptions(
        oldest, newest, newest.release, explains=False, record_limit_s=record_limit_s
    )
    with TraceReader(trace.path) as reader:
        header = reader.header
    found = diff_trace(trace.path, trace.name, options)
    found.check_ran()
    return IndexedTrace(
        trace.name,
        header.description,
        found.records,
        trace.path.stat().st_size,
        found.different,
        is_measured(header),
    )
