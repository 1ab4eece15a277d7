"""Decodes what ``necp_match_policy`` writes. The release gives the layout: no byte says it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from necp_replay.abi.aggregate_result import IPV6_PREFIX, AggregateFields, AggregateLayout
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.outcomes.decode_tlv import nat64_text, policy_result_text
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node


def match_nodes(content: bytes, layout: AggregateLayout, names: StableNames) -> list[Node] | None:
    """The fields that are not zero, and what follows the structure. None if that loses a byte."""
    fields = layout.unpack(content)
    if layout.pack(fields) != content[: layout.size].ljust(layout.size, b"\0"):
        return None
    nodes = [*_field_nodes(fields, names)]
    rest = content[layout.size :]
    if any(rest):
        nodes.append(Node("beyond the structure", f"0x{rest.hex()}"))
    return nodes


def _field_nodes(fields: AggregateFields, names: StableNames) -> Iterator[Node]:
    for name, value in fields._asdict().items():
        if name == "netagents":
            yield from _agent_nodes(fields, names)
        elif name == "nat64_prefixes":
            if any(value):
                yield Node(name, nat64_text(IPV6_PREFIX.iter_unpack(value)))
        elif name == "service_uuid":
            if any(value):
                yield Node(name, names.name(value))
        elif name in _RESULTS:
            if value:
                yield Node(name, policy_result_text(value))
        elif name != "netagent_flags" and value:
            yield Node(name, str(value))


def _agent_nodes(fields: AggregateFields, names: StableNames) -> Iterator[Node]:
    """Each agent with its flags, by its place in the array."""
    for place, flags in enumerate(fields.netagent_flags):
        agent = fields.netagents[place * UUID_BYTES : (place + 1) * UUID_BYTES]
        if flags or any(agent):
            yield Node(f"netagents[{place}]", f"{names.name(agent)} flags 0x{flags:08x}")


_RESULTS: Final = ("routing_result", "service_action")
"""Fields whose numbers are results of policies."""
