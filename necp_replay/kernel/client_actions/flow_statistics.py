"""The statistics of flows that REMOVE and REMOVE_FLOW take: copied in, and not used."""

from __future__ import annotations

from necp_replay.abi.log import LOG_ERR
from necp_replay.kernel.call import copyin
from necp_replay.kernel.client_actions.client_call import ClientCall
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.state import KernelState


def read_flow_statistics(
    kernel: KernelState, call: ClientCall, function: str, *, takes_any: bool = False
) -> int:
    """Copy in ``struct ifnet_stats_per_flow``, if the call has any, for ``function``.

    Returns an errno. A wrong size is only logged. If ``takes_any``, only none at all is
    wrong, and what is there is read.
    """
    if call.buffer.is_null:
        return 0
    size_bytes = kernel.profile.flow_statistics_bytes
    if takes_any and call.buffer_bytes:
        size_bytes = min(size_bytes, call.buffer_bytes)
    elif call.buffer_bytes != size_bytes:
        kernel.log(LOG_ERR, function)
        return 0
    try:
        copyin(kernel, call.buffer, size_bytes, function)
    except SyscallError as error:
        return error.errno
    return 0
