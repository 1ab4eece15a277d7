"""Pseudonyms inside what processes and the kernel exchange as bytes: TLVs, addresses, structs.

Every function takes bytes that may be cut short anywhere, as they are after a fault, and returns
as many.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from necp_replay.abi.client import (
    MAX_DEMUX_PATTERNS,
    MAX_PARSED_PARAMETERS,
    PROTOCTL_EVENT_TLV_BYTES,
    AgentReport,
    ClientParameter,
    ClientResult,
    ObserverUpdateType,
    StatisticsParameter,
)
from necp_replay.abi.dumped_conditions import conditions_have_flags, read_conditions
from necp_replay.abi.netagent import DESC_BYTES, DOMAIN_BYTES, TYPE_BYTES
from necp_replay.abi.policy import (
    PolicyCondition,
    PolicyResult,
    PolicyTlv,
    RouteRuleAction,
    RouteRuleFlag,
)
from necp_replay.abi.sockaddr import AF_INET, AF_INET6
from necp_replay.abi.tlv import TLV_HEADER, TLV_HEADER_BYTES
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.tools.pseudonyms.names import Names

Rename = Callable[[Names, bytes], bytes]
"""Gives a piece of bytes its pseudonyms."""

PROCESS: Final = b"process"
ACCOUNT: Final = b"account"
AGENT: Final = b"agent"
ENTITLEMENT: Final = b"entitlement"
INTERFACE: Final = b"interface"
LABEL: Final = b"label"
URL: Final = b"url"
"""Kinds of names. Labels are what sockets, routes and sessions are called in traces."""


def keep(_names: Names, value: bytes) -> bytes:
    """Numbers, flags and types: nothing that identifies anybody."""
    return value


def opaque(names: Names, value: bytes) -> bytes:
    """Bytes of unknown meaning."""
    return names.opaque(value)


def uuid(names: Names, value: bytes) -> bytes:
    """An id, and whatever follows it."""
    return names.uuid(value) if len(value) >= UUID_BYTES else names.uuid_start(value)


def interface_name(names: Names, value: bytes) -> bytes:
    """An interface's name, where those are renamed at all; the loopback's means something.

    What follows the first 16 bytes is a name of its own: older kernels read the end of a long
    prohibited name so (``prohibited_names_overlap``).
    """
    if not names.renames_interfaces:
        return value
    renamed = b""
    for start in range(0, len(value), MAX_PARSED_PARAMETERS):
        name = value[start : start + MAX_PARSED_PARAMETERS]
        is_loopback = name.partition(b"\0")[0] in (b"lo0", b"lo")
        renamed += name if is_loopback else names.text(INTERFACE, name)
    return renamed


def domain(names: Names, value: bytes) -> bytes:
    """A domain as a C string, and whatever follows its end."""
    name, end, rest = value.partition(b"\0")
    return names.domain(name) + end + names.opaque(rest)


def domain_parameter(names: Names, value: bytes) -> bytes:
    """A domain whose last byte the kernel overwrites with a zero, whatever it is."""
    return domain(names, value[:-1]) + names.opaque(value[-1:])


def url_parameter(names: Names, value: bytes) -> bytes:
    """A URL whose last byte the kernel overwrites with a zero, whatever it is."""
    return names.text(URL, value[:-1]) + names.opaque(value[-1:])


def domain_start(names: Names, value: bytes, whole_bytes: int) -> bytes:
    """A domain, and whatever follows it, of which only the first bytes are there."""
    return domain(names, value) if b"\0" in value else names.domain_start(value, whole_bytes)


def text_of(kind: bytes) -> Rename:
    """A name of some kind."""

    def rename(names: Names, value: bytes) -> bytes:
        return names.text(kind, value)

    return rename


def after(kept_bytes: int, rename: Rename) -> Rename:
    """Some bytes that are kept, then something else."""

    def rename_rest(names: Names, value: bytes) -> bytes:
        return value[:kept_bytes] + rename(names, value[kept_bytes:])

    return rename_rest


def sequence(*pieces: tuple[int, Rename], rest: Rename = opaque) -> Rename:
    """Fields of fixed lengths, one after the other."""

    def rename(names: Names, value: bytes) -> bytes:
        renamed = bytearray()
        offset = 0
        for length, rename_piece in pieces:
            piece = value[offset : offset + length]
            if piece:
                renamed += rename_piece(names, piece)
            offset += length
        return bytes(renamed) + rest(names, value[offset:])

    return rename


def sockaddr(names: Names, value: bytes) -> bytes:
    """A socket address of 28 bytes: family, port and scope stay."""
    value, rest = value[:_SOCKADDR_BYTES], value[_SOCKADDR_BYTES:]
    family = value[1] if len(value) > 1 else 0
    if family == AF_INET:
        # After an IPv4 address there may be the rest of an IPv6 address.
        tail = value[8:]
        if any(tail[8:16]):
            rest_of_ipv6 = _ipv6(names, tail[:16])
            if not any(tail[:8]):
                rest_of_ipv6 = tail[:8] + names.ipv6_end(tail[8:16])
            tail = rest_of_ipv6 + tail[16:]
        renamed = value[:4] + ipv4(names, value[4:8]) + tail
    elif family == AF_INET6:
        renamed = value[:8] + _ipv6(names, value[8:24]) + value[24:]
    else:
        renamed = value[:2] + names.opaque(value[2:])
    return renamed + names.opaque(rest)


def ipv4(names: Names, value: bytes) -> bytes:
    """An IPv4 address, also one of which only the first bytes are there: prefixes are kept."""
    return names.ipv4(value.ljust(4, b"\0"))[: len(value)] if value else value


def _ipv6(names: Names, value: bytes) -> bytes:
    return names.ipv6(value.ljust(16, b"\0"))[: len(value)] if value else value


def _range(names: Names, value: bytes) -> bytes:
    """The two ends of a range of addresses."""
    for end in (value[:_SOCKADDR_BYTES], value[_SOCKADDR_BYTES : 2 * _SOCKADDR_BYTES]):
        if len(end) >= 8 and end[1] == AF_INET:
            names.bound(end[4:8])
        elif len(end) >= 24 and end[1] == AF_INET6:
            names.bound(end[8:24])
    return sequence((_SOCKADDR_BYTES, sockaddr), (_SOCKADDR_BYTES, sockaddr))(names, value)


def _tlvs(table: Mapping[int, Rename]) -> Rename:
    """TLVs by their type. Headers stay, also of a last one that is not whole."""

    def rename(names: Names, content: bytes) -> bytes:
        renamed = bytearray()
        offset = 0
        while offset + TLV_HEADER_BYTES <= len(content):
            type_, length = TLV_HEADER.unpack_from(content, offset)
            start = offset + TLV_HEADER_BYTES
            value = content[start : start + length]
            renamed += content[offset:start]
            if length > _MAX_CUT_BYTES and len(value) < length:
                # This was not cut off: there is no value, and nothing reads these bytes.
                renamed += names.opaque(value)
            elif value:
                rename_value = table.get(type_, opaque)
                if len(value) < length and rename_value in _DOMAINS:
                    renamed += domain_start(names, value, length)
                else:
                    renamed += rename_value(names, value)
            offset = start + length
        return bytes(renamed) + content[offset:]

    return rename


def _by_first_byte(table: Mapping[int, Rename], kept_bytes: int) -> Rename:
    """A type in the first byte, perhaps flags, then a value that depends on the type."""

    def rename(names: Names, value: bytes) -> bytes:
        rename_value = table.get(value[0], opaque)
        return value[:kept_bytes] + rename_value(names, value[kept_bytes:])

    return rename


def observer_update(names: Names, value: bytes) -> bytes:
    """A type of update, then parameters or a result."""
    type_ = int.from_bytes(value[:4], "little")
    rename = parameters if type_ == ObserverUpdateType.PARAMETERS else results
    return value[:4] + rename(names, value[4:])


def client_list(names: Names, value: bytes) -> bytes:
    """A number of clients, then their ids."""
    renamed = value[:4]
    for offset in range(4, len(value), UUID_BYTES):
        renamed += uuid(names, value[offset : offset + UUID_BYTES])
    return renamed


def _result_string(names: Names, value: bytes) -> bytes:
    """A result in words, with the id or the interfaces it names."""
    text = value.decode("latin-1")
    text = _UUID_TEXT.sub(lambda match: _uuid_text(names, match[0]), text)
    if names.renames_interfaces:
        text = _INTERFACE_WORD.sub(lambda match: _interface_word(names, match), text)
    return text.encode("latin-1")


def _uuid_text(names: Names, text: str) -> str:
    digits = names.uuid(bytes.fromhex(text.replace("-", ""))).hex().upper()
    return "-".join(
        digits[start:end] for start, end in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))
    )


def _interface_word(names: Names, match: re.Match[str]) -> str:
    name = match["name"]
    if name in _RESULT_WORDS:
        return match[0]
    return match["before"] + interface_name(names, name.encode("latin-1")).decode("latin-1")


_DOMAINS: Final = (domain, domain_parameter)
"""What is compared from its end, so that its first bytes alone do not tell its pseudonym."""

number: Final = sequence((12, keep))
"""Numbers and flags; what follows the longest of them is none."""

group_members: Final = sequence((UUID_BYTES, uuid))
"""The id of an agent or a client, and members of a group in whatever form the agent chose."""
demux_patterns: Final = sequence(*((36, keep), (32, opaque)) * MAX_DEMUX_PATTERNS)
"""Patterns of bytes in packets: where, how many and under which mask, then the bytes."""
reported_error: Final = sequence((UUID_BYTES, uuid), (4, keep))
"""The id of an agent or a client, and an error number."""

_MAX_CUT_BYTES: Final = 1024
"""A TLV that ends after its content is one that was cut if it is not longer than this."""
_SOCKADDR_BYTES: Final = 28
_UUID_TEXT: Final = re.compile("-".join(f"[0-9A-F]{{{n}}}" for n in (8, 4, 4, 4, 12)))
_INTERFACE_WORD: Final = re.compile(
    r"(?P<before>(?:IPTunnel|SocketScoped|RouteRules) \(|[ !])(?P<name>[A-Za-z]\w*)"
)
_RESULT_WORDS: Final = frozenset(("Cell", "WiFi", "Wired", "Exp", "Only", "QoSMarking", "Unknown"))

_agent_name: Final = text_of(AGENT)
_agent_type: Final = sequence((DOMAIN_BYTES, _agent_name), (TYPE_BYTES, _agent_name))
netagent: Final = sequence(
    (UUID_BYTES, uuid),
    (DOMAIN_BYTES, _agent_name),
    (TYPE_BYTES, _agent_name),
    (DESC_BYTES, _agent_name),
    (8, keep),
)
"""``struct netagent`` with its data."""

_condition_address: Final = after(1, sockaddr)

parameters: Final = _tlvs(
    {
        ClientParameter.APPLICATION: uuid,
        ClientParameter.REAL_APPLICATION: uuid,
        ClientParameter.DOMAIN: domain_parameter,
        ClientParameter.ACCOUNT: text_of(ACCOUNT),
        ClientParameter.APPLICATION_ID: sequence((4, number), (UUID_BYTES, uuid), (4, number)),
        ClientParameter.PID: number,
        ClientParameter.UID: number,
        ClientParameter.BOUND_INTERFACE: interface_name,
        ClientParameter.TRAFFIC_CLASS: number,
        ClientParameter.IP_PROTOCOL: number,
        ClientParameter.LOCAL_ADDRESS: _condition_address,
        ClientParameter.REMOTE_ADDRESS: _condition_address,
        StatisticsParameter.DOMAIN_OWNER: domain,
        StatisticsParameter.DOMAIN_CONTEXT: domain,
        StatisticsParameter.TRACKER_DOMAIN: domain,
        ClientParameter.ATTRIBUTED_BUNDLE_IDENTIFIER: text_of(ACCOUNT),
        ClientParameter.SCHEME_PORT: keep,
        ClientParameter.URL: url_parameter,
        ClientParameter.PROHIBIT_INTERFACE: interface_name,
        ClientParameter.PROHIBIT_IF_TYPE: number,
        ClientParameter.PROHIBIT_AGENT: uuid,
        ClientParameter.PROHIBIT_AGENT_TYPE: _agent_type,
        ClientParameter.REQUIRE_IF_TYPE: number,
        ClientParameter.REQUIRE_AGENT: uuid,
        ClientParameter.REQUIRE_AGENT_TYPE: _agent_type,
        ClientParameter.PREFER_AGENT: uuid,
        ClientParameter.PREFER_AGENT_TYPE: _agent_type,
        ClientParameter.AVOID_AGENT: uuid,
        ClientParameter.AVOID_AGENT_TYPE: _agent_type,
        ClientParameter.TRIGGER_AGENT: uuid,
        ClientParameter.ASSERT_AGENT: uuid,
        ClientParameter.UNASSERT_AGENT: uuid,
        AgentReport.ADD_GROUP_MEMBERS: group_members,
        AgentReport.REMOVE_GROUP_MEMBERS: group_members,
        AgentReport.ERROR: reported_error,
        ClientParameter.LOCAL_ENDPOINT: sockaddr,
        ClientParameter.REMOTE_ENDPOINT: sockaddr,
        ClientParameter.PARENT_ID: uuid,
        ClientParameter.ADVERTISE_DESCRIPTOR: opaque,
        ClientParameter.DELEGATED_UPID: number,
        ClientParameter.ETHERTYPE: number,
        ClientParameter.TRANSPORT_PROTOCOL: number,
        ClientParameter.LOCAL_ADDRESS_PREFERENCE: number,
        ClientParameter.FLAGS: number,
        ClientParameter.FLOW_DEMUX_PATTERN: demux_patterns,
    }
)
"""A client's parameters."""

