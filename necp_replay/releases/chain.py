"""The releases in order, each stating only what it changed from the one before."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.releases.profile import Profile, RouteStatisticsLayout

_ACTIONS_4570: Final = frozenset(ClientAction) - {
    ClientAction.REQUEST_NEXUS_INSTANCE,
    ClientAction.SET_STATISTICS,
    ClientAction.MAP_SYSCTLS,
}

XNU_4570_41_2: Final = Profile(
    release="xnu-4570.41.2",
    client_actions=_ACTIONS_4570,
    route_statistics_layout=RouteStatisticsLayout.NSTAT_COUNTS,
    route_statistics_min_bytes=64,
    route_statistics_report_route_flags=False,
    remove_unknown_client_is_error=False,
    remove_statistics_fault_is_error=True,
    defunct_marks_result_unread=False,
    local_remote_address_is_sanitised=False,
    inpcb_dispose_unregisters_flow=False,
    tfo_cookie_length_is_clamped=False,
    agent_trigger_logs_notice=False,
    agent_action_logs_bad_arguments=False,
    defunct_entry_function="necp_defunct_client",
    has_fd_memstatus=False,
    has_reap_caches=False,
    copy_parameters_finds_zero_id=True,
    policy_abort_logs_process=False,
)

XNU_4570_51_1: Final = replace(
    XNU_4570_41_2,
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
)

RELEASES: Final[dict[str, Profile]] = {
    profile.release: profile for profile in (XNU_4570_41_2, XNU_4570_51_1)
}
"""Every modelled release by its tag, oldest first."""
