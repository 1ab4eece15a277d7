"""COPY_LIST: the ids of all clients there are, for observers."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import MAX_CLIENT_LIST_BYTES, UUID_BYTES
from necp_replay.abi.client_structs import CLIENT_COUNT
from necp_replay.abi.errno import Errno
from necp_replay.kernel.client_actions.call import ActionCall, copyin, copyout, refuse
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.refusal import SyscallError
from necp_replay.kernel.state import KernelState

_FUNCTION: Final = "necp_client_list"
_NULL_ID: Final = bytes(UUID_BYTES)


def copy_list(kernel: KernelState, necp_fd: NecpFd, call: ActionCall) -> int:
    """Write how many clients there are, and the first ids in as many places as were asked for.

    The number asked for stands in the buffer, which must be exactly as long as it says.
    Raises SyscallError: EINVAL; EACCES on an fd that may not observe; EFAULT.
    Source: necp_client_list, xnu-4570.51.1.
    """
    if call.buffer_bytes < CLIENT_COUNT.size or call.buffer.is_null:
        raise SyscallError(Errno.EINVAL)
    if not necp_fd.is_observer:
        refuse(kernel, Errno.EACCES, _FUNCTION)
    requested = copyin(kernel, call.buffer, CLIENT_COUNT.size, _FUNCTION, logs=False)
    list_bytes = UUID_BYTES * CLIENT_COUNT.unpack(requested)[0]
    if call.buffer_bytes - CLIENT_COUNT.size != list_bytes or list_bytes > MAX_CLIENT_LIST_BYTES:
        raise SyscallError(Errno.EINVAL)

    ids = [client.client_id for client in kernel.clients.tree if client.client_id != _NULL_ID]
    copyout(kernel, call.buffer, CLIENT_COUNT.pack(len(ids)), _FUNCTION)
    if list_bytes > 0 and ids:
        listed = b"".join(ids[: list_bytes // UUID_BYTES]).ljust(list_bytes, b"\0")
        copyout(kernel, call.buffer, listed, _FUNCTION, offset=CLIENT_COUNT.size)
    return 0
