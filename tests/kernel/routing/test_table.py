"""Which route a look-up finds, with and without a scope."""

import pytest

from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.events.routes import RouteUpdate
from necp_replay.kernel.routing.handle import handle_route
from necp_replay.kernel.sockaddr import sockaddr_in6, union_of
from necp_replay.kernel.state import KernelState
from tests.kernel.network import (
    EN0,
    EN1,
    PDP_IP0,
    add_route,
    change,
    delete_route,
    make_network,
    name_of_route,
    route_to,
)


def _routed(*routes: tuple[str, int, bool]) -> KernelState:
    """A network with routes; each is (destination, interface, scoped), and named by both."""
    kernel = make_network()
    for dest, index, scoped in routes:
        name = f"{dest}%{index}" if scoped else dest
        assert add_route(kernel, dest, index, name, scoped=scoped) == 0
    return kernel


def test_the_longest_prefix_wins() -> None:
    kernel = _routed(
        ("0.0.0.0/0", EN0, False), ("10.0.0.0/8", EN0, False), ("10.1.0.0/16", EN0, False)
    )
    found = [route_to(kernel, address) for address in ("10.1.2.3", "10.2.0.1", "11.0.0.1")]
    assert found == ["10.1.0.0/16", "10.0.0.0/8", "0.0.0.0/0"]


def test_a_look_up_never_clones() -> None:
    kernel = make_network()
    assert add_route(kernel, "0.0.0.0/0", EN0, flags=("CLONING", "PRCLONING")) == 0
    assert [route_to(kernel, "11.0.0.1") for _ in range(2)] == ["0.0.0.0/0"] * 2
    assert add_route(kernel, "11.0.0.1/32", EN0) == 0


def test_nothing_matches_without_a_default_route() -> None:
    kernel = _routed(("10.0.0.0/8", EN0, False))
    assert route_to(kernel, "11.0.0.1") is None
    assert route_to(kernel, "2001:db8::1") is None


def test_an_address_that_is_neither_ipv4_nor_ipv6_has_no_route() -> None:
    kernel = _routed(("0.0.0.0/0", EN0, False))
    assert name_of_route(kernel, union_of(bytes([20, 18]))) is None


def test_a_scoped_look_up_finds_routes_of_the_interface() -> None:
    kernel = _routed(
        ("0.0.0.0/0", EN0, False), ("0.0.0.0/0", EN1, True), ("0.0.0.0/0", PDP_IP0, True)
    )
    found = [route_to(kernel, "198.18.0.1", scope) for scope in (0, EN0, EN1, PDP_IP0, 7)]
    assert found == ["0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/0%5", "0.0.0.0/0%6", None]


def test_an_unscoped_route_of_the_interface_is_found_in_its_scope_too() -> None:
    kernel = _routed(("0.0.0.0/0", EN0, False), ("10.0.0.0/8", EN1, False))
    assert route_to(kernel, "10.0.0.1", EN1) == "10.0.0.0/8"
    assert route_to(kernel, "10.0.0.1", EN0) == "0.0.0.0/0"


def test_a_scoped_default_gives_way_to_a_more_specific_unscoped_route_of_its_interface() -> None:
    kernel = _routed(("0.0.0.0/0", EN1, True), ("10.0.0.0/8", EN1, False))
    assert route_to(kernel, "10.0.0.1", EN1) == "10.0.0.0/8"


def test_a_scoped_network_wins_over_a_longer_unscoped_one_of_its_interface() -> None:
    kernel = _routed(("10.0.0.0/8", EN1, True), ("10.1.0.0/16", EN1, False))
    assert route_to(kernel, "10.1.0.1", EN1) == "10.0.0.0/8%5"


def test_a_scoped_network_gives_way_to_an_unscoped_host_of_its_interface() -> None:
    kernel = _routed(("10.0.0.0/8", EN1, True), ("10.1.0.1/32", EN1, False))
    assert route_to(kernel, "10.1.0.1", EN1) == "10.1.0.1/32"


def test_without_a_scope_the_primary_interface_is_asked_first() -> None:
    kernel = _routed(("0.0.0.0/0", EN0, False), ("198.18.0.0/16", EN0, True))
    assert route_to(kernel, "198.18.0.1") == "198.18.0.0/16%4"


def test_without_a_scope_the_interface_of_the_unscoped_route_comes_next() -> None:
    kernel = _routed(
        ("0.0.0.0/0", EN0, False), ("198.18.0.0/16", EN1, False), ("198.18.0.1/32", EN1, True)
    )
    assert route_to(kernel, "198.18.0.1") == "198.18.0.1/32%5"


def test_a_route_over_loopback_is_found_in_every_scope() -> None:
    kernel = _routed(("0.0.0.0/0", EN1, True), ("192.0.2.10/32", 1, False))
    assert route_to(kernel, "192.0.2.10", EN1) == "192.0.2.10/32"


def test_a_route_over_loopback_with_a_gateway_is_not() -> None:
    kernel = make_network()
    add_route(kernel, "192.0.2.10/32", 1, gateway="127.0.0.1")
    assert route_to(kernel, "192.0.2.10", EN1) is None


