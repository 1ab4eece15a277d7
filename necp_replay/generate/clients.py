"""Operations of clients: every client action, and opening, using and closing the fds."""

from __future__ import annotations

import struct
from typing import Final

from necp_replay.abi.client import (
    FLOW_STATS_REQUEST_BYTES,
    AgentReport,
    ClientAction,
    ClientParameter,
    ClientParameterFlag,
    FlowFlag,
    LaterParameterFlag,
    OpenFlag,
)
from necp_replay.abi.client_structs import ADD_FLOW_REQUEST, FLOW_STATISTICS, STATISTICS_REQUEST
from necp_replay.abi.netagent import AgentOption8019
from necp_replay.abi.tlv import pack_tlv
from necp_replay.abi.uuid import ZERO_UUID, as_flow_id
from necp_replay.events import syscalls
from necp_replay.events.agents import NetagentSetopt
from necp_replay.events.user_buffer import UserBuffer, UserPointer
from necp_replay.generate import values
from necp_replay.generate.generator import (
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
    Generator,
    KnownClient,
    KnownFd,
)
from necp_replay.generate.hostile_calls import client_call
from necp_replay.scenario.buffers import BufferLike, room
from necp_replay.scenario.parameters import client_parameters

# With more fds and clients, each would be used too rarely to reach deeper states.
MAX_FDS: Final = 8
MAX_CLIENTS: Final = 40
MAX_FLOWS: Final = 40
MAX_COOKIE_BYTES: Final = 16
"""A longer cookie overruns the cache in some releases, and the system goes down later."""


def open_fd(generator: Generator) -> None:
    """Open a client fd, sometimes for a process that has reached its limit or does not exist."""
    if len(generator.fds) >= MAX_FDS:
        close_fd(generator)
    pid = generator.steer("open", (APP, PLATFORM, DAEMON, APP, NOBODY, SMALL))
    fd = KnownFd(pid, generator.new_fd())
    flags = generator.steer("open flags", (0, int(OpenFlag.BACKGROUND)))
    assigned = None if pid == SMALL else fd.number
    generator.emit(syscalls.NecpOpen(pid, flags, assigned))
    if pid not in (NOBODY, SMALL):
        generator.fds.append(fd)


def open_observer(generator: Generator) -> None:
    """Open an observer fd, with or without the privilege to observe."""
    for stale in generator.observers[2:]:
        generator.emit(syscalls.Close(stale.pid, stale.number))
        generator.forget_fd(stale)
    fd = KnownFd(generator.pick((WATCHER, WATCHER, DAEMON, APP)), generator.new_fd())
    observer = int(OpenFlag.OBSERVER)
    push = int(OpenFlag.PUSH_OBSERVER)
    flags = generator.steer("observer flags", (observer, push, observer | push))
    generator.emit(syscalls.NecpOpen(fd.pid, flags, fd.number))
    generator.observers.append(fd)


def open_other(generator: Generator) -> None:
    """Open an fd that is no NECP fd."""
    if len(generator.others) > 2:
        stale = generator.others[0]
        generator.emit(syscalls.Close(stale.pid, stale.number))
        generator.forget_fd(stale)
    pid = generator.steer("open other", (APP, DAEMON, SMALL, NOBODY))
    fd = KnownFd(pid, generator.new_fd())
    generator.emit(syscalls.OpenOther(pid, None if pid == SMALL else fd.number))
    if pid not in (NOBODY, SMALL):
        generator.others.append(fd)


def close_fd(generator: Generator) -> None:
    """Close a client fd, or an fd that is not open."""
    if generator.chance(3) or not generator.fds:
        generator.emit(syscalls.Close(generator.pick((APP, NOBODY)), CLOSED_FD))
        return
    fd = generator.pick(generator.fds)
    generator.emit(syscalls.Close(fd.pid, fd.number))
    generator.forget_fd(fd)


