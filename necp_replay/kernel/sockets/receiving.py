"""Whether a socket may receive on an interface: one that listens for a client, only on its own."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientParameterFlag
from necp_replay.abi.sockaddr import IN_ADDR_BYTES
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.outcome import Allowed, Outcome
from necp_replay.events.sockets import SocketAllowedToRecv
from necp_replay.kernel.description import Description
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.missing_inputs import check_not_missing
from necp_replay.kernel.objects.socket import INP_IPV4, INP_IPV6, SocketBlock
from necp_replay.kernel.parameters.interface_matcher import InterfaceMatcher
from necp_replay.kernel.parameters.parse import parse_client_parameters
from necp_replay.kernel.state import KernelState


def is_allowed_to_recv(kernel: KernelState, event: SocketAllowedToRecv) -> Outcome:
    """Whether a socket may receive on an interface.

    Only sockets without a remote address and with an external port are asked about, and only if
    their client can be found and its parameters be read. The interface must match them, as a
    further one of the client, and be the one that they name. Raises NotModelled where the release
    has no such function.

    Source: necp_socket_is_allowed_to_recv_on_interface, xnu-6153.11.26.
    """
    check_not_missing(kernel.profile, SocketAllowedToRecv, "filter of listeners by interface")
    block = kernel.sockets.get(event.socket)
    interface = kernel.interfaces.by_index.get(event.index)
    if block is None or interface is None or not _is_listener(block):
        return Outcome(answer=Allowed(allowed=True))
    client = flow_rules(kernel).find_anywhere(kernel, block.necp_client_uuid)
    if client is None:
        return Outcome(answer=Allowed(allowed=True))
    parsed = parse_client_parameters(kernel, client)
    if parsed.is_refused:
        return Outcome(answer=Allowed(allowed=True))
    is_primary_only = parsed.flags & ClientParameterFlag.ONLY_PRIMARY_REQUIRES_TYPE
    matcher = InterfaceMatcher(kernel, parsed)
    allowed = matcher.matches(interface, ignore_required_type=bool(is_primary_only))
    return Outcome(answer=Allowed(allowed))


def _is_listener(block: SocketBlock) -> bool:
    if not block.external_port or block.necp_client_uuid == ZERO_UUID:
        return False
    if block.vflag & INP_IPV4 and any(block.faddr[-IN_ADDR_BYTES:]):
        return False
    return not (block.vflag & INP_IPV6 and any(block.faddr))


SOCKET_ALLOWED_TO_RECV: Final = Description(
    subject=SocketAllowedToRecv,
    handler=is_allowed_to_recv,
    function="necp_socket_is_allowed_to_recv_on_interface",
    summary="Asks whether a socket that listens may receive on an interface.",
    answer="whether it may",
    effects="log records of the client's parameters",
    other_facts=("listeners_are_filtered", "only_primary_may_require_type", "options_follow_scope"),
)
