"""Moves of policy sessions, and matching outside of clients."""

from __future__ import annotations

import struct
from typing import Final

from necp_replay.abi.policy import (
    PolicyCondition,
    PolicyConditionFlag,
    PolicyResult,
    PolicyTlv,
    RouteRuleAction,
    SessionAction,
)
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events import syscalls
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.generate import values
from necp_replay.generate.calls import session_call
from necp_replay.generate.world import (
    APP,
    CLOSED_FD,
    CRAMPED,
    DAEMON,
    NOBODY,
    PLATFORM,
    WATCHER,
    Fd,
    World,
)
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.buffers import as_buffer, room
from necp_replay.scenario.process import MATCH_RESULT_BYTES

MAX_SESSIONS: Final = 4
POLICIES_PER_SESSION: Final = 24
KEPT: Final = Fd(DAEMON, 80_000)
"""A session that stays open, and keeps its policies."""
KEPT_POLICIES: Final = 6


def prepare(world: World) -> None:
    """One session that stays, with policies whose ids are known, since they are the first."""
    world.emit(syscalls.NecpSessionOpen(KEPT.pid, 0, KEPT.number))
    for number in range(KEPT_POLICIES):
        content = pack_tlv(PolicyTlv.POLICY_ORDER, number.to_bytes(4, "little"))
        content += condition(PolicyCondition.PID, (7000 + number).to_bytes(4, "little"))
        content += pack_tlv(PolicyTlv.POLICY_RESULT, bytes((PolicyResult.PASS,)))
        buffer = as_buffer(content)
        add = int(SessionAction.POLICY_ADD)
        world.emit(
            syscalls.NecpSessionAction(KEPT.pid, KEPT.number, add, buffer, len(content), room(4), 4)
        )


def open_session(world: World) -> None:
    """Open a session, as a rule with the privilege."""
    if len(world.sessions) >= MAX_SESSIONS:
        stale = world.pick(world.sessions)
        world.emit(syscalls.Close(stale.pid, stale.number))
        world.forget_fd(stale)
    pid = world.steer("session of", (DAEMON, DAEMON, DAEMON, PLATFORM, APP, NOBODY, CRAMPED))
    fd = Fd(pid, world.new_fd())
    assigned = None if pid == CRAMPED else fd.number
    world.emit(syscalls.NecpSessionOpen(pid, world.pick((0, 0, 1)), assigned))
    if pid == DAEMON:
        world.sessions.append(fd)


def add_policy(world: World) -> None:
    """POLICY_ADD, and as a rule the session applies what it has."""
    session = _session(world)
    world.policies += 1
    if world.policies % POLICIES_PER_SESSION == 0:
        # Otherwise there are ever more of them, and ever fewer clients that get through.
        session_call(world, SessionAction.POLICY_DELETE_ALL, session, None, None)
    session_call(world, SessionAction.POLICY_ADD, session, _policy(world), room(4))
    if not world.chance(3):
        world.emit(
            syscalls.NecpSessionAction(
                session.pid, session.number, int(SessionAction.POLICY_APPLY_ALL)
            )
        )


def session_action(world: World) -> None:
    """Every other session action."""
    session = _session(world)
    is_kept = world.chance(2)
    if is_kept:
        session = KEPT
    some_id = (1 + world.number(KEPT_POLICIES)).to_bytes(4, "little")
    last_kept_id = KEPT_POLICIES.to_bytes(4, "little")
    priority = world.steer("priority", (1, 2, 3, 4, 5, 0)).to_bytes(4, "little")
    service = bytes([0xD0 + world.number(3)]) * 16
    out = room(world.pick((2048, 16)))
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
        (a.POLICY_DUMP_ALL, None, room(world.pick((32_768, 64)))),
        (a.POLICY_LIST_ALL, None, out),
        (99, None, None),
    )
    action, content, out_buffer = world.steer("session action", actions)
    session_call(world, action, session, content, out_buffer)


def lock_session(world: World) -> None:
    """LOCK_SESSION_TO_PROC, after which another process of the same fd is nobody."""
    session = _session(world)
    if world.chance(4):
        session_call(world, SessionAction.LOCK_SESSION_TO_PROC, session, None, None)
    elif session in world.sessions:
        world.emit(syscalls.Close(session.pid, session.number))
        world.forget_fd(session)


def match(world: World) -> None:
    """``necp_match_policy``."""
    content = as_buffer(values.parameters(world))
    size = content.length if content is not None else 0
    faults = (
        (content, size, room(MATCH_RESULT_BYTES)),
        (content, size, room(MATCH_RESULT_BYTES)),
        (None, 0, room(MATCH_RESULT_BYTES)),
        (content, size, None),
        (content, size, UserBuffer(unmapped=True)),
        (UserBuffer(unmapped=True), 64, room(MATCH_RESULT_BYTES)),
        (content, 5000, room(MATCH_RESULT_BYTES)),
    )
    parameters, parameters_size, result = world.steer("match", faults)
    pid = world.pick((DAEMON, DAEMON, PLATFORM, WATCHER, APP, NOBODY))
    world.emit(syscalls.NecpMatchPolicy(pid, parameters, parameters_size, result))


def _session(world: World) -> Fd:
    return world.pick(world.sessions) if world.sessions else Fd(DAEMON, CLOSED_FD)


