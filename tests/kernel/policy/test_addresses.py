"""Addresses compared with ranges and subnets."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.kernel.policy.addresses import (
    NOT_COMPARABLE,
    compare_addresses,
    is_in_range,
    is_in_subnet,
    is_valid_address,
    shares_prefix,
    subnet_key,
)
from necp_replay.scenario.addresses import sockaddr

IPV4 = tuple(f"192.0.2.{host}:{port}" for host in (0, 1, 9) for port in (0, 1, 256, 443))
IPV6 = tuple(
    f"[2001:db8::{host}%{scope}]:{port}"
    for host in (1, 2)
    for scope in (0, 4)
    for port in (0, 1, 256)
)
addresses = st.sampled_from((*IPV4, *IPV6)).map(sockaddr)
octets = st.binary(min_size=4, max_size=4)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("192.0.2.1", "192.0.2.1", 0),
        ("192.0.2.1", "192.0.2.9", -1),
        ("192.0.2.9:1", "192.0.2.1:1", 1),
        ("192.0.2.1:1", "192.0.2.1:2", -1),
        ("192.0.2.9:1", "192.0.2.1:2", NOT_COMPARABLE),
        ("192.0.2.1", "2001:db8::1", NOT_COMPARABLE),
        ("[fe80::1%4]:0", "[fe80::1%5]:0", NOT_COMPARABLE),
        ("2001:db8::1", "2001:db8::2", -1),
    ],
)
def test_addresses_are_ordered_by_address_and_port_where_both_agree(
    first: str, second: str, expected: int
) -> None:
    assert compare_addresses(sockaddr(first), sockaddr(second)) == expected


def test_ports_are_compared_as_little_endian_numbers() -> None:
    assert compare_addresses(sockaddr("192.0.2.1:256"), sockaddr("192.0.2.1:1")) == -1


@given(addresses, addresses)
def test_the_order_of_two_addresses_is_that_of_their_numbers(first: bytes, second: bytes) -> None:
    assert compare_addresses(first, second) == _compare_slowly(first, second)


@given(addresses, addresses, addresses)
def test_an_address_is_in_a_range_when_it_passes_neither_end(
    address: bytes, start: bytes, end: bytes
) -> None:
    is_inside = compare_addresses(start, address) in (-1, 0) and (
        compare_addresses(address, end) in (-1, 0)
    )
    assert is_in_range(address, start, end) is is_inside


@given(addresses, addresses, st.integers(0, 255))
def test_addresses_share_a_subnet_key_when_one_is_in_the_subnet_of_the_other(
    address: bytes, subnet: bytes, prefix: int
) -> None:
    without_port_and_scope = (
        sockaddr[:2] + bytes(2) + sockaddr[4:24] + bytes(4) for sockaddr in (address, subnet)
    )
    first, second = without_port_and_scope
    assert (subnet_key(first, prefix) == subnet_key(second, prefix)) is is_in_subnet(
        first, second, prefix
    )


@given(octets, octets, st.integers(0, 32))
def test_a_prefix_is_a_network(address: bytes, subnet: bytes, prefix: int) -> None:
    network = ipaddress.ip_network((subnet, prefix), strict=False)
    first, second = (sockaddr(str(ipaddress.ip_address(octets))) for octets in (address, subnet))
    assert is_in_subnet(first, second, prefix) == (ipaddress.ip_address(address) in network)


@given(st.binary(min_size=5, max_size=5), st.binary(min_size=5, max_size=5), st.integers(0, 40))
def test_a_prefix_is_compared_bit_by_bit(first: bytes, second: bytes, bits: int) -> None:
    first_bits, second_bits = ("".join(f"{byte:08b}" for byte in side) for side in (first, second))
    assert shares_prefix(first, second, bits) == (first_bits[:bits] == second_bits[:bits])


@pytest.mark.parametrize(
    ("address", "subnet", "prefix", "expected"),
    [
        ("192.0.2.1:443", "192.0.2.0", 24, True),
        ("192.0.2.1:443", "192.0.2.0:443", 24, True),
        ("192.0.2.1:443", "192.0.2.0:80", 24, False),
        ("192.0.2.1", "2001:db8::", 0, False),
        ("[fe80::1%4]:0", "[fe80::%4]:0", 64, True),
        ("[fe80::1%4]:0", "[fe80::%5]:0", 64, False),
        ("[fe80::1%4]:0", "fe80::", 64, True),
    ],
)
def test_a_subnet_asks_for_a_port_and_a_scope_only_where_it_names_them(
    address: str, subnet: str, prefix: int, expected: bool
) -> None:
    assert is_in_subnet(sockaddr(address), sockaddr(subnet), prefix) is expected


def test_a_prefix_that_is_too_long_compares_the_bytes_after_the_address() -> None:
    address = sockaddr("192.0.2.1")
    assert is_in_subnet(address, address, 255, behind_address=b"\1" * 8, behind_subnet=b"\1" * 8)
    assert not is_in_subnet(address, address, 200, behind_address=b"\1", behind_subnet=b"\2")
    assert is_in_subnet(address, address, 192, behind_address=b"\1", behind_subnet=b"\2")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (sockaddr("192.0.2.1"), True),
        (sockaddr("2001:db8::1"), True),
        (bytes((28, 2)) + bytes(26), False),
        (bytes((16, 30)) + bytes(26), False),
        (bytes((16, 1)) + bytes(26), False),
        (bytes(28), False),
    ],
)
def test_family_and_length_must_go_together(content: bytes, expected: bool) -> None:
    assert is_valid_address(content) is expected


def _compare_slowly(first: bytes, second: bytes) -> int:
    (family, scope, address, port), (other_family, other_scope, other_address, other_port) = (
        (
            content[1],
            content[24:28] if content[1] == 30 else b"",
            int.from_bytes(content[4:8] if content[1] == 2 else content[8:24], "big"),
            int.from_bytes(content[2:4], "little"),
        )
        for content in (first, second)
    )
    if (family, scope) != (other_family, other_scope):
        return NOT_COMPARABLE
    if address == other_address:
        return (port > other_port) - (port < other_port)
    if (address - other_address) * (port - other_port) < 0:
        return NOT_COMPARABLE
    return 1 if address > other_address else -1
