"""Moves for what single random inputs hardly ever reach: inputs that have to come together."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from necp_replay.abi.client import ClientAction, ClientParameter
from necp_replay.abi.netagent import NETAGENT, AgentOption
from necp_replay.abi.policy import PolicyCondition, PolicyResult, PolicyTlv, SessionAction
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events import agents, interfaces, notifications, processes, syscalls
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.generate import policies, values
from necp_replay.generate.policies import KEPT
from necp_replay.generate.world import APP, DAEMON, UTUN0, Fd, World
from necp_replay.scenario.buffers import as_buffer, room
from necp_replay.scenario.parameters import client_parameters
from necp_replay.scenario.process import MATCH_RESULT_BYTES

ZERO_ID: Final = bytes(16)
_MOST_AGENTS: Final = 64
_NEGATIVE: Final = (
    *(PolicyCondition.DOMAIN, PolicyCondition.ACCOUNT, PolicyCondition.UID),
    *(PolicyCondition.BOUND_INTERFACE, PolicyCondition.TRAFFIC_CLASS, PolicyCondition.IP_PROTOCOL),
    *(PolicyCondition.LOCAL_ADDR, PolicyCondition.REMOTE_ADDR),
    *(PolicyCondition.LOCAL_ADDR_RANGE, PolicyCondition.REMOTE_ADDR_RANGE),
)


def lost_privilege(world: World) -> None:
    """The daemon gives up what it may do, asks its session for what needs it, and gets it back.

    Nobody else is refused there: a session cannot be opened without the privilege.
    """
    priority = as_buffer(world.pick((1, 2, 3)).to_bytes(4, "little"))
    action = int(SessionAction.SET_SESSION_PRIORITY)
    world.emit(processes.ProcUpdate(DAEMON, uid=501, privileged=False))
    world.emit(syscalls.NecpSessionAction(KEPT.pid, KEPT.number, action, priority, 4))
    dump = int(SessionAction.POLICY_DUMP_ALL)
    world.emit(
        syscalls.NecpSessionAction(
            *(KEPT.pid, KEPT.number, dump), out_buffer=room(2048), out_buffer_length=2048
        )
    )
    world.emit(processes.ProcUpdate(DAEMON, uid=0, privileged=True))


def trigger_that_is_lost(world: World) -> None:
    """An agent takes triggers, and cannot be told of one."""
    number = world.steer("deaf to triggers", (0, 1, 2, 5))
    name, uuid = values.AGENT_NAMES[number], values.AGENTS[number]
    world.emit(agents.NetagentSetFlags(name, 0x09))
    world.emit(agents.NetagentFail(name, 55))
    world.emit(syscalls.NetagentTrigger(APP, as_buffer(uuid), 16))
    client = world.any_client()
    tlvs, identity = as_buffer(pack_tlv(ClientParameter.TRIGGER_AGENT, uuid)), as_buffer(client.id)
    for errno in (0, 55):
        world.emit(agents.NetagentFail(name, errno))
        world.emit(_call(client.fd, ClientAction.AGENT, identity, tlvs))
    world.emit(agents.NetagentFail(name, 0))


def agent_by_options(world: World) -> None:
    """A session whose agent does everything by socket options, for a client that has its flow."""
    name, uuid = "by options", b"\xaf" * 16
    netagent = NETAGENT.pack(uuid, b"Options", b"Only", b"generated", world.pick((3, 0x83)), 0)
    client = world.any_client()
    results = client.id + values.nexus_results(world)
    world.emit(agents.NetagentRegister(name, uuid, via="setopt"))
    world.emit(notifications.InjectNexusFlow(client.id, uuid))
    for option, content in (
        (AgentOption.UNREGISTER, b""),
        (AgentOption.REGISTER, netagent),
        (AgentOption.UPDATE, netagent),
        (AgentOption.USE_COUNT, bytes(8)),
        (AgentOption.ASSIGN_NEXUS, results),
    ):
        world.emit(agents.NetagentSetopt(name, int(option), content))
    world.emit(agents.NetagentClose(name))


def client_with_a_zero_id(world: World) -> None:
    """The kernel's generator returns zeros; the client is looked at, and removed."""
    fd = world.any_fd()
    parameters = as_buffer(values.parameters(world))
    world.emit(_call(fd, ClientAction.ADD, room(16), parameters), first_uuid=ZERO_ID)
    for action in (ClientAction.COPY_PARAMETERS, ClientAction.COPY_RESULT):
        world.emit(_call(fd, action, room(16), room(1024)))
    world.emit(_call(fd, ClientAction.REMOVE, room(16), None))


