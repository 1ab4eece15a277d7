"""Checks the resolver tag of parameters: whether the kernel signed it, and for this client."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import RESOLVER_TAG_BYTES
from necp_replay.abi.client_structs import SIGNABLE
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.signable import (
    BROWSE_RESULT,
    CLIENT_SIGN_TYPES,
    HOST_ANSWER,
    SERVICE_ANSWER,
    VALIDATABLE,
    SignType,
)
from necp_replay.abi.sockaddr import AF_INET, AF_INET6
from necp_replay.kernel.exceptions import UnknownInput
from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
from necp_replay.kernel.objects.signer import host_answer_content, signable_content
from necp_replay.kernel.state import KernelState

_FUNCTION: Final = "necp_client_parse_parameters"


def check_resolver_tag(
    kernel: KernelState, client_id: bytes, parsed: ParsedParameters, tag: bytes
) -> Errno:
    """OK for a tag that the kernel signed for this client, else why it is refused, and logged.

    Raises UnknownInput if that depends on a key that is not known.

    Source: necp_client_parse_parameters, xnu-6153.11.26, xnu-8792.41.9.
    """
    if kernel.profile.signables_have_types:
        return _check_signable(kernel, client_id, parsed, tag)
    if not parsed.host_name or not _is_signed(
        kernel, tag, host_answer_content(parsed.parent_id, parsed.host_name, parsed.remote_addr)
    ):
        kernel.log(LOG_ERR, _FUNCTION)
        return Errno.EAUTH
    return Errno.OK


def _check_signable(
    kernel: KernelState, client_id: bytes, parsed: ParsedParameters, tag: bytes
) -> Errno:
    refusal = Errno.OK
    if parsed.further_tags:
        kernel.log(LOG_ERR, _FUNCTION, times=parsed.further_tags)
        refusal = Errno.EINVAL
    if len(tag) <= VALIDATABLE.size:
        kernel.log(LOG_ERR, _FUNCTION)
        return Errno.EINVAL
    signature, signed_for, sign_type = VALIDATABLE.unpack_from(tag)
    wrong = tag_mismatches(client_id, parsed, tag)
    if wrong:
        kernel.log(LOG_ERR, _FUNCTION, times=len(wrong))
        return Errno.EAUTH
    content = signable_content(signed_for, sign_type, tag[VALIDATABLE.size :])
    if not _is_signed(kernel, signature, content):
        kernel.log(LOG_ERR, _FUNCTION)
        return Errno.EAUTH
    return refusal


def check_is_determined(kernel: KernelState, parsed: ParsedParameters, tag: bytes) -> None:
    """Raises UnknownInput if it depends on a key that is not known whether a tag is right."""
    if not kernel.profile.signables_have_types:
        if parsed.host_name:
            content = host_answer_content(parsed.parent_id, parsed.host_name, parsed.remote_addr)
            _is_signed(kernel, tag, content)
    elif len(tag) > VALIDATABLE.size:
        signature, signed_for, sign_type = VALIDATABLE.unpack_from(tag)
        _is_signed(
            kernel, signature, signable_content(signed_for, sign_type, tag[VALIDATABLE.size :])
        )


def _is_signed(kernel: KernelState, signature: bytes, content: bytes) -> bool:
    is_right = kernel.resolver_signer.is_right(signature, content)
    if is_right is None:
        raise UnknownInput("whether a resolver tag is right depends on a key that is not known")
    return is_right


def tag_mismatches(client_id: bytes, parsed: ParsedParameters, tag: bytes) -> list[str]:
    """What of a tag with a type is not that of the parameters, in words; nothing if all is.

    The tag is longer than the structure of every tag.
    """
    _, signed_for, sign_type = VALIDATABLE.unpack_from(tag)
    wrong = []
    if sign_type in CLIENT_SIGN_TYPES and signed_for not in (parsed.parent_id, client_id):
        wrong.append("it was signed for another client")
    answer = tag[RESOLVER_TAG_BYTES:]
    if sign_type in _HOST_ANSWERS:
        wrong += _host_mismatch(parsed, answer)
    elif sign_type in _BROWSE_RESULTS:
        wrong += _length_mismatch(answer, BROWSE_RESULT.size, 1)
    elif sign_type in _SERVICE_ANSWERS:
        wrong += _length_mismatch(answer, SERVICE_ANSWER.size, 2)
    else:
        wrong.append(f"its type is {sign_type}")
    return wrong


def _length_mismatch(answer: bytes, size: int, strings: int) -> list[str]:
    """Whether the strings that an answer declares fill it. The service is the first of them."""
    if len(answer) >= size:
        lengths = [_u16(answer, _SERVICE_LENGTH_AT)]
        if strings > 1:
            lengths.append(_u16(answer, _HOST_LENGTH_AT))
        if len(answer) == size + sum(lengths):
            return []
    return ["its length is not that of its strings"]


def _host_mismatch(parsed: ParsedParameters, answer: bytes) -> list[str]:
    if len(answer) < HOST_ANSWER.size:
        return ["its length is not that of its strings"]
    _, _, _, address, host_bytes = HOST_ANSWER.unpack_from(answer)
    host_name = answer[HOST_ANSWER.size :]
    remote = parsed.remote_addr
    if len(host_name) != host_bytes:
        return ["its length is not that of its strings"]
    if host_bytes and (not parsed.host_name or _c(parsed.host_name) != _c(host_name)):
        return ["its host name is another one"]
    if address[:2] != remote[:2]:
        return ["its address is of another kind"]
    if any(address[2:4]) and address[2:4] != remote[2:4]:
        return ["its port is another one"]
    start, end = _ADDRESS_BYTES.get(address[1], (0, 0))
    if address[start:end] != remote[start:end]:
        return ["its address is another one"]
    return []


def _c(name: bytes) -> bytes:
    return name.partition(b"\0")[0]


def _u16(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 2], "little")


_HOST_ANSWERS: Final = (SignType.RESOLVER_ANSWER, SignType.SYSTEM_RESOLVER_ANSWER)
_BROWSE_RESULTS: Final = (SignType.BROWSE_RESULT, SignType.SYSTEM_BROWSE_RESULT)
_SERVICE_ANSWERS: Final = (
    SignType.SERVICE_RESOLVER_ANSWER,
    SignType.SYSTEM_SERVICE_RESOLVER_ANSWER,
)
_SERVICE_LENGTH_AT: Final = SIGNABLE.size + 4
_HOST_LENGTH_AT: Final = _SERVICE_LENGTH_AT + 4
_ADDRESS_BYTES: Final = {AF_INET: (4, 8), AF_INET6: (8, 24)}
