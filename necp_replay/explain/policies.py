"""The walk over the policies told: which were considered, what became of each, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from necp_replay.abi.policy import PolicyResult
from necp_replay.explain.conditions import Asked, check_conditions
from necp_replay.explain.describe import agent_text, pid_text, policy_text, result_text, uuid_text
from necp_replay.explain.model import (
    ConditionCheck,
    PolicyCheck,
    PolicyExplanation,
    Verdict,
)
from necp_replay.kernel.policy.explanation import DROP_ALL, SKIPPED
from necp_replay.kernel.policy.search_array import SearchArray
from necp_replay.kernel.policy.unnecessary import BlockingSocketPolicies, is_trigger_service_result

if TYPE_CHECKING:
    from necp_replay.kernel.objects.aggregate_result import AggregateResult
    from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
    from necp_replay.kernel.policy.explanation import ConsideredPolicy, MatchExplanation
    from necp_replay.kernel.state import KernelState


def explain_policies(
    kernel: KernelState, why: MatchExplanation, asked: Asked | None, result: AggregateResult
) -> PolicyExplanation:
    """Tell the walk that the kernel noted in ``why``; ``asked`` is None where there was none."""
    matched = why.matched
    decisive = matched.policy if matched is not None else None
    walk = _Walk(kernel, why, asked)
    if decisive is not None:
        outcome = result_text(kernel, decisive.result, decisive.result_parameter)
        because = f"{policy_text(decisive)} decides"
    elif why.ended_unread or (matched is not None and kernel.policies.drop_all_order > 0):
        outcome = "DROP"
        because = f"no policy decides, and {_drop_all_text(kernel)}"
    else:
        outcome = "NONE"
        because = "no policy decides" if kernel.policies.app_layer_map else "there are no policies"
    return PolicyExplanation(
        outcome=outcome,
        because=because,
        policies=walk.checks(),
        filter_control_unit=0 if matched is None else matched.filter_control_unit,
        service=_service_text(result),
        agents=tuple(agent_text(kernel, agent) for agent in result.netagents),
        route_rules=() if matched is None else tuple(matched.route_rule_ids),
    )


class _Walk:
    """The policies in the order of the walk, each with its verdict."""

    def __init__(self, kernel: KernelState, why: MatchExplanation, asked: Asked | None) -> None:
        self._kernel = kernel
        self._asked = asked
        self._considered = {entry.policy: entry for entry in why.considered}
        self._decisive = None if why.matched is None else why.matched.policy
        self._skip: KernelSocketPolicy | None = None
        self._filter: KernelSocketPolicy | None = None
        self._trigger: KernelSocketPolicy | None = None

    def checks(self) -> tuple[PolicyCheck, ...]:
        """Every policy in force, unnecessary ones included."""
        policies = self._kernel.policies.socket_policies.in_order()
        blocking = BlockingSocketPolicies(policies)
        searched: SearchArray[KernelSocketPolicy] = SearchArray()
        found = []
        in_force = set(self._kernel.policies.app_layer_map)
        for position, policy in enumerate(policies):
            if policy in in_force:
                searched.append(policy, position)
                found.append(self._check(policy))
            else:
                blockers = blocking.blockers_of(policy) & searched.outside_skips
                because = _unnecessary_text(policies, blockers)
                found.append(self._told(policy, Verdict.UNNECESSARY, because))
        return tuple(found)

    def _check(self, policy: KernelSocketPolicy) -> PolicyCheck:
        entry = self._considered.get(policy)
        if entry is None:
            return self._not_reached(policy)
        if entry.reason == SKIPPED:
            by = "a skip" if self._skip is None else policy_text(self._skip)
            return self._told(policy, Verdict.SKIPPED, f"{by} passes over it")
        if entry.reason == DROP_ALL:
            return self._told(policy, Verdict.DROP_ALL, f"{_drop_all_text(self._kernel)}")
        asked = self._asked
        conditions = () if asked is None else check_conditions(policy, asked)
        if entry.reason is not None:
            return self._told(policy, Verdict.FAILED, _failure_text(entry, conditions), conditions)
        return self._matching(policy, conditions)

    def _not_reached(self, policy: KernelSocketPolicy) -> PolicyCheck:
        if self._decisive is not None:
            return self._told(
                policy, Verdict.NOT_REACHED, f"{policy_text(self._decisive)} decided before it"
            )
        return self._told(policy, Verdict.DROP_ALL, _drop_all_text(self._kernel))

    def _matching(
        self, policy: KernelSocketPolicy, conditions: tuple[ConditionCheck, ...]
    ) -> PolicyCheck:
        if policy is self._decisive:
            because = "its result ends the search"
            return self._told(policy, Verdict.DECIDES, because, conditions)
        if policy.result == PolicyResult.SKIP:
            self._skip = policy
            until = f"up to order {policy.result_parameter}" if policy.result_parameter else "all"
            because = f"{until} of its session is passed over"
            return self._told(policy, Verdict.SKIPS, because, conditions)
        in_vain = self._in_vain(policy)
        if in_vain is not None:
            return self._told(policy, Verdict.IN_VAIN, in_vain, conditions)
        return self._told(policy, Verdict.COLLECTED, "the search goes on", conditions)

    def _in_vain(self, policy: KernelSocketPolicy) -> str | None:
        """Why a result adds nothing: of filters and of services only the first counts."""
        if policy.result == PolicyResult.SOCKET_FILTER:
            if self._filter is not None:
                return f"{policy_text(self._filter)} has set the filter before it"
            if policy.result_parameter:
                self._filter = policy
        elif is_trigger_service_result(policy.result):
            if self._trigger is not None:
                return f"{policy_text(self._trigger)} has named the service before it"
            if policy.result_parameter:
                self._trigger = policy
        return None

    def _told(
        self,
        policy: KernelSocketPolicy,
        verdict: Verdict,
        because: str,
        conditions: tuple[ConditionCheck, ...] = (),
    ) -> PolicyCheck:
        return PolicyCheck(
            id=policy.id,
            session_policy_id=policy.parent_policy_id,
            session_order=policy.session_order,
            order=policy.order,
            owner=pid_text(self._kernel, policy.session_pid),
            result=result_text(self._kernel, policy.result, policy.result_parameter),
            verdict=verdict,
            because=because,
            conditions=conditions,
        )


def _failure_text(entry: ConsideredPolicy, conditions: tuple[ConditionCheck, ...]) -> str:
    if not conditions or conditions[-1].is_met:
        return f"{entry.reason} is not met"
    failed = conditions[-1]
    if failed.is_negated:
        return f"{failed.name} is {failed.actual}, and it must not be {failed.asked}"
    return f"{failed.name} is {failed.actual}, and it must be {failed.asked}"


def _unnecessary_text(policies: Sequence[KernelSocketPolicy], blockers: int) -> str:
    """Name the first of the policies that block another; ``blockers`` is a bitmap of them."""
    if not blockers:
        return "it was left out when the policies were applied"
    first = policies[(blockers & -blockers).bit_length() - 1]
    return f"{policy_text(first)} matches whenever it would, and comes first"


def _drop_all_text(kernel: KernelState) -> str:
    policies = kernel.policies
    return (
        f"drop-all level {policies.drop_all_level} lets nothing pass"
        f" from session order {policies.drop_all_order} on"
    )


def _service_text(result: AggregateResult) -> str | None:
    if not result.service_action:
        return None
    action = PolicyResult(result.service_action).name
    registered = "registered" if result.service_flags else "not registered"
    return f"{action} {uuid_text(result.service_uuid)} data {result.service_data}, {registered}"
