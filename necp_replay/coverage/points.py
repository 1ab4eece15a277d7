"""All points of coverage, taken from the engine's tables of what is modelled."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterable, Iterator
from typing import Final

from necp_replay.abi.client import (
    ClientParameter,
    ClientParameterFlag,
    ClientResult,
    ClientResultFlag,
    FlowCallbackAction,
    ObserverUpdateType,
    OpenFlag,
)
from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AgentMessageType, AgentOption
from necp_replay.abi.policy import (
    PolicyCondition,
    PolicyResult,
    RouteRuleAction,
    RouteRuleFlag,
    SessionAction,
    SessionPriority,
)
from necp_replay.dataclass import dataclass
from necp_replay.events.effects import EFFECT_NAMES
from necp_replay.events.inputs import INPUT_NAMES
from necp_replay.events.notifications import RequestInProcessFlowDivert
from necp_replay.events.sockets import SocketGetResolverSignature, SocketSetResolverSignature
from necp_replay.kernel.catalog import CATALOG
from necp_replay.kernel.client_actions.table import CLIENT_ACTIONS
from necp_replay.kernel.description import AnyDescription, Kind, Support
from necp_replay.kernel.missing_inputs import missing_inputs
from necp_replay.kernel.sysctl import WRITABLE_SYSCTLS
from necp_replay.releases.facts.client_actions import FdKindCheck
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import differing_facts, facts
from necp_replay.releases.under_way import is_only_under_way, only_under_way


class Area(enum.Enum):
    """The kinds of points, in the order of reports."""

    CLIENT_ACTION = "client action"
    SESSION_ACTION = "session action"
    INPUT = "input"
    OPEN_FLAG = "open flag"
    PARAMETER = "parameter TLV"
    PARAMETER_FLAG = "parameter flag"
    RESULT = "result TLV"
    RESULT_FLAG = "result flag"
    OBSERVER_UPDATE = "observer update"
    CONDITION = "policy condition"
    POLICY_RESULT = "policy result"
    ROUTE_RULE = "route rule"
    ROUTE_RULE_FLAG = "route rule flag"
    MATCHED = "policy matched"
    SESSION_PRIORITY = "session priority"
    AGENT_OPTION = "agent option"
    AGENT_MESSAGE = "agent message"
    FLOW_CALLBACK = "flow callback"
    SYSCTL = "sysctl"
    EFFECT = "effect"
    RELEASE_FACT = "release fact"


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a trace exercises or not; ``name`` is unique within the area."""

    area: Area
    name: str

    def __str__(self) -> str:
        return f"{self.area.value}: {self.name}"


def outcome_name(entry: str, errno: int | None, *, is_logged: bool) -> str:
    """The name of an input's errno as a point: ``ADD ok``, ``ADD EINVAL``, ``ADD EFAULT logged``.

    ``is_logged`` tells apart checks that return the same errno with and without a log record.
    """
    if not errno:
        return f"{entry} ok"
    known = errno in Errno.__members__.values()
    name = Errno(errno).name if known else str(errno)
    return f"{entry} {name}{' logged' if is_logged else ''}"


def _outcomes(entry: AnyDescription, area: Area) -> Iterator[Point]:
    if entry.support is not Support.ABSENT:
        yield Point(area, outcome_name(entry.name, 0, is_logged=False))
    for check in entry.checks:
        yield Point(area, outcome_name(entry.name, check.errno, is_logged=check.is_logged))


def _is_handled(entry: AnyDescription) -> bool:
    """Whether a modelled release has what is described. True for an action that no release has."""
    if entry.kind is Kind.SESSION_ACTION:
        return any(entry.subject in profile.session_actions for profile in RELEASES.values())
    if entry.kind is not Kind.CLIENT_ACTION or entry.number not in CLIENT_ACTIONS:
        return True
    return any(entry.number in profile.client_actions for profile in RELEASES.values())


_AREAS: Final = {
    Kind.CLIENT_ACTION: Area.CLIENT_ACTION,
    Kind.SESSION_ACTION: Area.SESSION_ACTION,
}


def _members(area: Area, names: Iterable[str]) -> Iterator[Point]:
    return (Point(area, name) for name in names)


