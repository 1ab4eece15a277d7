"""Finds the policies that match: the walk over the policies of the application layer.

The policies are in evaluation order: by the order of their session, then by their own. The walk
goes through them until one decides. Some results do not decide: they add a filter, a service, a
route rule or an agent, and the walk goes on (:data:`_COLLECTORS`). A skip passes over policies of
its session up to the order that it names, and order 0 passes over the rest of the session.

Cost: the walk looks at the candidates of an index (``candidates.py``) instead of all policies. What
is left out is only what cannot match. An explanation needs the reason for each policy, so then the
walk looks at all of them; the outcome is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from necp_replay.abi.aggregate_result import AGENT_USE_FLAG_REMOVE, AGENT_USE_FLAG_SCOPE
from necp_replay.abi.client import ClientParameterFlag
from necp_replay.abi.log import LOG_DEBUG
from necp_replay.abi.policy import (
    FILTER_PRESERVES_CONNECTIONS,
    FLOW_DIVERT_IS_TRANSPARENT,
    MAX_AGGREGATE_ROUTE_RULES,
    NO_FILTER_UNIT,
    POLICY_ID_NO_MATCH,
    PolicyResult,
)
from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
from necp_replay.kernel.objects.matched_policies import MatchedPolicies
from necp_replay.kernel.objects.socket_info import SocketInfo
from necp_replay.kernel.policy.conditions import failing_condition, policy_matches
from necp_replay.kernel.policy.exemptions import bypasses_drop_all
from necp_replay.kernel.policy.explanation import DROP_ALL, SKIPPED, MatchExplanation
from necp_replay.kernel.policy.route_rules import create_aggregate_route_rule
from necp_replay.kernel.state import KernelState
from necp_replay.releases.profile import Profile

_Collector = Callable[[MatchedPolicies, KernelSocketPolicy], int]
"""Adds what a policy decides. Returns how many debug records are logged."""


def find_matching_policies(
    kernel: KernelState, info: SocketInfo, why: MatchExplanation | None = None
) -> MatchedPolicies:
    """Walk the policies in order until one decides, or until drop-all ends the walk.

    Source: necp_socket_find_policy_match_with_info_locked, xnu-4570.51.1, xnu-6153.11.26,
    xnu-10002.61.3.
    """
    profile, policies = kernel.profile, kernel.policies
    found = MatchedPolicies(profile.match_result.max_netagents)
    if info.client_flags & _INTERPOSE and _interposers_pass(kernel):
        found.policy = PASS_POLICY
        return found
    dropped_from = 0
    if policies.drop_all_order or info.drop_order:
        dropped_from = _first_dropped_order(kernel, info)
    skip_order = skip_session_order = 0
    skips_matter = profile.match_result.has_skip_policy_id and policies.has_skips
    skipped_for_packets = False
    looks_at_all = skips_matter or why is not None
    for policy in policies.app_layer_map if looks_at_all else policies.candidates_for(info):
        session_order = policy.session_order
        if dropped_from and session_order >= dropped_from:
            if why is not None:
                why.consider(policy, DROP_ALL)
            break
        if skip_session_order and session_order >= skip_session_order:
            skip_order = skip_session_order = 0
            if not skipped_for_packets:
                found.skip_policy_id = 0
        if skip_order:
            if policy.order < skip_order:
                skipped_for_packets |= policy.result in _RESULTS_FOR_PACKETS
                if why is not None:
                    why.consider(policy, SKIPPED)
                continue
            skip_order = skip_session_order = 0
        elif skip_session_order:
            skipped_for_packets |= policy.result in _RESULTS_FOR_PACKETS
            if why is not None:
                why.consider(policy, SKIPPED)
            continue
        if not policy_matches(policy, info):
            if why is not None:
                why.consider(policy, failing_condition(policy, info))
            continue
        if why is not None:
            why.consider(policy, None)
        collect = _collector_of(profile, policy)
        if collect is not None:
            _log_matches(kernel, collect(found, policy))
        elif policy.result == PolicyResult.SKIP:
            skip_order = policy.result_parameter
            skip_session_order = session_order + 1
            if skips_matter and found.skip_policy_id == 0:
                found.skip_policy_id = policy.id
                _log_matches(kernel, 1)
        elif policy.result == PolicyResult.ALLOW_UNENTITLED:
            info.drop_order = 0
            dropped_from = _first_dropped_order(kernel, info)
        else:
            found.policy = policy
            break
    _combine_route_rules(kernel, found)
    return found


def _collector_of(profile: Profile, policy: KernelSocketPolicy) -> _Collector | None:
    """What a policy adds where the search goes on after it; None where it ends or skips."""
    later = _LATER_COLLECTORS.get(policy.result)
    if later is not None and profile.agents_of_policies_are_listed_once:
        return later
    collect = _COLLECTORS.get(policy.result)
    if collect is _collect_filter and profile.filter_units_are_combined:
        return _combine_filters
    if _is_transparent_proxy(policy) and profile.transparent_proxies_add_up:
        return _add_proxy
    return collect


def _first_dropped_order(kernel: KernelState, info: SocketInfo) -> int:
    """The order of sessions whose policies are not looked at, as traffic is dropped; 0 for none."""
    drop_all_order = kernel.policies.drop_all_order
    if drop_all_order and bypasses_drop_all(kernel, info.process):
        drop_all_order = 0
    if drop_all_order and info.drop_order:
        return min(drop_all_order, info.drop_order)
    return drop_all_order or info.drop_order


def _interposers_pass(kernel: KernelState) -> bool:
    return kernel.profile.interpose_clients_pass and kernel.policies.pass_interpose > 0


def _log_matches(kernel: KernelState, records: int) -> None:
    if kernel.policies.debug > 1 and records:
        kernel.log(LOG_DEBUG, "necp_socket_find_policy_match_with_info_locked", times=records)


def _combine_route_rules(kernel: KernelState, found: MatchedPolicies) -> None:
    rule_ids = found.route_rule_ids
    if not rule_ids and not kernel.policies.debug:
        return
    if len(rule_ids) == 1 or kernel.profile.route_rules_count_one_by_one:
        found.applied_rule_ids = tuple(rule_ids)
    elif rule_ids:
        found.applied_rule_ids = (create_aggregate_route_rule(kernel, rule_ids),)


def _collect_filter(found: MatchedPolicies, policy: KernelSocketPolicy) -> int:
    if found.filter_control_unit != 0:
        return 0
    found.filter_control_unit = policy.result_parameter
    return 1


def _combine_filters(found: MatchedPolicies, policy: KernelSocketPolicy) -> int:
    """Add the filters of the policy; a policy without filters prohibits all of them."""
    if found.filter_control_unit == NO_FILTER_UNIT:
        return 0
    if policy.result_parameter == NO_FILTER_UNIT:
        found.filter_control_unit = NO_FILTER_UNIT
    else:
        found.filter_control_unit |= policy.result_parameter
    return 1


def _combine_preserving_filters(found: MatchedPolicies, policy: KernelSocketPolicy) -> int:
    """Add the filters; connections are preserved only if all filters say so.

    Source: necp_socket_find_policy_match_with_info_locked, xnu-8019.41.5.
    """
    before, unit = found.filter_control_unit, policy.result_parameter
    records = _combine_filters(found, policy)
    if found.filter_control_unit != NO_FILTER_UNIT and any(
        each and not each & FILTER_PRESERVES_CONNECTIONS for each in (before, unit)
    ):
        found.filter_control_unit &= ~FILTER_PRESERVES_CONNECTIONS
    return records


def _is_transparent_proxy(policy: KernelSocketPolicy) -> bool:
    return policy.result == PolicyResult.SOCKET_DIVERT and bool(
        policy.result_parameter & FLOW_DIVERT_IS_TRANSPARENT
    )


def _add_proxy(found: MatchedPolicies, policy: KernelSocketPolicy) -> int:
    found.flow_divert_aggregate_unit |= policy.result_parameter & ~FLOW_DIVERT_IS_TRANSPARENT
    return 1


def _collect_route_rule(found: MatchedPolicies, policy: KernelSocketPolicy) -> int:
    if len(found.route_rule_ids) >= MAX_AGGREGATE_ROUTE_RULES:
        return 0
    found.route_rule_ids.append(policy.result_parameter)
    return 1


def _collect_service(found: MatchedPolicies, policy: KernelSocketPolicy) -> int:
    """The action and the service each come from the first policy that has one."""
    records = 0
    if found.service_action == 0:
        found.service_action = policy.result
        records += 1
    if found.service_id == 0:
        found.service_id = policy.result_parameter
        found.service_data = policy.service_data
        records += 1
    return records


def _collect_netagent(found: MatchedPolicies, policy: KernelSocketPolicy) -> int:
    if len(found.netagent_ids) >= found.max_netagents:
        return 0
    found.netagent_ids.append(policy.result_parameter)
    is_scoped = policy.result == PolicyResult.NETAGENT_SCOPED
    found.netagent_use_flags.append(AGENT_USE_FLAG_SCOPE if is_scoped else 0)
    return 1


def _collect_netagent_once(found: MatchedPolicies, policy: KernelSocketPolicy) -> int:
    """Add an agent, or the flag that traffic is scoped to it if it is there and not taken away."""
    if len(found.netagent_ids) >= found.max_netagents:
        return 0
    agent_id = policy.result_parameter
    use_flags = AGENT_USE_FLAG_SCOPE if policy.result == PolicyResult.NETAGENT_SCOPED else 0
    if agent_id not in found.netagent_ids:
        found.netagent_ids.append(agent_id)
        found.netagent_use_flags.append(use_flags)
        return 1
    place = found.netagent_ids.index(agent_id)
    if not found.netagent_use_flags[place] & AGENT_USE_FLAG_REMOVE:
        found.netagent_use_flags[place] |= use_flags
    return 1


def _remove_netagent(found: MatchedPolicies, policy: KernelSocketPolicy) -> int:
    """Take an agent away: it stays in the list, with a flag."""
    agent_id = policy.result_parameter
    if agent_id in found.netagent_ids:
        found.netagent_use_flags[found.netagent_ids.index(agent_id)] = AGENT_USE_FLAG_REMOVE
    elif len(found.netagent_ids) < found.max_netagents:
        found.netagent_ids.append(agent_id)
        found.netagent_use_flags.append(AGENT_USE_FLAG_REMOVE)
    return 1


_COLLECTORS: Final[dict[int, _Collector]] = {
    int(PolicyResult.SOCKET_FILTER): _collect_filter,
    int(PolicyResult.ROUTE_RULES): _collect_route_rule,
    int(PolicyResult.TRIGGER): _collect_service,
    int(PolicyResult.TRIGGER_IF_NEEDED): _collect_service,
    int(PolicyResult.TRIGGER_SCOPED): _collect_service,
    int(PolicyResult.NO_TRIGGER_SCOPED): _collect_service,
    int(PolicyResult.USE_NETAGENT): _collect_netagent,
    int(PolicyResult.NETAGENT_SCOPED): _collect_netagent,
}
"""Results with which the walk goes on."""

_LATER_COLLECTORS: Final[dict[int, _Collector]] = {
    int(PolicyResult.SOCKET_FILTER): _combine_preserving_filters,
    int(PolicyResult.USE_NETAGENT): _collect_netagent_once,
    int(PolicyResult.NETAGENT_SCOPED): _collect_netagent_once,
    int(PolicyResult.REMOVE_NETAGENT): _remove_netagent,
}
"""Those that count instead from the release on in which each agent is listed once."""

_RESULTS_FOR_PACKETS: Final = frozenset(
    {PolicyResult.PASS, PolicyResult.DROP, PolicyResult.IP_TUNNEL, PolicyResult.ROUTE_RULES}
)
"""Results of policies that packets are compared with, too."""
_INTERPOSE: Final = int(ClientParameterFlag.INTERPOSE)


def _pass_policy() -> KernelSocketPolicy:
    policy = KernelSocketPolicy()
    policy.id = POLICY_ID_NO_MATCH
    policy.result = PolicyResult.PASS
    return policy


PASS_POLICY: Final = _pass_policy()
"""The match of parameters that pass before policies are evaluated."""
