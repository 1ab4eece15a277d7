"""Moves of the rest of the kernel: flows, sockets, defunct and background processes."""

from __future__ import annotations

from typing import Any, Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.policy import PolicyTlv
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events import notifications, sockets
from necp_replay.events.inputs import Input
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.generate import values
from necp_replay.generate.world import APP, CLOSED_FD, EN0, EN5, NOBODY, PDP_IP0, Client, Fd, World
from necp_replay.scenario.buffers import as_buffer, room

SOCKETS: Final = ("tcp0", "tcp1", "udp6", "odd")
BLOCKS: Final = ("mp0", "mp1")
NO_BLOCK: Final = "nosuch"


def nexus_flow(world: World) -> None:
    """A client gets a nexus flow, in one of its states, and at times an event of it."""
    client = _client_or_none(world)
    agent = world.pick(values.AGENTS)
    world.emit(
        notifications.InjectNexusFlow(
            client.id,
            agent,
            world.pick((0, EN0, EN5)),
            requested=not world.chance(3),
            assigned=world.chance(2),
            viable=world.chance(2),
            check_tcp_heuristics=world.chance(2),
            local=values.address(world),
            remote=values.address(world),
            results=values.nexus_results(world) if world.chance(2) else None,
        )
    )
    if world.chance(3):
        event = notifications.ProtoctlEvent(agent, client.id, world.number(9), world.number(9))
        world.emit(event)
        identity, action = as_buffer(client.id), int(ClientAction.COPY_RESULT)
        copy = NecpClientAction(
            client.fd.pid, client.fd.number, action, identity, 16, room(4096), 4096
        )
        world.emit(copy)


def notify_fd(world: World) -> None:
    """The kernel visits an fd: its process is defunct, in the background, short of memory."""
    fds = [world.any_fd(), Fd(APP, CLOSED_FD), Fd(NOBODY, CLOSED_FD), *world.others[:1]]
    fd = fds[0] if not world.chance(4) else world.pick(fds)
    n = notifications
    kind = world.steer("notify", range(4))
    made: tuple[Input, ...] = (
        n.FdDefunct(fd.pid, fd.number),
        n.FdBackground(fd.pid, fd.number, True),
        n.FdBackground(fd.pid, fd.number, False),
        n.FdMemstatus(fd.pid, fd.number, world.number(4)),
    )
    world.emit(made[kind])


def notify_client(world: World) -> None:
    """Agents and nexuses come back to a client."""
    client = _client_or_none(world).id
    agent = world.pick(values.AGENTS)
    n = notifications
    made: tuple[Input, ...] = (
        n.ForceUpdateClient(client, agent),
        n.AssignClientResult(agent, client, values.nexus_results(world)),
        n.ProtoctlEvent(agent, client, world.number(9), world.number(9), world.number(9)),
        n.CopyNexusParameters(client),
        n.ReapCaches(world.number(2)),
        n.CreateNexusAssignMessage(
            world.pick((bytes(16), b"\7" * 16)),
            world.number(9),
            b"key" if world.chance(2) else None,
            local=values.address(world) if world.chance(2) else None,
            remote=values.address(world) if world.chance(2) else None,
        ),
    )
    world.emit(world.steer("notify client", made))


def socket_life(world: World) -> None:
    """A protocol control block appears and changes."""
    name = world.steer("socket", SOCKETS)
    is_six = name == "udp6"
    fields: dict[str, Any] = {
        "domain": 30 if is_six else (1 if name == "odd" else 2),
        "local": "2001:db8:4::10" if is_six else world.pick(("192.0.2.10", "198.51.100.5")),
        "remote": "2001:db8:99::1" if is_six else "203.0.113.9",
        "lport": 1024 + world.number(9),
        "fport": 443,
        "last_outif": world.pick((EN0, EN5, PDP_IP0, 0)),
        "bound_if": world.pick((0, 0, EN5)),
        "cb": not world.chance(3),
    }
    create = sockets.SocketCreate(name, **fields)
    update = sockets.SocketUpdate(world.pick((name, NO_BLOCK)), **fields)
    events: tuple[Input, ...] = (create, create, update)
    world.emit(world.steer("socket life", events))


def socket_flow(world: World) -> None:
    """A socket registers with a client, assigns its addresses, and goes."""
    client = _client_or_none(world)
    name = world.pick((*SOCKETS, NO_BLOCK))
    block = world.pick((*BLOCKS, NO_BLOCK))
    pid = world.pick((client.fd.pid, client.fd.pid, 0, NOBODY))
    events: tuple[Input, ...] = (
        sockets.RegisterSocketFlow(pid, client.id, name),
        sockets.AssignFromSocket(pid, client.id, name, last_outif=EN0),
        sockets.RegisterMultipathCb(pid, client.id, block, not world.chance(3)),
        sockets.InpcbRemoveCb(name),
        sockets.InpcbDispose(name),
        sockets.MppcbDispose(block),
    )
    index = world.steer("socket flow", (0, 0, 0, 1, 1, 2, 2, 3, 4, 5))
    world.emit(events[index])
    if index == 0 and not world.chance(3):
        world.emit(events[1])


def socket_attributes(world: World) -> None:
    """Attributes of a socket, set and read."""
    name = world.pick((*SOCKETS, NO_BLOCK))
    content = pack_tlv(PolicyTlv.ATTRIBUTE_DOMAIN, world.pick(values.DOMAINS).encode())
    content += pack_tlv(PolicyTlv.ATTRIBUTE_ACCOUNT, b"a" * world.pick((3, 300)))
    if world.chance(4):
        short = pack_tlv(PolicyTlv.ATTRIBUTE_DOMAIN, b"example.com")
        world.emit(sockets.SocketSetAttributes(name, as_buffer(short), len(short)))
    buffers = (as_buffer(content), room(512), UserBuffer(unmapped=True), None)
    buffer = world.steer("attributes", buffers)
    size = world.pick((len(content), 512, 0, 7))
    events: tuple[Input, ...] = (
        sockets.SocketSetAttributes(name, buffer, size),
        sockets.SocketGetAttributes(name, buffer, size),
    )
    # Not by turns: both go by turns of their own, and some would never meet.
    world.emit(world.pick(events))


def _client_or_none(world: World) -> Client:
    if world.chance(8):
        return Client(world.any_fd(), b"\xee" * 16)
    return world.any_client()
