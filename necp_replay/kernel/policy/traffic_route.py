"""The route that the traffic of an evaluation would take, and its routed interface."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.interface import IFEF_CLAT46
from necp_replay.abi.sockaddr import AF_INET, AF_INET6
from necp_replay.kernel.exceptions import KernelPanic
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.objects.socket_info import NO_ADDRESS
from necp_replay.kernel.routing.table import rt_ifa_is_dst
from necp_replay.kernel.sockaddr import is_wildcard, sa_copy, sanitise
from necp_replay.kernel.state import KernelState


class TrafficRoute:
    """Where traffic would go.

    ``routed_interface_index`` is 0 without a route. ``route_given_up`` is a route that was found
    but not used, because its interface does not have the local address.
    """

    __slots__ = ("route", "route_given_up", "routed_interface_index")

    def __init__(self) -> None:
        self.route: Route | None = None
        self.route_given_up: Route | None = None
        self.routed_interface_index = 0


def find_traffic_route(
    kernel: KernelState, remote_addr: bytes, output_interface_index: int, bound_interface_index: int
) -> TrafficRoute:
    """The route to an address on the output interface; to no address, the default route.

    The routed interface is that of the route, with one exception: if the address is one of this
    system and the traffic is bound to an interface, the bound interface is the routed one.

    From xnu-4903 on, an IPv4 route over an interface that translates to IPv6 counts as none.

    Source: necp_application_find_policy_match_internal, xnu-4570.51.1, xnu-4903.221.2.
    """
    evaluation = TrafficRoute()
    if remote_addr[0] == 0 or is_wildcard(remote_addr):
        remote_addr, route = _find_default_route(kernel, remote_addr[1], output_interface_index)
    else:
        route = kernel.routes.lookup_scoped(remote_addr, output_interface_index)
        if remote_addr[1] == AF_INET:
            route = unless_translated(kernel, route)
    if route is None:
        return evaluation
    evaluation.route = route
    evaluation.routed_interface_index = route.interface.index
    if bound_interface_index != 0 and _is_own_address(
        kernel, route, remote_addr, output_interface_index, bound_interface_index
    ):
        evaluation.routed_interface_index = bound_interface_index
    return evaluation


def validate_local_address(
    kernel: KernelState, evaluation: TrafficRoute, local_addr: bytes
) -> None:
    """Give up the route if the routed interface does not have the local address.

    The loopback interface need not have it.

    Source: necp_application_find_policy_match_internal, xnu-4570.51.1.
    """
    index = evaluation.routed_interface_index
    if index == 0 or index == kernel.interfaces.loopback.index or is_unspecified(local_addr):
        return
    if kernel.interfaces.ifa_with_address_scoped(interface_form(local_addr), index) is None:
        evaluation.routed_interface_index = 0
        evaluation.route_given_up = evaluation.route
        evaluation.route = None


def unless_translated(kernel: KernelState, route: Route | None) -> Route | None:
    """An IPv4 route, None if its interface translates to IPv6 (CLAT46) and the release looks.

    Source: necp_application_find_policy_match_internal, xnu-4903.221.2.
    """
    if (
        route is not None
        and route.interface.eflags & IFEF_CLAT46
        and kernel.profile.clat46_has_no_ipv4
    ):
        return None
    return route


def interface_form(sockaddr: bytes) -> bytes:
    """An address in the form of an interface's address: without port, with the scope embedded.

    Kernel quirk: an address that is neither IPv4 nor IPv6 panics. A flow can have one. No trace
    shows it.

    Source: necp_application_find_policy_match_internal, sa_copy, xnu-4570.51.1.
    """
    if sockaddr[1] not in (AF_INET, AF_INET6):
        raise KernelPanic("sa_copy", "an address that is neither IPv4 nor IPv6")
    return sanitise(sockaddr)


def is_unspecified(sockaddr: bytes) -> bool:
    """Whether an address is absent, or the unspecified address of its family."""
    return sockaddr[0] == 0 or is_wildcard(sockaddr)


def _find_default_route(
    kernel: KernelState, family: int, output_interface_index: int
) -> tuple[bytes, Route | None]:
    """The default route of a family; without a family, that of IPv4, else that of IPv6."""
    lookup = kernel.routes.lookup_scoped
    if family == AF_INET6:
        return ANY_IPV6, lookup(ANY_IPV6, output_interface_index)
    route = unless_translated(kernel, lookup(ANY_IPV4, output_interface_index))
    if route is None and family == 0:
        return ANY_IPV6, lookup(ANY_IPV6, output_interface_index)
    return ANY_IPV4, route


def _is_own_address(
    kernel: KernelState,
    route: Route,
    remote_addr: bytes,
    output_interface_index: int,
    bound_interface_index: int,
) -> bool:
    """Whether an address that the route leads to is one of this system."""
    ifa = route.ifa
    if ifa is None:
        return False
    loopback_index = kernel.interfaces.loopback.index
    if route.interface.index == loopback_index:
        return True
    if output_interface_index != loopback_index and ifa.interface.index != bound_interface_index:
        return False
    destination, _ = sa_copy(remote_addr, bound_interface_index)
    return rt_ifa_is_dst(destination, ifa)


ANY_IPV4: Final = bytes((16, AF_INET)).ljust(len(NO_ADDRESS), b"\0")
ANY_IPV6: Final = bytes((28, AF_INET6)).ljust(len(NO_ADDRESS), b"\0")
"""The unspecified addresses. The routes to them are the default routes."""
