"""Strategies for arbitrary inputs: plausible calls, hostile bytes, and everything between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st

from necp_replay.abi.client import ClientAction, ClientParameter, ClientResult
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events import (
    agents,
    clock,
    interfaces,
    notifications,
    processes,
    routes,
    sockets,
    syscalls,
)
from necp_replay.events.inputs import Input
from necp_replay.events.user_buffer import UserBuffer, UserPointer
from necp_replay.scenario.addresses import sockaddr

PIDS: Final = (100, 200, 300, 999)
FDS: Final = (3, 4, 5, 6, 77, -1)
AGENTS: Final = tuple(bytes([0xA0 + i]) * 16 for i in range(3))
NAMES: Final = ("s0", "s1", "m0", "m1", "a0", "a1", "k0")
INDICES: Final = (1, 4, 5, 6, 0, 99)

pids = st.sampled_from(PIDS)
callers = st.sampled_from((100, 100, 200, 200, 200, 300, 999))
"""Who makes client actions: seldom the process whose fds are sessions."""
fds = st.sampled_from(FDS)
agent_uuids = st.sampled_from((*AGENTS, bytes(16)))
words = st.sampled_from((0, 1, 2, 3, 4, 5, 8, 16, 255, 0x7FFFFFFF, 0xFFFFFFFF))
addresses = st.sampled_from(
    ("192.0.2.10", "192.0.2.77:443", "198.51.100.5", "203.0.113.9:80", "127.0.0.1", "0.0.0.0")
) | st.sampled_from(("2001:db8:4::10", "[2001:db8:99::1]:443", "[fe80::4%4]:1", "::", "::1"))
texts = st.sampled_from(("", "en0", "en5", "lo0", "nosuch", "*.example.com", "..", "x" * 24))

_parameter_values: Final = st.one_of(
    st.binary(max_size=40),
    addresses.map(lambda text: b"\0" + sockaddr(text)),
    addresses.map(sockaddr),
    texts.map(lambda text: text.encode() + b"\0"),
    words.map(lambda word: word.to_bytes(4, "little")),
    agent_uuids,
    st.sampled_from((b"WiFi".ljust(32, b"\0") + b"X".ljust(32, b"\0"), bytes(64))),
)
_types: Final = st.sampled_from([int(member) for member in ClientParameter]) | st.integers(0, 255)
_tlvs: Final = st.builds(pack_tlv, _types, _parameter_values)
parameters = st.lists(_tlvs, max_size=6).map(b"".join)
hostile_bytes = parameters | st.binary(max_size=64) | parameters.map(lambda p: p[: len(p) // 2])
_results: Final = st.lists(
    st.builds(
        pack_tlv,
        st.sampled_from([int(member) for member in ClientResult]),
        addresses.map(sockaddr) | st.binary(max_size=8),
    ),
    max_size=3,
).map(b"".join)


def buffers(contents: st.SearchStrategy[bytes]) -> st.SearchStrategy[UserBuffer | None]:
    """A user buffer: whole, faulting, read-only, unmapped, NULL or with pointers."""

    def build(
        content: bytes, more: int, mapped: int | None, readonly: bool, pointer: bool
    ) -> UserBuffer:
        pointers = (UserPointer(8, UserBuffer(content=b"\1" * 18, length=18)),) if pointer else ()
        return UserBuffer(
            content=content.rstrip(b"\0"),
            length=len(content) + more,
            mapped=mapped,
            readonly=readonly,
            pointers=pointers,
        )

    built = st.builds(
        build,
        contents,
        st.sampled_from((0, 0, 0, 1, 64, 512, 2048)),
        st.none() | st.integers(0, 600),
        st.booleans(),
        st.sampled_from((False, False, False, True)),
    )
    plain = contents.map(lambda c: UserBuffer(content=c.rstrip(b"\0"), length=max(len(c), 512)))
    return st.one_of(plain, built, st.none(), st.just(UserBuffer(unmapped=True)))


sizes = st.sampled_from((0, 1, 4, 15, 16, 17, 18, 24, 64, 72, 92, 96, 112, 512, 1024, 1025, 2048))


def client_calls(ids: Sequence[bytes]) -> st.SearchStrategy[Input]:
    """``necp_client_action`` with ids that exist and ids that do not."""
    id_contents = st.sampled_from((*ids, bytes(16), b"\xee" * 16, *AGENTS, b"\4\0\0\0"))
    return st.builds(
        syscalls.NecpClientAction,
        callers,
        fds,
        st.integers(0, 18),
        buffers(id_contents),
        st.sampled_from((16, 16, 16, 16, 4, 0, 15, 17)),
        buffers(hostile_bytes),
        sizes,
    )


def likely_calls(pid: int, fd: int, client_id: bytes) -> st.SearchStrategy[Input]:
    """``necp_client_action`` about a client of this fd, with buffers that mostly fit."""

    def build(action: int, buffer: UserBuffer) -> Input:
        size = buffer.length or 0
        return syscalls.NecpClientAction(
            pid, fd, action, UserBuffer(content=client_id, length=16), 16, buffer, size
        )

    return st.sampled_from(sorted(_LIKELY_BUFFERS)).flatmap(
        lambda action: st.builds(build, st.just(action), _LIKELY_BUFFERS[action])
    )


_room: Final = st.sampled_from(
    (UserBuffer(length=2048), UserBuffer(length=64), UserBuffer(length=1024, mapped=60))
)
_cache: Final = st.builds(
    lambda kind, content: UserBuffer(
        content=bytes((kind, 1, 0, 0, len(content))),
        length=16,
        pointers=(UserPointer(8, UserBuffer(content=content.rstrip(b"\0"), length=len(content))),),
    ),
    st.sampled_from((1, 2)),
    st.sampled_from((b"\0", b"\x3f", b"\1" * 16 + b"\x10\0", b"\1" * 16 + b"\x11\x7f")),
)
_LIKELY_BUFFERS: Final[dict[int, st.SearchStrategy[UserBuffer]]] = {
    ClientAction.REMOVE: st.sampled_from((UserBuffer(length=0), UserBuffer(length=96, mapped=3))),
    ClientAction.COPY_PARAMETERS: _room,
    ClientAction.COPY_RESULT: _room,
    ClientAction.COPY_UPDATED_RESULT: _room,
    ClientAction.COPY_CLIENT_UPDATE: _room,
    ClientAction.COPY_ROUTE_STATISTICS: st.sampled_from((64, 72, 112)).map(
        lambda size: UserBuffer(length=size)
    ),
    ClientAction.COPY_AGENT: _room,
    ClientAction.AGENT: st.lists(
        st.builds(pack_tlv, st.integers(129, 132), agent_uuids), min_size=1, max_size=4
    ).map(lambda tlvs: UserBuffer(content=b"".join(tlvs), length=sum(map(len, tlvs)))),
    ClientAction.AGENT_USE: agent_uuids.map(lambda uuid: UserBuffer(content=uuid, length=24)),
    ClientAction.UPDATE_CACHE: _cache,
}


def notification_calls(ids: Sequence[bytes]) -> st.SearchStrategy[Input]:
    """What the rest of the kernel calls."""
    n = notifications
    clients = st.sampled_from((*ids, b"\xee" * 16))
    return st.one_of(
        st.builds(
            n.InjectNexusFlow,
            clients,
            agent_uuids,
            st.sampled_from((0, 4, 5, 99)),
            st.booleans(),
            st.booleans(),
            st.booleans(),
            st.booleans(),
            addresses.map(sockaddr),
            addresses.map(sockaddr),
            st.none() | _results,
        ),
        st.builds(n.FdDefunct, pids, fds),
        st.builds(n.FdBackground, pids, fds, st.booleans()),
        st.builds(n.FdMemstatus, pids, fds, words),
        st.builds(n.ForceUpdateClient, clients, agent_uuids),
        st.builds(n.AssignClientResult, agent_uuids, clients, _results),
        st.builds(n.ProtoctlEvent, agent_uuids, clients, words, words, words),
        st.builds(n.CopyNexusParameters, clients),
        st.builds(n.ReapCaches, st.integers(0, 1)),
        st.builds(
            n.SysctlSet,
            st.sampled_from(("drop_all_level", "observer_message_limit", "debug", "nosuch")),
            st.sampled_from((0, 1, 3, 256)),
        ),
    )


def socket_calls(ids: Sequence[bytes]) -> st.SearchStrategy[Input]:
    """Sockets and multipath blocks."""
    clients = st.sampled_from((*ids, b"\xee" * 16))
    names = st.sampled_from(NAMES[:2])
    blocks = st.sampled_from(NAMES[2:4])
    hosts = st.sampled_from(("192.0.2.10", "198.51.100.5", "2001:db8:4::10"))
    return st.one_of(
        st.builds(
            sockets.SocketCreate,
            names,
            st.sampled_from((2, 30)),
            hosts,
            hosts,
            st.integers(0, 65535),
            st.integers(0, 65535),
            st.sampled_from((0, 4, 5)),
            st.sampled_from((0, 4)),
            st.booleans(),
        ),
        st.builds(sockets.RegisterSocketFlow, pids, clients, names),
        st.builds(sockets.AssignFromSocket, pids, clients, names),
        st.builds(sockets.InpcbRemoveCb, names),
        st.builds(sockets.InpcbDispose, names),
        st.builds(sockets.RegisterMultipathCb, pids, clients, blocks),
        st.builds(sockets.MppcbDispose, blocks),
        st.builds(sockets.SocketSetAttributes, names, buffers(hostile_bytes), sizes),
        st.builds(sockets.SocketGetAttributes, names, buffers(st.just(b"")), sizes),
    )


def agent_calls(ids: Sequence[bytes]) -> st.SearchStrategy[Input]:
    """Network agents."""
    sessions = st.sampled_from(NAMES[4:])
    return st.one_of(
        st.builds(
            agents.NetagentRegister,
            sessions,
            agent_uuids,
            st.sampled_from((b"WiFi", b"", b"d" * 40)),
            st.sampled_from((b"X", b"")),
            st.none(),
            st.sampled_from((1, 3, 9, 11, 0x83, 0x23, 0)),
            st.none() | st.binary(max_size=8),
            st.sampled_from((None, "message", "kernel", "kernel_nohandler")),
        ),
        st.builds(agents.NetagentSetFlags, sessions, st.sampled_from((1, 3, 9, 11))),
        st.builds(agents.NetagentUnregister, sessions),
        st.builds(agents.NetagentClose, sessions),
        st.builds(agents.NetagentSetopt, sessions, st.integers(0, 17), st.binary(max_size=250)),
        st.builds(agents.NetagentGetopt, sessions, st.integers(0, 17), st.integers(0, 32)),
        st.builds(agents.NetagentMessage, sessions, st.binary(max_size=64)),
        st.builds(agents.NetagentFail, sessions, st.sampled_from((0, 55))),
        st.builds(
            agents.NetagentAssignNexus, sessions, st.sampled_from((*ids, bytes(16))), _results
        ),
        st.builds(syscalls.NetagentTrigger, pids, buffers(agent_uuids), st.sampled_from((16, 0))),
    )


def network_changes() -> st.SearchStrategy[Input]:
    """Interfaces, routes and time."""
    indices = st.sampled_from(INDICES)
    route_ids = st.sampled_from(("r0", "r1", "default"))
    return st.one_of(
        st.builds(
            interfaces.IfaceUpdate,
            indices,
            functional_type=st.none() | st.integers(0, 6),
            mtu=st.none() | st.sampled_from((576, 1500)),
            generation=st.none() | words,
            expensive=st.none() | st.booleans(),
            delegate=st.none() | indices,
            agents=st.none() | st.lists(agent_uuids, max_size=3).map(tuple),
        ),
        st.builds(interfaces.IfaceOrder, st.lists(indices, max_size=4).map(tuple)),
        st.builds(interfaces.IfaceAddAgent, indices, agent_uuids),
        st.builds(interfaces.IfaceDelAgent, indices, agent_uuids),
        st.builds(interfaces.IfaceDetach, indices),
        st.builds(
            routes.RouteAdd,
            route_ids,
            st.sampled_from(("0.0.0.0", "203.0.113.0", "::", "2001:db8:99::")),
            st.sampled_from((0, 24, 32)),
            indices,
            st.none(),
            st.booleans(),
            stats=st.none() | st.builds(routes.RouteStats, rxpackets=words, min_rtt=words),
        ),
        st.builds(routes.RouteDelete, route_ids),
        st.builds(routes.RouteUpdate, route_ids, mtu=st.none() | st.sampled_from((900, 1280))),
        st.builds(clock.UpdateAllClients),
        st.builds(clock.TimerFire),
        st.builds(clock.Now, st.integers(1, 10**13)),
    )


def fd_calls() -> st.SearchStrategy[Input]:
    """Opening, closing and asking fds, and processes that come and go."""
    return st.one_of(
        st.builds(syscalls.NecpOpen, pids, st.integers(0, 8)),
        st.builds(syscalls.Close, pids, fds),
        st.builds(syscalls.OpenOther, pids),
        st.builds(syscalls.FdPoll, pids, fds, st.sampled_from(("poll", "kqfilter")), words),
        st.builds(syscalls.FdRead, pids, fds),
        st.builds(syscalls.FdWrite, pids, fds),
        st.builds(syscalls.FdIoctl, pids, fds, words),
        st.builds(syscalls.FdSelect, pids, fds),
        st.builds(syscalls.NecpMatchPolicy, pids, buffers(hostile_bytes), sizes, buffers(_results)),
        st.builds(processes.ProcAdd, pids, st.just("p"), st.sampled_from((0, 501))),
        st.builds(processes.ProcExit, pids),
    )
