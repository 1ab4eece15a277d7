"""Answers with a type, of resolvers and of browsers, which SIGN signs."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client_structs import SIGNABLE
from necp_replay.abi.errno import Errno
from necp_replay.abi.signable import (
    BROWSE_RESULT,
    HOST_ANSWER,
    MAX_SIGNABLE_STRING_BYTES,
    SERVICE_ANSWER,
    SignType,
)
from necp_replay.kernel.call import copyin, refuse
from necp_replay.kernel.client_actions.client_call import ClientCall
from necp_replay.kernel.description import logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.signer import signable_content
from necp_replay.kernel.state import KernelState

_FUNCTION: Final = "necp_client_sign"


def sign_typed(kernel: KernelState, call: ClientCall) -> bytes | None:
    """The tag of the answer that was passed as client id, None if it is not known.

    Raises SyscallError: EFAULT; EINVAL for an unknown type, for a string of more than 1024 bytes,
    and for a length that is not that of the answer with its strings.

    Source: necp_client_sign, xnu-8792.41.9.
    """
    answer = copyin(kernel, call.client_id, call.client_id_bytes, _FUNCTION, check=ANSWER_FAULT)
    client_id, sign_type = SIGNABLE.unpack_from(answer)
    if sign_type not in _STRING_LENGTHS:
        refuse(kernel, UNKNOWN_TYPE, _FUNCTION, values={"type": sign_type})
    size, lengths = _STRING_LENGTHS[sign_type]
    if len(answer) < size:
        raise SyscallError(ANSWER_LENGTH, **call.id_values)
    strings = [int.from_bytes(answer[at:end], "little") for at, end in lengths]
    if max(strings) > MAX_SIGNABLE_STRING_BYTES or len(answer) != size + sum(strings):
        raise SyscallError(ANSWER_LENGTH, **call.id_values)
    content = signable_content(client_id, sign_type, answer[SIGNABLE.size :])
    return kernel.resolver_signer.sign(content)


ANSWER_FAULT: Final = logged(Errno.EFAULT, "the answer cannot be read", fact="signables_have_types")
UNKNOWN_TYPE: Final = logged(Errno.EINVAL, "the type is not one that is signed")
ANSWER_LENGTH: Final = silent(
    Errno.EINVAL,
    "the length is not that of the answer, or a string is longer than 1024 bytes",
    fact="signables_have_types",
)

_HOST: Final = (HOST_ANSWER.size, ((52, 56),))
_BROWSE: Final = (BROWSE_RESULT.size, ((24, 26),))
_SERVICE: Final = (SERVICE_ANSWER.size, ((24, 26), (28, 30)))
_STRING_LENGTHS: Final[dict[int, tuple[int, tuple[tuple[int, int], ...]]]] = {
    SignType.RESOLVER_ANSWER: _HOST,
    SignType.SYSTEM_RESOLVER_ANSWER: _HOST,
    SignType.BROWSE_RESULT: _BROWSE,
    SignType.SYSTEM_BROWSE_RESULT: _BROWSE,
    SignType.SERVICE_RESOLVER_ANSWER: _SERVICE,
    SignType.SYSTEM_SERVICE_RESOLVER_ANSWER: _SERVICE,
}
"""The size of each answer without its strings, and where the lengths of these are in it."""
