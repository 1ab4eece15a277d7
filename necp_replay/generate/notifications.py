"""Operations in which the kernel notifies NECP of processes, agents and nexuses."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.uuid import ZERO_UUID, as_flow_id
from necp_replay.events import clock, notifications
from necp_replay.events.inputs import Input
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.generate import values
from necp_replay.generate.generator import APP, CLOSED_FD, EN0, EN5, NOBODY, Generator, KnownFd
from necp_replay.scenario.buffers import as_buffer, room

UNREAD_CLIENTS: Final = 6
"""How many clients a process reads before the request: it comes last."""


def nexus_flow(generator: Generator) -> None:
    """A client gets a nexus flow in some state, and sometimes an event of the flow."""
    client = generator.any_client_or_unknown()
    agent = generator.pick(values.AGENTS)
    generator.emit(
        notifications.InjectNexusFlow(
            client.id,
            agent,
            generator.pick((0, EN0, EN5)),
            requested=not generator.chance(3),
            assigned=generator.chance(2),
            viable=generator.chance(2),
            check_tcp_heuristics=generator.chance(2),
            local=values.address(generator),
            remote=values.address(generator),
            results=values.nexus_results(generator) if generator.chance(2) else None,
        )
    )
    if generator.chance(3):
        event = notifications.ProtoctlEvent(
            agent, client.id, generator.number(9), generator.number(9)
        )
        generator.emit(event)
        identity, action = as_buffer(client.id), int(ClientAction.COPY_RESULT)
        copy = NecpClientAction(
            client.fd.pid, client.fd.number, action, identity, 16, room(4096), 4096
        )
        generator.emit(copy)


def flow_registration(generator: Generator) -> None:
    """A client gets a flow registration, whose id is used as a client's is, or a radio manager."""
    client = generator.any_client_or_unknown()
    n = notifications
    if generator.chance(4):
        generator.emit(n.AssertBbRadioManager(client.id, generator.chance(2)))
        return
    flow_id = as_flow_id(generator.uuid())
    generator.emit(n.CreateRegistration(client.id, generator.pick((0, 2, 4, 8))))
    identity = as_buffer(flow_id)
    actions = (
        ClientAction.COPY_RESULT,
        ClientAction.COPY_UPDATED_RESULT,
        ClientAction.COPY_PARAMETERS,
        ClientAction.REMOVE,
    )
    action = int(generator.steer("registration", actions))
    generator.emit(n.InjectNexusFlow(flow_id, generator.pick(values.AGENTS), EN0))
    generator.emit(
        NecpClientAction(client.fd.pid, client.fd.number, action, identity, 16, room(4096), 4096)
    )


def notify_fd(generator: Generator) -> None:
    """The kernel tells an fd that its process is defunct, in the background or low on memory."""
    fds = [
        generator.any_fd(),
        KnownFd(APP, CLOSED_FD),
        KnownFd(NOBODY, CLOSED_FD),
        *generator.others[:1],
    ]
    fd = fds[0] if not generator.chance(4) else generator.pick(fds)
    n = notifications
    kind = generator.steer("notify", range(4))
    made: tuple[Input, ...] = (
        n.FdDefunct(fd.pid, fd.number),
        n.FdBackground(fd.pid, fd.number, True),
        n.FdBackground(fd.pid, fd.number, False),
        n.FdMemstatus(fd.pid, fd.number, generator.number(4)),
    )
    generator.emit(made[kind])


def divert_flows(generator: Generator) -> None:
    """Flow divert asks a process to divert its flows, and the process asks for what is new."""
    fd = generator.any_fd()
    generator.emit(notifications.RequestInProcessFlowDivert(fd.pid))
    generator.emit(clock.TimerFire())
    actions = (ClientAction.COPY_UPDATED_RESULT, ClientAction.COPY_UPDATED_RESULT_FINAL)
    action = int(generator.steer("divert", actions))
    for size in (4096,) * UNREAD_CLIENTS + (generator.pick((4, 5)),):
        generator.emit(NecpClientAction(fd.pid, fd.number, action, room(16), 16, room(size), size))


def notify_client(generator: Generator) -> None:
    """An agent or a nexus calls back about a client."""
    client = generator.any_client_or_unknown().id
    agent = generator.pick(values.AGENTS)
    n = notifications
    made: tuple[Input, ...] = (
        n.ForceUpdateClient(client, agent),
        n.AssignClientResult(agent, client, values.nexus_results(generator)),
        n.ProtoctlEvent(
            agent, client, generator.number(9), generator.number(9), generator.number(9)
        ),
        n.CopyNexusParameters(client),
        n.SetDelegatedUpid(client, generator.pick((APP, NOBODY))),
        n.ReapCaches(generator.number(2)),
        n.CreateNexusAssignMessage(
            generator.pick((ZERO_UUID, b"\7" * 16)),
            generator.number(9),
            b"key" if generator.chance(2) else None,
            local=values.address(generator) if generator.chance(2) else None,
            remote=values.address(generator) if generator.chance(2) else None,
        ),
    )
    generator.emit(generator.steer("notify client", made))
