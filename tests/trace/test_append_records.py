"""Appending to an existing trace: numbers and clock continue, and nothing is rewritten."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from necp_replay.errors import TraceError, WriteError
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.recovery import recover
from necp_replay.trace.writer import TraceWriter
from tests.trace.traces import HEADER, RECORDS, many_records, records_in, trace_of

EXPECTED = list(RECORDS)
FIRST, REST = EXPECTED[:4], EXPECTED[4:]


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "a.necptrace"
    path.write_bytes(trace_of(FIRST, flush_after=2))
    return path


def append_rest(path: Path) -> None:
    with TraceWriter.append(path) as writer:
        for number, record in enumerate(REST, start=len(FIRST) + 1):
            assert writer.write(*record) == number


def test_records_follow_those_that_were_there(trace: Path) -> None:
    append_rest(trace)
    assert records_in(trace.read_bytes()) == EXPECTED
    assert [path.name for path in trace.parent.iterdir()] == ["a.necptrace"]


def test_what_was_there_is_not_rewritten(trace: Path) -> None:
    before = trace.read_bytes()
    append_rest(trace)
    assert trace.read_bytes().startswith(before)


def test_the_clock_goes_on(trace: Path) -> None:
    append_rest(trace)
    with TraceReader(trace) as reader:
        *_, last = reader.chunks()
    assert last.message.clock_ns == 2_000_000_000


def test_the_index_covers_everything(trace: Path) -> None:
    append_rest(trace)
    with TraceReader(trace) as reader, TraceReader(io.BytesIO(trace_of())) as whole:
        index, expected = reader.read_index(), whole.read_index()
        assert reader.verify() == 6
        assert [number for number, _, _ in reader.records(5)] == [5, 6]
    assert (index.records, index.outcomes, index.uuids, index.kinds, index.clock_range_ns) == (
        expected.records,
        expected.outcomes,
        expected.uuids,
        expected.kinds,
        expected.clock_range_ns,
    )


def test_appending_can_be_repeated(trace: Path) -> None:
    records = list(FIRST)
    for count in range(1, 5):
        more = many_records(count)
        with TraceWriter.append(trace) as writer:
            for record in more:
                writer.write(*record)
        records += more
    assert records_in(trace.read_bytes()) == records


def test_an_interrupted_recording_is_continued(tmp_path: Path) -> None:
    partial = tmp_path / "a.necptrace.partial"
    whole = trace_of(FIRST, flush_after=2)
    with TraceReader(io.BytesIO(whole)) as reader:
        *_, last = reader.chunks()
        index_offset = whole.rindex(b"\x5f\x2a\x4d\x18")
        assert index_offset > last.offset
    partial.write_bytes(whole[:index_offset])
    append_rest(partial)
    assert [path.name for path in tmp_path.iterdir()] == ["a.necptrace"]
    assert records_in((tmp_path / "a.necptrace").read_bytes()) == EXPECTED


def test_a_recovered_trace_is_continued(trace: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.necptrace"
    cut.write_bytes(trace.read_bytes()[:-70])
    recover(cut, tmp_path / "b.necptrace")
    with TraceWriter.append(tmp_path / "b.necptrace") as writer:
        number = writer.write(*REST[0])
    records = records_in((tmp_path / "b.necptrace").read_bytes())
    assert len(records) == number
    assert records == [*FIRST[: number - 1], REST[0]]


def test_given_up_it_is_as_it_was_before(trace: Path) -> None:
    before = trace.read_bytes()
    with pytest.raises(ZeroDivisionError), TraceWriter.append(trace) as writer:
        writer.write(*REST[0])
        writer.flush()
        raise ZeroDivisionError
    assert trace.read_bytes() == before
    assert [path.name for path in trace.parent.iterdir()] == ["a.necptrace"]


def test_a_partial_one_given_up_is_as_it_was_before(trace: Path) -> None:
    partial = trace.rename(trace.with_name("a.necptrace.partial"))
    before = partial.read_bytes()
    with pytest.raises(ZeroDivisionError), TraceWriter.append(partial) as writer:
        writer.write(*REST[0])
        writer.flush()
        raise ZeroDivisionError
    assert partial.read_bytes() == before
    assert [path.name for path in trace.parent.iterdir()] == ["a.necptrace.partial"]


def test_given_up_it_can_be_kept_for_recovery(trace: Path, tmp_path: Path) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        TraceWriter.append(trace, keep_partial=True) as writer,
    ):
        writer.write(*REST[0])
        raise ZeroDivisionError
    assert [path.name for path in trace.parent.iterdir()] == ["a.necptrace.partial"]
    recovery = recover(tmp_path / "a.necptrace.partial", trace)
    assert recovery.is_lossless
    assert records_in(trace.read_bytes()) == [*FIRST, REST[0]]


def test_no_other_program_writes_there_in_the_meantime(trace: Path) -> None:
    with TraceWriter.append(trace) as writer:
        with pytest.raises(WriteError, match="under way"):
            TraceWriter.create(trace, HEADER)
        writer.write(*REST[0])


def test_a_name_that_is_taken_is_left_alone(trace: Path) -> None:
    partial = trace.with_name("a.necptrace.partial")
    partial.write_bytes(b"somebody's")
    with pytest.raises(WriteError, match="under way"):
        TraceWriter.append(trace)
    assert partial.read_bytes() == b"somebody's"
    assert records_in(trace.read_bytes()) == FIRST


@pytest.mark.parametrize("position", [30, 200, 300])
def test_a_damaged_trace_is_to_be_recovered_first(trace: Path, position: int) -> None:
    damaged = bytearray(trace.read_bytes())
    damaged[position] ^= 1
    trace.write_bytes(damaged)
    with pytest.raises(TraceError, match=r"a\.necptrace: at byte"):
        TraceWriter.append(trace)
    assert trace.read_bytes() == damaged


def test_a_torn_end_is_to_be_recovered_first(trace: Path) -> None:
    trace.write_bytes(trace.read_bytes()[:-130])
    with pytest.raises(TraceError, match="cut short") as caught:
        TraceWriter.append(trace)
    assert "necp-replay recover" in caught.value.hint


def test_a_trace_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=r"none\.necptrace: cannot be read"):
        TraceWriter.append(tmp_path / "none.necptrace")
