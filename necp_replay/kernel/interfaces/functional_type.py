"""Decides what kind of interface one is: its functional type, and whether it is expensive."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.interface import (
    IFEF_AWDL,
    IFEF_EXPENSIVE,
    IFF_LOOPBACK,
    IFNET_FAMILY_ETHERNET,
    IFNET_FAMILY_FIREWIRE,
    IFNET_SUBFAMILY_INTCOPROC,
    IFNET_SUBFAMILY_WIFI,
    IFRTYPE_FUNCTIONAL_CELLULAR,
    IFRTYPE_FUNCTIONAL_INTCOPROC,
    IFRTYPE_FUNCTIONAL_LOOPBACK,
    IFRTYPE_FUNCTIONAL_UNKNOWN,
    IFRTYPE_FUNCTIONAL_WIFI_AWDL,
    IFRTYPE_FUNCTIONAL_WIFI_INFRA,
    IFRTYPE_FUNCTIONAL_WIRED,
    IFT_CELLULAR,
)
from necp_replay.kernel.objects.interface import Interface


def functional_type(ifp: Interface | None, exclude_delegate: bool = True) -> int:
    """The functional type (``IFRTYPE_FUNCTIONAL_*``) of an interface; unknown for None.

    The first kind in the order of the code that fits counts. ``exclude_delegate`` is whether the
    delegate's kind is ignored.

    Source: if_functional_type, xnu-4570.51.1.
    """
    if ifp is None:
        return IFRTYPE_FUNCTIONAL_UNKNOWN
    if ifp.flags & IFF_LOOPBACK:
        return IFRTYPE_FUNCTIONAL_LOOPBACK
    if ifp.subfamily == IFNET_SUBFAMILY_WIFI or not (exclude_delegate or not is_wifi(ifp)):
        return (
            IFRTYPE_FUNCTIONAL_WIFI_AWDL
            if ifp.eflags & IFEF_AWDL
            else IFRTYPE_FUNCTIONAL_WIFI_INFRA
        )
    if ifp.type == IFT_CELLULAR or not (exclude_delegate or not is_cellular(ifp)):
        return IFRTYPE_FUNCTIONAL_CELLULAR
    if ifp.family == IFNET_FAMILY_ETHERNET and ifp.subfamily == IFNET_SUBFAMILY_INTCOPROC:
        return IFRTYPE_FUNCTIONAL_INTCOPROC
    if ifp.family in _WIRED_FAMILIES or not (exclude_delegate or not is_wired(ifp)):
        return IFRTYPE_FUNCTIONAL_WIRED
    return IFRTYPE_FUNCTIONAL_UNKNOWN


def is_expensive(ifp: Interface) -> bool:
    """``IFNET_IS_EXPENSIVE``: the interface or its delegate has the mark."""
    return ifp.delegated_expensive or bool(ifp.eflags & IFEF_EXPENSIVE)


def is_cellular(ifp: Interface) -> bool:
    """``IFNET_IS_CELLULAR``: the interface or its delegate is cellular."""
    return IFT_CELLULAR in (ifp.type, ifp.delegated_type)


def is_wifi(ifp: Interface) -> bool:
    """``IFNET_IS_WIFI``: the interface or its delegate is Wi-Fi."""
    return IFNET_SUBFAMILY_WIFI in (ifp.subfamily, ifp.delegated_subfamily)


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
