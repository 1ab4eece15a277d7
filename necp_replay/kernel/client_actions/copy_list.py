"""COPY_LIST: the ids of all clients there are, for observers."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import MAX_CLIENT_LIST_BYTES, ClientAction
from necp_replay.abi.client_structs import CLIENT_COUNT
from necp_replay.abi.errno import Errno
from necp_replay.abi.uuid import UUID_BYTES, ZERO_UUID
from necp_replay.kernel.call import copyin, copyout, refuse
from necp_replay.kernel.client_actions.client_call import ClientCall
from necp_replay.kernel.description import Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_NOTHING

_FUNCTION: Final = "necp_client_list"


def copy_list(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Write the number of clients, and as many ids as were asked for, in ascending order.

    The buffer begins with the number of ids asked for, and must have exactly that much room.
    Raises SyscallError: EINVAL; EACCES on an fd that may not observe; EFAULT.
    Source: necp_client_list, xnu-4570.51.1.
    """
    if call.buffer_bytes < CLIENT_COUNT.size or call.buffer.is_null:
        raise SyscallError(_NO_COUNT, **call.buffer_values)
    if not necp_fd.is_observer:
        refuse(kernel, _NO_OBSERVER, _FUNCTION, values=necp_fd.flag_values)
    requested = copyin(kernel, call.buffer, CLIENT_COUNT.size, _FUNCTION, logs=False)
    list_bytes = UUID_BYTES * CLIENT_COUNT.unpack(requested)[0]
    if call.buffer_bytes - CLIENT_COUNT.size != list_bytes:
        raise SyscallError(
            _LIST_LENGTH, **call.buffer_values, needed_bytes=CLIENT_COUNT.size + list_bytes
        )
    if list_bytes > MAX_CLIENT_LIST_BYTES:
        raise SyscallError(_LONG_LIST, ids_bytes=list_bytes)

    ids = [client.client_id for client in kernel.clients.tree if client.client_id != ZERO_UUID]
    copyout(kernel, call.buffer, CLIENT_COUNT.pack(len(ids)), _FUNCTION)
    if list_bytes > 0 and ids:
        listed = b"".join(ids[: list_bytes // UUID_BYTES]).ljust(list_bytes, b"\0")
        copyout(kernel, call.buffer, listed, _FUNCTION, offset=CLIENT_COUNT.size)
    return 0


_NO_COUNT: Final = silent(Errno.EINVAL, "the buffer is NULL, or its length is below 4")
_NO_OBSERVER: Final = logged(Errno.EACCES, "the fd may not observe")
_LIST_LENGTH: Final = silent(Errno.EINVAL, "the length is not 4 and 16 for each id asked for")
_LONG_LIST: Final = silent(Errno.EINVAL, "the ids asked for take more than 1 MiB")

COPY_LIST: Final = Description(
    subject=ClientAction.COPY_LIST,
    handler=copy_list,
    function="necp_client_list",
    summary="Lists the ids of all clients.",
    checks=(
        _NO_COUNT,
        _NO_OBSERVER,
        silent(Errno.EFAULT, "the number of ids asked for cannot be read"),
        _LIST_LENGTH,
        _LONG_LIST,
        logged(Errno.EFAULT, "the number of clients, or the ids, cannot be written"),
    ),
    answer="returns 0; the number of clients, then the first ids in ascending order, filled up "
    "with zeros",
    overwrites=SESSION_LOSES_NOTHING,
)

PUSH_OBSERVERS_LIST_NOTHING: Final = Quirk(
    "A push observer without the observer flag gets updates, but may not list clients.",
    "necp_client_list",
    "client_actions/test_copy_list.py::test_an_fd_that_may_not_observe_lists_nothing",
)
