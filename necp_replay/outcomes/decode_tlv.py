"""Decodes the TLVs of results and parameters: a table has one row for each type.

What cannot be decoded without loss is hex.
"""

from __future__ import annotations

import enum
import functools
import itertools
from collections.abc import Callable, Iterable, Mapping
from struct import Struct
from typing import Final

from necp_replay.abi.address_text import address_text, ip_text
from necp_replay.abi.aggregate_result import IPV6_PREFIX, NAT64_MAX_NUM_PREFIXES
from necp_replay.abi.client import (
    DEMUX_PATTERN_BYTES,
    ClientParameter,
    ClientParameterFlag,
    ClientResult,
    ClientResultFlag,
    LaterParameterFlag,
    ResultReason,
    StatisticsParameter,
)
from necp_replay.abi.client_structs import APPLICATION_ID, INTERFACE_OPTION
from necp_replay.abi.tlv import iterate_tlvs, tlvs_end
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.outcomes.decode_policy import port_text
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node, text_of_bytes

Decoder = Callable[[bytes, StableNames], "str | None"]
"""Returns the value of one TLV as text, None if the text would lose something."""


@functools.lru_cache(maxsize=1024)
def flag_names(flags: type[enum.IntFlag], value: int, *further: type[enum.IntFlag]) -> str:
    """A flag word as ``0x0000002c HAS_IPV4|HAS_IPV6``. Unknown bits are in the number only.

    ``further`` are types that name other bits of the same word.
    """
    names = "|".join(str(flag.name) for flag in itertools.chain(flags, *further) if value & flag)
    return f"0x{value:08x} {names}" if names else f"0x{value:08x}"


def result_nodes(content: bytes, names: StableNames) -> list[Node]:
    """The TLVs of a client's result or of a flow inside it."""
    return _remembered_nodes(content, names, ClientResult, _RESULT_DECODERS)


def parameter_nodes(content: bytes, names: StableNames) -> list[Node]:
    """The TLVs of a client's parameters."""
    return _remembered_nodes(content, names, ClientParameter, _PARAMETER_DECODERS)


def _remembered_nodes(
    content: bytes,
    names: StableNames,
    types: type[enum.IntEnum],
    decoders: Mapping[int, Decoder],
) -> list[Node]:
    """The nodes in a list of the caller's own. The nodes themselves are shared."""
    content = bytes(content)
    return list(names.decoded(types, content, lambda: _tlv_nodes(content, names, types, decoders)))


def _tlv_nodes(
    content: bytes,
    names: StableNames,
    types: type[enum.IntEnum],
    decoders: Mapping[int, Decoder],
) -> list[Node]:
    nodes = []
    known = _type_names(types)
    for _, type_, value in iterate_tlvs(content):
        name = known.get(type_)
        key = name if name is not None else f"type {type_}"
        if type_ == ClientResult.FLOW and types is ClientResult:
            nodes.append(Node(key, f"{len(value)} bytes", result_nodes(value, names)))
            continue
        decoder = decoders.get(type_)
        text = decoder(value, names) if decoder is not None else None
        nodes.append(Node(key, text if text is not None else _raw(value)))
    rest = content[tlvs_end(content) :]
    if rest:
        nodes.append(Node("not a whole TLV", _raw(rest)))
    return nodes


@functools.cache
def _type_names(types: type[enum.IntEnum]) -> Mapping[int, str]:
    members: list[enum.IntEnum] = list(types)
    if types is ClientParameter:
        members += StatisticsParameter
    return {int(member): member.name for member in members}


def _raw(value: bytes) -> str:
    return f"{len(value)} bytes 0x{value.hex()}" if value else "0 bytes"


def _number(value: bytes, _names: StableNames) -> str | None:
    return str(int.from_bytes(value, "little")) if len(value) == 4 else None


def _byte(value: bytes, _names: StableNames) -> str | None:
    return str(value[0]) if len(value) == 1 else None


def _short(value: bytes, _names: StableNames) -> str | None:
    return str(int.from_bytes(value, "little")) if len(value) == 2 else None


def _long(value: bytes, _names: StableNames) -> str | None:
    return str(int.from_bytes(value, "little")) if len(value) == 8 else None


def _ethertype(value: bytes, _names: StableNames) -> str | None:
    return f"0x{int.from_bytes(value, 'little'):04x}" if len(value) == 2 else None


def _word(value: bytes, _names: StableNames) -> str | None:
    return f"0x{int.from_bytes(value, 'little'):08x}" if len(value) == 4 else None


def _uuid(value: bytes, names: StableNames) -> str | None:
    return names.name(value) if len(value) == UUID_BYTES else None


def _result_flags(value: bytes, _names: StableNames) -> str | None:
    if len(value) != 4:
        return None
    return flag_names(ClientResultFlag, int.from_bytes(value, "little"))