_RESULTS: Final[dict[int, Rename]] = {
    **dict.fromkeys(ClientResult, number),
    ClientResult.CLIENT_ID: uuid,
    ClientResult.FLOW_ID: uuid,
    ClientResult.NETAGENT: after(4, uuid),
    ClientResult.INTERFACE_OPTION: after(8, uuid),
    ClientResult.TFO_COOKIE: opaque,
    ClientResult.NEXUS_INSTANCE: uuid,
    ClientResult.NEXUS_KEY: opaque,
    ClientResult.LOCAL_ENDPOINT: sockaddr,
    ClientResult.REMOTE_ENDPOINT: sockaddr,
    ClientResult.DISCOVERED_ENDPOINT: sockaddr,
    ClientResult.RESOLVED_ENDPOINT: sockaddr,
    ClientResult.LOCAL_ETHER_ADDR: opaque,
    ClientResult.REMOTE_ETHER_ADDR: opaque,
    ClientResult.GATEWAY: sockaddr,
    ClientResult.NAT64: sequence(*[(16, _ipv6), (4, keep)] * 4),
}
results: Final = _tlvs(_RESULTS)
"""A client's result, and what agents assign to flows."""


def _flow(names: Names, value: bytes) -> bytes:
    """A flow: TLVs, of which an agent may have written some that do not end, then an event."""
    end = len(value) - PROTOCTL_EVENT_TLV_BYTES
    if value[max(end, 0) :].startswith(_EVENT_HEADER):
        return results(names, value[:end]) + value[end:]
    return results(names, value)


