"""Decodes policies as session actions pass them. What cannot be decoded without loss is hex."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from necp_replay.abi.address_text import address_text
from necp_replay.abi.policy import (
    CONDITION_ADDR,
    CONDITION_ADDR_RANGE,
    CONDITION_AGENT_TYPE,
    CONDITION_SDK_VERSION,
    IP_TUNNEL_SECONDARY_RESULT_BYTES,
    RESULT_SERVICE,
    TC_RANGE,
    PolicyCondition,
    PolicyConditionFlag,
    PolicyResult,
    PolicyTlv,
    RouteRuleAction,
    RouteRuleFlag,
)
from necp_replay.abi.tlv import iterate_tlvs, tlvs_end
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node, text_of_bytes

Decoder = Callable[[bytes, StableNames], "str | None"]
"""Returns the value of one TLV as text, None if the text would lose something."""


def policy_nodes(content: bytes, names: StableNames) -> list[Node]:
    """The TLVs of a policy as nodes."""
    known = {int(member): member.name for member in PolicyTlv}
    nodes = []
    for _, type_, value in iterate_tlvs(content):
        decoder = _TLV_DECODERS.get(type_)
        text = None if decoder is None else decoder(value, names)
        nodes.append(Node(known.get(type_, f"type {type_}"), _raw(value) if text is None else text))
    rest = content[tlvs_end(content) :]
    if rest:
        nodes.append(Node("not a whole TLV", _raw(rest)))
    return nodes


def priority_text(value: bytes, names: StableNames) -> str | None:
    """A session's priority, with the name that it has in the release of the step."""
    if len(value) != 4:
        return None
    number = int.from_bytes(value, "little")
    name = {int(member): member.name for member in names.priorities}.get(number)
    return f"{number} {name}" if name is not None else str(number)


def number_text(value: bytes, _names: StableNames) -> str | None:
    """A number of 32 bits, None for another length."""
    return str(int.from_bytes(value, "little")) if len(value) == 4 else None


def uuid_text(value: bytes, names: StableNames) -> str | None:
    """An id, None for another length."""
    return names.name(value) if len(value) == UUID_BYTES else None


def _raw(value: bytes) -> str:
    return f"{len(value)} bytes 0x{value.hex()}" if value else "0 bytes"


def _short(value: bytes, _names: StableNames) -> str | None:
    return str(int.from_bytes(value, "little")) if len(value) == 2 else None


def port_text(value: bytes, _names: StableNames) -> str | None:
    """A port in network order, None for another length."""
    return str(int.from_bytes(value, "big")) if len(value) == 2 else None


def _nothing(value: bytes, _names: StableNames) -> str | None:
    return "" if not value else None


def _text(value: bytes, _names: StableNames) -> str | None:
    return text_of_bytes(value) if value else None


def _traffic_classes(value: bytes, _names: StableNames) -> str | None:
    if len(value) != TC_RANGE.size:
        return None
    first, last = TC_RANGE.unpack(value)
    return f"{first} to {last}"


def _address(value: bytes, _names: StableNames) -> str | None:
    if len(value) != CONDITION_ADDR.size:
        return None
    prefix, address = CONDITION_ADDR.unpack(value)
    return f"{address_text(address)} prefix {prefix}"


def _address_range(value: bytes, _names: StableNames) -> str | None:
    if len(value) != CONDITION_ADDR_RANGE.size:
        return None
    first, last = CONDITION_ADDR_RANGE.unpack(value)
    return f"{address_text(first)} to {address_text(last)}"


def _agent_type(value: bytes, _names: StableNames) -> str | None:
    if len(value) != CONDITION_AGENT_TYPE.size:
        return None
    domain, type_ = CONDITION_AGENT_TYPE.unpack(value)
    domain, type_ = domain.rstrip(b"\0"), type_.rstrip(b"\0")
    return f"domain {text_of_bytes(domain)} type {text_of_bytes(type_)}"


def _client_flags(value: bytes, _names: StableNames) -> str | None:
    if not value:
        return ""
    return f"{int.from_bytes(value, 'little'):#x}" if len(value) == 4 else None


