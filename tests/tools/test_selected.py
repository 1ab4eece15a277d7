"""Records are selected as the language says, wherever in the file reading begins."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.events.clock import Now, TimerFire
from necp_replay.events.effects import AgentMessage, Wake
from necp_replay.events.inputs import Step
from necp_replay.events.notifications import ForceUpdateClient
from necp_replay.events.outcome import ActionBuffers, Outcome, TimerAnswer
from necp_replay.events.processes import ProcAdd
from necp_replay.events.syscalls import Close, NecpClientAction, NecpOpen, NecpSessionAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.outcomes.names import StableNames
from necp_replay.tools.select import Selection, parse_selection
from necp_replay.tools.selected import records_to_read, selected_records
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.record_codec import NumberedRecord
from tests.tools.test_select import selections
from tests.trace.traces import Record, trace_of

_ONE, _TWO, _AGENT = (bytes([n]) * 16 for n in (1, 2, 3))


def _call(action: int, client_id: bytes, fd: int = 3) -> NecpClientAction:
    return NecpClientAction(100, fd, action, UserBuffer(client_id, 16), 16)


RECORDS: Final[tuple[Record, ...]] = (
    (Step(ProcAdd(100, "app")), Outcome(0)),  # 1, at 1 s
    (Step(NecpOpen(100)), Outcome(0, 3)),
    (Step(_call(1, b""), (_ONE,)), Outcome(0, 0, ActionBuffers(_ONE, b""))),
    (Step(Now(2_000_000_000)), None),  # 4, at 2 s
    (Step(_call(1, b""), (_TWO,)), Outcome(0, 0, ActionBuffers(_TWO, b""))),
    (Step(_call(4, b"")), Outcome(0, 9, ActionBuffers(_ONE, b"x"), (Wake(100, 3),))),  # 6
    (Step(ForceUpdateClient(_TWO), now_ns=2_500_000_000), Outcome(0)),  # 7, at 2.5 s
    (
        Step(TimerFire()),
        Outcome(answer=TimerAnswer(True), effects=(AgentMessage(_AGENT, 1, _ONE, 0),)),
    ),  # 8
    (Step(Now(1_500_000_000)), None),  # 9, the clock goes back to 1.5 s
    (Step(_call(2, _ONE)), Outcome(2, None, ActionBuffers(_ONE, b""))),  # 10
    (Step(NecpSessionAction(200, 4, 6)), Outcome(22)),  # 11
    (Step(Close(100, 3)), Outcome(0)),  # 12
    (Step(_call(4, _TWO, fd=7)), Outcome(9, None, ActionBuffers(_TWO, b""))),  # 13
)


def _selected(trace: bytes, text: str) -> list[int]:
    with TraceReader(io.BytesIO(trace)) as reader:
        return [record.number for record in selected_records(reader, parse_selection(text))]


@pytest.mark.parametrize("records_per_chunk", [None, 1, 4])
@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2-3,12-", [2, 3, 12, 13]),
        ("-2", [1, 2]),
        ("40-", []),
        ("2 and 5", []),
        ("time 2s-", [4, 5, 6, 7, 8]),
        ("time 1.5s", [9, 10, 11, 12, 13]),
        ("time -1s", [1, 2, 3]),
        ("time 9s", []),
        ("necp_client_action", [3, 5, 6, 10, 13]),
        ("add,copy_result", [3, 5, 6, 13]),
        ("policy_*,n?w", [4, 9, 11]),
        ("close", [12]),
        ("pid 100 and not necp_*", [1, 12]),
        ("pid 200", [11]),
        ("fd 3", [2, 3, 5, 6, 10, 12]),
        ("fd 4,7", [11, 13]),
        ("#1", [3, 6, 8, 10]),
        ("#2", [5, 7, 13]),
        ("#1,#2 and 9-", [10, 13]),
        ("#3", []),
        ("errno ENOENT,22", [10, 11]),
        ("errno any", [10, 11, 13]),
        ("errno ok and pid 100", [1, 2, 3, 5, 6, 12]),
        ("effect wake or effect agent_*", [6, 8]),
        ("not (1-5 or 7-)", [6]),
        ("1 or time 2.5s and timer_fire", [1, 8]),
    ],
)
def test_a_selection_selects(text: str, numbers: list[int], records_per_chunk: int | None) -> None:
    assert _selected(trace_of(RECORDS, flush_after=records_per_chunk), text) == numbers


class _Pipe(io.BytesIO):
    def seekable(self) -> bool:
        return False


@given(selections, st.sampled_from([1, 3, 100]))
def test_a_file_gives_what_a_pipe_gives(selection: Selection, records_per_chunk: int) -> None:
    trace = trace_of(RECORDS, flush_after=records_per_chunk)
    found = []
    for stream in (_Pipe(trace), io.BytesIO(trace)):
        names = StableNames()
        with TraceReader(stream) as reader:
            records = list(selected_records(reader, selection, names))
        last = records[-1].number if records else 0
        known = [uuid for step, _ in RECORDS[:last] for uuid in step.uuids]
        found.append((records, [names.name(uuid) for uuid in known]))
    assert found[0] == found[1]


def test_names_of_ids_count_from_the_first_record_wherever_reading_begins() -> None:
    names = StableNames()
    with TraceReader(io.BytesIO(trace_of(RECORDS, flush_after=1))) as reader:
        assert list(selected_records(reader, parse_selection("5"), names))
    assert names.name(_TWO) == "#2"


def test_no_more_of_a_file_is_read_than_the_selection_needs(tmp_path: Path) -> None:
    path = tmp_path / "a.necptrace"
    path.write_bytes(trace_of(RECORDS, flush_after=1))
    seen: list[int] = []

    def watch(records: Iterator[NumberedRecord]) -> Iterator[NumberedRecord]:
        for record in records:
            seen.append(record[0])
            yield record

    with TraceReader(path) as reader:
        selection = parse_selection("7-8 and time 2s-")
        assert len(list(selected_records(reader, selection, watch=watch))) == 2
        assert records_to_read(reader, selection) == 2
    assert seen == [7, 8, 9]


def test_a_cut_file_gives_the_records_before_the_cut_first() -> None:
    trace = trace_of(RECORDS, flush_after=1)
    with TraceReader(io.BytesIO(trace[:-40])) as reader:
        records = selected_records(reader, parse_selection("1-2"))
        assert [record.number for record in records] == [1, 2]
        assert records_to_read(reader) is None
