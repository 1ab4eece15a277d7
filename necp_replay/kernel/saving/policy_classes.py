"""The table of classes, first part: policies, their sessions, and the ids that they use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from necp_replay.abi.policy import BooleanState, SessionAction
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
from necp_replay.releases.profile import Profile


def _nothing(_profile: Profile) -> None:
    return None


def _profile(profile: Profile) -> Profile:
    return profile


def _empty_set(_profile: Profile) -> set[Any]:
    return set()


def _has_tries(profile: Profile) -> bool:
    return SessionAction.ADD_DOMAIN_TRIE in profile.session_actions


def _counts_useless_skips(profile: Profile) -> bool:
    return not profile.lone_ip_skips_are_not_counted


def _keeps_unnecessary(profile: Profile) -> bool:
    return profile.unnecessary_policies_are_kept


def _counter(pairs: list[Any]) -> Counter[int]:
    return Counter(dict(pairs))


_DATABASE_UNSAVED: Final[dict[str, Callable[[Profile], object]]] = {
    "_counts_useless_skips": _counts_useless_skips,
    "_keeps_unnecessary": _keeps_unnecessary,
    # These are made when they are next looked at.
    "_app_layer_map": _nothing,
    "_candidates": _nothing,
    "_has_skips": _nothing,
}

_KERNEL_POLICY: Final = ref(KernelSocketPolicy, KernelIpOutputPolicy)
_EXCEPTION: Final = fixed(INT, INT)
_RULE_CONTENT: Final = fixed(
    fixed(BYTES, BYTES, INT, INT), series(INT), INT, Sorted(frozenset, _EXCEPTION)
)

POLICY_CLASSES: Final[tuple[SavedClass, ...]] = (
    saved(
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
        unsaved=_DATABASE_UNSAVED,
        after=PolicyDatabase.order_policies,
    ),
    saved(
        PolicySession,
        ints="control_unit session_priority session_order proc_pid last_policy_id",
        bools="proc_locked dirty is_use_count_leaked",
        bytes_="proc_uuid",
        policies=listed(ref(SessionPolicy)),
        services=listed(own(ServiceRegistration, service_id=INT)),
    ),
    saved(
        SessionPolicy,
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
        _policies=listed(_KERNEL_POLICY),
        _by_id=Map(INT, listed(_KERNEL_POLICY)),
        # The list's owner says what orders it.
        unsaved={"_order_of": _nothing, "_removed": _empty_set},
        before=KernelPolicyList.in_order,
    ),
    saved(
        KernelSocketPolicy,
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
        ints="""id condition_mask condition_negated_mask parent_policy_id order suborder
        session_order session_pid cond_packet_filter_tags cond_policy_id cond_last_interface_index
        cond_protocol cond_local_prefix cond_remote_prefix result result_parameter""",
        bytes_="cond_scheme_port cond_local_start cond_local_end cond_remote_start cond_remote_end",
        cond_bound_interface=Maybe(ref(Interface)),
        cond_bound_interface_flags=series(INT),
    ),
    saved(
        DomainSets,
        ints="_last_filter_id _last_trie_id trie_count",
        filters=Map(INT, ref(DomainFilter)),
        tries=Map(INT, ref(DomainTrie)),
        unsaved={"_profile": _profile, "_has_tries": _has_tries},
    ),
    saved(DomainFilter, ints="id", bytes_="content", owner=ref(PolicySession)),
    saved(
        DomainTrie,
        ints="id nodes_at maps_at strings_at terminator flags",
        bools="is_released",
        bytes_="request",
        owner=ref(PolicySession),
    ),
    saved(
        RouteRules,
        ints="_added _repeating _last_id _last_aggregate_id",
        _rules=Map(INT, ref(KernelRouteRule)),
        _by_content=Map(_RULE_CONTENT, Map(ref(KernelRouteRule), INT)),
        _aggregates=Map(series(INT), INT),
        _parts=Map(INT, series(INT)),
        _aggregates_with=Map(INT, Sorted(set, series(INT))),
        unsaved={"_profile": _profile},
    ),
    saved(
        KernelRouteRule,
        ints="""id refcount agent_id needed_agent_id control_unit effective_type default_action
        cellular_action wifi_action wired_action expensive_action constrained_action
        companion_action vpn_action""",
        bytes_="agent needed_agent",
        exceptions=Many(list, _EXCEPTION),
    ),
    saved(
        StringIds,
        ints="_last_id",
        _by_string=Map(BYTES, ref(StringMapping)),
        _strings=Map(INT, BYTES),
    ),
    saved(StringMapping, ints="id refcount"),
    saved(
        UuidIds,
        ints="_last_app_id _last_id app_mapping_count",
        bools="table_is_dirty",
        _apps=Map(BYTES, ref(UuidMapping)),
        _app_uuids=Map(INT, BYTES),
        _services=Map(BYTES, ref(UuidMapping)),
        _service_uuids=Map(INT, BYTES),
        unsaved={"_profile": _profile},
    ),
    saved(UuidMapping, ints="id refcount table_refcount", bytes_="uuid"),
)
