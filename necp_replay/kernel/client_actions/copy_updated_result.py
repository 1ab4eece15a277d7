"""COPY_UPDATED_RESULT: as COPY_RESULT, but copies nothing if the client was read already."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.kernel.client_actions.client_call import ClientCall
from necp_replay.kernel.client_actions.copy import (
    COPY_RESULT_CHECKS,
    copy_result_and_flows,
    find_unread_or_named,
    read_client_id,
)
from necp_replay.kernel.client_actions.flow_divert_request import copy_flow_divert_request
from necp_replay.kernel.clients.readiness import find_unread
from necp_replay.kernel.description import Description
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_LISTS


def copy_updated_result(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Copy an unread result and return its length in bytes. Returns 0 if nothing is unread.

    Raises SyscallError: EINVAL, ERANGE, EFAULT, ENOENT.
    Source: necp_client_copy, necp_client_copy_internal, xnu-4570.51.1.
    """
    client_id = read_client_id(kernel, call)
    if necp_fd.request_in_process_flow_divert:
        request_bytes = copy_flow_divert_request(kernel, necp_fd, client_id, call)
        if request_bytes is not None:
            return request_bytes
    client, is_observed = find_unread_or_named(kernel, necp_fd, client_id)
    if find_unread((client,)) is None:
        return 0
    return copy_result_and_flows(kernel, client, client_id, call, is_observed=is_observed)


COPY_UPDATED_RESULT: Final = Description(
    subject=ClientAction.COPY_UPDATED_RESULT,
    handler=copy_updated_result,
    function="necp_client_copy",
    summary="Copies a client's result and flows if anything of them is unread.",
    checks=COPY_RESULT_CHECKS,
    answer="returns the bytes written, 0 for a client that was read; else as COPY_RESULT",
    effects="as COPY_RESULT",
    overwrites=SESSION_LOSES_LISTS,
    other_facts=(
        "flow_agents_have_generation",
        "tfo_cookie_length_is_clamped",
        "defunct_marks_result_unread",
    ),
)
