"""`doctor` names what is wrong, where and how serious it is, and finds nothing in intact traces."""

from __future__ import annotations

import dataclasses
import io
import struct
from pathlib import Path
from typing import Any

import pytest

from necp_replay.errors import TraceError
from necp_replay.events.clock import Now
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import (
    ActionBuffers,
    Outcome,
    Panicked,
    Readiness,
    TimerAnswer,
)
from necp_replay.events.processes import ProcAdd
from necp_replay.events.syscalls import Close, FdPoll, NecpClientAction, NecpOpen
from necp_replay.events.user_buffer import Unseen, UserBuffer
from necp_replay.tools.doctor import Examination, examine
from necp_replay.tools.findings import CheckedPart, Severity
from necp_replay.trace import frames
from necp_replay.trace.frames import FrameReader
from necp_replay.trace.header import Attachment, Header, OutcomeDetail
from necp_replay.trace.pb import trace_pb2
from tests.trace.hostile import chunk, field
from tests.trace.traces import HEADER, RECORDS, Record, many_records, trace_of

SOUND = dataclasses.replace(HEADER, release="xnu-4570.51.1")
SMALL = trace_of(header=SOUND, flush_after=2)
STARTS = [f.offset for f in iter(FrameReader(io.BytesIO(SMALL)).read_frame, None)] + [len(SMALL)]
REPOSITORY = Path(__file__).resolve().parent.parent.parent
CLIENT = bytes(range(1, 17))


def examined(tmp_path: Path, trace: bytes) -> Examination:
    path = tmp_path / "a.necptrace"
    path.write_bytes(trace)
    return examine(path)


def findings(tmp_path: Path, trace: bytes) -> list[tuple[str, str, int | None]]:
    """Severity, check and record of everything found."""
    return [
        (finding.severity.value, finding.check.value, finding.record)
        for finding in examined(tmp_path, trace).findings.listed
    ]


def of_records(tmp_path: Path, *records: Record) -> list[tuple[str, str, int | None]]:
    return findings(tmp_path, trace_of(records, SOUND))


def test_a_sound_trace_has_nothing_but_a_clock_that_goes_back(tmp_path: Path) -> None:
    examination = examined(tmp_path, SMALL)
    assert [finding.reason for finding in examination.findings.listed] == [
        "the clock goes back by 500,000,000 ns"
    ]
    assert examination.is_healthy
    assert (examination.records, examination.chunks) == (6, 4)
    assert examination.size_bytes == len(SMALL)


def test_measured_traces_are_sound() -> None:
    traces = sorted((REPOSITORY / "traces" / "measured").rglob("named/*.necptrace"))
    assert len(traces) > 100
    for path in traces:
        examination = examine(path)
        grave = [f for f in examination.findings.listed if f.severity is not Severity.NOTE]
        assert grave == [], path


def test_every_damage_is_an_error(tmp_path: Path) -> None:
    for position in range(len(SMALL)):
        damaged = bytearray(SMALL)
        damaged[position] ^= 1 << position % 8
        assert not examined(tmp_path, bytes(damaged)).is_healthy


def test_every_cut_is_an_error_or_no_trace(tmp_path: Path) -> None:
    for length in range(len(SMALL)):
        try:
            assert not examined(tmp_path, SMALL[:length]).is_healthy
        except TraceError as error:
            assert length < STARTS[1]
            assert error.reason == "this is not a trace"


def test_damage_is_told_with_its_place_and_what_follows_from_it(tmp_path: Path) -> None:
    damaged = SMALL[: STARTS[3] + 30] + bytes(4) + SMALL[STARTS[3] + 34 :]
    found = examined(tmp_path, damaged).findings.listed
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    assert [(finding.check, finding.offset, finding.record) for finding in errors[:3]] == [
        (CheckedPart.DAMAGE, STARTS[3], 3),
        (CheckedPart.ORDER, STARTS[4], 3),
        (CheckedPart.INDEX, STARTS[5], None),
    ]


