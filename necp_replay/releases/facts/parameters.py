"""Facts about the parameters of clients: how their TLVs are read."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Annotated

from necp_replay.releases.fact import Fact


class InterfaceSearch(enum.Enum):
    """How the interface is searched that parameters ask for."""

    FIRST_MATCH = "first match"
    BEST_MATCH = "best match"


@dataclass(frozen=True, kw_only=True)
class ParameterFacts:
    """What each TLV means to a client's interface and nexus, and to policies and routes."""

    known_trackers_are_logged: Annotated[
        bool,
        Fact(
            title="Parameters whose flags say that a known tracker is contacted",
            function="necp_client_parse_parameters",
            meanings={
                False: "are not logged",
                True: "are logged as a notice each time they are read",
            },
        ),
    ] = False

    preferred_agents_are_requested: Annotated[
        bool,
        Fact(
            title="Agents for specific use that parameters prefer",
            function="necp_netagent_is_required, necp_netagent_is_requested",
            meanings={
                False: "are not listed: parameters must require them",
                True: "are listed, as those that parameters require",
            },
        ),
    ] = False

    parsed_agents_limit: Annotated[
        int,
        Fact(
            title="How many agents of a kind are read: required, prohibited, preferred",
            function="necp_client_parse_parameters",
            meanings={16: "the first 16", 4: "the first 4"},
            traces=("more_than_four_agents",),
        ),
    ] = 16

    prohibited_names_overlap: Annotated[
        bool,
        Fact(
            title="Names of prohibited interfaces with more than 16 bytes",
            function="necp_client_parse_parameters",
            meanings={
                True: "reach into the next row of the array; their end is a name of its own",
                False: "stand alone",
            },
            traces=("long_name_of_a_prohibited_interface",),
        ),
    ] = True

    ip_protocol_has_short_form: Annotated[
        bool,
        Fact(
            title="IP_PROTOCOL",
            function="necp_client_parse_parameters, necp_application_find_policy_match_internal",
            meanings={
                False: "has two bytes or more; two count",
                True: "has one byte or more; a client keeps only the first byte",
            },
            traces=("protocol_of_one_byte",),
        ),
    ] = False

    policies_see_ports_alone: Annotated[
        bool,
        Fact(
            title="Endpoints with a port and no address",
            function="necp_application_find_policy_match_internal",
            meanings={
                False: "say nothing to policies",
                True: "give conditions on addresses their port",
            },
            traces=("endpoint_with_a_port_alone",),
        ),
    ] = False

    flow_addresses_win: Annotated[
        bool,
        Fact(
            title="Addresses of a flow, and of its client's parameters",
            function="necp_application_find_policy_match_internal",
            meanings={
                False: "those of the parameters are used, where there are any",
                True: "those of the flow are used",
            },
            traces=("addresses_of_a_flow",),
        ),
    ] = False

    interface_search: Annotated[
        InterfaceSearch,
        Fact(
            title="Which interface parameters ask for",
            function="necp_find_matching_interface_index, necp_ifnet_matches_parameters",
            meanings={
                InterfaceSearch.FIRST_MATCH: "interfaces that are not ordered count if no ordered"
                " one matches; prohibiting expensive interfaces is a reason to search only beside"
                " another one",
                InterfaceSearch.BEST_MATCH: "interfaces that are not ordered count too if they meet"
                " more preferences, and only if they have something that is asked for; prohibiting"
                " a property is a reason to search, and from the second interface on prohibits both"
                " properties",
            },
            requires=("constrained_interfaces_are_known",),
            traces=("best_matching_interface",),
        ),
    ] = InterfaceSearch.FIRST_MATCH

    constrained_interfaces_are_known: Annotated[
        bool,
        Fact(
            title="PROHIBIT_CONSTRAINED",
            function="necp_ifnet_matches_parameters, IFNET_IS_CONSTRAINED",
            meanings={
                False: "is an unknown flag",
                True: "excludes interfaces that should be used sparingly",
            },
            traces=("prohibited_property_of_a_route",),
        ),
    ] = False

    only_requirements_scope: Annotated[
        bool,
        Fact(
            title="A client that prefers interfaces of which there are none",
            function="necp_find_matching_interface_index",
            meanings={
                False: "is scoped to an interface all the same if it has any other parameter",
                True: "is scoped only if it requires something of an interface",
            },
            traces=("preferences_beside_a_prohibition",),
        ),
    ] = False
