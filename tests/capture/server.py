"""The kernel for the library that stands in for NECP: our engine, which processes connect to.

A process connects at its first call. When it ends, however that happens, its connection closes.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from necp_replay.capture.recording import CallKind
from necp_replay.engines.engine import open_machine
from necp_replay.events import processes, sockets, syscalls
from necp_replay.events.inputs import Input, Step
from necp_replay.events.outcome import ActionBuffers, MatchResult, Outcome, Readiness, SessionBuffer
from necp_replay.events.user_buffer import OutBuffer, UserBuffer

_ASKED: Final = struct.Struct("<II6q2q2q")
_ANSWERED: Final = struct.Struct("<iiq2q")
_READINESS: Final = struct.Struct("<ii")
_MATCH_RESULT_BYTES: Final = 512


class StandInServer:
    """Answers the calls of programs that run with the stand-in. Use it as a context manager."""

    def __init__(self, path: Path, release: str, steps: Sequence[Step]) -> None:
        self.path = path
        self._machine = open_machine(release)
        for step in steps:
            self._machine.submit(step)
        self._lock = threading.RLock()
        self._made = 0
        self._connections: dict[int, socket.socket] = {}
        self._ready: dict[tuple[int, int], bool] = {}
        self._clients: dict[str, bytes] = {}
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(64)
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> StandInServer:
        return self

    def __exit__(self, *exception: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        pid = 0
        with connection, contextlib.suppress(EOFError, ConnectionError):
            while True:
                call, process, *numbers = _ASKED.unpack(_receive(connection, _ASKED.size))
                buffers = [b"" if n < 0 else _receive(connection, n) for n in numbers[6:8]]
                if not pid:
                    pid = process
                    self._begin(pid, connection)
                connection.sendall(self._answer(call, pid, numbers, buffers))
        if pid:
            self._end(pid, connection)

    def _begin(self, pid: int, connection: socket.socket) -> None:
        """Add the process. After `exec` it may connect before its old connection is seen to end."""
        with self._lock:
            if pid in self._connections:
                self._submit(processes.ProcExit(pid))
            self._connections[pid] = connection
            self._submit(processes.ProcAdd(pid, uid=0))

    def _end(self, pid: int, connection: socket.socket) -> None:
        """Remove the process, unless it has another connection by now."""
        with self._lock:
            if self._connections.get(pid) is connection:
                del self._connections[pid]
                self._submit(processes.ProcExit(pid))

    def _submit(self, event: Input) -> Outcome:
        with self._lock:
            self._made += 1
            ids = tuple(self._made.to_bytes(4, "big") + bytes((n,)) * 12 for n in (1, 2))
            return self._machine.submit(Step(event, ids, time.monotonic_ns()))

    def _answer(self, call: int, pid: int, numbers: list[int], buffers: list[bytes]) -> bytes:
        arguments, there, readonly = numbers[:6], numbers[6:8], numbers[8:10]
        fd = arguments[0]
        if call in (CallKind.SETSOCKOPT, CallKind.CONNECT):
            outcome = self._socket(call, pid, fd, buffers)
            return _ANSWERED.pack(outcome.errno or 0, 0, 0, -1, -1)

        def passed(number: int, wanted: int) -> UserBuffer | None:
            if there[number] < 0:
                return None
            content = buffers[number]
            return UserBuffer(
                content.rstrip(b"\0"),
                wanted,
                mapped=len(content) if 0 < len(content) < wanted else None,
                readonly=bool(readonly[number]),
                unmapped=not content and wanted > 0,
            )

        event = _event(call, pid, arguments, passed)
        outcome = self._submit(event)
        after = _buffers_after(outcome)
        reply, sent = b"", []
        for number, (shown, before) in enumerate(zip(after, buffers, strict=True)):
            content = shown.ljust(len(before), b"\0") if isinstance(shown, bytes) else before
            is_changed = content != before and not readonly[number]
            sent.append(len(content) if is_changed else -1)
            reply += content if is_changed else b""
        changes = self._changes(pid, event, outcome)
        head = _ANSWERED.pack(outcome.errno or 0, len(changes), outcome.retval or 0, *sent)
        return head + reply + b"".join(_READINESS.pack(*change) for change in changes)

    def _changes(self, pid: int, event: Input, outcome: Outcome) -> list[tuple[int, int]]:
        """The fds of the process that are ready now and were not before, and the reverse."""
        if isinstance(event, syscalls.Close):
            self._ready.pop((pid, event.fd), None)
        if isinstance(event, syscalls.NecpOpen) and outcome.errno == 0:
            assert event.assigned_fd is not None
            self._ready[pid, event.assigned_fd] = False
        changes = []
        for (owner, fd), before in list(self._ready.items()):
            if owner != pid:
                continue
            answer = self._submit(syscalls.FdPoll(pid, fd)).answer
            now = isinstance(answer, Readiness) and answer.readable
            if now != before:
                self._ready[pid, fd] = now
                changes.append((fd, int(now)))
        return changes

    def _socket(self, call: int, pid: int, fd: int, buffers: list[bytes]) -> Outcome:
        name = f"{pid}/{fd}"
        if call == CallKind.SETSOCKOPT:
            self._submit(sockets.SocketCreate(name))
            self._clients[name] = buffers[0]
            return self._submit(sockets.RegisterSocketFlow(pid, buffers[0], name))
        (local, lport), (remote, fport) = map(_name, buffers)
        return self._submit(
            sockets.AssignFromSocket(
                pid,
                self._clients[name],
                name,
                domain=socket.AF_INET,
                local=local,
                remote=remote,
                lport=lport,
                fport=fport,
            )
        )


def _event(
    call: int, pid: int, arguments: list[int], passed: Callable[[int, int], UserBuffer | None]
) -> Input:
    fd, action, first, second = arguments[:4]
    match call:
        case CallKind.NECP_OPEN:
            return syscalls.NecpOpen(pid, fd, action)
        case CallKind.NECP_SESSION_OPEN:
            return syscalls.NecpSessionOpen(pid, fd, action)
        case CallKind.NECP_CLIENT_ACTION:
            client_id, buffer = passed(0, max(first, 16)), passed(1, second)
            return syscalls.NecpClientAction(pid, fd, action, client_id, first, buffer, second)
        case CallKind.NECP_SESSION_ACTION:
            given, out = passed(0, first), passed(1, second)
            return syscalls.NecpSessionAction(pid, fd, action, given, first, out, second)
        case CallKind.NECP_MATCH_POLICY:
            parameters, result = passed(0, fd), passed(1, _MATCH_RESULT_BYTES)
            return syscalls.NecpMatchPolicy(pid, parameters, fd, result)
        case _:
            return syscalls.Close(pid, fd)


def _buffers_after(outcome: Outcome) -> tuple[OutBuffer | None, OutBuffer | None]:
    match outcome.answer:
        case ActionBuffers(client_id, buffer):
            return client_id, buffer
        case SessionBuffer(out_buffer):
            return None, out_buffer
        case MatchResult(result):
            return None, result
        case _:
            return None, None


def _name(content: bytes) -> tuple[str, int]:
    return str(ipaddress.IPv4Address(content[4:8])), int.from_bytes(content[2:4], "big")


def _receive(connection: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        part = connection.recv(size - len(content))
        if not part:
            raise EOFError
        content += part
    return content
