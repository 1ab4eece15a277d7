"""The flags by which statistics know an interface: its kind, and whether it is expensive."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.interface import (
    IFNET_FAMILY_IPSEC,
    IFNET_SUBFAMILY_BLUETOOTH,
    IFRTYPE_FUNCTIONAL_CELLULAR,
    IFRTYPE_FUNCTIONAL_COMPANIONLINK,
    IFRTYPE_FUNCTIONAL_INTCOPROC,
    IFRTYPE_FUNCTIONAL_LOOPBACK,
    IFRTYPE_FUNCTIONAL_MANAGEMENT,
    IFRTYPE_FUNCTIONAL_UNKNOWN,
    IFRTYPE_FUNCTIONAL_WIFI_AWDL,
    IFRTYPE_FUNCTIONAL_WIFI_INFRA,
    IFRTYPE_FUNCTIONAL_WIRED,
    IFXF_IS_VPN,
    IFXF_LOW_LATENCY,
)
from necp_replay.kernel.interfaces.condition import is_constrained
from necp_replay.kernel.interfaces.functional_type import functional_type, is_expensive
from necp_replay.kernel.objects.interface import Interface
from necp_replay.releases.profile import Profile


def statistics_flags(profile: Profile, ifp: Interface) -> int:
    """``NSTAT_IFNET_IS_*``; the kind is that of the interface that it delegates to.

    Source: nstat_ifnet_to_flags, xnu-7195.50.7.100.1, xnu-8019.80.24, xnu-10063.101.15,
    xnu-11215.1.10.
    """
    kind = functional_type(profile, ifp, exclude_delegate=False)
    flags = _KINDS[kind]
    if kind == IFRTYPE_FUNCTIONAL_WIFI_INFRA and profile.statistics_tell_kinds_of_wifi:
        flags |= _WIFI_INFRA
    if is_expensive(ifp):
        flags |= _EXPENSIVE
    if is_constrained(profile, ifp):
        flags |= _CONSTRAINED
    if profile.statistics_tell_vpns:
        if kind == IFRTYPE_FUNCTIONAL_COMPANIONLINK and _is_bluetooth(ifp):
            flags |= _COMPANION_BLUETOOTH
        if ifp.xflags & IFXF_IS_VPN:
            flags |= _VPN
    if ifp.xflags & IFXF_LOW_LATENCY and profile.skywalk_is_published:
        flags |= _LOW_LATENCY
    return flags


def _is_bluetooth(ifp: Interface) -> bool:
    return ifp.family == IFNET_FAMILY_IPSEC and ifp.subfamily == IFNET_SUBFAMILY_BLUETOOTH


_KINDS: Final = {
    IFRTYPE_FUNCTIONAL_UNKNOWN: 0x0001,
    IFRTYPE_FUNCTIONAL_LOOPBACK: 0x0002,
    IFRTYPE_FUNCTIONAL_CELLULAR: 0x0004,
    IFRTYPE_FUNCTIONAL_WIFI_INFRA: 0x0008,
    IFRTYPE_FUNCTIONAL_WIRED: 0x0010,
    IFRTYPE_FUNCTIONAL_INTCOPROC: 0x0010,
    IFRTYPE_FUNCTIONAL_WIFI_AWDL: 0x0028,
    IFRTYPE_FUNCTIONAL_COMPANIONLINK: 0x0200,
    IFRTYPE_FUNCTIONAL_MANAGEMENT: 0x0010,
}
_EXPENSIVE: Final = 0x0040
_CONSTRAINED: Final = 0x0400
_LOW_LATENCY: Final = 0x8008
"""Wi-Fi, and low-latency Wi-Fi."""
_WIFI_INFRA: Final = 0x10000
_VPN: Final = 0x0080
_COMPANION_BLUETOOTH: Final = 0x40000
