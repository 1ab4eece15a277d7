"""Inputs about routes: which are refused, and what they change."""

from typing import Any

import pytest

from necp_replay.events.interfaces import IfaceDetach
from necp_replay.events.routes import RouteDelete, RouteStats, RouteUpdate
from necp_replay.kernel.interfaces.handle import handle_interface
from necp_replay.kernel.routing.handle import handle_route
from necp_replay.kernel.state import KernelState
from tests.kernel.network import EN0, EN1, add_route, delete_route, make_network

NET = "10.0.0.0/8"


def _update(kernel: KernelState, event: RouteUpdate) -> int | None:
    return handle_route(kernel, event).errno


@pytest.mark.parametrize("index", [0, 99, -1])
def test_a_route_through_no_interface_is_enxio(index: int) -> None:
    assert add_route(make_network(), NET, index) == 6


def test_a_route_through_a_detached_interface_is_enxio_but_older_ones_stay() -> None:
    kernel = make_network()
    add_route(kernel, NET, EN0)
    handle_interface(kernel, IfaceDetach(EN0))
    assert add_route(kernel, "11.0.0.0/8", EN0) == 6
    assert delete_route(kernel, NET) == 0


@pytest.mark.parametrize(
    ("dest", "more"),
    [
        ("nonsense/0", {}),
        ("10.0.0.0/33", {}),
        ("10.0.0.0/-1", {}),
        (NET, {"gateway": "nonsense"}),
        (NET, {"flags": ("NONSENSE",)}),
    ],
)
def test_an_invalid_route_is_einval(dest: str, more: dict[str, Any]) -> None:
    assert add_route(make_network(), dest, EN0, **more) == 22


def test_a_name_that_no_route_has_is_esrch() -> None:
    kernel = make_network()
    assert handle_route(kernel, RouteDelete("none")).errno == 3
    assert _update(kernel, RouteUpdate("none", mtu=1)) == 3


def test_a_name_used_again_is_that_of_the_newer_route() -> None:
    kernel = make_network()
    add_route(kernel, NET, EN0, "name")
    add_route(kernel, "11.0.0.0/8", EN1, "name")
    assert kernel.routes.by_id["name"].interface.index == EN1
    delete_route(kernel, "name")
    assert add_route(kernel, NET, EN0) == 17


def test_statistics_begin_with_zeros_and_then_only_what_is_named_changes() -> None:
    kernel = make_network()
    add_route(kernel, NET, EN0, stats=RouteStats(rxpackets=1, avg_rtt=2))
    _update(kernel, RouteUpdate(NET, stats=RouteStats(rxpackets=-1, var_rtt=-1)))
    stats = kernel.routes.by_id[NET].stats
    assert stats is not None
    assert (stats["rxpackets"], stats["avg_rtt"], stats["txbytes"]) == (0xFFFFFFFFFFFFFFFF, 2, 0)
    assert stats["var_rtt"] == 0xFFFFFFFF


def test_detached_statistics_are_gone() -> None:
    kernel = make_network()
    add_route(kernel, NET, EN0, stats=RouteStats(rxpackets=1))
    _update(kernel, RouteUpdate(NET, detach_stats=True))
    assert kernel.routes.by_id[NET].stats is None


def test_an_update_applies_directly_and_without_effects() -> None:
    kernel = make_network()
    add_route(kernel, "0.0.0.0/0", EN0)
    kernel.effects.clear()
    event = RouteUpdate("0.0.0.0/0", mtu=1200, flags_set=0x40000000, flags_clear=("PRCLONING",))
    assert _update(kernel, event) == 0
    route = kernel.routes.by_id["0.0.0.0/0"]
    assert (route.mtu, route.flags, kernel.effects) == (1200, 0x40000001, [])


def test_an_added_route_with_mtu_0_has_the_mtu_of_its_interface() -> None:
    kernel = make_network()
    add_route(kernel, NET, EN0, mtu=0)
    assert kernel.routes.by_id[NET].mtu == 1500
