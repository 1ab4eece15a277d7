"""Reads parameters for an evaluation: identity, domain, account, addresses and so on.

The kernel reads parameters twice, by different rules: once for the client (``parameters/parse.py``)
and once for policies and routes, which is this. This reading knows other types of TLVs, and passes
over values that are too short. It holds what follows from the bytes alone, so it is cached by
them. What also depends on the release, the process, the interfaces or the caller is left to the
evaluation.
"""

from __future__ import annotations

from functools import lru_cache
from struct import Struct
from typing import Final

from necp_replay.abi.client import (
    CLIENT_ENDPOINT_BYTES,
    CONDITION_ADDR_BYTES,
    IFXNAMSIZ,
    MAX_PARSED_PARAMETERS,
    NETAGENT_TYPE_PARAMETER_BYTES,
    ClientParameter,
)
from necp_replay.abi.netagent import DOMAIN_BYTES
from necp_replay.abi.sockaddr import AF_INET, AF_INET6, AF_UNSPEC
from necp_replay.abi.tlv import TLV_HEADER, TLV_HEADER_BYTES
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.kernel.policy.addresses import is_valid_address
from necp_replay.kernel.policy.domains import count_dots, trim_dots_and_stars
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.sockaddr import is_wildcard
from necp_replay.releases.profile import Profile


class ParameterReading:
    """What an evaluation finds in the bytes of parameters.

    ``delegations`` are type and value of parameters that name an identity. ``bound_interfaces`` are
    names, of which the last that exists counts. Both are in the order of the parameters.
    ``zeroed_offsets`` are where the kernel writes a zero into the parameters, and ``url_ends``
    where it does so in releases that know URLs. ``domain`` is without dots and stars around it;
    ``around_domain`` are the characters before and after it. ``required_agent_types`` are pairs of
    domain and type; only policies of some releases ask for them. If another parameter is given
    several times, the last valid one counts. ``local_port`` and ``remote_port`` are those of
    endpoints without an address, in network order, as is ``scheme_port``. ``remote_endpoint_type``
    is that of an endpoint without an address, and ``remote_endpoint_is_empty`` says that one has
    the unspecified address. ``has_resolver_tag`` says that there is a resolver tag, valid or not.
    ``short_form_protocol`` is the protocol where one byte is enough for it. ``has_invalid_length``
    says that a TLV passed the end, where reading stopped.
    """

    __slots__ = (
        "account",
        "around_domain",
        "bound_interfaces",
        "client_flags",
        "delegations",
        "domain",
        "domain_dot_count",
        "has_invalid_length",
        "has_resolver_tag",
        "local_addr",
        "local_port",
        "protocol",
        "remote_addr",
        "remote_endpoint_is_empty",
        "remote_endpoint_type",
        "remote_port",
        "required_agent_types",
        "scheme_port",
        "short_form_protocol",
        "traffic_class",
        "url",
        "url_ends",
        "zeroed_offsets",
    )

    def __init__(self) -> None:
        self.delegations: tuple[tuple[int, bytes], ...] = ()
        self.bound_interfaces: tuple[bytes, ...] = ()
        self.zeroed_offsets: tuple[int, ...] = ()
        self.domain: bytes | None = None
        self.domain_dot_count = 0
        self.around_domain = (0, 0)
        self.url: bytes | None = None
        self.url_ends: tuple[int, ...] = ()
        self.account: bytes | None = None
        self.traffic_class = 0
        self.protocol = 0
        self.short_form_protocol = 0
        self.client_flags = 0
        self.local_addr: bytes | None = None
        self.remote_addr: bytes | None = None
        self.required_agent_types: tuple[tuple[bytes, bytes], ...] = ()
        self.local_port: bytes | None = None
        self.remote_port: bytes | None = None
        self.scheme_port = bytes(2)
        self.remote_endpoint_type = 0
        self.remote_endpoint_is_empty = False
        self.has_resolver_tag = False
        self.has_invalid_length = False


