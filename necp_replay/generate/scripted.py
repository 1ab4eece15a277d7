"""Scripted operations: fixed sequences for states that independent random inputs rarely reach."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from necp_replay.abi.client import ClientAction, ClientParameter
from necp_replay.abi.client_structs import STATISTICS_REQUEST
from necp_replay.abi.interface import IF_MAXAGENTS
from necp_replay.abi.netagent import NETAGENT, AgentOption, AgentOption8019, AgentOption11417
from necp_replay.abi.policy import (
    PolicyCondition,
    PolicyResult,
    PolicyTlv,
    RouteRuleAction,
    SessionAction,
)
from necp_replay.abi.privilege import Privilege
from necp_replay.abi.tlv import pack_tlv
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events import agents, interfaces, notifications, processes, syscalls
from necp_replay.events import policy_control as policy_control_events
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.generate import policies, values
from necp_replay.generate.generator import (
    APP,
    DAEMON,
    EN0,
    NOBODY,
    PLATFORM,
    UTUN0,
    Generator,
    KnownFd,
)
from necp_replay.generate.modelled_kinds import POLICY_RESULTS
from necp_replay.generate.policies import KEPT, MATCH_RESULT_BYTES
from necp_replay.scenario.buffers import as_buffer, room
from necp_replay.scenario.parameters import client_parameters

APP_EXECUTABLE: Final = bytes([0xE0]) * 16
"""The executable of the process APP."""
NEXUS_FLAGS: Final = 0x83
"""Those of an agent that is registered, active, and hands out nexuses."""
_C: Final = PolicyCondition
_NEGATABLE: Final = (
    *(_C.DOMAIN, _C.ACCOUNT, _C.PID, _C.UID, _C.BOUND_INTERFACE, _C.TRAFFIC_CLASS, _C.IP_PROTOCOL),
    *(_C.LOCAL_ADDR, _C.REMOTE_ADDR, _C.LOCAL_ADDR_RANGE, _C.REMOTE_ADDR_RANGE),
    *(_C.FLOW_IP_PROTOCOL, _C.FLOW_LOCAL_ADDR, _C.FLOW_REMOTE_ADDR),
    *(_C.FLOW_LOCAL_ADDR_RANGE, _C.FLOW_REMOTE_ADDR_RANGE),
    *(_C.FLOW_LOCAL_ADDR_EMPTY, _C.FLOW_REMOTE_ADDR_EMPTY, _C.CLIENT_FLAGS),
    *(_C.SIGNING_IDENTIFIER, _C.PACKET_FILTER_TAGS),
    *(_C.FLOW_IS_LOOPBACK, _C.DELEGATE_IS_PLATFORM_BINARY),
    *(_C.SCHEME_PORT, _C.REAL_UID, _C.URL, _C.BOUND_INTERFACE_FLAGS),
)
_OF_NOBODY: Final = tuple((kind, negative) for kind in _NEGATABLE for negative in (False, True))


def lost_privilege(generator: Generator) -> None:
    """The daemon loses its privileges, uses its session, and gets the privileges back.

    A session action fails for lack of privilege in no other way: opening the session needs it, too.
    """
    priority = as_buffer(generator.pick((1, 2, 3)).to_bytes(4, "little"))
    action = int(SessionAction.SET_SESSION_PRIORITY)
    generator.emit(processes.ProcUpdate(DAEMON, uid=501, privileged=False))
    generator.emit(syscalls.NecpSessionAction(KEPT.pid, KEPT.number, action, priority, 4))
    dump = int(SessionAction.POLICY_DUMP_ALL)
    generator.emit(
        syscalls.NecpSessionAction(
            *(KEPT.pid, KEPT.number, dump), out_buffer=room(2048), out_buffer_length=2048
        )
    )
    generator.emit(processes.ProcUpdate(DAEMON, uid=0, privileged=True))


def policy_control(generator: Generator) -> None:
    """A message over the NECP kernel control; some are cut off, some are refused."""
    kind = generator.pick((PolicyResult.PASS, PolicyResult.DROP, PolicyResult.SOCKET_SCOPED))
    result = bytes([kind]) + policies.result_parameter(generator, kind)
    message = b"".join(
        (
            bytes([generator.number(13), 0, 0, 0, 0, 0, 0, 0]),
            pack_tlv(PolicyTlv.POLICY_ORDER, b"\1\0\0\0"),
            pack_tlv(PolicyTlv.POLICY_RESULT, result),
            pack_tlv(PolicyTlv.POLICY_CONDITION, bytes([PolicyCondition.DEFAULT, 0])),
        )
    )
    end = len(message) - generator.pick((0, 0, 0, 0, 1, 9, len(message) - 1))
    pid = generator.pick((DAEMON, DAEMON, DAEMON, NOBODY))
    name = generator.pick(("control", "control", "other"))
    generator.emit(policy_control_events.NecpCtlOpen(pid, "control"))
    generator.emit(policy_control_events.NecpCtlSend(pid, name, hex=message[:end]))
    if generator.chance(3):
        generator.emit(policy_control_events.NecpCtlClose(pid, name))
    generator.emit(agents.NetagentOpen("opened"))


def undeliverable_trigger(generator: Generator) -> None:
    """An agent accepts triggers, but messages to it fail when it is triggered."""
    number = generator.steer("deaf to triggers", (0, 1, 2, 5))
    name, uuid = values.AGENT_NAMES[number], values.AGENTS[number]
    generator.emit(agents.NetagentSetFlags(name, 0x09))
    generator.emit(agents.NetagentFail(name, 55))
    generator.emit(syscalls.NetagentTrigger(APP, as_buffer(uuid), 16))
    client = generator.any_client()
    tlvs, identity = as_buffer(pack_tlv(ClientParameter.TRIGGER_AGENT, uuid)), as_buffer(client.id)
    for errno in (0, 55):
        generator.emit(agents.NetagentFail(name, errno))
        generator.emit(_call(client.fd, ClientAction.AGENT, identity, tlvs))
    generator.emit(agents.NetagentFail(name, 0))


def agent_by_options(generator: Generator) -> None:
    """An agent uses socket options only, for a client that has a nexus flow of it."""
    name, uuid = "by options", b"\xaf" * 16
    netagent = NETAGENT.pack(uuid, b"Options", b"Only", b"generated", generator.pick((3, 0x83)), 0)
    client = generator.any_client()
    results = client.id + values.nexus_results(generator)
    generator.emit(agents.NetagentRegister(name, uuid, via="setopt"))
    generator.emit(notifications.InjectNexusFlow(client.id, uuid))
    for option, content in (
        (AgentOption.UNREGISTER, b""),
        (AgentOption.REGISTER, netagent),
        (AgentOption.UPDATE, netagent),
        (AgentOption.USE_COUNT, bytes(8)),
        (AgentOption.ASSIGN_NEXUS, results),
    ):
        generator.emit(agents.NetagentSetopt(name, int(option), content))
    generator.emit(agents.NetagentClose(name))


def session_for_several_agents(generator: Generator) -> None:
    """A session is made one for several agents, and each option names the agent it is about."""
    name, first, second, unknown = "several", b"\xb1" * 16, b"\xb2" * 16, b"\xb3" * 16
    flags = generator.pick((3, 0x83))
    structures = [
        NETAGENT.pack(uuid, b"Several", b"Agents", b"generated", flags, 0)
        for uuid in (first, second)
    ]
    generator.emit(agents.NetagentOpen(name))
    for option, content in (
        (AgentOption11417.ENABLE_SESSION_MODE, b""),
        (AgentOption.REGISTER, structures[0]),
        (AgentOption.REGISTER, structures[0]),
        (AgentOption.REGISTER, structures[1]),
        (AgentOption11417.ENABLE_SESSION_MODE, b""),
        (AgentOption.UPDATE, structures[1]),
        (AgentOption.USE_COUNT, second + bytes(8)),
        (AgentOption8019.ADD_TOKEN, first + b"token"),
        (AgentOption8019.FLUSH_TOKENS, generator.pick((first, unknown, b""))),
        (AgentOption.UNREGISTER, generator.pick((first, unknown, b"\1"))),
    ):
        generator.emit(agents.NetagentSetopt(name, int(option), content))
    generator.emit(agents.NetagentRegister("another", second, via="setopt"))
    generator.emit(agents.NetagentUnregister(name))
    generator.emit(agents.NetagentSetopt(name, int(AgentOption11417.UNREGISTER_ALL)))
    for session in ("another", name):
        generator.emit(agents.NetagentClose(session))


def nexus_of_an_option(generator: Generator) -> None:
    """A client asks for a nexus of the agent that its interface has, and is handed one or not."""
    name, uuid = "nexus", b"\xb4" * 16
    fd = generator.any_fd()
    generator.emit(
        agents.NetagentRegister(name, uuid, b"Nexus", b"Option", b"", NEXUS_FLAGS, via="kernel")
    )
    generator.emit(interfaces.IfaceAddAgent(EN0, uuid))
    results = generator.pick((None, values.nexus_results(generator)))
    generator.emit(agents.NetagentResults(name, results))
    parameters = as_buffer(client_parameters(remote="203.0.113.9:443"))
    client_id = as_buffer(generator.uuid())
    generator.emit(_call(fd, ClientAction.ADD, room(16), parameters))
    statistics = as_buffer(STATISTICS_REQUEST.pack(0xBF, 1, 1, generator.pick((144, 152)), 0))
    for buffer in (None, statistics):
        generator.emit(_call(fd, ClientAction.REQUEST_NEXUS_INSTANCE, client_id, buffer))
    generator.emit(_call(fd, ClientAction.COPY_RESULT, client_id, room(4096)))
    generator.emit(_call(fd, ClientAction.REMOVE, client_id, None))
    generator.emit(interfaces.IfaceDelAgent(EN0, uuid))
    generator.emit(agents.NetagentClose(name))


def client_with_a_zero_id(generator: Generator) -> None:
    """A client whose generated id is all zeros is copied from, and removed."""
    fd = generator.any_fd()
    parameters = as_buffer(values.parameters(generator))
    generator.emit(_call(fd, ClientAction.ADD, room(16), parameters), first_uuid=ZERO_UUID)
    for action in (ClientAction.COPY_PARAMETERS, ClientAction.COPY_RESULT):
        generator.emit(_call(fd, action, room(16), room(1024)))
    generator.emit(_call(fd, ClientAction.REMOVE, room(16), None))


def matching_policy(generator: Generator) -> None:
    """A session of the best priority adds a policy about one process, which then matches it."""
    fd = generator.any_fd()
    session = KnownFd(DAEMON, generator.new_fd())
    generator.emit(syscalls.NecpSessionOpen(session.pid, 0, session.number))
    kind = generator.steer("result that matches", POLICY_RESULTS)
    content = pack_tlv(PolicyTlv.POLICY_ORDER, bytes(4))
    content += policies.condition(PolicyCondition.PID, fd.pid.to_bytes(4, "little"))
    content += pack_tlv(
        PolicyTlv.POLICY_RESULT, bytes((kind,)) + policies.result_parameter(generator, kind)
    )
    if kind is PolicyResult.ROUTE_RULES:
        content += policies.route_rules(generator)
    _act_on_session(
        generator,
        session,
        (SessionAction.SET_SESSION_PRIORITY, b"\1\0\0\0", None),
        (SessionAction.POLICY_ADD, content, room(4)),
        (SessionAction.POLICY_ADD, _policy_of_nobody(generator), room(4)),
        (SessionAction.POLICY_APPLY_ALL, None, None),
    )
    parameters = as_buffer(client_parameters(remote="203.0.113.9:443"))
    size = parameters.length if parameters is not None else 0
    client_id = generator.uuid()
    generator.emit(_call(fd, ClientAction.ADD, room(16), parameters))
    generator.emit(_call(fd, ClientAction.COPY_RESULT, as_buffer(client_id), room(1024)))
    result = room(MATCH_RESULT_BYTES)
    generator.emit(syscalls.NecpMatchPolicy(fd.pid, parameters, size, result))
    generator.emit(_call(fd, ClientAction.REMOVE, as_buffer(client_id), None))
    generator.emit(syscalls.Close(session.pid, session.number))


def entitled_by_a_leader(generator: Generator) -> None:
    """A policy asks for an entitlement that only the leader of the app's coalition holds."""
    session = KnownFd(DAEMON, generator.new_fd())
    generator.emit(syscalls.NecpSessionOpen(session.pid, 0, session.number))
    content = pack_tlv(PolicyTlv.POLICY_ORDER, bytes(4))
    content += pack_tlv(PolicyTlv.POLICY_RESULT, bytes((PolicyResult.DROP,)))
    for kind, value in (
        (PolicyCondition.APPLICATION, APP_EXECUTABLE),
        (PolicyCondition.REAL_APPLICATION, APP_EXECUTABLE),
        (PolicyCondition.ENTITLEMENT, b""),
    ):
        content += policies.condition(kind, value)
    _act_on_session(
        generator,
        session,
        (SessionAction.SET_SESSION_PRIORITY, b"\1\0\0\0", None),
        (SessionAction.POLICY_ADD, content, room(4)),
        (SessionAction.POLICY_APPLY_ALL, None, None),
    )
    generator.emit(processes.ProcUpdate(APP, coalition_leader=DAEMON))
    parameters = as_buffer(client_parameters(remote="203.0.113.9:443"))
    size = parameters.length if parameters is not None else 0
    generator.emit(syscalls.NecpMatchPolicy(APP, parameters, size, room(MATCH_RESULT_BYTES)))
    generator.emit(syscalls.Close(session.pid, session.number))


