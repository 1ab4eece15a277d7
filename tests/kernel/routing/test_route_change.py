"""Which routes can be added and deleted, and which flags they get."""

import pytest

from necp_replay.abi.errno import Errno
from necp_replay.abi.interface import IFEF_CLAT46
from necp_replay.abi.route import RouteFlag
from necp_replay.events.effects import Log, TimerArmed
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.events.routes import RouteUpdate
from necp_replay.kernel.exceptions import KernelPanic
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.routing.handle import handle_route
from necp_replay.kernel.state import KernelState
from tests.kernel.network import (
    EN0,
    EN1,
    PDP_IP0,
    POINT_TO_POINT_FLAGS,
    add_route,
    change,
    delete_route,
    entry,
    make_network,
    route_to,
)

UP, HOST, PRCLONING = RouteFlag.UP, RouteFlag.HOST, RouteFlag.PRCLONING


def _route(kernel: KernelState, id: str) -> Route:
    return kernel.routes.by_id[id]


@pytest.mark.parametrize(
    ("dest", "index", "flags"),
    [
        ("10.0.0.0/8", EN0, UP | PRCLONING),
        ("0.0.0.0/0", EN0, UP | PRCLONING),
        ("2001:db8::/32", EN0, UP | PRCLONING),
        ("224.0.0.0/4", EN0, UP | RouteFlag.MULTICAST),
        ("ff00::/8", EN0, UP | RouteFlag.MULTICAST),
        ("10.0.0.1/32", EN0, UP | HOST),
        ("192.0.2.10/32", EN0, UP | HOST | RouteFlag.LOCAL),
        ("192.0.2.10/32", EN1, UP | HOST),
        ("2001:db8:4::10/128", EN0, UP | HOST | RouteFlag.LOCAL),
        ("192.0.2.255/32", EN0, UP | HOST | RouteFlag.BROADCAST),
        ("192.0.2.0/32", EN0, UP | HOST | RouteFlag.BROADCAST),
        ("255.255.255.255/32", PDP_IP0, UP | HOST | RouteFlag.BROADCAST),
        ("203.0.113.255/32", PDP_IP0, UP | HOST),
    ],
)
def test_a_route_gets_flags_from_its_destination(dest: str, index: int, flags: RouteFlag) -> None:
    kernel = make_network()
    assert add_route(kernel, dest, index) == 0
    assert RouteFlag(_route(kernel, dest).flags) == flags


def test_a_route_keeps_the_flags_it_was_given_except_those_that_follow_from_its_fields() -> None:
    kernel = make_network()
    flags = ("LOCAL", "STATIC", "GATEWAY", "IFSCOPE", "CLONING")
    add_route(kernel, "10.0.0.0/8", EN0, flags=flags)
    expected = UP | RouteFlag.LOCAL | RouteFlag.STATIC | RouteFlag.CLONING
    assert RouteFlag(_route(kernel, "10.0.0.0/8").flags) == expected


def test_a_gateway_and_a_scope_show_in_the_flags() -> None:
    kernel = make_network()
    add_route(kernel, "0.0.0.0/0", EN1, gateway="198.51.100.1", scoped=True)
    route = _route(kernel, "0.0.0.0/0")
    assert route.flags == 16842755
    assert route.gateway == bytes.fromhex("10020000c6336401" + "00" * 8)


def test_host_bits_of_the_destination_are_cleared() -> None:
    kernel = make_network()
    add_route(kernel, "10.1.2.3/8", EN0)
    assert _route(kernel, "10.1.2.3/8").destination == bytes([10, 0, 0, 0])


def test_a_link_local_destination_has_the_scope_embedded() -> None:
    kernel = make_network()
    add_route(kernel, "fe80::/64", EN0, scoped=True)
    assert _route(kernel, "fe80::/64").destination[:4] == bytes.fromhex("fe800004")


def test_an_embedded_scope_makes_a_route_scoped() -> None:
    kernel = make_network()
    assert add_route(kernel, "fe80:4::/64", EN0) == 0
    assert _route(kernel, "fe80:4::/64").flags & RouteFlag.IFSCOPE


def test_an_embedded_scope_of_another_interface_is_enetunreach() -> None:
    assert add_route(make_network(), "fe80:5::/64", EN0) == 51


