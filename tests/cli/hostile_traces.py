"""Traces made to harm whoever opens them, and every command that opens traces run on each.

    python -m tests.cli.hostile_traces FOLDER SHARE

Prints a line for each mistake of a command. With SHARE 1 every command runs on each trace. With
SHARE n every n-th command runs, beginning at another one for each trace, so that every command and
every trace is used. It runs as a process of its own, so that its memory and time can be limited.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import resource
import shutil
import struct
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from unittest import mock

from necp_replay.abi.client import ClientAction
from necp_replay.abi.policy import SessionAction
from necp_replay.cli import main
from necp_replay.events import (
    agents,
    clock,
    effects,
    interfaces,
    notifications,
    processes,
    routes,
    snapshot,
    sockets,
    syscalls,
)
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import (
    ActionBuffers,
    MatchResult,
    Outcome,
    SessionBuffer,
)
from necp_replay.events.user_buffer import UserBuffer, UserPointer
from necp_replay.trace import frames
from necp_replay.trace.header import Attachment, Header, OutcomeDetail, SourceKind
from necp_replay.trace.pb import trace_pb2
from tests.trace.hostile import BOMBS, chunk, field, header_chunk
from tests.trace.traces import Record, trace_of

RELEASE: Final = "xnu-4570.51.1"
MAX_MEMORY_BYTES: Final = 1 << 30
MAX_ERROR_LINES: Final = 6
MAX_SECONDS: Final = 10
"""The time limit of one command on one trace. All take far less, unless they never end."""
CLIENT: Final = bytes(15) + b"1"
EVIL: Final = "\x1b]0;owned\x07\x1b[2J\u202e\x9b2J\r\n<b>&amp;../../etc"
EVIL_BYTES: Final = EVIL.encode() + b"\xff\xfe\xc0\x80"
NUMBERS: Final = (-1, -(1 << 63), 1 << 31, (1 << 32) - 1, 1 << 40, (1 << 63) - 1, 65_537)

COMMANDS: Final = (
    ("info", "T"),
    ("info", "T", "--scan"),
    ("info", "T", "--json"),
    ("info", "T", "--select", "pid 100 or errno any or #1"),
    ("show", "T"),
    ("show", "T", "--json"),
    ("show", "T", "--hex"),
    ("show", "T", "--textconv"),
    ("show", "T", "--select", "time 1s- and #1"),
    ("convert", "T"),
    ("doctor", "T"),
    ("doctor", "T", "--json"),
    ("recover", "T", "-o", "recovered.necptrace"),
    ("cut", "T", "--select", "#1 or errno any or 3-", "-o", "cut.necptrace"),
    ("split", "T", "--by", "fd", "-o", "parts"),
    ("cat", "T", "other.necptrace", "-o", "cat.necptrace"),
    ("merge", "T", "other.necptrace", "-o", "merged.necptrace"),
    ("anonymize", "T", "--seed", "1", "--interfaces", "--map", "map", "-o", "named.necptrace"),
    ("attachments", "T"),
    ("attachments", "T", "--extract", "attached"),
    ("attachments", "T", "--add", "notes.txt", "-o", "more.necptrace"),
    ("replay", "T"),
    ("replay", "T", "--format", "json"),
    ("accept", "T"),
    ("diff", "T", "--from", "xnu-4570.41.2", "--to", RELEASE),
    ("explain", "T", "--record", "3"),
    ("state", "T", "--record", "3"),
    ("state", "T", "--watch", "client"),
    ("coverage", "T"),
    ("coverage", "T", "--json"),
    ("accept", "T", "--dry-run"),
)
"""Every command that opens traces, with options that make it read the whole trace."""


def records(*changed: Record) -> bytes:
    """A trace in which a process opens an fd and adds a client, followed by some steps."""
    before: list[Record] = [
        (Step(interfaces.IfaceAttach(4, "en0")), None),
        (Step(processes.ProcAdd(100, "app", 501)), None),
        (Step(syscalls.NecpOpen(100)), Outcome(0, 3)),
        (Step(syscalls.NecpSessionOpen(100)), Outcome(0, 4)),
        (
            Step(
                action(ClientAction.ADD, UserBuffer(b"", 16), UserBuffer(b"", 64)),
                (CLIENT,),
            ),
            Outcome(0, 0, ActionBuffers(CLIENT, b"")),
        ),
    ]
    return trace_of([*before, *changed], HEADER)


def action(
    number: int, client_id: UserBuffer | None, buffer: UserBuffer | None
) -> syscalls.NecpClientAction:
    return syscalls.NecpClientAction(100, 3, number, client_id, 16, buffer, 64)


HEADER: Final = Header(RELEASE, outcome_detail=OutcomeDetail.FULL)


def calls_with_absurd_sizes() -> Iterator[Record]:
    """Every action, with absurd numbers in the call and its outcome."""
    client = UserBuffer(CLIENT, 16)
    for number in NUMBERS[::3]:
        size = number % (1 << 64)
        shown = ActionBuffers(CLIENT, b"\1\2\3")
        for each in ClientAction:
            call = action(each, client, UserBuffer(b"\x01\x04\0\0\0abcd", size))
            yield Step(replace(call, buffer_size=size)), Outcome(0, number, shown)
            limited = UserBuffer(b"\1", size, size)
            yield Step(replace(call, buffer=limited)), Outcome(number, 3, shown)
            yield Step(replace(call, client_id_len=size)), Outcome(0, 3, shown)
        for session_action in SessionAction:
            session = syscalls.NecpSessionAction(
                100, 4, session_action, UserBuffer(b"\1", size), size, UserBuffer(b"\1", size), size
            )
            yield Step(session), Outcome(0, number, SessionBuffer(b"\1\2\3\4\5"))


def numbers_everywhere() -> Iterator[Record]:
    """Absurd numbers of processes, fds and other objects."""
    for number in NUMBERS:
        size = number % (1 << 64)
        address = interfaces.InterfaceAddress("192.0.2.1", number)
        yield Step(interfaces.IfaceAttach(number, f"en{size % 100}", addrs=(address,))), None
        yield Step(interfaces.IfaceOrder((number,))), None
        yield Step(processes.ProcAdd(number, "x", number)), None
        yield Step(syscalls.NecpOpen(100, number, number)), Outcome(0, number)
        yield Step(syscalls.OpenOther(100, number)), Outcome(0, number)
        yield Step(syscalls.Close(100, number)), Outcome(number)
        yield Step(syscalls.FdPoll(number, number)), Outcome(0)
        yield Step(clock.Now(size)), None
        told = (effects.Wake(number, number), effects.TimerArmed(size, size, was_pending=False))
        yield Step(clock.TimerFire(), now_ns=size), Outcome(effects=told)


def texts_everywhere() -> Iterator[Record]:
    """Texts with terminal sequences, markup and paths, in every field that can hold text."""
    yield Step(processes.ProcAdd(200, EVIL, 501, entitlements=(EVIL,))), None
    yield Step(interfaces.IfaceAttach(9, EVIL)), None
    yield Step(routes.RouteAdd(EVIL, EVIL, 9)), None
    yield Step(notifications.SysctlSet(EVIL, 1)), Outcome(2)
    yield Step(sockets.SocketCreate(EVIL, local=EVIL, remote=EVIL)), None
    register = agents.NetagentRegister(EVIL, bytes(16), EVIL_BYTES, EVIL_BYTES, EVIL_BYTES)
    yield Step(register), None
    yield Step(syscalls.FdPoll(100, 3, EVIL)), None
    told = (
        effects.Log(1, EVIL),
        effects.MemoryCorruption(EVIL, EVIL),
        effects.KernelEvent(1, 2, 3, EVIL_BYTES),
        effects.SocketCallback(EVIL, 1, 1, False, False, 1),
        effects.Panic(EVIL, EVIL),
    )
    yield Step(syscalls.Close(100, 77)), Outcome(0, effects=told)


_OTHER_ANSWERS: Final = (
    MatchResult(b"secret"),
    SessionBuffer(b"secret"),
    ActionBuffers(b"secret", b"secret"),
)


def outcomes_of_other_calls() -> Iterator[Record]:
    """Answers of another kind of input, and buffers for NULL pointers."""
    update = snapshot.UpdateSnapshot(bytes(16), 1, 1 << 62, b"\1")
    fd = snapshot.FdSnapshot(-1, -1, 1, 1, (update,), True, ())
    state = snapshot.Snapshot(1, 1, 1, 1, 1, 1, True, (fd,), (fd,))
    yield Step(notifications.TakeSnapshot()), Outcome(None, None, state)
    for answer in (
        MatchResult(b"secret"),
        SessionBuffer(b"secret"),
        ActionBuffers(b"s", b"secret"),
    ):
        yield Step(syscalls.FdPoll(100, 3)), Outcome(0, 0, answer)
        yield Step(action(ClientAction.COPY_RESULT, None, None)), Outcome(0, 9, answer)
        yield Step(syscalls.NecpMatchPolicy(100)), Outcome(0, 9, answer)


def nested_pointers() -> Iterator[Record]:
    """Buffers that point to buffers, as deep as the format allows."""
    buffer = UserBuffer(b"\1", 8)
    for _ in range(16):
        buffer = UserBuffer(bytes(8), 8, pointers=(UserPointer(0, buffer), UserPointer(1 << 63)))
    yield Step(action(ClientAction.UPDATE_CACHE, UserBuffer(CLIENT, 16), buffer)), None


def many_processes() -> Iterator[Record]:
    for pid in range(1000, 2100):
        yield Step(processes.ProcAdd(pid)), None


def as_chunk(*encoded: bytes) -> bytes:
    """A trace with one chunk of records, which may be wrong, and no index."""
    head = trace_pb2.Chunk(first_record=1, record_count=len(encoded), clock_ns=1_000_000_000)
    content = head.SerializeToString() + b"".join(field(5, each) for each in encoded)
    return START_OF_RELEASE + chunk(content)


def with_index(**fields: Any) -> bytes:
    """An intact trace with a wrong index that has a correct checksum."""
    whole = records()
    end = whole.rindex(struct.pack("<I", frames.INDEX_MAGIC))
    index = trace_pb2.Index(**fields)
    return whole[:end] + frames.index_frame(index.SerializeToString())


def _after_a_header(bomb: Callable[[], bytes]) -> bytes:
    return START_OF_RELEASE + bomb()


START_OF_RELEASE: Final = frames.opening_frame() + header_chunk(release=RELEASE)
_COLUMNS: Final = ("first_records", "clock_min_ns", "clock_max_ns", "content_bytes", "checksums")
_HUGE: Final = (1 << 64) - 1
# A bomb of a million fields takes a second. tests/trace/test_damage.py reads those once.
TRACES: Final[dict[str, Callable[[], bytes]]] = {
    **{
        name: functools.partial(_after_a_header, bomb)
        for name, bomb in BOMBS.items()
        if "million" not in name
    },
    "an empty file": lambda: b"",
    "no trace": lambda: EVIL_BYTES * 100,
    "a format of the future": lambda: (
        b"\x5e\x2a\x4d\x18" + frames.opening_frame()[4:18] + b"\xff" * 6
    ),
    "a meaning of the future": lambda: frames.opening_frame() + header_chunk(meaning=77),
    "a required feature": lambda: (
        frames.opening_frame() + header_chunk(release=RELEASE, required_features=[EVIL])
    ),
    "a source of the future": lambda: frames.opening_frame() + header_chunk(source_kind=99),
    "a header of other types": lambda: (
        frames.opening_frame() + chunk(field(4, b"\x0a\x01a\x15\0\0\0\0\x28\x01"))
    ),
    "a header of invalid UTF-8": lambda: (
        frames.opening_frame() + chunk(field(4, b"\x08\x01\x10\x01" + field(5, b"\xff\xfe")))
    ),
    "a record of other types": lambda: as_chunk(b"\x08\x05", field(12, b"x"), b"\x75\0\0\0\0"),
    "an input of the future": lambda: as_chunk(field(1000, b"new")),
    "an outcome without an input": lambda: as_chunk(field(14, b"")),
    "a name of invalid UTF-8": lambda: as_chunk(field(16, b"\x08\x02" + field(2, b"\xff\xfe"))),
    "ids that are cut": lambda: as_chunk(field(8, b"") + field(13, bytes(17))),
    "texts everywhere": lambda: trace_of(
        [*texts_everywhere()],
        Header(
            RELEASE,
            EVIL,
            EVIL,
            SourceKind.SYSTEM,
            EVIL,
            OutcomeDetail.FULL,
            ((EVIL, EVIL),),
            (Attachment(EVIL, EVIL, EVIL_BYTES),),
            EVIL,
        ),
    ),
    "a release of nowhere": lambda: trace_of([*texts_everywhere()], Header(EVIL)),
    "absurd sizes": lambda: records(*calls_with_absurd_sizes()),
    "absurd numbers": lambda: records(*numbers_everywhere()),
    "outcomes of other calls": lambda: records(*outcomes_of_other_calls()),
    "nested pointers": lambda: records(*nested_pointers()),
    "many processes": lambda: records(*many_processes()),
    "an index of absurd counts": lambda: with_index(records=_HUGE, outcomes=_HUGE, uuids=_HUGE),
    "an index of chunks that are nowhere": lambda: with_index(
        records=7,
        offsets=[_HUGE, 0],
        checksums=[0, 0],
        **{column: [_HUGE, 0] for column in _COLUMNS[:4]},
    ),
    "an index of kinds that are not known": lambda: with_index(
        kinds=[trace_pb2.KindCount(input=(1 << 32) - 1, records=_HUGE)]
    ),
    "an index of very many chunks": lambda: with_index(
        records=100_000,
        offsets=range(100_000),
        **dict.fromkeys(_COLUMNS, range(100_000)),
    ),
}


def complaints(folder: Path, name: str, commands: Sequence[Sequence[str]]) -> Iterator[str]:
    """The mistakes of commands with one trace."""
    content = TRACES[name]()
    for number, arguments in enumerate(commands):
        place = folder / f"{number}"
        place.mkdir(parents=True)
        os.chdir(place)
        Path("T").write_bytes(content)
        Path("notes.txt").write_text("notes")
        Path("other.necptrace").write_bytes(records())
        for complaint in _complaints_about(arguments):
            yield f"{name}: {' '.join(arguments)}: {complaint}"
        left = {path.name for path in place.rglob("*") if path.name.endswith(".partial")}
        if left:
            yield f"{name}: {' '.join(arguments)}: left {left}"
        os.chdir(folder)
        shutil.rmtree(place)


def _complaints_about(arguments: Sequence[str]) -> Iterator[str]:
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    started = time.process_time()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main.main(arguments)
    except BaseException as error:  # Any exception would show a traceback to the user.
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        line = "" if where is None else f" at {where.tb_frame.f_code.co_filename}:{where.tb_lineno}"
        yield f"{type(error).__name__}: {str(error)[:200]!a}{line}"
        return
    seconds = time.process_time() - started
    if seconds > MAX_SECONDS:
        yield f"took {seconds:.0f} seconds"
    if status not in range(5):
        yield f"ended with {status}"
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())
    said = "".join(texts)
    if status == 2 and not said.strip():
        yield "failed without a word"
    for line in said.split("\n"):
        if not line.isprintable():
            yield f"printed {line[:80]!a}"
            break
    if len(texts[1].splitlines()) > MAX_ERROR_LINES:
        yield f"printed an error of {len(texts[1].splitlines())} lines"


def run(folder: Path, share: int) -> Iterable[str]:
    """Run every ``share``-th command on each trace, within limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    # Syncing files takes time and is not tested here.
    with mock.patch.object(os, "fsync"):
        for number, name in enumerate(TRACES):
            commands = COMMANDS[number % share :: share]
            yield from complaints(folder / f"trace{number}", name, commands)


if __name__ == "__main__":
    for complaint in run(Path(sys.argv[1]).absolute(), int(sys.argv[2])):
        print(ascii(complaint)[1:-1], flush=True)
    print("done")
