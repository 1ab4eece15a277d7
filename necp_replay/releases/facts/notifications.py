"""Facts about what the rest of the kernel calls in the subsystem: defunct fds, hooks, aborts."""

from __future__ import annotations

from typing import Annotated, Final

from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact

LOG_TEXT: Final = (
    "Only the text of a log record changed. The engine gives its level, function and error number, "
    "which stayed the same, and never upstream's text."
)
"""Why a change of a log record's text cannot be observed."""


@dataclass(frozen=True, kw_only=True)
class NotificationFacts:
    """What defunct fds, memory pressure and aborts do."""

    defunct_marks_result_unread: Annotated[
        bool,
        Fact(
            title="A client made defunct",
            function="necp_set_client_defunct",
            meanings={
                False: "its result stays read, so the fd that was woken is not ready",
                True: "its result becomes unread when the stored flags changed",
            },
            traces=(
                "defunct_marks_result_unread",
                "defunct_of_each_client",
                "defunct_and_evaluated_again",
            ),
        ),
    ] = False

    defunct_entry_function: Annotated[
        str,
        Fact(
            title="Entry point for making an fd defunct",
            function="necp_defunct_client, necp_fd_defunct",
            meanings={
                "necp_defunct_client": "necp_defunct_client, which takes an open file, and logs a"
                " pointer that is NULL",
                "necp_fd_defunct": "necp_fd_defunct, which takes the fd's data, and asserts that"
                " it is there; log records have its name",
            },
            traces=("defunct_abort_fails",),
        ),
    ] = "necp_defunct_client"

    has_fd_memstatus: Annotated[
        bool,
        Fact(
            title="Hook for processes killed for their memory",
            function="necp_fd_memstatus",
            meanings={
                False: "none",
                True: "every NECP fd of the process is visited, and nothing is done",
            },
            traces=("memstatus",),
        ),
    ] = False

    has_reap_caches: Annotated[
        bool,
        Fact(
            title="Function that gives unused memory of flows back",
            function="necp_client_reap_caches",
            meanings={
                False: "none",
                True: "there is one; nothing in the published source calls it",
            },
            traces=("reap_caches",),
        ),
    ] = False

    policy_abort_logs_process: Annotated[
        bool,
        Fact(
            title="Log record when a nexus that policies drop cannot be aborted",
            function="necp_update_all_clients_callout",
            meanings={False: "names the error", True: "names the process and the error"},
            not_observable=LOG_TEXT,
        ),
    ] = False

    aborts_log_from_one_function: Annotated[
        bool,
        Fact(
            title="Log record when an agent cannot be told of a defunct flow",
            function="necp_update_all_clients_callout, necp_fd_defunct, necp_process_defunct_list",
            meanings={
                False: "has the name of the function that made the flow defunct",
                True: "has the name of necp_process_defunct_list",
            },
            traces=("defunct_flow_of_an_agent_that_fails",),
        ),
    ] = False

    denied_event_aligns_uuid: Annotated[
        bool,
        Fact(
            title="Offset of the executable in the event about a denied interface",
            function="struct kev_netpolicy_ifdenied, necp_send_application_interface_denied_event",
            meanings={
                False: "12, right after the pid",
                True: "16, four bytes after the pid",
            },
            traces=("reason_of_a_drop",),
        ),
    ] = False

    agents_can_update_at_once: Annotated[
        bool,
        Fact(
            title="An update of an agent with the flag UPDATE_IMMEDIATELY",
            function="necp_update_all_clients_immediately_if_needed, netagent_post_event",
            meanings={
                False: "evaluates clients after 100 ms, with 500 ms leeway",
                True: "evaluates clients after 10 ms, with 10 ms leeway",
            },
            traces=("agent_that_updates_at_once",),
        ),
    ] = False

    fd_keeps_background: Annotated[
        bool,
        Fact(
            title="A process that goes to the background",
            function="necp_set_client_as_background, necp_update_client_result",
            meanings={
                False: "marks its clients with an assigned flow at once, until their next result",
                True: "marks its fd; by the timer, all results of its clients with an assigned"
                " flow report it",
            },
            traces=("process_in_the_background",),
        ),
    ] = False

    agents_get_structure: Annotated[
        bool,
        Fact(
            title="What the handler of a kernel agent gets",
            function="netagent_client_message_with_params",
            meanings={
                False: "is recorded field by field only",
                True: "is recorded as a structure too, which has further fields",
            },
            traces=("structure_for_a_kernel_agent",),
        ),
    ] = False

    pending_timer_is_left_alone: Annotated[
        bool,
        Fact(
            title="The update timer where it is pending already",
            function="necp_update_all_clients_immediately_if_needed",
            meanings={
                False: "is armed again, with 500 ms leeway",
                True: "is left alone, unless clients are to be evaluated at once and it would fire"
                " later; its leeway is 50 ms; with the sysctl debug, arming and firing are logged",
            },
            traces=("timer_that_is_pending",),
        ),
    ] = False

    close_clears_agent_handle: Annotated[
        bool,
        Fact(
            title="Messages to kernel agents about clients of an fd that is closed",
            function="necpop_close",
            meanings={
                False: "come with a handle to the fd",
                True: "come without a handle",
            },
            traces=("fd_closed_with_an_assertion",),
        ),
    ] = False
