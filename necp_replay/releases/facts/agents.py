"""Facts about network agents and the messages to them."""

from __future__ import annotations

from typing import Annotated

from necp_replay.dataclass import dataclass
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
            traces=("reports_of_a_client",),
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
            traces=("tokens_of_an_agent",),
        ),
    ] = False

    token_requests_have_pause: Annotated[
        bool,
        Fact(
            title="An agent without tokens when a client asks for one",
            function="netagent_acquire_token",
            meanings={
                False: "is told every time that tokens are needed",
                True: "is told once in 10 seconds, until it adds a token or is changed",
            },
            traces=("tokens_asked_for_again_and_again",),
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
            traces=("members_of_a_group",),
        ),
    ] = False

    first_agent_errors_are_forced: Annotated[
        bool,
        Fact(
            title="An error of a client that an agent was told often enough",
            function="necp_client_agent_action, netagent_client_message_with_params",
            meanings={
                False: "is not told again",
                True: "is told again where it is the first report to that agent on the fd, which"
                " remembers two agents",
            },
            traces=("reports_that_are_told_again",),
        ),
    ] = False

    agent_content_is_checked_first: Annotated[
        bool,
        Fact(
            title="Registering where the session has an agent, and updating where it has none",
            function="netagent_handle_register_inner, netagent_handle_update_inner",
            meanings={
                False: "is refused first, with a log record; the response to a registration says"
                " ALREADY_REGISTERED, and the update of a kernel agent answers EINVAL",
                True: "is refused after what was sent was checked, without a log record; the"
                " response to a registration says INTERNAL, with a record, and the update of a"
                " kernel agent answers ENOENT",
            },
            traces=("registrations_that_are_refused",),
        ),
    ] = False

    agents_can_get_registration: Annotated[
        bool,
        Fact(
            title="GET, written to an agent's control socket",
            function="netagent_ctl_send, netagent_handle_get",
            meanings={
                True: "is answered with the agent's registration",
                False: "is logged as an error, and has no response",
            },
            traces=("registration_that_is_asked_for",),
        ),
    ] = True

    interface_events_need_agent: Annotated[
        bool,
        Fact(
            title="An id that no agent has, added to an interface or removed from one",
            function="netagent_post_updated_interfaces",
            meanings={
                True: "posts no event",
                False: "posts the event that an agent's interfaces changed, and arms the update"
                " timer",
            },
            traces=("interface_with_an_id_of_no_agent",),
        ),
    ] = True

    agent_ids_are_unique: Annotated[
        bool,
        Fact(
            title="Registering an id that another agent has",
            function="netagent_handle_register_inner",
            meanings={
                False: "succeeds, and the agent that was registered or changed last is found",
                True: "is refused with EEXIST, or with INTERNAL in the response to a message",
            },
            traces=("two_agents_with_one_id",),
        ),
    ] = False

    sessions_can_have_many_agents: Annotated[
        bool,
        Fact(
            title="Options of an agent's control socket for a session of several agents",
            function="netagent_handle_enable_session_mode_setopt,"
            " netagent_handle_unregister_all_setopt",
            meanings={
                False: "unknown: a session has one agent",
                True: "a session without agents can be made one for several; then options begin"
                " with the id of the agent that they are about, and the header of each message to"
                " an agent has its id",
            },
            traces=("socket_for_several_agents",),
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
            traces=("parameters_for_a_kernel_agent",),
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
