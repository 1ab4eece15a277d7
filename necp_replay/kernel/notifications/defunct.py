"""A process is made defunct: its clients are marked, and their nexuses aborted."""

from __future__ import annotations

from typing import Final

from necp_replay.events.notifications import FdDefunct
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.clients.arenas import free_statistics, retire_arena
from necp_replay.kernel.clients.notify import fd_notify
from necp_replay.kernel.description import Description
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.notifications.find_fd import FD_CHECKS, find_process_and_file
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.results.defunct import DefunctNexus, abort_nexuses
from necp_replay.kernel.state import KernelState


def fd_defunct(kernel: KernelState, event: FdDefunct) -> Outcome:
    """Make the clients of one fd defunct. A session fd is ignored. Push observers are not told.

    Source: necp_fd_defunct, xnu-4570.51.1; necp_defunct_client, xnu-4570.41.2.
    """
    _, file = find_process_and_file(kernel, event.pid, event.fd)
    if not isinstance(file, NecpFd):
        return Outcome(errno=0)

    defunct_list: list[DefunctNexus] = []
    retire_arena(kernel, file)
    updated = flow_rules(kernel).defunct_fd(kernel, file, defunct_list)
    for client in file.clients:
        for registration in client.registrations or ():
            free_statistics(kernel, registration)
    if updated:
        fd_notify(kernel, file)
    if defunct_list:
        abort_nexuses(kernel, defunct_list, kernel.profile.defunct_entry_function)
    return Outcome(errno=0)


FD_DEFUNCT: Final = Description(
    subject=FdDefunct,
    handler=fd_defunct,
    function="necp_defunct_client, necp_fd_defunct",
    summary="A process is made defunct; the kernel visits each of its fds.",
    checks=FD_CHECKS,
    answer="0; the stored flags of every client that has some say DEFUNCT, or each registration "
    "with a nexus flow is defunct and unread",
    effects="the fd is woken if the last client that was not defunct changed; an abort to the "
    "agent of each requested nexus flow, with a log record where it cannot be told",
    other_facts=(
        "defunct_marks_result_unread",
        "defunct_entry_function",
        "has_flow_registrations",
        "aborts_log_from_one_function",
    ),
)

LAST_CLIENT_DECIDES_THE_WAKE_UP: Final = Quirk(
    "When an fd is made defunct, the last client that was not defunct yet decides alone whether "
    "the fd is woken.",
    "necp_defunct_client_fd_locked",
    "notifications/test_defunct.py"
    "::test_only_the_last_client_that_was_not_defunct_decides_whether_the_fd_is_woken",
)
