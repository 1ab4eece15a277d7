"""The steps of a seed: a world is built, moves are made on it, and the last ones bring it down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.bench.choices import Choices
from necp_replay.errors import UsageError
from necp_replay.events import notifications, sockets
from necp_replay.events.inputs import Step
from necp_replay.events.syscalls import NecpClientAction, NecpOpen, NecpSessionOpen
from necp_replay.generate import VERSION, agents, clients, kernel, network, policies, rare
from necp_replay.generate.world import DAEMON, EN0, PLATFORM, Fd, World
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.buffers import as_buffer, room
from necp_replay.scenario.parameters import client_parameters

Move = Callable[[World], None]
"""Makes one or a few inputs that belong together."""

_CLIENTS: Final[tuple[Move, ...]] = (
    clients.add,
    clients.add,
    clients.add,
    clients.copy_result,
    clients.copy_updated_result,
    clients.copy_parameters,
    clients.remove,
    clients.copy_list,
    clients.agent_action,
    clients.copy_agent,
    clients.copy_interface,
    clients.copy_route_statistics,
    clients.agent_use,
    clients.update_cache,
    clients.copy_client_update,
    clients.unhandled_action,
    rare.client_with_a_zero_id,
)
_FDS: Final[tuple[Move, ...]] = (
    clients.open_fd,
    clients.open_observer,
    clients.open_other,
    clients.close_fd,
    clients.fd_operation,
    clients.fd_operation,
)
_KERNEL: Final[tuple[Move, ...]] = (
    kernel.nexus_flow,
    kernel.notify_fd,
    kernel.notify_client,
    kernel.socket_life,
    kernel.socket_flow,
    kernel.socket_flow,
    kernel.socket_attributes,
)
_AGENTS: Final[tuple[Move, ...]] = (
    agents.register,
    agents.register,
    agents.change,
    agents.control_socket,
    agents.assign,
    agents.trigger,
    rare.trigger_that_is_lost,
    rare.agent_by_options,
)
_NETWORK: Final[tuple[Move, ...]] = (
    network.change_interface,
    network.order_interfaces,
    network.come_and_go,
    network.interface_agents,
    rare.more_agents_than_fit,
    network.change_route,
    network.change_process,
    network.pass_time,
    network.pass_time,
    network.write_sysctl,
    network.take_snapshot,
)
_POLICIES: Final[tuple[Move, ...]] = (
    policies.open_session,
    policies.add_policy,
    policies.add_policy,
    policies.session_action,
    policies.session_action,
    policies.session_action,
    policies.lock_session,
    policies.match,
    rare.lost_privilege,
    rare.policy_that_matches,
)
MIXES: Final[Mapping[str, tuple[tuple[Move, ...], ...]]] = {
    "everything": (_CLIENTS, _CLIENTS, _CLIENTS, _FDS, _KERNEL, _AGENTS, _NETWORK, _POLICIES),
    "clients": (_CLIENTS, _CLIENTS, _CLIENTS, _CLIENTS, _FDS, _NETWORK),
    "flows": (_CLIENTS, _KERNEL, _KERNEL, _KERNEL, _AGENTS),
    "policies": (_CLIENTS, _POLICIES, _POLICIES, _POLICIES, _NETWORK),
}
"""Families of moves by the name of their mix; each move of a family is as likely as the next."""
DEFAULT_MIX: Final = "everything"
COPY_LIMIT_BYTES: Final = 64 << 20
"""``copyin`` panics above."""


def generate_steps(seed: int, records: int, mix: str = DEFAULT_MIX) -> Iterator[Step]:
    """Exactly ``records`` steps, the same for ever. Raises UsageError for an unknown mix.

    Every step offers more ids than the kernel takes; who records it keeps those that were taken.
    """
    families = MIXES.get(mix)
    if families is None:
        known = ", ".join(MIXES)
        raise UsageError(f"there is no mix {mix!r}", hint=f"Choose one of {known}.")
    world = World(Choices(seed * 1_000_003 + VERSION), seed)
    ending = _ending(World(Choices(seed), ~seed), seed)
    return islice(_endless(world, families, max(0, records - len(ending)), ending), records)


def _endless(
    world: World, families: tuple[tuple[Move, ...], ...], before: int, ending: list[Step]
) -> Iterator[Step]:
    network.build(world)
    policies.prepare(world)
    for _ in range(6):
        agents.register(world)
    for prepare in (clients.open_fd, clients.open_observer, policies.open_session, clients.add):
        prepare(world)
    while True:
        for step in world.steps:
            if before == 0:
                yield from ending
                return
            before -= 1
            yield step
        world.steps.clear()
        world.pick(world.pick(families))(world)


def _ending(world: World, seed: int) -> list[Step]:
    """What a system may not survive, on an fd and to a client of its own.

    A cookie too long overruns a cache of older releases. Then, by the seed: more is copied in than
    a kernel does without a panic, the cookie is looked at, or a session is taken for a client fd.
    """
    fd, session = Fd(PLATFORM, 90_000), Fd(DAEMON, 90_001)
    network.mend(world)
    world.emit(NecpOpen(fd.pid, 0, fd.number))
    client_id = world.uuid()
    content = as_buffer(client_parameters(remote="203.0.113.9:443", tfo_enable=True))
    size = content.length if content is not None else 0
    add = int(ClientAction.ADD)
    world.emit(NecpClientAction(fd.pid, fd.number, add, room(16), 16, content, size))
    world.emit(
        sockets.SocketCreate(
            "last", local="192.0.2.10", remote="203.0.113.9", lport=5000, fport=443, last_outif=EN0
        )
    )
    world.emit(sockets.RegisterSocketFlow(fd.pid, client_id, "last"))
    world.emit(sockets.AssignFromSocket(fd.pid, client_id, "last"))
    cache = clients.cache(2, 1, b"\xc0" * 16 + b"\xff\0")
    identity = as_buffer(client_id)
    update, copy = int(ClientAction.UPDATE_CACHE), int(ClientAction.COPY_RESULT)
    world.emit(NecpClientAction(fd.pid, fd.number, update, identity, 16, cache, 16))
    world.emit(notifications.TakeSnapshot(True))
    world.emit(NecpSessionOpen(session.pid, 0, session.number))
    match seed % 4:
        case 0:
            size = COPY_LIMIT_BYTES + 1
            action, tlvs = int(ClientAction.AGENT), room(16)
            world.emit(NecpClientAction(fd.pid, fd.number, action, identity, 16, tlvs, size))
        case 2:
            world.emit(
                notifications.InjectNexusFlow(
                    client_id,
                    interface_index=EN0,
                    check_tcp_heuristics=True,
                    local=sockaddr("192.0.2.10:5000"),
                    remote=sockaddr("203.0.113.9:443"),
                )
            )
            world.emit(NecpClientAction(fd.pid, fd.number, copy, identity, 16, room(1024), 1024))
        case _:
            call = NecpClientAction(session.pid, session.number, copy, identity, 16, room(512), 512)
            world.emit(call)
    return world.steps
