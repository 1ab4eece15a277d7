"""COPY_RESULT: a client's result and flows; with a wildcard, of the next unread client."""

from __future__ import annotations

from necp_replay.kernel.client_actions.call import ActionCall
from necp_replay.kernel.client_actions.copy import (
    copy_result_and_flows,
    find_unread_or_named,
    read_client_id,
)
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState


def copy_result(kernel: KernelState, necp_fd: NecpFd, call: ActionCall) -> int:
    """Copy the result and the flows, return their length in bytes, and mark the client read.

    A copy that only observes another fd's client marks nothing.
    Raises SyscallError: EINVAL, ERANGE, EFAULT, ENOENT.
    Source: necp_client_copy, necp_client_copy_internal, xnu-4570.51.1.
    """
    client, is_observed = find_unread_or_named(kernel, necp_fd, read_client_id(kernel, call))
    copied_bytes = copy_result_and_flows(kernel, client, call)
    if not is_observed:
        client.result_read = True
        client.flow_result_read = True
    return copied_bytes
