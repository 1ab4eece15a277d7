"""Hashes of states in the file: written, read, counted, and left out where they do not hold."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from necp_replay.events.state_hash import StateHash
from necp_replay.tools.doctor import examine
from necp_replay.trace.pb import trace_pb2
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.recovery import recover
from necp_replay.trace.state_hashes import state_hashes_of, wrong_state_hashes
from necp_replay.trace.writer import TraceWriter
from tests.trace.traces import HEADER, RECORDS

HASHES = {2: StateHash(1, bytes(32)), 5: StateHash(9, b"\xff" * 32)}


def hashed() -> bytes:
    """A trace of three chunks, with hashes in the first and the last."""
    stream = io.BytesIO()
    with TraceWriter(stream, HEADER) as writer:
        for number, (step, outcome) in enumerate(RECORDS, start=1):
            writer.write(step, outcome, HASHES.get(number))
            if number % 2 == 0:
                writer.flush()
    return stream.getvalue()


def hashes_in(reader: TraceReader, first: int = 1) -> dict[int, StateHash]:
    return {
        number: reader.state_hashes[number]
        for number, _, _ in reader.records(first)
        if number in reader.state_hashes
    }


def test_hashes_are_read_with_their_records_and_counted_in_the_index() -> None:
    with TraceReader(io.BytesIO(hashed())) as reader:
        assert hashes_in(reader) == HASHES
        assert hashes_in(reader, first=5) == {5: HASHES[5]}
        assert reader.read_index().state_hashes == 2


def test_a_trace_without_hashes_has_the_bytes_of_older_versions() -> None:
    with TraceReader(io.BytesIO(hashed())) as reader:
        chunks = [chunk.message for chunk in reader.chunks()]
    assert [len(message.state_hashes) for message in chunks] == [0, 1, 0, 1]
    message = trace_pb2.Chunk.FromString(chunks[2].SerializeToString())
    message.ClearField("state_hashes")
    assert message == chunks[2]


def test_appending_records_keeps_hashes_and_their_count(tmp_path: Path) -> None:
    path = tmp_path / "a.necptrace"
    path.write_bytes(hashed())
    with TraceWriter.append(path) as writer:
        writer.write(*RECORDS[0], StateHash(1, bytes(32)))
    with TraceReader(path) as reader:
        assert sorted(hashes_in(reader)) == [2, 5, 7]
        assert reader.read_index().state_hashes == 3


def test_recovering_keeps_hashes_up_to_the_first_gap(tmp_path: Path) -> None:
    whole = hashed()
    with TraceReader(io.BytesIO(whole)) as reader:
        starts = [chunk.offset for chunk in reader.chunks()]
    source, output = tmp_path / "damaged", tmp_path / "recovered"
    source.write_bytes(whole[: starts[2] + 30] + b"\0\0\0\0" + whole[starts[2] + 34 :])
    recover(source, output)
    with TraceReader(output) as reader:
        assert hashes_in(reader) == {2: HASHES[2]}


@pytest.mark.parametrize(
    ("hashes", "kept", "complaint"),
    [
        ([(3, 32)], [3], ""),
        ([(2, 32)], [], "is of record 2, which cannot be here"),
        ([(5, 32)], [], "is of record 5, which cannot be here"),
        ([(4, 32), (3, 32)], [3, 4], "is of record 3, which cannot be here"),
        ([(3, 31)], [], "has 31 bytes, not 32"),
    ],
    ids=["right", "before", "after", "order", "length"],
)
def test_a_wrong_hash_is_left_out_and_reported(
    hashes: list[tuple[int, int]], kept: list[int], complaint: str
) -> None:
    message = trace_pb2.Chunk(first_record=3, record_count=2)
    for record, length in hashes:
        message.state_hashes.add(record=record, form=1, sha256=bytes(length))
    assert sorted(state_hashes_of(message)) == kept
    assert complaint in "".join(wrong_state_hashes(message))
    assert bool(complaint) == bool(list(wrong_state_hashes(message)))


def test_doctor_reports_a_wrong_hash_and_accepts_right_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.necptrace"
    path.write_bytes(hashed())
    assert not [each for each in examine(path).findings.listed if "hash" in each.reason]
    stream = io.BytesIO()
    with TraceWriter(stream, HEADER) as writer:
        writer.write(*RECORDS[0], StateHash(1, b"short"))
    path.write_bytes(stream.getvalue())
    reasons = [each.reason for each in examine(path).findings.listed]
    assert "the hash of a state has 5 bytes, not 32" in reasons