def _all_points() -> Iterator[Point]:
    for entry in CATALOG:
        if not _is_handled(entry):
            continue
        yield from _outcomes(entry, _AREAS.get(entry.kind, Area.INPUT))
    yield from _members(Area.OPEN_FLAG, OpenFlag.__members__)
    yield from _members(Area.PARAMETER, ClientParameter.__members__)
    yield from _members(Area.PARAMETER_FLAG, ClientParameterFlag.__members__)
    yield from _members(Area.RESULT, ClientResult.__members__)
    yield from _members(Area.RESULT_FLAG, ClientResultFlag.__members__)
    yield from _members(Area.OBSERVER_UPDATE, ObserverUpdateType.__members__)
    for name in PolicyCondition.__members__:
        yield from _members(Area.CONDITION, (name, f"not {name}"))
    yield from _members(Area.POLICY_RESULT, PolicyResult.__members__)
    yield from _members(Area.ROUTE_RULE, RouteRuleAction.__members__)
    yield from _members(Area.ROUTE_RULE_FLAG, RouteRuleFlag.__members__)
    yield from _members(Area.MATCHED, PolicyResult.__members__)
    yield from _members(Area.SESSION_PRIORITY, SessionPriority.__members__)
    yield from _members(Area.AGENT_OPTION, AgentOption.__members__)
    yield from _members(Area.AGENT_MESSAGE, AgentMessageType.__members__)
    yield from _members(Area.FLOW_CALLBACK, FlowCallbackAction.__members__)
    yield from _members(Area.SYSCTL, WRITABLE_SYSCTLS)
    yield from _members(Area.EFFECT, EFFECT_NAMES)
    releases = list(RELEASES.values())
    for old, new in itertools.pairwise(releases):
        yield from _members(Area.RELEASE_FACT, (fact.name for fact in differing_facts(old, new)))


def _later_points() -> Iterator[Point]:
    """Points of what only releases under way have."""
    for area, fact in (
        (Area.PARAMETER, "client_parameters"),
        (Area.CONDITION, "policy_conditions"),
        (Area.POLICY_RESULT, "policy_results"),
        (Area.MATCHED, "policy_results"),
        (Area.ROUTE_RULE, "route_rule_actions"),
    ):
        yield from (Point(area, member.name) for member in only_under_way(fact))
    for member in only_under_way("policy_conditions"):
        yield Point(Area.CONDITION, f"not {member.name}")
    for area, name, fact in (
        (Area.PARAMETER_FLAG, "ONLY_PRIMARY_REQUIRES_TYPE", "only_primary_may_require_type"),
        (Area.RESULT_FLAG, "HAS_NAT64", "result_has_nat64"),
        (Area.RESULT_FLAG, "INTERFACE_LOW_POWER", "result_has_low_power"),
        (Area.RESULT, "GATEWAY", "result_has_gateways"),
        (Area.RESULT, "REASON", "result_has_reason"),
        (Area.ROUTE_RULE_FLAG, "CONSTRAINED", "constrained_interfaces_are_known"),
        (Area.ROUTE_RULE_FLAG, "NETAGENT", "route_rules_may_need_agents"),
        (Area.SYSCTL, "drop_unentitled_level", "unentitled_traffic_can_be_dropped"),
        (Area.RESULT, "NAT64", "result_has_nat64_prefixes"),
        (Area.RESULT_FLAG, "IS_GLOBAL_INTERNET", "global_routes_are_told"),
        (Area.RESULT_FLAG, "LINK_HEURISTICS", "link_heuristics_are_told"),
        (Area.RESULT, "FLOW_DIVERT_AGGREGATE_UNIT", "transparent_proxies_add_up"),
        (Area.SYSCTL, "pass_interpose", "interpose_clients_pass"),
        (Area.SYSCTL, "drop_management_level", "management_traffic_can_be_dropped"),
        (Area.SYSCTL, "restrict_multicast", "multicast_is_restricted"),
        (Area.SYSCTL, "dedup_policies", "unnecessary_policies_are_kept"),
        (Area.SYSCTL, "client_tracing_level", "clients_can_be_traced"),
        (Area.SYSCTL, "client_tracing_pid", "clients_can_be_traced"),
        (Area.RESULT, "FLOW_ID", "has_flow_registrations"),
        (Area.RESULT, "REQUEST_IN_PROCESS_FLOW_DIVERT", "flow_divert_can_be_in_process"),
        (Area.EFFECT, "sandbox_denial", "calls_ask_sandbox"),
        (Area.INPUT, "necp_open EPERM", "calls_ask_sandbox"),
        (Area.INPUT, "necp_client_action EPERM", "calls_ask_sandbox"),
    ):
        if is_only_under_way(fact):
            yield Point(area, name)
    if not any(profile.fd_kind_check is _LEAKS for profile in RELEASES.values()):
        yield Point(Area.EFFECT, "fd_use_count_leak")
    for entry in CATALOG:
        yield from _later_errors(entry)
    missing = frozenset.intersection(*map(missing_inputs, RELEASES.values()))
    for entry in CATALOG:
        if entry.subject in missing:
            yield from _outcomes(entry, Area.INPUT)
        refused_before = _REFUSED_BEFORE.get(entry.subject)
        if refused_before is not None and is_only_under_way(refused_before):
            refusal = outcome_name(entry.name, Errno.ENOTSUP, is_logged=False)
            yield from (each for each in _outcomes(entry, Area.INPUT) if each.name != refusal)


