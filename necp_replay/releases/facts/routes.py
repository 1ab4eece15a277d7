"""Facts about routes."""

from __future__ import annotations

from typing import Annotated

from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact


@dataclass(frozen=True, kw_only=True)
class RouteFacts:
    """Which routes are refused, and what an added route gets."""

    route_needs_address_of_family: Annotated[
        bool,
        Fact(
            title="A route over an interface without an address of the route's family",
            function="ifa_ifwithroute_common_locked",
            meanings={
                False: "is added with the interface's link-level address",
                True: "is refused with ENETUNREACH",
            },
            traces=("route_without_an_address",),
        ),
    ] = False

    default_routes_are_global: Annotated[
        bool,
        Fact(
            title="The flag GLOBAL of a route that is added",
            function="rtrequest_common_locked",
            meanings={
                False: "is as the caller gives it",
                True: "is set for a default route that is no host route, and for no other",
            },
            traces=("default_routes_and_others",),
        ),
    ] = False

    clat46_lowers_mtu: Annotated[
        bool,
        Fact(
            title="MTU of IPv4 routes over an interface that translates to IPv6 (CLAT46)",
            function="in_addroute, tcp_maxmtu",
            meanings={
                False: "that of the interface",
                True: "that of IPv6 on the interface, less 20 bytes for the longer header; also if"
                " its delegate translates",
            },
            traces=("mtu_over_clat46",),
        ),
    ] = False

    existing_routes_are_logged: Annotated[
        bool,
        Fact(
            title="A route that is there already",
            function="rtrequest_common_locked",
            meanings={
                False: "is EEXIST",
                True: "is EEXIST, with a log record",
            },
            traces=("route_that_is_there_already",),
        ),
    ] = False