def sandboxed_calls(generator: Generator) -> None:
    """A sandbox refuses the app an open, then all actions but one, then a privilege."""
    fd = generator.any_fd()
    match = int(Privilege.PRIV_NET_PRIVILEGED_NECP_MATCH)
    for sandbox in (
        processes.Sandbox(denies_open=True),
        processes.Sandbox(allowed_actions=(int(ClientAction.COPY_LIST),)),
        processes.Sandbox(denied_privileges=(match,)),
        processes.Sandbox(),
    ):
        generator.emit(processes.ProcUpdate(fd.pid, sandbox=sandbox))
        if sandbox.denies_open:
            generator.emit(syscalls.NecpOpen(fd.pid, generator.pick((0, 1, 4))))
            continue
        for action in (ClientAction.COPY_LIST, ClientAction.COPY_INTERFACE, 99):
            generator.emit(_call(fd, action, None, room(64)))
        parameters = as_buffer(client_parameters(remote="203.0.113.9:443"))
        size = parameters.length if parameters is not None else 0
        generator.emit(syscalls.NecpMatchPolicy(fd.pid, parameters, size, room(MATCH_RESULT_BYTES)))


def platform_binaries(generator: Generator) -> None:
    """A policy about platform binaries, one that loses its signature, and one that acts for it."""
    session = KnownFd(DAEMON, generator.new_fd())
    generator.emit(syscalls.NecpSessionOpen(session.pid, 0, session.number))
    content = pack_tlv(PolicyTlv.POLICY_ORDER, bytes(4))
    content += policies.condition(PolicyCondition.PLATFORM_BINARY, b"")
    content += pack_tlv(PolicyTlv.POLICY_RESULT, bytes((PolicyResult.DROP,)))
    _act_on_session(
        generator,
        session,
        (SessionAction.SET_SESSION_PRIORITY, b"\1\0\0\0", None),
        (SessionAction.POLICY_ADD, content, room(4)),
        (SessionAction.POLICY_APPLY_ALL, None, None),
    )
    for asker, invalid in ((PLATFORM, True), (PLATFORM, False), (DAEMON, False)):
        generator.emit(processes.ProcUpdate(PLATFORM, cs_invalid=invalid))
        parameters = as_buffer(client_parameters(remote="203.0.113.9:443", pid=PLATFORM))
        size = parameters.length if parameters is not None else 0
        generator.emit(syscalls.NecpMatchPolicy(asker, parameters, size, room(MATCH_RESULT_BYTES)))
    generator.emit(syscalls.Close(session.pid, session.number))


