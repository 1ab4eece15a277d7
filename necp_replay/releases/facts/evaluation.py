"""Facts about the evaluation of policies for a client, an application or a socket."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Annotated, Final

from necp_replay.abi.client import ClientParameter
from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact

_PARAMETERS_4570: Final = frozenset(ClientParameter) - {
    ClientParameter.AVOID_AGENT,
    ClientParameter.AVOID_AGENT_TYPE,
    ClientParameter.PARENT_ID,
    ClientParameter.RESOLVER_TAG,
    ClientParameter.ADVERTISE_DESCRIPTOR,
    ClientParameter.DELEGATED_UPID,
    ClientParameter.ETHERTYPE,
    ClientParameter.TRANSPORT_PROTOCOL,
    ClientParameter.LOCAL_ADDRESS_PREFERENCE,
    ClientParameter.SCHEME_PORT,
    ClientParameter.ATTRIBUTED_BUNDLE_IDENTIFIER,
    ClientParameter.FLOW_DEMUX_PATTERN,
    ClientParameter.APPLICATION_ID,
    ClientParameter.URL,
}


@dataclass(frozen=True, kw_only=True)
class EvaluationFacts:
    """What decides which policy matches, and what the result says."""

    entitlement_asks_coalition_leader: Annotated[
        bool,
        Fact(
            title="Whose privilege an ENTITLEMENT condition checks",
            function="necp_application_fillout_info_locked, necp_get_parent_cred_result",
            meanings={
                False: "that of the process",
                True: "that of the process, then that of the leader of its jetsam coalition",
            },
            traces=("entitlement_of_a_coalition_leader",),
        ),
    ] = False

    local_remote_address_is_sanitised: Annotated[
        bool,
        Fact(
            title="A remote address of the system itself",
            function="necp_application_find_policy_match_internal",
            meanings={
                False: "counts as local only without port and scope id",
                True: "counts as local with any port, and with the scope id of its interface",
            },
            traces=(
                "remote_is_an_own_address",
                "remote_is_a_broadcast_address",
                "remote_with_a_scope_id",
                "remote_with_more_than_an_address",
                "remote_on_another_interface",
            ),
        ),
    ] = False

    client_parameters: Annotated[
        AbstractSet[ClientParameter],
        Fact(
            title="Parameters of clients that are read; others are ignored",
            function="necp_client_parse_parameters",
            traces=(
                "avoid_an_agent",
                "parameters_of_later_releases",
                "port_of_a_scheme",
                "url_that_policies_know",
                "clients_that_share_a_flow",
                "client_with_a_url",
            ),
        ),
    ] = _PARAMETERS_4570

    policies_may_meet_agent_requirements: Annotated[
        bool,
        Fact(
            title="Parameters that no interface meets",
            function="necp_find_matching_interface_index, necp_calculate_client_result",
            meanings={
                False: "leave the client without a route",
                True: "are ignored if none names an address or a type of interface; agents that"
                " they require must then come from policies",
            },
            traces=(
                "agents_of_policies_meet_requirements",
                "prohibitions_that_exclude_everything",
            ),
        ),
    ] = False

    only_primary_may_require_type: Annotated[
        bool,
        Fact(
            title="A required type of interface, for further interfaces of multipath clients and"
            " of listeners",
            function="necp_ifnet_matches_parameters",
            meanings={
                False: "applies to those of listeners, and not to those of multipath clients",
                True: "applies to all of them, unless the flag ONLY_PRIMARY_REQUIRES_TYPE is given",
            },
            traces=("only_the_primary_requires_a_type",),
        ),
    ] = False

    clat46_has_no_ipv4: Annotated[
        bool,
        Fact(
            title="IPv4 routes over an interface that translates to IPv6 (CLAT46)",
            function="necp_application_find_policy_match_internal",
            meanings={False: "are used like any other", True: "are not used"},
            traces=("routes_over_clat46",),
        ),
    ] = False

    prohibited_routes_are_dropped: Annotated[
        bool,
        Fact(
            title="A route over an interface with a prohibited property",
            function="necp_application_find_policy_match_internal",
            meanings={False: "is used like any other", True: "is dropped"},
            traces=("prohibited_property_of_a_route",),
        ),
    ] = False

    ultra_constrained_needs_permission: Annotated[
        bool,
        Fact(
            title="A route over an ultra-constrained interface, such as a satellite's",
            function="necp_application_find_policy_match_internal, necp_ifnet_matches_parameters",
            meanings={
                False: "is used like any other",
                True: "is dropped, unless the parameters allow it or the process is entitled",
            },
            not_observable="Interfaces of earlier releases have no such flag.",
        ),
    ] = False

    alerts_can_be_suppressed: Annotated[
        bool,
        Fact(
            title="A drop with SUPPRESS_ALERTS for the local network",
            function="necp_application_find_policy_match_internal",
            meanings={False: "is told in a kernel event", True: "posts no kernel event"},
            traces=("drops_on_the_local_network_that_nobody_is_told",),
        ),
    ] = False

    denials_name_responsible_process: Annotated[
        bool,
        Fact(
            title="Which process the event about a denied local network names",
            function="necp_application_find_policy_match_internal",
            meanings={
                False: "the one that was denied it",
                True: "the responsible one, with the responsible application, if there is one",
            },
            traces=("drops_on_the_local_network_that_nobody_is_told",),
        ),
    ] = False

    ultra_constrained_denial_is_posted: Annotated[
        bool,
        Fact(
            title="A client without permission for an ultra-constrained interface",
            function="necp_application_find_policy_match_internal",
            meanings={
                False: "is only given the reason",
                True: "is given the reason, and a network policy event is posted",
            },
            traces=("client_of_a_satellite",),
        ),
    ] = False

    link_heuristics_are_told: Annotated[
        bool,
        Fact(
            title="The result of a route over a cellular interface with link heuristics",
            function="necp_application_find_policy_match_internal",
            meanings={False: "does not say so", True: "has LINK_HEURISTICS"},
            not_observable="Interfaces of earlier releases have no such flag.",
        ),
    ] = False

    route_rules_count_one_by_one: Annotated[
        bool,
        Fact(
            title="Route rules of several policies",
            function="necp_socket_find_policy_match_with_info_locked,"
            " necp_application_find_policy_match_internal",
            meanings={
                False: "are combined into an aggregate, which never asks for QoS marking",
                True: "are applied one after the other: access until one denies, QoS marking until"
                " one asks for it",
            },
            traces=("reason_of_a_drop",),
        ),
    ] = False
