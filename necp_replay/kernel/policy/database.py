"""The policy database: sessions, kernel policies, and the arrays that are searched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from necp_replay.abi.integers import U32_MAX
from necp_replay.kernel.objects.kernel_policy import KernelIpOutputPolicy, KernelSocketPolicy
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.socket_info import SocketInfo
from necp_replay.kernel.policy.candidates import PolicyCandidates
from necp_replay.kernel.policy.kernel_policy_list import KernelPolicyList
from necp_replay.kernel.policy.route_rule_table import RouteRules
from necp_replay.kernel.policy.session_order import first_order_for_priority
from necp_replay.kernel.policy.string_ids import StringIds
from necp_replay.kernel.policy.uuid_ids import UuidIds
from necp_replay.releases.profile import Profile

APP_ID_BUCKETS = 5
"""``NECP_KERNEL_SOCKET_POLICIES_MAP_NUM_APP_ID_BUCKETS``."""
IP_POLICY_ID_BUCKETS = 5
"""``NECP_KERNEL_IP_OUTPUT_POLICIES_MAP_NUM_ID_BUCKETS``."""


class PolicyDatabase:
    """The global variables of necp.c.

    ``sessions`` is sorted by control unit. ``control_sessions`` are those of the kernel control,
    by the name of the control socket. ``registered_services`` has the number of registrations
    for each service id. ``socket_policies`` and ``ip_output_policies`` are all kernel policies in
    evaluation order. ``app_layer_map``, ``socket_map`` (by application) and ``ip_output_map`` (by
    policy id) are the arrays that are searched, without unnecessary policies. They are rebuilt,
    and the counts and masks with them, whenever a session applies a change. The counts include
    unnecessary policies.
    """

    __slots__ = (
        "_candidates",
        "account_ids",
        "app_layer_map",
        "application_policies_condition_mask",
        "application_policies_count",
        "control_sessions",
        "debug",
        "drop_all_level",
        "drop_all_order",
        "ip_output_map",
        "ip_output_policies",
        "ip_output_policies_condition_mask",
        "ip_output_policies_count",
        "ip_output_policies_non_id_count",
        "last_ip_policy_id",
        "last_policy_id",
        "last_socket_policy_id",
        "pass_keepalives",
        "pass_loopback",
        "registered_services",
        "route_rules",
        "sessions",
        "socket_map",
        "socket_policies",
        "socket_policies_condition_mask",
        "socket_policies_count",
        "socket_policies_non_app_count",
        "uuid_ids",
    )

    def __init__(self, profile: Profile) -> None:
        self.drop_all_level = 0
        self.drop_all_order = 0
        self.pass_loopback = 1
        self.pass_keepalives = 1
        self.debug = 0
        self.control_sessions: dict[str, PolicySession] = {}
        self.sessions: list[PolicySession] = []
        self.registered_services: Counter[int] = Counter()
        self.account_ids = StringIds()
        self.uuid_ids = UuidIds(services_have_own_ids=profile.services_have_own_ids)
        self.route_rules = RouteRules(profile.first_aggregate_route_rule_id)
        self.last_policy_id = 0
        self.last_socket_policy_id = 0
        self.last_ip_policy_id = 0
        self.socket_policies: KernelPolicyList[KernelSocketPolicy]
        self.socket_policies = KernelPolicyList(_socket_policy_order)
        self.ip_output_policies: KernelPolicyList[KernelIpOutputPolicy]
        self.ip_output_policies = KernelPolicyList(_ip_output_policy_order)
        self.app_layer_map: list[KernelSocketPolicy] = []
        self.socket_map: list[list[KernelSocketPolicy]] = [[] for _ in range(APP_ID_BUCKETS)]
        self.ip_output_map: list[list[KernelIpOutputPolicy]] = [
            [] for _ in range(IP_POLICY_ID_BUCKETS)
        ]
        self.application_policies_condition_mask = 0
        self.application_policies_count = 0
        self.socket_policies_condition_mask = 0
        self.socket_policies_count = 0
        self.socket_policies_non_app_count = 0
        self.ip_output_policies_condition_mask = 0
        self.ip_output_policies_count = 0
        self.ip_output_policies_non_id_count = 0
        self._candidates = PolicyCandidates(self.app_layer_map)

    def candidates_for(self, info: SocketInfo) -> Sequence[KernelSocketPolicy]:
        """The policies of ``app_layer_map`` that may match, in evaluation order."""
        if self._candidates.policies is not self.app_layer_map:
            self._candidates = PolicyCandidates(self.app_layer_map)
        return self._candidates.for_info(info)

    def set_drop_all_level(self, level: int) -> None:
        """Write ``net.necp.drop_all_level``: the session priority from which on all is dropped.

        Source: sysctl_handle_necp_level, xnu-4570.51.1.
        """
        self.drop_all_level = level & U32_MAX
        self.drop_all_order = 0
        if self.drop_all_level != 0:
            self.drop_all_order = first_order_for_priority(self.drop_all_level)

    def is_service_registered(self, service_id: int) -> bool:
        """Whether any session has registered the service with this id."""
        return self.registered_services[service_id] > 0


def _socket_policy_order(policy: KernelSocketPolicy) -> tuple[int, int]:
    return policy.session_order, policy.order


def _ip_output_policy_order(policy: KernelIpOutputPolicy) -> tuple[int, int, int]:
    return policy.session_order, policy.order, policy.suborder
