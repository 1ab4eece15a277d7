"""Facts about client actions: which there are, what they check, and what they answer."""

from __future__ import annotations

import enum
from collections.abc import Set as AbstractSet
from typing import Annotated, Final

from necp_replay.abi.client import ClientAction
from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact

_ACTIONS_4570: Final = frozenset(ClientAction) - {
    ClientAction.REQUEST_NEXUS_INSTANCE,
    ClientAction.SET_STATISTICS,
    ClientAction.MAP_SYSCTLS,
    ClientAction.ADD_FLOW,
    ClientAction.REMOVE_FLOW,
    ClientAction.CLAIM,
    ClientAction.SIGN,
    ClientAction.GET_INTERFACE_ADDRESS,
    ClientAction.ACQUIRE_AGENT_TOKEN,
    ClientAction.VALIDATE,
    ClientAction.GET_SIGNED_CLIENT_ID,
    ClientAction.SET_SIGNED_CLIENT_ID,
    ClientAction.COPY_UPDATED_RESULT_FINAL,
}


class RouteStatisticsLayout(enum.Enum):
    """Which structure COPY_ROUTE_STATISTICS copies to the process."""

    NSTAT_COUNTS = "nstat_counts"
    NECP_STAT_COUNTS = "necp_stat_counts"


class FdKindCheck(enum.Enum):
    """Whether calls tell a client's fd from a session's."""

    NONE = "none"
    LEAKS_USE_COUNT = "leaks_use_count"
    CHECKED = "checked"


