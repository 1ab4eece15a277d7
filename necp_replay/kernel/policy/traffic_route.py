"""The route of an evaluation: looked up under the policy's scope, its local address validated."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.sockaddr import AF_INET, AF_INET6
from necp_replay.kernel.exceptions import KernelPanic
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.objects.socket_info import NO_ADDRESS
from necp_replay.kernel.routing.table import rt_ifa_is_dst
from necp_replay.kernel.sockaddr import is_wildcard, sa_copy, sanitise
from necp_replay.kernel.state import KernelState


class TrafficRoute:
    """Where traffic would go: the route, and the index of the interface that counts as routed.

    ``route_given_up`` is the route found, where the local address turned out not to be on it.
    """

    __slots__ = ("route", "route_given_up", "routed_interface_index")

    def __init__(self) -> None:
        self.route: Route | None = None
        self.route_given_up: Route | None = None
        self.routed_interface_index = 0


def find_traffic_route(
    kernel: KernelState, remote_addr: bytes, output_interface_index: int, bound_interface_index: int
) -> TrafficRoute:
    """The route to an address, or the default route without one, scoped to the output interface.

    An address on this machine may be reached over the loopback interface or its own: then the
    interface that the traffic is bound to counts as routed.

    Source: necp_application_find_policy_match_internal, xnu-4570.51.1.
    """
    evaluation = TrafficRoute()
    if is_unspecified(remote_addr):
        remote_addr, route = _find_default_route(kernel, remote_addr[1], output_interface_index)
    else:
        route = kernel.routes.lookup_scoped(remote_addr, output_interface_index)
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
    """Take the route back unless the routed interface has the local address; loopback need not.

    Source: necp_application_find_policy_match_internal, xnu-4570.51.1.
    """
    index = evaluation.routed_interface_index
    if index == 0 or index == kernel.interfaces.loopback.index or is_unspecified(local_addr):
        return
    if kernel.interfaces.ifa_with_address_scoped(interface_form(local_addr), index) is None:
        evaluation.routed_interface_index = 0
        evaluation.route_given_up = evaluation.route
        evaluation.route = None


def interface_form(sockaddr: bytes) -> bytes:
    """An address as interfaces hold theirs.

    Kernel quirk: an address that is neither IPv4 nor IPv6, which a flow may have, is a panic.

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
    """The default route of the family given; without a family IPv4's, else IPv6's."""
    lookup = kernel.routes.lookup_scoped
    if family == AF_INET6:
        return ANY_IPV6, lookup(ANY_IPV6, output_interface_index)
    route = lookup(ANY_IPV4, output_interface_index)
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
"""The unspecified addresses, whose routes are the default routes."""
