"""Sessions of SockFuzzer: the calls that a fuzzer makes, with their contents and no outcomes.

The fuzzer's kernel runs up to three threads; the third is another process. Bytes of the session
decide which thread runs next and which ids are generated. Here threads are switched only between
commands. Its fds count from 0, those of a process here from 3. Source: SockFuzzer's handlers
(necp.cc, session.cc), and its random ids (uuid_generate_random in fake_impls.c).
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterator
from typing import IO, Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.policy import SessionAction
from necp_replay.errors import ImportedFileError
from necp_replay.events.inputs import Input
from necp_replay.events.processes import ProcAdd
from necp_replay.events.syscalls import Close, OpenOther
from necp_replay.importers.describe_call import call_text
from necp_replay.importers.proto_schema import ProtoSchema
from necp_replay.importers.proto_values import (
    UNKNOWN,
    ProtoTree,
    ProtoValue,
    decode_binary,
    decode_text,
    values_of,
)
from necp_replay.importers.seen_call import LineNote, Notes, SeenCall
from necp_replay.importers.sockfuzzer_schemas import IDENTIFIERS, REVISIONS

MAX_SESSION_BYTES: Final = 16 * 1024 * 1024
"""The longest session that is read."""
_FIRST_FD: Final = 3
_PIDS: Final = (1000, 1000, 1001)
_BUFFER_LIMIT: Final = 4096
_IDS: Final = tuple(digit * 16 for digit in (b"0", b"1", b"2"))
_THREADS: Final = (("commands1", "commands"), ("commands2",), ("commands3",))
_PROVIDERS: Final = ("xnu_data_provider", "data_provider")
_OPENED: Final = {"socket": 1, "pipe": 2, "socketpair": 2, "kqueue": 1}
"""How many fds other commands open. That they succeed is assumed."""
_TLV: Final = struct.Struct("<BI")


def is_session(stream: IO[bytes]) -> bool:
    """Whether a file is a binary session of exactly one public revision."""
    content = stream.read(MAX_SESSION_BYTES + 1)
    stream.seek(0)
    return len(content) <= MAX_SESSION_BYTES and len(_fitting(content)) == 1


def read_session(
    stream: IO[bytes], note: Notes, schema: ProtoSchema | None = None
) -> Iterator[SeenCall | Input]:
    """The calls of a session, binary or text. The revision is found unless a schema is given."""
    content = stream.read(MAX_SESSION_BYTES + 1)
    if len(content) > MAX_SESSION_BYTES:
        raise ImportedFileError("a session of more than 16 MiB")
    return _FuzzerSession(_decoded(content, schema), schema, note).calls()


def _decoded(content: bytes, schema: ProtoSchema | None) -> ProtoTree:
    if _is_text(content):
        return decode_text(content.decode("utf-8", "surrogateescape"))
    if schema is not None:
        return decode_binary(content, schema, "Session")
    fitting = _fitting(content)
    if len(fitting) == 1:
        return decode_binary(content, fitting[0], "Session")
    how = "none of them" if not fitting else "more than one"
    raise ImportedFileError(
        f"a binary session whose revision of the schema is not sure: {how} fits",
        hint="Give the schema it was made with: --proto session.proto.",
    )


def _is_text(content: bytes) -> bool:
    if b"\0" in content[:4096]:
        return False
    return content.lstrip()[:8] == b"commands" or content.lstrip()[:1] == b"#"


def _fitting(content: bytes) -> list[ProtoSchema]:
    """The revisions whose Session has just these fields, all required ones, and such commands."""
    return [schema for schema in REVISIONS if _fits(content, schema)]


def _fits(content: bytes, schema: ProtoSchema) -> bool:
    try:
        tree = decode_binary(content, schema, "Session")
    except ImportedFileError:
        return False
    declared = schema.messages["Session"].values()
    names = {name for name, _ in tree}
    if names - {each.name for each in declared}:
        return False
    if any(each.is_required and each.name not in names for each in declared):
        return False
    commands = [value for name, value in tree if name.startswith("commands")]
    return bool(commands) and all(isinstance(each, list) and len(each) <= 1 for each in commands)


class _FuzzerSession:
    """One session: its threads, the fds of its processes, and what it has left of its bytes."""

    def __init__(self, tree: ProtoTree, schema: ProtoSchema | None, note: Notes) -> None:
        self._schema = schema
        self._note = note
        self._threads = [
            deque(value for name in names for value in values_of(tree, name)) for names in _THREADS
        ]
        schedule = values_of(tree, "schedule")
        choices = values_of(schedule[0], "thread_choices") if schedule else []
        self._choices = bytearray(_bytes(choices))
        self._provider = bytearray(_bytes([v for n in _PROVIDERS for v in values_of(tree, n)]))
        self._fds: dict[int, dict[int, str]] = {pid: {} for pid in _PIDS}
        self._command = 0

    def calls(self) -> Iterator[SeenCall | Input]:
        for pid in dict.fromkeys(_PIDS):
            yield ProcAdd(pid, "fuzzer", uid=0, privileged=True)
        while any(self._threads):
            ready = [number for number, thread in enumerate(self._threads) if thread]
            number = ready[self._choice(len(ready))]
            command = self._threads[number].popleft()
            self._command += 1
            yield from self._take(command, _PIDS[number])

    def _choice(self, count: int) -> int:
        """Which thread goes on: by the last byte that is left, else the first."""
        return self._choices.pop() % count if self._choices and count > 1 else 0

    def _leave(self, why: str, *, is_loss: bool = False) -> None:
        self._note(LineNote(self._command, False, why, is_loss))

    def _take(self, command: ProtoValue, pid: int) -> Iterator[SeenCall | Input]:
        if not isinstance(command, list) or len(command) != 1:
            self._leave("an empty command, or one of several kinds")
            return
        name, value = command[0]
        if name == "syscall" and isinstance(value, list) and len(value) == 1:
            name, value = value[0]
        if name in _OPENED:
            for _ in range(_OPENED[name]):
                yield OpenOther(pid, self._opened(pid, "other"))
            self._leave(f"{name} is not about NECP; an fd is opened for it")
        elif name == "close" and isinstance(value, list):
            yield from self._close(self._number(value, "fd"), pid)
        elif name in ("necp_open", "necp_session_open"):
            yield self._open(name, value, pid)
        elif name == "necp_client_action":
            yield from self._client_action(value, pid)
        elif name == "necp_session_action":
            yield self._session_action(value, pid)
        elif name == "necp_match_policy":
            yield self._match(value, pid)
        else:
            unknown = name.startswith(UNKNOWN)
            what = f"command {name.removeprefix(UNKNOWN)}" if unknown else name
            self._leave(f"{what} has no counterpart")

    def _opened(self, pid: int, kind: str) -> int:
        fds = self._fds[pid]
        fd = next(number for number in range(len(fds) + 1) if number not in fds)
        fds[fd] = kind
        return fd + _FIRST_FD

    def _close(self, fd: int, pid: int) -> Iterator[Input]:
        if fd in self._fds[pid]:
            del self._fds[pid][fd]
            self._note(LineNote(self._command, True, f"close(fd {fd + _FIRST_FD})"))
            yield Close(pid, fd + _FIRST_FD)
        else:
            self._leave("close of an fd that is not open")

    def _open(self, name: str, value: ProtoValue, pid: int) -> SeenCall:
        flags = 0
        for each in values_of(value, "flags"):
            flags |= self._resolved(each)
        call = SeenCall(name, (flags & 0xFFFF_FFFF,), pid=pid, fd=self._opened(pid, name))
        return self._made(call)

    def _client_action(self, value: ProtoValue, pid: int) -> Iterator[SeenCall]:
        fd = self._number(value, "necp_fd") + _FIRST_FD
        client = _IDS[self._number(value, "client_id") % len(_IDS)]
        buffer: bytes | None = None
        if values_of(value, "add"):
            action, buffer = ClientAction.ADD, _bytes(values_of(_one(value, "add"), "buffer"))
        elif values_of(value, "remove"):
            action = ClientAction.REMOVE
        elif values_of(value, "copy_parameters"):
            action = ClientAction.COPY_PARAMETERS
            asked = self._number(_one(value, "copy_parameters"), "copyout_size")
            buffer = bytes(asked % _BUFFER_LIMIT)
        elif values_of(value, "agent"):
            action, buffer = ClientAction.AGENT, b""
            for tlv in values_of(_one(value, "agent"), "necp_tlv"):
                data = _bytes(values_of(tlv, "data"))
                buffer += _TLV.pack(self._number(tlv, "necp_type") & 0xFF, len(data)) + data
        else:
            self._leave("an action that is not set: the fuzzer makes no call")
            return
        is_null = buffer is None or (not buffer and action is ClientAction.AGENT)
        arguments = (fd, int(action), 1, len(client), 0 if is_null else 1, len(buffer or b""))
        call = SeenCall("necp_client_action", arguments, pid=pid)
        call.before = {2: client, 4: buffer or b""}
        if action is ClientAction.ADD:
            call.uuids = (self._generated_id(),)
        yield self._made(call)

    def _session_action(self, value: ProtoValue, pid: int) -> SeenCall:
        fd = self._number(value, "necp_fd") + _FIRST_FD
        content = _bytes(values_of(value, "in_buffer"))
        size = self._number(value, "out_buffer_size") % _BUFFER_LIMIT
        action = self._number(value, "action") & 0xFFFF_FFFF
        arguments = (fd, action, 1, len(content), 1, size)
        call = SeenCall("necp_session_action", arguments, pid=pid)
        call.before = {2: content, 4: bytes(size)}
        return self._made(call)

    def _match(self, value: ProtoValue, pid: int) -> SeenCall:
        content = _bytes(values_of(value, "parameters"))
        if not content:
            content = bytes(self._number(value, "parameters_size") % _BUFFER_LIMIT)
        call = SeenCall("necp_match_policy", (1, len(content), 1), pid=pid)
        call.before = {0: content, 2: bytes(_BUFFER_LIMIT)}
        return self._made(call)

    def _made(self, call: SeenCall) -> SeenCall:
        call.line = self._command
        call.process, call.has_outcome = "fuzzer", False
        self._note(LineNote(self._command, True, call_text(call)))
        return call

    def _generated_id(self) -> bytes:
        """The id that the fuzzer's kernel generates: one of three, by bytes from the end."""
        for candidate in _IDS[:2]:
            if self._provider and self._provider.pop() & 1:
                return candidate
        return _IDS[2]

    def _number(self, tree: ProtoValue, name: str) -> int:
        found = values_of(tree, name)
        return self._resolved(found[-1]) if found else 0

    def _resolved(self, value: ProtoValue) -> int:
        """A number, or that of an identifier of an enum."""
        if isinstance(value, int):
            return value
        if not isinstance(value, str):
            return 0
        if value in IDENTIFIERS:
            return IDENTIFIERS[value]
        action = value.removeprefix("NECP_SESSION_ACTION_")
        if action in SessionAction.__members__:
            return int(SessionAction[action])
        known = self._schema.enum_number(value) if self._schema is not None else None
        if known is None:
            self._leave(f"the identifier {value} is not known; it is taken for 0", is_loss=True)
        return known or 0


def _one(value: ProtoValue, name: str) -> ProtoValue:
    return values_of(value, name)[0]


def _bytes(values: list[ProtoValue]) -> bytes:
    """The last of some values, if it is bytes."""
    return values[-1] if values and isinstance(values[-1], bytes) else b""
