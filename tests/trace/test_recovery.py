"""Recovering a damaged trace: all that is intact is kept, and what is lost is told exactly."""

from __future__ import annotations

import io
import random
import re
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from necp_replay.errors import TraceError, WriteError
from necp_replay.events.clock import Now
from necp_replay.events.inputs import Step
from necp_replay.events.syscalls import FdPoll, NecpClientAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.tools.doctor import examine
from necp_replay.trace import frames
from necp_replay.trace.frames import FrameReader
from necp_replay.trace.header import Attachment, Header
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.recovery import Gap, Recovery, recover
from tests.trace.hostile import chunk
from tests.trace.traces import HEADER, RECORDS, Record, many_records, records_in, trace_of

SMALL = trace_of(flush_after=2)
EXPECTED = list(RECORDS)
FRAMES = list(iter(FrameReader(io.BytesIO(SMALL)).read_frame, None))
STARTS = [frame.offset for frame in FRAMES] + [len(SMALL)]
"""Opening, header, three chunks of two records, index."""


def recovered(tmp_path: Path, damaged: bytes, *, release: str = "") -> tuple[Recovery, bytes]:
    source, output = tmp_path / "damaged", tmp_path / "recovered"
    source.write_bytes(damaged)
    output.unlink(missing_ok=True)
    recovery = recover(source, output, release=release)
    assert source.read_bytes() == damaged
    assert sorted(path.name for path in tmp_path.iterdir()) == ["damaged", "recovered"]
    return recovery, output.read_bytes()


def opening_of_format(number: int) -> bytes:
    content = struct.pack("<10sH", frames.OPENING_TAG, number)
    crc = struct.pack("<I", zlib.crc32(content))
    return frames.skippable_frame(frames.OPENING_MAGIC, content + crc)


def overwritten(position: int, size: int = 4) -> bytes:
    return SMALL[:position] + bytes(size) + SMALL[position + size :]


def test_an_intact_trace_comes_out_byte_for_byte(tmp_path: Path) -> None:
    recovery, trace = recovered(tmp_path, SMALL)
    assert trace == SMALL
    assert recovery.is_lossless
    assert not recovery.is_index_rebuilt
    assert (recovery.records, recovery.chunks) == (6, 4)


@pytest.mark.parametrize("missing", [1, 7, 8, 19, 20, 60])
def test_a_trace_without_its_index_loses_no_record(tmp_path: Path, missing: int) -> None:
    recovery, trace = recovered(tmp_path, SMALL[:-missing])
    assert trace == SMALL
    assert recovery.is_lossless
    assert recovery.is_index_rebuilt


@pytest.mark.parametrize("position", [0, 3, 5, 9, 20, 23])
def test_a_lost_opening_frame_is_written_again(tmp_path: Path, position: int) -> None:
    damaged = bytearray(SMALL)
    damaged[position] ^= 0x40
    recovery, trace = recovered(tmp_path, bytes(damaged))
    assert trace == SMALL
    assert recovery.is_lossless


def test_a_cut_anywhere_keeps_every_complete_chunk(tmp_path: Path) -> None:
    for length in range(STARTS[2], len(SMALL)):
        recovery, trace = recovered(tmp_path, SMALL[:length])
        complete = sum(start <= length for start in STARTS[3:6])
        assert records_in(trace) == EXPECTED[: 2 * complete]
        assert recovery.is_lossless == (length in STARTS or length >= STARTS[5] + 4)
        if not recovery.is_lossless:
            assert recovery.gaps == [Gap(2 * complete + 1, None)]
            assert [(loss.offset, loss.length) for loss in recovery.losses] == [
                (STARTS[2 + complete], length - STARTS[2 + complete])
            ]


def test_a_damaged_chunk_is_left_out_and_its_records_named(tmp_path: Path) -> None:
    recovery, trace = recovered(tmp_path, overwritten(STARTS[3] + 30))
    assert records_in(trace) == EXPECTED[:2] + EXPECTED[4:]
    assert recovery.gaps == [Gap(3, 4)]
    [loss] = recovery.losses
    assert (loss.offset, loss.length) == (STARTS[3], STARTS[4] - STARTS[3])
    assert (recovery.lost_records, recovery.lost_bytes) == (2, loss.length)
    assert not recovery.is_lossless
    with TraceReader(io.BytesIO(trace)) as reader:
        assert dict(reader.header.properties) == {
            **dict(HEADER.properties),
            "recovery.lost_records": "3-4",
            "recovery.lost_bytes": str(loss.length),
        }