def _later_errors(entry: AnyDescription) -> Iterator[Point]:
    """The errors of an entry that only releases under way give: all their checks ask facts."""
    area = _AREAS.get(entry.kind, Area.INPUT)
    facts_of: dict[Point, list[str]] = {}
    for check in entry.checks:
        name = outcome_name(entry.name, check.errno, is_logged=check.is_logged)
        facts_of.setdefault(Point(area, name), []).append(check.fact)
    for point, asked in facts_of.items():
        if all(fact and is_only_under_way(fact) for fact in asked):
            yield point


_REFUSED_BEFORE: Final[dict[object, str]] = {
    SocketSetResolverSignature: "sockets_have_resolver_signature",
    SocketGetResolverSignature: "sockets_have_resolver_signature",
    RequestInProcessFlowDivert: "flow_divert_can_be_in_process",
}
"""Inputs that every release answers, and refuses without the fact."""

_LEAKS: Final = FdKindCheck.LEAKS_USE_COUNT
_NOT_NEGATED: Final = (
    "AGENT_TYPE",
    "DEFAULT",
    "APPLICATION",
    "REAL_APPLICATION",
    "ENTITLEMENT",
    "ALL_INTERFACES",
    "HAS_CLIENT",
    "LOCAL_NETWORKS",
    "PLATFORM_BINARY",
    "SDK_VERSION",
    "SYSTEM_SIGNED_RESULT",
)
UNREACHABLE: Final[dict[Point, str]] = {
    **{
        Point(Area.CONDITION, f"not {name}"): "POLICY_ADD refuses it negated"
        for name in _NOT_NEGATED
    },
    **{
        Point(area, name): "POLICY_ADD refuses it"
        for area in (Area.POLICY_RESULT, Area.MATCHED)
        for name in ("IP_FILTER",)
    },
    Point(Area.POLICY_RESULT, "NONE"): "POLICY_ADD refuses it",
    Point(Area.MATCHED, "SKIP"): "skipping leaves no result of its own",
    Point(Area.MATCHED, "ALLOW_UNENTITLED"): "the search goes on, and it leaves no result",
    Point(Area.MATCHED, "ROUTE_RULES"): "route rules change the route, and leave no result",
    Point(Area.CLIENT_ACTION, "CLAIM ok"): "no client is ever added on behalf of a process",
    Point(Area.CLIENT_ACTION, "SET_STATISTICS ok"): "it is always ENOTSUP",
    Point(Area.INPUT, "fd_read ok"): "it is always ENXIO",
    Point(Area.INPUT, "fd_write ok"): "it is always ENXIO",
    Point(Area.INPUT, "fd_ioctl ok"): "it is always ENOTTY",
    Point(
        Area.INPUT, "assert_bb_radio_manager ESRCH logged"
    ): "a client is removed with its process",
    **{
        Point(Area.AGENT_MESSAGE, name): "no agent receives it, and its sender gets no answer"
        for name in ("ASSERT", "UNASSERT")
    },
    **{
        Point(Area.RESULT, name): "only agents hand it out, and no published code reads it"
        for name in ("RESOLVED_ENDPOINT", "LOCAL_ETHER_ADDR", "REMOTE_ETHER_ADDR")
    },
    Point(Area.RESULT_FLAG, "SPECIFIC_LISTENER"): "no published code sets it",
    Point(Area.MATCHED, "NETAGENT_SCOPED"): "the search goes on, and it leaves no result",
    Point(Area.MATCHED, "REMOVE_NETAGENT"): "the search goes on, and the agent is not there",
    Point(Area.MATCHED, "SCOPED_DIRECT"): "it becomes SOCKET_SCOPED, or a drop",
    **{
        Point(Area.RELEASE_FACT, fact.name): fact.not_observable
        for fact in facts().values()
        if fact.not_observable
    },
    **dict.fromkeys(_later_points(), "only releases under way have it"),
}
"""Points that no input can reach, with the reason."""

POINTS: Final[tuple[Point, ...]] = tuple(dict.fromkeys(_all_points()))
"""Every point once, in the order of areas."""

CLIENT_ACTION_NAMES: Final = {
    entry.number: entry.name for entry in CATALOG if entry.kind is Kind.CLIENT_ACTION
}
SESSION_ACTION_NAMES: Final = {int(action): action.name for action in SessionAction}
NAMES_OF_INPUT_CLASSES: Final = {cls: name for name, cls in INPUT_NAMES.items()}