def _parameter_flags(value: bytes, _names: StableNames) -> str | None:
    return parameter_flags_text(int.from_bytes(value, "little")) if len(value) == 4 else None


def parameter_flags_text(flags: int) -> str:
    """The flags of a client's parameters, with the names of every release."""
    return flag_names(ClientParameterFlag, flags, LaterParameterFlag)


def _netagent(value: bytes, names: StableNames) -> str | None:
    if len(value) != 20:
        return None
    return f"{names.name(value[4:])} generation {int.from_bytes(value[:4], 'little')}"


def _interface(value: bytes, _names: StableNames) -> str | None:
    if len(value) != 8:
        return None
    generation = int.from_bytes(value[:4], "little")
    return f"index {int.from_bytes(value[4:], 'little')} generation {generation}"


def _interface_option(value: bytes, names: StableNames) -> str | None:
    if len(value) != INTERFACE_OPTION.size:
        return None
    index, generation, agent = INTERFACE_OPTION.unpack(value)
    return f"index {index} generation {generation} agent {names.name(agent)}"


def _nat64(value: bytes, _names: StableNames) -> str | None:
    """Four prefixes, whose lengths the kernel counts in bytes; ``none`` for one that is zero."""
    if len(value) != NAT64_MAX_NUM_PREFIXES * IPV6_PREFIX.size:
        return None
    return nat64_text(IPV6_PREFIX.iter_unpack(value))


def nat64_text(prefixes: Iterable[tuple[bytes, int]]) -> str:
    """Prefixes of NAT64 with their lengths, ``none`` for an empty place."""
    return ", ".join(
        f"{ip_text(prefix)} bytes {length}" if length or any(prefix) else "none"
        for prefix, length in prefixes
    )


def _endpoint(value: bytes, _names: StableNames) -> str | None:
    return address_text(value) if len(value) == 28 else None


def _condition_address(value: bytes, _names: StableNames) -> str | None:
    return f"{address_text(value[1:])} prefix {value[0]}" if len(value) == 29 else None


def _reason(value: bytes, _names: StableNames) -> str | None:
    if len(value) != 4:
        return None
    number = int.from_bytes(value, "little")
    name = {int(reason): reason.name for reason in ResultReason}.get(number)
    return str(number) if name is None else f"{number} {name}"


def _policy_result(value: bytes, _names: StableNames) -> str | None:
    if len(value) != 4:
        return None
    return policy_result_text(int.from_bytes(value, "little"))


def policy_result_text(number: int) -> str:
    """The number of a policy's result, with its name."""
    name = POLICY_RESULT_NAMES.get(number)
    return f"{number} {name}" if name is not None else str(number)


def _protoctl(value: bytes, _names: StableNames) -> str | None:
    if len(value) != 12:
        return None
    code, val, seq = (int.from_bytes(value[i : i + 4], "little") for i in (0, 4, 8))
    return f"code {code} val {val} seq {seq}"


def _text(value: bytes, _names: StableNames) -> str | None:
    return text_of_bytes(value) if value else None


def _application_id(value: bytes, names: StableNames) -> str | None:
    if len(value) != APPLICATION_ID.size:
        return None
    user, executable, persona = APPLICATION_ID.unpack(value)
    return f"user {user} executable {names.name(executable)} persona {persona}"


def _demux_pattern(value: bytes, _names: StableNames) -> str | None:
    """Which bytes of a packet are compared, with what; in hex if more is set than are compared."""
    if len(value) != DEMUX_PATTERN_BYTES:
        return None
    offset, length, mask, compared = _DEMUX_PATTERN.unpack(value)
    if any(mask[length:]) or any(compared[length:]):
        return None
    if not length:
        return f"offset {offset} none"
    return f"offset {offset} mask 0x{mask[:length].hex()} value 0x{compared[:length].hex()}"


def _agent_type(value: bytes, _names: StableNames) -> str | None:
    if len(value) != 64:
        return None
    domain, type_ = value[:32].rstrip(b"\0"), value[32:].rstrip(b"\0")
    return f"domain {text_of_bytes(domain)} type {text_of_bytes(type_)}"


POLICY_RESULT_NAMES: Final[Mapping[int, str]] = {
    0: "NONE",
    1: "PASS",
    2: "SKIP",
    3: "DROP",
    4: "SOCKET_DIVERT",
    5: "SOCKET_FILTER",
    6: "IP_TUNNEL",
    7: "IP_FILTER",
    8: "TRIGGER",
    9: "TRIGGER_IF_NEEDED",
    10: "TRIGGER_SCOPED",
    11: "NO_TRIGGER_SCOPED",
    12: "SOCKET_SCOPED",
    13: "ROUTE_RULES",
    14: "USE_NETAGENT",
    15: "NETAGENT_SCOPED",
    16: "SCOPED_DIRECT",
    17: "ALLOW_UNENTITLED",
}
"""``NECP_KERNEL_POLICY_RESULT_*`` (bsd/net/necp.h)."""

