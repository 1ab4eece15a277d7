"""The signature of a resolver's answer on a socket, which no modelled release knows."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.events.outcome import Outcome, SignatureAnswer
from necp_replay.events.sockets import SocketGetResolverSignature, SocketSetResolverSignature
from necp_replay.kernel.description import Description, Support, silent
from necp_replay.kernel.state import KernelState


def set_signature(kernel: KernelState, event: SocketSetResolverSignature) -> Outcome:
    """ENOTSUP: there is no such option."""
    return Outcome(errno=Errno.ENOTSUP)


def get_signature(kernel: KernelState, event: SocketGetResolverSignature) -> Outcome:
    """ENOTSUP: there is no such option."""
    return Outcome(errno=Errno.ENOTSUP, answer=SignatureAnswer())


_NO_OPTION: Final = silent(Errno.ENOTSUP, "always: the release has no such option")
_MISSING: Final = "no modelled release has the option"

SOCKET_SET_RESOLVER_SIGNATURE: Final = Description(
    subject=SocketSetResolverSignature,
    handler=set_signature,
    summary="Gives a socket the signature of a resolver's answer.",
    checks=(_NO_OPTION,),
    support=Support.ABSENT,
    missing=_MISSING,
)

SOCKET_GET_RESOLVER_SIGNATURE: Final = Description(
    subject=SocketGetResolverSignature,
    handler=get_signature,
    summary="Asks for the signature of a resolver's answer that a socket has.",
    checks=(_NO_OPTION,),
    support=Support.ABSENT,
    missing=_MISSING,
)
