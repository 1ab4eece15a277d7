"""The flags by which statistics know an interface: its kind, and whether it is expensive."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.interface import (
    IFRTYPE_FUNCTIONAL_CELLULAR,
    IFRTYPE_FUNCTIONAL_COMPANIONLINK,
    IFRTYPE_FUNCTIONAL_INTCOPROC,
    IFRTYPE_FUNCTIONAL_LOOPBACK,
    IFRTYPE_FUNCTIONAL_MANAGEMENT,
    IFRTYPE_FUNCTIONAL_UNKNOWN,
    IFRTYPE_FUNCTIONAL_WIFI_AWDL,
    IFRTYPE_FUNCTIONAL_WIFI_INFRA,
    IFRTYPE_FUNCTIONAL_WIRED,
)
from necp_replay.kernel.interfaces.condition import is_constrained
from necp_replay.kernel.interfaces.functional_type import functional_type, is_expensive
from necp_replay.kernel.objects.interface import Interface
from necp_replay.releases.profile import Profile


def statistics_flags(profile: Profile, ifp: Interface) -> int:
    """``NSTAT_IFNET_IS_*``; the kind is that of the interface that it delegates to.

    Source: nstat_ifnet_to_flags, xnu-7195.50.7.100.1.
    """
    flags = _KINDS[functional_type(profile, ifp, exclude_delegate=False)]
    if is_expensive(ifp):
        flags |= _EXPENSIVE
    if is_constrained(ifp):
        flags |= _CONSTRAINED
    return flags


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