_RESULT_DECODERS: Final[Mapping[int, Decoder]] = {
    ClientResult.CLIENT_ID: _uuid,
    ClientResult.POLICY_RESULT: _policy_result,
    ClientResult.POLICY_RESULT_PARAMETER: _word,
    ClientResult.FILTER_CONTROL_UNIT: _number,
    ClientResult.INTERFACE_INDEX: _number,
    ClientResult.NETAGENT: _netagent,
    ClientResult.FLAGS: _result_flags,
    ClientResult.INTERFACE: _interface,
    ClientResult.INTERFACE_OPTION: _interface_option,
    ClientResult.EFFECTIVE_MTU: _number,
    ClientResult.PROTO_CTL_EVENT: _protoctl,
    ClientResult.TFO_FLAGS: _byte,
    ClientResult.RECOMMENDED_MSS: _byte,
    ClientResult.FLOW_ID: _uuid,
    ClientResult.INTERFACE_TIME_DELTA: _number,
    ClientResult.FLOW_DIVERT_AGGREGATE_UNIT: _number,
    ClientResult.NEXUS_INSTANCE: _uuid,
    ClientResult.NEXUS_PORT: _short,
    ClientResult.NEXUS_PORT_FLOW_INDEX: _number,
    ClientResult.LOCAL_ENDPOINT: _endpoint,
    ClientResult.REMOTE_ENDPOINT: _endpoint,
    ClientResult.DISCOVERED_ENDPOINT: _endpoint,
    ClientResult.RESOLVED_ENDPOINT: _endpoint,
    ClientResult.EFFECTIVE_TRAFFIC_CLASS: _number,
    ClientResult.TRAFFIC_MGMT_BG: _number,
    ClientResult.GATEWAY: _endpoint,
    ClientResult.NAT64: _nat64,
    ClientResult.REASON: _reason,
}

_DEMUX_PATTERN: Final = Struct("<HH32s32s")

_PARAMETER_DECODERS: Final[Mapping[int, Decoder]] = {
    ClientParameter.APPLICATION: _uuid,
    ClientParameter.REAL_APPLICATION: _uuid,
    ClientParameter.DOMAIN: _text,
    ClientParameter.ACCOUNT: _text,
    ClientParameter.APPLICATION_ID: _application_id,
    ClientParameter.PID: _number,
    ClientParameter.UID: _number,
    ClientParameter.BOUND_INTERFACE: _text,
    ClientParameter.TRAFFIC_CLASS: _number,
    ClientParameter.IP_PROTOCOL: _short,
    ClientParameter.LOCAL_ADDRESS: _condition_address,
    ClientParameter.REMOTE_ADDRESS: _condition_address,
    ClientParameter.ATTRIBUTED_BUNDLE_IDENTIFIER: _text,
    StatisticsParameter.DOMAIN_OWNER: _text,
    StatisticsParameter.DOMAIN_CONTEXT: _text,
    StatisticsParameter.TRACKER_DOMAIN: _text,
    ClientParameter.SCHEME_PORT: port_text,
    ClientParameter.URL: _text,
    ClientParameter.PROHIBIT_INTERFACE: _text,
    ClientParameter.PROHIBIT_IF_TYPE: _byte,
    ClientParameter.PROHIBIT_AGENT: _uuid,
    ClientParameter.PROHIBIT_AGENT_TYPE: _agent_type,
    ClientParameter.REQUIRE_IF_TYPE: _byte,
    ClientParameter.REQUIRE_AGENT: _uuid,
    ClientParameter.REQUIRE_AGENT_TYPE: _agent_type,
    ClientParameter.PREFER_AGENT: _uuid,
    ClientParameter.PREFER_AGENT_TYPE: _agent_type,
    ClientParameter.AVOID_AGENT: _uuid,
    ClientParameter.AVOID_AGENT_TYPE: _agent_type,
    ClientParameter.TRIGGER_AGENT: _uuid,
    ClientParameter.ASSERT_AGENT: _uuid,
    ClientParameter.UNASSERT_AGENT: _uuid,
    ClientParameter.LOCAL_ENDPOINT: _endpoint,
    ClientParameter.REMOTE_ENDPOINT: _endpoint,
    ClientParameter.PARENT_ID: _uuid,
    ClientParameter.ADVERTISE_DESCRIPTOR: _endpoint,
    ClientParameter.DELEGATED_UPID: _long,
    ClientParameter.ETHERTYPE: _ethertype,
    ClientParameter.TRANSPORT_PROTOCOL: _byte,
    ClientParameter.LOCAL_ADDRESS_PREFERENCE: _byte,
    ClientParameter.FLAGS: _parameter_flags,
    ClientParameter.FLOW_DEMUX_PATTERN: _demux_pattern,
}
