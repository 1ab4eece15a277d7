"""Facts about the result of a client: which TLVs it has, and in which order."""

from __future__ import annotations

from typing import Annotated

from necp_replay.abi.aggregate_result import (
    AGGREGATE_RESULT,
    AGGREGATE_RESULT_7195,
    AGGREGATE_RESULT_7195_101,
    AGGREGATE_RESULT_8019,
    AGGREGATE_RESULT_10002_61,
    AggregateLayout,
)
from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact


@dataclass(frozen=True, kw_only=True)
class ResultFacts:
    """What COPY_RESULT gives."""

    nat64_result_type: Annotated[
        int,
        Fact(
            title="Type of the TLV with NAT64 prefixes",
            function="necp_update_client_result",
            meanings={213: "213", 214: "214, since 213 became that of members of a group"},
            traces=("prefixes_of_nat64",),
        ),
    ] = 213

    result_has_interface_time_delta: Annotated[
        bool,
        Fact(
            title="Seconds since the interface went up or down",
            function="necp_update_client_result, ifnet_updown_delta",
            meanings={
                False: "not in the result",
                True: "in the TLV INTERFACE_TIME_DELTA after the direct interface; a change of its"
                " value alone does not make the result unread",
            },
            traces=("interface_time_delta",),
        ),
    ] = False

    client_result_max_bytes: Annotated[
        int,
        Fact(
            title="Longest result of a client, before its flows",
            function="necp_update_client_result",
            meanings={512: "512 bytes", 1024: "1024 bytes"},
            traces=("result_without_room_for_agents",),
        ),
    ] = 512

    match_result: Annotated[
        AggregateLayout,
        Fact(
            title="What necp_match_policy writes",
            function="necp_match_policy",
            meanings={
                AGGREGATE_RESULT: "212 bytes of struct necp_aggregate_result",
                AGGREGATE_RESULT_7195: "216 bytes, with the control units of transparent proxies",
                AGGREGATE_RESULT_7195_101: "296 bytes, also with NAT64 prefixes, which stay zero",
                AGGREGATE_RESULT_8019: "456 bytes, with room for 16 agents instead of 8; results of"
                " clients have as many",
                AGGREGATE_RESULT_10002_61: "460 bytes, also with the id of a policy to skip",
            },
            traces=("match_of_every_length",),
        ),
    ] = AGGREGATE_RESULT

    result_has_nat64_prefixes: Annotated[
        bool,
        Fact(
            title="Prefixes of NAT64",
            function="necp_update_client_result",
            meanings={False: "not in the result", True: "all four in the TLV NAT64"},
            traces=("prefixes_of_nat64",),
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
            traces=("nat64_prefixes",),
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
            traces=("interface_in_low_power_mode",),
        ),
    ] = False

    result_has_gateways: Annotated[
        bool,
        Fact(
            title="Gateways of the routed interface",
            function="necp_update_client_result, necp_application_find_policy_match_internal",
            meanings={
                False: "not in the result",
                True: "in TLVs GATEWAY after the MTU, one for each family that has one; with a"
                " remote address, only for the family of the route's gateway",
            },
            traces=("gateways_of_a_route",),
        ),
    ] = False

    result_has_reason: Annotated[
        bool,
        Fact(
            title="Why a route is denied",
            function="necp_update_client_result, necp_application_find_policy_match_internal",
            meanings={
                False: "not in the result",
                True: "in the TLV REASON after the flags",
            },
            traces=("reason_of_a_drop",),
        ),
    ] = False

    full_result_skips_tlvs: Annotated[
        bool,
        Fact(
            title="A result that outgrows its buffer",
            function="necp_buffer_write_tlv_if_different",
            meanings={
                False: "loses the TLV that does not fit and all after it, and its length wraps",
                True: "loses each TLV that does not fit",
            },
            traces=("result_without_room_for_agents",),
            vulnerabilities={False: "result-buffer-wrap"},
        ),
    ] = False

    tunnel_keeps_required_interface_only: Annotated[
        bool,
        Fact(
            title="The interface of a client whose policy result is a tunnel",
            function="necp_update_client_result",
            meanings={
                False: "is the one that its parameters lead to, for any reason",
                True: "is the one that its parameters require",
            },
            traces=("tunnel_of_a_client_that_asks_for_little",),
        ),
    ] = False

    listeners_are_scoped_by_name_only: Annotated[
        bool,
        Fact(
            title="A listener whose parameters lead to an interface",
            function="necp_update_client_result",
            meanings={
                False: "is scoped to it",
                True: "is scoped to it only if they name it",
            },
            traces=("listener_led_to_an_interface",),
        ),
    ] = False

    interface_changed_now_has_no_time: Annotated[
        bool,
        Fact(
            title="Seconds since an interface went up or down, if it did so at this moment",
            function="ifnet_updown_delta",
            meanings={False: "the whole uptime", True: "none"},
            traces=("interface_that_changes_at_this_moment",),
        ),
    ] = False

    global_routes_are_told: Annotated[
        bool,
        Fact(
            title="The result of a route to the Internet",
            function="necp_application_find_policy_match_internal",
            meanings={
                False: "has IS_DIRECT if the destination is on the link",
                True: "has IS_GLOBAL_INTERNET, and never IS_DIRECT",
            },
            traces=("route_to_the_internet",),
        ),
    ] = False
