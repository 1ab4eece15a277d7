"""Moves about clients: every action on a client fd, and the fds themselves."""

from __future__ import annotations

import struct
from typing import Final

from necp_replay.abi.client import ClientAction, ClientParameter, OpenFlag
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events import syscalls
from necp_replay.events.user_buffer import UserBuffer, UserPointer
from necp_replay.generate import values
from necp_replay.generate.calls import client_call
from necp_replay.generate.world import (
    APP,
    CLOSED_FD,
    DAEMON,
    INTERFACES,
    LATER,
    LO0,
    NOBODY,
    PLATFORM,
    SMALL,
    WATCHER,
    Client,
    Fd,
    World,
)
from necp_replay.scenario.buffers import BufferLike, room

MAX_FDS: Final = 8
MAX_CLIENTS: Final = 40
MAX_COOKIE_BYTES: Final = 16
"""A longer one overruns the cache of older releases and brings them down later."""


def open_fd(world: World) -> None:
    """Open a client fd, now and then where that fails."""
    if len(world.fds) >= MAX_FDS:
        close_fd(world)
    pid = world.steer("open", (APP, PLATFORM, DAEMON, APP, NOBODY, SMALL))
    fd = Fd(pid, world.new_fd())
    flags = world.steer("open flags", (0, int(OpenFlag.BACKGROUND)))
    assigned = None if pid == SMALL else fd.number
    world.emit(syscalls.NecpOpen(pid, flags, assigned))
    if pid not in (NOBODY, SMALL):
        world.fds.append(fd)


def open_observer(world: World) -> None:
    """Open an observer, with the privilege or without."""
    for stale in world.observers[2:]:
        world.emit(syscalls.Close(stale.pid, stale.number))
        world.forget_fd(stale)
    fd = Fd(world.pick((WATCHER, WATCHER, DAEMON, APP)), world.new_fd())
    observer = int(OpenFlag.OBSERVER)
    push = int(OpenFlag.PUSH_OBSERVER)
    flags = world.steer("observer flags", (observer, push, observer | push))
    world.emit(syscalls.NecpOpen(fd.pid, flags, fd.number))
    world.observers.append(fd)


def open_other(world: World) -> None:
    """Open an fd of another kind."""
    if len(world.others) > 2:
        stale = world.others[0]
        world.emit(syscalls.Close(stale.pid, stale.number))
        world.forget_fd(stale)
    pid = world.steer("open other", (APP, DAEMON, SMALL, NOBODY))
    fd = Fd(pid, world.new_fd())
    world.emit(syscalls.OpenOther(pid, None if pid == SMALL else fd.number))
    if pid not in (NOBODY, SMALL):
        world.others.append(fd)


def close_fd(world: World) -> None:
    """Close a client fd, or what is none."""
    if world.chance(3) or not world.fds:
        world.emit(syscalls.Close(world.pick((APP, NOBODY)), CLOSED_FD))
        return
    fd = world.pick(world.fds)
    world.emit(syscalls.Close(fd.pid, fd.number))
    world.forget_fd(fd)


def fd_operation(world: World) -> None:
    """Poll, read, write, ioctl or select on an fd of any kind."""
    fds = (world.any_fd(), Fd(APP, CLOSED_FD), Fd(NOBODY, CLOSED_FD))
    of_kinds = [kind[-1] for kind in (world.others, world.observers, world.sessions) if kind]
    fd = world.steer("operation on", (*fds[:1], *fds, *of_kinds))
    s = syscalls
    operation = world.steer("operation", range(7))
    made = (
        s.FdPoll(fd.pid, fd.number, "poll", world.pick((1, 4, 0x40, 0))),
        s.FdPoll(fd.pid, fd.number, "kqfilter", 1, world.pick((-1, -1, -2))),
        s.FdRead(fd.pid, fd.number),
        s.FdWrite(fd.pid, fd.number),
        s.FdIoctl(fd.pid, fd.number, world.number(4)),
        s.FdSelect(fd.pid, fd.number, world.pick(("read", "write", "except"))),
        s.FdPoll(fd.pid, fd.number, "poll"),
    )
    world.emit(made[operation])


def add(world: World) -> None:
    """ADD a client."""
    if len(world.clients) >= MAX_CLIENTS:
        remove(world)
    fd = world.any_fd()
    client = Client(fd, world.uuid())
    if client_call(world, ClientAction.ADD, fd, room(16), values.parameters(world)):
        world.clients.append(client)


def remove(world: World) -> None:
    """REMOVE a client, with statistics or without."""
    client = world.any_client()
    unreadable = UserBuffer(length=96, mapped=40)
    kinds: tuple[BufferLike, ...] = (None, bytes(95) + b"\1", b"\1" * 32, unreadable)
    statistics = world.steer("statistics", kinds)
    client_call(world, ClientAction.REMOVE, client.fd, client.id, statistics)
    world.clients = [each for each in world.clients if each.id != client.id]


