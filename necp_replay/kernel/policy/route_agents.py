"""What route rules add to a result besides denials: agents, and a control unit to divert to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from necp_replay.abi.aggregate_result import AGENT_USE_FLAG_REMOVE
from necp_replay.abi.policy import (
    FLOW_DIVERT_IS_TRANSPARENT,
    PolicyResult,
    RouteRuleAction,
    RouteRuleFlag,
)
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.matched_policies import RuleIds
from necp_replay.kernel.objects.parameter_evaluation import ParameterEvaluation
from necp_replay.kernel.policy.route_rule_kinds import ROUTE_RULE_KINDS
from necp_replay.kernel.policy.route_rule_table import KernelRouteRule
from necp_replay.kernel.policy.route_rules import counts_for
from necp_replay.kernel.state import KernelState


def add_agent_of_route(kernel: KernelState, match: ParameterEvaluation, route_rule_id: int) -> None:
    """Put the agent that a rule adds for a route into the first free place of the result.

    A rule that takes an agent away marks it, or adds it with the mark.

    Source: necp_application_find_policy_match_internal, necp_route_get_netagent, xnu-7195.101.1,
    xnu-8019.41.5.
    """
    rule = kernel.policies.route_rules.find(route_rule_id)
    if rule is None or rule.agent_id == 0 or not counts_for(rule, match.policy_agent_ids):
        return
    action = _action_about_agents(kernel, rule, match)
    if action not in (RouteRuleAction.USE_NETAGENT, RouteRuleAction.REMOVE_NETAGENT):
        return
    removes = action == RouteRuleAction.REMOVE_NETAGENT
    if kernel.profile.rules_that_need_agents_come_last:
        _note_agent(kernel, match, rule.agent_id, removes=removes)
    agent = kernel.policies.uuid_ids.service_uuid_of(rule.agent_id)
    if agent is None:
        return
    use_flags = AGENT_USE_FLAG_REMOVE if removes else 0
    if kernel.profile.agents_of_policies_are_listed_once and agent in match.result.netagents:
        if use_flags:
            match.result.put_agent(match.result.netagents.index(agent), agent, use_flags)
        return
    _put_into_free_place(kernel, match.result, agent, use_flags)


def rules_in_order(kernel: KernelState, rule_ids: RuleIds) -> Sequence[int]:
    """The ids of rules in the order in which they are asked: those that need an agent last.

    Source: necp_application_find_policy_match_internal, xnu-8020.101.4.
    """
    if len(rule_ids) < 2 or not kernel.policies.route_rules.need_agents:
        return rule_ids
    if not kernel.profile.rules_that_need_agents_come_last:
        return rule_ids
    return sorted(rule_ids, key=lambda rule_id: _needs_agent(kernel, rule_id))


def _needs_agent(kernel: KernelState, rule_id: int) -> bool:
    rule = kernel.policies.route_rules.find(rule_id)
    return rule is not None and rule.needed_agent_id != 0


def _note_agent(
    kernel: KernelState, match: ParameterEvaluation, agent_id: int, *, removes: bool
) -> None:
    """Add an agent to those that later rules may need, or take it away from them."""
    if removes:
        match.policy_agent_ids = tuple(each for each in match.policy_agent_ids if each != agent_id)
    elif agent_id not in match.policy_agent_ids and (
        len(match.policy_agent_ids) < kernel.profile.match_result.max_netagents
    ):
        match.policy_agent_ids = (*match.policy_agent_ids, agent_id)


def _action_about_agents(
    kernel: KernelState, rule: KernelRouteRule, match: ParameterEvaluation
) -> int:
    """The action of a rule for the interface of the route, as far as it is about agents.

    Where the most specific action does not decide alone, any that uses the agent counts.
    """
    interface = None if match.route is None else match.route.interface
    if interface is None:
        without_route = kernel.profile.route_rules_count_without_route
        return rule.default_action if without_route else RouteRuleAction.NONE
    actions = [action for action in _actions_for(kernel, rule, interface) if action]
    if kernel.profile.specific_rules_decide_about_agents:
        return actions[0]
    use = RouteRuleAction.USE_NETAGENT
    return use if use in actions else RouteRuleAction.NONE


def _actions_for(kernel: KernelState, rule: KernelRouteRule, interface: Interface) -> list[int]:
    """The actions that a rule has for an interface, the most specific first.

    The delegate of the interface does not count.
    """
    return [
        *(action for index, action in rule.exceptions if index == interface.index),
        *(
            kind.action_of(rule)
            for kind in ROUTE_RULE_KINDS
            if kind.adds(kernel.profile, interface)
        ),
        rule.default_action,
    ]


def divert_by_route(kernel: KernelState, match: ParameterEvaluation, route_rule_id: int) -> None:
    """Divert to the control unit that a rule has for a route, if policies decided nothing.

    Where the release says so, the units of transparent proxies add up, and the search goes on.

    Kernel quirk: for Wi-Fi interfaces and companion links an action that does not divert does not
    count, and the search goes on. No vector shows it.

    Source: necp_route_get_flow_divert, xnu-8019.41.5, xnu-10002.1.13.
    """
    result = match.result
    if result.routing_result != _NONE:
        return
    for rule_id in kernel.policies.route_rules.parts_of(route_rule_id):
        rule = kernel.policies.route_rules.find(rule_id)
        if rule is None or not rule.control_unit or not counts_for(rule, match.policy_agent_ids):
            continue
        if not _diverts(kernel, rule, None if match.route is None else match.route.interface):
            continue
        if (
            rule.control_unit & FLOW_DIVERT_IS_TRANSPARENT
            and kernel.profile.transparent_proxies_of_rules_add_up
        ):
            result.flow_divert_aggregate_unit |= rule.control_unit & ~FLOW_DIVERT_IS_TRANSPARENT
        else:
            result.routing_result = _SOCKET_DIVERT
            result.routing_result_parameter = rule.control_unit
            return


def _diverts(kernel: KernelState, rule: KernelRouteRule, interface: Interface | None) -> bool:
    divert = RouteRuleAction.DIVERT_SOCKET
    if interface is None:
        return rule.default_action == divert
    for index, action in rule.exceptions:
        if index == interface.index and action:
            return action == divert
    for kind in ROUTE_RULE_KINDS:
        action = kind.action_of(rule)
        if action != divert and kind.flag in _ONLY_DIVERTING:
            continue
        if action and kind.adds(kernel.profile, interface):
            return action == divert
    return rule.default_action == divert


def _put_into_free_place(
    kernel: KernelState, result: AggregateResult, agent: bytes, use_flags: int
) -> None:
    if ZERO_UUID in result.netagents:
        result.put_agent(result.netagents.index(ZERO_UUID), agent, use_flags)
    elif len(result.netagents) < kernel.profile.match_result.max_netagents:
        result.append_agent(agent, use_flags, use_flags)


_NONE: Final = int(PolicyResult.NONE)
_SOCKET_DIVERT: Final = int(PolicyResult.SOCKET_DIVERT)
_ONLY_DIVERTING: Final = (RouteRuleFlag.WIFI, RouteRuleFlag.COMPANION)
