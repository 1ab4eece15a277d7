"""Sessions of SockFuzzer: text and binary, of every public revision or of a given schema."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.errors import ImportedFileError
from necp_replay.events import syscalls
from necp_replay.events.inputs import Input
from necp_replay.importers.formats import detect_format, sessions_of
from necp_replay.importers.import_file import import_file
from necp_replay.importers.proto_schema import read_schema
from necp_replay.importers.seen_call import LineNote, SeenCall
from necp_replay.importers.sockfuzzer import read_session
from necp_replay.kernel.machine import Machine
from necp_replay.releases.lineage import NEWEST, OLDEST, RELEASES
from necp_replay.trace.reader import TraceReader

TEXT = rb"""
# a session
commands1 { syscall { necp_open { flags: NECP_OPEN_FLAG_BACKGROUND } } }
commands1 {
  necp_client_action { necp_fd: FD_0 client_id: CLIENT_1
    add { buffer: "\013\002\000\000\000\x06\000" } }
}
commands1 { necp_client_action { necp_fd: FD_0 client_id: CLIENT_1 remove { } } }
commands1 < necp_client_action { necp_fd: FD_0
    agent { necp_tlv { necp_type: 130 data: "a" "b" } } } >
commands1 { mach_msg { } }
commands2 { syscall { socket { domain: 2 } } }
commands3 { syscall { necp_session_open { flags: 0 } } }
commands3 { necp_session_action { necp_fd: FD_0 action: NECP_SESSION_ACTION_POLICY_LIST_ALL
  out_buffer_size: 4100 } }
schedule { rand_seed: 1 thread_choices: "" }
xnu_data_provider: "\001\000"
"""


def number(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def whole(field: int, value: int) -> bytes:
    return number(field << 3) + number(value)


def inner(field: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return number(field << 3 | 2) + number(len(content)) + content


PARAMETERS = bytes.fromhex("0b020000000600")
ADD = (whole(1, 0), whole(3, 1), inner(5, inner(1, PARAMETERS)))
OLD = b"".join(
    [
        inner(1, inner(17, whole(1, 2))),
        inner(1, inner(18, *ADD)),
        inner(1, inner(16, inner(1, PARAMETERS))),
        inner(1, inner(12, whole(1, 3))),
        inner(1, inner(14, whole(1, 0))),
        inner(2, b"\x01"),
    ]
)
NEW = b"".join(
    [
        inner(1, inner(69, inner(501, whole(1, 2)))),
        inner(1, inner(49, *ADD)),
        inner(4, whole(1, 1), inner(2)),
        inner(5, b"\x01"),
    ]
)


def read(content: bytes) -> tuple[list[SeenCall | Input], list[LineNote]]:
    notes: list[LineNote] = []
    return list(read_session(io.BytesIO(content), notes.append)), notes


def calls_of(content: bytes) -> list[SeenCall]:
    return [each for each in read(content)[0] if isinstance(each, SeenCall)]


def test_a_text_session_is_read_with_contents() -> None:
    calls = calls_of(TEXT)
    assert [
        (each.call, each.argument("action") if "action" in each.call else 0) for each in calls
    ] == [
        ("necp_open", 0),
        ("necp_client_action", ClientAction.ADD),
        ("necp_client_action", ClientAction.REMOVE),
        ("necp_client_action", ClientAction.AGENT),
        ("necp_session_open", 0),
        ("necp_session_action", 5),
    ]
    opened, added, _, agent, session, listed = calls
    assert (opened.arguments, opened.fd) == ((2,), 3)
    assert added.before == {2: b"1" * 16, 4: PARAMETERS}
    assert agent.before[4] == bytes.fromhex("82020000006162")
    assert (session.pid, session.fd, listed.arguments[5]) == (1001, 3, 4)


def test_the_data_provider_gives_the_ids_that_the_kernel_generates() -> None:
    _, added, *_ = calls_of(TEXT)
    assert added.uuids == (b"1" * 16,)


def test_what_has_no_counterpart_is_said() -> None:
    seen, notes = read(TEXT)
    left = [note.text for note in notes if not note.is_taken]
    assert left == [
        "mach_msg has no counterpart",
        "socket is not about NECP; an fd is opened for it",
    ]
    assert syscalls.OpenOther(1000, 4) in seen


@pytest.mark.parametrize("content", [OLD, NEW], ids=["2020", "version 3"])
def test_the_revision_of_a_binary_session_is_found(content: bytes) -> None:
    assert detect_format(io.BytesIO(content), "a").name == "sockfuzzer"
    opened, added, *rest = calls_of(content)
    assert (opened.call, opened.arguments) == ("necp_open", (2,))
    assert (added.before[4], added.uuids) == (PARAMETERS, (b"0" * 16,))
    assert [each.call for each in rest] == (["necp_match_policy"] if content is OLD else [])


def test_a_session_that_fits_no_revision_is_refused_without_a_schema() -> None:
    other = inner(1, inner(3, whole(1, 2))) + inner(9, b"?")
    with pytest.raises(ImportedFileError, match="revision of the schema is not sure") as caught:
        read(other)
    assert "--proto" in caught.value.hint


PROTO = """
syntax = "proto2";
import "types.proto";
option optimize_for = SPEED;
message Session { repeated Command commands = 3; required bytes data_provider = 9; }
message Command { oneof command { /* renumbered */ NecpOpen necp_open = 5;
  NecpClientAction necp_client_action = 7; } }
