"""Parses a client's parameter TLVs, with one reader for each type.

What each reader accepts is the kernel's rule for its type: values that are too short or too long
are passed over, unknown types too. Arrays keep their first 16 entries, or fewer.

Invariants. Parsing never fails: the result holds what could be read up to the first TLV that passes
the end. It depends on the bytes and on the rules of the release alone. Evaluation changes only the
last bytes of DOMAIN and ACCOUNT, and only the check of a resolver tag reads the first of these. So
a client without such a tag is parsed once, and so are clients with the same parameters.

Cost: one pass over at most 1,024 bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from struct import Struct
from typing import Final, TypeVar

from necp_replay.abi.client import (
    CLIENT_ENDPOINT_BYTES,
    CONDITION_ADDR_BYTES,
    DEMUX_PATTERN_BYTES,
    IFXNAMSIZ,
    MAX_DEMUX_PATTERNS,
    MAX_PARSED_PARAMETERS,
    NETAGENT_TYPE_PARAMETER_BYTES,
    SOCKADDR_UNION_BYTES,
    ClientParameter,
    LaterParameterFlag,
)
from necp_replay.abi.client_structs import APPLICATION_ID
from necp_replay.abi.log import LOG_ERR, LOG_NOTICE
from necp_replay.abi.sockaddr import AF_INET, AF_INET6, SOCKADDR_IN6_BYTES, SOCKADDR_IN_BYTES
from necp_replay.abi.tlv import TLV_HEADER, TLV_HEADER_BYTES
from necp_replay.abi.uuid import UUID_BYTES, ZERO_UUID
from necp_replay.kernel.clients.tracing import trace_parsed, trace_values, traces_parameters
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.parsed_parameters import ARRAY_FIELDS, ParsedField, ParsedParameters
from necp_replay.kernel.parameters.resolver_tag import check_is_determined, check_resolver_tag
from necp_replay.kernel.sockaddr import is_wildcard, sanitise
from necp_replay.kernel.state import KernelState
from necp_replay.releases.profile import Profile

_Entry = TypeVar("_Entry")


def parse_client_parameters(kernel: KernelState, client: Client) -> ParsedParameters:
    """A client's parameters. A TLV that passes the end is logged each time, and a wrong tag too.

    ``refusal`` of the answer is the errno with which the kernel fails here, because the resolver
    tag is not right. Raises UnknownInput if that depends on a key that is not known.

    Source: necp_client_parse_parameters, xnu-4570.51.1, xnu-6153.11.26.
    """
    parsed = client.parsed_parameters
    if parsed is None or parsed.resolver_tag is not None:
        parsed = _parsed_once(kernel, bytes(client.parameters))
        client.parsed_parameters = parsed
    is_traced = traces_parameters(kernel, client)
    if is_traced:
        trace_values(kernel, client)
    if parsed.is_cut_short:
        kernel.log(LOG_ERR, "necp_client_parse_parameters")
    if parsed.resolver_tag is not None:
        parsed.refusal = check_resolver_tag(kernel, client.client_id, parsed, parsed.resolver_tag)
    if (
        parsed.flags & _KNOWN_TRACKER
        and kernel.profile.known_trackers_are_logged
        and client.proc_pid
    ):
        kernel.log(LOG_NOTICE, "necp_client_parse_parameters")
    if is_traced:
        trace_parsed(kernel, parsed)
    return parsed


def _parsed_once(kernel: KernelState, parameters: bytes) -> ParsedParameters:
    """Parameters parsed, for clients to share. Those with a resolver tag are not shared.

    A tag can be for one client alone, and what is found of it is kept with the parameters.
    """
    parsed = kernel.parsed_parameters.entries.get(parameters)
    if parsed is None:
        parsed = parse_parameters(parameters, kernel.profile)
        if parsed.resolver_tag is None:
            kernel.parsed_parameters.store(parameters, parsed)
    return parsed


def check_tag_is_determined(kernel: KernelState, parameters: bytes) -> None:
    """Raises UnknownInput for parameters whose resolver tag may be right or wrong.

    Call it before a client is made of them, where tags may be in doubt.
    """
    parsed = parse_parameters(parameters, kernel.profile)
    if parsed.resolver_tag is not None:
        check_is_determined(kernel, parsed, parsed.resolver_tag)


def parse_parameters(parameters: bytes, profile: Profile) -> ParsedParameters:
    """Parse TLVs in order, up to the first that passes the end.

    Source: necp_client_parse_parameters, xnu-4570.51.1, xnu-4903.221.2, xnu-6153.11.26.
    """
    parsed = ParsedParameters()
    known = profile.client_parameters
    total = len(parameters)
    offset = 0
    while offset + TLV_HEADER_BYTES <= total:
        type_, length = TLV_HEADER.unpack_from(parameters, offset)
        offset += TLV_HEADER_BYTES
        if length > total - offset:
            parsed.is_cut_short = True
            break
        reader = _READERS.get(type_)
        if reader is not None and length > 0 and type_ in known:
            reader(parsed, parameters[offset : offset + length], profile)
        offset += length
    if parsed.valid_fields & ARRAY_FIELDS:
        _end_arrays(parsed, profile)
    if parsed.valid_fields & ParsedField.LOCAL_ADDR:
        parsed.local_interface_addr = sanitise(parsed.local_addr)
    return parsed


def _read_bound_interface(parsed: ParsedParameters, value: bytes, _profile: Profile) -> None:
    if len(value) <= IFXNAMSIZ:
        parsed.bound_interfaces += (_c_string(value[:-1]),)


def _read_local_address(parsed: ParsedParameters, value: bytes, _profile: Profile) -> None:
    if len(value) >= CONDITION_ADDR_BYTES:
        _take_local(parsed, value[1:CONDITION_ADDR_BYTES])


def _read_local_endpoint(parsed: ParsedParameters, value: bytes, _profile: Profile) -> None:
    if len(value) >= CLIENT_ENDPOINT_BYTES:
        _take_local(parsed, value[:SOCKADDR_UNION_BYTES])


def _take_local(parsed: ParsedParameters, address: bytes) -> None:
    if not is_valid_client_address(address):
        return
    parsed.local_addr = address
    if not is_wildcard(address):
        parsed.valid_fields |= ParsedField.LOCAL_ADDR
    if address[2:4] != b"\0\0":
        parsed.valid_fields |= ParsedField.LOCAL_PORT


def _read_remote_address(parsed: ParsedParameters, value: bytes, _profile: Profile) -> None:
    if len(value) >= CONDITION_ADDR_BYTES:
        _take_remote(parsed, value[1:CONDITION_ADDR_BYTES])


def _read_remote_endpoint(parsed: ParsedParameters, value: bytes, _profile: Profile) -> None:
    if len(value) >= CLIENT_ENDPOINT_BYTES:
        _take_remote(parsed, value[:SOCKADDR_UNION_BYTES])


def _take_remote(parsed: ParsedParameters, address: bytes) -> None:
    if is_valid_client_address(address):
        parsed.remote_addr = address
        parsed.valid_fields |= ParsedField.REMOTE_ADDR


def is_valid_client_address(address: bytes) -> bool:
    """Whether an address is IPv4 or IPv6 and its length is that of the family.

    Source: necp_client_address_is_valid, xnu-4570.51.1.
    """
    return address[:2] in _VALID_STARTS


def _read_prohibited_interface(parsed: ParsedParameters, value: bytes, _profile: Profile) -> None:
    if len(value) <= IFXNAMSIZ:
        parsed.prohibited_interfaces = _with(parsed.prohibited_interfaces, value[:-1] + b"\0")
        parsed.valid_fields |= ParsedField.PROHIBITED_IF


def _read_required_interface_type(
    parsed: ParsedParameters, value: bytes, _profile: Profile
) -> None:
    if not parsed.valid_fields & ParsedField.REQUIRED_IFTYPE and value[0] != 0:
        parsed.required_interface_type = value[0]
        parsed.valid_fields |= ParsedField.REQUIRED_IFTYPE


def _read_prohibited_interface_type(
    parsed: ParsedParameters, value: bytes, _profile: Profile
) -> None:
    parsed.prohibited_interface_types = _with(parsed.prohibited_interface_types, value[0])
    parsed.valid_fields |= ParsedField.PROHIBITED_IFTYPE


def _read_required_agent(parsed: ParsedParameters, value: bytes, profile: Profile) -> None:
    if len(value) >= UUID_BYTES:
        parsed.required_agents = _with_agent(parsed.required_agents, value, profile)
        parsed.valid_fields |= ParsedField.REQUIRED_AGENT


def _read_prohibited_agent(parsed: ParsedParameters, value: bytes, profile: Profile) -> None:
    if len(value) >= UUID_BYTES:
        parsed.prohibited_agents = _with_agent(parsed.prohibited_agents, value, profile)
        parsed.valid_fields |= ParsedField.PROHIBITED_AGENT


def _read_preferred_agent(parsed: ParsedParameters, value: bytes, profile: Profile) -> None:
    if len(value) >= UUID_BYTES:
        parsed.preferred_agents = _with_agent(parsed.preferred_agents, value, profile)
        parsed.valid_fields |= ParsedField.PREFERRED_AGENT


def _read_avoided_agent(parsed: ParsedParameters, value: bytes, profile: Profile) -> None:
    if len(value) >= UUID_BYTES:
        parsed.avoided_agents = _with_agent(parsed.avoided_agents, value, profile)
        parsed.valid_fields |= ParsedField.AVOIDED_AGENT


def _read_avoided_agent_type(parsed: ParsedParameters, value: bytes, profile: Profile) -> None:
    if len(value) >= NETAGENT_TYPE_PARAMETER_BYTES:
        parsed.avoided_agent_types = _with_type(parsed.avoided_agent_types, value, profile)
        parsed.valid_fields |= ParsedField.AVOIDED_AGENT_TYPE


def _read_required_agent_type(parsed: ParsedParameters, value: bytes, profile: Profile) -> None:
    if len(value) >= NETAGENT_TYPE_PARAMETER_BYTES:
        parsed.required_agent_types = _with_type(parsed.required_agent_types, value, profile)
        parsed.valid_fields |= ParsedField.REQUIRED_AGENT_TYPE


def _read_prohibited_agent_type(parsed: ParsedParameters, value: bytes, profile: Profile) -> None:
    if len(value) >= NETAGENT_TYPE_PARAMETER_BYTES:
        parsed.prohibited_agent_types = _with_type(parsed.prohibited_agent_types, value, profile)
        parsed.valid_fields |= ParsedField.PROHIBITED_AGENT_TYPE


def _read_preferred_agent_type(parsed: ParsedParameters, value: bytes, profile: Profile) -> None:
    if len(value) >= NETAGENT_TYPE_PARAMETER_BYTES:
        parsed.preferred_agent_types = _with_type(parsed.preferred_agent_types, value, profile)
        parsed.valid_fields |= ParsedField.PREFERRED_AGENT_TYPE


def _with_agent(agents: tuple[bytes, ...], value: bytes, profile: Profile) -> tuple[bytes, ...]:
    return _with(agents, value[:UUID_BYTES], profile.parsed_agents_limit)


def _with_type(
    agent_types: tuple[tuple[bytes, bytes], ...], value: bytes, profile: Profile
) -> tuple[tuple[bytes, bytes], ...]:
    domain, agent_type = value[:32], value[32:NETAGENT_TYPE_PARAMETER_BYTES]
    names = _c_string(domain), _c_string(agent_type)
    return _with(agent_types, names, profile.parsed_agents_limit)


def _with(
    entries: tuple[_Entry, ...], entry: _Entry, max_entries: int = MAX_PARSED_PARAMETERS
) -> tuple[_Entry, ...]:
    """The entries with one more, unless there are enough."""
    return entries if len(entries) >= max_entries else (*entries, entry)


def _read_flags(parsed: ParsedParameters, value: bytes, _profile: Profile) -> None:
    if len(value) >= _U32.size:
        (parsed.flags,) = _U32.unpack_from(value)
        parsed.valid_fields |= ParsedField.FLAGS


def _read_ip_protocol(parsed: ParsedParameters, value: bytes, profile: Profile) -> None:
    protocol = value[0]
    # Both forms agree where the second byte is 0.
    if value[1:2] != b"\0" and not profile.ip_protocol_has_short_form:
        if len(value) < _U16.size:
            return
        (protocol,) = _U16.unpack_from(value)
    parsed.ip_protocol = protocol
    parsed.valid_fields |= ParsedField.IP_PROTOCOL


def _read_transport_protocol(parsed: ParsedParameters, value: bytes, _profile: Profile) -> None:
    parsed.transport_protocol = value[0]
    parsed.valid_fields |= ParsedField.TRANSPORT_PROTOCOL


def _read_ethertype(parsed: ParsedParameters, value: bytes, _profile: Profile) -> None:
    if len(value) >= _U16.size:
        (parsed.ethertype,) = _U16.unpack_from(value)


def _read_local_address_preference(
    parsed: ParsedParameters, value: bytes, _profile: Profile
) -> None:
    parsed.local_address_preference = value[0]


def _read_resolver_tag(parsed: ParsedParameters, value: bytes, profile: Profile) -> None:
    """The last tag, or the first in releases that refuse several."""
    if parsed.resolver_tag is not None and profile.signables_have_types:
        parsed.further_tags += 1
    else:
        parsed.resolver_tag = value


def _read_domain(parsed: ParsedParameters, value: bytes, _profile: Profile) -> None:
    parsed.host_name = value


def _read_parent_id(parsed: ParsedParameters, value: bytes, _profile: Profile) -> None:
    if len(value) == UUID_BYTES:
        parsed.parent_id = value
        parsed.names_parent = True


def _read_delegated_upid(parsed: ParsedParameters, value: bytes, _profile: Profile) -> None:
    if len(value) >= _U64.size:
        (parsed.delegated_upid,) = _U64.unpack_from(value)


def _read_bundle_identifier(parsed: ParsedParameters, _value: bytes, _profile: Profile) -> None:
    parsed.names_bundle = True


def _read_demux_pattern(parsed: ParsedParameters, value: bytes, _profile: Profile) -> None:
    if len(value) >= DEMUX_PATTERN_BYTES:
        parsed.demux_patterns = _with(
            parsed.demux_patterns, value[:DEMUX_PATTERN_BYTES], MAX_DEMUX_PATTERNS
        )


def _read_pid(parsed: ParsedParameters, value: bytes, _profile: Profile) -> None:
    if len(value) >= _PID.size:
        (parsed.effective_pid,) = _PID.unpack_from(value)
        parsed.valid_fields |= ParsedField.EFFECTIVE_PID


def _read_application(parsed: ParsedParameters, value: bytes, _profile: Profile) -> None:
    if len(value) >= UUID_BYTES:
        parsed.effective_uuid = value[:UUID_BYTES]
        parsed.valid_fields |= ParsedField.EFFECTIVE_UUID


def _read_application_id(parsed: ParsedParameters, value: bytes, _profile: Profile) -> None:
    """User, executable and persona; only the executable is asked for."""
    if len(value) >= APPLICATION_ID.size:
        _, parsed.effective_uuid, _ = APPLICATION_ID.unpack_from(value)
        parsed.valid_fields |= ParsedField.EFFECTIVE_UUID


def _read_traffic_class(parsed: ParsedParameters, value: bytes, _profile: Profile) -> None:
    if len(value) >= _U32.size:
        (parsed.traffic_class,) = _U32.unpack_from(value)
        parsed.valid_fields |= ParsedField.TRAFFIC_CLASS


def _end_arrays(parsed: ParsedParameters, profile: Profile) -> None:
    """End each array at its first empty entry. The kernel's loops over the arrays stop there."""
    names = parsed.prohibited_interfaces
    if names:
        if profile.prohibited_names_overlap:
            names = _overlapping_names(names)
        else:
            names = up_to(tuple([_c_string(name) for name in names]), b"")
        parsed.prohibited_interfaces = names
    parsed.prohibited_interface_types = up_to(parsed.prohibited_interface_types, 0)
    parsed.required_agent_slots = parsed.required_agents
    parsed.required_agent_type_slots = parsed.required_agent_types
    parsed.required_agents = up_to(parsed.required_agents, ZERO_UUID)
    parsed.prohibited_agents = up_to(parsed.prohibited_agents, ZERO_UUID)
    parsed.preferred_agents = up_to(parsed.preferred_agents, ZERO_UUID)
    parsed.avoided_agents = up_to(parsed.avoided_agents, ZERO_UUID)
    parsed.required_agent_types = up_to(parsed.required_agent_types, NO_AGENT_TYPE)
    parsed.prohibited_agent_types = up_to(parsed.prohibited_agent_types, NO_AGENT_TYPE)
    parsed.preferred_agent_types = up_to(parsed.preferred_agent_types, NO_AGENT_TYPE)
    parsed.avoided_agent_types = up_to(parsed.avoided_agent_types, NO_AGENT_TYPE)


