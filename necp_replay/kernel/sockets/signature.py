"""The signature of a resolver's answer that a process gives a socket, and can read again."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import RESOLVER_TAG_BYTES
from necp_replay.abi.errno import Errno
from necp_replay.abi.signable import MAX_SIGNABLE_BYTES
from necp_replay.abi.sockaddr import AF_INET, AF_INET6
from necp_replay.events.outcome import Outcome, SignatureAnswer
from necp_replay.events.sockets import SocketGetResolverSignature, SocketSetResolverSignature
from necp_replay.kernel.description import NO_BLOCK, Description, silent
from necp_replay.kernel.objects.socket import SocketBlock
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.user_memory import UserFault, UserMemory


def set_signature(kernel: KernelState, event: SocketSetResolverSignature) -> Outcome:
    """Keep the option as the signature, whatever it is; an empty one removes it.

    ENOTSUP where the release has no such option; ENOENT; EINVAL for a socket that is neither IPv4
    nor IPv6, and for more than 4128 bytes; EFAULT, which removes the signature too.

    Source: necp_set_socket_resolver_signature, xnu-8792.41.9.
    """
    block, error = _find(kernel, event)
    if block is None:
        return Outcome(errno=error, answer=_refused(error, event.size))
    if event.size > MAX_SIGNABLE_BYTES + RESOLVER_TAG_BYTES:
        error = kernel.fails(_TOO_LONG, size=event.size)
        return Outcome(errno=error, answer=SignatureAnswer(valsize=event.size))
    block.resolver_signature = None
    try:
        content = UserMemory(event.buffer, event.size).copyin(event.size)
    except UserFault:
        error = kernel.fails(_SET_FAULT, size=event.size)
    else:
        block.resolver_signature = content or None
    return Outcome(errno=error, answer=SignatureAnswer(valsize=event.size))


def get_signature(kernel: KernelState, event: SocketGetResolverSignature) -> Outcome:
    """Copy the signature to the process, cut to the size of the option.

    ENOTSUP, ENOENT and EINVAL as for setting it; ENOENT without a signature; EFAULT.

    Source: necp_get_socket_resolver_signature, xnu-8792.41.9.
    """
    block, error = _find(kernel, event)
    memory = UserMemory(event.buffer, event.size)
    valsize = event.size
    if block is None:
        return Outcome(errno=error, answer=_refused(error, valsize, memory))
    if block.resolver_signature is None:
        error = kernel.fails(_NO_SIGNATURE)
    else:
        content = block.resolver_signature[:valsize]
        valsize = len(content)
        if not memory.is_null:
            try:
                memory.copyout(content)
            except UserFault:
                error = kernel.fails(_GET_FAULT, size=event.size)
    return Outcome(errno=error, answer=SignatureAnswer(_shown(memory), valsize))


def _find(
    kernel: KernelState, event: SocketSetResolverSignature | SocketGetResolverSignature
) -> tuple[SocketBlock | None, Errno]:
    """The socket, or why there is none to ask."""
    if not kernel.profile.sockets_have_resolver_signature:
        return None, kernel.fails(_NO_OPTION)
    block = kernel.sockets.get(event.socket)
    if block is None:
        return None, kernel.fails(NO_BLOCK, block=event.socket)
    if block.domain not in (AF_INET, AF_INET6):
        return None, kernel.fails(_NO_IP, domain=block.domain)
    return block, Errno.OK


def _refused(error: Errno, size: int, memory: UserMemory | None = None) -> SignatureAnswer | None:
    if error == Errno.ENOTSUP:
        return None if memory is None else SignatureAnswer()
    return SignatureAnswer(None if memory is None else _shown(memory), size)


def _shown(memory: UserMemory) -> bytes | None:
    after = memory.after()
    return after if isinstance(after, bytes) else None


_NO_OPTION: Final = silent(
    Errno.ENOTSUP,
    "the release has no such option",
    fact="sockets_have_resolver_signature",
)
_NO_IP: Final = silent(Errno.EINVAL, "the socket is neither IPv4 nor IPv6")
_TOO_LONG: Final = silent(Errno.EINVAL, "the option is longer than 4128 bytes")
_SET_FAULT: Final = silent(Errno.EFAULT, "the option cannot be read")
_NO_SIGNATURE: Final = silent(Errno.ENOENT, "the socket has no signature")
_GET_FAULT: Final = silent(Errno.EFAULT, "the option cannot be written")

SOCKET_SET_RESOLVER_SIGNATURE: Final = Description(
    subject=SocketSetResolverSignature,
    handler=set_signature,
    function="necp_set_socket_resolver_signature",
    summary="Gives a socket the signature of a resolver's answer.",
    checks=(_NO_OPTION, NO_BLOCK, _NO_IP, _TOO_LONG, _SET_FAULT),
    answer="0, and the size of the option",
)

SOCKET_GET_RESOLVER_SIGNATURE: Final = Description(
    subject=SocketGetResolverSignature,
    handler=get_signature,
    function="necp_get_socket_resolver_signature",
    summary="Asks for the signature of a resolver's answer that a socket has.",
    checks=(_NO_OPTION, NO_BLOCK, _NO_IP, _NO_SIGNATURE, _GET_FAULT),
    answer="0; the signature, cut to the option's length",
)