def fd_operation(generator: Generator) -> None:
    """Poll, read, write, ioctl or select on an fd of any kind."""
    fds = (generator.any_fd(), KnownFd(APP, CLOSED_FD), KnownFd(NOBODY, CLOSED_FD))
    of_kinds = [
        kind[-1] for kind in (generator.others, generator.observers, generator.sessions) if kind
    ]
    fd = generator.steer("operation on", (*fds[:1], *fds, *of_kinds))
    s = syscalls
    operation = generator.steer("operation", range(7))
    made = (
        s.FdPoll(fd.pid, fd.number, "poll", generator.pick((1, 4, 0x40, 0))),
        s.FdPoll(fd.pid, fd.number, "kqfilter", 1, generator.pick((-1, -1, -2))),
        s.FdRead(fd.pid, fd.number),
        s.FdWrite(fd.pid, fd.number),
        s.FdIoctl(fd.pid, fd.number, generator.number(4)),
        s.FdSelect(fd.pid, fd.number, generator.pick(("read", "write", "except"))),
        s.FdPoll(fd.pid, fd.number, "poll"),
    )
    generator.emit(made[operation])


def add(generator: Generator) -> None:
    """ADD a client."""
    if len(generator.clients) >= MAX_CLIENTS:
        remove(generator)
    fd = generator.any_fd()
    client = KnownClient(fd, generator.uuid())
    if client_call(generator, ClientAction.ADD, fd, room(16), values.parameters(generator)):
        generator.clients.append(client)


def remove(generator: Generator) -> None:
    """REMOVE a client, with or without statistics."""
    client = generator.any_client()
    unreadable = UserBuffer(length=96, mapped=40)
    kinds: tuple[BufferLike, ...] = (None, bytes(95) + b"\1", b"\1" * 32, unreadable)
    statistics = generator.steer("statistics", kinds)
    client_call(generator, ClientAction.REMOVE, client.fd, client.id, statistics)
    generator.clients = [each for each in generator.clients if each.id != client.id]


def copy_parameters(generator: Generator) -> None:
    """COPY_PARAMETERS."""
    _copy(generator, ClientAction.COPY_PARAMETERS, 1024)


def copy_result(generator: Generator) -> None:
    """COPY_RESULT."""
    _copy(generator, ClientAction.COPY_RESULT, generator.pick((1024, 1024, 64)))


def copy_updated_result(generator: Generator) -> None:
    """COPY_UPDATED_RESULT."""
    _copy(generator, ClientAction.COPY_UPDATED_RESULT, 1024)


def copy_list(generator: Generator) -> None:
    """COPY_LIST through an observer, or through a client fd if there is no observer."""
    fd = generator.pick(generator.observers) if generator.observers else generator.any_fd()
    count = generator.pick((0, 1, 16, 64, 70_000))
    size_bytes = 4 + 16 * count
    content = UserBuffer(content=count.to_bytes(4, "little").rstrip(b"\0"), length=size_bytes)
    client_call(generator, ClientAction.COPY_LIST, fd, None, content)


def agent_action(generator: Generator) -> None:
    """AGENT with TLVs that trigger, assert or unassert, and with TLVs of another type."""
    client = generator.any_client()
    content = b""
    for _ in range(1 + generator.number(2)):
        kind = generator.steer("agent action", _AGENT_TLVS)
        report = generator.pick((bytes(4), b"\x16\0\0\0")) if kind in _REPORTS else b""
        content += pack_tlv(kind, generator.pick((*values.AGENTS, ZERO_UUID)) + report)
    if generator.chance(12):
        content = content.ljust(300, b"\0")
    client_call(generator, ClientAction.AGENT, client.fd, client.id, content)


def copy_agent(generator: Generator) -> None:
    """COPY_AGENT."""
    uuid = generator.pick(values.AGENTS)
    client_call(generator, ClientAction.COPY_AGENT, generator.any_fd(), uuid, room(512))


def copy_interface(generator: Generator) -> None:
    """COPY_INTERFACE into a buffer of the size that some release expects."""
    index = generator.pick((*INTERFACES, LO0, LATER, 0)).to_bytes(4, "little")
    size_bytes = generator.pick((92, 116, 100, 116))
    client_call(generator, ClientAction.COPY_INTERFACE, generator.any_fd(), index, room(size_bytes))


def copy_route_statistics(generator: Generator) -> None:
    """COPY_ROUTE_STATISTICS into a buffer of the size that some release expects, or too small."""
    size_bytes = generator.pick((112, 72, 64, 72))
    _copy(generator, ClientAction.COPY_ROUTE_STATISTICS, size_bytes)


