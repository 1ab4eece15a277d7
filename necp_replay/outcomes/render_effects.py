"""Effects of an outcome as nodes, one line each, in order."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from necp_replay.abi.address_text import address_text
from necp_replay.abi.log import (
    OS_LOG_DEBUG,
    OS_LOG_DEFAULT,
    OS_LOG_ERROR,
    OS_LOG_FAULT,
    OS_LOG_INFO,
)
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.events import effects
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node
from necp_replay.outcomes.safe_text import escape_beside_ids

_NAMES_OF_EFFECTS = {cls: name for name, cls in effects.EFFECT_NAMES.items()}
_LEVELS = {3: "err", 4: "warning", 5: "notice"}
_OS_LOG_TYPES = {
    OS_LOG_DEFAULT: "default",
    OS_LOG_INFO: "info",
    OS_LOG_DEBUG: "debug",
    OS_LOG_ERROR: "error",
    OS_LOG_FAULT: "fault",
}


def effect_node(effect: effects.Effect, names: StableNames, *, beyond_vectors: bool) -> Node:
    """One effect as ``kind: field=value ...``, with all details only if ``beyond_vectors``."""
    match effect:
        case effects.Wake():
            return Node("wake", f"pid={effect.pid} fd={effect.fd}")
        case effects.Log():
            function = "-" if effect.function is None else escape_beside_ids(effect.function)
            text = f"{_log_level(effect)} {function}"
            if beyond_vectors and effect.error is not None:
                text += f" error={effect.error}"
            return Node("log", text)
        case effects.AgentMessage():
            return _agent_message(effect, names)
        case _:
            return Node(
                _NAMES_OF_EFFECTS[type(effect)], _fields_text(effect, names, beyond_vectors)
            )


def nexus_parameter_nodes(parameters: effects.NexusParameters, names: StableNames) -> list[Node]:
    """The parameters of a client that a nexus gets, one node for each."""
    return [
        Node("pid", str(parameters.pid)),
        Node("epid", str(parameters.epid)),
        Node("euuid", names.name(parameters.euuid)),
        Node("local_addr", address_text(parameters.local_addr)),
        Node("remote_addr", address_text(parameters.remote_addr)),
        Node("ip_protocol", str(parameters.ip_protocol)),
        Node("traffic_class", str(parameters.traffic_class)),
        Node("policy_id", str(parameters.policy_id)),
        Node("is_listener", str(parameters.is_listener)),
        Node("allow_qos_marking", str(parameters.allow_qos_marking)),
        *(
            Node(name, str(value))
            for name in _LATER_PARAMETERS
            if (value := getattr(parameters, name)) is not None
        ),
        *_demux_nodes(parameters, names),
    ]


_LATER_PARAMETERS: Final = (
    "transport_protocol",
    "ethertype",
    "is_interpose",
    "is_custom_ether",
    "override_address_selection",
    "use_stable_address",
    "no_wake_from_sleep",
    "skip_policy_id",
    "is_demuxable_parent",
    "reuse_port",
    "port_reservation",
)


def _demux_nodes(parameters: effects.NexusParameters, names: StableNames) -> list[Node]:
    """What releases with demultiplexed flows add. Patterns without bytes are not shown."""
    nodes = []
    if parameters.parent_flow_uuid is not None:
        nodes.append(Node("parent_flow_uuid", names.name(parameters.parent_flow_uuid)))
    if parameters.demux_pattern_count is not None:
        nodes.append(Node("demux_pattern_count", str(parameters.demux_pattern_count)))
    if parameters.demux_patterns is not None:
        patterns = parameters.demux_patterns.rstrip(b"\0")
        nodes.append(Node("demux_patterns", f"0x{patterns.hex()}" if patterns else "none"))
    return nodes


def _log_level(effect: effects.Log) -> str:
    if effect.os_log_type is not None:
        return f"os_log:{_OS_LOG_TYPES.get(effect.os_log_type, effect.os_log_type)}"
    return _LEVELS.get(effect.level, str(effect.level))


def _agent_message(effect: effects.AgentMessage, names: StableNames) -> Node:
    client = names.name(effect.client_id) if effect.client_id is not None else "none"
    head = f"agent={names.name(effect.agent)} type={effect.type} client={client}"
    head += f" errno={effect.errno}"
    match effect.delivery:
        case effects.ControlSocketMessage() as message:
            payload = f"0x{message.payload.hex()}"
            if message.payload == effect.client_id:
                payload = "client"
            detail = f"id={message.id} error={message.error} flags={message.flags}"
            if message.agent_id is not None:
                detail += f" agent_id={names.name(message.agent_id)}"
            return Node("agent_message", f"{head} {detail} payload={payload}")
        case effects.KernelAgentMessage() as message:
            detail = f"wants_results={message.wants_results}"
            if message.necp_handle is not None:
                detail += f" necp_handle={message.necp_handle}"
            if message.agent_parameters is not None:
                detail += f" agent_parameters=0x{message.agent_parameters.hex()}"
            if message.group_members is not None:
                detail += f" group_members=0x{message.group_members.hex()}"
            if message.client_error is not None:
                detail += f" client_error={message.client_error}"
            if message.force_report is not None:
                detail += f" force_report={message.force_report}"
            node = Node("agent_message", f"{head} {detail}")
            if message.nexus_parameters is not None:
                children = nexus_parameter_nodes(message.nexus_parameters, names)
                node.children = [Node("nexus_parameters", children=children)]
            return node
        case None:
            return Node("agent_message", head)


def _fields_text(effect: effects.Effect, names: StableNames, beyond_vectors: bool) -> str:
    words = []
    for entry in fields(effect):
        if not entry.compare and not beyond_vectors:
            continue
        value = getattr(effect, entry.name)
        if value is None and entry.default is None:
            continue
        words.append(f"{entry.name.rstrip('_')}={_value_text(value, names)}")
    return " ".join(words)


def _value_text(value: Any, names: StableNames) -> str:
    if value is None:
        return "none"
    if isinstance(value, bytes):
        return names.name(value) if len(value) == UUID_BYTES else f"0x{value.hex()}"
    if isinstance(value, str):
        return escape_beside_ids(value).replace(" ", "\\x20")
    return str(int(value))