def test_any_flipped_bit_loses_at_most_its_chunk(tmp_path: Path) -> None:
    for position in range(STARTS[2], len(SMALL), 3):
        damaged = bytearray(SMALL)
        damaged[position] ^= 1 << position % 8
        recovery, trace = recovered(tmp_path, bytes(damaged))
        hit = sum(start <= position for start in STARTS) - 3
        kept = [record for number, record in enumerate(EXPECTED) if number // 2 != hit]
        assert records_in(trace) == kept
        if hit == 3:
            assert not recovery.gaps
        else:
            assert recovery.gaps == [Gap(2 * hit + 1, 2 * hit + 2)]


def test_the_index_tells_of_chunks_lost_at_the_end(tmp_path: Path) -> None:
    recovery, trace = recovered(tmp_path, SMALL[: STARTS[4]] + SMALL[STARTS[5] :])
    assert records_in(trace) == EXPECTED[:4]
    assert recovery.gaps == [Gap(5, 6)]
    assert not recovery.is_tail_unknown


def test_bytes_between_chunks_are_left_out_and_nothing_else(tmp_path: Path) -> None:
    alien = b"\x04\x22\x4d\x18" * 9
    recovery, trace = recovered(tmp_path, SMALL[: STARTS[3]] + alien + SMALL[STARTS[3] :])
    assert records_in(trace) == EXPECTED
    assert not recovery.gaps
    assert [(loss.offset, loss.length) for loss in recovery.losses] == [(STARTS[3], len(alien))]


def test_a_lost_header_leaves_the_records(tmp_path: Path) -> None:
    recovery, trace = recovered(tmp_path, overwritten(STARTS[1] + 30), release="xnu-1.2.3")
    assert recovery.is_header_lost
    assert not recovery.is_lossless
    assert records_in(trace) == EXPECTED
    with TraceReader(io.BytesIO(trace)) as reader:
        assert reader.header.release == "xnu-1.2.3"
        assert dict(reader.header.properties)["recovery.lost_header"] == "true"


def test_a_chunk_in_the_wrong_place_is_left_out(tmp_path: Path) -> None:
    again = SMALL[STARTS[2] : STARTS[3]]
    recovery, trace = recovered(tmp_path, SMALL[: STARTS[4]] + again + SMALL[STARTS[4] :])
    assert records_in(trace) == EXPECTED
    assert [loss.reason for loss in recovery.losses] == ["records 1 to 2 stand where 5 should"]


def test_a_second_trace_in_the_file_is_left_out(tmp_path: Path) -> None:
    recovery, trace = recovered(tmp_path, SMALL + SMALL)
    assert trace != SMALL
    assert records_in(trace) == EXPECTED
    [loss] = recovery.losses
    assert (loss.offset, loss.length) == (len(SMALL), len(SMALL))


def test_a_trace_within_the_trace_does_not_become_part_of_it(tmp_path: Path) -> None:
    chances = random.Random(3)
    contents = [UserBuffer(chances.randbytes(100_000), 100_000) for _ in range(3)]
    records: list[Record] = [
        (Step(NecpClientAction(1, 3, 1, buffer=each)), None) for each in contents
    ]
    alien = trace_of(records, flush_after=1)
    alien_frames = list(iter(FrameReader(io.BytesIO(alien)).read_frame, None))
    attachment = Attachment("other.necptrace", "application/octet-stream", alien)
    trace = trace_of(header=Header("r", attachments=(attachment,)), flush_after=2)
    position = trace.index(b"other.necptrace")
    damaged = trace[:position] + b"\0" + trace[position + 1 :]
    assert alien_frames[3].data in damaged
    recovery, found = recovered(tmp_path, damaged)
    assert recovery.is_header_lost
    assert records_in(found) == EXPECTED


def test_a_chunk_inside_a_damaged_skippable_frame_is_recovered(tmp_path: Path) -> None:
    swallowed = STARTS[4] - STARTS[3]
    grown = struct.pack("<II", frames.FIRST_SKIPPABLE_MAGIC, 8 + swallowed) + bytes(8)
    recovery, trace = recovered(tmp_path, SMALL[: STARTS[3]] + grown + SMALL[STARTS[3] :])
    assert records_in(trace) == EXPECTED
    assert [(loss.offset, loss.length) for loss in recovery.losses] == [(STARTS[3], len(grown))]


def test_skippable_frames_are_kept(tmp_path: Path) -> None:
    extra = frames.skippable_frame(frames.FIRST_SKIPPABLE_MAGIC, b"from the future")
    recovery, trace = recovered(tmp_path, SMALL[: STARTS[3]] + extra + SMALL[STARTS[3] :])
    assert extra in trace
    assert records_in(trace) == EXPECTED
    assert recovery.is_lossless


@pytest.mark.parametrize(
    ("damaged", "reason"),
    [
        (b"", "no intact part of a trace"),
        (b"no trace at all", "no intact part of a trace"),
        (SMALL[: STARTS[1] + 10], "no intact part of a trace"),
        (opening_of_format(99) + SMALL[STARTS[1] :], "format 99 of traces is not known"),
    ],
    ids=["empty", "something else", "cut in the header", "a newer format"],
)
def test_what_cannot_be_recovered_is_refused(tmp_path: Path, damaged: bytes, reason: str) -> None:
    source = tmp_path / "damaged"
    source.write_bytes(damaged)
    with pytest.raises(TraceError, match=f"damaged.*{reason}"):
        recover(source, tmp_path / "recovered")
    assert [path.name for path in tmp_path.iterdir()] == ["damaged"]


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    source = tmp_path / "a.necptrace"
    source.write_bytes(SMALL)
    with pytest.raises(WriteError, match="exists already"):
        recover(source, source)
    assert source.read_bytes() == SMALL


def test_an_interrupted_recording_is_recovered_to_its_own_name(tmp_path: Path) -> None:
    partial = tmp_path / "a.necptrace.partial"
    partial.write_bytes(SMALL[: STARTS[5]])
    recover(partial, tmp_path / "a.necptrace")
    assert (tmp_path / "a.necptrace").read_bytes() == SMALL
    assert partial.exists()


def test_recovering_twice_tells_both_losses(tmp_path: Path) -> None:
    _, once = recovered(tmp_path, overwritten(STARTS[3] + 30))
    starts = [match.start() for match in re.finditer(b"\x04\x22\x4d\x18", once)]
    again = once[: starts[1] + 30] + bytes(4) + once[starts[1] + 34 :]
    _, twice = recovered(tmp_path, again)
    with TraceReader(io.BytesIO(twice)) as reader:
        assert dict(reader.header.properties)["recovery.lost_records"] == "3-4; then 1-2"
    assert records_in(twice) == EXPECTED[4:]


def test_damage_in_a_larger_trace_costs_one_chunk_each(tmp_path: Path) -> None:
    records = many_records(9000)
    trace = trace_of(records)
    chances = random.Random(9)
    for _ in range(5):
        damaged = bytearray(trace)
        damaged[chances.randrange(1000, len(trace) - 200)] ^= 0x10
        recovery, found = recovered(tmp_path, bytes(damaged))
        [gap] = recovery.gaps
        assert gap.last is not None
        kept: list[Record] = records[: gap.first - 1] + records[gap.last :]
        assert records_in(found) == kept
        assert recovery.lost_records < 2000


def test_a_file_full_of_false_frames_takes_bounded_time(tmp_path: Path) -> None:
    # Each magic starts a frame that declares much and reaches far into the others.
    false = struct.pack("<II", frames.INDEX_MAGIC, 1 << 19)
    hostile = false * 200_000
    recovery, trace = recovered(tmp_path, SMALL[: STARTS[5]] + hostile)
    assert records_in(trace) == EXPECTED
    assert "too many places look like frames" in recovery.losses[0].reason


def test_a_decompression_bomb_is_skipped(tmp_path: Path) -> None:
    bomb = chunk(bytes(60 * 1024 * 1024))
    recovery, trace = recovered(tmp_path, SMALL[: STARTS[3]] + bomb + SMALL[STARTS[3] :])
    assert records_in(trace) == EXPECTED
    assert recovery.lost_bytes == len(bomb)


def test_records_keep_their_time_after_a_gap(tmp_path: Path) -> None:
    poll = Step(FdPoll(100, 3))
    written: list[Record] = [(Step(Now(2_000_000_000)), None), (poll, None), (poll, None)]
    trace = trace_of(written, flush_after=1)
    starts = [frame.offset for frame in iter(FrameReader(io.BytesIO(trace)).read_frame, None)]
    _, kept = recovered(tmp_path, trace[: starts[2]] + trace[starts[3] :])
    assert records_in(kept) == [(replace(poll, now_ns=2_000_000_000), None), (poll, None)]
    assert examine(tmp_path / "recovered").is_healthy
