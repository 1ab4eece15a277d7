"""Operations of policy sessions, and ``necp_match_policy``."""

from __future__ import annotations

import struct
from typing import Final

from necp_replay.abi.aggregate_result import (
    AGGREGATE_RESULT,
    AGGREGATE_RESULT_7195,
    AGGREGATE_RESULT_7195_101,
    AGGREGATE_RESULT_8019,
    AGGREGATE_RESULT_10002_61,
)
from necp_replay.abi.policy import (
    CONDITION_INTERFACE_FLAGS,
    PolicyCondition,
    PolicyConditionFlag,
    PolicyResult,
    PolicyTlv,
    RouteRuleAction,
    RouteRuleFlag,
    SessionAction,
)
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events import syscalls
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.generate import values
from necp_replay.generate.generator import (
    APP,
    CLOSED_FD,
    CRAMPED,
    DAEMON,
    NOBODY,
    PLATFORM,
    VISITOR,
    WATCHER,
    Generator,
    KnownFd,
)
from necp_replay.generate.hostile_calls import session_call
from necp_replay.generate.modelled_kinds import (
    POLICY_CONDITIONS,
    POLICY_RESULTS,
    ROUTE_RULE_ACTIONS,
)
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.buffers import as_buffer, faulting, room

MAX_SESSIONS: Final = 4
POLICIES_PER_SESSION: Final = 24
KEPT: Final = KnownFd(DAEMON, 80_000)
"""A session that stays open and keeps its policies, so that their ids are known."""
KEPT_POLICIES: Final = 6
MATCH_RESULT_BYTES: Final = AGGREGATE_RESULT_10002_61.size
"""What the longest result of a match takes."""
POINT_TO_POINT: Final = 0x10
"""``IFF_POINTOPOINT``."""
TRANSPARENT: Final = 1 << 31
"""In a control unit, it says that a proxy is transparent."""


def prepare(generator: Generator) -> None:
    """Open the session :data:`KEPT` and add its policies; being the first, they get ids from 1."""
    generator.emit(syscalls.NecpSessionOpen(KEPT.pid, 0, KEPT.number))
    for number in range(KEPT_POLICIES):
        content = pack_tlv(PolicyTlv.POLICY_ORDER, number.to_bytes(4, "little"))
        content += condition(PolicyCondition.PID, (7000 + number).to_bytes(4, "little"))
        content += pack_tlv(PolicyTlv.POLICY_RESULT, bytes((PolicyResult.PASS,)))
        buffer = as_buffer(content)
        add = int(SessionAction.POLICY_ADD)
        generator.emit(
            syscalls.NecpSessionAction(KEPT.pid, KEPT.number, add, buffer, len(content), room(4), 4)
        )


def open_session(generator: Generator) -> None:
    """Open a session, in most cases by a process that may."""
    if len(generator.sessions) >= MAX_SESSIONS:
        stale = generator.pick(generator.sessions)
        generator.emit(syscalls.Close(stale.pid, stale.number))
        generator.forget_fd(stale)
    pid = generator.steer("session of", (DAEMON, DAEMON, DAEMON, PLATFORM, APP, NOBODY, CRAMPED))
    fd = KnownFd(pid, generator.new_fd())
    assigned = None if pid == CRAMPED else fd.number
    generator.emit(syscalls.NecpSessionOpen(pid, generator.pick((0, 0, 1)), assigned))
    if pid == DAEMON:
        generator.sessions.append(fd)


def add_policy(generator: Generator) -> None:
    """POLICY_ADD, in most cases followed by POLICY_APPLY_ALL."""
    session = _session(generator)
    generator.policies += 1
    if generator.policies % POLICIES_PER_SESSION == 0:
        # More and more policies would drop more and more of the traffic.
        session_call(generator, SessionAction.POLICY_DELETE_ALL, session, None, None)
    session_call(generator, SessionAction.POLICY_ADD, session, _policy(generator), room(4))
    if not generator.chance(3):
        generator.emit(
            syscalls.NecpSessionAction(
                session.pid, session.number, int(SessionAction.POLICY_APPLY_ALL)
            )
        )