_EVENT_HEADER: Final = TLV_HEADER.pack(
    ClientResult.PROTO_CTL_EVENT, PROTOCTL_EVENT_TLV_BYTES - TLV_HEADER_BYTES
)
_RESULTS[ClientResult.FLOW] = _flow

_CONDITIONS: Final[dict[int, Rename]] = {
    **dict.fromkeys(PolicyCondition, number),
    PolicyCondition.APPLICATION: uuid,
    PolicyCondition.REAL_APPLICATION: uuid,
    PolicyCondition.DOMAIN: domain,
    PolicyCondition.ACCOUNT: text_of(ACCOUNT),
    PolicyCondition.URL: text_of(URL),
    PolicyCondition.ENTITLEMENT: text_of(ENTITLEMENT),
    PolicyCondition.SIGNING_IDENTIFIER: text_of(PROCESS),
    PolicyCondition.BOUND_INTERFACE: interface_name,
    PolicyCondition.LOCAL_ADDR: _condition_address,
    PolicyCondition.REMOTE_ADDR: _condition_address,
    PolicyCondition.LOCAL_ADDR_RANGE: _range,
    PolicyCondition.REMOTE_ADDR_RANGE: _range,
    PolicyCondition.AGENT_TYPE: _agent_type,
    PolicyCondition.FLOW_LOCAL_ADDR: _condition_address,
    PolicyCondition.FLOW_REMOTE_ADDR: _condition_address,
    PolicyCondition.FLOW_LOCAL_ADDR_RANGE: _range,
    PolicyCondition.FLOW_REMOTE_ADDR_RANGE: _range,
}
_service: Final = sequence((UUID_BYTES, uuid), (4, keep))
_POLICY_RESULTS: Final[dict[int, Rename]] = {
    **dict.fromkeys(PolicyResult, number),
    PolicyResult.IP_TUNNEL: after(4, interface_name),
    PolicyResult.TRIGGER: _service,
    PolicyResult.TRIGGER_IF_NEEDED: _service,
    PolicyResult.TRIGGER_SCOPED: _service,
    PolicyResult.NO_TRIGGER_SCOPED: _service,
    PolicyResult.SOCKET_SCOPED: interface_name,
    PolicyResult.USE_NETAGENT: uuid,
    PolicyResult.NETAGENT_SCOPED: uuid,
    PolicyResult.REMOVE_NETAGENT: uuid,
}