def agent_use(generator: Generator) -> None:
    """AGENT_USE."""
    client = generator.any_client()
    content = generator.pick(values.AGENTS).ljust(24, b"\0")
    client_call(generator, ClientAction.AGENT_USE, client.fd, client.id, content)


def update_cache(generator: Generator) -> None:
    """UPDATE_CACHE for ECN or TCP Fast Open, sometimes of an unknown type or version."""
    client = generator.any_client()
    kind, version = generator.steer("cache", ((1, 1), (2, 1), (2, 1), (3, 1), (1, 2)))
    content = bytes((generator.number(2),))
    if kind == 2:
        cookie_bytes = generator.number(MAX_COOKIE_BYTES + 1)
        content = (b"\xc0" * cookie_bytes).ljust(16, b"\0") + bytes(
            (cookie_bytes, generator.number(3))
        )
    there = generator.steer("cache is there", (18, 18, 18, 5))
    buffer = cache(kind, version, content, there)
    client_call(generator, ClientAction.UPDATE_CACHE, client.fd, client.id, buffer)


def cache(kind: int, version: int, content: bytes, there: int = 18) -> UserBuffer:
    """The buffer of UPDATE_CACHE, which points to another with at most ``there`` bytes."""
    target = UserBuffer(content=content[:there].rstrip(b"\0"), length=min(there, len(content)))
    head = struct.pack("<BBxxI", kind, version, len(content))
    return UserBuffer(content=head.rstrip(b"\0"), length=16, pointers=(UserPointer(8, target),))


def claim(generator: Generator) -> None:
    """CLAIM of a client, through any fd."""
    client = generator.any_client()
    client_call(generator, ClientAction.CLAIM, generator.any_fd(), client.id, None)


def add_flow(generator: Generator) -> None:
    """ADD_FLOW: with and without an agent, an address or requests of statistics; then a copy."""
    client = generator.any_client()
    flags = generator.steer("flow", _FLOW_FLAGS)
    statistics = generator.number(3)
    content = ADD_FLOW_REQUEST.pack(generator.pick(values.AGENTS), ZERO_UUID, flags, statistics)
    if generator.chance(2):
        size = generator.pick((144, 152, 7))
        content += FLOW_STATISTICS.pack(generator.pick((1, 2)), 1, size, 0) * statistics
    else:
        content += b"\1" * FLOW_STATS_REQUEST_BYTES * statistics
    if flags & FlowFlag.OVERRIDE_ADDRESS:
        content += values.address(generator)
    if flags & FlowFlag.OVERRIDE_IP_PROTOCOL:
        content += b"\x11"
    if generator.chance(12):
        content = content.ljust(300, b"\0")
    flow = KnownClient(client.fd, as_flow_id(generator.uuid()))
    if client_call(generator, ClientAction.ADD_FLOW, client.fd, client.id, content):
        generator.flows.append(flow)
        del generator.flows[:-MAX_FLOWS]
        client_call(generator, ClientAction.COPY_RESULT, flow.fd, flow.id, room(4096))


def remove_flow(generator: Generator) -> None:
    """REMOVE_FLOW of a flow that was added, or of a client; with or without statistics."""
    flow = generator.any_client()
    if generator.flows and not generator.chance(6):
        flow = generator.pick(generator.flows)
    unreadable = UserBuffer(length=96, mapped=40)
    kinds: tuple[BufferLike, ...] = (None, bytes(95) + b"\1", b"\1" * 32, unreadable)
    statistics = generator.steer("statistics of a flow", kinds)
    client_call(generator, ClientAction.REMOVE_FLOW, flow.fd, flow.id, statistics)


def acquire_agent_token(generator: Generator) -> None:
    """ACQUIRE_AGENT_TOKEN of an agent that just stored one, or of any other."""
    name = generator.pick(range(len(values.AGENTS)))
    agent = generator.pick((values.AGENTS[name], values.AGENTS[name], ZERO_UUID))
    if not generator.chance(3):
        add = int(AgentOption8019.ADD_TOKEN)
        generator.emit(NetagentSetopt(values.AGENT_NAMES[name], add, b"token"))
    buffer = generator.steer("token", (room(64), room(64), room(4), None))
    client_call(generator, ClientAction.ACQUIRE_AGENT_TOKEN, generator.any_fd(), agent, buffer)