def test_an_index_that_tells_of_another_trace_is_an_error(tmp_path: Path) -> None:
    other = trace_of([*RECORDS[:5], RECORDS[0]], SOUND, flush_after=2)
    trace = SMALL[: STARTS[5]] + other[STARTS[5] + len(other) - len(SMALL) :]
    reasons = [
        finding.reason
        for finding in examined(tmp_path, trace).findings.listed
        if finding.check is CheckedPart.INDEX
    ]
    assert any(reason.startswith("kinds: the index says {") for reason in reasons)
    assert any(reason.startswith("chunk 4: checksum: the index says") for reason in reasons)


def test_a_missing_closing_record_is_an_error(tmp_path: Path) -> None:
    assert ("error", "closing record", None) in findings(tmp_path, SMALL[: STARTS[5]])


def test_another_trace_after_the_first_is_an_error(tmp_path: Path) -> None:
    assert ("error", "order", 7) in findings(tmp_path, SMALL + SMALL)


def test_content_of_a_newer_kind_is_a_note(tmp_path: Path) -> None:
    extra = frames.skippable_frame(frames.FIRST_SKIPPABLE_MAGIC, b"new")
    found = examined(tmp_path, SMALL[: STARTS[5]] + extra).findings.listed
    assert [(f.severity, f.offset) for f in found if f.check is CheckedPart.CONTENT] == [
        (Severity.NOTE, STARTS[5])
    ]


def test_an_input_of_a_newer_kind_is_an_error_and_the_rest_is_checked(tmp_path: Path) -> None:
    unknown = field(5, field(1000, b"new"))
    newer = field(5, trace_pb2.Record(now={"ns": 5}).SerializeToString() + field(1000, b""))
    content = trace_pb2.Chunk(first_record=1, record_count=2, clock_ns=10**9).SerializeToString()
    trace = SMALL[: STARTS[2]] + chunk(content + unknown + newer)
    found = findings(tmp_path, trace)
    assert ("error", "content", 1) in found
    assert ("note", "content", 2) in found
    assert ("note", "clock", 2) not in found


@pytest.mark.parametrize(
    ("header", "severity", "reason"),
    [
        ({"release": ""}, Severity.WARNING, "names no release"),
        ({"release": "xnu-1"}, Severity.WARNING, "release 'xnu-1' is not modelled"),
        (
            {"outcome_detail": OutcomeDetail.NONE},
            Severity.WARNING,
            "says that no outcome was recorded, but there are some",
        ),
        (
            {"attachments": (Attachment("../a", "", b""),)},
            Severity.ERROR,
            "an attachment is called '../a', which is not a file name",
        ),
        (
            {"name": "\x1b[2J"},
            Severity.WARNING,
            r"name holds control characters: '\x1b[2J'",
        ),
    ],
)
def test_a_header_is_checked(
    tmp_path: Path, header: dict[str, Any], severity: Severity, reason: str
) -> None:
    trace = trace_of(RECORDS[:2], dataclasses.replace(SOUND, **header))
    found = examined(tmp_path, trace).findings.listed
    assert [(finding.severity, finding.reason) for finding in found] == [(severity, reason)]


def test_a_trace_without_records_is_a_warning(tmp_path: Path) -> None:
    trace = trace_of([], Header("xnu-4570.51.1"))
    assert findings(tmp_path, trace) == [("warning", "header", None)]