def _route_rule(names: Names, value: bytes) -> bytes:
    """An action and flags, what the action needs, and the agent or the interface that it is for."""
    action, flags = (*value, 0, 0)[:2]
    last: Rename = interface_name
    if flags & RouteRuleFlag.NETAGENT:
        names_interface = names.profile.rules_that_need_agents_name_interfaces
        last = sequence((UUID_BYTES, uuid), rest=interface_name if names_interface else opaque)
    return value[:2] + _ROUTE_RULE_STARTS.get(action, sequence)(rest=last)(names, value[2:])


_ROUTE_RULE_STARTS: Final[dict[int, Callable[..., Rename]]] = {
    RouteRuleAction.USE_NETAGENT: partial(sequence, (UUID_BYTES, uuid)),
    RouteRuleAction.REMOVE_NETAGENT: partial(sequence, (UUID_BYTES, uuid)),
    RouteRuleAction.DIVERT_SOCKET: partial(sequence, (4, keep)),
}
_POLICY: Final[dict[int, Rename]] = {
    **dict.fromkeys(PolicyTlv, number),
    PolicyTlv.POLICY_CONDITION: _by_first_byte(_CONDITIONS, 2),
    PolicyTlv.POLICY_RESULT: _by_first_byte(_POLICY_RESULTS, 1),
    PolicyTlv.ATTRIBUTE_DOMAIN: domain,
    PolicyTlv.ATTRIBUTE_ACCOUNT: text_of(ACCOUNT),
    PolicyTlv.ATTRIBUTE_DOMAIN_OWNER: domain,
    PolicyTlv.ATTRIBUTE_TRACKER_DOMAIN: domain,
    PolicyTlv.ATTRIBUTE_DOMAIN_CONTEXT: domain,
    PolicyTlv.SERVICE_UUID: uuid,
    PolicyTlv.ROUTE_RULE: _route_rule,
}
policy: Final = _tlvs(_POLICY)
"""A policy as a session adds it or gets it back, and a socket's attributes."""


def _dumped_conditions(names: Names, content: bytes) -> bytes:
    """Here, and only here, conditions are TLVs themselves, in later releases with flags."""
    have_flags = conditions_have_flags([content])
    conditions, rest = read_conditions(content, have_flags=have_flags)
    return (
        b"".join(
            each.pack(_CONDITIONS.get(each.type_, opaque)(names, each.value)) for each in conditions
        )
        + rest
    )


policy_dump: Final = _tlvs(
    {
        PolicyTlv.POLICY_DUMP: _tlvs(
            {
                **dict.fromkeys(PolicyTlv, number),
                PolicyTlv.POLICY_RESULT_STRING: _result_string,
                PolicyTlv.POLICY_OWNER: text_of(PROCESS),
                PolicyTlv.POLICY_CONDITION: _dumped_conditions,
            }
        )
    }
)
"""The policies of all sessions, after their length."""
