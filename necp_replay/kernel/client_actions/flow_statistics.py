"""The statistics of flows that REMOVE and REMOVE_FLOW take: copied in, and not used."""

from __future__ import annotations

from necp_replay.abi.client import IFNET_STATS_PER_FLOW_BYTES
from necp_replay.abi.log import LOG_ERR
from necp_replay.kernel.call import copyin
from necp_replay.kernel.client_actions.client_call import ClientCall
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.state import KernelState


def read_flow_statistics(kernel: KernelState, call: ClientCall, function: str) -> int:
    """Copy in ``struct ifnet_stats_per_flow``, if the call has any, for ``function``.

    Returns an errno. A wrong size is only logged.
    """
    if call.buffer.is_null:
        return 0
    if call.buffer_bytes != IFNET_STATS_PER_FLOW_BYTES:
        kernel.log(LOG_ERR, function)
        return 0
    try:
        copyin(kernel, call.buffer, IFNET_STATS_PER_FLOW_BYTES, function)
    except SyscallError as error:
        return error.errno
    return 0
