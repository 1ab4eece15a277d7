"""Hexdumps show every byte and no control character."""

from hypothesis import given
from hypothesis import strategies as st

from necp_replay.events.outcome import ActionBuffers, Outcome
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.events.user_buffer import UserBuffer, UserPointer
from necp_replay.report.hexdump import buffers_passed, buffers_returned, hexdump_lines


def test_a_hexdump_has_offset_bytes_and_characters() -> None:
    assert list(hexdump_lines(bytes(range(0x5C, 0x6C)) + b"\x1b[")) == [
        "00000000  5c 5d 5e 5f 60 61 62 63 64 65 66 67 68 69 6a 6b  |\\]^_`abcdefghijk|",
        "00000010  1b 5b                                            |.[|",
    ]


def test_repeated_rows_are_folded_except_the_last() -> None:
    lines = list(hexdump_lines(bytes(100)))
    assert [line[:8] for line in lines] == ["00000000", "*", "00000060"]


@given(st.binary(max_size=200))
def test_a_hexdump_has_every_byte(content: bytes) -> None:
    found = b""
    previous = b""
    for line in hexdump_lines(content):
        assert line.isprintable()
        if line == "*":
            continue
        offset, row = int(line[:8], 16), bytes.fromhex(line[10:57])
        while len(found) < offset:
            found += previous
        found += row
        previous = row
    assert found == content


def test_buffers_at_pointers_are_found() -> None:
    inner = UserBuffer(b"in", 2)
    call = NecpClientAction(
        1, 3, 14, UserBuffer(b"", 16), 16, UserBuffer(b"out", 9, pointers=(UserPointer(8, inner),))
    )
    assert list(buffers_passed(call)) == [("buffer", b"out"), ("buffer at 8", b"in")]
    assert list(buffers_returned(Outcome(0, 0, ActionBuffers(b"id")))) == [("client_id", b"id")]
