"""Adds routes to the table and deletes them, as ``rtrequest_scoped`` does.

A route gets more than what is asked for: an address of its interface, flags that follow from its
destination, and the MTU of its interface. Some routes are refused although they are not in the
table, and some count as added although another one stays in their place.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.interface import IFF_BROADCAST, IFF_POINTOPOINT, IFSCOPE_NONE
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.route import RouteFlag
from necp_replay.abi.sockaddr import AF_INET, AF_INET6, IN_ADDR_BYTES
from necp_replay.events.routes import RouteAdd, RouteDelete
from necp_replay.kernel.description import NO_INTERFACE, Description, Support, silent
from necp_replay.kernel.exceptions import KernelPanic
from necp_replay.kernel.objects.interface import Interface, InterfaceAddressEntry
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.routing.table import RouteFamily, is_default
from necp_replay.kernel.sockaddr import address_of, sa_copy, sockaddr_in6, sockaddr_of
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.update_timer import update_all_clients


class NewRoute(NamedTuple):
    """A route as it is asked for. ``destination`` has 4 or 16 bytes and may have host bits."""

    id: str
    destination: bytes
    prefix: int
    interface: Interface
    scoped: bool
    flags: int


def add_route(kernel: KernelState, new: NewRoute) -> Route | int:
    """Add a route whose gateway is the interface's link-level address. Returns it, or an errno.

    EEXIST: there is a route to the same destination, prefix and scope. ENETUNREACH: the route is
    scoped, and its address belongs to another interface, or the interface has no address of its
    family and the release needs one. A default route arms the update timer.

    Kernel quirk: a HOST route has no mask, whatever its prefix. So the scope that was embedded into
    a link-local destination stays there, while a short prefix of another route clears it. Measured
    in host_route_of_a_short_link_local_prefix.

    Source: rtrequest_common_locked, ifa_ifwithroute_common_locked, xnu-4570.51.1, xnu-4903.221.2,
    xnu-10063.101.15.
    """
    width = 8 * len(new.destination)
    dst0 = sockaddr_of(_masked(new.destination, new.prefix))
    dst, scope = sa_copy(dst0, new.interface.index if new.scoped else IFSCOPE_NONE)
    flags = new.flags | _RTF_UP
    if kernel.profile.default_routes_are_global:
        flags &= ~_RTF_GLOBAL
    if new.prefix == width:
        flags |= _RTF_HOST
    if scope != IFSCOPE_NONE:
        flags |= _RTF_IFSCOPE
    prefix = width if flags & _RTF_HOST else new.prefix

    ifa = _interface_address_for(kernel, sa_copy(dst0, None)[0], new.interface, flags)
    if scope not in (IFSCOPE_NONE, ifa.interface.index):
        return kernel.fails(_OTHER_SCOPE, scope=scope, interface=ifa.interface.index)
    if ifa.sockaddr[1] != dst[1] and kernel.profile.route_needs_address_of_family:
        return kernel.fails(_NO_FAMILY, interface=ifa.interface.index)
    if new.flags & _RTF_CONDEMNED:
        return Errno.EBUSY
    route = Route(
        id=new.id,
        family=dst[1],
        destination=_masked(address_of(dst), prefix),
        prefix=prefix,
        scope=scope,
        flags=flags,
        mtu=0,
        interface=ifa.interface,
        ifa=ifa,
    )
    if not _insert(kernel, route):
        if kernel.profile.existing_routes_are_logged:
            kernel.log(LOG_ERR, "rtrequest_common_locked")
        return Errno.EEXIST

    if is_default(route.destination):
        if kernel.profile.default_routes_are_global and not route.flags & _RTF_HOST:
            route.flags |= _RTF_GLOBAL
        route.interface.lastupdown_s = kernel.uptime_s
        if not route.flags & _RTF_IFSCOPE:
            kernel.routes.family(route.family).primary_ifscope = route.interface.index
        update_all_clients(kernel)
    return route


def delete_route(kernel: KernelState, route: Route) -> int:
    """Delete the route that the table has in a route's place. ESRCH if there is none.

    Kernel quirk: the destination is looked up with its scope embedded. So a scoped link-local route
    cannot be deleted if its prefix is too short for the embedded scope. No trace shows it.

    Source: rtrequest_common_locked, xnu-4570.51.1.
    """
    family = kernel.routes.family(route.family)
    dst, scope = sa_copy(sockaddr_of(route.destination), route.scope)
    place = family.place_of(address_of(dst), route.prefix, scope)
    found = family.find(place)
    if found is None or address_of(dst) != found.destination:
        return Errno.ESRCH
    family.remove(place)
    kernel.routes.changed()
    if route.family == AF_INET6 and found.flags & _RTF_DYNAMIC:
        family.dynamic_count -= 1

    found.flags = found.flags & ~_RTF_UP | _RTF_CONDEMNED
    if found.flags & _RTF_ROUTER:
        if not found.flags & _RTF_HOST:
            raise KernelPanic("rtrequest_common_locked", "a router that is no host")
        found.flags &= ~_RTF_ROUTER
    if is_default(found.destination):
        found.interface.lastupdown_s = kernel.uptime_s
        if not found.flags & _RTF_IFSCOPE:
            family.primary_ifscope = IFSCOPE_NONE
        update_all_clients(kernel)
    return 0


def _masked(address: bytes, prefix: int) -> bytes:
    shift = 8 * len(address) - prefix
    return (int.from_bytes(address, "big") >> shift << shift).to_bytes(len(address), "big")


def _interface_address_for(
    kernel: KernelState, dst: bytes, ifp: Interface, flags: int
) -> InterfaceAddressEntry:
    """The interface address of a new route (``rt_ifa``). Its interface is that of the route.

    Kernel quirk: a HOST route to the other end of a point-to-point interface gets that interface,
    whichever was asked for. Measured in broadcast_interface_becomes_point_to_point.

    Source: ifa_ifwithroute_common_locked, xnu-4570.51.1.
    """
    if flags & _RTF_HOST:
        ifa = kernel.interfaces.ifa_with_destination(dst)
        if ifa is not None:
            return ifa
    return _best_address_of(ifp, dst)


def _best_address_of(ifp: Interface, dst: bytes) -> InterfaceAddressEntry:
    """The address of an interface that fits a destination best.

    In this order: the destination itself, the first address whose subnet includes it, the first
    address of the family, the link-level address. A point-to-point interface has no subnets; the
    address at its other end is compared instead of its own.

    Source: ifaof_ifpforaddr, xnu-4570.51.1.
    """
    candidates = [ifa for ifa in ifp.addresses if ifa.sockaddr[1] == dst[1]]
    if not candidates:
        return ifp.link_address
    if ifp.flags & IFF_POINTOPOINT:
        return next((ifa for ifa in candidates if ifa.broadaddr == dst), candidates[0])
    for ifa in candidates:
        if ifa.sockaddr == dst:
            return ifa
    address = address_of(dst)
    for ifa in candidates:
        if _masked(address, ifa.prefix) == _masked(address_of(ifa.sockaddr), ifa.prefix):
            return ifa
    return candidates[0]


def _insert(kernel: KernelState, route: Route) -> bool:
    """Derive flags and MTU of a new route, and add it. Returns whether it counts as added.

    Source: in_addroute, in6_addroute, xnu-4570.51.1, xnu-4903.221.2.
    """
    family = kernel.routes.family(route.family)
    is_inet6 = route.family == AF_INET6
    counts = is_inet6 and bool(route.flags & _RTF_DYNAMIC)
    if counts and family.dynamic_count >= MAX_DYNAMIC_INET6_ROUTES:
        return False
    if _is_multicast(route.destination):
        route.flags |= _RTF_MULTICAST
    if not route.flags & _HOST_CLONING_OR_MULTICAST:
        route.flags |= _RTF_PRCLONING
    if route.flags & _RTF_HOST:
        route.flags |= _host_flags(route)
    ifp = route.interface
    route.mtu = ifp.mtu if is_inet6 else kernel.routes.ipv4_link_mtu(ifp)

    place = family.place_of(route.destination, route.prefix, route.scope)
    if not _is_free(family, place):
        other = kernel.routes.lookup_scoped(_key_of(route), route.scope)
        if other is None:
            return False
        if route.flags & _RTF_HOST:
            if not _is_link_layer_entry(other):
                return False
            delete_route(kernel, other)
        elif not (is_inet6 and _shares_network(route, other)):
            return False
    if _is_free(family, place):
        family.insert(place, route)
        kernel.routes.changed()
    elif route.flags & _RTF_HOST:
        return False
    if counts:
        family.dynamic_count += 1
    return True


def _key_of(route: Route) -> bytes:
    """The key of the radix tree as a socket address: the masked destination, with the scope id."""
    if route.family == AF_INET6:
        return sockaddr_in6(route.destination, scope_id=route.scope)
    return sa_copy(sockaddr_of(route.destination), route.scope or None)[0]


def _is_free(family: RouteFamily, place: tuple[int, int, int]) -> bool:
    """Whether a route can be added at a place.

    Kernel quirk: an unscoped host route to the unspecified address can never be added, because the
    root of the radix tree has that key. No trace shows it.
    """
    return family.find(place) is None and not family.is_root(place)


def _host_flags(route: Route) -> int:
    if route.family == AF_INET and _is_broadcast(route.destination, route.interface):
        return _RTF_BROADCAST
    ifa = route.ifa
    if ifa is not None and ifa.sockaddr[1] == route.family:
        return _RTF_LOCAL if address_of(ifa.sockaddr) == route.destination else 0
    return 0


def _is_broadcast(address: bytes, ifp: Interface) -> bool:
    """Whether an IPv4 address may be a broadcast address of a network of the interface.

    For each network these are the broadcast address, the network address, and the same two of the
    network that the class of the address implies.

    Source: in_broadcast, xnu-4570.51.1.
    """
    if address in _ALWAYS_BROADCAST:
        return True
    if not ifp.flags & IFF_BROADCAST:
        return False
    number = int.from_bytes(address, "big")
    for ifa in ifp.addresses:
        if ifa.sockaddr[1] != AF_INET or ifa.prefix == _IN_ADDR_BITS:
            continue
        own = int.from_bytes(ifa.sockaddr[4:8], "big")
        subnet_bits = U32_MAX >> ifa.prefix
        class_bits = _classful_host_bits(own) | subnet_bits
        if number in (own & ~subnet_bits, own & ~class_bits, own | class_bits):
            return True
        if ifa.broadaddr is not None and ifa.broadaddr[4:8] == address:
            return True
    return False


def _classful_host_bits(address: int) -> int:
    """The host bits of an address by its class: A, B or C."""
    if address < 0x80000000:
        return 0xFFFFFF
    return 0xFFFF if address < 0xC0000000 else 0xFF


def _is_multicast(address: bytes) -> bool:
    if len(address) == IN_ADDR_BYTES:
        return address[0] & 0xF0 == 0xE0
    return address[0] == 0xFF


def _is_link_layer_entry(route: Route) -> bool:
    """Whether a host route is an ARP or neighbour entry, which a new route replaces."""
    return route.gateway is None and route.flags & _LINK_LAYER_HOST == _LINK_LAYER_HOST


def _shares_network(route: Route, other: Route) -> bool:
    """Whether another address of the same interface has added the same IPv6 network.

    Kernel quirk: the new route then counts as added, though the other one stays in the table. No
    trace shows it.
    """
    return (
        bool(route.flags & _RTF_CLONING)
        and other.flags & _CLONING_HOST_OR_GATEWAY == _RTF_CLONING
        and other.gateway is None
        and other.interface is route.interface
    )


MAX_DYNAMIC_INET6_ROUTES: Final = 1024
"""``ip6_maxdynroutes``: the most IPv6 routes with the flag DYNAMIC."""

_IN_ADDR_BITS: Final = 8 * IN_ADDR_BYTES
_ALWAYS_BROADCAST: Final = (bytes(IN_ADDR_BYTES), b"\xff" * IN_ADDR_BYTES)
_RTF_UP: Final = int(RouteFlag.UP)
_RTF_HOST: Final = int(RouteFlag.HOST)
_RTF_DYNAMIC: Final = int(RouteFlag.DYNAMIC)
_RTF_CLONING: Final = int(RouteFlag.CLONING)
_RTF_PRCLONING: Final = int(RouteFlag.PRCLONING)
_RTF_LOCAL: Final = int(RouteFlag.LOCAL)
_RTF_BROADCAST: Final = int(RouteFlag.BROADCAST)
_RTF_MULTICAST: Final = int(RouteFlag.MULTICAST)
_RTF_IFSCOPE: Final = int(RouteFlag.IFSCOPE)
_RTF_CONDEMNED: Final = int(RouteFlag.CONDEMNED)
_RTF_GLOBAL: Final = int(RouteFlag.GLOBAL)
_RTF_ROUTER: Final = int(RouteFlag.ROUTER)
_HOST_CLONING_OR_MULTICAST: Final = int(RouteFlag.HOST | RouteFlag.CLONING | RouteFlag.MULTICAST)
_LINK_LAYER_HOST: Final = int(RouteFlag.HOST | RouteFlag.LLINFO)
_CLONING_HOST_OR_GATEWAY: Final = int(RouteFlag.CLONING | RouteFlag.HOST | RouteFlag.GATEWAY)
NO_ROUTE: Final = silent(Errno.ESRCH, "no route has the name")


_OTHER_SCOPE: Final = silent(Errno.ENETUNREACH, "the destination's scope is another interface's")
_NO_FAMILY: Final = silent(
    Errno.ENETUNREACH,
    "the interface has no address of the route's family",
    fact="route_needs_address_of_family",
)

ROUTE_ADD: Final = Description(
    subject=RouteAdd,
    handler=add_route,
    function="rtrequest_common_locked",
    summary="Adds a route.",
    checks=(
        NO_INTERFACE,
        silent(Errno.EINVAL, "an address, prefix or flag that there is not"),
        _OTHER_SCOPE,
        _NO_FAMILY,
        silent(Errno.EEXIST, "there is a route to the same destination, prefix and scope"),
    ),
    effects="the update timer is armed for a default route",
    support=Support.PARTIAL,
    missing="cloning, redirects and expiry: routes are what the trace says they are",
    other_facts=("clat46_lowers_mtu", "default_routes_are_global", "existing_routes_are_logged"),
)

ROUTE_DELETE: Final = Description(
    subject=RouteDelete,
    handler=delete_route,
    function="rtrequest_common_locked",
    summary="Deletes a route.",
    checks=(NO_ROUTE,),
    effects="the update timer is armed for a default route; a panic for a router that is no host",
)

ONLY_DEFAULT_ROUTES_ARM_THE_TIMER: Final = Quirk(
    "Only default routes arm the update timer.",
    "rtrequest_common_locked",
    "routing/test_route_change.py::test_only_default_routes_arm_the_update_timer",
)
