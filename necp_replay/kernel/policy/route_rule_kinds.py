"""The kinds of interfaces that a route rule can be about, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Final, NamedTuple

from necp_replay.abi.interface import (
    IFEF_EXPENSIVE,
    IFNET_FAMILY_ETHERNET,
    IFNET_FAMILY_FIREWIRE,
    IFNET_SUBFAMILY_WIFI,
    IFRTYPE_FUNCTIONAL_CELLULAR,
    IFRTYPE_FUNCTIONAL_COMPANIONLINK,
    IFRTYPE_FUNCTIONAL_UNKNOWN,
    IFRTYPE_FUNCTIONAL_WIFI_INFRA,
    IFRTYPE_FUNCTIONAL_WIRED,
    IFT_CELLULAR,
    IFXF_CONSTRAINED,
    IFXF_IS_VPN,
    IFXF_ULTRA_CONSTRAINED,
)
from necp_replay.abi.policy import RouteRuleFlag
from necp_replay.kernel.interfaces.condition import is_constrained
from necp_replay.kernel.interfaces.functional_type import (
    is_cellular,
    is_companion_link,
    is_expensive,
    is_wifi,
    is_wired,
)
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.policy.route_rule_table import KernelRouteRule
from necp_replay.releases.profile import Profile

_Ask = Callable[[Profile, Interface], bool]


class RouteRuleKind(NamedTuple):
    """A kind of interfaces.

    ``flag`` is its bit in a route rule, ``label`` its name in the text of a dump, ``words`` its
    name in an explanation. ``action_of`` reads the action that a rule has for it. ``denies`` is
    whether the rule may deny an interface, ``marks`` whether it may mark its traffic, and ``adds``
    whether it may add an agent or divert; the last never looks at the delegate of the interface.
    ``functional_type`` is what a denial names, or unknown.
    """

    flag: RouteRuleFlag
    label: str
    words: str
    action_of: Callable[[KernelRouteRule], int]
    denies: _Ask
    marks: _Ask
    adds: _Ask
    functional_type: int


def _is_companion_or_delegates(profile: Profile, ifp: Interface) -> bool:
    """Source: necp_route_is_allowed_inner, xnu-8796.101.5, xnu-10002.1.13."""
    if is_companion_link(ifp):
        return True
    delegate = ifp.delegate if profile.companion_rules_ask_delegates else None
    return delegate is not None and is_companion_link(delegate)


def _is_own_wifi(_profile: Profile, ifp: Interface) -> bool:
    return ifp.family == IFNET_FAMILY_ETHERNET and ifp.subfamily == IFNET_SUBFAMILY_WIFI


def _is_own_constrained(profile: Profile, ifp: Interface) -> bool:
    bits = IFXF_CONSTRAINED
    if profile.ultra_constrained_needs_permission:
        bits |= IFXF_ULTRA_CONSTRAINED
    return bool(ifp.xflags & bits)


def _of_interface(ask: Callable[[Interface], bool]) -> _Ask:
    return lambda _profile, ifp: ask(ifp)


_IS_COMPANION: Final = _of_interface(is_companion_link)
_IS_WIRED: Final = _of_interface(is_wired)
_IS_EXPENSIVE: Final = _of_interface(is_expensive)
_IS_VPN: Final = _of_interface(lambda ifp: bool(ifp.xflags & IFXF_IS_VPN))
_WIRED_FAMILIES: Final = frozenset({IFNET_FAMILY_ETHERNET, IFNET_FAMILY_FIREWIRE})

ROUTE_RULE_KINDS: Final = (
    RouteRuleKind(
        RouteRuleFlag.CELLULAR,
        "Cell",
        "cellular",
        attrgetter("cellular_action"),
        is_cellular,
        is_cellular,
        _of_interface(lambda ifp: ifp.type == IFT_CELLULAR),
        IFRTYPE_FUNCTIONAL_CELLULAR,
    ),
    RouteRuleKind(
        RouteRuleFlag.WIFI,
        "WiFi",
        "Wi-Fi",
        attrgetter("wifi_action"),
        is_wifi,
        is_wifi,
        _is_own_wifi,
        IFRTYPE_FUNCTIONAL_WIFI_INFRA,
    ),
    RouteRuleKind(
        RouteRuleFlag.COMPANION,
        "Companion",
        "a companion link",
        attrgetter("companion_action"),
        _is_companion_or_delegates,
        _IS_COMPANION,
        _IS_COMPANION,
        IFRTYPE_FUNCTIONAL_COMPANIONLINK,
    ),
    RouteRuleKind(
        RouteRuleFlag.WIRED,
        "Wired",
        "wired",
        attrgetter("wired_action"),
        _IS_WIRED,
        _IS_WIRED,
        _of_interface(lambda ifp: ifp.family in _WIRED_FAMILIES),
        IFRTYPE_FUNCTIONAL_WIRED,
    ),
    RouteRuleKind(
        RouteRuleFlag.EXPENSIVE,
        "Exp",
        "expensive",
        attrgetter("expensive_action"),
        _IS_EXPENSIVE,
        _IS_EXPENSIVE,
        _of_interface(lambda ifp: bool(ifp.eflags & IFEF_EXPENSIVE)),
        IFRTYPE_FUNCTIONAL_UNKNOWN,
    ),
    RouteRuleKind(
        RouteRuleFlag.CONSTRAINED,
        "Constrained",
        "constrained",
        attrgetter("constrained_action"),
        is_constrained,
        is_constrained,
        _is_own_constrained,
        IFRTYPE_FUNCTIONAL_UNKNOWN,
    ),
    RouteRuleKind(
        RouteRuleFlag.VPN,
        "VPN",
        "a VPN",
        attrgetter("vpn_action"),
        _IS_VPN,
        _IS_VPN,
        _IS_VPN,
        IFRTYPE_FUNCTIONAL_UNKNOWN,
    ),
)
"""Kinds that a release does not know have no action in any of its rules."""

DUMPED_KINDS: Final = tuple(sorted(ROUTE_RULE_KINDS, key=attrgetter("flag")))
"""The same in the order in which a dump writes them."""