def session_action(generator: Generator) -> None:
    """Any other session action."""
    session = _session(generator)
    is_kept = generator.chance(2)
    if is_kept:
        session = KEPT
    some_id = (1 + generator.number(KEPT_POLICIES)).to_bytes(4, "little")
    last_kept_id = KEPT_POLICIES.to_bytes(4, "little")
    priority = generator.steer("priority", (1, 2, 3, 4, 5, 0)).to_bytes(4, "little")
    service = bytes([0xD0 + generator.number(3)]) * 16
    out = room(generator.pick((2048, 16)))
    a = SessionAction
    actions: tuple[tuple[int, bytes | None, UserBuffer | None], ...] = (
        (a.POLICY_GET, some_id, room(2048)),
        (a.POLICY_GET, some_id, out),
        (a.POLICY_DELETE, last_kept_id if is_kept else some_id, None),
        (a.POLICY_APPLY_ALL, None, None),
        (a.POLICY_LIST_ALL, None, out),
        (a.POLICY_LIST_ALL if is_kept else a.POLICY_DELETE_ALL, None, out),
        (a.SET_SESSION_PRIORITY, priority, None),
        (a.REGISTER_SERVICE, service, None),
        (a.UNREGISTER_SERVICE, service, None),
        (a.POLICY_DUMP_ALL, None, room(generator.pick((32_768, 64)))),
        (a.POLICY_LIST_ALL, None, out),
        (99, None, None),
    )
    action, content, out_buffer = generator.steer("session action", actions)
    session_call(generator, action, session, content, out_buffer)


def lock_session(generator: Generator) -> None:
    """LOCK_SESSION_TO_PROC, or close the session: a locked one is of little use for long."""
    session = _session(generator)
    if generator.chance(4):
        session_call(generator, SessionAction.LOCK_SESSION_TO_PROC, session, None, None)
    elif session in generator.sessions:
        generator.emit(syscalls.Close(session.pid, session.number))
        generator.forget_fd(session)


def match(generator: Generator) -> None:
    """``necp_match_policy`` for remote hosts. The system's own addresses are left out."""
    asked = values.parameters(generator)
    while any(own in asked for own in _OWN):
        asked = values.parameters(generator)
    content = as_buffer(asked)
    size = content.length if content is not None else 0
    faults = (
        (content, size, room(MATCH_RESULT_BYTES)),
        (content, size, room(MATCH_RESULT_BYTES)),
        (content, size, faulting(MATCH_RESULT_BYTES, AGGREGATE_RESULT.size)),
        (content, size, faulting(MATCH_RESULT_BYTES, AGGREGATE_RESULT_7195.size)),
        (content, size, faulting(MATCH_RESULT_BYTES, AGGREGATE_RESULT_7195_101.size)),
        (content, size, faulting(MATCH_RESULT_BYTES, AGGREGATE_RESULT_8019.size)),
        (None, 0, room(MATCH_RESULT_BYTES)),
        (content, size, None),
        (content, size, UserBuffer(unmapped=True)),
        (UserBuffer(unmapped=True), 64, room(MATCH_RESULT_BYTES)),
        (content, 5000, room(MATCH_RESULT_BYTES)),
    )
    parameters, parameters_size, result = generator.steer("match", faults)
    pid = generator.pick((DAEMON, DAEMON, PLATFORM, WATCHER, APP, VISITOR, NOBODY))
    generator.emit(syscalls.NecpMatchPolicy(pid, parameters, parameters_size, result))


def add_and_apply(generator: Generator, session: KnownFd, conditions: bytes) -> None:
    """A session of the best priority drops what the conditions match, and applies that."""
    content = pack_tlv(PolicyTlv.POLICY_ORDER, bytes(4)) + conditions
    content += pack_tlv(PolicyTlv.POLICY_RESULT, bytes((PolicyResult.DROP,)))
    for action, given, out in (
        (SessionAction.SET_SESSION_PRIORITY, b"\1\0\0\0", None),
        (SessionAction.POLICY_ADD, content, room(4)),
        (SessionAction.POLICY_APPLY_ALL, None, None),
    ):
        buffer = as_buffer(given)
        generator.emit(
            syscalls.NecpSessionAction(
                *(session.pid, session.number, int(action)),
                *(buffer, buffer.length if buffer is not None else 0),
                *(out, out.length if out is not None else 0),
            )
        )


