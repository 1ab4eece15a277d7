"""The releases of xnu-4570: macOS 10.13, iOS 11. Each states only what it changed."""

from __future__ import annotations

from typing import Final

from necp_replay.releases.facts.client_actions import RouteStatisticsLayout
from necp_replay.releases.facts.notifications import LOG_TEXT
from necp_replay.releases.profile import oldest_profile, replace
from necp_replay.releases.release import Release, UnseenChange

_ONE_THREAD: Final = (
    "Only locking changed. Inputs reach the engine one after the other, so nothing can happen "
    "between the steps of one of them."
)

XNU_4570_1_46: Final = Release(oldest_profile("xnu-4570.1.46"), parent=None)

XNU_4570_31_3: Final = Release(
    replace(XNU_4570_1_46.profile, release="xnu-4570.31.3", attributes_check_domain=True),
    parent=XNU_4570_1_46.tag,
)

XNU_4570_41_2: Final = Release(
    replace(XNU_4570_31_3.profile, release="xnu-4570.41.2"),
    parent=XNU_4570_31_3.tag,
    unseen=(
        UnseenChange(
            title="Structures on the stack that are copied to processes",
            function="necp_client_fillout_flow_tlvs, necp_match_policy",
            older="not cleared before they are filled in",
            newer="cleared",
            reason="Every byte of them is written before it is copied.",
        ),
    ),
)

XNU_4570_51_1: Final = Release(
    replace(
        XNU_4570_41_2.profile,
        release="xnu-4570.51.1",
        route_statistics_layout=RouteStatisticsLayout.NECP_STAT_COUNTS,
        route_statistics_min_bytes=72,
        route_statistics_report_route_flags=True,
        remove_unknown_client_is_error=True,
        remove_statistics_fault_is_error=False,
        defunct_marks_result_unread=True,
        local_remote_address_is_sanitised=True,
        inpcb_dispose_unregisters_flow=True,
        tfo_cookie_length_is_clamped=True,
        agent_trigger_logs_notice=True,
        agent_action_logs_bad_arguments=True,
        defunct_entry_function="necp_fd_defunct",
        has_fd_memstatus=True,
        has_reap_caches=True,
        copy_parameters_finds_zero_id=False,
        policy_abort_logs_process=True,
    ),
    parent=XNU_4570_41_2.tag,
    unseen=(
        UnseenChange(
            title="When TCP assigns a connecting socket's addresses",
            function="tcp_connect_complete",
            older="before the first segment is sent, even if sending fails",
            newer="after it was sent successfully",
            reason="TCP is outside the engine: a trace records the assignment where TCP made it "
            "(`assign_from_socket`), and each release handles it alike.",
        ),
        UnseenChange(
            title="Format of agents' log records",
            function="netagent_handle_use_count_getopt, netagent_trigger",
            older="format strings do not match their arguments; one prints part of a kernel"
            " pointer",
            newer="format strings match",
            reason=LOG_TEXT,
        ),
        UnseenChange(
            title="Lock of a client while it is copied",
            function="necp_client_copy",
            older="released before the copy",
            newer="held during the copy",
            reason=_ONE_THREAD,
        ),
        UnseenChange(
            title="How REMOVE finds its client",
            function="necp_client_remove",
            older="walks all clients of the fd",
            newer="looks it up in the tree",
            reason="The same client is found, and observers and agents are told in the same order.",
        ),
        UnseenChange(
            title="Where flows are allocated",
            function="necp_client_add_socket_flow",
            older="in a zone; a failure would be logged and ignored",
            newer="in a cache that waits for memory",
            reason="The zone grows, so it never fails either, and no outcome shows where"
            " a flow is allocated.",
        ),
        UnseenChange(
            title="Failure to initialise",
            function="necp_client_init",
            older="is logged and otherwise ignored",
            newer="panics",
            reason="It happens at boot, before any input.",
        ),
        UnseenChange(
            title="Size of the statistics that clients may share",
            function="struct necp_stat_counts",
            older="64 bytes, struct necp_tcp_stats 160, struct necp_udp_stats 88",
            newer="72, 168 and 96 bytes",
            reason="No code that reads or writes shared statistics was published with these "
            "releases. COPY_ROUTE_STATISTICS uses the structure too: the first three differences "
            "are about that.",
        ),
        UnseenChange(
            title="Parameters that nothing uses",
            function="necp_client_update_flows, necp_assign_client_result_locked",
            older="fewer parameters",
            newer="further lists and flags, whose values are always the same",
            reason="With these values none of the new branches is taken.",
        ),
    ),
)

XNU_4570_61_1: Final = Release(
    replace(
        XNU_4570_51_1.profile,
        release="xnu-4570.61.1",
        result_has_interface_time_delta=True,
        agent_action_max_bytes=256,
    ),
    parent=XNU_4570_51_1.tag,
)

XNU_4570_71_2: Final = Release(
    replace(XNU_4570_61_1.profile, release="xnu-4570.71.2", entitlement_asks_coalition_leader=True),
    parent=XNU_4570_61_1.tag,
    unseen=(
        UnseenChange(
            title="Ids of kernel policies when the counter wraps",
            function="necp_kernel_policy_get_new_id",
            older="are given again while they are in use",
            newer="are skipped while they are in use",
            reason="The counter wraps after 65,534 policies of a kind. No measurement made that"
            " many.",
        ),
    ),
)

RELEASES_4570: Final = (
    XNU_4570_1_46,
    XNU_4570_31_3,
    XNU_4570_41_2,
    XNU_4570_51_1,
    XNU_4570_61_1,
    XNU_4570_71_2,
)
"""Those that are modelled, oldest first."""