def _policy(world: World) -> bytes:
    """A policy with a result, some conditions, and rules where the result wants them."""
    order = world.number(1000).to_bytes(4, "little")
    kind = world.steer("result", tuple(PolicyResult))
    # What drops everything would leave little to look at.
    conditions = _conditions(world, kind)
    content = pack_tlv(PolicyTlv.POLICY_ORDER, order) + conditions
    if kind is PolicyResult.ROUTE_RULES or world.chance(6):
        content += route_rules(world)
    content += pack_tlv(PolicyTlv.POLICY_RESULT, bytes((kind,)) + result_parameter(world, kind))
    if world.chance(15):
        content += bytes((world.number(256), 3, 0, 0, 0, 1))
    return content


def result_parameter(world: World, kind: PolicyResult) -> bytes:
    """What a result of a kind has to say besides."""
    service = bytes([0xD0 + world.number(3)]) * 16
    if kind in _SERVICE_RESULTS:
        return service + world.number(9).to_bytes(4, "little")
    if kind is PolicyResult.IP_TUNNEL:
        return (0).to_bytes(4, "little") + b"utun0\0"
    if kind is PolicyResult.SOCKET_SCOPED:
        return world.pick((b"en5\0", b"pdp_ip0\0", b"nosuch0\0"))
    if kind is PolicyResult.USE_NETAGENT:
        return world.pick(values.AGENTS)
    return world.pick((1, 2, 300)).to_bytes(4, "little")


def _conditions(world: World, result: PolicyResult) -> bytes:
    """Up to two conditions; as a rule such as go together and with the result."""
    count = world.number(3) if result is not PolicyResult.DROP else 1 + world.number(2)
    content = b""
    for _ in range(count):
        kinds = _CONDITIONS if result in _ADDRESS_RESULTS or world.chance(8) else _OF_SOCKETS
        kind = world.steer(f"condition {len(kinds)}", kinds)
        if kind is PolicyCondition.DEFAULT and not world.chance(4):
            continue
        if kind in (PolicyCondition.REAL_APPLICATION, PolicyCondition.ENTITLEMENT):
            content += condition(PolicyCondition.APPLICATION, bytes([0xE0]) * 16)
        if kind is PolicyCondition.ENTITLEMENT:
            content += condition(PolicyCondition.REAL_APPLICATION, bytes([0xE0]) * 16)
        negative = world.steer(f"negative {kind}", (False, False, True))
        content += condition(kind, condition_value(world, kind), negative=negative)
    return content or condition(PolicyCondition.DEFAULT, b"")


def condition(kind: PolicyCondition, value: bytes, *, negative: bool = False) -> bytes:
    """A condition as a TLV."""
    flags = int(PolicyConditionFlag.NEGATIVE) if negative else 0
    return pack_tlv(PolicyTlv.POLICY_CONDITION, bytes((kind, flags)) + value)


def condition_value(world: World, kind: PolicyCondition) -> bytes:
    """What a condition of a kind compares with."""
    c = PolicyCondition
    match kind:
        case c.APPLICATION | c.REAL_APPLICATION:
            return bytes([0xE0 + world.number(3)]) * 16
        case c.DOMAIN | c.ACCOUNT:
            return world.pick(values.DOMAINS).encode() + b"\0"
        case c.ENTITLEMENT:
            return world.pick((b"", b"com.example.vpn\0"))
        case c.BOUND_INTERFACE:
            return world.pick(values.INTERFACE_NAMES).encode() + b"\0"
        case c.TRAFFIC_CLASS:
            return struct.pack("<II", 100, 500)
        case c.IP_PROTOCOL:
            return struct.pack("<H", world.pick((6, 17)))
        case c.LOCAL_ADDR | c.REMOTE_ADDR:
            return bytes((world.pick((24, 32, 0)),)) + values.address(world)
        case c.LOCAL_ADDR_RANGE | c.REMOTE_ADDR_RANGE:
            return sockaddr("192.0.2.0") + sockaddr(world.pick(("203.0.113.255", "192.0.2.99")))
        case c.PID | c.UID:
            return world.pick((100, 200, 501, 0)).to_bytes(4, "little")
        case _:
            return b""


def route_rules(world: World) -> bytes:
    """One or two rules about interfaces."""
    content = b""
    for _ in range(1 + world.number(2)):
        action = world.steer("route rule", _RULES)
        flags = world.pick((0, 1, 2, 4, 8))
        name = world.pick((b"", b"en0\0", b"en5\0", b"pdp_ip0\0")) if flags == 0 else b""
        content += pack_tlv(PolicyTlv.ROUTE_RULE, bytes((action, flags)) + name)
    return content


_CONDITIONS: Final = tuple(PolicyCondition)
_OF_SOCKETS: Final = tuple(each for each in PolicyCondition if "ADDR" not in each.name)
_ADDRESS_RESULTS: Final = (
    PolicyResult.PASS,
    PolicyResult.SKIP,
    PolicyResult.DROP,
    PolicyResult.IP_TUNNEL,
)
_RULES: Final = (*RouteRuleAction, *tuple(RouteRuleAction)[1:], *tuple(RouteRuleAction)[1:])
_SERVICE_RESULTS: Final = (
    PolicyResult.TRIGGER,
    PolicyResult.TRIGGER_IF_NEEDED,
    PolicyResult.TRIGGER_SCOPED,
    PolicyResult.NO_TRIGGER_SCOPED,
)
