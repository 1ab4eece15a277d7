"""COPY_CLIENT_UPDATE: takes the oldest update off a push observer's queue."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.client_structs import OBSERVER_UPDATE
from necp_replay.abi.errno import Errno
from necp_replay.kernel.call import copyout, refuse
from necp_replay.kernel.client_actions.client_call import NO_ID, ClientCall
from necp_replay.kernel.description import Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_OWNER

_FUNCTION: Final = "necp_client_copy_client_update"


def copy_client_update(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Write the client's id and the update, and return the update's length in bytes.

    Kernel quirk: the update leaves the queue first, so it is lost if it cannot be copied or does
    not fit. The id is written before the length is checked. Raises SyscallError: EINVAL on an fd
    that is no push observer, without room for the id, or without a buffer that is long enough;
    EFAULT; ENOENT if nothing is queued. Source: necp_client_copy_client_update, xnu-4570.51.1.
    """
    if not necp_fd.is_push_observer:
        refuse(kernel, _NO_PUSH_OBSERVER, _FUNCTION, values=necp_fd.flag_values)
    if not call.names_client:
        refuse(kernel, _NO_ID, _FUNCTION, values=call.id_values)
    if call.buffer_bytes == 0 or call.buffer.is_null:
        refuse(kernel, _NO_BUFFER, _FUNCTION, values=call.buffer_values)
    if not necp_fd.update_list:
        raise SyscallError(Errno.ENOENT, queued=0)

    update = necp_fd.update_list.popleft()
    copyout(kernel, call.client_id, update.client_id, _FUNCTION, check=_UPDATE_ID_FAULT)
    content = OBSERVER_UPDATE.pack(update.update_type) + update.tlv
    if call.buffer_bytes < len(content):
        refuse(
            kernel,
            _UPDATE_ROOM,
            _FUNCTION,
            values=call.buffer_values | {"needed_bytes": len(content)},
        )
    copyout(kernel, call.buffer, content, _FUNCTION, check=_UPDATE_FAULT)
    return len(content)


_NO_PUSH_OBSERVER: Final = logged(Errno.EINVAL, "the fd is no push observer")
_NO_ID: Final = logged(Errno.EINVAL, NO_ID)
_NO_BUFFER: Final = logged(Errno.EINVAL, "the buffer is NULL, or its length is 0")
_UPDATE_ID_FAULT: Final = logged(Errno.EFAULT, "the id cannot be written; the update is lost")
_UPDATE_ROOM: Final = logged(Errno.EINVAL, "the buffer is shorter than the update, which is lost")
_UPDATE_FAULT: Final = logged(Errno.EFAULT, "the update cannot be written and is lost")

COPY_CLIENT_UPDATE: Final = Description(
    subject=ClientAction.COPY_CLIENT_UPDATE,
    handler=copy_client_update,
    function="necp_client_copy_client_update",
    summary="Takes the oldest update off a push observer's queue.",
    checks=(
        _NO_PUSH_OBSERVER,
        _NO_ID,
        _NO_BUFFER,
        silent(Errno.ENOENT, "nothing is queued"),
        _UPDATE_ID_FAULT,
        _UPDATE_ROOM,
        _UPDATE_FAULT,
    ),
    answer="returns the length; the client's id in client_id, then type (1 parameters, 2 result, 3 "
    "removed) and TLVs",
    overwrites=SESSION_LOSES_OWNER,
)

UNTAKEN_UPDATE_IS_LOST: Final = Quirk(
    "COPY_CLIENT_UPDATE loses an update that cannot be copied or does not fit. The client id is "
    "written even if the update does not fit.",
    "necp_client_copy_client_update",
    "client_actions/test_copy_client_update.py::test_an_update_that_cannot_be_taken_is_lost",
)