def match_remote(generator: Generator, pid: int, parameters: bytes) -> None:
    """``necp_match_policy`` with these parameters, with room for the result."""
    buffer = as_buffer(parameters)
    result = room(MATCH_RESULT_BYTES)
    generator.emit(syscalls.NecpMatchPolicy(pid, buffer, len(parameters), result))


_OWN: Final = (b"\x7f\0\0\1", bytes(15) + b"\1", b"lo0\0")
"""Bytes of parameters that name a loopback address or the loopback interface."""


def _session(generator: Generator) -> KnownFd:
    return generator.pick(generator.sessions) if generator.sessions else KnownFd(DAEMON, CLOSED_FD)


def _policy(generator: Generator) -> bytes:
    """The TLVs of a policy: order, conditions, result, and route rules if the result needs them."""
    order = generator.number(1000).to_bytes(4, "little")
    kind = generator.steer("result", POLICY_RESULTS)
    conditions = _conditions(generator, kind)
    content = pack_tlv(PolicyTlv.POLICY_ORDER, order) + conditions
    if kind is PolicyResult.ROUTE_RULES or generator.chance(6):
        content += route_rules(generator)
    content += pack_tlv(PolicyTlv.POLICY_RESULT, bytes((kind,)) + result_parameter(generator, kind))
    if generator.chance(15):
        content += bytes((generator.number(256), 3, 0, 0, 0, 1))
    return content


def result_parameter(generator: Generator, kind: PolicyResult) -> bytes:
    """The parameter of a policy result, such as a service or an interface name."""
    service = bytes([0xD0 + generator.number(3)]) * 16
    if kind in _SERVICE_RESULTS:
        return service + generator.number(9).to_bytes(4, "little")
    if kind is PolicyResult.IP_TUNNEL:
        return (0).to_bytes(4, "little") + b"utun0\0"
    if kind is PolicyResult.SOCKET_SCOPED:
        return generator.pick((b"en5\0", b"pdp_ip0\0", b"nosuch0\0"))
    if kind in _AGENT_RESULTS:
        return generator.pick(values.AGENTS)
    if kind is PolicyResult.SOCKET_DIVERT and generator.chance(2):
        return (TRANSPARENT | generator.number(4)).to_bytes(4, "little")
    return generator.pick((1, 2, 300)).to_bytes(4, "little")


def _conditions(generator: Generator, result: PolicyResult) -> bytes:
    """Up to two conditions, in most cases ones that the kernel accepts together with the result."""
    # A DROP without a condition would drop everything that follows.
    count = generator.number(3) if result is not PolicyResult.DROP else 1 + generator.number(2)
    content = b""
    for _ in range(count):
        kinds = (
            POLICY_CONDITIONS if result in _ADDRESS_RESULTS or generator.chance(8) else _OF_SOCKETS
        )
        kind = generator.steer(f"condition {len(kinds)}", kinds)
        if kind is PolicyCondition.DEFAULT and not generator.chance(4):
            continue
        if kind in (PolicyCondition.REAL_APPLICATION, PolicyCondition.ENTITLEMENT):
            content += condition(PolicyCondition.APPLICATION, bytes([0xE0]) * 16)
        if kind is PolicyCondition.ENTITLEMENT and not generator.chance(2):
            content += condition(PolicyCondition.REAL_APPLICATION, bytes([0xE0]) * 16)
        negative = generator.steer(f"negative {kind}", (False, False, True))
        content += condition(kind, condition_value(generator, kind), negative=negative)
    return content or condition(PolicyCondition.DEFAULT, b"")


def condition(kind: PolicyCondition, value: bytes, *, negative: bool = False) -> bytes:
    """A condition as a TLV of a policy."""
    flags = int(PolicyConditionFlag.NEGATIVE) if negative else 0
    return pack_tlv(PolicyTlv.POLICY_CONDITION, bytes((kind, flags)) + value)


