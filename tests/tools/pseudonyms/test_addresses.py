"""Pseudonyms of addresses keep common prefixes, special addresses, broadcast and order."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.tools.pseudonyms.addresses import (
    IPV4_BITS,
    IPV6_BITS,
    AddressCipher,
    broadcast_nodes,
    order_nodes,
)
from necp_replay.tools.pseudonyms.keyed import Keyed

keyed = Keyed.from_seed(1)
ipv4 = AddressCipher(keyed, IPV4_BITS)
ipv6 = AddressCipher(keyed, IPV6_BITS)


def common_bits(one: int, two: int, bits: int) -> int:
    return bits - (one ^ two).bit_length()


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_ipv4_addresses_share_the_prefix_they_shared(one: int, two: int) -> None:
    shared = common_bits(ipv4.encipher(one), ipv4.encipher(two), IPV4_BITS)
    assert shared == common_bits(one, two, IPV4_BITS)


@settings(deadline=None)
@given(st.integers(0, 2**128 - 1), st.integers(0, 127))
def test_ipv6_addresses_share_the_prefix_they_shared(one: int, length: int) -> None:
    two = one ^ 1 << (127 - length)
    assert common_bits(ipv6.encipher(one), ipv6.encipher(two), IPV6_BITS) == length


@pytest.mark.parametrize(
    "text", ["0.0.0.0", "127.0.0.1", "127.1.2.3", "255.255.255.255", "::", "::1"]
)
def test_addresses_with_a_meaning_of_their_own_stay(text: str) -> None:
    address = ipaddress.ip_address(text)
    cipher = ipv4 if address.version == 4 else ipv6
    assert cipher.encipher(int(address)) == int(address)


SPECIAL = ["127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "fe80::/10", "ff00::/8"]


@pytest.mark.parametrize("network", SPECIAL)
@settings(deadline=None)
@given(st.integers(0, 2**128 - 1))
def test_an_address_is_special_exactly_if_its_pseudonym_is(network: str, number: int) -> None:
    special = ipaddress.ip_network(network)
    cipher = ipv4 if special.version == 4 else ipv6
    kind = type(special.network_address)
    anywhere = number % (1 << special.max_prefixlen)
    inside = int(special.network_address) | number & int(special.hostmask)
    for address in (anywhere, inside):
        assert (kind(address) in special) == (kind(cipher.encipher(address)) in special)


@pytest.mark.parametrize("text", ["fe80::1", "fe80:4::1", "ff02::fb", "ff02:4::1:ff00:1"])
def test_scopes_inside_addresses_stay(text: str) -> None:
    before = ipaddress.IPv6Address(text)
    after = ipaddress.IPv6Address(ipv6.encipher(int(before)))
    assert after.packed[:4] == before.packed[:4]
    assert after != before


@settings(deadline=None)
@given(st.integers(1 << 24, 2**32 - 1), st.integers(8, 30))
def test_the_broadcast_address_of_a_subnet_stays_one(address: int, prefix: int) -> None:
    cipher = AddressCipher(keyed, IPV4_BITS, broadcast_nodes(address, prefix))
    hosts = (1 << (32 - prefix)) - 1
    assert cipher.encipher(address | hosts) == cipher.encipher(address) | hosts


@settings(deadline=None)
@given(
    st.sets(st.integers(0, 2**32 - 1), min_size=1, max_size=4),
    st.sets(st.integers(0, 2**32 - 1), max_size=20),
)
def test_addresses_keep_their_order_to_the_ends_of_ranges(
    bounds: set[int], addresses: set[int]
) -> None:
    cipher = AddressCipher(keyed, IPV4_BITS, order_nodes(bounds, addresses, IPV4_BITS))
    for bound in bounds:
        for address in addresses:
            before = (address > bound) - (address < bound)
            one, two = cipher.encipher(address), cipher.encipher(bound)
            assert (one > two) - (one < two) == before


def test_ordinary_addresses_do_change() -> None:
    address = int(ipaddress.ip_address("203.0.113.5"))
    assert ipv4.encipher(address) != address
