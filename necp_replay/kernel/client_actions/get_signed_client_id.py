"""GET_SIGNED_CLIENT_ID: the executable of the process, signed by the kernel."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import RESOLVER_TAG_BYTES, ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.signable import SIGNED_CLIENT_ID, SIGNED_CLIENT_ID_UUID
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.kernel.call import copyout, refuse
from necp_replay.kernel.client_actions.client_call import UNKNOWN_ACTION, ClientCall
from necp_replay.kernel.client_actions.signed_client_id import (
    HOST_ENTITLEMENT,
    LENGTHS,
    NETWORK_ENTITLEMENT,
    OTHER_TYPE,
    TYPE_FAULT,
    check_request,
    may_act,
)
from necp_replay.kernel.description import Description, logged
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.signer import application_id_content
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_NOTHING
from necp_replay.releases.facts.signatures import SignedIdFor

_FUNCTION: Final = "necp_client_get_signed_client_id"


def get_signed_client_id(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Copy the uuid of the process's executable and the kernel's signature of it.

    Without the kernel's key (``application_id_key``), the signature is not determined.

    Raises SyscallError: EAUTH without an entitlement, where the release asks for one; EINVAL for
    lengths that are not right; EFAULT; ENOENT for another type.

    Source: necp_client_get_signed_client_id, xnu-10063.101.15, xnu-11215.1.10.
    """
    entitlement = _ENTITLEMENTS[kernel.profile.signed_client_id_for]
    if entitlement is not None and not may_act(call.process, entitlement):
        refuse(kernel, _NOT_ENTITLED, _FUNCTION, values={"needed": entitlement})
    check_request(kernel, call, _FUNCTION)

    executable = call.process.exec_uuid
    signature = kernel.application_signer.sign(
        application_id_content(executable, SIGNED_CLIENT_ID_UUID)
    )
    unsigned = bytes(RESOLVER_TAG_BYTES)
    content = SIGNED_CLIENT_ID.pack(executable, RESOLVER_TAG_BYTES, signature or unsigned)
    copyout(kernel, call.buffer, content, _FUNCTION, check=_ID_FAULT)
    if signature is None:
        call.buffer.copyout(unsigned, _SIGNATURE_AT, is_known=False)
    return 0


_ENTITLEMENTS: Final[dict[SignedIdFor, str | None]] = {
    SignedIdFor.BROWSER_NETWORKING: NETWORK_ENTITLEMENT,
    SignedIdFor.BROWSER_HOST: HOST_ENTITLEMENT,
    SignedIdFor.ANYONE: None,
}
_SIGNATURE_AT: Final = UUID_BYTES + 4

_NOT_ENTITLED: Final = logged(
    Errno.EAUTH,
    "the process has neither the entitlement of a browser nor "
    "PRIV_NET_PRIVILEGED_SOCKET_DELEGATE, where the release asks",
    fact="signed_client_id_for",
)
_ID_FAULT: Final = logged(Errno.EFAULT, "the id cannot be written")

GET_SIGNED_CLIENT_ID: Final = Description(
    subject=ClientAction.GET_SIGNED_CLIENT_ID,
    handler=get_signed_client_id,
    function="necp_client_get_signed_client_id",
    summary="Copies the executable of the process, signed by the kernel.",
    checks=(
        logged(Errno.EINVAL, UNKNOWN_ACTION, fact="client_actions"),
        _NOT_ENTITLED,
        LENGTHS,
        TYPE_FAULT,
        OTHER_TYPE,
        _ID_FAULT,
    ),
    answer="returns 0; 52 bytes: uuid, length and bytes of the signature",
    overwrites=SESSION_LOSES_NOTHING,
)
