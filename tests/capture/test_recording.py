"""Recordings: what is read of them, whole and damaged."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from necp_replay.capture.environment import SystemEnvironment
from necp_replay.capture.recording import CallRecording, RecordedCall
from necp_replay.capture.trace import write_trace
from necp_replay.errors import NecpReplayError, TraceError
from necp_replay.trace.reader import TraceReader
from tests.capture.recordings import CALLS, write_recording
from tests.examples import examples


def calls_of(path: Path) -> list[RecordedCall]:
    with CallRecording(path) as recording:
        return list(recording.calls())


def test_calls_are_read_in_the_order_in_which_they_began(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    write_recording(path, [CALLS[0], CALLS[2], CALLS[1], *CALLS[3:]], lost=4)
    found = calls_of(path)
    assert [each.kind for each in found] == [each.kind for each in CALLS]
    # What did not change is what stood there before.
    assert found[2].after[4].content == CALLS[2].before[4].content
    with CallRecording(path) as recording:
        assert recording.lost == 4


def test_a_record_that_is_not_whole_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    content = bytearray(write_recording(path, CALLS))
    begin = 4096 + len(write_recording(path, CALLS[:1])) - 4096
    end = len(write_recording(path, CALLS[:2]))
    content[begin:end] = bytes(end - begin)
    path.write_bytes(content)
    with CallRecording(path) as recording:
        kinds = [each.kind for each in recording.calls()]
        assert recording.unfinished == 1
    assert kinds == [each.kind for each in (CALLS[0], *CALLS[2:])]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"NECPCAP1", "not a recording"),
        (b"something else".ljust(8192), "not a recording"),
        (b"NECPCAP1\2\0\0\0".ljust(8192, b"\0"), "version 2"),
    ],
    ids=["empty", "cut", "other", "newer"],
)
def test_another_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "recording"
    path.write_bytes(content)
    with pytest.raises(TraceError, match=reason):
        CallRecording(path)


def test_a_damaged_recording_gives_a_trace_or_one_error(tmp_path: Path) -> None:
    path, output = tmp_path / "recording", tmp_path / "trace.necptrace"
    sound = write_recording(path, CALLS)
    chance = random.Random(1)
    for _ in range(examples(400, thorough=20_000)):
        damaged = bytearray(sound)
        for _ in range(chance.randint(1, 8)):
            place = chance.choice((chance.randrange(64), chance.randrange(4096, len(sound))))
            damaged[place] = chance.choice((0, 0xFF, chance.randrange(256)))
        path.write_bytes(damaged[: chance.choice((None, chance.randrange(len(sound))))])
        try:
            with CallRecording(path) as recording:
                write_trace(recording, output, "xnu-4570.51.1", 212, SystemEnvironment((), ()))
        except NecpReplayError:
            continue
        with TraceReader(output) as reader:
            assert list(reader.records()) is not None
