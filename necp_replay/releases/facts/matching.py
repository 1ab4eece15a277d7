"""Facts about how policies are compared with traffic, and what is refused besides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from necp_replay.releases.fact import Fact


@dataclass(frozen=True, kw_only=True)
class MatchingFacts:
    """Which policies are compared, with what, and what they decide together."""

    unnecessary_policies_are_kept: Annotated[
        bool,
        Fact(
            title="Policies that earlier ones make unnecessary",
            function="necp_kernel_socket_policies_reprocess,"
            " necp_kernel_ip_output_policies_reprocess",
            meanings={
                False: "are left out of what is searched and dumped",
                True: "are kept, unless the sysctl dedup_policies is set when policies are applied",
            },
            traces=("policies_behind_one_that_decides",),
        ),
    ] = False

    privilege_condition_stands_alone: Annotated[
        bool,
        Fact(
            title="A condition ENTITLEMENT without a name, for the privilege to match",
            function="necp_policy_condition_requires_real_application,"
            " necp_kernel_socket_policy_add",
            meanings={
                False: "needs a condition on the real application too, like one with a name",
                True: "needs no other condition",
            },
            traces=("privilege_as_the_only_condition",),
        ),
    ] = False

    acted_for_process_is_asked: Annotated[
        bool,
        Fact(
            title="Whose privileges and entitlements policies check",
            function="necp_application_find_policy_match_internal,"
            " necp_application_fillout_info_locked",
            meanings={
                False: "those of the calling process",
                True: "those of the process that it acts for, or of the responsible one where that"
                " one's executable counts as the application",
            },
            traces=("privileges_of_the_process_acted_for",),
        ),
    ] = False

    platform_binaries_are_valid: Annotated[
        bool,
        Fact(
            title="A platform binary whose code signature is invalid",
            function="necp_is_platform_binary",
            meanings={
                False: "counts as a platform binary",
                True: "does not count as a platform binary",
            },
            traces=("platform_binary_that_is_not_valid",),
        ),
    ] = False

    transparent_proxies_add_up: Annotated[
        bool,
        Fact(
            title="A policy that diverts to a transparent proxy",
            function="necp_socket_find_policy_match_with_info_locked",
            meanings={
                False: "ends the search, like any policy that diverts",
                True: "adds its control unit to those of other transparent proxies, and the search"
                " goes on; results and matches report the units",
            },
            traces=("transparent_proxies",),
        ),
    ] = False

    multicast_is_restricted: Annotated[
        bool,
        Fact(
            title="Multicast and broadcast of an iOS application that is built for iOS 14",
            function="necp_check_restricted_multicast_drop",
            meanings={
                False: "is compared with policies",
                True: "is dropped without an entitlement, whatever policies say, unless the sysctl"
                " restrict_multicast is 0",
            },
            traces=("restricted_multicast",),
        ),
    ] = False

    some_processes_need_clients: Annotated[
        bool,
        Fact(
            title="Traffic without a client, from a process that can be installed on demand",
            function="necp_check_missing_client_drop",
            meanings={False: "is compared with policies", True: "is dropped"},
            traces=("process_installed_on_demand",),
        ),
    ] = False

    equal_route_rules_are_one: Annotated[
        bool,
        Fact(
            title="Two policies with equal route rules",
            function="necp_lookup_route_rule_by_contents_locked",
            meanings={
                True: "share one rule",
                False: "have one each, but one with an agent shares an earlier rule that is"
                " otherwise equal, and its agent is lost",
            },
            traces=("two_policies_with_one_route_rule",),
        ),
    ] = True

    pid_conditions_have_versions: Annotated[
        bool,
        Fact(
            title="A condition on a pid",
            function="necp_policy_apply, necp_handle_policy_dump_all, necp_socket_check_policy",
            meanings={
                False: "has four bytes",
                True: "may have four more: the version of the pid, which DUMP_ALL shows",
            },
            traces=("pid_with_a_version",),
        ),
    ] = False

    missing_local_address_has_family: Annotated[
        bool,
        Fact(
            title="Local address of traffic whose parameters give none",
            function="necp_application_fillout_info_locked",
            meanings={
                False: "none, unless they give a port",
                True: "the unspecified address, of the family of the remote address, or else of"
                " IPv6",
            },
            traces=("traffic_without_a_local_address",),
        ),
    ] = False

    loopback_may_be_filtered: Annotated[
        bool,
        Fact(
            title="Loopback traffic where the sysctl pass_loopback is 2 or more",
            function="necp_application_find_policy_match_internal",
            meanings={
                False: "passes, as where it is 1",
                True: "2: passes, with the filters and transparent proxies of matching policies,"
                " unless one diverts it; above 2: is compared like other traffic",
            },
            traces=("filters_of_loopback_traffic",),
        ),
    ] = False
