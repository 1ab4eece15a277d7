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
                True: "the agent that policies give a client is asserted for it",
            },
            not_observable="Releases without it have no such input, so a trace of it is not"
            " modelled there.",
        ),
    ] = False

    clients_report_to_agents: Annotated[
        bool,
        Fact(
            title="TLVs of AGENT about errors and members of groups",
            function="necp_client_agent_action, netagent_client_message_with_params",
            meanings={
                False: "are not known, and no agent is told",
                True: "tell an error to the agent, if it is another one or was told at most 31"
                " times, or members of a group to an active agent of groups",
            },
        ),
    ] = False

    agent_trigger_logs_notice: Annotated[
        bool,
        Fact(
            title="Log record of a trigger",
            function="netagent_client_message_with_params",
            meanings={
                False: "one record, printed by default only for some errors",
                True: "a notice before it",
            },
            traces=("agent_triggered", "agent_triggered_in_every_state"),
        ),
    ] = False

    unknown_agent_type_is_error: Annotated[
        bool,
        Fact(
            title="Log record of a type that is asked of an unknown agent",
            function="netagent_get_agent_domain_and_type",
            meanings={False: "debug level, not written by default", True: "error level"},
            traces=("type_of_an_unknown_agent",),
        ),
    ] = False

    trigger_clears_uuid: Annotated[
        bool,
        Fact(
            title="netagent_trigger with a NULL pointer",
            function="netagent_trigger",
            meanings={
                False: "looks for an id that is on the kernel's stack; ENOENT if no agent has it",
                True: "EINVAL, as with an id of zeros",
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
                True: "has a negative size, which is not refused",
                False: "EINVAL, as with any size above 4096",
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
            title="Tokens that agents give out, and errors that clients report of them",
            function="netagent_handle_add_token_setopt, netagent_acquire_token",
            meanings={
                False: "there are none",
                True: "an agent adds tokens, and clients take them; some errors keep clients from"
                " it",
            },
        ),
    ] = False

    clients_have_groups: Annotated[
        bool,
        Fact(
            title="Groups that clients join by an agent",
            function="necp_assign_client_group_members",
            meanings={
                False: "there are none",
                True: "the agent tells a client who the members of its group are",
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
                True: "104 bytes: a pointer in reserve, which is NULL, stands before the addresses",
            },
        ),
    ] = False

    nexus_parameters_are_whole: Annotated[
        bool,
        Fact(
            title="What is shown of the parameters that a nexus or an agent gets",
            function="struct necp_client_nexus_parameters",
            meanings={
                False: "addresses, processes, and what they are classified by",
                True: "the protocols and the kind of client too, field by field",
            },
            not_observable="The structure has had these fields since xnu-6153. Traces of earlier"
            " releases show its bytes where they show it at all.",
        ),
    ] = False
