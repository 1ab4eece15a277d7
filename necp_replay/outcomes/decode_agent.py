"""Decodes what network agents write to their control sockets."""

from __future__ import annotations

from necp_replay.abi.netagent import (
    MESSAGE_HEADER,
    NETAGENT,
    AgentFlag,
    AgentMessageError,
    AgentMessageType,
)
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.outcomes.decode_tlv import flag_names, result_nodes
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node, text_of_bytes


def agent_message_nodes(message: bytes, names: StableNames) -> list[Node]:
    """A message: its header, then its payload. Empty if it is shorter than a header."""
    if len(message) < MESSAGE_HEADER.size:
        return []
    type_, flags, id_, error, length = MESSAGE_HEADER.unpack_from(message)
    payload = message[MESSAGE_HEADER.size :]
    nodes = [
        Node("message_type", _named(type_, AgentMessageType)),
        Node("message_flags", f"0x{flags:02x}"),
        Node("message_id", str(id_)),
        Node("message_error", _named(error, AgentMessageError)),
        Node("message_payload_length", str(length)),
    ]
    if payload:
        nodes.append(Node("payload", f"{len(payload)} bytes", _payload(type_, payload, names)))
    return nodes


def agent_nodes(content: bytes, names: StableNames) -> list[Node]:
    """``struct netagent`` with its data. Empty if the content is shorter than the structure."""
    if len(content) < NETAGENT.size:
        return []
    uuid, domain, type_, desc, flags, data_bytes = NETAGENT.unpack_from(content)
    nodes = [
        Node("netagent_uuid", names.name(uuid)),
        Node("netagent_domain", text_of_bytes(domain.rstrip(b"\0"))),
        Node("netagent_type", text_of_bytes(type_.rstrip(b"\0"))),
        Node("netagent_desc", text_of_bytes(desc.rstrip(b"\0"))),
        Node("netagent_flags", flag_names(AgentFlag, flags)),
        Node("netagent_data_size", str(data_bytes)),
    ]
    rest = content[NETAGENT.size :]
    if rest:
        nodes.append(Node("data", f"{len(rest)} bytes 0x{rest.hex()}"))
    return nodes


def assign_nexus_nodes(content: bytes, names: StableNames) -> list[Node]:
    """The client that a nexus is assigned to, then the TLVs of the result."""
    if len(content) < UUID_BYTES:
        return []
    client = Node("client_id", names.name(content[:UUID_BYTES]))
    return [client, *result_nodes(content[UUID_BYTES:], names)]


def _payload(type_: int, payload: bytes, names: StableNames) -> list[Node]:
    nodes = []
    if type_ in (AgentMessageType.REGISTER, AgentMessageType.UPDATE):
        nodes = agent_nodes(payload, names)
    elif type_ == AgentMessageType.ASSIGN_NEXUS:
        nodes = assign_nexus_nodes(payload, names)
    return nodes or [Node("content", f"0x{payload.hex()}")]


def _named(number: int, kind: type[AgentMessageType] | type[AgentMessageError]) -> str:
    name = {int(member): member.name for member in kind}.get(number)
    return str(number) if name is None else f"{number} {name}"
