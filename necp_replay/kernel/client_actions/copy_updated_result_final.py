"""COPY_UPDATED_RESULT_FINAL: as COPY_UPDATED_RESULT, but a result that does not fit is read too."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.kernel.client_actions.client_call import ClientCall
from necp_replay.kernel.client_actions.copy import (
    COPY_RESULT_CHECKS,
    copy_result_and_flows,
    find_unread_or_named,
    needed_room,
    read_client_id,
)
from necp_replay.kernel.client_actions.flow_divert_request import copy_flow_divert_request
from necp_replay.kernel.clients.readiness import find_unread
from necp_replay.kernel.description import Description
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_LISTS


def copy_updated_result_final(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Copy an unread result and return its length in bytes. Returns 0 if nothing is unread.

    If the result does not fit into the buffer, the client and all of its flows are marked read.
    Otherwise the process would ask for it again and again.

    Kernel quirk: the members of its group stay unread then; they are unread in a new client too. An
    observer marks the client read as well.

    Raises SyscallError: EINVAL, ERANGE, EFAULT, ENOENT.
    Source: necp_client_copy, necp_client_copy_internal, xnu-11215.1.10.
    """
    client_id = read_client_id(kernel, call)
    if necp_fd.request_in_process_flow_divert:
        request_bytes = copy_flow_divert_request(kernel, necp_fd, client_id, call)
        if request_bytes is not None:
            return request_bytes
    client, is_observed = find_unread_or_named(kernel, necp_fd, client_id)
    if find_unread((client,)) is None:
        return 0
    if call.buffer_bytes < needed_room(kernel, client, client_id):
        _mark_read(client)
    return copy_result_and_flows(kernel, client, client_id, call, is_observed=is_observed)


def _mark_read(client: Client) -> None:
    client.result_read = True
    for registration in client.registrations or ():
        registration.flow_result_read = True


COPY_UPDATED_RESULT_FINAL: Final = Description(
    subject=ClientAction.COPY_UPDATED_RESULT_FINAL,
    handler=copy_updated_result_final,
    function="necp_client_copy",
    summary="Copies a client's result and flows if anything of them is unread, and forgets them if"
    " the buffer has no room.",
    checks=COPY_RESULT_CHECKS,
    answer="returns the bytes written, 0 for a client that was read; else as COPY_RESULT",
    effects="as COPY_RESULT; a client and flows without room count as read",
    overwrites=SESSION_LOSES_LISTS,
)
