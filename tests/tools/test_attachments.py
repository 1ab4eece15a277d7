"""A trace with more attachments is the same trace."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from necp_replay.errors import TraceError
from necp_replay.tools.attachments import attach
from necp_replay.trace.frames import (
    FrameReader,
    chunk_frame,
    index_frame,
    opening_frame,
    skippable_frame,
)
from necp_replay.trace.header import Attachment, encode_header
from necp_replay.trace.index import IndexBuilder
from necp_replay.trace.pb import trace_pb2
from necp_replay.trace.reader import TraceReader, parse_chunk
from necp_replay.trace.resume import chunk_entry
from tests.trace.traces import HEADER, RECORDS, records_in, trace_of

README = Attachment("more.md", "text/markdown", b"# More\n")
OPTIONAL = skippable_frame(0x184D2A50, b"from a newer version")


def with_more(tmp_path: Path, trace: bytes) -> bytes:
    source, output = tmp_path / "a.necptrace", tmp_path / "b.necptrace"
    source.write_bytes(trace)
    assert attach(source, [README], output) == len(HEADER.attachments) + 1
    return output.read_bytes()


def in_one_chunk() -> bytes:
    """A trace with records in the chunk of its header, and optional content after them."""
    with TraceReader(io.BytesIO(trace_of())) as reader:
        records = [record for chunk in reader.chunks() for record in chunk.message.records]
    message = trace_pb2.Chunk(first_record=1, record_count=len(records), clock_ns=1_000_000_000)
    message.header.MergeFromString(encode_header(HEADER))
    message.records.extend(records)
    begin = opening_frame() + chunk_frame(message.SerializeToString())
    frames = list(iter(FrameReader(io.BytesIO(begin)).read_frame, None))
    chunk = parse_chunk(frames[1])
    index = IndexBuilder()
    index.count_messages(message)
    index.add_chunk(chunk_entry(chunk, chunk.offset, chunk.checksum))
    return begin + OPTIONAL + index_frame(index.encode(len(records)))


def test_header_and_records_stay_as_they_are(tmp_path: Path) -> None:
    expected = replace(HEADER, attachments=(*HEADER.attachments, README))
    assert with_more(tmp_path, trace_of(flush_after=2)) == trace_of(header=expected, flush_after=2)


def test_records_next_to_the_header_and_optional_content_stay(tmp_path: Path) -> None:
    trace = with_more(tmp_path, in_one_chunk())
    assert records_in(trace) == list(RECORDS)
    assert OPTIONAL in trace


def test_nothing_is_attached_to_a_damaged_trace(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=r"cut short|closing record"):
        with_more(tmp_path, trace_of()[:-20])
    assert not (tmp_path / "b.necptrace").exists()