def loopback_traffic(generator: Generator) -> None:
    """A filter and a client of the loopback address, for each value that lets such traffic pass."""
    fd = generator.any_fd()
    session = KnownFd(DAEMON, generator.new_fd())
    generator.emit(syscalls.NecpSessionOpen(session.pid, 0, session.number))
    content = pack_tlv(PolicyTlv.POLICY_ORDER, bytes(4))
    content += policies.condition(PolicyCondition.DEFAULT, b"")
    content += pack_tlv(PolicyTlv.POLICY_RESULT, bytes((PolicyResult.SOCKET_FILTER,)) + b"\1\0\0\0")
    _act_on_session(
        generator,
        session,
        (SessionAction.SET_SESSION_PRIORITY, b"\1\0\0\0", None),
        (SessionAction.POLICY_ADD, content, room(4)),
        (SessionAction.POLICY_APPLY_ALL, None, None),
    )
    parameters = as_buffer(client_parameters(remote="127.0.0.1:8080"))
    for value in (2, 1):
        generator.emit(notifications.SysctlSet("pass_loopback", value))
        client_id = generator.uuid()
        generator.emit(_call(fd, ClientAction.ADD, room(16), parameters))
        generator.emit(_call(fd, ClientAction.COPY_RESULT, as_buffer(client_id), room(1024)))
        generator.emit(_call(fd, ClientAction.REMOVE, as_buffer(client_id), None))
    generator.emit(syscalls.Close(session.pid, session.number))


