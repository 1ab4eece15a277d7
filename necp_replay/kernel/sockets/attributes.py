"""The NECP attributes of a socket, such as a domain, set and read by socket option."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG, LOG_NOTICE
from necp_replay.abi.policy import PolicyTlv
from necp_replay.abi.sockaddr import AF_INET, AF_INET6
from necp_replay.abi.tlv import TLV_HEADER_BYTES, iterate_tlvs, pack_tlv
from necp_replay.events.outcome import AttributesAnswer, Outcome
from necp_replay.events.sockets import SocketGetAttributes, SocketSetAttributes
from necp_replay.events.user_buffer import OutBuffer
from necp_replay.kernel.clients.tracing import Tracing
from necp_replay.kernel.description import NO_BLOCK, Description, silent
from necp_replay.kernel.objects.socket import SocketBlock
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.user_memory import UserFault, UserMemory

MAX_SOCKET_ATTRIBUTE_STRING_BYTES: Final = 253
"""``NECP_MAX_SOCKET_ATTRIBUTE_STRING_LENGTH``: longer ones are cleared."""


def set_socket_attributes(
    kernel: KernelState, block: SocketBlock, event: SocketSetAttributes
) -> Outcome:
    """Set all attributes from the TLVs of the option. One that is missing or too long is cleared.

    EINVAL for a socket that is neither IPv4 nor IPv6, EFAULT.

    Kernel quirk: an option that is empty, or longer than all attributes can be, changes nothing
    and succeeds. A context alone leaves the other attributes.

    Source: necp_set_socket_attributes, xnu-4570.51.1, xnu-8019.41.5.
    """
    error, valsize = Errno.OK, event.size
    has_trackers = kernel.profile.sockets_have_trackers
    is_read = 0 < event.size <= (4 if has_trackers else 2) * _ATTRIBUTE_BYTES
    if block.domain not in _DOMAINS:
        error = Errno.EINVAL
        valsize = 0 if has_trackers else valsize
    elif is_read:
        try:
            content = UserMemory(event.buffer, event.size).copyin(event.size)
        except UserFault:
            error = Errno.EFAULT
        else:
            _set(block, content, has_trackers=has_trackers)
    is_logged = error != Errno.EINVAL if has_trackers else is_read and error == Errno.OK
    if error != Errno.EINVAL and kernel.clients.tracing_level >= Tracing.PARAMETERS:
        kernel.log(LOG_NOTICE, "necp_set_socket_attributes")
    if is_logged and kernel.policies.debug:
        kernel.log(LOG_DEBUG, "necp_set_socket_attributes")
    return Outcome(errno=error, answer=_answer(block, valsize))


def get_socket_attributes(
    kernel: KernelState, block: SocketBlock, event: SocketGetAttributes
) -> Outcome:
    """Copy the attributes that are set to the process, as TLVs cut to the size of the option.

    The size becomes the number of bytes copied; it stays where no attribute is set. EINVAL for a
    socket that is neither IPv4 nor IPv6, if the profile says so; EFAULT.

    Source: necp_get_socket_attributes, xnu-4570.51.1, xnu-8019.41.5.
    """
    error = Errno.OK
    valsize = event.size
    memory = UserMemory(event.buffer, event.size)
    tlvs = b"".join(
        pack_tlv(type_, value)
        for type_, name in _ATTRIBUTES
        if (value := getattr(block, name)) is not None
    )
    if kernel.profile.attributes_check_domain and block.domain not in _DOMAINS:
        error = Errno.EINVAL
        valsize = 0 if kernel.profile.sockets_have_trackers else valsize
    elif tlvs:
        valsize = min(len(tlvs), event.size)
        if not memory.is_null:
            try:
                memory.copyout(tlvs[:valsize])
            except UserFault:
                error = Errno.EFAULT
    return Outcome(errno=error, answer=_answer(block, valsize, memory.after()))


def _set(block: SocketBlock, content: bytes, *, has_trackers: bool) -> None:
    if not has_trackers:
        block.necp_domain = _find_attribute(content, PolicyTlv.ATTRIBUTE_DOMAIN)
        block.necp_account = _find_attribute(content, PolicyTlv.ATTRIBUTE_ACCOUNT)
        return
    block.necp_domain_context = _find_attribute(content, PolicyTlv.ATTRIBUTE_DOMAIN_CONTEXT)
    if _is_alone(content, PolicyTlv.ATTRIBUTE_DOMAIN_CONTEXT):
        return
    for type_, name in _ATTRIBUTES:
        if type_ != PolicyTlv.ATTRIBUTE_DOMAIN_CONTEXT:
            setattr(block, name, _find_attribute(content, type_))


def _is_alone(content: bytes, type_: int) -> bool:
    """Whether the first TLV of a type is all that there is."""
    for _, found_type, value in iterate_tlvs(content):
        if found_type == type_:
            return len(content) == TLV_HEADER_BYTES + len(value)
    return False


def _answer(block: SocketBlock, valsize: int, buffer: OutBuffer | None = None) -> AttributesAnswer:
    return AttributesAnswer(
        valsize,
        block.necp_domain,
        block.necp_account,
        buffer,
        block.necp_domain_owner,
        block.necp_tracker_domain,
        block.necp_domain_context,
    )


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
_ATTRIBUTE_BYTES: Final = TLV_HEADER_BYTES + MAX_SOCKET_ATTRIBUTE_STRING_BYTES
_ATTRIBUTES: Final = (
    (PolicyTlv.ATTRIBUTE_DOMAIN, "necp_domain"),
    (PolicyTlv.ATTRIBUTE_DOMAIN_OWNER, "necp_domain_owner"),
    (PolicyTlv.ATTRIBUTE_DOMAIN_CONTEXT, "necp_domain_context"),
    (PolicyTlv.ATTRIBUTE_TRACKER_DOMAIN, "necp_tracker_domain"),
    (PolicyTlv.ATTRIBUTE_ACCOUNT, "necp_account"),
)
"""Every attribute, in the order in which they are read."""
_NO_IP: Final = "the socket is neither IPv4 nor IPv6"


SOCKET_SET_ATTRIBUTES: Final = Description(
    subject=SocketSetAttributes,
    handler=set_socket_attributes,
    function="necp_set_socket_attributes",
    summary="A process sets domain, account and other attributes of a socket.",
    other_facts=("sockets_have_trackers",),
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
    summary="A process reads domain, account and other attributes of a socket.",
    other_facts=("sockets_have_trackers",),
    checks=(
        NO_BLOCK,
        silent(Errno.EINVAL, _NO_IP, fact="attributes_check_domain"),
        silent(Errno.EFAULT, "the option cannot be written"),
    ),
    answer="0; TLVs, cut to the option's length",
)
