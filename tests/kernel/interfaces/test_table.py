"""The lists of interfaces, and the addresses found in them."""

import pytest

from necp_replay.events.interfaces import IfaceDetach, IfaceUpdate
from necp_replay.kernel.interfaces.handle import handle_interface
from necp_replay.kernel.objects.interface import InterfaceAddressEntry
from necp_replay.kernel.sockaddr import parse_address, sockaddr_in6, sockaddr_of, union_of
from tests.kernel.network import (
    BROADCAST_FLAGS,
    EN0,
    EN1,
    PDP_IP0,
    attach,
    change,
    entry,
    interface,
    make_kernel,
    make_network,
    order,
)


def _sockaddr(text: str, port: int = 0) -> bytes:
    packed = parse_address(text)
    assert packed is not None
    return union_of(sockaddr_of(packed, port))


def _owner(ifa: InterfaceAddressEntry | None) -> int | None:
    return None if ifa is None else ifa.interface.index


def test_until_lo0_is_attached_the_loopback_interface_is_on_no_list() -> None:
    kernel = make_kernel()
    assert kernel.interfaces.loopback.index == 0xFFFF
    assert (kernel.interfaces.head, kernel.interfaces.if_index) == ([], 0)


def test_lo0_becomes_the_loopback_interface_and_stays_it_when_detached() -> None:
    kernel = make_network()
    lo0 = interface(kernel, 1)
    handle_interface(kernel, IfaceDetach(1))
    assert kernel.interfaces.loopback is lo0


def test_the_highest_index_stays_when_its_interface_is_detached() -> None:
    kernel = make_network()
    handle_interface(kernel, IfaceDetach(PDP_IP0))
    assert kernel.interfaces.if_index == PDP_IP0


def test_an_interface_is_found_by_its_whole_name() -> None:
    kernel = make_network()
    found = [kernel.interfaces.find_by_name(name) for name in (b"en0", b"en", b"en00", b"")]
    assert found == [interface(kernel, EN0), None, None, None]


def test_of_two_interfaces_with_a_name_the_first_attached_is_found() -> None:
    kernel = make_network()
    attach(kernel, 9, "en0", 2)
    assert kernel.interfaces.find_by_name(b"en0") is interface(kernel, EN0)
    handle_interface(kernel, IfaceDetach(EN0))
    assert kernel.interfaces.find_by_name(b"en0") is interface(kernel, 9)


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        (_sockaddr("192.0.2.10"), EN0),
        (_sockaddr("192.0.2.255"), EN0),
        (_sockaddr("2001:db8:4::10"), EN0),
        (_sockaddr("fe80:4::4"), EN0),
        (_sockaddr("127.0.0.1"), 1),
        (_sockaddr("192.0.2.10", 443), None),
        (_sockaddr("fe80::4"), None),
        (sockaddr_in6(bytes(15) + b"\x01", scope_id=1), None),
        (_sockaddr("203.0.113.7"), None),
    ],
    ids=["own", "broadcast", "v6", "link-local", "loopback", "port", "bare", "scope id", "absent"],
)
def test_an_address_is_compared_with_its_port_and_scope(address: bytes, owner: int | None) -> None:
    assert _owner(make_network().interfaces.ifa_with_address(address)) == owner


def test_a_scoped_lookup_finds_the_addresses_of_one_interface_only() -> None:
    interfaces = make_network().interfaces
    address = _sockaddr("192.0.2.10")
    owners = [_owner(interfaces.ifa_with_address_scoped(address, scope)) for scope in (0, 4, 5, 99)]
    assert owners == [EN0, EN0, None, None]


def test_of_two_interfaces_with_an_address_the_first_attached_is_found() -> None:
    kernel = make_network()
    attach(kernel, 2, "en9", 2, "192.0.2.10/24")
    address = _sockaddr("192.0.2.10")
    assert _owner(kernel.interfaces.ifa_with_address(address)) == EN0
    assert _owner(kernel.interfaces.ifa_with_address_scoped(address, 2)) == 2


def test_a_broadcast_address_matches_while_the_interface_has_broadcast() -> None:
    kernel = make_network()
    address = _sockaddr("198.51.100.255")
    change(kernel, IfaceUpdate(EN1, flags=BROADCAST_FLAGS & ~0x2))
    assert kernel.interfaces.ifa_with_address(address) is None
    change(kernel, IfaceUpdate(EN1, flags=BROADCAST_FLAGS))
    assert _owner(kernel.interfaces.ifa_with_address(address)) == EN1


def test_an_address_added_before_broadcast_has_no_broadcast_address() -> None:
    kernel = make_network()
    change(kernel, IfaceUpdate(PDP_IP0, addrs=(entry("203.0.113.20/24"),)))
    change(kernel, IfaceUpdate(PDP_IP0, flags=BROADCAST_FLAGS))
    assert kernel.interfaces.ifa_with_address(_sockaddr("203.0.113.255")) is None


@pytest.mark.parametrize("indices", [(EN0, 0), (EN0, PDP_IP0 + 1), (-1,), (EN0, EN0)])
def test_an_order_with_an_index_never_in_use_or_given_twice_changes_nothing(
    indices: tuple[int, ...],
) -> None:
    kernel = make_network()
    order(kernel, EN1)
    kernel.effects.clear()
    assert order(kernel, *indices) == 22
    assert kernel.interfaces.ordered == [interface(kernel, EN1)]
    assert kernel.effects == []


def test_an_order_leaves_out_indices_without_an_interface() -> None:
    kernel = make_network()
    assert order(kernel, PDP_IP0, 2, EN0) == 0
    assert [ifp.index for ifp in kernel.interfaces.ordered] == [PDP_IP0, EN0]


def test_a_detached_interface_is_on_no_list_and_its_index_is_free() -> None:
    kernel = make_network()
    order(kernel, EN0, EN1)
    gone = interface(kernel, EN0)
    assert handle_interface(kernel, IfaceDetach(EN0)).errno == 0
    assert gone not in kernel.interfaces.head + kernel.interfaces.ordered
    assert (gone.attached, EN0 in kernel.interfaces.by_index) == (False, False)
    assert handle_interface(kernel, IfaceDetach(EN0)).errno == 6
