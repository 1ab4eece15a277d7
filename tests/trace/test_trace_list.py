"""Many found traces in little memory."""

from pathlib import Path

import pytest

from necp_replay.trace.trace_list import FoundTrace, TraceList, names_of

TRACES = [
    FoundTrace(Path("traces/client/add.necptrace"), "client/add"),
    FoundTrace(Path("traces/client/remove.necptrace"), "client/remove"),
    FoundTrace(Path("/elsewhere/add.necptrace"), "add"),
    FoundTrace(Path("link.necptrace"), "another name"),
    FoundTrace(Path("traces/\udcff.necptrace"), "\udcff"),
    FoundTrace(Path("traces/no suffix"), "no suffix"),
    FoundTrace(Path(".."), "x"),
]


def test_traces_come_back_as_they_were_added() -> None:
    found = TraceList(TRACES)
    assert list(found) == TRACES
    assert found == TRACES
    assert found != TRACES[1:]
    assert (found[-1], found[1:3]) == (TRACES[-1], TRACES[1:3])
    names = [trace.name for trace in TRACES]
    assert list(names_of(found)) == list(names_of(TRACES)) == names
    assert names_of(found)[2:4] == names[2:4]
    with pytest.raises(IndexError):
        found[len(TRACES)]
