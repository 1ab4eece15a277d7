"""Reading a trace: from files and pipes, from any record, and by other tools."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import threading
from pathlib import Path
from typing import BinaryIO

import lz4.frame
import pytest

from necp_replay.errors import TraceError
from necp_replay.trace.bare_decoding import read_every_field
from necp_replay.trace.pb import trace_pb2
from necp_replay.trace.reader import TraceReader, verify_file
from tests.trace.traces import HEADER, RECORDS, many_records, trace_of

MANY = 9000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trace of several chunks."""
    path = tmp_path_factory.mktemp("large") / "large.necptrace"
    path.write_bytes(trace_of(many_records(MANY)))
    return path


def piped(content: bytes) -> BinaryIO:
    """The reading end of a pipe that gives these bytes and ends."""
    reading, writing = os.pipe()

    def write() -> None:
        with open(writing, "wb") as stream:
            stream.write(content)

    threading.Thread(target=write, daemon=True).start()
    return open(reading, "rb")


def test_a_file_can_be_read_again(large: Path) -> None:
    with TraceReader(large) as reader:
        assert [number for number, _, _ in reader] == list(range(1, MANY + 1))
        assert [number for number, _, _ in reader] == list(range(1, MANY + 1))


def test_a_pipe_is_read_without_its_index(large: Path) -> None:
    with piped(large.read_bytes()) as stream, TraceReader(stream) as reader:
        assert [(step, outcome) for _, step, outcome in reader] == many_records(MANY)


def test_a_pipe_is_read_once() -> None:
    with piped(trace_of()) as stream, TraceReader(stream) as reader:
        assert len(list(reader)) == len(RECORDS)
        with pytest.raises(TraceError, match="a pipe can be read only once"):
            list(reader)


def test_the_header_of_a_pipe_is_there_before_its_records() -> None:
    reading, writing = os.pipe()
    content = trace_of(many_records(10))
    with open(reading, "rb", buffering=0) as stream, open(writing, "wb", buffering=0) as rest:
        middle = content.index(b"\x04\x22\x4d\x18", 60)
        rest.write(content[:middle])
        with TraceReader(stream) as reader:
            assert reader.header == HEADER
            rest.write(content[middle:])
            rest.close()
            assert len(list(reader)) == 10


def test_a_pipe_is_read_from_a_record_on(large: Path) -> None:
    with piped(large.read_bytes()) as stream, TraceReader(stream) as reader:
        assert [number for number, _, _ in reader.records(MANY - 1)] == [MANY - 1, MANY]


@pytest.mark.parametrize("first", [1, 2, 1500, 4000, MANY - 1, MANY])
def test_a_file_is_entered_at_any_record(large: Path, first: int) -> None:
    with TraceReader(large) as reader:
        found = list(reader.records(first))
    assert [number for number, _, _ in found] == list(range(first, MANY + 1))
    assert [(step, outcome) for _, step, outcome in found] == many_records(MANY)[first - 1 :]


def test_after_the_last_record_there_is_none(large: Path) -> None:
    with TraceReader(large) as reader:
        assert list(reader.records(MANY + 1)) == []


def test_entering_a_file_does_not_read_what_is_before(large: Path) -> None:
    class Counting(io.FileIO):
        taken_bytes = 0

        def read(self, size: int | None = -1, /) -> bytes:
            content = super().read(size)
            assert content is not None
            Counting.taken_bytes += len(content)
            return content

    with Counting(large) as stream, TraceReader(stream) as reader:
        assert len(list(reader.records(MANY))) == 1
    assert Counting.taken_bytes < large.stat().st_size / 2


def test_the_index_tells_what_the_trace_holds() -> None:
    with TraceReader(io.BytesIO(trace_of(flush_after=2))) as reader:
        index = reader.read_index()
    assert (index.records, index.outcomes, index.uuids) == (6, 5, 1)
    kinds = ["necp_client_action", "close", "necp_open", "now", "timer_fire", "proc_add"]
    assert index.kinds == dict.fromkeys(kinds, 1)
    assert index.clock_range_ns == (1_000_000_000, 2_000_000_000)
    chunks = [index.chunk(position) for position in range(len(index))]
    assert [chunk.first_record for chunk in chunks] == [1, 1, 3, 5]
    clocks = [(chunk.clock_min_ns, chunk.clock_max_ns) for chunk in chunks]
    start, now, fire = 1_000_000_000, 2_000_000_000, 1_500_000_000
    assert clocks == [(start, start), (start, start), (start, now), (fire, fire)]


