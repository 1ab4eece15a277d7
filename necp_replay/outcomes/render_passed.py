"""Renders what an input passed and its title does not show: buffers, flags, addresses."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Mapping
from typing import Final

from necp_replay.abi import interface
from necp_replay.abi.address_text import address_text
from necp_replay.abi.client import (
    FLOW_STATS_REQUEST_BYTES,
    SOCKADDR_UNION_BYTES,
    ClientAction,
    FlowFlag,
)
from necp_replay.abi.client_structs import (
    ADD_FLOW_REQUEST,
    AGENT_USE_PARAMETERS,
    CACHE_BUFFER,
    CACHE_BUFFER_ADDR_OFFSET,
    HOST_NAME_LENGTH,
    SIGNABLE,
)
from necp_replay.abi.netagent import AgentFlag, AgentOption, AgentOption8019, AgentOption11417
from necp_replay.abi.policy import SessionAction
from necp_replay.abi.route import RouteFlag
from necp_replay.abi.sockaddr import SOCKADDR_IN6_BYTES
from necp_replay.abi.tcp_cache import CacheType
from necp_replay.abi.tlv import TLV_HEADER_BYTES, iterate_tlvs
from necp_replay.events import agents, interfaces, notifications, routes, syscalls
from necp_replay.events.inputs import Input, Step
from necp_replay.events.json_shapes import field_types
from necp_replay.events.text import Text
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.outcomes.decode_agent import agent_message_nodes, agent_nodes, assign_nexus_nodes
from necp_replay.outcomes.decode_policy import (
    Decoder,
    number_text,
    policy_nodes,
    priority_text,
    uuid_text,
)
from necp_replay.outcomes.decode_tlv import parameter_nodes, result_nodes
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node, text_of_bytes
from necp_replay.outcomes.render_input import ADDRESSES, SHOWN_BYTES
from necp_replay.outcomes.safe_text import escape_beside_ids

Nodes = Callable[[bytes, StableNames], list[Node]]
"""Decodes the bytes of a buffer."""

_PADDED_BYTES: Final = 8192
"""Longer than any buffer that is decoded. The trailing zeros of a longer one are not shown."""


def passed_nodes(event: Input, names: StableNames) -> list[Node]:
    """What the title of an input leaves out, as nodes; empty if it leaves out nothing."""
    match event:
        case syscalls.NecpClientAction():
            return _client_action(event, names)
        case syscalls.NecpSessionAction():
            return _session_action(event, names)
        case syscalls.NecpMatchPolicy():
            size = event.parameters_size
            parameters = _buffer(
                "parameters", event.parameters, size, _tlvs(parameter_nodes), names
            )
            return parameters + _buffer("result", event.result, None, None, names)
        case syscalls.NetagentTrigger():
            return _buffer("agent_uuid", event.agent_uuid, event.len, _value(uuid_text), names)
        case agents.NetagentSetopt():
            return _setopt(event, names)
        case _:
            return _plain_fields(event, names)


def unmeasured_nodes(step: Step) -> list[Node]:
    """The parts of an input that are not known, as a node; none where all is."""
    return [Node("unmeasured", ", ".join(step.unmeasured))] if step.unmeasured else []


def _client_action(event: syscalls.NecpClientAction, names: StableNames) -> list[Node]:
    nodes = []
    passed = event.client_id
    if passed is not None and event.action in _NAME_INTERFACES:
        index = int.from_bytes(passed.content[:4], "little")
        nodes.append(Node("interface_index", str(index)))
    elif event.action == ClientAction.SIGN:
        nodes += _buffer("answer", passed, event.client_id_len, _resolver_answer, names)
    decode = _CLIENT_BUFFERS.get(event.action)
    return nodes + _buffer("buffer", event.buffer, event.buffer_size, decode, names)


def _session_action(event: syscalls.NecpSessionAction, names: StableNames) -> list[Node]:
    decode = _SESSION_BUFFERS.get(event.action)
    nodes = _buffer("in_buffer", event.in_buffer, event.in_buffer_length, decode, names)
    return nodes + _buffer("out_buffer", event.out_buffer, event.out_buffer_length, None, names)


def _setopt(event: agents.NetagentSetopt, names: StableNames) -> list[Node]:
    name = _OPTION_NAMES.get(event.opt)
    nodes = [] if name is None else [Node("option", name)]
    decode = _OPTION_CONTENTS.get(event.opt)
    if event.hex:
        children = [] if decode is None else decode(event.hex, names)
        shown = children or [Node("content", f"0x{event.hex.hex()}")]
        nodes.append(Node("data", f"{len(event.hex)} bytes", shown))
    return nodes


def _buffer(
    key: str,
    buffer: UserBuffer | None,
    declared_bytes: int | None,
    decode: Nodes | None,
    names: StableNames,
) -> list[Node]:
    """A user buffer as one node. NULL without a length has no node."""
    if buffer is None:
        return [Node(key, f"NULL, {declared_bytes} bytes")] if declared_bytes else []
    if buffer.unmapped:
        length = "" if declared_bytes is None else f", {declared_bytes} bytes"
        return [Node(key, f"unmapped{length}")]
    length_bytes = buffer.length if declared_bytes is None else declared_bytes
    words = [f"{length_bytes} bytes"]
    if buffer.length != length_bytes:
        words.append(f"{buffer.length} bytes given")
    if buffer.mapped is not None:
        words.append(f"mapped up to {buffer.mapped}")
    if buffer.readonly:
        words.append("read-only")
    if buffer.known is not None:
        words.append(f"{buffer.known} known")
        decode = None
    children = [] if decode is None else decode(_content(buffer, length_bytes), names)
    if not children and buffer.content:
        children = [Node("content", f"0x{buffer.content.hex()}")]
    for pointer in buffer.pointers:
        to = _buffer(f"at {pointer.offset}", pointer.to, None, None, names)
        children = _with_pointer(children, to or [Node(f"at {pointer.offset}", "NULL")])
    return [Node(key, ", ".join(words), children)]


def _with_pointer(children: list[Node], leads_to: list[Node]) -> list[Node]:
    """The fields of a buffer, with what a pointer in it leads to.

    The record holds what the pointer leads to instead of its number, which is 0 there. So a field
    for the number would read as NULL: what it leads to takes its place.
    """
    field = _POINTER_FIELDS.get(leads_to[0].key)
    if field is None or all(child.key != field for child in children):
        return children + leads_to
    to = leads_to[0]
    value = to.value if to.value == "NULL" else f"leads to {to.value}"
    return [Node(field, value, to.children) if child.key == field else child for child in children]


def _content(buffer: UserBuffer, length_bytes: int) -> bytes:
    """The bytes that a call sees, including their trailing zeros."""
    content = buffer.content[: max(length_bytes, 0)]
    return content.ljust(length_bytes, b"\0") if length_bytes <= _PADDED_BYTES else content


def _value(decoder: Decoder) -> Nodes:
    """A decoder for a buffer that holds one value."""

    def decode(content: bytes, names: StableNames) -> list[Node]:
        text = decoder(content, names)
        return [] if text is None else [Node("value", text)]

    return decode


def _tlvs(decode: Nodes) -> Nodes:
    """A decoder for TLVs up to the trailing zeros, which would be decoded as TLVs of type 0."""

    def decode_written(content: bytes, names: StableNames) -> list[Node]:
        written_bytes = len(content.rstrip(b"\0"))
        end = 0
        for offset, _, value in iterate_tlvs(content):
            if offset >= written_bytes:
                break
            end = offset + TLV_HEADER_BYTES + len(value)
        nodes = decode(content[: max(end, written_bytes)], names)
        if nodes and end >= written_bytes and end < len(content):
            nodes.append(Node("zeros", f"{len(content) - end} bytes"))
        return nodes

    return decode_written


def _agent_use(content: bytes, names: StableNames) -> list[Node]:
    if len(content) != AGENT_USE_PARAMETERS.size:
        return []
    uuid, use_count = AGENT_USE_PARAMETERS.unpack(content)
    return [Node("agent_uuid", names.name(uuid)), Node("out_use_count", str(use_count))]


def _add_flow(content: bytes, names: StableNames) -> list[Node]:
    if len(content) < ADD_FLOW_REQUEST.size:
        return []
    agent, flow_id, flags, statistics = ADD_FLOW_REQUEST.unpack_from(content)
    nodes = [
        Node("agent_uuid", names.name(agent)),
        Node("registration_id", names.name(flow_id)),
        Node("flags", _flags_text(_members(FlowFlag), flags)),
        Node("stats_request_count", str(statistics)),
    ]
    address_at = ADD_FLOW_REQUEST.size + statistics * FLOW_STATS_REQUEST_BYTES
    requests = content[ADD_FLOW_REQUEST.size : address_at]
    if any(requests):
        nodes.append(Node("stats_requests", f"0x{requests.hex()}"))
    rest = content[address_at:]
    if flags & FlowFlag.OVERRIDE_ADDRESS and rest:
        address = rest[:SOCKADDR_UNION_BYTES].ljust(SOCKADDR_UNION_BYTES, b"\0")
        nodes.append(Node("address", address_text(address)))
        rest = rest[SOCKADDR_UNION_BYTES:]
    if any(rest):
        nodes.append(Node("rest", f"0x{rest.hex()}"))
    return nodes


def _resolver_answer(content: bytes, names: StableNames) -> list[Node]:
    address_at, length_at = SIGNABLE.size, SIGNABLE.size + SOCKADDR_UNION_BYTES
    host_at = length_at + HOST_NAME_LENGTH.size
    if len(content) < host_at:
        return []
    client_id, sign_type = SIGNABLE.unpack_from(content)
    (host_bytes,) = HOST_NAME_LENGTH.unpack_from(content, length_at)
    return [
        Node("client_id", names.name(client_id)),
        Node("sign_type", str(sign_type)),
        Node("address", address_text(content[address_at:length_at])),
        Node("hostname_length", str(host_bytes)),
        Node("hostname", text_of_bytes(content[host_at:])),
    ]


def _cache_buffer(content: bytes, _names: StableNames) -> list[Node]:
    if len(content) != CACHE_BUFFER.size:
        return []
    kind, version, size, address = CACHE_BUFFER.unpack(content)
    name = {int(each): each.name for each in CacheType}.get(kind)
    return [
        Node("necp_cache_buf_type", str(kind) if name is None else f"{kind} {name}"),
        Node("necp_cache_buf_ver", str(version)),
        Node("necp_cache_buf_size", str(size)),
        Node("necp_cache_buf_addr", f"0x{address:x}"),
    ]


_POINTER_FIELDS: Final = {f"at {CACHE_BUFFER_ADDR_OFFSET}": "necp_cache_buf_addr"}


def _plain_fields(event: Input, names: StableNames) -> list[Node]:
    nodes = []
    for name, is_text in _byte_strings(type(event)):
        value = getattr(event, name)
        if not isinstance(value, bytes) or not value:
            continue
        decode = _DECODED_FIELDS.get((type(event), name))
        if decode is not None:
            nodes.append(Node(name, f"{len(value)} bytes", decode(value, names)))
        elif (type(event), name) in ADDRESSES:
            nodes.append(Node(name, _address_passed(value)))
        elif is_text:
            nodes.append(Node(name, text_of_bytes(value)))
        elif len(value) > SHOWN_BYTES:
            nodes.append(Node(name, f"{len(value)} bytes 0x{value.hex()}"))
    for name, flags in _FLAGS.get(type(event), {}).items():
        value = getattr(event, name)
        if isinstance(value, int) and value:
            nodes.append(Node(name, _flags_text(flags, value)))
        elif isinstance(value, tuple) and value:
            nodes.append(Node(name, escape_beside_ids("|".join(map(str, value)))))
    return nodes


def _address_passed(value: bytes) -> str:
    """An address that the kernel cuts or fills with zeros to a union of both families."""
    return address_text(value.ljust(SOCKADDR_IN6_BYTES, b"\0"))


def _flags_text(flags: Mapping[str, int], value: int) -> str:
    names = "|".join(name for name, flag in flags.items() if value & flag)
    return f"0x{value & 0xFFFFFFFF:08x} {names}".rstrip()


def _members(flags: type[enum.IntFlag]) -> dict[str, int]:
    return {str(flag.name): int(flag) for flag in flags}


def _bytes_fields(kind: type) -> tuple[tuple[str, bool], ...]:
    types = field_types(kind)
    return tuple(
        (name, hint in (Text, Text | None))
        for name, hint in types.items()
        if hint in (bytes, bytes | None, Text, Text | None)
    )


_NAME_INTERFACES: Final = frozenset(
    (ClientAction.COPY_INTERFACE, ClientAction.GET_INTERFACE_ADDRESS)
)
"""Actions that take the index of an interface in place of an id."""
SHOWS_CLIENT: Final = _NAME_INTERFACES | {ClientAction.SIGN}
"""Actions of which more is shown of the client's id than the title has."""

