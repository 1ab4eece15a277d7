"""The NECP attributes of a socket: a domain and an account, set and read by socket option."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG
from necp_replay.abi.policy import PolicyTlv
from necp_replay.abi.sockaddr import AF_INET, AF_INET6
from necp_replay.abi.tlv import TLV_HEADER_BYTES, iterate_tlvs, pack_tlv
from necp_replay.events.outcome import AttributesAnswer, Outcome
from necp_replay.events.sockets import SocketGetAttributes, SocketSetAttributes
from necp_replay.kernel.description import NO_BLOCK, Description, silent
from necp_replay.kernel.objects.socket import SocketBlock
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.user_memory import UserFault, UserMemory

MAX_SOCKET_ATTRIBUTE_STRING_BYTES: Final = 253
"""``NECP_MAX_SOCKET_ATTRIBUTE_STRING_LENGTH``: longer ones are cleared."""


def set_socket_attributes(
    kernel: KernelState, block: SocketBlock, event: SocketSetAttributes
) -> Outcome:
    """Set both attributes from the TLVs of the option. One that is missing or too long is cleared.

    EINVAL for a socket that is neither IPv4 nor IPv6, EFAULT.

    Kernel quirk: an option that is empty, or longer than both attributes can be, changes nothing
    and succeeds.

    Source: necp_set_socket_attributes, xnu-4570.51.1.
    """
    error = Errno.OK
    if block.domain not in _DOMAINS:
        error = Errno.EINVAL
    elif 0 < event.size <= _MAX_ATTRIBUTES_BYTES:
        try:
            content = UserMemory(event.buffer, event.size).copyin(event.size)
        except UserFault:
            error = Errno.EFAULT
        else:
            block.necp_domain = _find_attribute(content, PolicyTlv.ATTRIBUTE_DOMAIN)
            block.necp_account = _find_attribute(content, PolicyTlv.ATTRIBUTE_ACCOUNT)
            if kernel.policies.debug:
                kernel.log(LOG_DEBUG, "necp_set_socket_attributes")
    answer = AttributesAnswer(event.size, block.necp_domain, block.necp_account)
    return Outcome(errno=error, answer=answer)


def get_socket_attributes(
    kernel: KernelState, block: SocketBlock, event: SocketGetAttributes
) -> Outcome:
    """Copy the attributes that are set to the process, as TLVs cut to the size of the option.

    The size becomes the number of bytes copied; it stays where no attribute is set. EINVAL for a
    socket that is neither IPv4 nor IPv6, if the profile says so; EFAULT.

    Source: necp_get_socket_attributes, xnu-4570.51.1.
    """
    error = Errno.OK
    valsize = event.size
    memory = UserMemory(event.buffer, event.size)
    tlvs = b""
    if block.necp_domain is not None:
        tlvs += pack_tlv(PolicyTlv.ATTRIBUTE_DOMAIN, block.necp_domain)
    if block.necp_account is not None:
        tlvs += pack_tlv(PolicyTlv.ATTRIBUTE_ACCOUNT, block.necp_account)
    if kernel.profile.attributes_check_domain and block.domain not in _DOMAINS:
        error = Errno.EINVAL
    elif tlvs:
        valsize = min(len(tlvs), event.size)
        if not memory.is_null:
            try:
                memory.copyout(tlvs[:valsize])
            except UserFault:
                error = Errno.EFAULT
    answer = AttributesAnswer(valsize, block.necp_domain, block.necp_account, memory.after())
    return Outcome(errno=error, answer=answer)


def _find_attribute(content: bytes, type_: int) -> bytes | None:
    """The value of the first TLV of a type up to a zero byte; None if the attribute is cleared.

    Source: necp_set_socket_attribute, necp_buffer_find_tlv, xnu-4570.51.1.
    """
    for _, found_type, value in iterate_tlvs(content):
        if found_type == type_:
            if not 0 < len(value) <= MAX_SOCKET_ATTRIBUTE_STRING_BYTES:
                return None
            return value.partition(b"\0")[0]
    return None


_DOMAINS: Final = (AF_INET, AF_INET6)
_MAX_ATTRIBUTES_BYTES: Final = 2 * (TLV_HEADER_BYTES + MAX_SOCKET_ATTRIBUTE_STRING_BYTES)
_NO_IP: Final = "the socket is neither IPv4 nor IPv6"


SOCKET_SET_ATTRIBUTES: Final = Description(
    subject=SocketSetAttributes,
    handler=set_socket_attributes,
    function="necp_set_socket_attributes",
    summary="A process sets domain and account of a socket.",
    checks=(
        NO_BLOCK,
        silent(Errno.EINVAL, _NO_IP),
        silent(Errno.EFAULT, "the option cannot be read"),
    ),
    answer="0, and what the socket has afterwards; no bytes or too many change nothing",
    effects="a log record when debugging",
)

SOCKET_GET_ATTRIBUTES: Final = Description(
    subject=SocketGetAttributes,
    handler=get_socket_attributes,
    function="necp_get_socket_attributes",
    summary="A process reads domain and account of a socket.",
    checks=(
        NO_BLOCK,
        silent(Errno.EINVAL, _NO_IP, fact="attributes_check_domain"),
        silent(Errno.EFAULT, "the option cannot be written"),
    ),
    answer="0; TLVs, cut to the option's length",
)
