"""SIGN: signs an answer of a resolver, so that clients can prove where an address came from."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import (
    RESOLVER_TAG_BYTES,
    SIGN_TYPE_RESOLVER_ANSWER,
    SOCKADDR_UNION_BYTES,
    ClientAction,
)
from necp_replay.abi.client_structs import HOST_NAME_LENGTH, SIGNABLE
from necp_replay.abi.errno import Errno
from necp_replay.abi.signable import MAX_SIGNABLE_BYTES
from necp_replay.kernel.call import copyin, copyout, refuse
from necp_replay.kernel.client_actions.client_call import UNKNOWN_ACTION, ClientCall
from necp_replay.kernel.client_actions.signable import (
    ANSWER_FAULT,
    ANSWER_LENGTH,
    UNKNOWN_TYPE,
    sign_typed,
)
from necp_replay.kernel.description import Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.signer import host_answer_content
from necp_replay.kernel.privileges import has_privilege
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_NOTHING

_FUNCTION: Final = "necp_client_sign"
_MAX_HOST_NAME_BYTES: Final = 1024
_ADDRESS_AT: Final = SIGNABLE.size
_LENGTH_AT: Final = _ADDRESS_AT + SOCKADDR_UNION_BYTES
_HOST_NAME_AT: Final = _LENGTH_AT + HOST_NAME_LENGTH.size


def sign(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Copy the 32-byte tag of a resolver's answer, which is passed as client id.

    Kernel quirk: the length of the host name is not compared with that of the answer, so the name
    is read from after it. Kernel quirk: an answer without a host name has a tag of zeros. Measured
    in x6153_sign.

    In later releases there are other kinds of answers, and their length is exact
    (:mod:`necp_replay.kernel.client_actions.signable`).

    Without the kernel's key (``resolver_key``), the bytes of the tag are not determined.

    Raises SyscallError: EPERM without the privilege; EINVAL for an answer that is too short, a name
    of more than 1024 bytes, an unknown type, or room for anything but a tag; EFAULT.
    Source: necp_client_sign, xnu-6153.11.26, xnu-8792.41.9.
    """
    if not has_privilege(call.process, "PRIV_NET_VALIDATED_RESOLVER"):
        refuse(kernel, _NO_PRIVILEGE, _FUNCTION, values={"uid": call.process.uid})
    if call.client_id.is_null or call.client_id_bytes < SIGNABLE.size:
        raise SyscallError(_SHORT_ANSWER, **call.id_values)
    if kernel.profile.signables_have_types and call.client_id_bytes > MAX_SIGNABLE_BYTES:
        raise SyscallError(_LONG_ANSWER, **call.id_values)
    if call.buffer.is_null or call.buffer_bytes != RESOLVER_TAG_BYTES:
        raise SyscallError(_TAG_LENGTH, **call.buffer_values)
    if kernel.profile.signables_have_types:
        tag = sign_typed(kernel, call)
    else:
        tag = _sign_host_answer(kernel, call)
    is_known = tag is not None
    copyout(
        kernel,
        call.buffer,
        tag or bytes(RESOLVER_TAG_BYTES),
        _FUNCTION,
        is_known=is_known,
        check=_TAG_FAULT,
    )
    return 0


def _sign_host_answer(kernel: KernelState, call: ClientCall) -> bytes | None:
    """The tag of a host name and an address, None if it is not known. Raises SyscallError."""
    answer = call.client_id
    client_id, sign_type = SIGNABLE.unpack(
        copyin(kernel, answer, SIGNABLE.size, _FUNCTION, check=_TYPE_FAULT)
    )
    if sign_type != SIGN_TYPE_RESOLVER_ANSWER:
        refuse(kernel, UNKNOWN_TYPE, _FUNCTION, values={"type": sign_type})
    if call.client_id_bytes < _HOST_NAME_AT:
        raise SyscallError(_NO_HOST_NAME, **call.id_values)
    address = copyin(
        kernel, answer, SOCKADDR_UNION_BYTES, _FUNCTION, offset=_ADDRESS_AT, check=_ADDRESS_FAULT
    )
    declared = copyin(
        kernel, answer, HOST_NAME_LENGTH.size, _FUNCTION, offset=_LENGTH_AT, check=_ADDRESS_FAULT
    )
    (host_name_bytes,) = HOST_NAME_LENGTH.unpack(declared)
    if host_name_bytes > _MAX_HOST_NAME_BYTES:
        raise SyscallError(_LONG_HOST_NAME, host_name_bytes=host_name_bytes)
    host_name = copyin(
        kernel, answer, host_name_bytes, _FUNCTION, offset=_HOST_NAME_AT, check=_HOST_NAME_FAULT
    )
    if not host_name:
        return bytes(RESOLVER_TAG_BYTES)
    return kernel.resolver_signer.sign(host_answer_content(client_id, host_name, address))


_NO_PRIVILEGE: Final = logged(Errno.EPERM, "the process lacks PRIV_NET_VALIDATED_RESOLVER")
_SHORT_ANSWER: Final = silent(Errno.EINVAL, "the answer is NULL, or its length is below 20")
_TAG_LENGTH: Final = silent(Errno.EINVAL, "the buffer is NULL, or its length is not 32")
_LONG_ANSWER: Final = silent(
    Errno.EINVAL, "the length of the answer is above 4096", fact="signables_have_types"
)
_TYPE_FAULT: Final = logged(Errno.EFAULT, "the id and type in the answer cannot be read")
_NO_HOST_NAME: Final = silent(Errno.EINVAL, "the length of the answer is below 52")
_ADDRESS_FAULT: Final = logged(
    Errno.EFAULT, "the address or the length of the host name cannot be read"
)
_LONG_HOST_NAME: Final = silent(Errno.EINVAL, "the host name is longer than 1024 bytes")
_HOST_NAME_FAULT: Final = logged(Errno.EFAULT, "the host name cannot be read")
_TAG_FAULT: Final = logged(Errno.EFAULT, "the tag cannot be written")

SIGN: Final = Description(
    subject=ClientAction.SIGN,
    handler=sign,
    function="necp_client_sign",
    summary="Signs an answer of a resolver.",
    checks=(
        logged(Errno.EINVAL, UNKNOWN_ACTION, fact="client_actions"),
        _NO_PRIVILEGE,
        _SHORT_ANSWER,
        _LONG_ANSWER,
        _TAG_LENGTH,
        ANSWER_FAULT,
        _TYPE_FAULT,
        UNKNOWN_TYPE,
        ANSWER_LENGTH,
        _NO_HOST_NAME,
        _ADDRESS_FAULT,
        _LONG_HOST_NAME,
        _HOST_NAME_FAULT,
        _TAG_FAULT,
    ),
    answer="returns 0; a tag of 32 bytes, which is zero without a host name, and not determined "
    "without a resolver_key",
    effects="a host name that passes the end of the answer is reported as an overread",
    overwrites=SESSION_LOSES_NOTHING,
)

SIGN_READS_PAST_THE_ANSWER: Final = Quirk(
    "SIGN reads the host name by its own length, even past the end of the answer.",
    "necp_client_sign",
    "client_actions/test_sign.py::test_a_host_name_that_passes_the_end_is_read_and_signed",
)
AN_EMPTY_HOST_NAME_HAS_A_TAG_OF_ZEROS: Final = Quirk(
    "SIGN of an empty host name succeeds with zeros, which are never a valid tag.",
    "necp_client_sign",
    "client_actions/test_sign.py::test_an_empty_host_name_has_a_tag_of_zeros",
)
