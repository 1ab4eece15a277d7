"""Clients that share the flow of a parent: whether one may, and what a nexus is told of it."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientParameterFlag
from necp_replay.abi.ip import IPPROTO_UDP
from necp_replay.abi.log import LOG_ERR, LOG_INFO
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.effects import NexusParameters
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.parsed_parameters import ParsedField, ParsedParameters
from necp_replay.kernel.parameters.parse import parse_client_parameters
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState


def find_parent(
    kernel: KernelState, necp_fd: NecpFd, client: Client, parsed: ParsedParameters, function: str
) -> None:
    """Look for the parent that a new client names, and decide whether it may share its flow.

    A parent that the fd does not have, and a client that may not share its flow, have a log record
    of ``function`` and are no error.

    Kernel quirk: the addresses and protocols that are compared with those of the parent are the
    client's own. So it does not matter what the parent has. Measured in x8792_demux.

    Source: necp_client_add, xnu-8019.80.24, xnu-8792.41.9, xnu-10002.41.9.
    """
    if not parsed.names_parent:
        return
    parent = flow_rules(kernel).find_on_fd(necp_fd, parsed.parent_id)
    if parent is None:
        kernel.log(LOG_ERR, function)
        return
    if not kernel.profile.flows_can_be_demultiplexed:
        return
    is_refused = parsed.is_refused
    parsed = parse_client_parameters(kernel, client)
    if is_refused or not parsed.demux_patterns:
        return
    if why_not_shared(kernel, parent, parsed) is None:
        client.validated_parent = True
        client.parent_client_id = parsed.parent_id
    else:
        kernel.log(LOG_INFO, function)


def why_not_shared(kernel: KernelState, parent: Client, parsed: ParsedParameters) -> str | None:
    """Why a client with patterns may not share the flow of its parent; None if it may.

    The kernel compares a local and a remote address. A listener without a local address has one of
    IPv6 at one side of the comparison alone, so it may not share either.
    """
    transport = parsed.ip_protocol
    if kernel.profile.children_follow_transport_protocol and (
        parsed.valid_fields & ParsedField.TRANSPORT_PROTOCOL
    ):
        transport = parsed.transport_protocol
    if _is_of_parent(parsed):
        return "its first pattern has length 0, so it is a parent itself"
    if parsed.parent_id == ZERO_UUID:
        return "the id of the parent is zero"
    if len(tuple(parent.registrations or ())) > 1:
        return "the parent has more than one flow"
    if parsed.ip_protocol != IPPROTO_UDP:
        return "its protocol is not UDP"
    if transport != IPPROTO_UDP:
        return "its transport protocol is not UDP"
    if parsed.local_addr[1] == 0:
        return "it has no local address"
    if parsed.local_addr[1] != parsed.remote_addr[1]:
        return "its local and remote address are not of the same family"
    return None


def _is_of_parent(parsed: ParsedParameters) -> bool:
    """Whether the first pattern has length 0: so others may share its flow."""
    return parsed.demux_patterns[0][_LENGTH_AT : _LENGTH_AT + len(_NO_LENGTH)] == _NO_LENGTH


def tell_parent(
    kernel: KernelState, client: Client, parsed: ParsedParameters, parameters: NexusParameters
) -> None:
    """Fill in what a nexus is told of the flow that a client shares, or lets others share.

    Source: necp_client_copy_parameters_locked, xnu-8792.41.9.
    """
    parameters.is_demuxable_parent = 0
    parameters.parent_flow_uuid = ZERO_UUID
    parameters.demux_pattern_count = 0
    parameters.demux_patterns = b""
    if parsed.flags & _LISTENER or not parsed.demux_patterns:
        return
    if _is_of_parent(parsed):
        parameters.is_demuxable_parent = 1
    elif client.validated_parent:
        parent = flow_rules(kernel).find_anywhere(kernel, client.parent_client_id)
        first = next(iter(parent.registrations or ()), None) if parent is not None else None
        if first is not None:
            parameters.parent_flow_uuid = first.registration_id
        parameters.demux_pattern_count = len(parsed.demux_patterns)
        parameters.demux_patterns = b"".join(parsed.demux_patterns)


_LISTENER: Final = int(ClientParameterFlag.LISTENER)
_LENGTH_AT: Final = 2
_NO_LENGTH: Final = bytes(2)

PARENT_IS_NOT_COMPARED: Final = Quirk(
    "A client shares the flow of a parent with other addresses and another protocol: it is "
    "compared with itself.",
    "necp_client_add",
    "clients/test_parents.py::test_what_the_parent_has_does_not_matter",
    "flows_can_be_demultiplexed",
)
