"""Unregisters an agent: by option, by message, and when its session closes."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR
from necp_replay.abi.netagent import AgentEvent, AgentFlag, AgentMessageError, AgentMessageType
from necp_replay.abi.uuid import UUID_BYTES, ZERO_UUID
from necp_replay.events.agents import NetagentUnregister
from necp_replay.kernel.agents.events import post_event
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.agents.option_checks import NO_ID
from necp_replay.kernel.agents.packet import AgentPacket
from necp_replay.kernel.agents.responses import send_error_response, send_success_response
from necp_replay.kernel.description import NO_AGENT_SESSION, Description
from necp_replay.kernel.objects.agent import Agent, AgentSession
from necp_replay.kernel.state import KernelState


def unregister(kernel: KernelState, session: AgentSession) -> None:
    """Remove all agents of the session, and take their ids off every interface.

    Kernel quirk: an id is taken off also where another session has registered the same one.
    Source: netagent_unregister_session_wrapper, xnu-4570.51.1;
    netagent_unregister_all_session_registrations, xnu-11417.121.6.
    """
    agents, session.agents = session.agents, []
    function = "netagent_unregister_session_wrapper"
    if kernel.profile.sessions_can_have_many_agents:
        function = "netagent_unregister_all_session_registrations"
    for agent in agents:
        _remove(kernel, agent)
        log_agent(kernel, LOG_DEBUG, function)
    for agent in agents:
        _announce_end(kernel, agent)


def unregister_by_option(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Unregister by socket option. Having no agent is no error.

    A session for several agents names the one to unregister, and other payloads are ignored. EINVAL
    where there it is shorter than an id.

    Source: netagent_handle_unregister_setopt, xnu-4570.51.1, xnu-11417.121.6.
    """
    if not session.has_many_agents:
        unregister(kernel, session)
        return Errno.OK
    if len(payload) < UUID_BYTES:
        log_agent(kernel, LOG_ERR, "netagent_handle_unregister_setopt")
        return kernel.fails(NO_ID, length=len(payload))
    agent = session.addressed_agent(payload)
    if agent is not None:
        session.agents.remove(agent)
        _remove(kernel, agent)
        log_agent(kernel, LOG_DEBUG, "netagent_unregister_one_session_registration")
        _announce_end(kernel, agent)
    return Errno.OK


def unregister_all_by_option(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Unregister all agents by socket option. The payload is ignored, and having none is no error.

    Source: netagent_handle_unregister_all_setopt, xnu-11417.121.6.
    """
    unregister(kernel, session)
    return Errno.OK


def unregister_by_message(kernel: KernelState, session: AgentSession, packet: AgentPacket) -> None:
    """Unregister by message. The payload is ignored, and having no agent is no error.

    A session for several agents is refused: the response says INVALID_DATA.

    Source: netagent_handle_unregister_message, xnu-4570.51.1, xnu-11417.121.6.
    """
    kind = AgentMessageType.UNREGISTER
    if session.has_many_agents:
        log_agent(kernel, LOG_ERR, "netagent_handle_unregister_message")
        error = AgentMessageError.INVALID_DATA
        send_error_response(kernel, session, kind, packet.message_id, error)
        return
    unregister(kernel, session)
    send_success_response(kernel, session, kind, packet.message_id)


def _remove(kernel: KernelState, agent: Agent) -> None:
    """Take an agent off the list of all, and count it no more."""
    registry = kernel.agents
    if registry.registered_count > 0:
        registry.registered_count -= 1
    if agent.flags & AgentFlag.ACTIVE and registry.active_count > 0:
        registry.active_count -= 1
    registry.remove(agent)


def _announce_end(kernel: KernelState, agent: Agent) -> None:
    """Take an agent's id off the interfaces, and post that it is gone."""
    _clear_from_interfaces(kernel, agent.uuid)
    post_event(kernel, agent.uuid, AgentEvent.UNREGISTERED, update_necp=True)


def _clear_from_interfaces(kernel: KernelState, uuid: bytes) -> None:
    """Empty the slots that hold the id. Source: ifnet_clear_netagent, xnu-4570.51.1."""
    for interface in kernel.interfaces.head:
        slots = interface.agents
        for index, slot in enumerate(slots):
            if slot == uuid:
                slots[index] = _EMPTY_SLOT


_EMPTY_SLOT = ZERO_UUID

NETAGENT_UNREGISTER: Final = Description(
    subject=NetagentUnregister,
    handler=unregister,
    function="netagent_unregister_session_wrapper",
    summary="Forgets the session's agent and takes it off every interface.",
    checks=(NO_AGENT_SESSION, NO_ID),
    answer="0, without an agent too",
    effects="the update timer is armed, and a kernel event posted; a response to a message",
)
