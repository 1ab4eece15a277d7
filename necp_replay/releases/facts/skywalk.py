"""Facts about what Skywalk gives to clients: nexuses, arenas and reserved ports."""

from __future__ import annotations

from typing import Annotated

from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact


@dataclass(frozen=True, kw_only=True)
class SkywalkFacts:
    """Which parts of Skywalk the published source has, and what clients and nexuses get of it."""

    skywalk_is_published: Annotated[
        bool,
        Fact(
            title="Nexuses, statistics in arenas and reserved ports",
            function="necp_client_add_flow, necp_client_map_sysctls",
            meanings={
                False: "are in no published code, and snapshots do not show them",
                True: "are published",
            },
            traces=("statistics_of_a_flow", "flow_over_an_agent_for_nexuses"),
        ),
    ] = False

    clients_can_forbid_wakes: Annotated[
        bool,
        Fact(
            title="A client whose traffic does not wake the system",
            function="necp_client_copy_parameters_locked",
            meanings={False: "cannot say so", True: "says so, and nexuses are told"},
            traces=("client_that_wakes_nothing",),
        ),
    ] = False

    flows_can_be_demultiplexed: Annotated[
        bool,
        Fact(
            title="Clients that share the flow of a parent",
            function="necp_client_copy_parameters_locked",
            meanings={
                False: "there are none",
                True: "a client names its parent and patterns, and nexuses are told",
            },
            traces=("clients_that_share_a_flow",),
        ),
    ] = False

    clients_keep_skip_policy: Annotated[
        bool,
        Fact(
            title="The policy that decided that a client skips others",
            function="necp_update_client_result",
            meanings={False: "is not kept", True: "is kept, and nexuses are told"},
            traces=("client_whose_policy_skips_others",),
        ),
    ] = False

    flow_divert_can_be_in_process: Annotated[
        bool,
        Fact(
            title="Flow divert by a process itself",
            function="necp_client_request_in_process_flow_divert",
            meanings={
                False: "is not known",
                True: "is asked of a process by a result of its fd",
            },
            traces=("flow_divert_in_the_process",),
        ),
    ] = False

    statistics_bytes: Annotated[
        int,
        Fact(
            title="Size of the statistics that a flow can ask for",
            function="necp_client_stats_bufreq",
            meanings={
                144: "144 bytes; a request with another size gets none",
                152: "152 bytes; a request with another size gets none",
            },
            traces=("statistics_of_a_flow",),
        ),
    ] = 144

    statistics_object_bytes: Annotated[
        int,
        Fact(
            title="Distance between the statistics of two flows in an arena",
            function="necp_arena_initialize",
            meanings={152: "152 bytes", 160: "160 bytes"},
            traces=("statistics_of_a_flow",),
        ),
    ] = 152

    flow_statistics_bytes: Annotated[
        int,
        Fact(
            title="Size of the statistics that REMOVE and REMOVE_FLOW take",
            function="necp_client_remove, necp_client_remove_flow",
            meanings={96: "96 bytes", 104: "104 bytes", 136: "136 bytes"},
            traces=("flow_removed_with_statistics",),
        ),
    ] = 96

    removed_flow_takes_any_statistics: Annotated[
        bool,
        Fact(
            title="Statistics of another size with REMOVE_FLOW",
            function="necp_client_remove_flow",
            meanings={False: "are not read, with a log record", True: "are read as far as they go"},
            traces=("flow_removed_with_statistics",),
        ),
    ] = False

    flows_with_remote_address_are_shown: Annotated[
        bool,
        Fact(
            title="A flow without an assignment that has a remote address",
            function="necp_client_fillout_flow_tlvs",
            meanings={False: "is not in results", True: "is in results"},
            traces=(
                "flow_over_an_agent_for_nexuses",
                "flow_with_a_remote_address",
            ),
        ),
    ] = False

    defunct_flows_are_shown: Annotated[
        bool,
        Fact(
            title="A flow without an assignment of a registration that is defunct",
            function="necp_client_fillout_flow_tlvs",
            meanings={False: "is not in results", True: "is in results"},
            traces=("flows_in_registrations",),
        ),
    ] = False

    flow_keeps_override_address: Annotated[
        bool,
        Fact(
            title="The address that ADD_FLOW gives in place of the remote address",
            function="necp_client_add_flow",
            meanings={
                False: "is told to the agent alone",
                True: "is kept by a nexus flow too, if the agent hands nothing back",
            },
            traces=("flow_over_an_agent_for_nexuses",),
        ),
    ] = False

    flow_may_override_protocol: Annotated[
        bool,
        Fact(
            title="The flag of ADD_FLOW for another IP protocol",
            function="necp_client_add_flow",
            meanings={
                False: "is ignored",
                True: "a byte behind the address replaces the protocol that the agent is told",
            },
            traces=("flow_over_an_agent_for_nexuses",),
        ),
    ] = False

    agents_always_have_place_for_results: Annotated[
        bool,
        Fact(
            title="A place for results that a kernel agent gets with a message",
            function="netagent_client_message_with_params",
            meanings={False: "with requests for a nexus", True: "with every message"},
            traces=("fd_closed_with_an_assertion",),
        ),
    ] = False

    inbound_clients_have_all_agents: Annotated[
        bool,
        Fact(
            title="Options of an inbound multipath client",
            function="necp_update_client_result",
            meanings={
                False: "are the ordered interfaces that match, and their agents for nexuses",
                True: "are the agents for nexuses of every interface that is up and matches",
            },
            traces=("multipath_clients_that_listen_and_browse",),
        ),
    ] = False

    browsing_outweighs_multipath: Annotated[
        bool,
        Fact(
            title="Options of a multipath client that browses",
            function="necp_update_client_result",
            meanings={
                False: "are those of a multipath client",
                True: "are those of a client that browses",
            },
            traces=("multipath_clients_that_listen_and_browse",),
        ),
    ] = False

    statistics_tell_kinds_of_wifi: Annotated[
        bool,
        Fact(
            title="Flags of a flow on a Wi-Fi network",
            function="nstat_ifnet_to_flags",
            meanings={False: "say that it is Wi-Fi", True: "say of infrastructure that it is that"},
            traces=("flows_of_wifi_and_of_a_vpn",),
        ),
    ] = False

    statistics_tell_vpns: Annotated[
        bool,
        Fact(
            title="Flags of a flow on a VPN, or on a link to a companion by Bluetooth",
            function="nstat_ifnet_to_flags",
            meanings={False: "do not tell it", True: "tell it"},
            traces=("flows_of_wifi_and_of_a_vpn",),
        ),
    ] = False

    nexus_port_bytes: Annotated[
        int,
        Fact(
            title="Size of the port in the message that assigns a nexus",
            function="necp_create_nexus_assign_message",
            meanings={4: "4 bytes", 2: "2 bytes"},
            traces=("message_that_assigns_a_nexus",),
        ),
    ] = 4
