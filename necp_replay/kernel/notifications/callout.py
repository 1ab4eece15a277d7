"""The update timer fires: every client is evaluated again."""

from __future__ import annotations

from necp_replay.kernel.results.defunct import DefunctNexus, abort_nexuses
from necp_replay.kernel.results.update import update_client_fd
from necp_replay.kernel.state import KernelState


def update_all_clients_callout(kernel: KernelState) -> None:
    """Update the clients of every fd, the newest fd first, whose process can still be found.

    Afterwards the nexuses of clients that a policy newly dropped are told to abort.

    Source: necp_update_all_clients_callout, xnu-4570.51.1.
    """
    defunct_list: list[DefunctNexus] = []
    for necp_fd in kernel.clients.fd_list:
        process = kernel.find_process(necp_fd.proc_pid)
        if process is not None:
            update_client_fd(kernel, necp_fd, process, defunct_list)
    abort_nexuses(kernel, defunct_list, "necp_update_all_clients_callout")
