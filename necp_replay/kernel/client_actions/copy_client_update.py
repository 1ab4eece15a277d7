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
    if not necp_fd.is_push_observer or not call.names_client:
        refuse(kernel, Errno.EINVAL, _FUNCTION)
    if call.buffer_bytes == 0 or call.buffer.is_null:
        refuse(kernel, Errno.EINVAL, _FUNCTION)
    if not necp_fd.update_list:
        raise SyscallError(Errno.ENOENT)

    update = necp_fd.update_list.popleft()
    copyout(kernel, call.client_id, update.client_id, _FUNCTION)
    content = OBSERVER_UPDATE.pack(update.update_type) + update.tlv
    if call.buffer_bytes < len(content):
        refuse(kernel, Errno.EINVAL, _FUNCTION)
    copyout(kernel, call.buffer, content, _FUNCTION)
    return len(content)


COPY_CLIENT_UPDATE: Final = Description(
    subject=ClientAction.COPY_CLIENT_UPDATE,
    handler=copy_client_update,
    function="necp_client_copy_client_update",
    summary="Takes the oldest update off a push observer's queue.",
    checks=(
        logged(Errno.EINVAL, "the fd is no push observer"),
        logged(Errno.EINVAL, NO_ID),
        logged(Errno.EINVAL, "the buffer is NULL, or its length is 0"),
        silent(Errno.ENOENT, "nothing is queued"),
        logged(Errno.EFAULT, "the id cannot be written; the update is lost"),
        logged(Errno.EINVAL, "the buffer is shorter than the update, which is lost"),
        logged(Errno.EFAULT, "the update cannot be written and is lost"),
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
