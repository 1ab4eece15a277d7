"""What GET_SIGNED_CLIENT_ID and SET_SIGNED_CLIENT_ID have in common: their arguments."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.signable import (
    SIGNED_CLIENT_ID,
    SIGNED_CLIENT_ID_TYPE,
    SIGNED_CLIENT_ID_UUID,
)
from necp_replay.kernel.call import copyin, refuse
from necp_replay.kernel.client_actions.client_call import ClientCall
from necp_replay.kernel.description import logged
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.privileges import has_entitlement, has_privilege
from necp_replay.kernel.state import KernelState


def may_act(process: Process, entitlement: str) -> bool:
    """Whether a process has the entitlement, or the privilege to act for others."""
    return has_entitlement(process, entitlement) or has_privilege(
        process, "PRIV_NET_PRIVILEGED_SOCKET_DELEGATE"
    )


def check_request(kernel: KernelState, call: ClientCall, function: str) -> None:
    """Check the type, which is passed as client id, and the length of the buffer.

    Raises SyscallError: EINVAL, EFAULT, and ENOENT for another type; each is logged.

    Source: necp_client_get_signed_client_id, necp_client_set_signed_client_id, xnu-10063.101.15.
    """
    if (
        call.client_id.is_null
        or call.client_id_bytes != SIGNED_CLIENT_ID_TYPE.size
        or call.buffer_bytes < SIGNED_CLIENT_ID.size
        or call.buffer.is_null
    ):
        refuse(kernel, LENGTHS, function, values=call.values)
    content = copyin(kernel, call.client_id, SIGNED_CLIENT_ID_TYPE.size, function, check=TYPE_FAULT)
    (id_type,) = SIGNED_CLIENT_ID_TYPE.unpack(content)
    if id_type != SIGNED_CLIENT_ID_UUID:
        refuse(kernel, OTHER_TYPE, function, values={"type": id_type})


NETWORK_ENTITLEMENT: Final = "com.apple.developer.web-browser-engine.networking"
HOST_ENTITLEMENT: Final = "com.apple.developer.web-browser-engine.host"

LENGTHS: Final = logged(
    Errno.EINVAL,
    "client_id or the buffer is NULL, client_id is not 4 bytes long, or the buffer is shorter "
    "than 52",
)
TYPE_FAULT: Final = logged(Errno.EFAULT, "the type cannot be read")
OTHER_TYPE: Final = logged(Errno.ENOENT, "the type is not 1")
