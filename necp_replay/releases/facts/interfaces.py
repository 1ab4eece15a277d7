"""Facts about network interfaces."""

from __future__ import annotations

import enum
from typing import Annotated, Final

from necp_replay.abi.client_structs import InterfaceFlag
from necp_replay.abi.interface_flags import Eflags4570, Xflags4570
from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact

_DETAILS_4570: Final = InterfaceFlag.EXPENSIVE | InterfaceFlag.TXSTART | InterfaceFlag.NOACKPRI

_NAMES_ONLY: Final = "Traces hold the flags as numbers, and no outcome names one of them."


class FunctionalTypes(enum.IntFlag):
    """What a release knows of kinds of interfaces, beyond the oldest one."""

    BONDS_AND_VLANS_ARE_WIRED = 0x01
    COMPANION_LINKS = 0x02
    WIFI_IS_ETHERNET = 0x04
    MANAGEMENT = 0x08
    SIMULATED_CELLULAR = 0x10


_TYPES_4570: Final = FunctionalTypes(0)
_TYPES_4903: Final = FunctionalTypes.BONDS_AND_VLANS_ARE_WIRED
_TYPES_6153: Final = (
    _TYPES_4903 | FunctionalTypes.COMPANION_LINKS | FunctionalTypes.WIFI_IS_ETHERNET
)
_TYPES_8792: Final = _TYPES_6153 | FunctionalTypes.SIMULATED_CELLULAR


@dataclass(frozen=True, kw_only=True)
class InterfaceFacts:
    """What the kernel keeps of an interface."""

    interface_eflags: Annotated[
        type[enum.IntFlag],
        Fact(
            title="Names of the flags in if_eflags (IFEF_)",
            not_observable=_NAMES_ONLY,
        ),
    ] = Eflags4570

    interface_xflags: Annotated[
        type[enum.IntFlag],
        Fact(
            title="Names of the flags in if_xflags (IFXF_)",
            not_observable=_NAMES_ONLY,
        ),
    ] = Xflags4570

    functional_types: Annotated[
        FunctionalTypes,
        Fact(
            title="Functional type of an interface",
            function="if_functional_type",
            meanings={
                _TYPES_4570: "follows from type, family, subfamily and flags",
                _TYPES_4903: "is wired for bonds and VLANs, too",
                _TYPES_6153: "is Wi-Fi only for the family Ethernet, and companion link for the"
                " family IPsec and four subfamilies",
                _TYPES_8792: "is cellular also for the family Ethernet with the subfamily that"
                " simulates it",
                _TYPES_8792 | FunctionalTypes.MANAGEMENT: "is management with the flag"
                " IFXF_MANAGEMENT, unless another type comes first",
            },
            traces=("types_of_interfaces",),
        ),
    ] = _TYPES_4570

    interface_details_flags: Annotated[
        InterfaceFlag,
        Fact(
            title="Flags of an interface in the answer of COPY_INTERFACE",
            function="necp_client_copy_interface",
            traces=(
                "interface_details_flags",
                "netmask_and_broadcast_address",
                "interface_that_can_be_routed_over",
                "details_of_an_ultra_constrained_interface",
            ),
        ),
    ] = _DETAILS_4570

    interface_details_tell_ipv4: Annotated[
        bool,
        Fact(
            title="Netmask and broadcast address in the answer of COPY_INTERFACE",
            function="necp_client_copy_interface",
            meanings={
                False: "not included: the answer has 92 bytes",
                True: "included: the answer has 100 bytes",
            },
            traces=("netmask_and_broadcast_address",),
        ),
    ] = False

    interface_details_min_bytes: Annotated[
        int,
        Fact(
            title="Smallest buffer for the details of an interface",
            function="necp_client_copy_interface",
            meanings={
                92: "92 bytes; longer details are written past the end of a buffer of this size",
                100: "100 bytes; less is EINVAL, with a log record",
                104: "104 bytes, with type and channel of the radio at the end; less is EINVAL",
                112: "112 bytes, with sizes of segments before type and channel of the radio",
                116: "116 bytes, with kinds of checksums before type and channel of the radio",
            },
            traces=("details_in_a_short_buffer",),
            vulnerabilities={92: "interface-details-user-overrun"},
        ),
    ] = 92

    low_latency_interfaces_are_named: Annotated[
        bool,
        Fact(
            title="An interface with the flag IFXF_LOW_LATENCY",
            function="necp_ifnet_matches_parameters",
            meanings={
                False: "matches parameters like any other",
                True: "matches only parameters that name it",
            },
            traces=("interface_of_low_latency",),
        ),
    ] = False

    nat64_prefixes_are_logged: Annotated[
        bool,
        Fact(
            title="Setting NAT64 prefixes of an interface",
            function="ifnet_set_nat64prefix",
            meanings={
                False: "is not logged",
                True: "writes a log record for each of the four",
            },
            traces=("nat64_prefixes",),
        ),
    ] = False
