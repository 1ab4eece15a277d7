"""What all policies that match in one evaluation decide together."""

from __future__ import annotations

from typing import Final

from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy

RuleIds = tuple[int, ...]
"""Ids of route rules, each applied on its own. An id of 0 is no rule."""
NO_RULE: Final[RuleIds] = (0,)


class MatchedPolicies:
    """The policy that decides, and what other policies add to it.

    ``policy`` ends the search, None if none did. Policies before it add a filter, a service, route
    rules and at most ``max_netagents`` agents, each with ``NECP_AGENT_USE_FLAG_*``. Ids are 0 if
    no policy set them. ``skip_policy_id`` is that of the first skip, if it passed over a policy
    that packets are compared with.
    """

    __slots__ = (
        "applied_rule_ids",
        "filter_control_unit",
        "flow_divert_aggregate_unit",
        "max_netagents",
        "netagent_ids",
        "netagent_use_flags",
        "policy",
        "route_rule_ids",
        "service_action",
        "service_data",
        "service_id",
        "skip_policy_id",
    )

    def __init__(self, max_netagents: int) -> None:
        self.max_netagents = max_netagents
        self.policy: KernelSocketPolicy | None = None
        self.filter_control_unit = 0
        self.flow_divert_aggregate_unit = 0
        self.service_action = 0
        self.skip_policy_id = 0
        self.service_id = 0
        self.service_data = 0
        self.netagent_ids: list[int] = []
        self.netagent_use_flags: list[int] = []
        self.route_rule_ids: list[int] = []
        self.applied_rule_ids: RuleIds = NO_RULE