@lru_cache(maxsize=16_384)
def read_parameters(parameters: bytes) -> ParameterReading:
    """Read parameters up to the first TLV that passes their end. The result must not be changed.

    Source: necp_application_find_policy_match_internal, xnu-4570.51.1, xnu-6153.11.26.
    """
    reading = ParameterReading()
    offset = 0
    total = len(parameters)
    while offset + TLV_HEADER_BYTES <= total:
        type_, length = TLV_HEADER.unpack_from(parameters, offset)
        start = offset + TLV_HEADER_BYTES
        if length > total - start:
            reading.has_invalid_length = True
            break
        offset = start + length
        if length == 0:
            continue
        if type_ in _ZERO_TERMINATED:
            reading.zeroed_offsets += (offset - 1,)
        elif type_ == _URL:
            reading.url_ends += (offset - 1,)
        reader = _READERS.get(type_)
        if reader is not None:
            reader(reading, type_, parameters[start:offset])
    return reading


def end_strings(profile: Profile, reading: ParameterReading, parameters: bytearray) -> None:
    """Write a zero at the end of each string that evaluating ``parameters`` reads.

    Source: necp_application_find_policy_match_internal, xnu-4570.51.1, xnu-10002.1.13.
    """
    for offset in reading.zeroed_offsets:
        parameters[offset] = 0
    if reading.url_ends and ClientParameter.URL in profile.client_parameters:
        for offset in reading.url_ends:
            parameters[offset] = 0


def _read_delegation(reading: ParameterReading, type_: int, value: bytes) -> None:
    length = _DELEGATION_BYTES[type_]
    if len(value) >= length:
        reading.delegations += ((type_, value[:length]),)


def _read_domain(reading: ParameterReading, _type: int, value: bytes) -> None:
    given = _c_string(value)
    domain = trim_dots_and_stars(given)
    if domain != given:
        start = given.find(domain)
        behind = given[start + len(domain) :]
        reading.around_domain = (given[start - 1] if start else 0, behind[0] if behind else 0)
    else:
        reading.around_domain = (0, 0)
    reading.domain = domain
    reading.domain_dot_count = count_dots(domain)


def _read_url(reading: ParameterReading, _type: int, value: bytes) -> None:
    reading.url = _c_string(value)


def _read_account(reading: ParameterReading, _type: int, value: bytes) -> None:
    reading.account = _c_string(value)


def _read_traffic_class(reading: ParameterReading, _type: int, value: bytes) -> None:
    if len(value) >= _U32.size:
        (reading.traffic_class,) = _U32.unpack_from(value)


def _read_ip_protocol(reading: ParameterReading, _type: int, value: bytes) -> None:
    if len(value) >= _U16.size:
        (reading.protocol,) = _U16.unpack_from(value)
        reading.short_form_protocol = reading.protocol
    else:
        # Kernel quirk: the second byte stays that of an earlier TLV.
        reading.short_form_protocol = reading.short_form_protocol & 0xFF00 | value[0]


def _read_endpoint(reading: ParameterReading, type_: int, value: bytes) -> None:
    """Port and type of an endpoint without an address. Others may only be empty."""
    port = value[2:4]
    if len(value) < CLIENT_ENDPOINT_BYTES:
        return
    if type_ == ClientParameter.REMOTE_ENDPOINT:
        if value[1] == AF_UNSPEC:
            (reading.remote_endpoint_type,) = _U32.unpack_from(value, 4)
        elif value[0] == 0 or (value[1] in (AF_INET, AF_INET6) and is_wildcard(value)):
            reading.remote_endpoint_is_empty = True
    if value[1] != AF_UNSPEC or port == b"\0\0":
        return
    if type_ == ClientParameter.LOCAL_ENDPOINT:
        reading.local_port = port
    else:
        reading.remote_port = port


def _read_bound_interface(reading: ParameterReading, _type: int, value: bytes) -> None:
    if len(value) <= IFXNAMSIZ:
        reading.bound_interfaces += (_c_string(value),)


