"""Socket addresses are shown as text if that is exact, and as hex otherwise."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.abi.address_text import address_text, ip_text
from necp_replay.scenario.addresses import sockaddr

PORTS = st.integers(0, 0xFFFF)


@given(st.ip_addresses(v=4), PORTS)
def test_an_ipv4_address_is_shown_as_it_is_written(
    address: ipaddress.IPv4Address, port: int
) -> None:
    text = f"{address}:{port}"
    assert address_text(sockaddr(text)) == text


@given(st.ip_addresses(v=6), PORTS, st.integers(1, 0xFFFFFFFF))
def test_an_ipv6_address_is_shown_as_it_is_written(
    address: ipaddress.IPv6Address, port: int, scope: int
) -> None:
    # An address may have a scope of its own in Python; in the kernel it is a field of its own.
    text = f"[{ipaddress.IPv6Address(address.packed)}%{scope}]:{port}"
    assert address_text(sockaddr(text)) == text


def test_zeros_are_no_address() -> None:
    assert address_text(bytes(28)) == "none"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(sockaddr("192.0.2.1:443")[:10] + b"\1", id="padding that is not zero"),
        pytest.param(b"\x11" + sockaddr("192.0.2.1:443")[1:], id="a length of another family"),
        pytest.param(sockaddr("[2001:db8::1]:443")[:20], id="an IPv6 address that is cut"),
        pytest.param(b"\x1c\x1e\0\0\0\0\0\1" + bytes(20), id="flow info"),
        pytest.param(b"\7", id="one byte"),
    ],
)
def test_an_address_that_text_cannot_show_exactly_is_hex(content: bytes) -> None:
    assert address_text(content) == f"0x{content.hex()}"


@pytest.mark.parametrize(
    ("packed", "text"),
    [
        (bytes((127, 0, 0, 1)), "127.0.0.1"),
        (bytes(10) + b"\xff\xff\x7f\0\0\1", "::ffff:7f00:1"),
        (bytes(10) + b"\xff\xff" + bytes(4), "::ffff:0:0"),
        (bytes(15) + b"\1", "::1"),
    ],
)
def test_an_address_of_ipv4_in_ipv6_has_the_same_text_on_every_python(
    packed: bytes, text: str
) -> None:
    assert ip_text(packed) == text
