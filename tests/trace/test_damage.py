"""Damaged and hostile traces: one clear error for any bytes, in bounded memory and time."""

from __future__ import annotations

import io
import itertools
import random
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import lz4.frame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.errors import TraceError
from necp_replay.trace import frames
from necp_replay.trace.header import FORMAT, MEANING
from necp_replay.trace.pb import trace_pb2
from necp_replay.trace.reader import TraceReader
from tests.examples import examples
from tests.trace.hostile import BOMBS, CONTENT, OPENING, START, chunk, field, header_chunk
from tests.trace.traces import RECORDS, Record, many_records, trace_of

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SMALL = trace_of(flush_after=2)
EXPECTED = list(RECORDS)


def read(trace: bytes) -> tuple[list[Record], TraceError | None]:
    """The records before the damage, and the error that names it."""
    found: list[Record] = []
    try:
        with TraceReader(io.BytesIO(trace)) as reader:
            for _, step, outcome in reader:
                found.append((step, outcome))
    except TraceError as error:
        return found, error
    return found, None


def assert_damage_is_found(trace: bytes) -> None:
    found, error = read(trace)
    assert error is not None
    assert error.offset is not None
    assert 0 <= error.offset <= len(trace)
    assert error.reason
    assert error.hint
    assert found == EXPECTED[: len(found)]


def test_a_trace_cut_anywhere_is_read_up_to_the_cut() -> None:
    for length in range(len(SMALL)):
        assert_damage_is_found(SMALL[:length])


def test_chunks_before_a_cut_are_read() -> None:
    starts = [frame.offset for frame in all_frames(SMALL)]
    assert [len(read(SMALL[: start + 1])[0]) for start in starts[2:]] == [0, 2, 4, 6]


@pytest.mark.parametrize("bit", range(8))
def test_a_flip_of_any_bit_is_found(bit: int) -> None:
    for position in range(len(SMALL)):
        damaged = bytearray(SMALL)
        damaged[position] ^= 1 << bit
        assert_damage_is_found(bytes(damaged))


@given(st.integers(0, len(SMALL) - 1), st.binary(min_size=1, max_size=16))
def test_overwritten_bytes_are_found(position: int, content: bytes) -> None:
    damaged = SMALL[:position] + content + SMALL[position + len(content) :]
    if damaged != SMALL:
        assert_damage_is_found(damaged)


@given(st.integers(0, len(SMALL)), st.binary(min_size=1, max_size=40))
def test_inserted_bytes_are_found(position: int, content: bytes) -> None:
    assert_damage_is_found(SMALL[:position] + content + SMALL[position:])


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_read_or_refused(content: bytes, is_opened: bool) -> None:
    _, error = read((frames.opening_frame() if is_opened else b"") + content)
    assert error is not None


def test_damage_in_a_larger_trace_is_found() -> None:
    trace = trace_of(many_records(9000))
    records = many_records(9000)
    chances = random.Random(20)
    for _ in range(examples(15, thorough=150)):
        damaged = bytearray(trace)
        damaged[chances.randrange(len(trace))] ^= 1 << chances.randrange(8)
        found, error = read(bytes(damaged))
        assert error is not None
        assert found == records[: len(found)]


def all_frames(trace: bytes) -> list[frames.Frame]:
    reader = frames.FrameReader(io.BytesIO(trace))
    return list(iter(reader.read_frame, None))


def bytes_of(trace: bytes) -> list[bytes]:
    """The frames of a trace as they lie in it."""
    starts = [frame.offset for frame in all_frames(trace)] + [len(trace)]
    return [trace[start:end] for start, end in itertools.pairwise(starts)]


def rearranged(*order: int) -> bytes:
    parts = bytes_of(SMALL)
    return b"".join(parts[position] for position in order)


def without(position: int) -> bytes:
    return rearranged(*[each for each in range(len(bytes_of(SMALL))) if each != position])


