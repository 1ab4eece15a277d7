"""An agent assigns results to a client's flow, or reports a protocol event on it."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR
from necp_replay.abi.netagent import AgentMessageError, AgentMessageType
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.events.agents import NetagentAssignNexus, NetagentProtoctl
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.agents.option_checks import (
    NO_AGENT,
    NO_FLOW,
    SHORT_ASSIGNMENT,
    UNKNOWN_CLIENT,
)
from necp_replay.kernel.agents.packet import AgentPacket
from necp_replay.kernel.agents.responses import send_error_response, send_success_response
from necp_replay.kernel.allocation import check_allocation
from necp_replay.kernel.description import NO_AGENT_SESSION, Description, logged, silent
from necp_replay.kernel.notifications.agent_results import assign_client_result
from necp_replay.kernel.notifications.protoctl import update_flow_protoctl_event
from necp_replay.kernel.objects.agent import Agent, AgentSession
from necp_replay.kernel.state import KernelState


def assign_nexus_from_kernel(
    kernel: KernelState, session: AgentSession, client_id: bytes, results: bytes
) -> int:
    """Assign as a kernel agent. An errno is returned.

    ENOENT: the session has no agent, or no fd has the client. EINVAL: the client has no flow of the
    agent.

    Source: netagent_assign_nexus, xnu-4570.51.1.
    """
    if session.agent is None:
        log_agent(kernel, LOG_ERR, "netagent_assign_nexus")
        return kernel.fails(NO_AGENT, session_agents=0)
    error = _assign(kernel, session.agent, client_id, results)
    # The client may have been removed meanwhile, so ENOENT is logged at debug level only.
    level = LOG_ERR if error not in (Errno.OK, Errno.ENOENT) else LOG_DEBUG
    log_agent(kernel, level, "netagent_assign_nexus", error)
    return error


def assign_nexus_by_option(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Assign by socket option; the payload is a client id, then the results.

    In a session for several agents, the id of the agent comes first.

    EINVAL: the payload is shorter than its ids, or the client has no flow of the agent. ENOENT: the
    session has no agent, or no fd has the client.
    Source: netagent_handle_assign_nexus_setopt, xnu-4570.51.1, xnu-11417.121.6.
    """
    agent = session.addressed_agent(payload)
    content = payload[session.id_bytes :]
    error: int = Errno.OK
    if not payload or len(payload) < session.id_bytes:
        error = kernel.fails(SHORT_ASSIGNMENT, length=len(payload))
    elif agent is None:
        error = kernel.fails(NO_AGENT, session_agents=len(session.agents))
    elif len(content) < UUID_BYTES:
        error = kernel.fails(SHORT_ASSIGNMENT, length=len(payload))
    else:
        error = _assign(kernel, agent, content[:UUID_BYTES], content[UUID_BYTES:])
    level = LOG_ERR if error else LOG_DEBUG
    log_agent(kernel, level, "netagent_handle_assign_nexus_setopt", error)
    return error


def assign_nexus_by_message(
    kernel: KernelState, session: AgentSession, packet: AgentPacket
) -> None:
    """Assign by message. The response tells the agent whether it succeeded.

    Kernel quirk: memory for the results is allocated by the length in the header, before the
    message is found to be shorter. A length above the allocator's limit panics.
    Source: netagent_handle_assign_nexus_message, xnu-4570.51.1.
    """
    error = _assign_packet(kernel, session, packet)
    if error:
        log_agent(kernel, LOG_ERR, "netagent_handle_assign_nexus_message")
        send_error_response(
            kernel, session, AgentMessageType.ASSIGN_NEXUS, packet.message_id, error
        )
        return
    log_agent(kernel, LOG_DEBUG, "netagent_handle_assign_nexus_message")
    send_success_response(kernel, session, AgentMessageType.ASSIGN_NEXUS, packet.message_id)


def report_protoctl_event(
    kernel: KernelState, session: AgentSession, client_id: bytes, event: tuple[int, int, int]
) -> int:
    """Report a protocol event (code, value, TCP sequence number) for the client's flow.

    ENOENT: the session has no agent. Otherwise the errno of ``update_flow_protoctl_event``.
    Source: netagent_update_flow_protoctl_event, xnu-4570.51.1.
    """
    if session.agent is None:
        log_agent(kernel, LOG_ERR, "netagent_update_flow_protoctl_event")
        return kernel.fails(_NO_AGENT)
    error = update_flow_protoctl_event(kernel, session.agent.uuid, client_id, *event)
    if error == Errno.ENOENT:
        kernel.fails(_NO_CLIENT, client_id=client_id)
    return error


def _assign(kernel: KernelState, agent: Agent, client_id: bytes, results: bytes) -> int:
    """Assign the results. A failure is noted with its check."""
    error = assign_client_result(kernel, agent.uuid, client_id, results or None)
    if error:
        check = UNKNOWN_CLIENT if error == Errno.ENOENT else NO_FLOW
        kernel.fails(check, client_id=client_id)
    return error


def _assign_packet(
    kernel: KernelState, session: AgentSession, packet: AgentPacket
) -> AgentMessageError:
    if session.agent is None:
        return AgentMessageError.NOT_REGISTERED
    if packet.payload_length < UUID_BYTES:
        return AgentMessageError.INVALID_DATA
    client_id = packet.copy(UUID_BYTES)
    if client_id is None:
        return AgentMessageError.INTERNAL
    results_bytes = packet.payload_length - UUID_BYTES
    check_allocation(results_bytes, "netagent_handle_assign_nexus_message")
    results = packet.copy(results_bytes, UUID_BYTES)
    if results is None:
        return AgentMessageError.INTERNAL
    if _assign(kernel, session.agent, client_id, results):
        return AgentMessageError.CANNOT_ASSIGN
    return AgentMessageError.NONE


_NO_AGENT: Final = logged(Errno.ENOENT, "the session has no agent")
_NO_CLIENT: Final = silent(Errno.ENOENT, "no fd has the client")

NETAGENT_ASSIGN_NEXUS: Final = Description(
    subject=NetagentAssignNexus,
    handler=assign_nexus_from_kernel,
    function="netagent_assign_nexus, netagent_handle_assign_nexus_setopt, "
    "netagent_handle_assign_nexus_message",
    summary="The agent assigns results to its newest flow of a client.",
    checks=(
        NO_AGENT_SESSION,
        SHORT_ASSIGNMENT,
        NO_AGENT,
        UNKNOWN_CLIENT,
        NO_FLOW,
    ),
    answer="0; by message always 0, and the response has the error",
    effects="the fd is woken; a response to a message",
    other_facts=("sessions_can_have_many_agents",),
)

NETAGENT_PROTOCTL: Final = Description(
    subject=NetagentProtoctl,
    handler=report_protoctl_event,
    function="netagent_update_flow_protoctl_event",
    summary="A kernel agent reports an event of the protocol.",
    checks=(
        NO_AGENT_SESSION,
        _NO_AGENT,
        _NO_CLIENT,
        silent(Errno.EINVAL, "the client has no flow of the agent"),
    ),
    effects="the fd is woken",
)
