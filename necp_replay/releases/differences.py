"""Each difference between two neighbouring releases: the fact and traces that show it, or why not.

Where a difference can be observed, ``fact`` is the field of the profile that decides about it. What
cannot be observed has no trace and says why; it may have a fact all the same, so that the profile
stays a complete record of what changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that the newer of two releases does differently.

    ``traces`` are names of traces in ``traces/differences``. ``not_observable`` is the reason why
    there are none.
    """

    title: str
    function: str
    older: str
    newer: str
    fact: str = ""
    traces: tuple[str, ...] = ()
    not_observable: str = ""


OLDER: Final = "xnu-4570.41.2"
NEWER: Final = "xnu-4570.51.1"

_LOG_TEXT: Final = (
    "Only the text of a log record changed. The engine gives its level, function and error number, "
    "which stayed the same, and never upstream's text."
)
_ONE_THREAD: Final = (
    "Only locking changed. Inputs reach the engine one after the other, so nothing can happen "
    "between the steps of one of them."
)

DIFFERENCES: Final[tuple[Difference, ...]] = (
    Difference(
        title="Structure of route statistics",
        function="necp_client_copy_route_statistics",
        older="112 bytes of struct nstat_counts are written, past the end of a shorter buffer",
        newer="72 bytes of struct necp_stat_counts are written",
        fact="route_statistics_layout",
        traces=(
            "route_statistics_layout",
            "route_statistics_at_a_page_end",
            "route_statistics_at_every_page_end",
            "route_statistics_without_statistics",
        ),
    ),
    Difference(
        title="Smallest buffer for route statistics",
        function="necp_client_copy_route_statistics",
        older="64 bytes are enough",
        newer="less than 72 bytes is EINVAL, with a log record",
        fact="route_statistics_min_bytes",
        traces=("route_statistics_smallest_buffer", "route_statistics_of_every_size"),
    ),
    Difference(
        title="Flags of the route in its statistics",
        function="necp_client_copy_route_statistics",
        older="not reported",
        newer="at offset 64, where the route has statistics",
        fact="route_statistics_report_route_flags",
        traces=("route_statistics_layout", "route_statistics_report_route_flags"),
    ),
    Difference(
        title="REMOVE of an unknown client",
        function="necp_client_remove",
        older="succeeds silently",
        newer="ENOENT and a log record",
        fact="remove_unknown_client_is_error",
        traces=("remove_unknown_client", "remove_matrix"),
    ),
    Difference(
        title="REMOVE with statistics that cannot be read",
        function="necp_client_remove",
        older="EFAULT, though the client is removed",
        newer="0 for a client that was there, ENOENT for one that was not",
        fact="remove_statistics_fault_is_error",
        traces=("remove_with_unreadable_statistics", "remove_matrix"),
    ),
    Difference(
        title="A client made defunct",
        function="necp_set_client_defunct",
        older="its result stays read, so the fd that was woken is not ready",
        newer="its result becomes unread when the stored flags changed",
        fact="defunct_marks_result_unread",
        traces=(
            "defunct_marks_result_unread",
            "defunct_of_each_client",
            "defunct_and_evaluated_again",
        ),
    ),
    Difference(
        title="A remote address of the system itself",
        function="necp_application_find_policy_match_internal",
        older="is local only without port and scope id",
        newer="is local with any port, and with the scope id of its interface",
        fact="local_remote_address_is_sanitised",
        traces=(
            "remote_is_an_own_address",
            "remote_is_a_broadcast_address",
            "remote_with_a_scope_id",
            "remote_with_more_than_an_address",
            "remote_on_another_interface",
        ),
    ),
    Difference(
        title="A raw socket disposed of",
        function="necp_inpcb_dispose",
        older="its flow stays, with a handle to freed memory, and so does its count",
        newer="its flow ends, and the fd is woken",
        fact="inpcb_dispose_unregisters_flow",
        traces=("raw_socket_disposed", "raw_socket_disposed_while_assigned"),
    ),
    Difference(
        title="A Fast Open cookie longer than 16 bytes",
        function="tcp_cache_set_cookie_common",
        older="is copied whole, past the end of its allocation; looking at it later panics",
        newer="is cut to 16 bytes",
        fact="tfo_cookie_length_is_clamped",
        traces=("tfo_cookie_too_long", "tfo_cookie_of_every_length", "tfo_cookie_looked_at"),
    ),
    Difference(
        title="When TCP assigns a connecting socket's addresses",
        function="tcp_connect_complete",
        older="before the first segment is sent, whatever comes of it",
        newer="after it was sent, and only then",
        not_observable="TCP is outside the engine: a trace records the assignment where TCP made "
        "it (`assign_from_socket`), and each release handles it alike.",
    ),
    Difference(
        title="Log record of an abort after a policy's drop",
        function="necp_update_all_clients_callout",
        older="names the error",
        newer="names process and error",
        fact="policy_abort_logs_process",
        not_observable=_LOG_TEXT,
    ),
    Difference(
        title="Log record of a trigger",
        function="netagent_client_message_with_params",
        older="one record, printed by default only for some errors",
        newer="a notice before it",
        fact="agent_trigger_logs_notice",
        traces=("agent_triggered", "agent_triggered_in_every_state"),
    ),
    Difference(
        title="AGENT with bad arguments",
        function="necp_client_agent_action",
        older="EINVAL, silently",
        newer="EINVAL and a log record",
        fact="agent_action_logs_bad_arguments",
        traces=("agent_action_bad_arguments", "agent_action_every_bad_argument"),
    ),
    Difference(
        title="Format of agents' log records",
        function="netagent_handle_use_count_getopt, netagent_trigger",
        older="formats do not fit their values; one prints a part of a kernel pointer",
        newer="formats fit",
        not_observable=_LOG_TEXT,
    ),
    Difference(
        title="Entry point for making an fd defunct",
        function="necp_defunct_client, necp_fd_defunct",
        older="necp_defunct_client, which takes an open file and logs what is NULL of it",
        newer="necp_fd_defunct, which asserts the fd's data; log records bear its name",
        fact="defunct_entry_function",
        traces=("defunct_abort_fails",),
    ),
    Difference(
        title="Hook for processes killed for their memory",
        function="necp_fd_memstatus",
        older="none",
        newer="every NECP fd of the process is visited, and nothing is done",
        fact="has_fd_memstatus",
        traces=("memstatus",),
    ),
    Difference(
        title="Lock of a client while it is copied",
        function="necp_client_copy",
        older="given up before the copy",
        newer="held during the copy",
        not_observable=_ONE_THREAD,
    ),
    Difference(
        title="How REMOVE finds its client",
        function="necp_client_remove",
        older="walks all clients of the fd",
        newer="looks it up in the tree",
        not_observable="The same client is found, and observers and agents are told in the same "
        "order.",
    ),
    Difference(
        title="Where flows are allocated",
        function="necp_client_add_socket_flow",
        older="in a zone, whose failure would be logged and ignored",
        newer="in a cache that waits for memory",
        not_observable="The zone grows and never fails either, and nothing of the subsystem shows "
        "where a flow is allocated.",
    ),
    Difference(
        title="Failure to initialise",
        function="necp_client_init",
        older="is logged, and nobody looks at the error",
        newer="panics",
        not_observable="It happens at boot, before any input.",
    ),
    Difference(
        title="Size of the statistics that clients may share",
        function="struct necp_stat_counts",
        older="64 bytes, struct necp_tcp_stats 160, struct necp_udp_stats 88",
        newer="72, 168 and 96 bytes",
        not_observable="No code that reads or writes shared statistics was published with these "
        "releases; where COPY_ROUTE_STATISTICS uses the structure, the first three differences "
        "say so.",
    ),
    Difference(
        title="Helper that gives the flows' cache back",
        function="necp_client_reap_caches",
        older="none",
        newer="there is one; nothing in the published source calls it",
        fact="has_reap_caches",
        traces=("reap_caches",),
    ),
    Difference(
        title="Parameters that nothing uses",
        function="necp_client_update_flows, necp_assign_client_result_locked",
        older="fewer parameters",
        newer="lists and flags that always have the same value",
        not_observable="With these values the new branches are never taken.",
    ),
    Difference(
        title="COPY_PARAMETERS with an all-zero id",
        function="necp_client_copy",
        older="finds a client whose id is all zero",
        newer="ENOENT: the id is a wildcard, which this action does not serve",
        fact="copy_parameters_finds_zero_id",
        traces=("copy_parameters_of_the_zero_id", "zero_id_in_every_action"),
    ),
)
"""All differences of ``NEWER`` from ``OLDER`` in what belongs to the subsystem."""
