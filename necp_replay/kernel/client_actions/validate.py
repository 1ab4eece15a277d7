"""VALIDATE: whether the kernel signed an answer of a resolver."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import RESOLVER_TAG_BYTES, ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.signable import MAX_SIGNABLE_BYTES, VALIDATABLE
from necp_replay.kernel.call import copyin, refuse
from necp_replay.kernel.client_actions.client_call import UNKNOWN_ACTION, ClientCall
from necp_replay.kernel.description import Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError, UnknownInput
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.signer import signable_content
from necp_replay.kernel.privileges import has_privilege
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_NOTHING

_FUNCTION: Final = "necp_client_validate"


def validate(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Check the tag and the answer that are passed as client id, whatever type the answer has.

    Raises SyscallError: EPERM without the privilege; EINVAL for a length below 52 or above 4128;
    EFAULT; EAUTH for a tag that the kernel did not make. Raises UnknownInput if that depends on a
    key that is not known (``resolver_key``).

    Source: necp_client_validate, xnu-8792.41.9.
    """
    if not has_privilege(call.process, "PRIV_NET_VALIDATED_RESOLVER"):
        refuse(kernel, _NO_PRIVILEGE, _FUNCTION, values={"uid": call.process.uid})
    length = call.client_id_bytes
    if call.client_id.is_null or not VALIDATABLE.size <= length <= _MAX_BYTES:
        raise SyscallError(_LENGTH, **call.id_values)
    answer = copyin(kernel, call.client_id, length, _FUNCTION, check=_FAULT)
    tag, client_id, sign_type = VALIDATABLE.unpack_from(answer)
    data = answer[VALIDATABLE.size :]
    is_right: bool | None = False
    if data:
        content = signable_content(client_id, sign_type, data)
        is_right = kernel.resolver_signer.is_right(tag, content)
    if is_right is None:
        raise UnknownInput("whether a resolver tag is right depends on a key that is not known")
    if not is_right:
        raise SyscallError(_WRONG_TAG, type=sign_type)
    return 0


_MAX_BYTES: Final = MAX_SIGNABLE_BYTES + RESOLVER_TAG_BYTES

_NO_PRIVILEGE: Final = logged(Errno.EPERM, "the process lacks PRIV_NET_VALIDATED_RESOLVER")
_LENGTH: Final = silent(Errno.EINVAL, "the answer is NULL, or its length is below 52 or above 4128")
_FAULT: Final = logged(Errno.EFAULT, "the answer cannot be read")
_WRONG_TAG: Final = silent(Errno.EAUTH, "the tag is not the one that the kernel makes")

VALIDATE: Final = Description(
    subject=ClientAction.VALIDATE,
    handler=validate,
    function="necp_client_validate",
    summary="Checks that the kernel signed an answer of a resolver.",
    checks=(
        logged(Errno.EINVAL, UNKNOWN_ACTION, fact="client_actions"),
        _NO_PRIVILEGE,
        _LENGTH,
        _FAULT,
        _WRONG_TAG,
    ),
    answer="returns 0",
    overwrites=SESSION_LOSES_NOTHING,
)
