"""Calls made hostile: no buffers, short ones, faults, wrong fds, wrong ids, unknown processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from necp_replay.events.syscalls import NecpClientAction, NecpSessionAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.generate.world import APP, CLOSED_FD, NOBODY, Fd, World
from necp_replay.scenario.buffers import BufferLike, as_buffer

HOSTILE_ONE_IN: Final = 3
LARGE_BYTES: Final = 6000


def client_call(
    world: World, action: int, fd: Fd, client_id: BufferLike, buffer: BufferLike
) -> bool:
    """Make a client action, valid or hostile; says whether it was left valid."""
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
    is_hostile = world.chance(HOSTILE_ONE_IN)
    if is_hostile:
        call = world.steer(f"client action {action}", _CLIENT_CALLS)(world, call)
    world.emit(call)
    return not is_hostile


def session_call(
    world: World, action: int, fd: Fd, in_buffer: BufferLike, out_buffer: BufferLike
) -> bool:
    """Make a session action, valid or hostile; says whether it was left valid."""
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
    is_hostile = world.chance(HOSTILE_ONE_IN)
    if is_hostile:
        call = world.steer(f"session action {action}", _SESSION_CALLS)(world, call)
    world.emit(call)
    return not is_hostile


def faulty(buffer: UserBuffer | None) -> UserBuffer:
    """The buffer with its last byte on a page that is not there."""
    if buffer is None or not buffer.length:
        return UserBuffer(unmapped=True)
    mapped = max(0, buffer.length - 1)
    return replace(buffer, content=buffer.content[:mapped], mapped=mapped)


def read_only(buffer: UserBuffer | None) -> UserBuffer:
    """The buffer on a page that cannot be written."""
    return replace(buffer, readonly=True) if buffer is not None else UserBuffer(unmapped=True)


def other_fd(world: World, pid: int) -> tuple[int, int]:
    """An fd that is not of NECP's kind, or one that is not open."""
    if world.others:
        found = world.pick(world.others)
        return found.pid, found.number
    return pid, CLOSED_FD


def _unknown_id(world: World) -> UserBuffer:
    return UserBuffer(content=world.uuid(3), length=16)


def _on_other_fd(world: World, call: NecpClientAction) -> NecpClientAction:
    pid, fd = other_fd(world, call.pid)
    return replace(call, pid=pid, fd=fd)


def _on_observer(world: World, call: NecpClientAction) -> NecpClientAction:
    if not world.observers:
        return replace(call, fd=CLOSED_FD)
    found = world.pick(world.observers)
    return replace(call, pid=found.pid, fd=found.number)


def _on_any_client_fd(world: World, call: NecpClientAction) -> NecpClientAction:
    found = world.any_fd()
    return replace(call, pid=found.pid, fd=found.number)


def _session_on_other_fd(world: World, call: NecpSessionAction) -> NecpSessionAction:
    pid, fd = other_fd(world, call.pid)
    return replace(call, pid=pid, fd=fd)


_CLIENT_CALLS: Final[tuple[Callable[[World, NecpClientAction], NecpClientAction], ...]] = (
    lambda _, call: replace(call, client_id=None, client_id_len=0),
    lambda _, call: replace(call, client_id=None, client_id_len=16),
    lambda _, call: replace(call, client_id_len=15),
    lambda _, call: replace(call, client_id=UserBuffer(unmapped=True), client_id_len=16),
    lambda _, call: replace(call, client_id=read_only(call.client_id)),
    lambda _, call: replace(call, client_id=UserBuffer(length=16), client_id_len=16),
    lambda w, call: replace(call, client_id=_unknown_id(w), client_id_len=16),
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
_SESSION_CALLS: Final[tuple[Callable[[World, NecpSessionAction], NecpSessionAction], ...]] = (
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
