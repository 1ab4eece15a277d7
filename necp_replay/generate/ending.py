"""The last steps of a generated trace, which may take the modelled system down."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.events import notifications, sockets
from necp_replay.events.inputs import Step
from necp_replay.events.syscalls import NecpClientAction, NecpOpen, NecpSessionOpen
from necp_replay.generate import clients, network
from necp_replay.generate.generator import DAEMON, EN0, PLATFORM, Generator, KnownFd
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.buffers import as_buffer, room
from necp_replay.scenario.parameters import client_parameters

COPY_LIMIT_BYTES: Final = 64 << 20
"""``copyin`` of more bytes panics."""


def ending_steps(generator: Generator, seed: int) -> list[Step]:
    """The steps that may take the system down; they use an fd and a client of their own.

    First a cookie that overruns the cache of some releases. Then one of three, by the seed: a call
    that copies in more than the kernel allows, an evaluation that reads the overrun cache, or a
    client action on the fd of a policy session.
    """
    fd, session = KnownFd(PLATFORM, 90_000), KnownFd(DAEMON, 90_001)
    network.restore(generator)
    generator.emit(NecpOpen(fd.pid, 0, fd.number))
    client_id = generator.uuid()
    content = as_buffer(client_parameters(remote="203.0.113.9:443", tfo_enable=True))
    size = content.length if content is not None else 0
    add = int(ClientAction.ADD)
    generator.emit(NecpClientAction(fd.pid, fd.number, add, room(16), 16, content, size))
    generator.emit(
        sockets.SocketCreate(
            "last", local="192.0.2.10", remote="203.0.113.9", lport=5000, fport=443, last_outif=EN0
        )
    )
    generator.emit(sockets.RegisterSocketFlow(fd.pid, client_id, "last"))
    generator.emit(sockets.AssignFromSocket(fd.pid, client_id, "last"))
    cache = clients.cache(2, 1, b"\xc0" * 16 + b"\xff\0")
    identity = as_buffer(client_id)
    update, copy = int(ClientAction.UPDATE_CACHE), int(ClientAction.COPY_RESULT)
    generator.emit(NecpClientAction(fd.pid, fd.number, update, identity, 16, cache, 16))
    generator.emit(notifications.TakeSnapshot(True))
    generator.emit(NecpSessionOpen(session.pid, 0, session.number))
    match seed % 4:
        case 0:
            size = COPY_LIMIT_BYTES + 1
            action, tlvs = int(ClientAction.AGENT), room(16)
            generator.emit(NecpClientAction(fd.pid, fd.number, action, identity, 16, tlvs, size))
        case 2:
            generator.emit(
                notifications.InjectNexusFlow(
                    client_id,
                    interface_index=EN0,
                    check_tcp_heuristics=True,
                    local=sockaddr("192.0.2.10:5000"),
                    remote=sockaddr("203.0.113.9:443"),
                )
            )
            generator.emit(
                NecpClientAction(fd.pid, fd.number, copy, identity, 16, room(1024), 1024)
            )
        case _:
            call = NecpClientAction(session.pid, session.number, copy, identity, 16, room(512), 512)
            generator.emit(call)
    return generator.steps