def test_the_loopback_scope_keeps_the_unscoped_route_to_an_own_address() -> None:
    kernel = _routed(("192.0.2.10/32", EN0, False), ("192.0.2.11/32", EN0, False))
    assert route_to(kernel, "192.0.2.10", 1) == "192.0.2.10/32"
    assert route_to(kernel, "192.0.2.11", 1) is None


def test_the_unscoped_default_route_is_found_last_in_the_scope_of_its_interface() -> None:
    kernel = _routed(("0.0.0.0/0", EN1, False), ("10.0.0.0/8", EN0, False))
    assert route_to(kernel, "10.0.0.1", EN1) == "0.0.0.0/0"


def test_a_link_local_address_is_looked_up_in_the_scope_that_it_carries() -> None:
    kernel = _routed(("fe80::/64", EN0, True))
    assert route_to(kernel, "fe80:4::9") == "fe80::/64%4"
    assert route_to(kernel, "fe80:5::9") is None
    assert route_to(kernel, "fe80::9", EN0) == "fe80::/64%4"
    link_local = bytes.fromhex("fe80" + "00" * 13 + "09")
    assert name_of_route(kernel, sockaddr_in6(link_local, scope_id=EN0)) == "fe80::/64%4"


def test_bytes_in_sin_zero_are_looked_up_as_a_scope() -> None:
    kernel = _routed(("0.0.0.0/0", EN0, False), ("0.0.0.0/0", EN1, True))
    address = bytes.fromhex("100201bbc6120001" + "05000000" + "00000000")
    assert name_of_route(kernel, union_of(address)) == "0.0.0.0/0%5"


def test_the_second_half_of_sin_zero_hides_host_routes() -> None:
    kernel = _routed(("0.0.0.0/0", EN0, False), ("198.18.0.1/32", EN0, False))
    address = bytes.fromhex("100201bbc6120001" + "00000000" + "00000001")
    assert name_of_route(kernel, union_of(address)) == "0.0.0.0/0"


@pytest.mark.parametrize(
    ("flags_set", "flags_clear"), [(None, ("UP",)), (("CONDEMNED",), None)], ids=["down", "gone"]
)
def test_a_route_that_is_not_up_or_condemned_is_not_found_but_hides_others(
    flags_set: tuple[str, ...] | None, flags_clear: tuple[str, ...] | None
) -> None:
    kernel = _routed(("0.0.0.0/0", EN0, False), ("10.0.0.0/8", EN0, False))
    assert route_to(kernel, "10.0.0.1") == "10.0.0.0/8"
    event = RouteUpdate("10.0.0.0/8", flags_set=flags_set, flags_clear=flags_clear)
    handle_route(kernel, event)
    assert route_to(kernel, "10.0.0.1") is None


def test_a_scoped_route_without_its_flag_is_found_in_no_scope() -> None:
    kernel = _routed(("0.0.0.0/0", EN1, True))
    handle_route(kernel, RouteUpdate("0.0.0.0/0%5", flags_clear=("IFSCOPE",)))
    assert route_to(kernel, "198.18.0.1", EN1) is None


def test_a_look_up_sees_what_changed_since_the_last() -> None:
    kernel = _routed(("0.0.0.0/0", EN0, False), ("0.0.0.0/0", EN1, True))
    assert route_to(kernel, "198.18.0.1", EN1) == "0.0.0.0/0%5"
    change(kernel, IfaceUpdate(EN0, flags=0x49))
    assert route_to(kernel, "198.18.0.1", EN1) == "0.0.0.0/0"
    change(kernel, IfaceUpdate(EN0, flags=0x41))
    delete_route(kernel, "0.0.0.0/0%5")
    assert route_to(kernel, "198.18.0.1", EN1) is None


@pytest.mark.parametrize(
    ("route_mtu", "interface_mtu", "nd_mtu", "expected"),
    [
        (None, 1500, 0, (1500, 1500)),
        (1300, 1500, 0, (1300, 1300)),
        (9000, 1500, 0, (1500, 1500)),
        (None, 1500, 1280, (1500, 1280)),
        (None, 1500, 9000, (1500, 1500)),
    ],
    ids=["interface", "route", "cut", "link", "link cut"],
)
def test_the_largest_packet_fits_route_interface_and_ipv6_link(
    route_mtu: int | None, interface_mtu: int, nd_mtu: int, expected: tuple[int, int]
) -> None:
    kernel = make_network()
    change(kernel, IfaceUpdate(EN0, mtu=interface_mtu, nd_mtu=nd_mtu))
    found = []
    for dest in ("0.0.0.0/0", "::/0"):
        add_route(kernel, dest, EN0, mtu=route_mtu)
        found.append(kernel.routes.max_mtu(kernel.routes.by_id[dest]))
    assert tuple(found) == expected


def test_a_route_without_an_mtu_takes_that_of_its_interface_when_asked() -> None:
    kernel = _routed(("0.0.0.0/0", EN0, False))
    handle_route(kernel, RouteUpdate("0.0.0.0/0", mtu=0))
    change(kernel, IfaceUpdate(EN0, mtu=1280))
    assert kernel.routes.max_mtu(kernel.routes.by_id["0.0.0.0/0"]) == 1280
