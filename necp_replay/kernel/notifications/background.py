"""A process goes to the background or comes back."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.log import LOG_ERR
from necp_replay.events.notifications import FdBackground
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.description import Description
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.notifications.find_fd import FD_CHECKS, find_process_and_file
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.results.update import update_client_fd
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.update_timer import update_all_clients


def fd_background(kernel: KernelState, event: FdBackground) -> Outcome:
    """Mark the clients of one fd that have an assigned flow, then update all clients of the fd.

    From xnu-6153 on the fd is marked, and the timer updates all clients.

    Source: necp_set_client_as_background, xnu-4570.51.1, xnu-6153.11.26.
    """
    process, file = find_process_and_file(kernel, event.pid, event.fd)
    if not isinstance(file, NecpFd):
        kernel.log(LOG_ERR, "necp_set_client_as_background")
        return Outcome(errno=0)

    if kernel.profile.fd_keeps_background:
        file.background = event.background
        update_all_clients(kernel)
        return Outcome(errno=0)

    has_told_a_client = False
    rules = flow_rules(kernel)
    for client in file.clients:
        if any(flow.assigned for flow in rules.flows(client)):
            client.background = event.background
            client.background_update = True
            has_told_a_client = True
    if has_told_a_client:
        update_client_fd(kernel, file, process, None)
    return Outcome(errno=0)


FD_BACKGROUND: Final = Description(
    subject=FdBackground,
    handler=fd_background,
    function="necp_set_client_as_background",
    summary="A process goes to the background or comes back.",
    checks=FD_CHECKS,
    answer="0; clients with an assigned flow are told with their next result",
    effects="those of an update of the fd's clients; a log record for a session fd",
    other_facts=("local_remote_address_is_sanitised", "fd_keeps_background"),
)

ONLY_ASSIGNED_FLOWS_ARE_TOLD: Final = Quirk(
    "Only clients with an assigned flow are told that their process went to the background.",
    "necp_set_client_as_background",
    "notifications/test_background.py::test_clients_without_an_assigned_flow_are_not_told",
)