def up_to(entries: tuple[_Entry, ...], empty: _Entry) -> tuple[_Entry, ...]:
    """The entries before the first empty one."""
    return entries[: entries.index(empty)] if empty in entries else entries


NO_AGENT_TYPE: Final = (b"", b"")
"""An empty entry of an array of agent types."""


def _overlapping_names(values: Sequence[bytes]) -> tuple[bytes, ...]:
    """The names of prohibited interfaces as the kernel reads them.

    Kernel quirk: the dimensions of the array are swapped: it has 24 rows of 16 bytes instead of 16
    rows of 24. A value of more than 16 bytes reaches into the next row. Its end is a name of its
    own, until the next value overwrites it. Measured in select_prohibit_iface.
    """
    array = bytearray(IFXNAMSIZ * MAX_PARSED_PARAMETERS)
    for row, value in enumerate(values):
        start = row * MAX_PARSED_PARAMETERS
        array[start : start + len(value)] = value
    names: list[bytes] = []
    for row in range(MAX_PARSED_PARAMETERS):
        start = row * MAX_PARSED_PARAMETERS
        name = _c_string(array[start : start + IFXNAMSIZ])
        if not name:
            break
        names.append(name)
    return tuple(names)


def _c_string(value: bytes | bytearray) -> bytes:
    """The bytes before the first zero."""
    return bytes(value.partition(b"\0")[0])


