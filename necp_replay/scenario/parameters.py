"""Builds the TLVs of client parameters from keyword arguments, named as the kernel names them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Final, Unpack

from necp_replay.abi.client import ClientParameter, ClientParameterFlag, StatisticsParameter
from necp_replay.abi.client_structs import APPLICATION_ID
from necp_replay.abi.ip import IPPROTO_TCP
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.keywords import AgentType, ClientParameters

__all__ = ["AgentType", "client_parameters"]


def client_parameters(**parameters: Unpack[ClientParameters]) -> bytes:
    """The TLVs of a client's parameters; a parameter that is None is left out.

    ``remote`` and ``local`` are REMOTE_ADDRESS and LOCAL_ADDRESS; the others are named as the
    kernel names them (``NECP_CLIENT_PARAMETER_*``). ``ip_protocol`` is TCP by default. ``extra``
    bytes are appended unchanged. Raises ScenarioError for a malformed address, TypeError for an
    unknown parameter.
    """
    given: dict[str, Any] = {"ip_protocol": IPPROTO_TCP, **parameters}
    unknown = sorted(given.keys() - ClientParameters.__annotations__.keys())
    if unknown:
        raise TypeError(f"no parameter of a client is called {', '.join(unknown)}")
    content = b""
    for keyword, type_, encode in _SINGLE:
        if given.get(keyword) is not None:
            content += pack_tlv(type_, encode(given[keyword]))
    for keyword, type_, encode in _REPEATED:
        for value in given.get(keyword, ()):
            content += pack_tlv(type_, encode(value))
    for keyword, type_, encode in _AFTER_REPEATED:
        if given.get(keyword) is not None:
            content += pack_tlv(type_, encode(given[keyword]))
    for pattern in given.get("flow_demux_pattern", ()):
        content += pack_tlv(ClientParameter.FLOW_DEMUX_PATTERN, bytes(pattern))
    flags = int(given.get("flags", 0))
    for flag in ClientParameterFlag:
        flags |= flag if given.get(str(flag.name).lower()) else 0
    if flags:
        content += pack_tlv(ClientParameter.FLAGS, _word(flags))
    return content + bytes(given.get("extra", b""))


def _string(text: str | bytes) -> bytes:
    """A string with a NUL at its end; bytes stay as they are."""
    return text if isinstance(text, bytes) else text.encode() + b"\0"


def _agent_type(kind: AgentType) -> bytes:
    domain, type_ = kind
    return domain.encode().ljust(32, b"\0") + type_.encode().ljust(32, b"\0")


def _prefixed(address: str) -> bytes:
    return b"\0" + sockaddr(address)


def _word(number: int) -> bytes:
    return struct.pack("<I", number)


def _long(number: int) -> bytes:
    return struct.pack("<Q", number)


def _signed(number: int) -> bytes:
    return struct.pack("<i", number)


def _short(number: int) -> bytes:
    return struct.pack("<H", number)


def _port(number: int) -> bytes:
    return struct.pack(">H", number)


def _byte(number: int) -> bytes:
    return bytes((number,))


_Encoders = tuple[tuple[str, ClientParameter | StatisticsParameter, Callable[[Any], bytes]], ...]

_SINGLE: Final[_Encoders] = (
    ("ip_protocol", ClientParameter.IP_PROTOCOL, _short),
    ("local", ClientParameter.LOCAL_ADDRESS, _prefixed),
    ("remote", ClientParameter.REMOTE_ADDRESS, _prefixed),
    ("local_endpoint", ClientParameter.LOCAL_ENDPOINT, sockaddr),
    ("remote_endpoint", ClientParameter.REMOTE_ENDPOINT, sockaddr),
    ("application", ClientParameter.APPLICATION, bytes),
    ("real_application", ClientParameter.REAL_APPLICATION, bytes),
    ("domain", ClientParameter.DOMAIN, _string),
    ("account", ClientParameter.ACCOUNT, _string),
    ("pid", ClientParameter.PID, _signed),
    ("uid", ClientParameter.UID, _word),
    ("bound_interface", ClientParameter.BOUND_INTERFACE, _string),
    ("traffic_class", ClientParameter.TRAFFIC_CLASS, _word),
)
_REPEATED: Final[_Encoders] = (
    ("prohibit_interface", ClientParameter.PROHIBIT_INTERFACE, _string),
    ("prohibit_if_type", ClientParameter.PROHIBIT_IF_TYPE, _byte),
    ("prohibit_agent", ClientParameter.PROHIBIT_AGENT, bytes),
    ("prohibit_agent_type", ClientParameter.PROHIBIT_AGENT_TYPE, _agent_type),
    ("require_if_type", ClientParameter.REQUIRE_IF_TYPE, _byte),
    ("require_agent", ClientParameter.REQUIRE_AGENT, bytes),
    ("require_agent_type", ClientParameter.REQUIRE_AGENT_TYPE, _agent_type),
    ("prefer_agent", ClientParameter.PREFER_AGENT, bytes),
    ("prefer_agent_type", ClientParameter.PREFER_AGENT_TYPE, _agent_type),
    ("avoid_agent", ClientParameter.AVOID_AGENT, bytes),
    ("avoid_agent_type", ClientParameter.AVOID_AGENT_TYPE, _agent_type),
)
_AFTER_REPEATED: Final[_Encoders] = (
    ("browse_category", ClientParameter.BROWSE_CATEGORY, bytes),
    ("parent_id", ClientParameter.PARENT_ID, bytes),
    ("resolver_tag", ClientParameter.RESOLVER_TAG, bytes),
    ("advertise_descriptor", ClientParameter.ADVERTISE_DESCRIPTOR, bytes),
    ("delegated_upid", ClientParameter.DELEGATED_UPID, _long),
    ("ethertype", ClientParameter.ETHERTYPE, _short),
    ("transport_protocol", ClientParameter.TRANSPORT_PROTOCOL, _byte),
    ("local_address_preference", ClientParameter.LOCAL_ADDRESS_PREFERENCE, _byte),
    ("scheme_port", ClientParameter.SCHEME_PORT, _port),
    ("application_id", ClientParameter.APPLICATION_ID, lambda given: APPLICATION_ID.pack(*given)),
    ("attributed_bundle_identifier", ClientParameter.ATTRIBUTED_BUNDLE_IDENTIFIER, _string),
    ("url", ClientParameter.URL, _string),
    ("domain_owner", StatisticsParameter.DOMAIN_OWNER, _string),
    ("domain_context", StatisticsParameter.DOMAIN_CONTEXT, _string),
    ("tracker_domain", StatisticsParameter.TRACKER_DOMAIN, _string),
)
"""Keywords, TLV types and encoders, in the order in which the TLVs are written.

The order is fixed: recorded traces contain the bytes.
"""
