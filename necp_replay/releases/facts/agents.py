"""Facts about network agents and the messages to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from necp_replay.releases.fact import Fact


@dataclass(frozen=True, kw_only=True)
class AgentFacts:
    """What happens when an agent is triggered or told something."""

    has_bb_radio_manager: Annotated[
        bool,
        Fact(
            title="Assertions of the radio manager",
            function="necp_client_assert_bb_radio_manager",
            meanings={
                False: "none",
                True: "a client can assert the radio manager, an agent that its policies give it",
            },
            not_observable="Releases without it have no such input, so a trace of it is not"
            " modelled there.",
        ),
    ] = False

    clients_report_to_agents: Annotated[
        bool,
        Fact(
            title="AGENT with the TLVs for a client's error and for group members",
            function="necp_client_agent_action, netagent_client_message_with_params",
            meanings={
                False: "ignores them",
                True: "reports the error to the agent, the same one at most 32 times, and group"
                " members to an active agent for groups",
            },
        ),
    ] = False

    agent_trigger_logs_notice: Annotated[
        bool,
        Fact(
            title="Log records of a trigger",
            function="netagent_client_message_with_params",
            meanings={
                False: "one, which is printed by default only for some errors",
                True: "a notice, then that one",
            },
            traces=("agent_triggered", "agent_triggered_in_every_state"),
        ),
    ] = False

    unknown_agent_type_is_error: Annotated[
        bool,
        Fact(
            title="Log record when the type of an unknown agent is asked for",
            function="netagent_get_agent_domain_and_type",
            meanings={
                False: "at debug level, which is not written by default",
                True: "at error level",
            },
            traces=("type_of_an_unknown_agent",),
        ),
    ] = False

    trigger_clears_uuid: Annotated[
        bool,
        Fact(
            title="netagent_trigger with a NULL pointer",
            function="netagent_trigger",
            meanings={
                False: "searches for whatever id is on the kernel's stack; ENOENT if no agent has"
                " it",
                True: "EINVAL, as for an id of zeros",
            },
            traces=("trigger_of_no_agent",),
        ),
    ] = False

    agent_data_size_is_signed: Annotated[
        bool,
        Fact(
            title="A kernel agent that is updated with a data size of 2 GiB or more",
            function="netagent_update",
            meanings={
                True: "is accepted, with a negative size",
                False: "is refused with EINVAL, as for any size above 4096",
            },
            traces=("agent_with_a_negative_size",),
        ),
    ] = True

    kernel_agents_get_handle: Annotated[
        bool,
        Fact(
            title="What a kernel agent is told about a client",
            function="netagent_client_message_with_params",
            meanings={
                False: "its id and process",
                True: "its id, its process, and a handle of the fd that added it",
            },
            traces=("handle_for_a_kernel_agent",),
        ),
    ] = False

    agents_have_tokens: Annotated[
        bool,
        Fact(
            title="Tokens of agents",
            function="netagent_handle_add_token_setopt, netagent_acquire_token",
            meanings={
                False: "do not exist",
                True: "are added by an agent and taken by clients one by one; certain errors that"
                " clients report prevent taking",
            },
        ),
    ] = False

    clients_have_groups: Annotated[
        bool,
        Fact(
            title="Groups of clients",
            function="necp_assign_client_group_members",
            meanings={
                False: "do not exist",
                True: "an agent tells a client who the members of its group are",
            },
        ),
    ] = False

    agent_structure_has_reserve: Annotated[
        bool,
        Fact(
            title="Size of the structure that the handler of a kernel agent gets",
            function="struct necp_client_nexus_parameters",
            meanings={
                False: "96 bytes",
                True: "104 bytes: a reserved pointer, which is NULL, comes before the addresses",
            },
        ),
    ] = False

    nexus_parameters_are_whole: Annotated[
        bool,
        Fact(
            title="Fields that outcomes show of the parameters for a nexus or an agent",
            function="struct necp_client_nexus_parameters",
            meanings={
                False: "processes, addresses, protocol, traffic class, policy id, and two flags",
                True: "also transport protocol, ethertype, and the other flags",
            },
            not_observable="The structure has had these fields since xnu-6153. Traces of earlier"
            " releases show its bytes where they show it at all.",
        ),
    ] = False
