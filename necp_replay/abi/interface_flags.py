"""The names of interface flags, one class for each set that a release has.

An event sets and clears flags by name. Later releases give some bits other names.
Source: bsd/net/if.h of the release that each class is named after.
"""

from __future__ import annotations

import enum
from typing import Any, Final


class Eflags4570(enum.IntFlag):
    """``IFEF_*`` of xnu-4570."""

    AUTOCONFIGURING = 0x00000001
    ENQUEUE_MULTI = 0x00000002
    DELAY_START = 0x00000004
    PROBE_CONNECTIVITY = 0x00000008
    QOSMARKING_CAPABLE = 0x00000010
    IPV6_DISABLED = 0x00000020
    ACCEPT_RTADV = 0x00000040
    TXSTART = 0x00000080
    RXPOLL = 0x00000100
    VLAN = 0x00000200
    BOND = 0x00000400
    ARPLL = 0x00000800
    NOAUTOIPV6LL = 0x00002000
    EXPENSIVE = 0x00004000
    IPV4_ROUTER = 0x00008000
    IPV6_ROUTER = 0x00010000
    LOCALNET_PRIVATE = 0x00020000
    SERVICE_TRIGGERED = 0x00020000
    IPV6_ND6ALT = 0x00040000
    RESTRICTED_RECV = 0x00080000
    AWDL = 0x00100000
    NOACKPRI = 0x00200000
    AWDL_RESTRICTED = 0x00400000
    TWO_KCL = 0x00800000
    ECN_ENABLE = 0x01000000
    ECN_DISABLE = 0x02000000
    SKYWALK_NATIVE = 0x04000000
    THREE_CA = 0x08000000
    SENDLIST = 0x10000000
    DIRECTLINK = 0x20000000
    QOSMARKING_ENABLED = 0x40000000
    UPDOWNCHANGE = 0x80000000


class Xflags4570(enum.IntFlag):
    """``IFXF_*`` of xnu-4570."""

    WAKE_ON_MAGIC_PACKET = 0x00000001
    TIMESTAMP_ENABLED = 0x00000002
    NX_NOAUTO = 0x00000004
    MULTISTACK_BPF_TAP = 0x00000008
    LOW_INTERNET_UL = 0x00000010
    LOW_INTERNET_DL = 0x00000020
    ALLOC_KPI = 0x00000040


def _with_added(
    flags: type[enum.IntFlag], name: str, *, without: str = "", **added: int
) -> type[enum.IntFlag]:
    """The flags of a release that added some to those of its parent, and perhaps dropped one."""
    kept = {key: value for key, value in flags.__members__.items() if key != without}
    make: Any = enum.IntFlag
    made: type[enum.IntFlag] = make(name, {**kept, **added}, module=__name__)
    return made


Eflags4903: Final = _with_added(Eflags4570, "Eflags4903", CLAT46=0x00001000)
"""``IFEF_*`` of xnu-4903."""

Xflags4903: Final = _with_added(Xflags4570, "Xflags4903", LOW_POWER=0x00000080)
"""``IFXF_*`` of xnu-4903."""

Eflags6153: Final = _with_added(
    Eflags4903, "Eflags6153", without="QOSMARKING_CAPABLE", ADV_REPORT=0x10
)
"""``IFEF_*`` of xnu-6153."""

Xflags6153: Final = _with_added(
    Xflags4903,
    "Xflags6153",
    without="MULTISTACK_BPF_TAP",
    LEGACY=0x00000008,
    MPK_LOG=0x00000100,
    CONSTRAINED=0x00000200,
    LOW_LATENCY=0x00000400,
)
"""``IFXF_*`` of xnu-6153."""

Xflags8019: Final = _with_added(Xflags6153, "Xflags8019", MARK_WAKE_PKT=0x00000800)
"""``IFXF_*`` of xnu-8019."""

Xflags8792: Final = _with_added(
    Xflags8019, "Xflags8792", FAST_PKT_DELIVERY=0x00001000, NO_TRAFFIC_SHAPING=0x00002000
)
"""``IFXF_*`` of xnu-8792."""

Xflags8796: Final = _with_added(Xflags8792, "Xflags8796", MANAGEMENT=0x00004000)
"""``IFXF_*`` of xnu-8796.141.3."""

Eflags10002: Final = _with_added(Eflags6153, "Eflags10002", without="IPV6_ROUTER", CLONE=0x00010000)
"""``IFEF_*`` of xnu-10002."""

Xflags11215: Final = _with_added(
    Xflags8796,
    "Xflags11215",
    ULTRA_CONSTRAINED=0x00008000,
    IS_VPN=0x00010000,
    DELAYWAKEPKTEVENT=0x00020000,
    DISABLE_INPUT=0x00040000,
)
"""``IFXF_*`` of xnu-11215."""

Xflags11417: Final = _with_added(
    Xflags11215,
    "Xflags11417",
    CONGESTED_LINK=0x00080000,
    LINK_HEURISTICS=0x00800000,
    LINK_HEUR_OFF_PENDING=0x01000000,
    POINTOPOINT_MDNS=0x02000000,
)
"""``IFXF_*`` of xnu-11417."""

_SPELLED = {"2KCL": "TWO_KCL", "3CA": "THREE_CA"}
"""Names of flags that no Python name can be, by how the header spells them."""


def flag_named(flags: type[enum.IntFlag], name: str) -> int | None:
    """The bit of a flag by its name in the header; None for one that the release lacks."""
    member = flags.__members__.get(_SPELLED.get(name, name))
    return None if member is None else int(member)