REARRANGED = {
    "no opening": (without(0), "this is not a trace"),
    "no header": (without(1), "the first chunk has no header"),
    "first records gone": (without(2), "record 1 should come next, not 3"),
    "middle records gone": (without(3), "record 3 should come next, not 5"),
    "last records gone": (without(4), "the index does not belong to these chunks"),
    "index gone": (without(5), "the closing record is missing"),
    "two chunks change places": (rearranged(0, 1, 3, 2, 4, 5), "record 1 should come next, not 3"),
    "a chunk twice": (rearranged(0, 1, 2, 3, 3, 4, 5), "record 5 should come next, not 3"),
    "the header twice": (rearranged(0, 1, 1, 2, 3, 4, 5), "a header inside the trace"),
    "only a header": (rearranged(0, 1), "the closing record is missing"),
    "index before the header": (rearranged(0, 5, 1), "the trace has no header"),
    "index before the records": (rearranged(0, 1, 5, 2, 3, 4), "the index does not belong"),
    "index twice and records between": (rearranged(0, 1, 2, 5, 3, 4, 5), "does not belong"),
    "two traces in a row": (SMALL + SMALL, "another trace begins here"),
    "bytes after the end": (SMALL + b"\0", "the file is cut short"),
    "more bytes after the end": (SMALL + bytes(8), "no frame starts here"),
}


@pytest.mark.parametrize(("trace", "reason"), REARRANGED.values(), ids=REARRANGED)
def test_frames_in_another_order_are_found(trace: bytes, reason: str) -> None:
    _, error = read(trace)
    assert error is not None
    assert reason in error.reason


def test_the_chunks_of_another_trace_are_found() -> None:
    parts = bytes_of(SMALL)
    parts[3] = bytes_of(trace_of([*EXPECTED[:2], *EXPECTED[1:3], *EXPECTED[4:]], flush_after=2))[3]
    _, error = read(b"".join(parts))
    assert error is not None
    assert "the index does not belong to these chunks" in error.reason


def test_unknown_skippable_frames_are_skipped() -> None:
    parts = bytes_of(SMALL)
    extra = frames.skippable_frame(frames.FIRST_SKIPPABLE_MAGIC, b"from the future")
    opening, header = parts[:2]
    assert read(opening + extra + header) != (EXPECTED, None)
    with TraceReader(io.BytesIO(opening + extra + header)) as reader:
        assert reader.header.release == "xnu-1.2.3"


def test_an_index_that_was_continued_is_followed_by_another() -> None:
    first = trace_of(EXPECTED[:2], flush_after=2)
    rest = bytes_of(SMALL)[3:5]
    # The second index has the places of the chunks as they are now, after the first one.
    index = trace_pb2.Index.FromString(frames.index_of(all_frames(SMALL)[-1]))
    shift = len(bytes_of(first)[-1])
    index.offsets[2:] = [offset + shift for offset in index.offsets[2:]]
    continued = first + b"".join(rest) + frames.index_frame(index.SerializeToString())
    assert read(continued) == (EXPECTED, None)


def opening_of_format(number: int) -> bytes:
    content = struct.pack("<10sH", frames.OPENING_TAG, number)
    crc = zlib.crc32(content)
    return frames.skippable_frame(frames.OPENING_MAGIC, content + struct.pack("<I", crc))


HEADERS = {
    "a newer format": (opening_of_format(FORMAT + 1), f"format {FORMAT + 1} of traces"),
    "a newer format in the header": (
        OPENING + header_chunk(format=FORMAT + 1),
        f"format {FORMAT + 1} of traces is not known",
    ),
    "format 0": (OPENING + header_chunk(format=0), "format 0 of traces is not known"),
    "a newer meaning": (
        OPENING + header_chunk(meaning=MEANING + 1),
        f"meaning {MEANING + 1} of records is not known",
    ),
    "a required feature": (
        OPENING + header_chunk(required_features=["time travel"]),
        "requires what is not known: ['time travel']",
    ),
    "an unknown kind of source": (OPENING + header_chunk(source_kind=99), "SourceKind 99"),
    "an unknown detail": (OPENING + header_chunk(outcome_detail=99), "OutcomeDetail 99"),
}


