"""Writing a trace: what it promises of bytes, memory, files and failures."""

from __future__ import annotations

import dataclasses
import errno
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from necp_replay.errors import TraceError, WriteError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.snapshot import RouteStatsSnapshot, Snapshot
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.trace.header import Header
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter
from tests.trace.traces import HEADER, RECORDS, Record, many_records, records_in, trace_of


def test_records_and_header_come_back_as_they_were() -> None:
    with TraceReader(io.BytesIO(trace_of())) as reader:
        assert reader.header == HEADER
        assert [(step, outcome) for _, step, outcome in reader] == list(RECORDS)


def test_records_are_numbered_from_one_as_they_are_written() -> None:
    with TraceWriter(io.BytesIO(), HEADER) as writer:
        assert [writer.write(*record) for record in RECORDS] == [1, 2, 3, 4, 5, 6]


def test_a_trace_without_records_can_be_read() -> None:
    assert records_in(trace_of([])) == []


def test_the_same_records_give_the_same_bytes() -> None:
    assert trace_of(many_records(5000)) == trace_of(many_records(5000))


def test_the_same_records_give_the_same_bytes_in_another_process() -> None:
    program = (
        "import sys\n"
        "from tests.trace.traces import many_records, trace_of\n"
        "sys.stdout.buffer.write(trace_of(many_records(3000)))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert run.stdout == trace_of(many_records(3000))


def test_chunks_are_written_as_they_fill(tmp_path: Path) -> None:
    path = tmp_path / "a.necptrace"
    with TraceWriter.create(path, HEADER) as writer:
        sizes = set()
        for record in many_records(8000):
            writer.write(*record)
            sizes.add((tmp_path / "a.necptrace.partial").stat().st_size)
    assert len(sizes) > 4


def test_a_file_appears_under_its_name_only_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "a.necptrace"
    with TraceWriter.create(path, HEADER) as writer:
        writer.write(*RECORDS[0])
        assert [each.name for each in tmp_path.iterdir()] == ["a.necptrace.partial"]
    assert [each.name for each in tmp_path.iterdir()] == ["a.necptrace"]
    assert records_in(path.read_bytes()) == [RECORDS[0]]


def test_a_trace_given_up_leaves_what_stood_there_before(tmp_path: Path) -> None:
    path = tmp_path / "a.necptrace"
    path.write_bytes(b"before")
    with pytest.raises(ZeroDivisionError), TraceWriter.create(path, HEADER) as writer:
        writer.write(*RECORDS[0])
        raise ZeroDivisionError
    assert [each.name for each in tmp_path.iterdir()] == ["a.necptrace"]
    assert path.read_bytes() == b"before"


def test_a_trace_given_up_can_be_kept_for_recovery(tmp_path: Path) -> None:
    path = tmp_path / "a.necptrace"
    with (
        pytest.raises(ZeroDivisionError),
        TraceWriter.create(path, HEADER, keep_partial=True) as writer,
    ):
        writer.write(*RECORDS[0])
        raise ZeroDivisionError
    with TraceReader(tmp_path / "a.necptrace.partial") as reader:
        records = iter(reader)
        assert next(records)[1:] == RECORDS[0]
        with pytest.raises(TraceError, match="the closing record is missing"):
            next(records)


def test_a_recording_under_way_is_not_disturbed(tmp_path: Path) -> None:
    path = tmp_path / "a.necptrace"
    with TraceWriter.create(path, HEADER) as writer:
        with pytest.raises(WriteError, match=r"a\.necptrace\.partial: a recording .* under way"):
            TraceWriter.create(path, HEADER)
        writer.write(*RECORDS[0])
    assert records_in(path.read_bytes()) == [RECORDS[0]]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"none/a\.necptrace\.partial: cannot be written"):
        TraceWriter.create(tmp_path / "none" / "a.necptrace", HEADER)


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WriteError, match="cannot be written: Not a directory"):
        TraceWriter.create(tmp_path / "file" / "a.necptrace", HEADER)