def _read_address(reading: ParameterReading, type_: int, value: bytes) -> None:
    sockaddr = value[1:CONDITION_ADDR_BYTES]
    if len(value) < CONDITION_ADDR_BYTES or not is_valid_address(sockaddr):
        return
    if type_ == ClientParameter.LOCAL_ADDRESS:
        reading.local_addr = sockaddr
    else:
        reading.remote_addr = sockaddr


def _read_flags(reading: ParameterReading, _type: int, value: bytes) -> None:
    if len(value) >= _U32.size:
        (reading.client_flags,) = _U32.unpack_from(value)


def _read_scheme_port(reading: ParameterReading, _type: int, value: bytes) -> None:
    if len(value) >= _U16.size:
        reading.scheme_port = value[: _U16.size]


def _read_resolver_tag(reading: ParameterReading, _type: int, _value: bytes) -> None:
    reading.has_resolver_tag = True


def _read_required_agent_type(reading: ParameterReading, _type: int, value: bytes) -> None:
    if (
        len(value) >= NETAGENT_TYPE_PARAMETER_BYTES
        and len(reading.required_agent_types) < MAX_PARSED_PARAMETERS
    ):
        domain, _, _ = value[:DOMAIN_BYTES].partition(b"\0")
        type_, _, _ = value[DOMAIN_BYTES:NETAGENT_TYPE_PARAMETER_BYTES].partition(b"\0")
        reading.required_agent_types += ((domain, type_),)


def _c_string(value: bytes) -> bytes:
    """The string in a value. Its last byte counts as zero, whatever it is."""
    return value[:-1].partition(b"\0")[0]


_U16: Final = Struct("<H")
_U32: Final = Struct("<I")

# How many bytes a value must have at least. The rest is ignored.
_DELEGATION_BYTES: Final[dict[int, int]] = {
    ClientParameter.APPLICATION: UUID_BYTES,
    ClientParameter.REAL_APPLICATION: UUID_BYTES,
    ClientParameter.PID: 4,
    ClientParameter.UID: 4,
}

_URL: Final = int(ClientParameter.URL)
_ZERO_TERMINATED: Final = frozenset({int(ClientParameter.DOMAIN), int(ClientParameter.ACCOUNT)})
"""Values that the kernel ends with a zero byte, in the client's own copy of the parameters."""

_READERS: Final = {
    int(ClientParameter.APPLICATION): _read_delegation,
    int(ClientParameter.REAL_APPLICATION): _read_delegation,
    int(ClientParameter.PID): _read_delegation,
    int(ClientParameter.UID): _read_delegation,
    int(ClientParameter.DOMAIN): _read_domain,
    int(ClientParameter.ACCOUNT): _read_account,
    _URL: _read_url,
    int(ClientParameter.TRAFFIC_CLASS): _read_traffic_class,
    int(ClientParameter.IP_PROTOCOL): _read_ip_protocol,
    int(ClientParameter.BOUND_INTERFACE): _read_bound_interface,
    int(ClientParameter.LOCAL_ADDRESS): _read_address,
    int(ClientParameter.REMOTE_ADDRESS): _read_address,
    int(ClientParameter.REQUIRE_AGENT_TYPE): _read_required_agent_type,
    int(ClientParameter.LOCAL_ENDPOINT): _read_endpoint,
    int(ClientParameter.REMOTE_ENDPOINT): _read_endpoint,
    int(ClientParameter.FLAGS): _read_flags,
    int(ClientParameter.SCHEME_PORT): _read_scheme_port,
    int(ClientParameter.RESOLVER_TAG): _read_resolver_tag,
}

EVALUATION_WRITES_ZEROS: Final = Quirk(
    "Evaluation overwrites the last byte of each domain and account in the stored parameters with "
    "a zero.",
    "necp_application_find_policy_match_internal",
    "client_actions/test_copy_parameters.py"
    "::test_evaluation_puts_a_zero_at_the_end_of_domain_and_account",
)
