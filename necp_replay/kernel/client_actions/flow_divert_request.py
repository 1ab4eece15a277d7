"""Copies the request of an fd that its process diverts its flows by itself."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientResult
from necp_replay.abi.errno import Errno
from necp_replay.abi.tlv import pack_tlv
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.kernel.call import copyout
from necp_replay.kernel.client_actions.client_call import ClientCall
from necp_replay.kernel.clients.readiness import find_unread
from necp_replay.kernel.description import logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState

_TLV: Final = pack_tlv(ClientResult.REQUEST_IN_PROCESS_FLOW_DIVERT, b"")


def copy_flow_divert_request(
    kernel: KernelState, necp_fd: NecpFd, client_id: bytes, call: ClientCall
) -> int | None:
    """Copy the request to divert flows that an fd has, an empty TLV, and return its length.

    None for a call that is about a client: one that names it, or one that takes the next that is
    unread.

    Kernel quirk: the request is gone even if the buffer has no room for it. Measured in
    x10002_in_process_flow_divert.

    Raises SyscallError: EINVAL without room; EFAULT. Source: necp_client_copy, xnu-10002.1.13.
    """
    if client_id != ZERO_UUID or find_unread(necp_fd.clients) is not None:
        return None
    necp_fd.request_in_process_flow_divert = False
    if call.buffer_bytes < len(_TLV):
        raise SyscallError(REQUEST_ROOM, **call.buffer_values)
    copyout(kernel, call.buffer, _TLV, "necp_client_copy", check=REQUEST_FAULT)
    return len(_TLV)


REQUEST_ROOM: Final = silent(
    Errno.EINVAL,
    "the buffer is shorter than a request to divert flows, which is 5 bytes",
    fact="flow_divert_can_be_in_process",
)
REQUEST_FAULT: Final = logged(
    Errno.EFAULT,
    "the request to divert flows cannot be written",
    fact="flow_divert_can_be_in_process",
)
