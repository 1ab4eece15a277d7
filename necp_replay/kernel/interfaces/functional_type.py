"""Decides what kind of interface one is: its functional type, and whether it is expensive."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.interface import (
    IFEF_AWDL,
    IFEF_EXPENSIVE,
    IFF_LOOPBACK,
    IFNET_FAMILY_BOND,
    IFNET_FAMILY_ETHERNET,
    IFNET_FAMILY_FIREWIRE,
    IFNET_FAMILY_IPSEC,
    IFNET_FAMILY_VLAN,
    IFNET_SUBFAMILY_BLUETOOTH,
    IFNET_SUBFAMILY_DEFAULT,
    IFNET_SUBFAMILY_INTCOPROC,
    IFNET_SUBFAMILY_QUICKRELAY,
    IFNET_SUBFAMILY_SIMCELL,
    IFNET_SUBFAMILY_WIFI,
    IFRTYPE_FUNCTIONAL_CELLULAR,
    IFRTYPE_FUNCTIONAL_COMPANIONLINK,
    IFRTYPE_FUNCTIONAL_INTCOPROC,
    IFRTYPE_FUNCTIONAL_LOOPBACK,
    IFRTYPE_FUNCTIONAL_MANAGEMENT,
    IFRTYPE_FUNCTIONAL_UNKNOWN,
    IFRTYPE_FUNCTIONAL_WIFI_AWDL,
    IFRTYPE_FUNCTIONAL_WIFI_INFRA,
    IFRTYPE_FUNCTIONAL_WIRED,
    IFT_CELLULAR,
    IFXF_MANAGEMENT,
)
from necp_replay.kernel.objects.interface import Interface
from necp_replay.releases.facts.interfaces import FunctionalTypes
from necp_replay.releases.profile import Profile


def functional_type(profile: Profile, ifp: Interface | None, exclude_delegate: bool = True) -> int:
    """The functional type (``IFRTYPE_FUNCTIONAL_*``) of an interface; unknown for None.

    The first kind in the order of the code that fits counts. ``exclude_delegate`` is whether the
    delegate's kind is ignored.

    Source: if_functional_type, xnu-4570.51.1, xnu-4903.221.2, xnu-6153.11.26, xnu-8792.41.9,
    xnu-8796.141.3.
    """
    if ifp is None:
        return IFRTYPE_FUNCTIONAL_UNKNOWN
    known = profile.functional_types
    if ifp.flags & IFF_LOOPBACK:
        return IFRTYPE_FUNCTIONAL_LOOPBACK
    if known & _COMPANION_LINKS and is_companion_link(ifp):
        return IFRTYPE_FUNCTIONAL_COMPANIONLINK
    if _is_own_wifi(ifp, known) or not (exclude_delegate or not is_wifi(profile, ifp)):
        return (
            IFRTYPE_FUNCTIONAL_WIFI_AWDL
            if ifp.eflags & IFEF_AWDL
            else IFRTYPE_FUNCTIONAL_WIFI_INFRA
        )
    if _is_own_cellular(ifp, known) or not (exclude_delegate or not is_cellular(profile, ifp)):
        return IFRTYPE_FUNCTIONAL_CELLULAR
    if is_coprocessor(ifp):
        return IFRTYPE_FUNCTIONAL_INTCOPROC
    if known & _MANAGEMENT and ifp.xflags & IFXF_MANAGEMENT:
        return IFRTYPE_FUNCTIONAL_MANAGEMENT
    if _is_own_wired(ifp, known) or not (exclude_delegate or not is_wired(ifp)):
        return IFRTYPE_FUNCTIONAL_WIRED
    return IFRTYPE_FUNCTIONAL_UNKNOWN


def is_companion_link(ifp: Interface) -> bool:
    """``IFNET_IS_COMPANION_LINK``: the interface leads to a companion device."""
    return ifp.family == IFNET_FAMILY_IPSEC and ifp.subfamily in _COMPANION_SUBFAMILIES


def _is_own_wifi(ifp: Interface, known: int) -> bool:
    return ifp.subfamily == IFNET_SUBFAMILY_WIFI and (
        ifp.family == IFNET_FAMILY_ETHERNET or not known & _WIFI_IS_ETHERNET
    )


def _is_own_cellular(ifp: Interface, known: int) -> bool:
    return ifp.type == IFT_CELLULAR or (
        bool(known & _SIMULATED_CELLULAR) and _simulates_cellular(ifp.family, ifp.subfamily)
    )


def _simulates_cellular(family: int, subfamily: int) -> bool:
    return family == IFNET_FAMILY_ETHERNET and subfamily == IFNET_SUBFAMILY_SIMCELL


def _is_own_wired(ifp: Interface, known: int) -> bool:
    return ifp.family in _WIRED_FAMILIES or (
        bool(known & _BONDS) and ifp.family in (IFNET_FAMILY_BOND, IFNET_FAMILY_VLAN)
    )


def is_coprocessor(ifp: Interface) -> bool:
    """``IFNET_IS_INTCOPROC``: the interface leads to the coprocessor of the system."""
    return ifp.family == IFNET_FAMILY_ETHERNET and ifp.subfamily == IFNET_SUBFAMILY_INTCOPROC


def is_expensive(ifp: Interface) -> bool:
    """``IFNET_IS_EXPENSIVE``: the interface or its delegate has the mark."""
    return ifp.delegated_expensive or bool(ifp.eflags & IFEF_EXPENSIVE)


def is_cellular(profile: Profile, ifp: Interface) -> bool:
    """``IFNET_IS_CELLULAR``: the interface or its delegate is cellular.

    Source: IFNET_IS_CELLULAR, xnu-4570.51.1, xnu-8792.41.9.
    """
    if IFT_CELLULAR in (ifp.type, ifp.delegated_type):
        return True
    return bool(profile.functional_types & _SIMULATED_CELLULAR) and (
        _simulates_cellular(ifp.family, ifp.subfamily)
        or _simulates_cellular(ifp.delegated_family, ifp.delegated_subfamily)
    )


def is_wifi(profile: Profile, ifp: Interface) -> bool:
    """``IFNET_IS_WIFI``: the interface or its delegate is Wi-Fi.

    Source: IFNET_IS_WIFI, xnu-4570.51.1, xnu-6153.11.26.
    """
    kinds = (ifp.family, ifp.subfamily), (ifp.delegated_family, ifp.delegated_subfamily)
    any_family = not profile.functional_types & _WIFI_IS_ETHERNET
    return any(
        subfamily == IFNET_SUBFAMILY_WIFI and (any_family or family == IFNET_FAMILY_ETHERNET)
        for family, subfamily in kinds
    )


def is_wifi_infra(ifp: Interface) -> bool:
    """``IFNET_IS_WIFI_INFRA``: the interface itself is Wi-Fi, and not AWDL."""
    return (
        ifp.family == IFNET_FAMILY_ETHERNET
        and ifp.subfamily == IFNET_SUBFAMILY_WIFI
        and not ifp.eflags & IFEF_AWDL
    )


def is_wired(ifp: Interface) -> bool:
    """``IFNET_IS_WIRED``: the interface or its delegate is Ethernet or FireWire.

    Kernel quirk: Wi-Fi counts as wired, since its family is Ethernet.
    """
    return ifp.family in _WIRED_FAMILIES or ifp.delegated_family in _WIRED_FAMILIES


_WIRED_FAMILIES: Final = frozenset({IFNET_FAMILY_ETHERNET, IFNET_FAMILY_FIREWIRE})
_COMPANION_SUBFAMILIES: Final = frozenset(
    {
        IFNET_SUBFAMILY_BLUETOOTH,
        IFNET_SUBFAMILY_WIFI,
        IFNET_SUBFAMILY_QUICKRELAY,
        IFNET_SUBFAMILY_DEFAULT,
    }
)
_BONDS: Final = int(FunctionalTypes.BONDS_AND_VLANS_ARE_WIRED)
_COMPANION_LINKS: Final = int(FunctionalTypes.COMPANION_LINKS)
_WIFI_IS_ETHERNET: Final = int(FunctionalTypes.WIFI_IS_ETHERNET)
_MANAGEMENT: Final = int(FunctionalTypes.MANAGEMENT)
_SIMULATED_CELLULAR: Final = int(FunctionalTypes.SIMULATED_CELLULAR)