message NecpOpen { repeated Flag flags = 4; enum Flag { A = 0; B = 4 [deprecated = true]; } }
"""
TYPES = """
message NecpClientAction { optional Fd necp_fd = 8; optional uint32 client_id = 9;
  oneof action { Add add = 10; } }
message Add { optional bytes buffer = 11; }  // as before
enum Fd { FD_0 = 0; }
"""


def test_a_session_of_a_given_schema_is_read(tmp_path: Path) -> None:
    (tmp_path / "session.proto").write_text(PROTO, "utf-8")
    (tmp_path / "types.proto").write_text(TYPES, "utf-8")
    content = inner(3, inner(5, whole(4, 4)))
    content += inner(3, inner(7, whole(8, 0), whole(9, 2), inner(10, inner(11, PARAMETERS))))
    (tmp_path / "session").write_bytes(content + inner(9, b""))
    format = sessions_of(tmp_path / "session.proto")
    report = import_file(tmp_path / "session", tmp_path / "trace", NEWEST, format=format)
    assert (report.calls, report.left, report.lost) == (2, 0, 0)
    with TraceReader(tmp_path / "trace") as reader:
        events = [step.input for _, step, _ in reader]
    assert syscalls.NecpOpen(1000, 4, assigned_fd=3) in events


@pytest.mark.parametrize(
    "text", ["", "message Session", "}", "message A { optional int32 a = 1; }"]
)
def test_a_schema_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.proto").write_text(text, "utf-8")
    with pytest.raises(ImportedFileError):
        read_schema(tmp_path / "a.proto")


@pytest.mark.parametrize("release", [OLDEST, NEWEST])
@pytest.mark.parametrize("content", [TEXT, OLD, NEW], ids=["text", "2020", "version 3"])
def test_a_session_replays_on_a_release(tmp_path: Path, content: bytes, release: str) -> None:
    (tmp_path / "session").write_bytes(content)
    import_file(tmp_path / "session", tmp_path / "trace", release)
    machine = Machine(RELEASES[release])
    with TraceReader(tmp_path / "trace") as reader:
        answers = [(step.input, machine.submit(step)) for _, step, _ in reader]
    opened = [answer for event, answer in answers if isinstance(event, syscalls.NecpOpen)]
    assert [each.errno for each in opened] == [0]
    added = [
        answer
        for event, answer in answers
        if isinstance(event, syscalls.NecpClientAction) and event.action == ClientAction.ADD
    ]
    assert [each.errno for each in added] == [0]


def test_damaged_sessions_are_refused_or_read_in_part() -> None:
    chances = random.Random(1)
    for content in (TEXT, OLD, NEW):
        for _ in range(300):
            damaged = bytearray(content)
            for _ in range(chances.choice((1, 2, 6))):
                damaged[chances.randrange(len(damaged))] = chances.randrange(256)
            length = chances.randrange(len(damaged)) if chances.random() < 0.3 else len(damaged)
            try:
                read(bytes(damaged[:length]))
            except ImportedFileError as error:
                assert "\n" not in str(error)


@pytest.mark.parametrize(
    "content",
    [b"commands1 {" * 5_000, b"commands: " + b"[" * 5_000, inner(1, b"\x0a" * 99), b"\x0a\xff" * 9],
)
def test_hostile_sessions_are_refused(content: bytes) -> None:
    with pytest.raises(ImportedFileError):
        if read(content)[1] == []:
            raise ImportedFileError("nothing was read of it")