@dataclass(frozen=True, kw_only=True)
class ClientActionFacts:
    """What ``necp_client_action`` does.

    Where several facts decide about one answer, the fact about whether there is an answer comes
    before those about what it is. ``diff`` changes facts in this order to tell what each does.
    """

    fd_kind_check: Annotated[
        FdKindCheck,
        Fact(
            title="A client action on a session's fd, and a session action on a client's",
            function="necp_find_fd_data, necp_session_find_from_fd",
            meanings={
                FdKindCheck.NONE: "is not refused: one structure is taken for the other",
                FdKindCheck.LEAKS_USE_COUNT: "EINVAL and a log record; the use count of the fd"
                " stays raised, so closing it never ends",
                FdKindCheck.CHECKED: "EINVAL and a log record",
            },
            traces=("fd_of_the_other_kind",),
            vulnerabilities={
                FdKindCheck.NONE: "client-session-type-confusion",
                FdKindCheck.LEAKS_USE_COUNT: "fd-use-count-leak",
            },
        ),
    ] = FdKindCheck.NONE

    calls_ask_sandbox: Annotated[
        bool,
        Fact(
            title="Whether a sandbox can deny opens and client actions",
            function="mac_necp_check_open, mac_necp_check_client_action",
            meanings={
                False: "nobody is asked",
                True: "EPERM: for an open before an fd is taken, for an action after the fd is"
                " found",
            },
            traces=("sandboxed_calls",),
        ),
    ] = False

    client_actions: Annotated[
        AbstractSet[ClientAction],
        Fact(
            title="Client actions that are handled; others are EINVAL and a log record",
            function="necp_client_action",
            traces=(
                "sign_and_claim",
                "flows_that_clients_make",
                "tokens_of_an_agent",
                "statistics_of_a_flow",
                "last_result_of_a_client",
                "signed_id_of_an_application",
                "answer_signed_in_the_older_form",
            ),
        ),
    ] = _ACTIONS_4570

    route_statistics_min_bytes: Annotated[
        int,
        Fact(
            title="Smallest buffer for route statistics",
            function="necp_client_copy_route_statistics",
            meanings={
                64: "64 bytes are enough",
                72: "less than 72 bytes is EINVAL, with a log record",
            },
            traces=("route_statistics_smallest_buffer", "route_statistics_of_every_size"),
            vulnerabilities={64: "route-stats-user-overrun"},
        ),
    ] = 64

    route_statistics_layout: Annotated[
        RouteStatisticsLayout,
        Fact(
            title="Structure of route statistics",
            function="necp_client_copy_route_statistics",
            meanings={
                RouteStatisticsLayout.NSTAT_COUNTS: "112 bytes of struct nstat_counts are written,"
                " past the end of a shorter buffer",
                RouteStatisticsLayout.NECP_STAT_COUNTS: "72 bytes of struct necp_stat_counts are"
                " written",
            },
            traces=(
                "route_statistics_layout",
                "route_statistics_at_a_page_end",
                "route_statistics_at_every_page_end",
                "route_statistics_without_statistics",
            ),
        ),
    ] = RouteStatisticsLayout.NSTAT_COUNTS

    route_statistics_report_route_flags: Annotated[
        bool,
        Fact(
            title="Flags of the route in its statistics",
            function="necp_client_copy_route_statistics",
            meanings={
                False: "not reported",
                True: "at offset 64, where the route has statistics",
            },
            traces=("route_statistics_layout", "route_statistics_report_route_flags"),
        ),
    ] = False

    remove_unknown_client_is_error: Annotated[
        bool,
        Fact(
            title="REMOVE of an unknown client",
            function="necp_client_remove",
            meanings={False: "succeeds silently", True: "ENOENT and a log record"},
            traces=("remove_unknown_client", "remove_matrix"),
        ),
    ] = False

    remove_statistics_fault_is_error: Annotated[
        bool,
        Fact(
            title="REMOVE with statistics that cannot be read",
            function="necp_client_remove",
            meanings={
                True: "EFAULT, though the client is removed",
                False: "0 if the client existed, ENOENT if not",
            },
            traces=("remove_with_unreadable_statistics", "remove_matrix"),
        ),
    ] = True

    agent_action_max_bytes: Annotated[
        int | None,
        Fact(
            title="Largest buffer of AGENT",
            function="necp_client_agent_action",
            meanings={
                None: "unlimited, but a copy of more than 64 MiB panics",
                256: "more than 256 bytes is EINVAL, with a log record",
                10_240: "more than 10,240 bytes is EINVAL, with a log record",
            },
            traces=("agent_action_largest_buffer",),
            vulnerabilities={None: "agent-action-unbounded"},
        ),
    ] = None

    agent_action_logs_bad_arguments: Annotated[
        bool,
        Fact(
            title="AGENT with bad arguments",
            function="necp_client_agent_action",
            meanings={False: "EINVAL, silently", True: "EINVAL and a log record"},
            traces=("agent_action_bad_arguments", "agent_action_every_bad_argument"),
        ),
    ] = False

    add_flow_max_bytes: Annotated[
        int | None,
        Fact(
            title="Largest buffer of ADD_FLOW",
            function="necp_client_add_flow",
            meanings={
                None: "unlimited, but a copy of more than 64 MiB panics",
                240: "more than 240 bytes is EINVAL, with two log records",
            },
            traces=("add_flow_with_a_long_buffer",),
        ),
    ] = None

    copy_parameters_finds_zero_id: Annotated[
        bool,
        Fact(
            title="COPY_PARAMETERS with an all-zero id",
            function="necp_client_copy",
            meanings={
                True: "finds a client whose id is all zero",
                False: "ENOENT: the id is a wildcard, which this action does not accept",
            },
            traces=("copy_parameters_of_the_zero_id", "zero_id_in_every_action"),
        ),
    ] = True

    claimed_clients_change_binary: Annotated[
        bool,
        Fact(
            title="A client that is claimed",
            function="necp_client_claim",
            meanings={
                False: "keeps the kind of binary of the process that added it",
                True: "has that of the process that claims it",
            },
            traces=("client_that_is_claimed",),
        ),
    ] = False

    flow_ids_can_be_claimed: Annotated[
        bool,
        Fact(
            title="CLAIM with the id of a flow registration",
            function="necp_client_claim",
            meanings={True: "means its client", False: "EINVAL and a log record"},
            traces=("claim_of_a_client_with_flows",),
        ),
    ] = True

    clients_with_flows_can_be_claimed: Annotated[
        bool,
        Fact(
            title="CLAIM of a client that has flow registrations",
            function="necp_client_claim",
            meanings={
                True: "claims it, and leaves the registrations with the fd that it came from",
                False: "does not find it",
            },
            traces=("claim_of_a_client_with_flows",),
        ),
    ] = True
