"""Facts about network interfaces."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Annotated, Final

from necp_replay.abi.client_structs import InterfaceFlag
from necp_replay.abi.interface_flags import Eflags4570, Xflags4570
from necp_replay.releases.fact import Fact

_DETAILS_4570: Final = InterfaceFlag.EXPENSIVE | InterfaceFlag.TXSTART | InterfaceFlag.NOACKPRI

_NAMES_ONLY: Final = "Traces hold the flags as numbers, and no outcome names one of them."


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

    interface_details_flags: Annotated[
        InterfaceFlag,
        Fact(
            title="Flags of an interface that COPY_INTERFACE tells",
            function="necp_client_copy_interface",
            traces=(
                "interface_details_flags",
                "netmask_and_broadcast_address",
                "interface_that_can_be_routed_over",
            ),
        ),
    ] = _DETAILS_4570

    interface_details_tell_ipv4: Annotated[
        bool,
        Fact(
            title="Netmask and broadcast address of an interface that COPY_INTERFACE tells",
            function="necp_client_copy_interface",
            meanings={
                False: "not told: the details have 92 bytes",
                True: "told: the details have 100 bytes",
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
                92: "92 bytes are enough; longer details are written past the end of a buffer that"
                " has no more",
                100: "less than 100 bytes is EINVAL, with a log record",
                104: "less than 104 bytes is EINVAL, and the details end with type and channel of"
                " the radio",
            },
            traces=("details_in_a_short_buffer",),
        ),
    ] = 92

    nat64_prefixes_are_logged: Annotated[
        bool,
        Fact(
            title="NAT64 prefixes of an interface",
            function="ifnet_set_nat64prefix",
            meanings={
                False: "change silently",
                True: "change with a log record for each of the four",
            },
            traces=("nat64_prefixes",),
        ),
    ] = False