@pytest.mark.parametrize(("flags", "destination"), [((), "fe800000"), (("HOST",), "fe800004")])
def test_a_short_prefix_clears_the_embedded_scope_unless_the_route_is_a_host_route(
    flags: tuple[str, ...], destination: str
) -> None:
    kernel = make_network()
    add_route(kernel, "fe80::99/10", EN0, scoped=True, flags=flags)
    assert _route(kernel, "fe80::99/10").destination[:4].hex() == destination


def test_a_host_route_with_a_short_link_local_prefix_is_found_and_deleted() -> None:
    kernel = make_network()
    add_route(kernel, "fe80::99/10", EN0, scoped=True, flags=("HOST",))
    assert route_to(kernel, "fe80::", EN0) == "fe80::99/10"
    assert delete_route(kernel, "fe80::99/10") == 0
    assert route_to(kernel, "fe80::", EN0) is None


def _make_en0_point_to_point(kernel: KernelState) -> None:
    change(kernel, IfaceUpdate(EN0, flags=POINT_TO_POINT_FLAGS))


def test_a_host_route_to_a_former_broadcast_address_goes_to_the_point_to_point_interface() -> None:
    kernel = make_network()
    _make_en0_point_to_point(kernel)
    assert add_route(kernel, "192.0.2.255/32", PDP_IP0) == 0
    assert _route(kernel, "192.0.2.255/32").interface.index == EN0


def test_such_a_route_scoped_to_another_interface_is_enetunreach() -> None:
    kernel = make_network()
    assert add_route(kernel, "192.0.2.255/32", PDP_IP0, scoped=True) == 0
    assert delete_route(kernel, "192.0.2.255/32") == 0
    _make_en0_point_to_point(kernel)
    assert add_route(kernel, "192.0.2.255/32", PDP_IP0, scoped=True) == 51


@pytest.mark.parametrize(
    ("dest", "address"),
    [
        ("203.0.113.255/32", "cb007105"),
        ("203.0.113.7/32", "c000020a"),
        ("203.0.112.0/20", "cb007000"),
        ("203.0.64.0/18", "c000020a"),
    ],
    ids=["host at the other end", "host", "network at the other end", "network"],
)
def test_on_a_point_to_point_interface_the_address_at_the_other_end_is_compared(
    dest: str, address: str
) -> None:
    kernel = make_network()
    more = (entry("203.0.113.5/24"), entry("203.0.112.0/32"))
    change(kernel, IfaceUpdate(EN0, addrs=more))
    _make_en0_point_to_point(kernel)
    add_route(kernel, dest, EN0)
    ifa = _route(kernel, dest).ifa
    assert ifa is not None
    assert ifa.sockaddr[4:8].hex() == address


@pytest.mark.parametrize(
    ("dest", "index", "address"),
    [
        ("10.0.0.0/8", EN0, "c000020a"),
        ("192.0.2.0/24", EN0, "c000020a"),
        ("203.0.113.0/24", EN0, "cb007105"),
        ("10.0.0.0/8", PDP_IP0, "cb007106"),
    ],
    ids=["first of the family", "its subnet", "subnet of another address", "point-to-point"],
)
def test_a_route_has_the_interface_address_that_fits_it_best(
    dest: str, index: int, address: str
) -> None:
    kernel = make_network()
    change(kernel, IfaceUpdate(EN0, addrs=(entry("203.0.113.5/24"),)))
    add_route(kernel, dest, index)
    ifa = _route(kernel, dest).ifa
    assert ifa is not None
    assert ifa.sockaddr[4:8].hex() == address


def test_a_route_of_a_family_that_its_interface_has_no_address_of_has_the_link_level_one() -> None:
    kernel = make_network()
    add_route(kernel, "::/0", EN1)
    ifa = _route(kernel, "::/0").ifa
    assert ifa is not None
    assert (ifa.sockaddr[1], ifa.interface.index) == (18, EN1)