class FullDisk(io.RawIOBase):
    """Takes this many bytes, a few at a time, and then no more."""

    def __init__(self, space_bytes: int) -> None:
        self.content = b""
        self.space_bytes = space_bytes

    def write(self, data: object, /) -> int:
        taken = bytes(memoryview(cast(bytes, data))[: min(1000, self.space_bytes)])
        if not taken:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.content += taken
        self.space_bytes -= len(taken)
        return len(taken)


def test_a_full_disk_is_an_error_and_loses_no_complete_chunk() -> None:
    disk = FullDisk(100_000)
    records = many_records(20_000)
    with (
        pytest.raises(WriteError, match="cannot be written: No space left"),
        TraceWriter(cast(BinaryIO, disk), HEADER) as writer,
    ):
        for record in records:
            writer.write(*record)
    found: list[Record] = []
    with TraceReader(io.BytesIO(disk.content)) as reader, pytest.raises(TraceError):
        for _, step, outcome in reader:
            found.append((step, outcome))
    assert len(found) > 2000
    assert found == records[: len(found)]


def test_nothing_follows_what_could_not_be_written() -> None:
    disk = FullDisk(1000)
    writer = TraceWriter(cast(BinaryIO, disk), HEADER)
    with pytest.raises(WriteError):
        for record in many_records(20_000):
            writer.write(*record)
    disk.space_bytes = 1 << 20
    with pytest.raises(WriteError, match="an earlier write failed"):
        writer.close()
    assert len(disk.content) == 1000


def test_a_record_that_cannot_be_written_is_left_out_of_the_trace() -> None:
    stream = io.BytesIO()
    with TraceWriter(stream, HEADER) as writer:
        with pytest.raises(ValueError, match="out of range"):
            writer.write(Step(NecpClientAction(1, 3, -1)))
        assert writer.write(*RECORDS[0]) == 1
    assert records_in(stream.getvalue()) == [RECORDS[0]]


def test_a_closed_trace_takes_no_more_records() -> None:
    writer = TraceWriter(io.BytesIO(), HEADER)
    writer.close()
    writer.close()
    with pytest.raises(WriteError, match="the trace is closed"):
        writer.write(*RECORDS[0])


def large_record(size_bytes: int) -> tuple[Step, Outcome | None]:
    content = os.urandom(1024) * (size_bytes // 1024)
    return Step(NecpClientAction(1, 3, 1, None, 0, UserBuffer(content, len(content)), 0)), None


@pytest.mark.parametrize("size_bytes", [300_000, 600_000, 1_000_000, 2_000_000, 17_000_000])
def test_large_records_are_written_among_small_ones(size_bytes: int) -> None:
    records = [RECORDS[0], large_record(size_bytes), RECORDS[1], RECORDS[2]]
    assert records_in(trace_of(records)) == records


def test_a_record_larger_than_any_chunk_is_refused() -> None:
    with TraceWriter(io.BytesIO(), HEADER) as writer:
        with pytest.raises(ValueError, match=r"a record of 671\d{5} bytes"):
            writer.write(*large_record(64 * 1024 * 1024))
        assert writer.write(*RECORDS[0]) == 1


def test_a_record_of_more_parts_than_a_reader_takes_is_refused() -> None:
    counters = RouteStatsSnapshot("r", tuple(range(1_000_001)))
    snapshot = Snapshot(0, 0, 0, 0, 0, 0, False, (), (), route_statistics=(counters,))
    with TraceWriter(io.BytesIO(), HEADER) as writer:
        with pytest.raises(ValueError, match="more than 1000000 fields"):
            writer.write(RECORDS[0][0], Outcome(answer=snapshot))
        assert writer.write(*RECORDS[0]) == 1


@pytest.mark.parametrize(
    "header",
    [
        dataclasses.replace(HEADER, properties=(("a", "1"), ("a", "2"))),
        Header("r", description="x" * 70_000_000),
        Header("\ud800"),
    ],
)
def test_a_header_that_could_not_be_read_back_is_refused(tmp_path: Path, header: Header) -> None:
    with pytest.raises(ValueError):
        TraceWriter.create(tmp_path / "a.necptrace", header)
    assert list(tmp_path.iterdir()) == []