_U16: Final = Struct("<H")
_U32: Final = Struct("<I")
_U64: Final = Struct("<Q")
_PID: Final = Struct("<i")
_VALID_STARTS: Final = (
    bytes((SOCKADDR_IN_BYTES, AF_INET)),
    bytes((SOCKADDR_IN6_BYTES, AF_INET6)),
)

_READERS: Final[dict[int, Callable[[ParsedParameters, bytes, Profile], None]]] = {
    ClientParameter.APPLICATION: _read_application,
    ClientParameter.PID: _read_pid,
    ClientParameter.BOUND_INTERFACE: _read_bound_interface,
    ClientParameter.APPLICATION_ID: _read_application_id,
    ClientParameter.TRAFFIC_CLASS: _read_traffic_class,
    ClientParameter.IP_PROTOCOL: _read_ip_protocol,
    ClientParameter.LOCAL_ADDRESS: _read_local_address,
    ClientParameter.REMOTE_ADDRESS: _read_remote_address,
    ClientParameter.PROHIBIT_INTERFACE: _read_prohibited_interface,
    ClientParameter.PROHIBIT_IF_TYPE: _read_prohibited_interface_type,
    ClientParameter.PROHIBIT_AGENT: _read_prohibited_agent,
    ClientParameter.PROHIBIT_AGENT_TYPE: _read_prohibited_agent_type,
    ClientParameter.REQUIRE_IF_TYPE: _read_required_interface_type,
    ClientParameter.REQUIRE_AGENT: _read_required_agent,
    ClientParameter.REQUIRE_AGENT_TYPE: _read_required_agent_type,
    ClientParameter.PREFER_AGENT: _read_preferred_agent,
    ClientParameter.PREFER_AGENT_TYPE: _read_preferred_agent_type,
    ClientParameter.AVOID_AGENT: _read_avoided_agent,
    ClientParameter.AVOID_AGENT_TYPE: _read_avoided_agent_type,
    ClientParameter.LOCAL_ENDPOINT: _read_local_endpoint,
    ClientParameter.REMOTE_ENDPOINT: _read_remote_endpoint,
    ClientParameter.FLAGS: _read_flags,
    ClientParameter.DOMAIN: _read_domain,
    ClientParameter.PARENT_ID: _read_parent_id,
    ClientParameter.DELEGATED_UPID: _read_delegated_upid,
    ClientParameter.ATTRIBUTED_BUNDLE_IDENTIFIER: _read_bundle_identifier,
    ClientParameter.FLOW_DEMUX_PATTERN: _read_demux_pattern,
    ClientParameter.RESOLVER_TAG: _read_resolver_tag,
    ClientParameter.ETHERTYPE: _read_ethertype,
    ClientParameter.TRANSPORT_PROTOCOL: _read_transport_protocol,
    ClientParameter.LOCAL_ADDRESS_PREFERENCE: _read_local_address_preference,
}

_KNOWN_TRACKER: Final = int(LaterParameterFlag.KNOWN_TRACKER)
