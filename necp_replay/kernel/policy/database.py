"""The policy database: sessions, kernel policies, and the arrays that are searched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.policy import KernelCondition, PolicyResult
from necp_replay.kernel.objects.kernel_policy import KernelIpOutputPolicy, KernelSocketPolicy
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.socket_info import SocketInfo
from necp_replay.kernel.policy.candidates import PolicyCandidates
from necp_replay.kernel.policy.domain_sets import DomainSets
from necp_replay.kernel.policy.kernel_policy_list import KernelPolicyList
from necp_replay.kernel.policy.route_rule_table import RouteRules
from necp_replay.kernel.policy.search_array import app_layer_array
from necp_replay.kernel.policy.session_order import first_order_for_priority
from necp_replay.kernel.policy.string_ids import StringIds
from necp_replay.kernel.policy.uuid_ids import UuidIds
from necp_replay.releases.profile import Profile

FEW_POLICIES: Final = 8
"""Up to this number of policies, comparing all of them costs less than looking up candidates."""


class PolicyDatabase:
    """The global variables of necp.c.

    ``sessions`` is sorted by control unit. ``control_sessions`` are those of the kernel control,
    by the name of the control socket. ``registered_services`` has the number of registrations
    for each service id. ``domain_sets`` are what conditions on domain filters name.
    ``socket_policies`` and ``ip_output_policies`` are all kernel policies in
    evaluation order. Whenever a session applies a change, the counts and the mask follow, and the
    array that is searched (``app_layer_map``) is made anew when it is next looked at. Counts and
    mask include unnecessary policies. Policies with a condition on a type of agents do not count as
    policies of sockets. ``keeps_all`` says that unnecessary policies were kept when policies were
    last applied.
    """

    __slots__ = (
        "_app_layer_map",
        "_candidates",
        "_counts_useless_skips",
        "_has_skips",
        "_keeps_unnecessary",
        "account_ids",
        "application_policies_condition_mask",
        "application_policies_count",
        "control_sessions",
        "debug",
        "dedup_policies",
        "domain_sets",
        "drop_all_level",
        "drop_all_order",
        "drop_management_order",
        "drop_unentitled_order",
        "ip_output_policies",
        "ip_output_policies_count",
        "keeps_all",
        "last_ip_policy_id",
        "last_policy_id",
        "last_socket_policy_id",
        "pass_interpose",
        "pass_keepalives",
        "pass_loopback",
        "registered_services",
        "restrict_multicast",
        "route_rules",
        "sessions",
        "socket_policies",
        "socket_policies_condition_mask",
        "socket_policies_count",
        "uuid_ids",
    )

    def __init__(self, profile: Profile) -> None:
        self.drop_all_level = 0
        self.drop_all_order = 0
        self.drop_unentitled_order = 0
        self.drop_management_order = 0
        if profile.management_traffic_can_be_dropped:
            self.set_drop_management_level(int(profile.session_priorities["PRIVILEGED_TUNNEL"]))
        self.pass_interpose = 1
        self.pass_loopback = 1
        self.pass_keepalives = 1
        self.debug = 0
        self.restrict_multicast = 1
        self.dedup_policies = 0
        self._counts_useless_skips = not profile.lone_ip_skips_are_not_counted
        self._keeps_unnecessary = profile.unnecessary_policies_are_kept
        self.keeps_all = self._keeps_unnecessary
        self.control_sessions: dict[str, PolicySession] = {}
        self.sessions: list[PolicySession] = []
        self.registered_services: Counter[int] = Counter()
        self.account_ids = StringIds()
        self.domain_sets = DomainSets(profile)
        self.uuid_ids = UuidIds(profile)
        self.route_rules = RouteRules(profile)
        self.last_policy_id = 0
        self.last_socket_policy_id = 0
        self.last_ip_policy_id = 0
        self.socket_policies: KernelPolicyList[KernelSocketPolicy]
        self.socket_policies = KernelPolicyList(_socket_policy_order)
        self.ip_output_policies: KernelPolicyList[KernelIpOutputPolicy]
        self.ip_output_policies = KernelPolicyList(_ip_output_policy_order)
        self.application_policies_condition_mask = 0
        self.socket_policies_condition_mask = 0
        self.application_policies_count = 0
        self.socket_policies_count = 0
        self.ip_output_policies_count = 0
        self._app_layer_map: Sequence[KernelSocketPolicy] | None = ()
        self._candidates: PolicyCandidates | None = None
        self._has_skips: bool | None = None

    @property
    def app_layer_map(self) -> Sequence[KernelSocketPolicy]:
        """The policies that evaluations search, in evaluation order, without unnecessary ones."""
        if self._app_layer_map is None:
            self._app_layer_map = app_layer_array(
                self.socket_policies.in_order(), keeps_all=self.keeps_all
            )
        return self._app_layer_map

    @app_layer_map.setter
    def app_layer_map(self, searched: Sequence[KernelSocketPolicy]) -> None:
        self._app_layer_map = searched
        self._candidates = None
        self._has_skips = None

    @property
    def has_skips(self) -> bool:
        """Whether one of the policies that evaluations search skips others."""
        if self._has_skips is None:
            self._has_skips = any(each.result == _SKIP for each in self.app_layer_map)
        return self._has_skips

    def candidates_for(self, info: SocketInfo) -> Sequence[KernelSocketPolicy]:
        """The policies of ``app_layer_map`` that may match, in evaluation order."""
        searched = self.app_layer_map
        if len(searched) <= FEW_POLICIES:
            return searched
        if self._candidates is None:
            self._candidates = PolicyCandidates(searched)
        return self._candidates.for_info(info)

    def complete(self) -> None:
        """Complete a database whose saved fields are set: what is searched is made when asked."""
        self.socket_policies.order_by(_socket_policy_order)
        self.ip_output_policies.order_by(_ip_output_policy_order)
        self._app_layer_map = None

    def note_applied_policies(self) -> None:
        """Bring the counts and the mask in line with the kernel policies, which have changed.

        The array that is searched is made when it is next looked at. Kernel policies do not change
        until then, because only applying changes them.
        """
        in_order = self.socket_policies.in_order()
        mask = socket_mask = socket_count = 0
        for policy in in_order:
            mask |= policy.condition_mask
            if not policy.condition_mask & KernelCondition.AGENT_TYPE:
                socket_mask |= policy.condition_mask
                socket_count += 1
        self.application_policies_condition_mask = mask
        self.socket_policies_condition_mask = socket_mask
        self.application_policies_count = len(in_order)
        self.socket_policies_count = socket_count
        ip_output_policies = self.ip_output_policies.in_order()
        self.ip_output_policies_count = len(ip_output_policies)
        if not self._counts_useless_skips and all(
            policy.result == _SKIP for policy in ip_output_policies
        ):
            # An array has a skip only if a policy after it is not a skip.
            self.ip_output_policies_count = 0
        self.keeps_all = self._keeps_unnecessary and self.dedup_policies == 0
        self._app_layer_map = None
        self._candidates = None
        self._has_skips = None

    def set_drop_all_level(self, level: int) -> None:
        """Write ``net.necp.drop_all_level``: the priority from which on all traffic is dropped.

        Source: sysctl_handle_necp_level, xnu-4570.51.1.
        """
        self.drop_all_level = level & U32_MAX
        self.drop_all_order = first_order_for_priority(self.drop_all_level)

    def set_drop_unentitled_level(self, level: int) -> None:
        """Write ``net.necp.drop_unentitled_level``: from which priority on traffic needs a right.

        Source: sysctl_handle_necp_unentitled_level, xnu-6153.11.26.
        """
        self.drop_unentitled_order = first_order_for_priority(level & U32_MAX)

    def set_drop_management_level(self, level: int) -> None:
        """Write ``net.necp.drop_management_level``: from which priority on it needs a right.

        Source: sysctl_handle_necp_management_level, xnu-8796.141.3.
        """
        self.drop_management_order = first_order_for_priority(level & U32_MAX)

    def is_service_registered(self, service_id: int) -> bool:
        """Whether any session has registered the service with this id."""
        return self.registered_services[service_id] > 0


def _socket_policy_order(policy: KernelSocketPolicy) -> tuple[int, int]:
    return policy.session_order, policy.order


def _ip_output_policy_order(policy: KernelIpOutputPolicy) -> tuple[int, int, int]:
    return policy.session_order, policy.order, policy.suborder


_SKIP: Final = int(PolicyResult.SKIP)
