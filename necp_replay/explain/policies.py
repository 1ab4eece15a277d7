"""Explains the search through the policies: which matched, which decided, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from necp_replay.abi.policy import PolicyResult
from necp_replay.explain.conditions import ConditionInput, check_conditions
from necp_replay.explain.describe import agent_text, pid_text, policy_text, result_text, uuid_text
from necp_replay.explain.explanation import (
    ConditionCheck,
    PolicyCheck,
    PolicyExplanation,
    PolicyVerdict,
)
from necp_replay.kernel.policy.exemptions import (
    FIRST_RESTRICTED_SDK,
    LOOPBACK_DROP_ENTITLEMENT,
    MULTICAST_ENTITLEMENT,
    ON_DEMAND_ENTITLEMENT,
    Refusal,
)
from necp_replay.kernel.policy.explanation import DROP_ALL, SKIPPED
from necp_replay.kernel.policy.match import PASS_POLICY
from necp_replay.kernel.policy.search_array import SearchArray
from necp_replay.kernel.policy.unnecessary import BlockingSocketPolicies, is_trigger_service_result

if TYPE_CHECKING:
    from necp_replay.kernel.objects.aggregate_result import AggregateResult
    from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
    from necp_replay.kernel.policy.explanation import ConsideredPolicy, MatchExplanation
    from necp_replay.kernel.state import KernelState


def explain_policies(
    kernel: KernelState,
    why: MatchExplanation,
    given: ConditionInput | None,
    result: AggregateResult,
) -> PolicyExplanation:
    """Explain the search that the kernel traced in ``why``.

    ``given`` is None if the kernel did not search, because there are no policies.
    """
    matched = why.matched
    decisive = matched.policy if matched is not None else None
    search = _PolicySearch(kernel, why, given)
    if why.is_loopback:
        outcome = "PASS"
        because = "loopback traffic passes before policies are evaluated"
        if matched is not None:
            because = "loopback traffic passes, with the filters of policies that match"
    elif why.refusal is not None:
        outcome = "DROP"
        because = f"{_REFUSALS[why.refusal]}; no policy changes that"
    elif decisive is PASS_POLICY:
        outcome = "PASS"
        because = "parameters with the flag INTERPOSE pass before policies are evaluated"
    elif decisive is not None:
        outcome = result_text(kernel, decisive.result, decisive.result_parameter)
        because = f"{policy_text(decisive)} decides"
    elif why.ended_unread or why.is_above_level:
        outcome = "DROP"
        because = f"no policy decides, and {_drop_all_text(kernel)}"
    else:
        outcome = "NONE"
        because = "no policy decides" if kernel.policies.app_layer_map else "there are no policies"
    return PolicyExplanation(
        outcome=outcome,
        because=because,
        policies=search.checks(),
        filter_control_unit=0 if matched is None else matched.filter_control_unit,
        service=_service_text(result),
        agents=tuple(agent_text(kernel, agent) for agent in result.netagents),
        route_rules=() if matched is None else tuple(matched.route_rule_ids),
    )


class _PolicySearch:
    """Goes through the policies in the order of the search, and gives each its verdict."""

    def __init__(
        self, kernel: KernelState, why: MatchExplanation, given: ConditionInput | None
    ) -> None:
        self._kernel = kernel
        self._given = given
        self._considered = {entry.policy: entry for entry in why.considered}
        self._decisive = None if why.matched is None else why.matched.policy
        self._skip: KernelSocketPolicy | None = None
        self._filter: KernelSocketPolicy | None = None
        self._trigger: KernelSocketPolicy | None = None

    def checks(self) -> tuple[PolicyCheck, ...]:
        """Every applied policy, including those that the kernel left out as unnecessary."""
        policies = self._kernel.policies.socket_policies.in_order()
        blocking = BlockingSocketPolicies(policies)
        searched: SearchArray[KernelSocketPolicy] = SearchArray()
        found = []
        in_force = set(self._kernel.policies.app_layer_map)
        for position, policy in enumerate(policies):
            if policy in in_force:
                searched.append(policy, position)
                found.append(self._check_applied(policy))
            else:
                blockers = blocking.blockers_of(policy, searched.outside_skips)
                because = _unnecessary_text(policies, blockers)
                found.append(self._policy_check(policy, PolicyVerdict.UNNECESSARY, because))
        return tuple(found)

    def _check_applied(self, policy: KernelSocketPolicy) -> PolicyCheck:
        entry = self._considered.get(policy)
        if entry is None:
            return self._not_reached(policy)
        if entry.reason == SKIPPED:
            by = "a skip" if self._skip is None else policy_text(self._skip)
            return self._policy_check(policy, PolicyVerdict.SKIPPED, f"{by} skips it")
        if entry.reason == DROP_ALL:
            return self._policy_check(
                policy, PolicyVerdict.DROP_ALL, f"{_drop_all_text(self._kernel)}"
            )
        given = self._given
        conditions = () if given is None else check_conditions(policy, given)
        if entry.reason is not None:
            return self._policy_check(
                policy, PolicyVerdict.FAILED, _failure_text(entry, conditions), conditions
            )
        return self._matching(policy, conditions)

    def _not_reached(self, policy: KernelSocketPolicy) -> PolicyCheck:
        if self._decisive is not None:
            return self._policy_check(
                policy,
                PolicyVerdict.NOT_REACHED,
                f"{policy_text(self._decisive)} decided before it",
            )
        return self._policy_check(policy, PolicyVerdict.DROP_ALL, _drop_all_text(self._kernel))

    def _matching(
        self, policy: KernelSocketPolicy, conditions: tuple[ConditionCheck, ...]
    ) -> PolicyCheck:
        if policy is self._decisive:
            because = "its result ends the search"
            return self._policy_check(policy, PolicyVerdict.DECIDES, because, conditions)
        if policy.result == PolicyResult.SKIP:
            self._skip = policy
            until = f"up to order {policy.result_parameter}" if policy.result_parameter else "all"
            because = f"{until} of its session is skipped"
            return self._policy_check(policy, PolicyVerdict.SKIPS, because, conditions)
        no_effect = self._no_effect(policy)
        if no_effect is not None:
            return self._policy_check(policy, PolicyVerdict.NO_EFFECT, no_effect, conditions)
        return self._policy_check(policy, PolicyVerdict.COLLECTED, "the search goes on", conditions)

    def _no_effect(self, policy: KernelSocketPolicy) -> str | None:
        """Why a matching policy has no effect, or None: only the first filter and service count."""
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

    def _policy_check(
        self,
        policy: KernelSocketPolicy,
        verdict: PolicyVerdict,
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
    return f"{policy_text(first)} matches everything that it matches, and comes first"


_REFUSALS: Final = {
    Refusal.MISSING_CLIENT: (
        f"a process with the entitlement {ON_DEMAND_ENTITLEMENT} needs a client"
        " (necp_check_missing_client_drop)"
    ),
    Refusal.RESTRICTED_MULTICAST: (
        f"apps for iOS {FIRST_RESTRICTED_SDK} or later need the entitlement {MULTICAST_ENTITLEMENT}"
        " for multicast and broadcast while the sysctl restrict_multicast is 1"
        " (necp_check_restricted_multicast_drop)"
    ),
    Refusal.LOOPBACK_DENIED: (
        f"a process with the entitlement {LOOPBACK_DROP_ENTITLEMENT} may not use loopback"
        " addresses (necp_task_has_loopback_drop_entitlement)"
    ),
}
"""The rule of each kind."""


def _drop_all_text(kernel: KernelState) -> str:
    policies = kernel.policies
    if policies.drop_all_order == 0:
        return (
            "processes without a network privilege are dropped"
            f" from session order {policies.drop_unentitled_order} on"
        )
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
