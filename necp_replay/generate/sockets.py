"""Operations of sockets: their life, their flows of clients, and their attributes."""

from __future__ import annotations

from typing import Any, Final

from necp_replay.abi.policy import PolicyTlv
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events import sockets
from necp_replay.events.inputs import Input
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.generate import values
from necp_replay.generate.generator import EN0, EN5, NOBODY, PDP_IP0, Generator
from necp_replay.scenario.buffers import as_buffer, room

SOCKETS: Final = ("tcp0", "tcp1", "udp6", "odd")
BLOCKS: Final = ("mp0", "mp1")
NO_BLOCK: Final = "nosuch"
_OF_TRACKERS: Final = (
    PolicyTlv.ATTRIBUTE_DOMAIN_OWNER,
    PolicyTlv.ATTRIBUTE_DOMAIN_CONTEXT,
    PolicyTlv.ATTRIBUTE_TRACKER_DOMAIN,
)


def socket_life(generator: Generator) -> None:
    """A socket's protocol control block is created or changes."""
    name = generator.steer("socket", SOCKETS)
    is_six = name == "udp6"
    fields: dict[str, Any] = {
        "domain": 30 if is_six else (1 if name == "odd" else 2),
        "local": "2001:db8:4::10" if is_six else generator.pick(("192.0.2.10", "198.51.100.5")),
        "remote": "2001:db8:99::1" if is_six else "203.0.113.9",
        "lport": 1024 + generator.number(9),
        "fport": 443,
        "last_outif": generator.pick((EN0, EN5, PDP_IP0, 0)),
        "bound_if": generator.pick((0, 0, EN5)),
        "cb": not generator.chance(3),
    }
    create = sockets.SocketCreate(name, **fields)
    update = sockets.SocketUpdate(generator.pick((name, NO_BLOCK)), **fields)
    if generator.chance(3):
        index = generator.pick((EN0, EN5, PDP_IP0, 0))
        generator.emit(sockets.SocketUpdate(name, remote="0.0.0.0", external_port=1))
        generator.emit(sockets.SocketAllowedToRecv(name, index))
    events: tuple[Input, ...] = (create, create, update)
    generator.emit(generator.steer("socket life", events))


def socket_flow(generator: Generator) -> None:
    """A socket or multipath socket registers with a client, assigns addresses or is freed."""
    client = generator.any_client_or_unknown()
    name = generator.pick((*SOCKETS, NO_BLOCK))
    block = generator.pick((*BLOCKS, NO_BLOCK))
    pid = generator.pick((client.fd.pid, client.fd.pid, 0, NOBODY))
    events: tuple[Input, ...] = (
        sockets.RegisterSocketFlow(pid, client.id, name),
        sockets.AssignFromSocket(pid, client.id, name, last_outif=EN0),
        sockets.RegisterMultipathCb(pid, client.id, block, not generator.chance(3)),
        sockets.InpcbRemoveCb(name),
        sockets.InpcbDispose(name),
        sockets.MppcbDispose(block),
    )
    index = generator.steer("socket flow", (0, 0, 0, 1, 1, 2, 2, 3, 4, 5))
    generator.emit(events[index])
    if index == 0 and not generator.chance(3):
        generator.emit(events[1])


def socket_attributes(generator: Generator) -> None:
    """Set or read the attributes of a socket."""
    name = generator.pick((*SOCKETS, NO_BLOCK))
    content = pack_tlv(PolicyTlv.ATTRIBUTE_DOMAIN, generator.pick(values.DOMAINS).encode())
    content += pack_tlv(PolicyTlv.ATTRIBUTE_ACCOUNT, b"a" * generator.pick((3, 300)))
    if generator.chance(4):
        content = pack_tlv(generator.pick(_OF_TRACKERS), b"example.com")
    if generator.chance(4):
        short = pack_tlv(PolicyTlv.ATTRIBUTE_DOMAIN, b"example.com")
        generator.emit(sockets.SocketSetAttributes(name, as_buffer(short), len(short)))
    buffers = (as_buffer(content), room(512), UserBuffer(unmapped=True), None)
    buffer = generator.steer("attributes", buffers)
    size = generator.pick((len(content), 512, 0, 7))
    events: tuple[Input, ...] = (
        sockets.SocketSetAttributes(name, buffer, size),
        sockets.SocketGetAttributes(name, buffer, size),
    )
    # A uniform choice: steered, it would alternate in step with the choice of buffer above, and
    # half of the buffers would only ever be set, the other half only read.
    generator.emit(generator.pick(events))
