"""COPY_UPDATED_RESULT: as COPY_RESULT, but nothing of a client that was read already."""

from __future__ import annotations

from necp_replay.kernel.client_actions.call import ActionCall
from necp_replay.kernel.client_actions.copy import (
    copy_result_and_flows,
    find_unread_or_named,
    read_client_id,
)
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState


def copy_updated_result(kernel: KernelState, necp_fd: NecpFd, call: ActionCall) -> int:
    """Copy an unread result and return its length in bytes, 0 where there is no news.

    Raises SyscallError: EINVAL, ERANGE, EFAULT, ENOENT.
    Source: necp_client_copy, necp_client_copy_internal, xnu-4570.51.1.
    """
    client, is_observed = find_unread_or_named(kernel, necp_fd, read_client_id(kernel, call))
    if client.result_read and client.flow_result_read:
        return 0
    copied_bytes = copy_result_and_flows(kernel, client, call)
    if not is_observed:
        client.result_read = True
        client.flow_result_read = True
    return copied_bytes