@pytest.mark.parametrize(
    ("dest", "scoped", "arms"),
    [
        ("0.0.0.0/0", False, True),
        ("0.0.0.0/0", True, True),
        ("::/0", False, True),
        ("0.0.0.0/8", False, True),
        ("10.0.0.0/8", False, False),
    ],
)
def test_only_default_routes_arm_the_update_timer(dest: str, scoped: bool, arms: bool) -> None:
    kernel = make_network()
    add_route(kernel, dest, EN0, scoped=scoped)
    delete_route(kernel, dest)
    assert [type(effect) for effect in kernel.effects] == [TimerArmed] * (2 if arms else 0)


@pytest.mark.parametrize(
    ("release", "dest", "flags", "expected"),
    [
        ("xnu-7195.101.1", "0.0.0.0/0", (), True),
        ("xnu-7195.101.1", "::/0", (), True),
        ("xnu-7195.101.1", "0.0.0.0/8", (), True),
        ("xnu-7195.101.1", "0.0.0.0/0", ("HOST",), False),
        ("xnu-7195.101.1", "10.0.0.0/8", ("GLOBAL",), False),
        ("xnu-7195.50.7.100.1", "0.0.0.0/0", (), False),
        ("xnu-7195.50.7.100.1", "10.0.0.0/8", ("GLOBAL",), True),
    ],
)
def test_default_routes_are_global_where_the_release_says_so(
    release: str, dest: str, flags: tuple[str, ...], expected: bool
) -> None:
    kernel = make_network(release)
    assert add_route(kernel, dest, EN0, "r", scoped=True, flags=flags) == 0
    assert bool(_route(kernel, "r").flags & RouteFlag.GLOBAL) is expected


def test_the_same_route_twice_is_eexist_and_the_first_keeps_its_name() -> None:
    kernel = make_network()
    assert add_route(kernel, "10.0.0.0/8", EN0) == 0
    first = _route(kernel, "10.0.0.0/8")
    assert add_route(kernel, "10.0.0.0/8", EN1) == 17
    assert _route(kernel, "10.0.0.0/8") is first
    assert add_route(kernel, "10.0.0.0/8", EN1, "scoped", scoped=True) == 0
    assert add_route(kernel, "10.0.0.0/16", EN1) == 0


def test_the_unscoped_host_route_to_the_unspecified_address_is_always_eexist() -> None:
    kernel = make_network()
    assert add_route(kernel, "0.0.0.0/32", EN0) == 17
    assert add_route(kernel, "::/128", EN0) == 17
    assert add_route(kernel, "0.0.0.0/32", EN0, scoped=True) == 0


def test_a_host_route_replaces_a_link_layer_entry() -> None:
    kernel = make_network()
    add_route(kernel, "10.0.0.1/32", EN0, "entry", flags=("LLINFO",))
    assert add_route(kernel, "10.0.0.1/32", EN0, "route") == 0
    assert route_to(kernel, "10.0.0.1") == "route"


def test_a_host_route_with_a_gateway_is_not_replaced() -> None:
    kernel = make_network()
    add_route(kernel, "10.0.0.1/32", EN0, flags=("LLINFO",), gateway="192.0.2.1")
    assert add_route(kernel, "10.0.0.1/32", EN0) == 17


def test_a_cloning_ipv6_network_counts_as_added_when_its_interface_has_it_already() -> None:
    kernel = make_network()
    add_route(kernel, "2001:db8::/64", EN0, "first", flags=("CLONING",))
    assert add_route(kernel, "2001:db8::/64", EN0, "again", flags=("CLONING",)) == 0
    assert add_route(kernel, "2001:db8::/64", EN1, "other", flags=("CLONING",)) == 17
    assert route_to(kernel, "2001:db8::1") == "first"
    assert delete_route(kernel, "again") == 0
    assert route_to(kernel, "2001:db8::1") is None


def test_ipv6_takes_no_more_than_1024_dynamic_routes() -> None:
    kernel = make_network()
    for number in range(1024):
        assert add_route(kernel, f"2001:db8::{number:x}/128", EN0, flags=("DYNAMIC",)) == 0
    assert add_route(kernel, "2001:db8:1::/128", EN0, flags=("DYNAMIC",)) == 17
    delete_route(kernel, "2001:db8::1/128")
    assert add_route(kernel, "2001:db8:1::/128", EN0, flags=("DYNAMIC",)) == 0


def test_a_condemned_route_cannot_be_added() -> None:
    assert add_route(make_network(), "10.0.0.0/8", EN0, flags=("CONDEMNED",)) == 16


