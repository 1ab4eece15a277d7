"""Route rules: which interfaces a policy allows, denies, or marks for quality of service.

A policy with the result ROUTE_RULES has one rule. A rule has an action by default, an action for
each kind of interface (``route_rule_kinds.py``), and exceptions for up to ten interfaces. For an
interface, the most specific action counts: that of an exception, else those of its kinds, of which
a denial wins, else the default.

An evaluation can find several policies with rules. Their ids are combined into an aggregate, which
has an id of its own, and a route must be allowed by each of its rules. Rules and aggregates are in
``route_rule_table.py``.

Cost: at most 16 rules for each evaluation, each with at most ten exceptions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from necp_replay.abi.client import IFXNAMSIZ
from necp_replay.abi.interface import (
    IFRTYPE_FUNCTIONAL_UNKNOWN,
)
from necp_replay.abi.log import LOG_DEBUG
from necp_replay.abi.policy import (
    MAX_AGGREGATE_ROUTE_RULES,
    MAX_ROUTE_RULE_INTERFACES,
    RouteRuleAction,
    RouteRuleFlag,
)
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.abi.uuid import UUID_BYTES, ZERO_UUID
from necp_replay.kernel.interfaces.condition import has_bad_link
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.policy.condition_bytes import flags_of, name_in, type_of, value_of
from necp_replay.kernel.policy.route_rule_kinds import ROUTE_RULE_KINDS
from necp_replay.kernel.policy.route_rule_table import KernelRouteRule
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState


def create_route_rule(kernel: KernelState, route_rules: bytes) -> int:
    """The id of the rule that all route-rule TLVs of a policy make together.

    The last one about a kind of interfaces counts, and the first one about an interface. Names of
    interfaces that do not exist are left out, and so are names after the tenth.

    All rules that use or remove an agent do so with the first one; those about another agent are
    left out. The last control unit counts, the last agent that a rule needs, and the last type that
    a denial names; each holds for the whole rule.

    Source: necp_create_route_rule, xnu-4570.51.1, xnu-7195.101.1, xnu-8019.41.5, xnu-10002.1.13,
    xnu-11215.1.10.
    """
    rule = KernelRouteRule()
    for _, _, entry in iterate_tlvs(route_rules):
        action, flags, name = type_of(entry), flags_of(entry), value_of(entry)
        if action in _ABOUT_AGENTS:
            agent, name = name[:UUID_BYTES], name[UUID_BYTES:]
            if rule.agent == ZERO_UUID:
                rule.agent = agent
            elif rule.agent != agent:
                continue
        elif action == RouteRuleAction.DIVERT_SOCKET:
            rule.control_unit, name = int.from_bytes(name[:4], "little"), name[4:]
        elif action == RouteRuleAction.DENY_INTERFACE_WITH_TYPE:
            rule.effective_type, name = int.from_bytes(name[:4], "little"), name[4:]
        if not name:
            _set_action(kernel, rule, flags, action)
            continue
        if flags & RouteRuleFlag.NETAGENT and kernel.profile.route_rules_may_need_agents:
            name = _take_needed_agent(kernel, rule, action, name)
        if name and len(rule.exceptions) < MAX_ROUTE_RULE_INTERFACES and len(name) <= IFXNAMSIZ:
            interface = kernel.interfaces.find_by_name(name_in(name))
            if interface is not None:
                rule.exceptions.append((interface.index, action))
    rule_id = kernel.policies.route_rules.insert(rule)
    if rule.id and rule.agent != ZERO_UUID:
        rule.agent_id = kernel.policies.uuid_ids.create_service(rule.agent)
    if rule.id and rule.needed_agent != ZERO_UUID:
        rule.needed_agent_id = kernel.policies.uuid_ids.create_service(rule.needed_agent)
    return rule_id


def is_about_sockets(route_rules: bytes) -> bool:
    """Whether one of the route-rule TLVs of a policy has an action that only sockets have.

    Source: necp_create_route_rule, xnu-10002.1.13.
    """
    return any(type_of(entry) in _ABOUT_SOCKETS for _, _, entry in iterate_tlvs(route_rules))


def _take_needed_agent(
    kernel: KernelState, rule: KernelRouteRule, action: int, value: bytes
) -> bytes:
    """Take the agent that the rule needs, and return the name of an interface behind it, if any.

    Without a name the action is that by default.
    """
    agent, name = value[:UUID_BYTES], value[UUID_BYTES:]
    if len(agent) < UUID_BYTES or (
        name and not kernel.profile.rules_that_need_agents_name_interfaces
    ):
        return b""
    rule.needed_agent = agent
    if not name:
        rule.default_action = action
    return name


def create_aggregate_route_rule(kernel: KernelState, rule_ids: Sequence[int]) -> int:
    """The id of an aggregate of the route rules of policies that match, at most 16.

    Source: necp_create_aggregate_route_rule, xnu-4570.51.1.
    """
    return kernel.policies.route_rules.aggregate(tuple(rule_ids[:MAX_AGGREGATE_ROUTE_RULES]))


def counts_for(rule: KernelRouteRule, agent_ids: Sequence[int]) -> bool:
    """Whether a rule counts where policies name these agents: it may need one of them.

    Source: necp_route_is_allowed_inner, xnu-8019.41.5.
    """
    return rule.needed_agent_id == 0 or rule.needed_agent_id in agent_ids


def route_is_allowed(
    kernel: KernelState,
    route: Route | None,
    interface: Interface | None,
    route_rule_id: int,
    agent_ids: Sequence[int] = (),
) -> tuple[bool, int]:
    """Whether rules allow a route, or an interface if one is given, and the type that they named.

    ``agent_ids`` are those of the agents that policies name.

    The second value is an ``IFRTYPE_FUNCTIONAL_*`` number. It is used for a denial only. Unknown
    rules allow everything.

    Kernel quirk: the type is that of the last kind of interface that a rule had an action for, even
    if that action allowed the interface and something else denied it. No trace shows it.

    Source: necp_route_is_allowed, xnu-4570.51.1, xnu-8019.41.5.
    """
    if interface is None and route is not None:
        interface = route.interface
    if route_rule_id == 0 or not (interface or kernel.profile.route_rules_count_without_route):
        if kernel.policies.debug > 1:
            kernel.log(LOG_DEBUG, "necp_route_is_allowed")
        return True, IFRTYPE_FUNCTIONAL_UNKNOWN
    type_named = IFRTYPE_FUNCTIONAL_UNKNOWN
    for rule_id in kernel.policies.route_rules.parts_of(route_rule_id):
        rule = kernel.policies.route_rules.find(rule_id)
        if rule is None or not counts_for(rule, agent_ids):
            continue
        is_allowed, functional_type = _rule_allows(kernel, rule, interface)
        type_named = functional_type or type_named
        if not is_allowed:
            return False, type_named
    return True, type_named


def update_qos_marking(
    kernel: KernelState,
    interface: Interface | None,
    route_rule_id: int,
    agent_ids: Sequence[int] = (),
) -> bool:
    """Whether a rule marks traffic over the interface for quality of service.

    Kernel quirk: an aggregate of several rules never marks, whatever its rules say. Measured in
    policy/seed003007.

    Source: necp_update_qos_marking, xnu-4570.51.1.
    """
    rule = kernel.policies.route_rules.find(route_rule_id)
    is_marked = False
    if rule is not None and counts_for(rule, agent_ids):
        is_marked = rule.default_action == RouteRuleAction.QOS_MARKING
        if interface is not None and _marks_interface(kernel, rule, interface):
            is_marked = True
            if kernel.policies.debug > 2:
                kernel.log(LOG_DEBUG, "necp_update_qos_marking")
    if kernel.policies.debug > 1:
        kernel.log(LOG_DEBUG, "necp_update_qos_marking")
    return is_marked


DECIDING: Final = (
    RouteRuleAction.DENY_INTERFACE,
    RouteRuleAction.ALLOW_INTERFACE,
    RouteRuleAction.DENY_LQM_ABORT,
    RouteRuleAction.DENY_INTERFACE_WITH_TYPE,
)
"""Actions about whether an interface is allowed; the others are about what happens on it."""

DENYING: Final = (RouteRuleAction.DENY_INTERFACE, RouteRuleAction.DENY_INTERFACE_WITH_TYPE)
"""Actions that deny an interface with any link quality."""

_ABOUT_AGENTS: Final = (RouteRuleAction.USE_NETAGENT, RouteRuleAction.REMOVE_NETAGENT)
_ABOUT_SOCKETS: Final = (*_ABOUT_AGENTS, RouteRuleAction.DIVERT_SOCKET)


def _set_action(kernel: KernelState, rule: KernelRouteRule, flags: int, action: int) -> None:
    known = flags & kernel.profile.route_rule_kinds
    if known & RouteRuleFlag.CELLULAR:
        rule.cellular_action = action
    if known & RouteRuleFlag.WIFI:
        rule.wifi_action = action
    if known & RouteRuleFlag.WIRED:
        rule.wired_action = action
    if known & RouteRuleFlag.EXPENSIVE:
        rule.expensive_action = action
    if known & RouteRuleFlag.CONSTRAINED and kernel.profile.constrained_interfaces_are_known:
        rule.constrained_action = action
    if known & RouteRuleFlag.COMPANION:
        rule.companion_action = action
    if known & RouteRuleFlag.VPN:
        rule.vpn_action = action
    if flags == 0:
        rule.default_action = action


def _rule_allows(
    kernel: KernelState, rule: KernelRouteRule, interface: Interface | None
) -> tuple[bool, int]:
    """Whether one rule allows an interface, and the functional type that it named.

    Without an interface, its default action counts.

    Kernel quirk: DENY_LQM_ABORT for an interface by name denies it always, whatever its link is.
    Measured in x4903_lqm_deny_rule.

    Source: necp_route_is_allowed_inner, xnu-4570.51.1, xnu-4903.221.2, xnu-10002.1.13.
    """
    if interface is None:
        is_allowed = rule.default_action not in DENYING
        if kernel.policies.debug > 1 and not is_allowed:
            kernel.log(LOG_DEBUG, "necp_route_is_allowed_inner")
        return is_allowed, IFRTYPE_FUNCTIONAL_UNKNOWN
    action, functional_type = _exception_for(rule, interface), IFRTYPE_FUNCTIONAL_UNKNOWN
    if action == RouteRuleAction.DENY_LQM_ABORT:
        if kernel.policies.debug > 1 and is_lqm_abort(interface):
            kernel.log(LOG_DEBUG, "necp_route_is_allowed_inner")
        return False, functional_type
    if action in DENYING:
        functional_type = rule.effective_type
    elif action == RouteRuleAction.NONE:
        action, functional_type = _action_for_kind(kernel, rule, interface)
    is_default = action == RouteRuleAction.NONE
    if is_default:
        action = rule.default_action
    is_allowed = action not in DENYING
    if kernel.policies.debug > 1 and not (is_default and is_allowed):
        kernel.log(LOG_DEBUG, "necp_route_is_allowed_inner")
    return is_allowed, functional_type


def _exception_for(rule: KernelRouteRule, interface: Interface) -> int:
    """The action of the first exception for the interface or its delegate."""
    delegate = interface.delegate
    for index, action in rule.exceptions:
        if action in DECIDING and (
            index == interface.index or (delegate is not None and index == delegate.index)
        ):
            return action
    return RouteRuleAction.NONE


def _action_for_kind(
    kernel: KernelState, rule: KernelRouteRule, interface: Interface
) -> tuple[int, int]:
    """The action for the kinds of an interface, and the type of the last one. A denial wins.

    A type that the rule has is named in place of that of a kind.
    """
    aggregate_action: int = RouteRuleAction.NONE
    functional_type = IFRTYPE_FUNCTIONAL_UNKNOWN
    for kind in ROUTE_RULE_KINDS:
        action = kind.action_of(rule)
        if action not in DECIDING or not kind.denies(kernel.profile, interface):
            continue
        if action == RouteRuleAction.DENY_LQM_ABORT:
            if not is_lqm_abort(interface):
                continue
            action = RouteRuleAction.DENY_INTERFACE
        if kind.functional_type:
            functional_type = rule.effective_type or kind.functional_type
        if aggregate_action not in DENYING:
            aggregate_action = action
    return aggregate_action, functional_type


def is_lqm_abort(interface: Interface) -> bool:
    """Whether the link of an interface or its delegate is so bad that traffic should stop.

    Source: necp_routeis_lqm_abort, xnu-4903.221.2.
    """
    delegate = interface.delegate
    return has_bad_link(interface) or (delegate is not None and has_bad_link(delegate))


def _marks_interface(kernel: KernelState, rule: KernelRouteRule, interface: Interface) -> bool:
    marking = RouteRuleAction.QOS_MARKING
    return (interface.index, marking) in rule.exceptions or any(
        kind.action_of(rule) == marking and kind.marks(kernel.profile, interface)
        for kind in ROUTE_RULE_KINDS
    )


MISSING_RULES_ALLOW: Final = Quirk(
    "Unknown route rules of an aggregate count as allowing.",
    "necp_route_is_allowed",
    "policy/test_route_rules.py::test_rules_of_an_aggregate_that_are_not_there_count_as_allowing",
)
