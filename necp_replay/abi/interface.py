"""Interface numbers: flags, types, families and functional types (bsd/net/if.h, if_var.h)."""

from __future__ import annotations

from typing import Final

IFF_UP: Final = 0x1
IFF_BROADCAST: Final = 0x2
IFF_LOOPBACK: Final = 0x8
IFF_POINTOPOINT: Final = 0x10
IFF_RUNNING: Final = 0x40
IFF_MULTICAST: Final = 0x8000
"""``if_flags``."""

IFEF_PROBE_CONNECTIVITY: Final = 0x00000008
IFEF_TXSTART: Final = 0x00000080
IFEF_CLAT46: Final = 0x00001000
IFEF_EXPENSIVE: Final = 0x00004000
IFEF_AWDL: Final = 0x00100000
IFEF_NOACKPRI: Final = 0x00200000
IFEF_AWDL_RESTRICTED: Final = 0x00400000
IFEF_ECN_ENABLE: Final = 0x01000000
IFEF_ECN_DISABLE: Final = 0x02000000
IFEF_3CA: Final = 0x08000000
IFEF_QOSMARKING_ENABLED: Final = 0x40000000
"""``if_eflags``."""

IFXF_LOW_INTERNET_UL: Final = 0x00000010
IFXF_LOW_INTERNET_DL: Final = 0x00000020
IFXF_MPK_LOG: Final = 0x00000100
IFXF_CONSTRAINED: Final = 0x00000200
IFXF_LOW_POWER: Final = 0x00000080
"""``if_xflags``."""

IFT_OTHER: Final = 0x1
IFT_ETHER: Final = 0x6
IFT_LOOP: Final = 0x18
IFT_CELLULAR: Final = 0xFF
"""``if_type``."""

IFNET_FAMILY_ANY: Final = 0
IFNET_FAMILY_LOOPBACK: Final = 1
IFNET_FAMILY_ETHERNET: Final = 2
IFNET_FAMILY_FIREWIRE: Final = 13
IFNET_FAMILY_CELLULAR: Final = 15
"""``if_family``."""

IFNET_SUBFAMILY_ANY: Final = 0
IFNET_SUBFAMILY_WIFI: Final = 3
IFNET_SUBFAMILY_INTCOPROC: Final = 6
"""``if_subfamily``."""

IFRTYPE_FUNCTIONAL_UNKNOWN: Final = 0
IFRTYPE_FUNCTIONAL_LOOPBACK: Final = 1
IFRTYPE_FUNCTIONAL_WIRED: Final = 2
IFRTYPE_FUNCTIONAL_WIFI_INFRA: Final = 3
IFRTYPE_FUNCTIONAL_WIFI_AWDL: Final = 4
IFRTYPE_FUNCTIONAL_CELLULAR: Final = 5
IFRTYPE_FUNCTIONAL_INTCOPROC: Final = 6
"""What ``if_functional_type`` returns."""

IFSCOPE_NONE: Final = 0
LOOPBACK_STAND_IN_INDEX: Final = 0xFFFF
"""The index of the loopback interface while there is no lo0."""

MAX_INTERFACE_INDEX: Final = 0xFFFE
"""``if_index`` has 16 bits, and the stand-in has the last of them."""

LOOPBACK_NAME: Final = "lo0"
LOOPBACK_MTU: Final = 16384
ETHERNET_MTU: Final = 1500
IF_MAXAGENTS: Final = 64
IF_AGENT_INCREMENT: Final = 8
INTERFACE_SIGNATURE_MAX_BYTES: Final = 20