def condition_value(generator: Generator, kind: PolicyCondition) -> bytes:
    """The value that a condition compares with."""
    c = PolicyCondition
    match kind:
        case c.APPLICATION | c.REAL_APPLICATION:
            return bytes([0xE0 + generator.number(3)]) * 16
        case c.DOMAIN | c.ACCOUNT:
            return generator.pick(values.DOMAINS).encode() + b"\0"
        case c.ENTITLEMENT:
            return generator.pick((b"", b"com.example.vpn\0"))
        case c.BOUND_INTERFACE:
            return generator.pick(values.INTERFACE_NAMES).encode() + b"\0"
        case c.TRAFFIC_CLASS:
            return struct.pack("<II", 100, 500)
        case c.IP_PROTOCOL | c.FLOW_IP_PROTOCOL:
            return struct.pack("<H", generator.pick((6, 17)))
        case c.LOCAL_ADDR | c.REMOTE_ADDR | c.FLOW_LOCAL_ADDR | c.FLOW_REMOTE_ADDR:
            return bytes((generator.pick((24, 32, 0)),)) + values.address(generator)
        case (
            c.LOCAL_ADDR_RANGE
            | c.REMOTE_ADDR_RANGE
            | c.FLOW_LOCAL_ADDR_RANGE
            | c.FLOW_REMOTE_ADDR_RANGE
        ):
            return sockaddr("192.0.2.0") + sockaddr(generator.pick(("203.0.113.255", "192.0.2.99")))
        case c.AGENT_TYPE:
            return values.agent_kind(generator)
        case c.SDK_VERSION:
            return struct.pack("<III", generator.pick((0, 2)), 0, generator.pick((0, 14 << 16)))
        case c.SIGNING_IDENTIFIER:
            return generator.pick((b"com.example.app\0", b"com.apple.configd\0"))
        case c.SCHEME_PORT:
            return struct.pack(">H", generator.pick((443, 80)))
        case c.URL:
            return generator.pick(values.URLS).encode() + b"\0"
        case c.DOMAIN_FILTER:
            return generator.pick((1, 10_001)).to_bytes(4, "little")
        case c.BOUND_INTERFACE_FLAGS:
            return CONDITION_INTERFACE_FLAGS.pack(generator.pick((0, POINT_TO_POINT)), 0, 0)
        case c.LOCAL_NETWORKS:
            return generator.pick((b"", b"\1\0\0\0"))
        case c.PACKET_FILTER_TAGS:
            return struct.pack("<H", 1)
        case c.PID | c.UID | c.REAL_UID:
            return generator.pick((100, 200, 501, 0)).to_bytes(4, "little")
        case _:
            return b""


def route_rules(generator: Generator) -> bytes:
    """One or two route rules as TLVs."""
    content = b""
    for _ in range(1 + generator.number(2)):
        action = generator.steer("route rule", _RULES)
        flags = generator.pick((0, 1, 2, 4, 8, 16, 32, 64, 0, int(RouteRuleFlag.NETAGENT)))
        name = generator.pick((b"", b"en0\0", b"en5\0", b"pdp_ip0\0")) if flags == 0 else b""
        if flags == RouteRuleFlag.NETAGENT:
            name = generator.pick(values.AGENTS)
        if action in (RouteRuleAction.USE_NETAGENT, RouteRuleAction.REMOVE_NETAGENT):
            name = generator.pick(values.AGENTS) + name
        elif action is RouteRuleAction.DIVERT_SOCKET:
            name = (1 + generator.number(3)).to_bytes(4, "little") + name
        content += pack_tlv(PolicyTlv.ROUTE_RULE, bytes((action, flags)) + name)
    return content


_OF_SOCKETS: Final = tuple(each for each in POLICY_CONDITIONS if "ADDR" not in each.name)
_ADDRESS_RESULTS: Final = (
    PolicyResult.PASS,
    PolicyResult.SKIP,
    PolicyResult.DROP,
    PolicyResult.IP_TUNNEL,
)
_AGENT_RESULTS: Final = (
    PolicyResult.USE_NETAGENT,
    PolicyResult.NETAGENT_SCOPED,
    PolicyResult.REMOVE_NETAGENT,
)
_RULES: Final = (*ROUTE_RULE_ACTIONS, *ROUTE_RULE_ACTIONS[1:], *ROUTE_RULE_ACTIONS[1:])
_SERVICE_RESULTS: Final = (
    PolicyResult.TRIGGER,
    PolicyResult.TRIGGER_IF_NEEDED,
    PolicyResult.TRIGGER_SCOPED,
    PolicyResult.NO_TRIGGER_SCOPED,
)
