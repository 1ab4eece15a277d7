"""A trace has the same summary from its index and from its records."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.errors import TraceError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.syscalls import NecpClientAction, NecpSessionAction
from necp_replay.tools.info import OTHER, read_info
from tests.trace import arbitrary
from tests.trace.traces import HEADER, RECORDS, Record, trace_of


@given(
    st.lists(st.tuples(arbitrary.steps, st.none() | arbitrary.outcomes), max_size=6),
    st.sampled_from([None, 1, 4]),
)
def test_index_and_records_tell_the_same(
    records: list[Record], records_per_chunk: int | None
) -> None:
    trace = trace_of(records, flush_after=records_per_chunk)
    told = read_info(io.BytesIO(trace))
    counted = read_info(io.BytesIO(trace), scan=True)
    assert told.contents is None
    assert counted.contents is not None
    assert replace(counted, contents=None) == told
    assert (told.records, told.file_bytes) == (len(records), len(trace))


def test_reading_it_through_counts_clients_actions_and_errors() -> None:
    calls: list[Record] = [
        (Step(NecpClientAction(1, 3, 1)), Outcome(0, 0)),
        (Step(NecpClientAction(1, 3, 1)), Outcome(22)),
        (Step(NecpClientAction(1, 3, 1)), None),
        (Step(NecpClientAction(1, 3, 99)), Outcome(999)),
        (Step(NecpSessionAction(1, 4, 1)), Outcome(0, 0)),
    ]
    contents = read_info(io.BytesIO(trace_of(calls)), scan=True).contents
    assert contents is not None
    assert contents.clients == 1
    assert contents.actions == {"ADD": 3, "necp_client_action 99": 1, "POLICY_ADD": 1}
    assert contents.errnos == {"ok": 2, "EINVAL": 1, "999": 1}


def test_a_hostile_variety_is_counted_in_bounded_memory() -> None:
    calls: list[Record] = [(Step(NecpClientAction(1, 3, n + 50)), Outcome(n)) for n in range(1500)]
    contents = read_info(io.BytesIO(trace_of(calls)), scan=True).contents
    assert contents is not None
    assert contents.actions[OTHER] == contents.errnos[OTHER] == 500


class _Pipe(io.BytesIO):
    def seekable(self) -> bool:
        return False


def test_a_pipe_is_read_through() -> None:
    info = read_info(_Pipe(trace_of()))
    assert info.contents is not None
    assert (info.records, info.file_bytes, info.header) == (len(RECORDS), None, HEADER)


def test_a_cut_file_is_not_told_about_as_if_it_were_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.necptrace"
    path.write_bytes(trace_of(flush_after=1)[:-30])
    with pytest.raises(TraceError, match="cut short"):
        read_info(path)


def test_a_trace_without_records_has_no_time() -> None:
    for scan in (False, True):
        assert read_info(io.BytesIO(trace_of(())), scan=scan).clock_range_ns is None
