"""The table of classes, first part: policies, their sessions, and the ids that they use."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from necp_replay.abi.domain_filter import TRIE_HEADER
from necp_replay.abi.policy import BooleanState
from necp_replay.kernel.objects.domain_filter import DomainFilter, DomainTrie
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.kernel_policy import KernelIpOutputPolicy, KernelSocketPolicy
from necp_replay.kernel.objects.policy_session import PolicySession, ServiceRegistration
from necp_replay.kernel.objects.session_policy import SessionPolicy
from necp_replay.kernel.policy.database import PolicyDatabase
from necp_replay.kernel.policy.domain_sets import DomainSets
from necp_replay.kernel.policy.kernel_policy_list import KernelPolicyList
from necp_replay.kernel.policy.route_rule_table import KernelRouteRule, RouteRules
from necp_replay.kernel.policy.string_ids import StringIds, StringMapping
from necp_replay.kernel.policy.uuid_ids import UuidIds, UuidMapping
from necp_replay.kernel.saving.kinds import (
    BYTES,
    INT,
    STR,
    EnumMember,
    Many,
    Map,
    Maybe,
    Sorted,
    fixed,
    listed,
    own,
    ref,
    series,
)
from necp_replay.kernel.saving.saved_class import SavedClass, saved


def _counter(pairs: list[Any]) -> Counter[int]:
    return Counter(dict(pairs))


def _no_order(_policy: KernelSocketPolicy) -> tuple[int, ...]:
    return ()


_SESSION: Final = PolicySession(0, 0)
"""What new objects hold until their fields are set."""
_KERNEL_POLICY: Final = ref(KernelSocketPolicy, KernelIpOutputPolicy)
_EXCEPTION: Final = fixed(INT, INT)
_RULE_CONTENT: Final = fixed(
    fixed(BYTES, BYTES, INT, INT), series(INT), INT, Sorted(frozenset, _EXCEPTION)
)

POLICY_CLASSES: Final[tuple[SavedClass, ...]] = (
    saved(
        PolicyDatabase,
        PolicyDatabase,
        ints="""drop_all_level drop_all_order drop_unentitled_order drop_management_order
        pass_interpose pass_loopback pass_keepalives debug restrict_multicast dedup_policies
        last_policy_id last_socket_policy_id last_ip_policy_id application_policies_condition_mask
        socket_policies_condition_mask application_policies_count socket_policies_count
        ip_output_policies_count""",
        bools="keeps_all",
        control_sessions=Map(STR, ref(PolicySession)),
        sessions=listed(ref(PolicySession)),
        registered_services=Map(INT, INT, _counter),
        account_ids=ref(StringIds),
        domain_sets=ref(DomainSets),
        uuid_ids=ref(UuidIds),
        route_rules=ref(RouteRules),
        socket_policies=ref(KernelPolicyList),
        ip_output_policies=ref(KernelPolicyList),
        # The last three are made when they are next looked at.
        unsaved="""_counts_useless_skips _keeps_unnecessary _app_layer_map _candidates
        _has_skips""",
        after=PolicyDatabase.complete,
    ),
    saved(
        PolicySession,
        lambda _: PolicySession(0, 0),
        ints="control_unit session_priority session_order proc_pid last_policy_id",
        bools="proc_locked dirty is_use_count_leaked",
        bytes_="proc_uuid",
        policies=listed(ref(SessionPolicy)),
        services=listed(own(ServiceRegistration, service_id=INT)),
    ),
    saved(
        SessionPolicy,
        lambda _: SessionPolicy(0, b"", b"", b""),
        ints="id order applied_route_rules_id kernel_socket_policy",
        bools="applied pending_deletion pending_update",
        bytes_="result conditions route_rules",
        applied_app_uuid=Maybe(BYTES),
        applied_real_app_uuid=Maybe(BYTES),
        applied_account=Maybe(BYTES),
        applied_result_uuid=Maybe(BYTES),
        kernel_ip_output_policies=listed(INT),
    ),
    saved(
        KernelPolicyList,
        lambda _: KernelPolicyList(_no_order),
        _policies=listed(_KERNEL_POLICY),
        _by_id=Map(INT, listed(_KERNEL_POLICY)),
        # The list's owner says what orders it.
        unsaved="_order_of _removed",
        before=KernelPolicyList.in_order,
    ),
    saved(
        KernelSocketPolicy,
        lambda _: KernelSocketPolicy(),
        ints="""id condition_mask condition_negated_mask parent_policy_id order session_order
        session_pid cond_app_id cond_real_app_id cond_account_id cond_domain_dot_count
        cond_domain_filter cond_pid cond_pid_version cond_uid cond_real_uid
        cond_local_networks_flags cond_client_flags cond_start_tc cond_end_tc cond_protocol
        cond_local_prefix cond_remote_prefix cond_packet_filter_tags result result_parameter
        service_data""",
        bools="keeps_entitlement_answer",
        bytes_="""cond_local_start cond_local_end cond_remote_start cond_remote_end cond_agent_type
        cond_scheme_port""",
        cond_custom_entitlement=Maybe(BYTES),
        cond_custom_entitlement_matched=EnumMember(BooleanState),
        cond_domain=Maybe(BYTES),
        cond_url=Maybe(BYTES),
        cond_bound_interface=Maybe(ref(Interface)),
        cond_bound_interface_flags=series(INT),
        cond_sdk_version=series(INT),
        cond_signing_identifier=Maybe(BYTES),
    ),
    saved(
        KernelIpOutputPolicy,
        lambda _: KernelIpOutputPolicy(),
        ints="""id condition_mask condition_negated_mask parent_policy_id order suborder
        session_order session_pid cond_packet_filter_tags cond_policy_id cond_last_interface_index
        cond_protocol cond_local_prefix cond_remote_prefix result result_parameter""",
        bytes_="cond_scheme_port cond_local_start cond_local_end cond_remote_start cond_remote_end",
        cond_bound_interface=Maybe(ref(Interface)),
        cond_bound_interface_flags=series(INT),
    ),
    saved(
        DomainSets,
        DomainSets,
        ints="_last_filter_id _last_trie_id trie_count",
        filters=Map(INT, ref(DomainFilter)),
        tries=Map(INT, ref(DomainTrie)),
        unsaved="_profile _has_tries",
    ),
    saved(
        DomainFilter,
        lambda _: DomainFilter(0, b"", _SESSION),
        ints="id",
        bytes_="content",
        owner=ref(PolicySession),
    ),
    saved(
        DomainTrie,
        lambda _: DomainTrie(0, bytes(TRIE_HEADER.size), _SESSION),
        ints="id nodes_at maps_at strings_at terminator flags",
        bools="is_released",
        bytes_="request",
        owner=ref(PolicySession),
    ),
    saved(
        RouteRules,
        RouteRules,
        ints="""_added _diverting _naming_agents _needing_agents _repeating _last_id
        _last_aggregate_id""",
        _rules=Map(INT, ref(KernelRouteRule)),
        _by_content=Map(_RULE_CONTENT, Map(ref(KernelRouteRule), INT)),
        _aggregates=Map(series(INT), INT),
        _parts=Map(INT, series(INT)),
        _aggregates_with=Map(INT, Sorted(set, series(INT))),
        unsaved="_profile",
    ),
    saved(
        KernelRouteRule,
        lambda _: KernelRouteRule(),
        ints="""id refcount agent_id needed_agent_id control_unit effective_type default_action
        cellular_action wifi_action wired_action expensive_action constrained_action
        companion_action vpn_action""",
        bytes_="agent needed_agent",
        exceptions=Many(list, _EXCEPTION),
    ),
    saved(
        StringIds,
        lambda _: StringIds(),
        ints="_last_id",
        _by_string=Map(BYTES, ref(StringMapping)),
        _strings=Map(INT, BYTES),
    ),
    saved(StringMapping, lambda _: StringMapping(0), ints="id refcount"),
    saved(
        UuidIds,
        UuidIds,
        ints="_last_app_id _last_id app_mapping_count",
        bools="table_is_dirty",
        _apps=Map(BYTES, ref(UuidMapping)),
        _app_uuids=Map(INT, BYTES),
        _services=Map(BYTES, ref(UuidMapping)),
        _service_uuids=Map(INT, BYTES),
        unsaved="_profile",
    ),
    saved(
        UuidMapping,
        lambda _: UuidMapping(b"", 0, 0),
        ints="id refcount table_refcount",
        bytes_="uuid",
    ),
)
