"""Small traces to take apart: records, and the bytes of a trace that holds them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Final

from necp_replay.events.clock import Now, TimerFire
from necp_replay.events.effects import TimerArmed, Wake
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import ActionBuffers, Outcome, TimerAnswer
from necp_replay.events.processes import ProcAdd
from necp_replay.events.syscalls import Close, NecpClientAction, NecpOpen
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.trace.header import Attachment, Header, OutcomeDetail, SourceKind
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

Record = tuple[Step, Outcome | None]

HEADER: Final = Header(
    release="xnu-1.2.3",
    name="tests/small",
    description="a trace for tests",
    source_kind=SourceKind.VECTORS,
    source="made up",
    outcome_detail=OutcomeDetail.VECTORS,
    properties=(("b", "2"), ("a", "1")),
    attachments=(Attachment("README.md", "text/markdown", b"# Read me\n"),),
)

_CLIENT: Final = bytes(range(16))
RECORDS: Final[tuple[Record, ...]] = (
    (Step(ProcAdd(100, "app", 501)), Outcome(0)),
    (Step(NecpOpen(100)), Outcome(0, 3)),
    (
        Step(
            NecpClientAction(100, 3, 1, UserBuffer(b"", 16), 16, UserBuffer(b"\x01", 64), 5),
            uuids=(_CLIENT,),
        ),
        Outcome(0, 0, ActionBuffers(_CLIENT, b"\x01"), (Wake(100, 3), TimerArmed(5, 6, False))),
    ),
    (Step(Now(2_000_000_000)), None),
    (Step(TimerFire(), now_ns=1_500_000_000), Outcome(answer=TimerAnswer(True))),
    (Step(Close(100, 3)), Outcome(0, effects=(Wake(100, 3),))),
)


def trace_of(
    records: Iterable[Record] = RECORDS, header: Header = HEADER, *, flush_after: int | None = None
) -> bytes:
    """A trace of these records; with ``flush_after`` each chunk has this many."""
    stream = io.BytesIO()
    with TraceWriter(stream, header) as writer:
        for number, record in enumerate(records, start=1):
            writer.write(*record)
            if flush_after is not None and number % flush_after == 0:
                writer.flush()
    return stream.getvalue()


def many_records(count: int) -> list[Record]:
    """Calls that differ, enough of them for several chunks."""
    return [
        (
            Step(
                NecpClientAction(
                    100, 3, 4, UserBuffer(number.to_bytes(16), 16), 16, UserBuffer(b"", 512), 512
                )
            ),
            Outcome(0, number % 99, ActionBuffers(number.to_bytes(16), bytes([number % 251]) * 99)),
        )
        for number in range(count)
    ]


def records_in(trace: bytes) -> list[Record]:
    """All records of a trace."""
    with TraceReader(io.BytesIO(trace)) as reader:
        return [(step, outcome) for _, step, outcome in reader]
