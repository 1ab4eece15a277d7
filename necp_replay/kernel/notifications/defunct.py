"""A process is made defunct: its clients are marked, and their nexuses aborted."""

from __future__ import annotations

from typing import Final

from necp_replay.events.notifications import FdDefunct
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.clients.notify import fd_notify
from necp_replay.kernel.description import Description
from necp_replay.kernel.notifications.find_fd import FD_CHECKS, find_process_and_file
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.results.defunct import (
    DefunctNexus,
    abort_nexuses,
    collect_requested_nexuses,
)
from necp_replay.kernel.results.tlv_writer import store_defunct_flag
from necp_replay.kernel.state import KernelState


def fd_defunct(kernel: KernelState, event: FdDefunct) -> Outcome:
    """Make the clients of one fd defunct. A session fd is ignored. Push observers are not told.

    Kernel quirk: the last client that was not defunct yet decides alone whether the fd is woken.

    Source: necp_fd_defunct, xnu-4570.51.1; necp_defunct_client, xnu-4570.41.2.
    """
    _, file = find_process_and_file(kernel, event.pid, event.fd)
    if not isinstance(file, NecpFd):
        return Outcome(errno=0)

    defunct_list: list[DefunctNexus] = []
    updated = False
    for client in file.clients:
        if not client.defunct:
            updated = _set_client_defunct(kernel, client)
            collect_requested_nexuses(client, defunct_list)
    if updated:
        fd_notify(kernel, file)
    if defunct_list:
        abort_nexuses(kernel, defunct_list, kernel.profile.defunct_entry_function)
    return Outcome(errno=0)


def _set_client_defunct(kernel: KernelState, client: Client) -> bool:
    """Mark one client. Whether its stored flags changed (``necp_set_client_defunct``)."""
    client.defunct = True
    updated = store_defunct_flag(client)
    if updated and client.result_read and kernel.profile.defunct_marks_result_unread:
        client.result_read = False
    return updated


FD_DEFUNCT: Final = Description(
    subject=FdDefunct,
    handler=fd_defunct,
    function="necp_defunct_client, necp_fd_defunct",
    summary="A process is made defunct; the kernel visits each of its fds.",
    checks=FD_CHECKS,
    answer="0; the stored flags of every client that has some say DEFUNCT",
    effects="the fd is woken if the last client that was not defunct changed; an abort to the "
    "agent of each requested nexus flow, with a log record where it cannot be told",
    other_facts=("defunct_marks_result_unread", "defunct_entry_function"),
)

LAST_CLIENT_DECIDES_THE_WAKE_UP: Final = Quirk(
    "When an fd is made defunct, the last client that was not defunct yet decides alone whether "
    "the fd is woken.",
    "necp_defunct_client_fd_locked",
    "notifications/test_defunct.py"
    "::test_only_the_last_client_that_was_not_defunct_decides_whether_the_fd_is_woken",
)
