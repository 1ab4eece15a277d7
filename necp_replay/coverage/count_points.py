"""Finds the points that records exercise, from nothing but their inputs and outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from necp_replay.abi.aggregate_result import AGGREGATE_RESULT, AggregateLayout
from necp_replay.abi.client import (
    COPIES_OF_RESULTS,
    ClientAction,
    ClientParameter,
    ClientParameterFlag,
    ClientResult,
    ClientResultFlag,
    FlowCallbackAction,
    ObserverUpdateType,
    OpenFlag,
)
from necp_replay.abi.netagent import AgentMessageType, AgentOption
from necp_replay.abi.policy import (
    PolicyCondition,
    PolicyConditionFlag,
    PolicyResult,
    PolicyTlv,
    RouteRuleAction,
    RouteRuleFlag,
    SessionAction,
    SessionPriority,
)
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.coverage.points import (
    CLIENT_ACTION_NAMES,
    NAMES_OF_INPUT_CLASSES,
    POINTS,
    SESSION_ACTION_NAMES,
    Area,
    Point,
    outcome_name,
)
from necp_replay.events import syscalls
from necp_replay.events.agents import NetagentSetopt
from necp_replay.events.effects import (
    EFFECT_NAMES,
    AgentMessage,
    Log,
    MultipathCallback,
    SocketCallback,
)
from necp_replay.events.inputs import Step
from necp_replay.events.notifications import SysctlSet
from necp_replay.events.outcome import Absent, ActionBuffers, MatchResult, NotDetermined, Outcome
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.kernel.sysctl import SYSCTL_PREFIX

Found = Iterator[Point]


class PointCounter:
    """Counts how often each point occurs in the records it is given."""

    def __init__(self) -> None:
        self.seen: Counter[Point] = Counter()

    def add(
        self, step: Step, outcome: Outcome, match_result: AggregateLayout = AGGREGATE_RESULT
    ) -> None:
        """Count the points of one record. What is not known or not modelled exercises nothing.

        ``match_result`` is the layout of what ``necp_match_policy`` writes in the release.
        """
        if type(outcome.answer) in (Absent, NotDetermined) or "errno" in outcome.unmeasured:
            return
        event = step.input
        is_logged = any(type(effect) is Log for effect in outcome.effects)
        self.seen[_ending(event, outcome.errno, is_logged)] += 1
        if outcome.errno == 0 and type(event) in _WITH_ACTIONS:
            name = NAMES_OF_INPUT_CLASSES[type(event)]
            self.seen[Point(Area.INPUT, outcome_name(name, 0, is_logged=False))] += 1
        if isinstance(event, syscalls.NecpMatchPolicy):
            self.seen.update(_matched(event, outcome, match_result))
        details = _DETAILS.get(type(event))
        if details is not None:
            for point in details(event, outcome):
                self.seen[point] += 1
        for effect in outcome.effects:
            self.seen[_EFFECTS[type(effect)]] += 1
            if type(effect) is AgentMessage:
                self.seen.update(_member(Area.AGENT_MESSAGE, effect.type))
            elif isinstance(effect, SocketCallback | MultipathCallback):
                self.seen.update(_member(Area.FLOW_CALLBACK, effect.action))


def _ending(event: Any, errno: int | None, is_logged: bool) -> Point:
    """The point for the errno of an input: its action's, or the call's if the action has none."""
    for area, name in _entries(event):
        # If no check of this errno logs, the log record was about something else, and likewise
        # the other way round: try both forms, first the one that fits.
        for logged in (is_logged and bool(errno), not is_logged and bool(errno)):
            point = Point(area, outcome_name(name, errno, is_logged=logged))
            if point in _KNOWN:
                return point
    area, name = next(_entries(event))
    return Point(area, outcome_name(name, errno, is_logged=is_logged))


def _entries(event: Any) -> Iterator[tuple[Area, str]]:
    if type(event) is syscalls.NecpClientAction and event.action in CLIENT_ACTION_NAMES:
        yield Area.CLIENT_ACTION, CLIENT_ACTION_NAMES[event.action]
    elif type(event) is syscalls.NecpSessionAction and event.action in SESSION_ACTION_NAMES:
        yield Area.SESSION_ACTION, SESSION_ACTION_NAMES[event.action]
    yield Area.INPUT, NAMES_OF_INPUT_CLASSES[type(event)]


def _opened(event: syscalls.NecpOpen, outcome: Outcome) -> Found:
    if outcome.errno == 0:
        yield from _flags(Area.OPEN_FLAG, OpenFlag, event.flags)


def _client_action(event: syscalls.NecpClientAction, outcome: Outcome) -> Found:
    if outcome.errno != 0:
        return
    answer = outcome.answer
    written = answer.buffer if isinstance(answer, ActionBuffers) else b""
    # A trace may be hostile: its return value must not make this allocate without bound.
    length = min(max(outcome.retval or 0, 0), _MAX_READ_BYTES)
    if event.action == ClientAction.ADD:
        yield from _parameters(event.buffer, event.buffer_size)
    elif event.action == ClientAction.AGENT:
        for _, type_, _ in iterate_tlvs(_content(event.buffer, event.buffer_size)):
            yield from _member(Area.PARAMETER, type_)
    elif event.action in COPIES_OF_RESULTS and isinstance(written, bytes):
        yield from _results(written[:length].ljust(length, b"\0"))
    elif event.action == ClientAction.COPY_CLIENT_UPDATE and isinstance(written, bytes):
        kind = int.from_bytes(written[:4], "little")
        yield from _member(Area.OBSERVER_UPDATE, kind)


def _parameters(buffer: UserBuffer | None, size_bytes: int) -> Found:
    for _, type_, value in iterate_tlvs(_content(buffer, size_bytes)):
        yield from _member(Area.PARAMETER, type_)
        if type_ == ClientParameter.FLAGS:
            word = int.from_bytes(value[:4], "little")
            yield from _flags(Area.PARAMETER_FLAG, ClientParameterFlag, word)


def _results(content: bytes) -> Found:
    for _, type_, value in iterate_tlvs(content):
        yield from _member(Area.RESULT, type_)
        if type_ == ClientResult.FLOW:
            yield from _results(value)
        elif type_ == ClientResult.FLAGS:
            word = int.from_bytes(value[:4], "little")
            yield from _flags(Area.RESULT_FLAG, ClientResultFlag, word)
        elif type_ == ClientResult.POLICY_RESULT:
            yield from _member(Area.MATCHED, int.from_bytes(value[:4], "little"))


def _session_action(event: syscalls.NecpSessionAction, outcome: Outcome) -> Found:
    if outcome.errno != 0:
        return
    if event.action == SessionAction.SET_SESSION_PRIORITY:
        content = _content(event.in_buffer, event.in_buffer_length)
        yield from _member(Area.SESSION_PRIORITY, int.from_bytes(content[:4], "little"))
    if event.action == SessionAction.POLICY_ADD:
        yield from _policy(event)


def _policy(event: syscalls.NecpSessionAction) -> Found:
    for _, type_, value in iterate_tlvs(_content(event.in_buffer, event.in_buffer_length)):
        if type_ == PolicyTlv.POLICY_RESULT and value:
            yield from _member(Area.POLICY_RESULT, value[0])
        elif type_ == PolicyTlv.ROUTE_RULE and value:
            yield from _member(Area.ROUTE_RULE, value[0])
            yield from _flags(Area.ROUTE_RULE_FLAG, RouteRuleFlag, value[1] if value[1:] else 0)
        elif type_ == PolicyTlv.POLICY_CONDITION and len(value) >= 2:
            negated = "not " if value[1] & PolicyConditionFlag.NEGATIVE else ""
            for point in _member(Area.CONDITION, value[0]):
                yield Point(Area.CONDITION, negated + point.name)


def _matched(event: syscalls.NecpMatchPolicy, outcome: Outcome, layout: AggregateLayout) -> Found:
    if outcome.errno != 0:
        return
    yield from _parameters(event.parameters, event.parameters_size)
    answer = outcome.answer
    if isinstance(answer, MatchResult) and isinstance(answer.result, bytes):
        fields = layout.unpack(answer.result)
        yield from _member(Area.MATCHED, fields.routing_result)
        yield from _member(Area.MATCHED, fields.service_action)
        if fields.filter_control_unit:
            yield Point(Area.MATCHED, PolicyResult.SOCKET_FILTER.name)
        if any(fields.netagents):
            yield Point(Area.MATCHED, PolicyResult.USE_NETAGENT.name)


def _agent_option(event: NetagentSetopt, outcome: Outcome) -> Found:
    if outcome.errno == 0:
        yield from _member(Area.AGENT_OPTION, event.opt)


def _sysctl(event: SysctlSet, outcome: Outcome) -> Found:
    if outcome.errno == 0:
        yield Point(Area.SYSCTL, event.name.removeprefix(SYSCTL_PREFIX))


def _content(buffer: UserBuffer | None, size_bytes: int) -> bytes:
    if buffer is None or size_bytes > _MAX_READ_BYTES:
        return b""
    return buffer.content[:size_bytes].ljust(size_bytes, b"\0")


def _member(area: Area, number: int) -> Found:
    point = _MEMBERS.get((area, number))
    if point is not None:
        yield point


def _flags(area: Area, members: Any, word: int) -> Found:
    for flag in members:
        if word & flag:
            yield Point(area, flag.name)


_KNOWN: Final = frozenset(POINTS)
# More than any client action reads or writes, and little to allocate.
_MAX_READ_BYTES: Final = 65_536
_WITH_ACTIONS: Final = (syscalls.NecpClientAction, syscalls.NecpSessionAction)
_EFFECTS: Final = {cls: Point(Area.EFFECT, name) for name, cls in EFFECT_NAMES.items()}
_NUMBERED: Final[tuple[tuple[Area, Any], ...]] = (
    (Area.PARAMETER, ClientParameter),
    (Area.RESULT, ClientResult),
    (Area.OBSERVER_UPDATE, ObserverUpdateType),
    (Area.CONDITION, PolicyCondition),
    (Area.POLICY_RESULT, PolicyResult),
    (Area.ROUTE_RULE, RouteRuleAction),
    (Area.MATCHED, PolicyResult),
    (Area.SESSION_PRIORITY, SessionPriority),
    (Area.AGENT_OPTION, AgentOption),
    (Area.AGENT_MESSAGE, AgentMessageType),
    (Area.FLOW_CALLBACK, FlowCallbackAction),
)
_MEMBERS: Final = {
    (area, int(member)): Point(area, member.name)
    for area, members in _NUMBERED
    for member in members
}
_DETAILS: Final[dict[type, Callable[[Any, Outcome], Found]]] = {
    syscalls.NecpOpen: _opened,
    syscalls.NecpClientAction: _client_action,
    syscalls.NecpSessionAction: _session_action,
    NetagentSetopt: _agent_option,
    SysctlSet: _sysctl,
}
