"""SET_SIGNED_CLIENT_ID: makes the process act for another executable, which the kernel signed."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.signable import SIGNED_CLIENT_ID, SIGNED_CLIENT_ID_UUID
from necp_replay.kernel.call import copyin, refuse
from necp_replay.kernel.client_actions.client_call import UNKNOWN_ACTION, ClientCall
from necp_replay.kernel.client_actions.signed_client_id import (
    LENGTHS,
    NETWORK_ENTITLEMENT,
    OTHER_TYPE,
    TYPE_FAULT,
    check_request,
    may_act,
)
from necp_replay.kernel.description import Description, logged
from necp_replay.kernel.exceptions import UnknownInput
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.signer import application_id_content
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_NOTHING

_FUNCTION: Final = "necp_client_set_signed_client_id"


def set_signed_client_id(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Make the signed executable the one that is responsible for the process.

    The length of the signature is not looked at.

    Raises SyscallError: EAUTH without an entitlement, and for a signature that the kernel did not
    make; EINVAL for lengths that are not right; EFAULT; ENOENT for another type. Raises
    UnknownInput if that depends on a key that is not known (``application_id_key``).

    Source: necp_client_set_signed_client_id, xnu-10063.101.15.
    """
    if not may_act(call.process, NETWORK_ENTITLEMENT):
        refuse(kernel, _NOT_ENTITLED, _FUNCTION, values={"needed": NETWORK_ENTITLEMENT})
    check_request(kernel, call, _FUNCTION)
    content = copyin(kernel, call.buffer, SIGNED_CLIENT_ID.size, _FUNCTION, check=_ID_FAULT)
    executable, _, signature = SIGNED_CLIENT_ID.unpack(content)
    is_right = kernel.application_signer.is_right(
        signature, application_id_content(executable, SIGNED_CLIENT_ID_UUID)
    )
    if is_right is None:
        raise UnknownInput("whether a signature is right depends on a key that is not known")
    if not is_right:
        refuse(kernel, _WRONG_SIGNATURE, _FUNCTION, values={"executable": executable})

    call.process.responsible_uuid = executable
    kernel.forget_evaluations()
    return 0


_NOT_ENTITLED: Final = logged(
    Errno.EAUTH,
    "the process has neither the entitlement of a browser nor PRIV_NET_PRIVILEGED_SOCKET_DELEGATE",
)
_ID_FAULT: Final = logged(Errno.EFAULT, "the id cannot be read")
_WRONG_SIGNATURE: Final = logged(Errno.EAUTH, "the signature is not the one that the kernel makes")

SET_SIGNED_CLIENT_ID: Final = Description(
    subject=ClientAction.SET_SIGNED_CLIENT_ID,
    handler=set_signed_client_id,
    function="necp_client_set_signed_client_id",
    summary="Makes an executable that the kernel signed responsible for the process.",
    checks=(
        logged(Errno.EINVAL, UNKNOWN_ACTION, fact="client_actions"),
        _NOT_ENTITLED,
        LENGTHS,
        TYPE_FAULT,
        OTHER_TYPE,
        _ID_FAULT,
        _WRONG_SIGNATURE,
    ),
    answer="returns 0",
    effects="the executable counts as responsible for the process from now on",
    overwrites=SESSION_LOSES_NOTHING,
)