APP: Record = (Step(ProcAdd(100)), Outcome(0))
OPEN: Record = (Step(NecpOpen(100)), Outcome(0, 3))
IMPOSSIBLE: dict[str, Record] = {
    "a return value beside an error": (Step(NecpOpen(100)), Outcome(2, 3)),
    "an error number that does not exist": (Step(Close(100, 3)), Outcome(1000)),
    "a negative error number": (Step(Close(100, 3)), Outcome(-1)),
    "a return value where there is none": (Step(Close(100, 3)), Outcome(0, 3)),
    "success without a return value": (Step(NecpOpen(100)), Outcome(0)),
    "a call without an error number": (Step(NecpOpen(100)), Outcome()),
    "the clock with an error number": (Step(Now(2_000_000_000)), Outcome(0)),
    "an answer of another kind": (Step(FdPoll(100, 3)), Outcome(0, answer=TimerAnswer(True))),
    "no answer": (Step(FdPoll(100, 3)), Outcome(0)),
    "an answer to what has none": (Step(Close(100, 3)), Outcome(0, answer=Readiness(True))),
    "bytes of a buffer that was not passed": (
        Step(NecpClientAction(100, 3, 5)),
        Outcome(0, 0, ActionBuffers(buffer=b"a")),
    ),
    "more bytes than the buffer has": (
        Step(NecpClientAction(100, 3, 5, buffer=UserBuffer(b"", 4))),
        Outcome(0, 0, ActionBuffers(Unseen.NO_BUFFER, b"12345")),
    ),
    "a buffer that vanished": (
        Step(NecpClientAction(100, 3, 5, buffer=UserBuffer(b"", 4))),
        Outcome(0, 0, ActionBuffers()),
    ),
}


@pytest.mark.parametrize("record", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_impossible_outcomes_are_errors(tmp_path: Path, record: Record) -> None:
    assert of_records(tmp_path, APP, OPEN, record) == [("error", "outcome", 3)]


def test_records_after_a_panic_are_an_error(tmp_path: Path) -> None:
    panic = (Step(Close(100, 3)), Outcome(answer=Panicked()))
    assert of_records(tmp_path, APP, OPEN, panic) == []
    assert of_records(tmp_path, APP, OPEN, panic, APP, APP) == [("error", "outcome", 4)]


def copy_result(client: bytes, errno: int = 0) -> Record:
    answer = ActionBuffers(client, b"")
    call = NecpClientAction(100, 3, 4, UserBuffer(client, 16), 16, UserBuffer(b"", 8), 8)
    return Step(call), Outcome(errno, None if errno else 0, answer)


def test_an_id_used_before_it_exists_is_a_warning_once(tmp_path: Path) -> None:
    records = (APP, OPEN, copy_result(CLIENT), copy_result(CLIENT))
    assert of_records(tmp_path, *records) == [("warning", "ids", 3)]


def test_an_id_that_is_refused_or_exists_is_fine(tmp_path: Path) -> None:
    add = (
        Step(NecpClientAction(100, 3, 1, UserBuffer(b"", 16), 16), uuids=(CLIENT,)),
        Outcome(0, 0, ActionBuffers(CLIENT)),
    )
    records = (APP, OPEN, copy_result(CLIENT, errno=2), add, copy_result(CLIENT))
    assert of_records(tmp_path, *records) == []


def test_an_fd_used_before_it_is_opened_is_a_note_once(tmp_path: Path) -> None:
    poll: Record = (Step(FdPoll(100, 3)), Outcome(0, answer=Readiness(False)))
    assert of_records(tmp_path, APP, poll, poll) == [("note", "fds", 2)]
    assert of_records(tmp_path, APP, (Step(FdPoll(100, 3)), Outcome(9))) == []


def test_an_fd_used_after_it_is_closed_is_a_note(tmp_path: Path) -> None:
    close: Record = (Step(Close(100, 3)), Outcome(0))
    assert of_records(tmp_path, APP, OPEN, close, close) == [("note", "fds", 4)]


def test_a_process_that_was_not_added_is_a_note(tmp_path: Path) -> None:
    assert of_records(tmp_path, OPEN) == [("note", "processes", 1)]


def test_equal_findings_are_listed_up_to_a_limit_and_all_are_counted(tmp_path: Path) -> None:
    found = examined(tmp_path, trace_of(many_records(100), SOUND)).findings
    assert found.by_severity[Severity.WARNING] == 99
    assert found.unlisted == {(Severity.WARNING, CheckedPart.IDS): 79}


@pytest.mark.parametrize("content", [b"", b"something else", struct.pack("<II", 0x184D2A50, 0)])
def test_what_is_no_trace_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(TraceError, match=r"a\.necptrace: at byte 0: this is not a trace"):
        examined(tmp_path, content)
