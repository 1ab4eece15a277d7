"""Facts about the parameters of clients: how their TLVs are read."""

from __future__ import annotations

import enum
from typing import Annotated

from necp_replay.dataclass import dataclass
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
            title="Parameters with the flag for a known tracker",
            function="necp_client_parse_parameters",
            meanings={
                False: "are not logged",
                True: "are logged as a notice each time they are read",
            },
            traces=("client_that_knows_a_tracker",),
        ),
    ] = False

    preferred_agents_are_requested: Annotated[
        bool,
        Fact(
            title="Agents for specific use that parameters prefer, but do not require",
            function="necp_netagent_is_required, necp_netagent_is_requested",
            meanings={
                False: "are not listed in the result",
                True: "are listed in the result",
            },
            traces=("agent_that_is_only_preferred",),
        ),
    ] = False

    parsed_agents_limit: Annotated[
        int,
        Fact(
            title="How many agents are read of each kind: required, prohibited, preferred",
            function="necp_client_parse_parameters",
            meanings={16: "the first 16", 4: "the first 4"},
            traces=("more_than_four_agents",),
        ),
    ] = 16

    prohibited_names_overlap: Annotated[
        bool,
        Fact(
            title="Names of prohibited interfaces that are longer than 16 bytes",
            function="necp_client_parse_parameters",
            meanings={
                True: "overflow into the next entry of the array, where their end counts as a name"
                " of its own",
                False: "are not written into the next entry",
            },
            traces=("long_name_of_a_prohibited_interface",),
        ),
    ] = True

    ip_protocol_has_short_form: Annotated[
        bool,
        Fact(
            title="The parameter IP_PROTOCOL",
            function="necp_client_parse_parameters, necp_application_find_policy_match_internal",
            meanings={
                False: "needs two bytes, and both count",
                True: "needs one byte; a client keeps only the first byte",
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
                False: "are not compared with policies",
                True: "have their port compared with conditions on addresses",
            },
            traces=("endpoint_with_a_port_alone",),
        ),
    ] = False

    flow_addresses_win: Annotated[
        bool,
        Fact(
            title="Addresses of a flow whose client has addresses in its parameters",
            function="necp_application_find_policy_match_internal",
            meanings={
                False: "give way to those of the parameters",
                True: "are used",
            },
            traces=("addresses_of_a_flow",),
        ),
    ] = False

    interface_search: Annotated[
        InterfaceSearch,
        Fact(
            title="The search for the interface that parameters ask for",
            function="necp_find_matching_interface_index, necp_ifnet_matches_parameters",
            meanings={
                InterfaceSearch.FIRST_MATCH: "takes an interface outside the ordered list only if"
                " none in the list matches; PROHIBIT_EXPENSIVE alone does not start a search",
                InterfaceSearch.BEST_MATCH: "also takes one outside the list that meets more"
                " preferences, but only one that has something asked for; a prohibited property"
                " alone starts a search, and from the second interface on, expensive and"
                " constrained ones are both excluded",
            },
            requires=("constrained_interfaces_are_known",),
            traces=("best_matching_interface",),
        ),
    ] = InterfaceSearch.FIRST_MATCH

    constrained_interfaces_are_known: Annotated[
        bool,
        Fact(
            title="The flag PROHIBIT_CONSTRAINED",
            function="necp_ifnet_matches_parameters, IFNET_IS_CONSTRAINED",
            meanings={
                False: "is not known, and ignored",
                True: "excludes constrained interfaces",
            },
            traces=("prohibited_property_of_a_route",),
        ),
    ] = False

    only_requirements_scope: Annotated[
        bool,
        Fact(
            title="A client whose preferred interfaces do not exist",
            function="necp_find_matching_interface_index",
            meanings={
                False: "is scoped to another interface if it has any other parameter about"
                " interfaces",
                True: "is scoped only if it requires something of an interface",
            },
            traces=("preferences_beside_a_prohibition",),
        ),
    ] = False

    companion_links_need_no_order: Annotated[
        bool,
        Fact(
            title="A client that requires a companion link",
            function="necp_interface_type_is_primary_eligible,"
            " necp_interface_type_should_match_unranked_interfaces",
            meanings={
                False: "finds one in the ordered list only",
                True: "finds one outside the ordered list, too",
            },
            traces=("companion_link_outside_the_order",),
        ),
    ] = False

    remote_scope_chooses_interface: Annotated[
        bool,
        Fact(
            title="A client that only prohibits, whose IPv6 remote address has a scope id",
            function="necp_find_matching_interface_index",
            meanings={
                False: "is scoped to another interface if the primary one is prohibited",
                True: "is not scoped if the interface of the scope id is allowed",
            },
            traces=("remote_address_with_a_scope",),
        ),
    ] = False