def copy_client_update(generator: Generator) -> None:
    """COPY_CLIENT_UPDATE through an observer, or through a client fd if there is no observer."""
    fd = generator.pick(generator.observers) if generator.observers else generator.any_fd()
    size_bytes = generator.pick((2048, 2048, 40))
    client_call(generator, ClientAction.COPY_CLIENT_UPDATE, fd, room(16), room(size_bytes))


def copy_final_result(generator: Generator) -> None:
    """COPY_UPDATED_RESULT_FINAL, in many cases into a buffer without room."""
    _copy(generator, ClientAction.COPY_UPDATED_RESULT_FINAL, generator.pick((1024, 64, 1024)))


def interface_address(generator: Generator) -> None:
    """GET_INTERFACE_ADDRESS for an address of any family, through any interface."""
    index = generator.pick((*INTERFACES, LO0, LATER, 0)).to_bytes(4, "little")
    address = values.address(generator)
    address = address[: address[0]]
    address = generator.steer("family", (address, address, b"\x10\x12".ljust(16, b"\0")))
    fd = generator.any_fd()
    client_call(generator, ClientAction.GET_INTERFACE_ADDRESS, fd, index, address)


def map_sysctls(generator: Generator) -> None:
    """MAP_SYSCTLS, which maps them once for each fd."""
    client_call(generator, ClientAction.MAP_SYSCTLS, generator.any_fd(), None, room(8))


def listen(generator: Generator) -> None:
    """Two listeners on one port, or on any, which may allow that it is used again."""
    fd = generator.any_fd()
    reuse = generator.pick((0, int(LaterParameterFlag.REUSE_LOCAL)))
    for local in generator.steer("ports", _PORTS):
        flags = int(ClientParameterFlag.LISTENER) | reuse
        client = KnownClient(fd, generator.uuid())
        tlvs = client_parameters(local=local, flags=flags)
        if client_call(generator, ClientAction.ADD, fd, room(16), tlvs):
            generator.clients.append(client)


def request_nexus(generator: Generator) -> None:
    """REQUEST_NEXUS_INSTANCE of a client, with or without a request of statistics."""
    size = generator.pick((144, 152, 7))
    statistics = STATISTICS_REQUEST.pack(generator.pick((0xBF, 1)), 1, 1, size, 0)
    buffer = generator.steer("nexus", (None, statistics))
    client = generator.any_client()
    client_call(generator, ClientAction.REQUEST_NEXUS_INSTANCE, client.fd, client.id, buffer)


def unhandled_action(generator: Generator) -> None:
    """An action number that no release handles, or that is not defined."""
    client = generator.any_client()
    action = generator.steer("unhandled", (0, 6, 10, 13, 17, 99))
    client_call(generator, action, client.fd, client.id, room(64))


def _copy(generator: Generator, action: ClientAction, size_bytes: int) -> None:
    client = generator.any_client()
    fd = client.fd
    if generator.observers and generator.chance(5):
        fd = generator.pick(generator.observers)
    client_call(generator, action, fd, client.id, room(size_bytes))


_PORTS: Final = (
    ("192.0.2.10:80", "192.0.2.10:80"),
    ("192.0.2.10:81", "0.0.0.0:81", "198.51.100.5:81"),
    ("192.0.2.10:0", "192.0.2.10:0"),
)
_FLOW_FLAGS: Final = (
    0,
    int(FlowFlag.ALLOW_NEXUS),
    int(FlowFlag.BROWSE),
    int(FlowFlag.RESOLVE),
    int(FlowFlag.BROWSE | FlowFlag.USE_CLIENT_ID),
    int(FlowFlag.BROWSE | FlowFlag.OVERRIDE_ADDRESS),
    int(FlowFlag.RESOLVE | FlowFlag.ALLOW_NEXUS),
    int(FlowFlag.BROWSE | FlowFlag.OVERRIDE_IP_PROTOCOL),
)
_REPORTS: Final = tuple(AgentReport)
_AGENT_TLVS: Final = (
    *_REPORTS,
    ClientParameter.TRIGGER_AGENT,
    ClientParameter.ASSERT_AGENT,
    ClientParameter.UNASSERT_AGENT,
    ClientParameter.PID,
)
