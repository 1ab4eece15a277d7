"""COPY_RESULT: copies a client's result and flows. A wildcard copies the next unread client."""

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
from necp_replay.kernel.description import Description
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_LISTS


def copy_result(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Copy the result and the flows, mark the client read, and return the length in bytes.

    A copy of another fd's client, which an observer may make, does not mark it read.
    Raises SyscallError: EINVAL, ERANGE, EFAULT, ENOENT.
    Source: necp_client_copy, necp_client_copy_internal, xnu-4570.51.1.
    """
    client_id = read_client_id(kernel, call)
    if necp_fd.request_in_process_flow_divert:
        request_bytes = copy_flow_divert_request(kernel, necp_fd, client_id, call)
        if request_bytes is not None:
            return request_bytes
    client, is_observed = find_unread_or_named(kernel, necp_fd, client_id)
    return copy_result_and_flows(kernel, client, client_id, call, is_observed=is_observed)


COPY_RESULT: Final = Description(
    subject=ClientAction.COPY_RESULT,
    handler=copy_result,
    function="necp_client_copy",
    summary="Copies a client's result and flows, with a wildcard those of the next unread client.",
    checks=COPY_RESULT_CHECKS,
    answer="returns the bytes written; marks the client read, unless it is of another fd; protocol "
    "events are used up as they are copied",
    effects="a panic where a cached Fast Open cookie is longer than 16 bytes",
    overwrites=SESSION_LOSES_LISTS,
    other_facts=(
        "flow_agents_have_generation",
        "tfo_cookie_length_is_clamped",
        "has_flow_registrations",
    ),
)