def marked_traffic(generator: Generator) -> None:
    """A policy whose only route rule marks traffic for quality of service, and a client."""
    fd = generator.any_fd()
    session = KnownFd(DAEMON, generator.new_fd())
    generator.emit(syscalls.NecpSessionOpen(session.pid, 0, session.number))
    rule = pack_tlv(PolicyTlv.ROUTE_RULE, bytes((RouteRuleAction.QOS_MARKING, 0)))
    _act_on_session(
        generator,
        session,
        (SessionAction.SET_SESSION_PRIORITY, b"\1\0\0\0", None),
        (SessionAction.POLICY_ADD, _policy_with_rules([rule]), room(4)),
        (SessionAction.POLICY_APPLY_ALL, None, None),
    )
    client_id = as_buffer(generator.uuid())
    parameters = as_buffer(client_parameters(remote="203.0.113.9:443"))
    generator.emit(_call(fd, ClientAction.ADD, room(16), parameters))
    generator.emit(_call(fd, ClientAction.COPY_RESULT, client_id, room(1024)))
    generator.emit(_call(fd, ClientAction.REMOVE, client_id, None))
    generator.emit(syscalls.Close(session.pid, session.number))


def equal_route_rules(generator: Generator) -> None:
    """Two policies with the same route rules in another order, and how they are dumped."""
    session = KnownFd(DAEMON, generator.new_fd())
    generator.emit(syscalls.NecpSessionOpen(session.pid, 0, session.number))
    rules = [
        pack_tlv(PolicyTlv.ROUTE_RULE, bytes((RouteRuleAction.DENY_INTERFACE, 0)) + name)
        for name in (b"en5\0", b"pdp_ip0\0")
    ]
    _act_on_session(
        generator,
        session,
        *(
            (SessionAction.POLICY_ADD, _policy_with_rules(ordered), room(4))
            for ordered in (rules, rules[::-1])
        ),
        (SessionAction.POLICY_APPLY_ALL, None, None),
        (SessionAction.POLICY_DUMP_ALL, None, room(32_768)),
    )
    generator.emit(syscalls.Close(session.pid, session.number))


