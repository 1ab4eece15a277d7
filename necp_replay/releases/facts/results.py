"""Facts about the result of a client: which TLVs it has, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from necp_replay.releases.fact import Fact


@dataclass(frozen=True, kw_only=True)
class ResultFacts:
    """What COPY_RESULT gives."""

    result_has_interface_time_delta: Annotated[
        bool,
        Fact(
            title="Seconds since the interface went up or down",
            function="necp_update_client_result, ifnet_updown_delta",
            meanings={
                False: "not in the result",
                True: "in the TLV INTERFACE_TIME_DELTA behind the direct interface; its value alone"
                " does not make the result unread",
            },
            traces=("interface_time_delta",),
        ),
    ] = False

    result_has_nat64: Annotated[
        bool,
        Fact(
            title="Flag HAS_NAT64",
            function="necp_application_find_policy_match_internal",
            meanings={
                False: "never set",
                True: "set if the interface of the IPv6 default route has a NAT64 prefix",
            },
        ),
    ] = False

    result_has_low_power: Annotated[
        bool,
        Fact(
            title="Flag INTERFACE_LOW_POWER",
            function="necp_application_find_policy_match_internal",
            meanings={
                False: "never set",
                True: "set if the interface of the route, or its delegate, is in low-power mode",
            },
        ),
    ] = False