def test_chunks_say_the_clock_before_their_first_record() -> None:
    with TraceReader(io.BytesIO(trace_of(flush_after=2))) as reader:
        clocks = [chunk.message.clock_ns for chunk in reader.chunks()]
    assert clocks == [1_000_000_000, 1_000_000_000, 1_000_000_000, 2_000_000_000]


def test_reading_the_index_does_not_disturb_the_records(large: Path) -> None:
    with TraceReader(large) as reader:
        records = iter(reader)
        next(records)
        assert reader.read_index().records == MANY
        assert [number for number, _, _ in records] == list(range(2, MANY + 1))


def test_the_index_of_a_pipe_cannot_be_read_first() -> None:
    with (
        piped(trace_of()) as stream,
        TraceReader(stream) as reader,
        pytest.raises(TraceError, match="the index of a pipe is read last"),
    ):
        reader.read_index()


def test_a_trace_may_start_inside_a_file() -> None:
    stream = io.BytesIO(b"something else" + trace_of(many_records(5000)))
    stream.seek(len(b"something else"))
    with TraceReader(stream) as reader:
        assert len(list(reader)) == 5000
        assert next(reader.records(4321))[0] == 4321
        assert reader.read_index().records == 5000


def test_a_file_of_other_bytes_is_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "a.necptrace"
    path.write_bytes(b"PNG" * 100)
    with pytest.raises(TraceError, match=r"a\.necptrace: at byte 0: this is not a trace") as found:
        TraceReader(path)
    assert found.value.hint == "Name a .necptrace file, or a folder of them."


@pytest.mark.parametrize(
    "content", [lz4.frame.compress(b"hello", content_checksum=True), b"\x5e\x2a\x4d\x18\0\0\0\0"]
)
def test_other_lz4_files_are_no_trace(content: bytes) -> None:
    with pytest.raises(TraceError, match="this is not a trace"):
        TraceReader(io.BytesIO(content))


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.necptrace"
    path.touch()
    with pytest.raises(TraceError, match=r"a\.necptrace: at byte 0: the file is empty"):
        TraceReader(path)


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="none: cannot be read: No such file"):
        TraceReader(tmp_path / "none")
    with pytest.raises(TraceError, match="cannot be read: Is a directory"):
        TraceReader(tmp_path)


def test_a_link_to_nothing_is_told_with_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "a.necptrace").symlink_to("../elsewhere.necptrace")
    with pytest.raises(TraceError, match=r"a\.necptrace: cannot be read: No such file") as caught:
        TraceReader(tmp_path / "a.necptrace")
    assert "a link to ../elsewhere.necptrace, which is not there" in caught.value.hint


def test_a_stream_that_was_given_stays_open() -> None:
    stream = io.BytesIO(trace_of())
    with TraceReader(stream) as reader:
        list(reader)
    assert not stream.closed


def test_a_decompressed_trace_is_one_large_chunk() -> None:
    content = decompress_all(trace_of(flush_after=2))
    whole = trace_pb2.Chunk.FromString(content)
    assert len(whole.records) == len(RECORDS)
    assert whole.header.release == HEADER.release


def decompress_all(trace: bytes) -> bytes:
    """What ``lz4 -d`` gives: all frames, skippable ones left out."""
    content = b""
    while trace:
        magic, length = trace[:4], int.from_bytes(trace[4:8], "little")
        if magic == b"\x04\x22\x4d\x18":
            part, used = lz4.frame.decompress(trace, return_bytes_read=True)
            content, trace = content + part, trace[used:]
        else:
            trace = trace[8 + length :]
    return content


LZ4 = shutil.which("lz4")


@pytest.mark.parametrize("command", [[LZ4, "-dc"]] if LZ4 else [])
def test_the_lz4_tool_reads_a_trace(command: list[str]) -> None:
    trace = trace_of(flush_after=2)
    run = subprocess.run(command, input=trace, capture_output=True, check=True)
    assert run.stdout == decompress_all(trace)


def test_every_field_can_be_read_without_building_events(large: Path) -> None:
    assert read_every_field(large) == MANY


def test_a_file_is_verified_without_parsing_records(large: Path) -> None:
    assert verify_file(large) == MANY