@pytest.mark.parametrize(("trace", "reason"), HEADERS.values(), ids=HEADERS)
def test_a_trace_of_a_newer_kind_is_refused_with_a_hint(trace: bytes, reason: str) -> None:
    _, error = read(trace)
    assert error is not None
    assert reason in error.reason
    assert "newer version" in error.hint


def test_optional_content_of_a_newer_kind_is_skipped() -> None:
    unknown_field = b"\xfa\x3f\x03new"
    trace = OPENING + chunk(
        trace_pb2.Chunk.FromString(lz4.frame.decompress(header_chunk())).SerializeToString()
        + unknown_field
    )
    with TraceReader(io.BytesIO(trace)) as reader:
        assert reader.header.meaning == MEANING


def test_decompression_bombs_are_refused_in_bounded_memory() -> None:
    command = [sys.executable, "-m", "tests.trace.hostile"]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY)
    *refusals, peak_mib = run.stdout.splitlines()
    assert len(refusals) == len(BOMBS)
    assert [line for line in refusals if f": at byte {len(START)}: " not in line] == []
    assert int(peak_mib) < 300


FRAMES = {
    "no content size": chunk(CONTENT, store_size=False),
    "no checksum": chunk(CONTENT, content_checksum=False),
    "no block checksums": chunk(CONTENT, block_checksum=False),
    "no content": chunk(b""),
    "no message": chunk(b"\xff\xff\xff\xff"),
    "a count that is too high": chunk(
        trace_pb2.Chunk(first_record=1, record_count=1).SerializeToString()
    ),
    "a count that is too low": chunk(
        trace_pb2.Chunk(first_record=1, records=[trace_pb2.Record(now={})]).SerializeToString()
    ),
    "a string that is no UTF-8": chunk(CONTENT + field(5, field(21, field(2, b"\xff")))),
    "an old kind of frame": b"\x02\x21\x4c\x18" + bytes(20),
    "an index without a tag": frames.skippable_frame(frames.INDEX_MAGIC, bytes(40)),
    "an index that is no message": frames.index_frame(b"\xff\xff"),
    "an index whose columns differ": frames.index_frame(
        trace_pb2.Index(offsets=[1, 2], first_records=[1]).SerializeToString()
    ),
    "an index that counts other records": frames.index_frame(
        trace_pb2.Index(records=5).SerializeToString()
    ),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_a_frame_of_another_kind_is_refused(frame: bytes) -> None:
    found, error = read(START + frame)
    assert not found
    assert error is not None
    assert error.offset == len(START)


@pytest.mark.parametrize("after", range(4))
@pytest.mark.parametrize("method", ["read", "seek"])
def test_a_read_error_of_the_medium_is_a_trace_error(method: str, after: int) -> None:
    class Failing(io.BytesIO):
        calls = 0

    def fail(self: Failing, *arguments: Any) -> Any:
        Failing.calls += 1
        if Failing.calls > after:
            raise OSError(5, "Input/output error")
        return getattr(io.BytesIO, method)(self, *arguments)

    setattr(Failing, method, fail)
    with pytest.raises(TraceError, match="cannot be read: Input/output error"):
        with TraceReader(Failing(SMALL)) as reader:
            list(reader)
            reader.read_index()
            list(reader.records(5))
        list(TraceReader(Failing(SMALL)))


def test_a_damaged_chunk_is_found_when_a_file_is_only_verified() -> None:
    for position in range(0, len(SMALL), 3):
        damaged = bytearray(SMALL)
        damaged[position] ^= 4
        with pytest.raises(TraceError), TraceReader(io.BytesIO(damaged)) as reader:
            reader.verify()


@pytest.mark.parametrize("trace", [rearranged(0, 1, 3, 2, 4, 5), without(4), without(5)])
def test_missing_chunks_are_found_when_a_file_is_only_verified(trace: bytes) -> None:
    with TraceReader(io.BytesIO(trace)) as reader, pytest.raises(TraceError):
        reader.verify()


def test_a_file_entered_at_a_record_is_checked_like_a_whole_one() -> None:
    with (
        TraceReader(io.BytesIO(rearranged(0, 1, 2, 4, 3, 5))) as reader,
        pytest.raises(TraceError, match="no frame starts here"),
    ):
        list(reader.records(5))
