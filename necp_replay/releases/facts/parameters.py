"""Facts about the parameters of clients: how their TLVs are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from necp_replay.releases.fact import Fact


@dataclass(frozen=True, kw_only=True)
class ParameterFacts:
    """What each TLV means to a client's interface and nexus, and to policies and routes."""

    parsed_agents_limit: Annotated[
        int,
        Fact(
            title="How many agents of a kind are read: required, prohibited, preferred",
            function="necp_client_parse_parameters",
            meanings={16: "the first 16", 4: "the first 4"},
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
        ),
    ] = False
