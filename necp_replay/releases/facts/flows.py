"""Facts about the flows of clients."""

from __future__ import annotations

from typing import Annotated

from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact


@dataclass(frozen=True, kw_only=True)
class FlowFacts:
    """How clients have flows, and what the owners of flows are told."""

    has_flow_registrations: Annotated[
        bool,
        Fact(
            title="How clients have flows",
            function="necp_client_create_flow_registration, necp_client_find_flow",
            meanings={
                False: "directly: one list for each client, with ids as they were generated",
                True: "through registrations, whose ids have a bit of their own; a result lists"
                " interface options, and only assigned flows are copied",
            },
            traces=("flows_in_registrations", "interface_options_of_multipath"),
        ),
    ] = False

    flow_agents_have_generation: Annotated[
        bool,
        Fact(
            title="Generation of the agent in the TLVs of a nexus flow",
            function="necp_client_fillout_flow_tlvs",
            meanings={
                False: "0",
                True: "that of the agent, 0 for one that is no longer registered",
            },
            traces=("generation_of_the_agent_of_a_flow",),
        ),
    ] = False

    multipath_options_begin_with_direct: Annotated[
        bool,
        Fact(
            title="Interface options of a multipath client",
            function="necp_update_client_result",
            meanings={
                False: "the matching interfaces of the ordered list",
                True: "the direct interface, then the other matching interfaces of the ordered"
                " list",
            },
            traces=("multipath_over_the_direct_interface",),
        ),
    ] = False

    callbacks_pass_invalid: Annotated[
        bool,
        Fact(
            title="What the owner of a flow is told",
            function="necp_client_flow_cb",
            meanings={
                True: "whether the flow is viable, and whether it is invalid",
                False: "whether the flow is viable",
            },
            traces=("owner_of_a_flow_that_is_over",),
        ),
    ] = True

    failed_trigger_hides_agent: Annotated[
        bool,
        Fact(
            title="An agent whose trigger failed",
            function="necp_force_update_client, necp_netagent_applies_to_client",
            meanings={
                False: "is removed from the stored result, and is back in the next; flows become"
                " unread",
                True: "stays out of results until its generation changes; the result becomes"
                " unread",
            },
            traces=("agent_of_a_failed_trigger",),
        ),
    ] = False

    options_follow_scope: Annotated[
        bool,
        Fact(
            title="Further interfaces of a scoped client",
            function="necp_update_client_result, necp_ifnet_matches_parameters",
            meanings={
                False: "are those of a client that is not scoped; a scoped listener has none",
                True: "are only the required one; a listener has the one it is scoped to",
            },
            traces=("scoped_listener_and_multipath",),
        ),
    ] = False

    browsers_have_options: Annotated[
        bool,
        Fact(
            title="Further interfaces of a client that browses",
            function="necp_client_add_browse_interface_options",
            meanings={
                False: "none",
                True: "those with an agent for browsing, each with that agent",
            },
            traces=("interfaces_to_browse_on",),
        ),
    ] = False

    flows_follow_delegates: Annotated[
        bool,
        Fact(
            title="A flow on an interface that delegates to another",
            function="necp_client_flow_is_viable, necp_client_update_flows",
            meanings={
                False: "is like any other",
                True: "has the index of that other one, and keeps it when the delegation ends; a"
                " different index counts as a change of the flow",
            },
            traces=("flow_over_an_interface_that_delegates",),
        ),
    ] = False

    defunct_flows_end_twice: Annotated[
        bool,
        Fact(
            title="The end of defunct nexus flows",
            function="necp_destroy_client_flow_registration",
            meanings={
                True: "is reported to their agents, which were told before that the flows are"
                " defunct",
                False: "is not reported",
            },
            traces=("end_of_a_flow_that_is_defunct",),
        ),
    ] = True

    close_makes_flows_defunct: Annotated[
        bool,
        Fact(
            title="Closing an fd with nexus flows",
            function="necpop_close",
            meanings={
                False: "ends the flows of each client, and then its assertions",
                True: "makes the flows defunct first; their agents are told after all clients are"
                " removed",
            },
            traces=("close_with_nexus_flows",),
        ),
    ] = False

    sockets_take_protocol_events: Annotated[
        bool,
        Fact(
            title="Flows that receive an event of a protocol",
            function="necp_update_flow_protoctl_event",
            meanings={
                False: "a nexus flow of the agent",
                True: "a nexus flow of the agent, or the flow of a socket",
            },
            traces=("protocol_event_for_a_socket",),
        ),
    ] = False

    change_calls_later_owners: Annotated[
        bool,
        Fact(
            title="Owners that are called when a flow of a client changed",
            function="necp_client_update_flows",
            meanings={
                True: "that of the flow, and those of all later flows of the client",
                False: "that of the flow",
            },
            traces=("owners_behind_a_changed_flow",),
        ),
    ] = True

    nexus_agents_have_kinds: Annotated[
        bool,
        Fact(
            title="Agents for nexuses",
            function="necp_netagent_applies_to_client, netagent_client_message_with_params",
            meanings={
                False: "are of one kind",
                True: "are of several kinds; a client sees those of the kind that it asks for, and"
                " agents of all kinds are told of nexuses",
            },
            traces=("agents_for_kinds_of_nexus",),
        ),
    ] = False

    browsing_flows_are_assertions: Annotated[
        bool,
        Fact(
            title="The end of a flow that browses or resolves and may have no nexus",
            function="necp_destroy_client_flow_registration, necp_fd_defunct,"
            " necp_update_all_clients_callout",
            meanings={
                False: "asks the agent to close or abort a nexus",
                True: "ends an assertion of the agent",
            },
            traces=("end_of_a_flow_that_browses",),
        ),
    ] = False

    inactive_agents_block_flows: Annotated[
        bool,
        Fact(
            title="A flow whose policies use an agent that is not active",
            function="necp_client_flow_is_viable",
            meanings={
                False: "is viable",
                True: "is not viable, unless the agent is voluntary or for specific use",
            },
            traces=("agent_that_is_not_active",),
        ),
    ] = False

    max_interface_options: Annotated[
        int,
        Fact(
            title="How many further interfaces and agents for nexuses a client may have",
            function="necp_client_add_interface_option_if_needed",
            meanings={16: "16", 32: "32"},
            traces=("more_interfaces_than_options",),
        ),
    ] = 16

    browsers_are_scoped_by_name_only: Annotated[
        bool,
        Fact(
            title="A client that browses, and that is scoped to an interface",
            function="necp_update_client_result",
            meanings={
                False: "browses on that interface only",
                True: "browses on that interface only if its parameters name one, else on every"
                " interface that matches them",
            },
            traces=("browser_that_is_scoped",),
        ),
    ] = False