def test_a_deleted_route_is_down_and_condemned_for_those_who_hold_it() -> None:
    kernel = make_network()
    add_route(kernel, "0.0.0.0/0", EN0, gateway="192.0.2.1")
    route = _route(kernel, "0.0.0.0/0")
    assert delete_route(kernel, "0.0.0.0/0") == 0
    assert route.flags == 33619970
    assert delete_route(kernel, "0.0.0.0/0") == 3


def test_a_short_scoped_link_local_route_can_never_be_deleted() -> None:
    kernel = make_network()
    add_route(kernel, "fe80::/10", EN0, scoped=True)
    assert delete_route(kernel, "fe80::/10") == 3
    assert route_to(kernel, "fe80:4::1") == "fe80::/10"


def test_an_unscoped_default_of_any_prefix_names_the_primary_interface() -> None:
    kernel = make_network()
    add_route(kernel, "10.0.0.0/8", EN0, scoped=True)
    assert route_to(kernel, "10.0.0.1") is None
    add_route(kernel, "0.0.0.0/8", EN0)
    assert route_to(kernel, "10.0.0.1") == "10.0.0.0/8"
    delete_route(kernel, "0.0.0.0/8")
    assert route_to(kernel, "10.0.0.1") is None


def test_deleting_a_router_that_is_no_host_panics() -> None:
    kernel = make_network()
    add_route(kernel, "10.0.0.0/8", EN0)
    handle_route(kernel, RouteUpdate("10.0.0.0/8", flags_set=("ROUTER",)))
    with pytest.raises(KernelPanic):
        delete_route(kernel, "10.0.0.0/8")


@pytest.mark.parametrize(("release", "errno"), [("xnu-4570.71.2", 0), ("xnu-4903.221.2", 51)])
def test_a_route_may_need_an_address_of_its_family(release: str, errno: int) -> None:
    kernel = make_network(release)
    assert add_route(kernel, "2001:db8::/32", EN1) == errno
    assert add_route(kernel, "10.0.0.0/8", EN1) == 0


@pytest.mark.parametrize(("release", "mtu"), [("xnu-4570.71.2", 1500), ("xnu-4903.221.2", 1380)])
def test_translation_to_ipv6_lowers_the_mtu_of_ipv4_routes(release: str, mtu: int) -> None:
    kernel = make_network(release)
    change(kernel, IfaceUpdate(EN0, eflags=IFEF_CLAT46, nd_mtu=1400))
    change(kernel, IfaceUpdate(EN1, delegate=EN0, nd_mtu=1400))
    for index in (EN0, EN1):
        add_route(kernel, "10.0.0.0/8", index, id=f"v4 {index}", scoped=True)
        assert _route(kernel, f"v4 {index}").mtu == mtu
    add_route(kernel, "2001:db8::/32", EN0, id="v6")
    assert _route(kernel, "v6").mtu == 1500


@pytest.mark.parametrize(("release", "mtu"), [("xnu-4570.71.2", 1500), ("xnu-4903.221.2", 1480)])
def test_translation_that_begins_later_lowers_what_fits_through_a_route(
    release: str, mtu: int
) -> None:
    kernel = make_network(release)
    add_route(kernel, "10.0.0.0/8", EN0)
    add_route(kernel, "2001:db8::/32", EN0)
    change(kernel, IfaceUpdate(EN0, eflags=IFEF_CLAT46))
    assert kernel.routes.max_mtu(_route(kernel, "10.0.0.0/8")) == mtu
    assert kernel.routes.max_mtu(_route(kernel, "2001:db8::/32")) == 1500


@pytest.mark.parametrize(("release", "logs"), [("xnu-10002.61.3", 0), ("xnu-10063.101.15", 1)])
def test_a_route_that_is_there_is_eexist_and_later_releases_log_it(release: str, logs: int) -> None:
    kernel = make_network(release)
    assert add_route(kernel, "10.0.0.0/8", EN0) == 0
    kernel.effects.clear()
    assert add_route(kernel, "10.0.0.0/8", EN1, "another") == Errno.EEXIST
    functions = [each.function for each in kernel.effects if isinstance(each, Log)]
    assert functions == ["rtrequest_common_locked"] * logs
