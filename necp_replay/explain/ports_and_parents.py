"""Explains what a client has besides its result: a reserved port, and the flow of a parent."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import TYPE_CHECKING

from necp_replay.abi.address_text import ip_text
from necp_replay.abi.ip import IPPROTO_TCP
from necp_replay.kernel.clients.parents import why_not_shared
from necp_replay.kernel.flows.choose import flow_rules

if TYPE_CHECKING:
    from necp_replay.kernel.objects.client import Client
    from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
    from necp_replay.kernel.objects.port_reservation import PortReservation
    from necp_replay.kernel.state import KernelState
    from necp_replay.outcomes.names import StableNames


def explain_holdings(
    kernel: KernelState, client: Client, parsed: ParsedParameters, names: StableNames
) -> Iterator[str]:
    """A sentence for each thing that a client has, or asked for and does not have."""
    if client.port_reservation is not None:
        yield _port(client.port_reservation)
    if parsed.demux_patterns and parsed.names_parent and kernel.profile.flows_can_be_demultiplexed:
        yield _parent(kernel, client, parsed, names)


def _port(held: PortReservation) -> str:
    protocol = "TCP" if held.protocol == IPPROTO_TCP else "UDP"
    address = ipaddress.ip_address(held.address)
    where = f"any IPv{address.version} address" if held.is_wildcard else ip_text(held.address)
    reuse = ", which later listeners on other addresses may have too" if held.for_reuse else ""
    return f"{protocol} port {held.port} of {where} is reserved for it{reuse}"


def _parent(
    kernel: KernelState, client: Client, parsed: ParsedParameters, names: StableNames
) -> str:
    """The parent may have been removed or got flows since, so the reason may have changed."""
    named = names.name(parsed.parent_id)
    if client.validated_parent:
        return f"it shares the flow of its parent {named}"
    parent = flow_rules(kernel).find_anywhere(kernel, parsed.parent_id)
    reason = None if parent is None else why_not_shared(kernel, parent, parsed)
    return (
        f"it does not share the flow of its parent {named}:"
        f" {reason or 'its fd did not have that client'}"
    )
