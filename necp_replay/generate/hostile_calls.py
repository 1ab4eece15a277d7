"""Makes client and session calls, one in three of them hostile.

A hostile call has one argument wrong: a missing or short buffer, memory that faults, another kind
of fd, an unknown id or an unknown process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from necp_replay.events.syscalls import NecpClientAction, NecpSessionAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.generate.generator import APP, CLOSED_FD, NOBODY, Generator, KnownFd
from necp_replay.scenario.buffers import BufferLike, as_buffer

Call = TypeVar("Call", NecpClientAction, NecpSessionAction)

HOSTILE_ONE_IN: Final = 3
LARGE_BYTES: Final = 6000
"""A length that is larger than most actions accept."""


def client_call(
    generator: Generator, action: int, fd: KnownFd, client_id: BufferLike, buffer: BufferLike
) -> bool:
    """Emit a client action, valid or hostile; returns whether it is valid."""
    id_buffer, content = as_buffer(client_id), as_buffer(buffer)
    call = NecpClientAction(
        fd.pid,
        fd.number,
        int(action),
        id_buffer,
        id_buffer.length if id_buffer is not None else 0,
        content,
        content.length if content is not None else 0,
    )
    return _emit(generator, f"client action {action}", _CLIENT_CALLS, call)


def session_call(
    generator: Generator, action: int, fd: KnownFd, in_buffer: BufferLike, out_buffer: BufferLike
) -> bool:
    """Emit a session action, valid or hostile; returns whether it is valid."""
    content, out = as_buffer(in_buffer), as_buffer(out_buffer)
    call = NecpSessionAction(
        fd.pid,
        fd.number,
        int(action),
        content,
        content.length if content is not None else 0,
        out,
        out.length if out is not None else 0,
    )
    return _emit(generator, f"session action {action}", _SESSION_CALLS, call)


def _emit(
    generator: Generator,
    what: str,
    hostile: Sequence[Callable[[Generator, Call], Call]],
    call: Call,
) -> bool:
    """Emit a call, or one of its ``hostile`` forms; returns whether it is valid."""
    is_hostile = generator.chance(HOSTILE_ONE_IN)
    if is_hostile:
        call = generator.steer(what, hostile)(generator, call)
    generator.emit(call)
    return not is_hostile


def faulty(buffer: UserBuffer | None) -> UserBuffer:
    """The buffer with its last byte in memory that is not mapped."""
    if buffer is None or not buffer.length:
        return UserBuffer(unmapped=True)
    mapped = max(0, buffer.length - 1)
    return replace(buffer, content=buffer.content[:mapped], mapped=mapped)


def read_only(buffer: UserBuffer | None) -> UserBuffer:
    """The buffer in memory that cannot be written."""
    return replace(buffer, readonly=True) if buffer is not None else UserBuffer(unmapped=True)


def other_fd(generator: Generator, pid: int) -> tuple[int, int]:
    """Pid and number of an fd that is no NECP fd, or of one that is not open."""
    if generator.others:
        found = generator.pick(generator.others)
        return found.pid, found.number
    return pid, CLOSED_FD


def _unknown_id(generator: Generator) -> UserBuffer:
    return UserBuffer(content=generator.uuid(3), length=16)


def _on_other_fd(generator: Generator, call: NecpClientAction) -> NecpClientAction:
    pid, fd = other_fd(generator, call.pid)
    return replace(call, pid=pid, fd=fd)


def _on_observer(generator: Generator, call: NecpClientAction) -> NecpClientAction:
    if not generator.observers:
        return replace(call, fd=CLOSED_FD)
    found = generator.pick(generator.observers)
    return replace(call, pid=found.pid, fd=found.number)


def _on_any_client_fd(generator: Generator, call: NecpClientAction) -> NecpClientAction:
    found = generator.any_fd()
    return replace(call, pid=found.pid, fd=found.number)


def _session_on_other_fd(generator: Generator, call: NecpSessionAction) -> NecpSessionAction:
    pid, fd = other_fd(generator, call.pid)
    return replace(call, pid=pid, fd=fd)


_CLIENT_CALLS: Final[tuple[Callable[[Generator, NecpClientAction], NecpClientAction], ...]] = (
    lambda _, call: replace(call, client_id=None, client_id_len=0),
    lambda _, call: replace(call, client_id=None, client_id_len=16),
    lambda _, call: replace(call, client_id_len=15),
    lambda _, call: replace(call, client_id=UserBuffer(unmapped=True), client_id_len=16),
    lambda _, call: replace(call, client_id=read_only(call.client_id)),
    lambda _, call: replace(call, client_id=UserBuffer(length=16), client_id_len=16),
    lambda generator, call: replace(call, client_id=_unknown_id(generator), client_id_len=16),
    lambda _, call: replace(call, buffer=None, buffer_size=0),
    lambda _, call: replace(call, buffer=None),
    lambda _, call: replace(call, buffer_size=0),
    lambda _, call: replace(call, buffer_size=max(0, call.buffer_size - 1)),
    lambda _, call: replace(call, buffer_size=call.buffer_size // 3),
    lambda _, call: replace(call, buffer_size=call.buffer_size + 1),
    lambda _, call: replace(
        call,
        buffer=replace(call.buffer or UserBuffer(), length=LARGE_BYTES),
        buffer_size=LARGE_BYTES,
    ),
    lambda _, call: replace(call, buffer=faulty(call.buffer)),
    lambda _, call: replace(call, buffer=read_only(call.buffer)),
    lambda _, call: replace(call, buffer=UserBuffer(unmapped=True)),
    lambda _, call: replace(call, fd=CLOSED_FD),
    lambda _, call: replace(call, pid=NOBODY),
    lambda _, call: replace(call, pid=APP),
    _on_other_fd,
    _on_observer,
    _on_any_client_fd,
)
_SESSION_CALLS: Final[tuple[Callable[[Generator, NecpSessionAction], NecpSessionAction], ...]] = (
    lambda _, call: replace(call, in_buffer=None, in_buffer_length=0),
    lambda _, call: replace(call, in_buffer_length=0),
    lambda _, call: replace(call, in_buffer_length=max(0, call.in_buffer_length - 1)),
    lambda _, call: replace(call, in_buffer_length=call.in_buffer_length // 2),
    lambda _, call: replace(call, in_buffer_length=LARGE_BYTES),
    lambda _, call: replace(call, in_buffer=faulty(call.in_buffer)),
    lambda _, call: replace(call, in_buffer=UserBuffer(unmapped=True)),
    lambda _, call: replace(call, out_buffer=None, out_buffer_length=0),
    lambda _, call: replace(call, out_buffer_length=0),
    lambda _, call: replace(call, out_buffer_length=3),
    lambda _, call: replace(call, out_buffer=faulty(call.out_buffer)),
    lambda _, call: replace(call, out_buffer=read_only(call.out_buffer)),
    lambda _, call: replace(call, fd=CLOSED_FD),
    lambda _, call: replace(call, pid=NOBODY),
    _session_on_other_fd,
)