def copy_parameters(world: World) -> None:
    """COPY_PARAMETERS."""
    _copy(world, ClientAction.COPY_PARAMETERS, 1024)


def copy_result(world: World) -> None:
    """COPY_RESULT."""
    _copy(world, ClientAction.COPY_RESULT, world.pick((1024, 1024, 64)))


def copy_updated_result(world: World) -> None:
    """COPY_UPDATED_RESULT, also of whichever client has news."""
    _copy(world, ClientAction.COPY_UPDATED_RESULT, 1024)


def copy_list(world: World) -> None:
    """COPY_LIST through an observer or another fd."""
    fd = world.pick(world.observers) if world.observers else world.any_fd()
    count = world.pick((0, 1, 16, 64, 70_000))
    size_bytes = 4 + 16 * count
    content = UserBuffer(content=count.to_bytes(4, "little").rstrip(b"\0"), length=size_bytes)
    client_call(world, ClientAction.COPY_LIST, fd, None, content)


def agent_action(world: World) -> None:
    """AGENT: trigger, assert and unassert, and TLVs about something else."""
    client = world.any_client()
    content = b""
    for _ in range(1 + world.number(2)):
        kind = world.steer("agent action", _AGENT_TLVS)
        content += pack_tlv(kind, world.pick((*values.AGENTS, bytes(16))))
    client_call(world, ClientAction.AGENT, client.fd, client.id, content)


def copy_agent(world: World) -> None:
    """COPY_AGENT."""
    uuid = world.pick(values.AGENTS)
    client_call(world, ClientAction.COPY_AGENT, world.any_fd(), uuid, room(512))


def copy_interface(world: World) -> None:
    """COPY_INTERFACE."""
    index = world.pick((*INTERFACES, LO0, LATER, 0)).to_bytes(4, "little")
    client_call(world, ClientAction.COPY_INTERFACE, world.any_fd(), index, room(92))


def copy_route_statistics(world: World) -> None:
    """COPY_ROUTE_STATISTICS into a buffer of this release's size, or of another's."""
    size_bytes = world.pick((112, 72, 64, 72))
    _copy(world, ClientAction.COPY_ROUTE_STATISTICS, size_bytes)


def agent_use(world: World) -> None:
    """AGENT_USE."""
    client = world.any_client()
    content = world.pick(values.AGENTS).ljust(24, b"\0")
    client_call(world, ClientAction.AGENT_USE, client.fd, client.id, content)


def update_cache(world: World) -> None:
    """UPDATE_CACHE: what was learned of ECN or of Fast Open."""
    client = world.any_client()
    kind, version = world.steer("cache", ((1, 1), (2, 1), (2, 1), (3, 1), (1, 2)))
    content = bytes((world.number(2),))
    if kind == 2:
        cookie_bytes = world.number(MAX_COOKIE_BYTES + 1)
        content = (b"\xc0" * cookie_bytes).ljust(16, b"\0") + bytes((cookie_bytes, world.number(3)))
    there = world.steer("cache is there", (18, 18, 18, 5))
    buffer = cache(kind, version, content, there)
    client_call(world, ClientAction.UPDATE_CACHE, client.fd, client.id, buffer)


def cache(kind: int, version: int, content: bytes, there: int = 18) -> UserBuffer:
    """The argument of UPDATE_CACHE: a buffer that points to another, of ``there`` bytes at most."""
    target = UserBuffer(content=content[:there].rstrip(b"\0"), length=min(there, len(content)))
    head = struct.pack("<BBxxI", kind, version, len(content))
    return UserBuffer(content=head.rstrip(b"\0"), length=16, pointers=(UserPointer(8, target),))


def copy_client_update(world: World) -> None:
    """COPY_CLIENT_UPDATE through an observer or another fd."""
    fd = world.pick(world.observers) if world.observers else world.any_fd()
    size_bytes = world.pick((2048, 2048, 40))
    client_call(world, ClientAction.COPY_CLIENT_UPDATE, fd, room(16), room(size_bytes))


def unhandled_action(world: World) -> None:
    """An action that no release handles, or that there is not."""
    client = world.any_client()
    action = world.steer("unhandled", (0, 6, 10, 13, 17, 99))
    client_call(world, action, client.fd, client.id, room(64))


def _copy(world: World, action: ClientAction, size_bytes: int) -> None:
    client = world.any_client()
    fd = client.fd
    if world.observers and world.chance(5):
        fd = world.pick(world.observers)
    client_call(world, action, fd, client.id, room(size_bytes))


_AGENT_TLVS: Final = (
    ClientParameter.TRIGGER_AGENT,
    ClientParameter.ASSERT_AGENT,
    ClientParameter.UNASSERT_AGENT,
    ClientParameter.PID,
)