def policy_that_matches(world: World) -> None:
    """A session before all others has one policy, about one process, which asks what it gets."""
    fd = world.any_fd()
    session = Fd(DAEMON, world.new_fd())
    world.emit(syscalls.NecpSessionOpen(session.pid, 0, session.number))
    kind = world.steer("result that matches", tuple(PolicyResult))
    content = pack_tlv(PolicyTlv.POLICY_ORDER, bytes(4))
    content += policies.condition(PolicyCondition.PID, fd.pid.to_bytes(4, "little"))
    content += pack_tlv(
        PolicyTlv.POLICY_RESULT, bytes((kind,)) + policies.result_parameter(world, kind)
    )
    if kind is PolicyResult.ROUTE_RULES:
        content += policies.route_rules(world)
    for action, given, out in (
        (SessionAction.SET_SESSION_PRIORITY, b"\1\0\0\0", None),
        (SessionAction.POLICY_ADD, content, room(4)),
        (SessionAction.POLICY_ADD, _negative_policy(world), room(4)),
        (SessionAction.POLICY_APPLY_ALL, None, None),
    ):
        buffer = as_buffer(given)
        lengths = buffer.length if buffer else 0, out.length if out else 0
        call = syscalls.NecpSessionAction(session.pid, session.number, int(action))
        world.emit(
            replace(
                call,
                in_buffer=buffer,
                in_buffer_length=lengths[0],
                out_buffer=out,
                out_buffer_length=lengths[1],
            )
        )
    parameters = as_buffer(client_parameters(remote="203.0.113.9:443"))
    size = parameters.length if parameters is not None else 0
    client_id = world.uuid()
    world.emit(_call(fd, ClientAction.ADD, room(16), parameters))
    world.emit(_call(fd, ClientAction.COPY_RESULT, as_buffer(client_id), room(1024)))
    result = room(MATCH_RESULT_BYTES)
    world.emit(syscalls.NecpMatchPolicy(fd.pid, parameters, size, result))
    world.emit(_call(fd, ClientAction.REMOVE, as_buffer(client_id), None))
    world.emit(syscalls.Close(session.pid, session.number))


def _negative_policy(world: World) -> bytes:
    """A policy about a process that is not there, with a negative condition of some kind."""
    kind = world.steer("negative", _NEGATIVE)
    content = pack_tlv(PolicyTlv.POLICY_ORDER, b"\1\0\0\0")
    content += policies.condition(PolicyCondition.PID, b"\1\0\0\0")
    value = policies.condition_value(world, kind)
    content += policies.condition(kind, value, negative=True)
    return content + pack_tlv(PolicyTlv.POLICY_RESULT, bytes((PolicyResult.DROP,)))


def more_agents_than_fit(world: World) -> None:
    """An interface gets one agent more than it has slots for, and loses them all."""
    known = tuple(bytes([0x10, number]) * 8 for number in range(_MOST_AGENTS))
    world.emit(interfaces.IfaceUpdate(UTUN0, agents=known))
    world.emit(interfaces.IfaceAddAgent(UTUN0, values.AGENTS[0]))
    world.emit(interfaces.IfaceUpdate(UTUN0, agents=()))


def _call(
    fd: Fd, action: ClientAction, client_id: UserBuffer | None, buffer: UserBuffer | None
) -> syscalls.NecpClientAction:
    """A client action whose lengths are those of its buffers."""
    lengths = [0 if each is None else each.length for each in (client_id, buffer)]
    return syscalls.NecpClientAction(
        fd.pid, fd.number, int(action), client_id, lengths[0], buffer, lengths[1]
    )