_CLIENT_BUFFERS: Final[Mapping[int, Nodes]] = {
    ClientAction.GET_INTERFACE_ADDRESS: _value(lambda content, _: address_text(content)),
    ClientAction.ADD: _tlvs(parameter_nodes),
    ClientAction.AGENT: _tlvs(parameter_nodes),
    ClientAction.AGENT_USE: _agent_use,
    ClientAction.ADD_FLOW: _add_flow,
    ClientAction.UPDATE_CACHE: _cache_buffer,
}
_SESSION_BUFFERS: Final[Mapping[int, Nodes]] = {
    SessionAction.POLICY_ADD: _tlvs(policy_nodes),
    SessionAction.POLICY_GET: _value(number_text),
    SessionAction.POLICY_DELETE: _value(number_text),
    SessionAction.SET_SESSION_PRIORITY: _value(priority_text),
    SessionAction.REGISTER_SERVICE: _value(uuid_text),
    SessionAction.UNREGISTER_SERVICE: _value(uuid_text),
}
_OPTION_NAMES: Final[Mapping[int, str]] = {
    int(option): option.name for option in (*AgentOption, *AgentOption8019, *AgentOption11417)
}
_OPTION_CONTENTS: Final[Mapping[int, Nodes]] = {
    AgentOption.REGISTER: agent_nodes,
    AgentOption.UPDATE: agent_nodes,
    AgentOption.ASSIGN_NEXUS: assign_nexus_nodes,
}
_DECODED_FIELDS: Final[Mapping[tuple[type, str], Nodes]] = {
    (agents.NetagentMessage, "hex"): agent_message_nodes,
    (agents.NetagentAssignNexus, "results"): result_nodes,
    (notifications.AssignClientResult, "results"): result_nodes,
    (notifications.InjectNexusFlow, "results"): result_nodes,
}
_INTERFACE_FLAGS: Final[Mapping[str, Mapping[str, int]]] = {
    "flags": {
        "UP": interface.IFF_UP,
        "BROADCAST": interface.IFF_BROADCAST,
        "LOOPBACK": interface.IFF_LOOPBACK,
        "POINTOPOINT": interface.IFF_POINTOPOINT,
        "RUNNING": interface.IFF_RUNNING,
        "MULTICAST": interface.IFF_MULTICAST,
    },
    "eflags": {
        "PROBE_CONNECTIVITY": interface.IFEF_PROBE_CONNECTIVITY,
        "TXSTART": interface.IFEF_TXSTART,
        "EXPENSIVE": interface.IFEF_EXPENSIVE,
        "AWDL": interface.IFEF_AWDL,
        "NOACKPRI": interface.IFEF_NOACKPRI,
        "AWDL_RESTRICTED": interface.IFEF_AWDL_RESTRICTED,
        "ECN_ENABLE": interface.IFEF_ECN_ENABLE,
        "ECN_DISABLE": interface.IFEF_ECN_DISABLE,
        "3CA": interface.IFEF_3CA,
        "QOSMARKING_ENABLED": interface.IFEF_QOSMARKING_ENABLED,
    },
    "xflags": {
        "LOW_INTERNET_UL": interface.IFXF_LOW_INTERNET_UL,
        "LOW_INTERNET_DL": interface.IFXF_LOW_INTERNET_DL,
    },
}
_FLAGS: Final[Mapping[type, Mapping[str, Mapping[str, int]]]] = {
    interfaces.IfaceAttach: _INTERFACE_FLAGS,
    interfaces.IfaceUpdate: _INTERFACE_FLAGS,
    routes.RouteAdd: {"flags": _members(RouteFlag)},
    routes.RouteUpdate: {"flags_set": _members(RouteFlag), "flags_clear": _members(RouteFlag)},
    agents.NetagentRegister: {"flags": _members(AgentFlag)},
    agents.NetagentUpdate: {"flags": _members(AgentFlag)},
    agents.NetagentSetFlags: {"flags": _members(AgentFlag)},
    agents.NetagentUnregister: {"flags": _members(AgentFlag)},
}
_byte_strings: Final[Callable[[type], tuple[tuple[str, bool], ...]]] = functools.cache(
    _bytes_fields
)
"""The byte strings among the fields of an input, by its class, and whether they are text."""
