"""The update timer fires: every client is evaluated again."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.log import LOG_DEBUG
from necp_replay.events.clock import TimerFire
from necp_replay.kernel.description import Description
from necp_replay.kernel.results.defunct import DefunctNexus, abort_nexuses
from necp_replay.kernel.results.update import update_client_fd
from necp_replay.kernel.state import KernelState


def update_all_clients_callout(kernel: KernelState) -> None:
    """Update the clients of every fd, the newest fd first. Skips fds whose process exits.

    Afterwards, abort the nexuses of clients that a policy has dropped since the last update.

    Source: necp_update_all_clients_callout, xnu-4570.51.1, xnu-8792.41.9.
    """
    if kernel.profile.pending_timer_is_left_alone and kernel.policies.debug > 0:
        kernel.log(LOG_DEBUG, "necp_update_all_clients_callout")
    defunct_list: list[DefunctNexus] = []
    for necp_fd in kernel.clients.fd_list:
        process = kernel.find_process(necp_fd.proc_pid)
        if process is not None:
            update_client_fd(kernel, necp_fd, process, defunct_list)
    kernel.flow_divert_pids.clear()
    abort_nexuses(kernel, defunct_list, "necp_update_all_clients_callout")


TIMER_FIRE: Final = Description(
    subject=TimerFire,
    handler=update_all_clients_callout,
    function="necp_update_all_clients_callout",
    summary="The timer fires, if it is armed.",
    answer="whether it was armed",
    effects="for each fd, the newest first: callbacks, observers, a wake-up where something "
    "changed; then an abort to the agents of clients that a policy made defunct",
    other_facts=(
        "local_remote_address_is_sanitised",
        "policy_abort_logs_process",
        "callbacks_pass_invalid",
        "denied_event_aligns_uuid",
        "loopback_passes_policies",
        "aborts_log_from_one_function",
        "change_calls_later_owners",
        "flows_follow_delegates",
        "inactive_agents_block_flows",
        "skywalk_is_published",
        "inbound_clients_have_all_agents",
        "browsing_outweighs_multipath",
        "pending_timer_is_left_alone",
        "flow_divert_can_be_in_process",
    ),
)