def _sdk_version(value: bytes, _names: StableNames) -> str | None:
    if len(value) != CONDITION_SDK_VERSION.size:
        return None
    platform, min_version, version = CONDITION_SDK_VERSION.unpack(value)
    return f"platform {platform} minimum {min_version:#x} version {version:#x}"


def _pid(value: bytes, names: StableNames) -> str | None:
    """A pid, with its version where there is one."""
    if len(value) != _PID_AND_VERSION_BYTES:
        return number_text(value, names)
    pid, version = (int.from_bytes(part, "little") for part in (value[:4], value[4:]))
    return f"{pid} version {version}"


def _service(value: bytes, names: StableNames) -> str | None:
    if len(value) != RESULT_SERVICE.size:
        return None
    service, parameter = RESULT_SERVICE.unpack(value)
    return f"service {names.name(service)} data {parameter}"


def _tunnel(value: bytes, _names: StableNames) -> str | None:
    if len(value) <= IP_TUNNEL_SECONDARY_RESULT_BYTES:
        return None
    secondary = int.from_bytes(value[:IP_TUNNEL_SECONDARY_RESULT_BYTES], "little")
    name = text_of_bytes(value[IP_TUNNEL_SECONDARY_RESULT_BYTES:])
    return f"interface {name} secondary result {secondary}"


def _condition(value: bytes, names: StableNames) -> str | None:
    if len(value) < 2:
        return None
    return _typed_text(
        {int(member): member.name for member in PolicyCondition}.get(value[0]),
        _flags_text(PolicyConditionFlag, value[1]),
        _CONDITION_DECODERS.get(value[0], _text),
        value[2:],
        names,
    )


def _result(value: bytes, names: StableNames) -> str | None:
    if not value:
        return None
    name = {int(member): member.name for member in PolicyResult}.get(value[0])
    return _typed_text(name, "", _RESULT_DECODERS.get(value[0], _nothing), value[1:], names)


def _route_rule(value: bytes, names: StableNames) -> str | None:
    if len(value) < 2:
        return None
    name = {int(member): member.name for member in RouteRuleAction}.get(value[0])
    flags = _flags_text(RouteRuleFlag, value[1])
    last = uuid_text if value[1] & RouteRuleFlag.NETAGENT else _text
    start_bytes, start = _ROUTE_RULE_STARTS.get(value[0], (0, _nothing))

    def decode(rest: bytes, names: StableNames) -> str | None:
        texts = []
        if start_bytes:
            texts.append(start(rest[:start_bytes], names))
        if rest[start_bytes:]:
            texts.append(last(rest[start_bytes:], names))
        if None in texts:
            return None
        return " ".join(text for text in texts if text)

    return _typed_text(name, flags, decode, value[2:], names)


def _typed_text(
    name: str | None, flags: str | None, decoder: Decoder, value: bytes, names: StableNames
) -> str | None:
    if name is None or flags is None:
        return None
    text = decoder(value, names)
    if text is None:
        text = _raw(value)
    return " ".join(word for word in (name, flags, text) if word)


def _flags_text(kind: type[PolicyConditionFlag] | type[RouteRuleFlag], value: int) -> str | None:
    """The names of flags, None if a bit has no name."""
    known = 0
    for flag in kind:
        known |= flag
    if value & ~known:
        return None
    return "|".join(str(flag.name) for flag in kind if value & flag)


