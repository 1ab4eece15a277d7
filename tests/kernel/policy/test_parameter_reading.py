"""Reading parameters for an evaluation, compared with reading them TLV by TLV."""

from __future__ import annotations

import struct

from hypothesis import given

from necp_replay.abi.client import ClientParameter as P
from necp_replay.abi.tlv import iterate_tlvs, pack_tlv, tlvs_end
from necp_replay.kernel.policy.parameter_reading import read_parameters
from necp_replay.scenario.addresses import sockaddr
from tests.kernel import arbitrary

ANY = arbitrary.parameters | arbitrary.hostile_bytes


def last(parameters: bytes, type_: P, *, at_least: int, at_most: int = 1024) -> bytes | None:
    """The last value of a type that has one of the lengths the kernel accepts."""
    values = [
        value
        for _, found, value in iterate_tlvs(parameters)
        if found == type_ and at_least <= len(value) <= at_most
    ]
    return values[-1] if values else None


@given(ANY)
def test_the_last_number_that_is_long_enough_counts(parameters: bytes) -> None:
    reading = read_parameters(parameters)
    flags = last(parameters, P.FLAGS, at_least=4) or bytes(4)
    traffic_class = last(parameters, P.TRAFFIC_CLASS, at_least=4) or bytes(4)
    protocol = last(parameters, P.IP_PROTOCOL, at_least=2) or bytes(2)
    assert reading.client_flags == struct.unpack_from("<I", flags)[0]
    assert reading.traffic_class == struct.unpack_from("<I", traffic_class)[0]
    assert reading.protocol == struct.unpack_from("<H", protocol)[0]


@given(ANY)
def test_the_last_domain_and_account_count_up_to_their_first_zero(parameters: bytes) -> None:
    reading = read_parameters(parameters)
    account = last(parameters, P.ACCOUNT, at_least=1)
    assert reading.account == (None if account is None else account[:-1].split(b"\0")[0])
    domain = last(parameters, P.DOMAIN, at_least=1)
    trimmed = None if domain is None else domain[:-1].split(b"\0")[0].strip(b".*")
    assert reading.domain == trimmed


@given(ANY)
def test_the_last_byte_of_each_domain_and_account_becomes_zero(parameters: bytes) -> None:
    ends = tuple(
        offset + 5 + len(value) - 1
        for offset, type_, value in iterate_tlvs(parameters)
        if type_ in (P.DOMAIN, P.ACCOUNT) and value
    )
    assert read_parameters(parameters).zeroed_offsets == ends


@given(ANY)
def test_only_a_tlv_past_the_end_is_an_invalid_length(parameters: bytes) -> None:
    rest = len(parameters) - tlvs_end(parameters)
    assert read_parameters(parameters).has_invalid_length == (rest >= 5)


def test_an_invalid_address_does_not_replace_a_valid_one() -> None:
    good, bad = b"\0" + sockaddr("192.0.2.1"), b"\0\x10\x1e" + bytes(26)
    parameters = pack_tlv(P.REMOTE_ADDRESS, good) + pack_tlv(P.REMOTE_ADDRESS, bad)
    assert read_parameters(parameters).remote_addr == good[1:]


def test_an_interface_name_that_is_too_long_is_ignored() -> None:
    names = [b"e" * 24, b"f" * 25, b"g\0h\0"]
    parameters = b"".join(pack_tlv(P.BOUND_INTERFACE, name) for name in names)
    assert read_parameters(parameters).bound_interfaces == (b"e" * 23, b"g")


def test_a_protocol_of_one_byte_counts_in_the_short_form_only() -> None:
    reading = read_parameters(pack_tlv(P.IP_PROTOCOL, b"\6"))
    assert (reading.protocol, reading.short_form_protocol) == (0, 6)
    reading = read_parameters(pack_tlv(P.IP_PROTOCOL, b"\6") + pack_tlv(P.IP_PROTOCOL, b"\1\2"))
    assert (reading.protocol, reading.short_form_protocol) == (0x201, 0x201)


def test_a_protocol_of_one_byte_keeps_the_second_byte_of_an_earlier_one() -> None:
    parameters = pack_tlv(P.IP_PROTOCOL, b"\1\2") + pack_tlv(P.IP_PROTOCOL, b"\6")
    reading = read_parameters(parameters)
    assert (reading.protocol, reading.short_form_protocol) == (0x201, 0x206)


def test_only_an_endpoint_without_an_address_tells_policies_its_port() -> None:
    port_alone = bytes((28, 0)) + b"\x01\xbb" + bytes(24)
    parameters = pack_tlv(P.LOCAL_ENDPOINT, port_alone)
    parameters += pack_tlv(P.REMOTE_ENDPOINT, sockaddr("192.0.2.1:80"))
    reading = read_parameters(parameters)
    assert (reading.local_port, reading.remote_port) == (b"\x01\xbb", None)
