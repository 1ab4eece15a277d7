"""What the policies that match decide, stored in the result of an evaluation."""

from __future__ import annotations

from collections.abc import Iterator

from necp_replay.abi.aggregate_result import AGENT_USE_FLAG_REMOVE, SERVICE_FLAGS_REGISTERED
from necp_replay.abi.policy import (
    LOOPBACK_PASS_WITH_FILTER,
    NO_FILTER_UNIT,
    POLICY_ID_NO_MATCH,
    KernelCondition,
    PolicyResult,
)
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.agents.lookup import get_flags
from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.matched_policies import MatchedPolicies, RuleIds
from necp_replay.kernel.objects.parameter_evaluation import ParameterEvaluation
from necp_replay.kernel.objects.socket_info import SocketInfo
from necp_replay.kernel.policy.exemptions import bypasses_drop_all, refusal_of
from necp_replay.kernel.policy.explanation import MatchExplanation
from necp_replay.kernel.policy.match import find_matching_policies
from necp_replay.kernel.state import KernelState
from necp_replay.releases.facts.policies import AgentFlagsOfMatch


def apply_matching_policies(
    kernel: KernelState, info: SocketInfo, match: ParameterEvaluation, why: MatchExplanation | None
) -> RuleIds | None:
    """Find the policies that match, store what they decide, and return the rules to apply.

    None says that the traffic is loopback traffic that passes: only filters and proxies are stored.

    Source: necp_application_find_policy_match_internal, xnu-4570.51.1, xnu-4903.221.2,
    xnu-6153.101.6.
    """
    result = match.result
    matched = find_matching_policies(kernel, info, why)
    if why is not None:
        why.record_match(info, matched)
    if info.is_loopback and _passes_with_filters(kernel, matched):
        _store_filters(kernel, matched, result)
        return None
    policy = matched.policy
    if policy is not None:
        result.policy_id = policy.id
        result.skip_policy_id = matched.skip_policy_id
        result.routing_result = policy.result
        result.routing_result_parameter = policy.result_parameter
        if not policy.condition_mask & KernelCondition.REAL_APP_ID:
            match.override_euuid = info.responsible_application
    elif _is_dropped(kernel, info):
        if why is not None:
            why.is_above_level = True
        result.policy_id = result.skip_policy_id = POLICY_ID_NO_MATCH
        result.routing_result = PolicyResult.DROP
    elif kernel.profile.no_match_has_an_id:
        result.policy_id = POLICY_ID_NO_MATCH
        result.skip_policy_id = matched.skip_policy_id
    refusal = refusal_of(kernel, info)
    if refusal is not None:
        if why is not None:
            why.refusal = refusal
        result.policy_id = result.skip_policy_id = POLICY_ID_NO_MATCH
        result.routing_result = PolicyResult.DROP
    _store_filters(kernel, matched, result)
    result.service_action = matched.service_action
    if matched.service_id != 0:
        _report_service(kernel, matched, result)
    if matched.netagent_ids:
        match.policy_agent_ids = tuple(_named_agents(kernel, matched))
        _report_agents(kernel, matched, result)
    return matched.applied_rule_ids


def _report_agents(kernel: KernelState, matched: MatchedPolicies, result: AggregateResult) -> None:
    once = kernel.profile.agents_of_policies_are_listed_once
    reports_use = kernel.profile.match_reports_agent_flags is AgentFlagsOfMatch.OF_USE
    for agent_id, use_flags in zip(matched.netagent_ids, matched.netagent_use_flags, strict=True):
        uuid = kernel.policies.uuid_ids.service_uuid_of(agent_id)
        if uuid is None and once:
            continue
        if uuid is None:
            result.append_agent(ZERO_UUID, 0, use_flags)
        else:
            flags = use_flags if reports_use else get_flags(kernel, uuid)
            result.append_agent(uuid, flags, use_flags)


def _named_agents(kernel: KernelState, matched: MatchedPolicies) -> Iterator[int]:
    """The ids of the agents that route rules may need."""
    for agent_id, flags in zip(matched.netagent_ids, matched.netagent_use_flags, strict=True):
        if flags & AGENT_USE_FLAG_REMOVE and kernel.profile.removed_agents_meet_no_rule:
            continue
        yield agent_id


def _passes_with_filters(kernel: KernelState, matched: MatchedPolicies) -> bool:
    """Whether loopback traffic passes once its filters are known: unless a policy diverts it."""
    if kernel.policies.pass_loopback != LOOPBACK_PASS_WITH_FILTER:
        return False
    return matched.policy is None or matched.policy.result != PolicyResult.SOCKET_DIVERT


def _store_filters(kernel: KernelState, matched: MatchedPolicies, result: AggregateResult) -> None:
    """Store the control units of filters and of transparent proxies."""
    if (
        matched.filter_control_unit != NO_FILTER_UNIT
        or not kernel.profile.filter_units_are_combined
    ):
        result.filter_control_unit = matched.filter_control_unit
    result.flow_divert_aggregate_unit = matched.flow_divert_aggregate_unit


def _is_dropped(kernel: KernelState, info: SocketInfo) -> bool:
    """Whether traffic that no policy decides about is dropped.

    Kernel quirk: which process must be exempt from drop-all depends on the search. If it reached a
    policy that drop-all is above of, it is the process that the traffic belongs to, else the
    calling process. No vector shows it.
    """
    policies = kernel.policies
    if policies.drop_all_order == 0 and info.drop_order == 0:
        return False
    searched = policies.app_layer_map
    first_order = policies.drop_all_order
    if info.drop_order and info.drop_order < first_order:
        first_order = 0
    was_asked = first_order and searched and searched[-1].session_order >= first_order
    return not bypasses_drop_all(kernel, info.process if was_asked else info.asking_process)


def _report_service(kernel: KernelState, matched: MatchedPolicies, result: AggregateResult) -> None:
    uuid = kernel.policies.uuid_ids.service_uuid_of(matched.service_id)
    if uuid is None:
        return
    result.service_uuid = uuid
    result.service_data = matched.service_data
    # The service with the all-zero uuid counts as registered, though no session registered it.
    if uuid == ZERO_UUID or kernel.policies.is_service_registered(matched.service_id):
        result.service_flags = SERVICE_FLAGS_REGISTERED