_PID_AND_VERSION_BYTES: Final = 8
_ROUTE_RULE_STARTS: Final[Mapping[int, tuple[int, Decoder]]] = {
    RouteRuleAction.USE_NETAGENT: (UUID_BYTES, uuid_text),
    RouteRuleAction.REMOVE_NETAGENT: (UUID_BYTES, uuid_text),
    RouteRuleAction.DIVERT_SOCKET: (4, number_text),
}
"""How many bytes an action has before the name, and what they say."""
_CONDITION_DECODERS: Final[Mapping[int, Decoder]] = {
    PolicyCondition.DEFAULT: _nothing,
    PolicyCondition.APPLICATION: uuid_text,
    PolicyCondition.REAL_APPLICATION: uuid_text,
    PolicyCondition.DOMAIN: _text,
    PolicyCondition.ACCOUNT: _text,
    PolicyCondition.ENTITLEMENT: _text,
    PolicyCondition.PID: _pid,
    PolicyCondition.UID: number_text,
    PolicyCondition.ALL_INTERFACES: _nothing,
    PolicyCondition.BOUND_INTERFACE: _text,
    PolicyCondition.TRAFFIC_CLASS: _traffic_classes,
    PolicyCondition.IP_PROTOCOL: _short,
    PolicyCondition.LOCAL_ADDR: _address,
    PolicyCondition.REMOTE_ADDR: _address,
    PolicyCondition.LOCAL_ADDR_RANGE: _address_range,
    PolicyCondition.REMOTE_ADDR_RANGE: _address_range,
    PolicyCondition.AGENT_TYPE: _agent_type,
    PolicyCondition.HAS_CLIENT: _nothing,
    PolicyCondition.LOCAL_NETWORKS: _nothing,
    PolicyCondition.FLOW_IP_PROTOCOL: _short,
    PolicyCondition.FLOW_LOCAL_ADDR: _address,
    PolicyCondition.FLOW_REMOTE_ADDR: _address,
    PolicyCondition.FLOW_LOCAL_ADDR_RANGE: _address_range,
    PolicyCondition.FLOW_REMOTE_ADDR_RANGE: _address_range,
    PolicyCondition.CLIENT_FLAGS: _client_flags,
    PolicyCondition.FLOW_LOCAL_ADDR_EMPTY: _nothing,
    PolicyCondition.FLOW_REMOTE_ADDR_EMPTY: _nothing,
    PolicyCondition.PLATFORM_BINARY: _nothing,
    PolicyCondition.SDK_VERSION: _sdk_version,
    PolicyCondition.SIGNING_IDENTIFIER: _text,
    PolicyCondition.PACKET_FILTER_TAGS: _short,
    PolicyCondition.SCHEME_PORT: port_text,
    PolicyCondition.DOMAIN_FILTER: number_text,
    PolicyCondition.URL: _text,
    PolicyCondition.SYSTEM_SIGNED_RESULT: _nothing,
    PolicyCondition.REAL_UID: number_text,
    PolicyCondition.FLOW_IS_LOOPBACK: _nothing,
    PolicyCondition.DELEGATE_IS_PLATFORM_BINARY: _nothing,
}
_RESULT_DECODERS: Final[Mapping[int, Decoder]] = {
    PolicyResult.SKIP: number_text,
    PolicyResult.SOCKET_DIVERT: number_text,
    PolicyResult.SOCKET_FILTER: number_text,
    PolicyResult.IP_TUNNEL: _tunnel,
    PolicyResult.TRIGGER: _service,
    PolicyResult.TRIGGER_IF_NEEDED: _service,
    PolicyResult.TRIGGER_SCOPED: _service,
    PolicyResult.NO_TRIGGER_SCOPED: _service,
    PolicyResult.SOCKET_SCOPED: _text,
    PolicyResult.USE_NETAGENT: uuid_text,
    PolicyResult.NETAGENT_SCOPED: uuid_text,
    PolicyResult.REMOVE_NETAGENT: uuid_text,
    PolicyResult.SCOPED_DIRECT: _nothing,
    PolicyResult.ALLOW_UNENTITLED: _nothing,
}
_TLV_DECODERS: Final[Mapping[int, Decoder]] = {
    PolicyTlv.POLICY_ORDER: number_text,
    PolicyTlv.POLICY_CONDITION: _condition,
    PolicyTlv.POLICY_RESULT: _result,
    PolicyTlv.POLICY_ID: number_text,
    PolicyTlv.SESSION_PRIORITY: priority_text,
    PolicyTlv.ATTRIBUTE_DOMAIN: _text,
    PolicyTlv.ATTRIBUTE_ACCOUNT: _text,
    PolicyTlv.ATTRIBUTE_DOMAIN_OWNER: _text,
    PolicyTlv.ATTRIBUTE_TRACKER_DOMAIN: _text,
    PolicyTlv.ATTRIBUTE_DOMAIN_CONTEXT: _text,
    PolicyTlv.SERVICE_UUID: uuid_text,
    PolicyTlv.ROUTE_RULE: _route_rule,
}
