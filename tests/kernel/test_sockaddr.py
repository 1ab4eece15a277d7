"""Packed socket addresses: scopes that move in and out of them."""

import pytest

from necp_replay.kernel.exceptions import KernelPanic
from necp_replay.kernel.sockaddr import (
    embed_scope,
    is_wildcard,
    parse_address,
    sa_copy,
    sanitise,
    sockaddr_in,
    sockaddr_in6,
    union_of,
)


def _in6(text: str, port: int = 0, scope_id: int = 0) -> bytes:
    packed = parse_address(text)
    assert packed is not None
    return sockaddr_in6(packed, port, scope_id)


def test_an_ipv4_address_has_port_and_address_in_network_order() -> None:
    assert sockaddr_in(bytes([192, 0, 2, 1]), 443).hex() == "100201bbc0000201" + "00" * 8


def test_an_ipv6_address_has_its_scope_id_last() -> None:
    assert _in6("::1", 443, 7).hex() == "1c1e01bb00000000" + "00" * 15 + "01" + "07000000"


@pytest.mark.parametrize(
    ("text", "packed"),
    [
        ("192.0.2.1", "c0000201"),
        ("::1", "00" * 15 + "01"),
        ("fe80::1%en0", None),
        ("192.0.2", None),
        ("", None),
    ],
)
def test_text_that_is_no_address_parses_to_nothing(text: str, packed: str | None) -> None:
    assert parse_address(text) == (None if packed is None else bytes.fromhex(packed))


@pytest.mark.parametrize(
    ("address", "ifscope", "copied", "scope"),
    [
        (_in6("2001:db8::1"), 0, _in6("2001:db8::1"), 0),
        (_in6("2001:db8::1", scope_id=3), 0, _in6("2001:db8::1", scope_id=3), 3),
        (_in6("2001:db8::1", scope_id=3), 4, _in6("2001:db8::1", scope_id=4), 4),
        (_in6("2001:db8::1", scope_id=3), None, _in6("2001:db8::1"), 0),
        (_in6("fe80::1", scope_id=3), 0, _in6("fe80:3::1", scope_id=3), 3),
        (_in6("fe80:3::1"), 0, _in6("fe80:3::1", scope_id=3), 3),
        (_in6("fe80:3::1", scope_id=5), 0, _in6("fe80:3::1", scope_id=3), 3),
        (_in6("fe80:3::1"), 4, _in6("fe80:4::1", scope_id=4), 4),
        (_in6("fe80:3::1", scope_id=3), None, _in6("fe80:3::1"), 0),
        (_in6("ff02::fb"), 4, _in6("ff02:4::fb", scope_id=4), 4),
        (_in6("ff05::fb"), 4, _in6("ff05::fb", scope_id=4), 4),
        (_in6("fe80::1"), 0x10004, _in6("fe80:4::1", scope_id=0x10004), 0x10004),
    ],
)
def test_the_scope_of_an_ipv6_address_is_embedded_where_such_addresses_carry_one(
    address: bytes, ifscope: int | None, copied: bytes, scope: int
) -> None:
    assert sa_copy(address, ifscope) == (copied, scope)


@pytest.mark.parametrize(("ifscope", "scope"), [(0, 9), (4, 4), (None, 0)])
def test_what_is_in_sin_zero_is_the_scope_of_an_ipv4_address(
    ifscope: int | None, scope: int
) -> None:
    address = union_of(bytes.fromhex("10020000c0000201" + "09000000" + "aabbccdd"))
    copied = bytes.fromhex("10020000c0000201") + scope.to_bytes(4, "little")
    assert sa_copy(address, ifscope) == (copied + bytes.fromhex("aabbccdd"), scope)


def test_copying_an_address_of_another_family_is_a_panic() -> None:
    with pytest.raises(KernelPanic):
        sa_copy(bytes([16, 18]) + bytes(14), 0)


def test_an_address_as_interfaces_hold_it_has_no_port_and_an_embedded_scope() -> None:
    assert sanitise(_in6("fe80::1", 443, 4)) == _in6("fe80:4::1")
    assert sanitise(union_of(sockaddr_in(bytes(4), 443))) == sockaddr_in(bytes(4))


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        (sockaddr_in(bytes(4), 443), True),
        (sockaddr_in(bytes([0, 0, 0, 1])), False),
        (_in6("::", 443), True),
        (_in6("::1"), False),
        (bytes([16, 18]) + bytes(14), False),
    ],
    ids=["any", "address", "any6", "address6", "other family"],
)
def test_a_wildcard_is_the_unspecified_address_with_any_port(address: bytes, answer: bool) -> None:
    assert is_wildcard(address) is answer


def test_only_addresses_of_link_scope_have_it_embedded() -> None:
    for text, embedded in (("fe80::1", "fe80:4::1"), ("2001:db8::1", "2001:db8::1")):
        packed, expected = parse_address(text), parse_address(embedded)
        assert packed is not None
        assert embed_scope(packed, 4) == expected
