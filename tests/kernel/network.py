"""A kernel with interfaces and routes alone, for tests of the tables that hold them."""

from __future__ import annotations

from typing import Any

from necp_replay.events.interfaces import IfaceAttach, IfaceOrder, IfaceUpdate, InterfaceAddress
from necp_replay.events.outcome import Outcome
from necp_replay.events.routes import RouteAdd, RouteDelete
from necp_replay.kernel.interfaces.handle import handle_interface
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.routing.handle import handle_route
from necp_replay.kernel.sockaddr import parse_address, sockaddr_of, union_of
from necp_replay.kernel.state import KernelState
from necp_replay.releases.names import find_release

BROADCAST_FLAGS = 0x8863
POINT_TO_POINT_FLAGS = 0x8051

EN0, EN1, PDP_IP0 = 4, 5, 6


def make_kernel(release: str = "xnu-4570.51.1") -> KernelState:
    """A kernel in which nothing is attached."""
    return KernelState(find_release(release, under_way=True))


def make_network(release: str = "xnu-4570.51.1") -> KernelState:
    """lo0, two interfaces with BROADCAST and one that is point-to-point; no routes."""
    kernel = make_kernel(release)
    attach(kernel, 1, "lo0", 1, "127.0.0.1/8", "::1/128")
    attach(kernel, EN0, "en0", 3, "192.0.2.10/24", "2001:db8:4::10/64", "fe80::4/64")
    attach(kernel, EN1, "en1", 2, "198.51.100.5/24")
    attach(kernel, PDP_IP0, "pdp_ip0", 5, "203.0.113.6/32", flags=POINT_TO_POINT_FLAGS)
    return kernel


def attach(
    kernel: KernelState,
    index: int,
    name: str,
    functional_type: int,
    *addresses: str,
    flags: int = BROADCAST_FLAGS,
) -> Outcome:
    """Attach an interface; addresses are "address/prefix"."""
    event = IfaceAttach(index, name, functional_type=functional_type)
    event.flags = None if name == "lo0" else flags
    event.addrs = tuple(entry(text) for text in addresses)
    return handle_interface(kernel, event)


def entry(text: str) -> InterfaceAddress:
    """An address of an event from "address/prefix"."""
    address, _, prefix = text.partition("/")
    return InterfaceAddress(address, int(prefix) if prefix else None)


def change(kernel: KernelState, event: IfaceUpdate) -> int | None:
    """Change an interface; the error number."""
    return handle_interface(kernel, event).errno


def order(kernel: KernelState, *indices: int) -> int | None:
    """Set the ordered list; the error number."""
    return handle_interface(kernel, IfaceOrder(indices)).errno


def interface(kernel: KernelState, index: int) -> Interface:
    """An attached interface."""
    return kernel.interfaces.by_index[index]


def add_route(kernel: KernelState, dest: str, index: int, id: str = "", **more: Any) -> int | None:
    """Add a route to "destination/prefix", by that name unless given one; the error number."""
    address, _, prefix = dest.partition("/")
    return handle_route(kernel, RouteAdd(id or dest, address, int(prefix), index, **more)).errno


def delete_route(kernel: KernelState, id: str) -> int | None:
    """Delete a route; the error number."""
    return handle_route(kernel, RouteDelete(id)).errno


def route_to(kernel: KernelState, address: str, ifscope: int = 0) -> str | None:
    """The name of the route to an address in text form."""
    packed = parse_address(address)
    assert packed is not None
    return name_of_route(kernel, union_of(sockaddr_of(packed)), ifscope)


def name_of_route(kernel: KernelState, sockaddr: bytes, ifscope: int = 0) -> str | None:
    """The name of the route to a packed address."""
    route = kernel.routes.lookup_scoped(sockaddr, ifscope)
    return None if route is None else route.id
