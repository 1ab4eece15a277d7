"""Raw kernel traces: calls of both versions, in order, with thread, process and time."""

from __future__ import annotations

import io
import struct

import pytest

from necp_replay.errors import ImportedFileError
from necp_replay.importers.kdebug import read_kdebug
from necp_replay.importers.seen_call import LineNote, SeenCall
from tests.importers.kdebug_files import (
    ADD,
    OPEN,
    PID,
    REMOVE,
    THREAD,
    call,
    version_2,
    version_3,
)

READ = call(3, (5, 0x1000, 16), (0, 16))


def read(content: bytes) -> tuple[list[SeenCall], list[LineNote]]:
    notes: list[LineNote] = []
    return list(read_kdebug(io.BytesIO(content), notes.append)), notes


FILES = {
    "version 2": version_2([*READ, *OPEN, *ADD, *REMOVE]),
    "version 2 with a filled page": version_2([*READ, *OPEN, *ADD, *REMOVE], fills_page=True),
    "version 3": version_3([*READ, *OPEN, *ADD, *REMOVE]),
    "version 3 in two parts": version_3([*READ, *OPEN, *ADD], REMOVE),
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_calls_are_recovered_in_order(content: bytes) -> None:
    calls, notes = read(content)
    assert [(each.call, each.errno, each.retval) for each in calls] == [
        ("necp_open", 0, 4),
        ("necp_client_action", 0, 0),
        ("necp_client_action", 2, None),
    ]
    assert calls[1].arguments == (4, 1, 0x16B2F1C30, 16)
    assert {(each.pid, each.process, each.thread) for each in calls} == {(PID, "app", THREAD)}
    assert [note.line for note in notes if note.is_taken] == [3, 5, 7]


def test_time_is_in_nanoseconds() -> None:
    (two,), _ = read(version_2(OPEN))
    (three,), _ = read(version_3(OPEN))
    assert (two.time_ns, three.time_ns) == (1_000_000, 1_000_000)


def test_a_call_that_never_ended_has_no_outcome() -> None:
    (opened, unfinished), notes = read(version_2([*OPEN, ADD[0]]))
    assert opened.retval == 4
    assert (unfinished.errno, unfinished.retval) == (None, None)
    assert "its end is missing" in notes[-1].text


def test_an_end_without_its_beginning_is_a_loss() -> None:
    calls, notes = read(version_2([OPEN[1], *ADD]))
    assert [each.call for each in calls] == ["necp_client_action"]
    assert notes[0].is_loss


def test_calls_of_several_threads_are_kept_apart() -> None:
    other = [(id_, arguments, 7) for id_, arguments, _ in OPEN]
    calls, _ = read(version_2([ADD[0], other[0], ADD[1], other[1]]))
    assert [(each.thread, each.call) for each in calls] == [
        (THREAD, "necp_client_action"),
        (7, "necp_open"),
    ]


def test_a_thread_that_is_made_belongs_to_its_process() -> None:
    made = (0x07000004, (7, 900), THREAD)
    name = struct.unpack("<4Q", b"other".ljust(32, b"\0"))
    executed = [(0x07000008, (900,), 7), (0x07010008, name, 7)]
    events = [made, *executed, *((id_, arguments, 7) for id_, arguments, _ in OPEN)]
    (opened,), _ = read(version_2(events))
    assert (opened.pid, opened.process) == (900, "other")


def test_events_that_the_kernel_lost_are_a_loss() -> None:
    _, notes = read(version_2([(0x07020008, (), 0), *OPEN]))
    assert notes[0].is_loss


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_trace_cut_anywhere_is_read_up_to_there_or_refused(content: bytes) -> None:
    whole, _ = read(content)
    for length in range(4, len(content), 13):
        try:
            calls, _ = read(content[:length])
        except ImportedFileError as error:
            assert "kernel trace" in str(error)
            continue
        finished = [each for each in calls if each.errno is not None]
        assert finished == whole[: len(finished)]


HOSTILE = {
    "32 bits": (struct.pack("<4sI8x4xIQ256x", b"\x00\x02\xaa\x55", 1, 0, 1), "32-bit system"),
    "a map without end": (struct.pack("<4sI8x4xIQ256x", b"\x00\x02\xaa\x55", 1 << 31, 1, 1), "map"),
    "no events": (version_3(), "has no events"),
    "a header alone": (b"\x00\x03\xaa\x55", "within its header"),
}


@pytest.mark.parametrize(("content", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_what_cannot_be_read_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ImportedFileError, match=reason):
        read(content)
