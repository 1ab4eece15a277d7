"""The facts in which XNU releases differ, as one frozen record per release.

Handlers ask a fact by name and never compare releases. Every fact says what older and newer
releases do and where that was seen; ``necp-replay releases diff`` prints exactly these texts.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from necp_replay.abi.client import ClientAction


class RouteStatisticsLayout(enum.Enum):
    """Which structure COPY_ROUTE_STATISTICS copies to the process."""

    NSTAT_COUNTS = "nstat_counts"
    NECP_STAT_COUNTS = "necp_stat_counts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What one release does, fact by fact.

    Where several facts decide about one answer, the fact about whether there is one comes before
    those about what it is: ``diff`` changes them in this order to tell what each of them does.
    """

    release: str
    """The tag of the release, as its source is published."""

    client_actions: frozenset[ClientAction]
    """The client actions that ``necp_client_action`` handles; others are EINVAL and a log record.
    Source: necp_client_action."""

    route_statistics_min_bytes: int
    """Older: buffers of 64 bytes are accepted. Newer: less than 72 is EINVAL.
    Source: necp_client_copy_route_statistics."""

    route_statistics_layout: RouteStatisticsLayout
    """Older: the 112 bytes of ``struct nstat_counts`` are copied, past a buffer of the size asked
    for. Newer: the 72 bytes of ``struct necp_stat_counts``.
    Source: necp_client_copy_route_statistics."""

    route_statistics_report_route_flags: bool
    """Older: not reported. Newer: the cached route's flags stand at offset 64, where the route has
    statistics. Source: necp_client_copy_route_statistics."""

    remove_unknown_client_is_error: bool
    """Older: REMOVE of an unknown id answers 0, silently. Newer: ENOENT and a log record.
    Source: necp_client_remove."""

    remove_statistics_fault_is_error: bool
    """Older: statistics that cannot be read fail REMOVE with EFAULT though the client is gone.
    Newer: they are taken as zero. Source: necp_client_remove."""

    defunct_marks_result_unread: bool
    """Older: a client made defunct stays read. Newer: it becomes unread when its flags changed.
    Source: necp_set_client_defunct, necp_defunct_client_fd_locked."""

    local_remote_address_is_sanitised: bool
    """Older: the raw remote address, port and scope included, is compared with interface addresses
    to find that a client is local. Newer: port and scope id are normalised first.
    Source: necp_application_find_policy_match_internal."""

    inpcb_dispose_unregisters_flow: bool
    """Older: disposing a socket leaves its flow and its count behind. Newer: the flow is removed.
    Source: necp_inpcb_dispose."""

    tfo_cookie_length_is_clamped: bool
    """Older: a TFO cookie of up to 255 bytes is copied into 16. Newer: its length is cut to 16.
    Source: tcp_cache_set_cookie_common."""

    agent_trigger_logs_notice: bool
    """Older: triggering an agent for a client logs once, if at all. Newer: a record at notice level
    precedes it. Source: netagent_client_message_with_params."""

    agent_action_logs_bad_arguments: bool
    """Older: AGENT refuses bad arguments silently. Newer: with a log record.
    Source: necp_client_agent_action."""

    defunct_entry_function: str
    """The function that makes an fd defunct and whose name its log records carry.
    Older: necp_defunct_client. Newer: necp_fd_defunct, which takes the fd's data and asserts it."""

    has_fd_memstatus: bool
    """Older: no such function. Newer: necp_fd_memstatus, which changes nothing."""

    has_reap_caches: bool
    """Older: no such function. Newer: necp_client_reap_caches."""

    copy_parameters_finds_zero_id: bool
    """Older: COPY_PARAMETERS with an all-zero id on a fd that is no observer finds a client whose
    id is all zero. Newer: ENOENT. Source: necp_client_copy."""

    policy_abort_logs_process: bool
    """Older: the log record of a failed abort names the error. Newer: also the process. The record
    has the same level and function, so nothing of it can be observed here.
    Source: necp_update_all_clients_callout."""