def _policy_with_rules(rules: list[bytes]) -> bytes:
    content = pack_tlv(PolicyTlv.POLICY_ORDER, bytes(4))
    content += policies.condition(PolicyCondition.ALL_INTERFACES, b"")
    content += b"".join(rules)
    return content + pack_tlv(PolicyTlv.POLICY_RESULT, bytes((PolicyResult.ROUTE_RULES,)))


def _act_on_session(
    generator: Generator,
    session: KnownFd,
    *calls: tuple[SessionAction, bytes | None, UserBuffer | None],
) -> None:
    """Session actions in order, each with what is passed and the buffer for the answer."""
    for action, given, out in calls:
        buffer = as_buffer(given)
        generator.emit(
            replace(
                syscalls.NecpSessionAction(session.pid, session.number, int(action)),
                in_buffer=buffer,
                in_buffer_length=buffer.length if buffer else 0,
                out_buffer=out,
                out_buffer_length=out.length if out else 0,
            )
        )


def _policy_of_nobody(generator: Generator) -> bytes:
    """A policy for a process that does not exist, with one more condition, negated or not."""
    kind, negative = generator.steer("condition of nobody", _OF_NOBODY)
    content = pack_tlv(PolicyTlv.POLICY_ORDER, b"\1\0\0\0")
    content += policies.condition(PolicyCondition.PID, b"\1\0\0\0")
    value = policies.condition_value(generator, kind)
    content += policies.condition(kind, value, negative=negative)
    return content + pack_tlv(PolicyTlv.POLICY_RESULT, bytes((PolicyResult.DROP,)))


def more_agents_than_fit(generator: Generator) -> None:
    """An interface gets one more agent than it has slots for, and loses all of them."""
    known = tuple(bytes([0x10, number]) * 8 for number in range(IF_MAXAGENTS))
    generator.emit(interfaces.IfaceUpdate(UTUN0, agents=known))
    generator.emit(interfaces.IfaceAddAgent(UTUN0, values.AGENTS[0]))
    generator.emit(interfaces.IfaceUpdate(UTUN0, agents=()))


def _call(
    fd: KnownFd, action: int, client_id: UserBuffer | None, buffer: UserBuffer | None
) -> syscalls.NecpClientAction:
    """A client action whose lengths are those of its buffers."""
    lengths = [0 if each is None else each.length for each in (client_id, buffer)]
    return syscalls.NecpClientAction(
        fd.pid, fd.number, int(action), client_id, lengths[0], buffer, lengths[1]
    )
