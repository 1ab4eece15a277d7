"""The routing table: finds the route with the longest prefix, with or without a scope.

Idea. A scoped route is used only for traffic on its interface. The kernel keeps scoped and unscoped
routes of a family in one radix tree, with the scope as part of the key. Here a family has one
dictionary for each prefix length that some route has, the longest first, with the masked
destination and the scope as key.

A look-up follows the kernel's rules (:meth:`RouteTable.lookup_scoped`):

1. Find the unscoped route with the longest prefix. If it is on the loopback interface and has no
   gateway, it is the answer.
2. If no scope was asked for, it is the interface of that route; without such a route, it is the
   primary interface, which is that of the unscoped default route.
3. Find the scoped route with the longest prefix. If there is none, or if the unscoped route is on
   the same interface and more specific, take the unscoped route.
4. Without either, take the default route if it is on the interface.
5. A route that is not up is no answer.

Invariants. A look-up changes nothing, and never clones a route. Results are cached until a route
changes (:meth:`RouteTable.changed`) or an interface does (its table's ``generation``).

Cost: a dictionary access for each prefix length, at most 33 or 129; from the cache, one.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Final

from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.interface import IFEF_CLAT46, IFF_LOOPBACK, IFSCOPE_NONE
from necp_replay.abi.route import RouteFlag
from necp_replay.abi.sockaddr import AF_INET, AF_INET6
from necp_replay.kernel.interfaces.table import InterfaceTable
from necp_replay.kernel.objects.interface import Interface, InterfaceAddressEntry
from necp_replay.kernel.objects.route import Route
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.sockaddr import address_of, embed_scope, sa_copy
from necp_replay.releases.profile import Profile


class RouteTable:
    """``rt_tables`` and the primary scopes.

    ``by_id`` has the routes by the names that inputs give them. Code that changes a field of a
    route must call :meth:`changed`.
    """

    __slots__ = (
        "_families",
        "_found",
        "_found_generation",
        "_interfaces",
        "_profile",
        "by_id",
    )

    def __init__(self, interfaces: InterfaceTable, profile: Profile) -> None:
        self._profile = profile
        self.by_id: dict[str, Route] = {}
        self._interfaces = interfaces
        self._families = {AF_INET: RouteFamily(32), AF_INET6: RouteFamily(128)}
        self._found: dict[tuple[bytes, int], Route | None] = {}
        self._found_generation = 0

    def lookup_scoped(self, sockaddr: bytes, ifscope: int) -> Route | None:
        """The route to an address on the interface ``ifscope``, or on any (0). None without one.

        ``sockaddr`` has 28 bytes, or as many as an address of its family.

        Source: rtalloc1_scoped with report 0, xnu-4570.51.1.
        """
        found = self._found
        if self._found_generation != self._interfaces.generation:
            found.clear()
            self._found_generation = self._interfaces.generation
        key = (sockaddr, ifscope)
        try:
            return found[key]
        except KeyError:
            route = self._look_up(sockaddr, ifscope)
            if len(found) > _FOUND_MAX:
                found.clear()
            found[key] = route
            return route

    def max_mtu(self, route: Route) -> int:
        """The size in bytes of the largest packet for a route and its interface.

        Source: get_maxmtu, tcp_maxmtu, IN6_LINKMTU, xnu-4570.51.1, xnu-4903.221.2.
        """
        if route.family == AF_INET6:
            link_mtu = _inet6_link_mtu(route.interface)
        else:
            link_mtu = self.ipv4_link_mtu(route.interface)
        return min(route.mtu, link_mtu) if route.mtu else link_mtu

    def ipv4_link_mtu(self, ifp: Interface) -> int:
        """The MTU of an interface for IPv4, less what a translation to IPv6 needs (CLAT46).

        Source: INTF_ADJUST_MTU_FOR_CLAT46, xnu-4903.221.2.
        """
        is_translated = ifp.eflags & IFEF_CLAT46 or (
            ifp.delegate is not None and ifp.delegate.eflags & IFEF_CLAT46
        )
        if is_translated and self._profile.clat46_lowers_mtu:
            return (_inet6_link_mtu(ifp) - _CLAT46_HEADER_EXPANSION_BYTES) & U32_MAX
        return ifp.mtu

    def family(self, family: int) -> RouteFamily:
        """The routes of AF_INET or AF_INET6."""
        return self._families[family]

    def changed(self) -> None:
        """Empty the cache of look-ups."""
        self._found.clear()

    def _look_up(self, sockaddr: bytes, ifscope: int) -> Route | None:
        """The route to an address.

        Kernel quirk: a host route is compared with the whole socket address. So no host route
        matches an IPv4 address if the second half of its ``sin_zero`` is not zero. No trace shows
        it.

        Source: rt_lookup_common, xnu-4570.51.1.
        """
        routes = self._families.get(sockaddr[1])
        if routes is None:
            return None
        dst, scope = sa_copy(sockaddr, ifscope)
        any_scope = scope == IFSCOPE_NONE
        address = address_of(dst)
        hosts = dst[1] != AF_INET or dst[12:16] == _NO_TRAILING_BYTES
        unscoped = routes.match(address, IFSCOPE_NONE, hosts=hosts)
        if any_scope:
            scope = routes.primary_ifscope
        found = unscoped
        if unscoped is not None and (
            not unscoped.interface.flags & IFF_LOOPBACK or unscoped.flags & _RTF_GATEWAY
        ):
            index = unscoped.interface.index
            if index != scope:
                found = None
                if any_scope:
                    scope = index
                elif scope != self._interfaces.loopback.index or not rt_ifa_is_dst(
                    dst, unscoped.ifa
                ):
                    unscoped = None
            elif not unscoped.flags & _RTF_IFSCOPE:
                found = None
        if found is None:
            found = routes.match_in_scope(embed_scope(address, scope), scope, hosts=hosts)
        if found is None or (unscoped is not None and _is_more_specific(unscoped, found)):
            found = unscoped
        if found is None:
            found = routes.default_route()
            if found is not None and found.interface.index != scope:
                found = None
        if found is not None and found.flags & _UP_OR_CONDEMNED != _RTF_UP:
            return None
        return found


class RouteFamily:
    """The routes of one address family.

    The place of a route is its prefix length, its destination without host bits, and its scope.
    ``primary_ifscope`` is the interface of the unscoped default route. ``dynamic_count`` is the
    number of IPv6 routes with the flag DYNAMIC.
    """

    __slots__ = ("_by_prefix", "_longest_first", "_width", "dynamic_count", "primary_ifscope")

    def __init__(self, width: int) -> None:
        self._width = width
        self._by_prefix: dict[int, dict[tuple[int, int], Route]] = {}
        self._longest_first: list[tuple[int, dict[tuple[int, int], Route]]] = []
        """The same routes, each length with its number of host bits, which are not compared."""
        self.primary_ifscope = IFSCOPE_NONE
        self.dynamic_count = 0

    def match(self, address: bytes, scope: int, *, hosts: bool) -> Route | None:
        """The route of a scope with the longest prefix, whatever its flags.

        ``hosts`` says whether host routes can match.
        """
        number = int.from_bytes(address, "big")
        for host_bits, routes in self._longest_first:
            route = routes.get((number >> host_bits, scope))
            if route is not None and (hosts or host_bits):
                return route
        return None

    def match_in_scope(self, address: bytes, scope: int, *, hosts: bool) -> Route | None:
        """The route with the longest prefix among those that are scoped to an interface.

        Source: node_lookup, rn_match_ifscope, xnu-4570.51.1.
        """
        if scope == IFSCOPE_NONE:
            return self.match(address, IFSCOPE_NONE, hosts=hosts)
        number = int.from_bytes(address, "big")
        for host_bits, routes in self._longest_first:
            route = routes.get((number >> host_bits, scope))
            if route is not None and route.flags & _RTF_IFSCOPE and (hosts or host_bits):
                return route
        return None

    def default_route(self) -> Route | None:
        """The unscoped default route, or else the best match for the unspecified address.

        Source: node_lookup_default, xnu-4570.51.1.
        """
        for _, routes in self._longest_first:
            route = routes.get((0, IFSCOPE_NONE))
            if route is not None:
                return route
        return None

    def find(self, place: tuple[int, int, int]) -> Route | None:
        """The route at a place (prefix, destination under it, scope)."""
        prefix, destination, scope = place
        return self._by_prefix.get(prefix, {}).get((destination, scope))

    def place_of(self, address: bytes, prefix: int, scope: int) -> tuple[int, int, int]:
        """The place of a route to a destination, whose host bits are cleared."""
        return prefix, int.from_bytes(address, "big") >> (self._width - prefix), scope

    def is_root(self, place: tuple[int, int, int]) -> bool:
        """Whether a place is that of the root of the radix tree, where no host route can be."""
        return place == (self._width, 0, IFSCOPE_NONE)

    def insert(self, place: tuple[int, int, int], route: Route) -> None:
        """Add a route at a place that is free."""
        prefix, destination, scope = place
        if prefix not in self._by_prefix:
            self._by_prefix[prefix] = {}
            self.sort_prefixes()
        self._by_prefix[prefix][destination, scope] = route

    def remove(self, place: tuple[int, int, int]) -> None:
        """Remove the route at a place."""
        prefix, destination, scope = place
        del self._by_prefix[prefix][destination, scope]
        if not self._by_prefix[prefix]:
            del self._by_prefix[prefix]
            self.sort_prefixes()

    def sort_prefixes(self) -> None:
        """Bring the prefix lengths in order, after one came or went."""
        self._longest_first = sorted(
            ((self._width - prefix, routes) for prefix, routes in self._by_prefix.items()),
            key=itemgetter(0),
        )


def _inet6_link_mtu(ifp: Interface) -> int:
    """``IN6_LINKMTU``: the MTU of an interface for IPv6, which routers may lower."""
    return ifp.nd_mtu if 0 < ifp.nd_mtu < ifp.mtu else ifp.mtu


_CLAT46_HEADER_EXPANSION_BYTES: Final = 20
"""``CLAT46_HDR_EXPANSION_OVERHD``: by how much an IPv6 header is longer than an IPv4 header."""


def rt_ifa_is_dst(sockaddr: bytes, ifa: InterfaceAddressEntry | None) -> bool:
    """Whether an interface address is the address of ``sockaddr``. Scope ids are not compared.

    Source: rt_ifa_is_dst, xnu-4570.51.1.
    """
    if ifa is None or sockaddr[1] != ifa.sockaddr[1]:
        return False
    if sockaddr[1] == AF_INET:
        return sockaddr[4:8] == ifa.sockaddr[4:8]
    return sockaddr[1] == AF_INET6 and sockaddr[8:24] == ifa.sockaddr[8:24]


def is_default(destination: bytes) -> bool:
    """Whether a destination is the unspecified address, whatever its prefix (``SA_DEFAULT``)."""
    return not any(destination)


_FOUND_MAX: Final = 4096
"""How many look-ups the cache holds before it is emptied, which bounds its memory."""
_RTF_UP: Final = int(RouteFlag.UP)
_RTF_GATEWAY: Final = int(RouteFlag.GATEWAY)
_RTF_HOST: Final = int(RouteFlag.HOST)
_RTF_IFSCOPE: Final = int(RouteFlag.IFSCOPE)
_UP_OR_CONDEMNED: Final = int(RouteFlag.UP | RouteFlag.CONDEMNED)


def _is_more_specific(unscoped: Route, scoped: Route) -> bool:
    """Whether only the scoped route is a default route, or only the unscoped one a host route."""
    if is_default(scoped.destination) and not is_default(unscoped.destination):
        return True
    return bool(unscoped.flags & _RTF_HOST and not scoped.flags & _RTF_HOST)


_NO_TRAILING_BYTES: Final = bytes(4)

PRIMARY_INTERFACE_IS_ASKED_FIRST: Final = Quirk(
    "A look-up without a scope tries the primary interface first.",
    "rtalloc1_scoped",
    "routing/test_table.py::test_without_a_scope_the_primary_interface_is_asked_first",
)
LOOK_UP_NEVER_CLONES: Final = Quirk(
    "A look-up never clones a route.",
    "rtalloc1_scoped",
    "routing/test_table.py::test_a_look_up_never_clones",
)
