"""Unregisters an agent: by option, by message, and when its session closes."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG
from necp_replay.abi.netagent import AgentEvent, AgentFlag, AgentMessageType
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.agents import NetagentUnregister
from necp_replay.kernel.agents.events import post_event
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.agents.packet import AgentPacket
from necp_replay.kernel.agents.responses import send_success_response
from necp_replay.kernel.description import NO_AGENT_SESSION, Description
from necp_replay.kernel.objects.agent import AgentSession
from necp_replay.kernel.state import KernelState


def unregister(kernel: KernelState, session: AgentSession) -> None:
    """Remove the session's agent, if it has one, and take its id off every interface.

    Kernel quirk: the id is taken off also where another session has registered the same one.
    Source: netagent_unregister_session_wrapper, xnu-4570.51.1.
    """
    agent = session.agent
    if agent is None:
        return
    registry = kernel.agents
    if registry.registered_count > 0:
        registry.registered_count -= 1
    if agent.flags & AgentFlag.ACTIVE and registry.active_count > 0:
        registry.active_count -= 1
    registry.remove(agent)
    session.agent = None
    log_agent(kernel, LOG_DEBUG, "netagent_unregister_session_wrapper")
    _clear_from_interfaces(kernel, agent.uuid)
    post_event(kernel, agent.uuid, AgentEvent.UNREGISTERED, update_necp=True)


def unregister_by_option(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Unregister by socket option. The payload is ignored, and having no agent is no error.

    Source: netagent_handle_unregister_setopt, xnu-4570.51.1.
    """
    unregister(kernel, session)
    return Errno.OK


def unregister_by_message(kernel: KernelState, session: AgentSession, packet: AgentPacket) -> None:
    """Unregister by message. The payload is ignored, and having no agent is no error.

    Source: netagent_handle_unregister_message, xnu-4570.51.1.
    """
    unregister(kernel, session)
    send_success_response(kernel, session, AgentMessageType.UNREGISTER, packet.message_id)


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
    checks=(NO_AGENT_SESSION,),
    answer="0, without an agent too",
    effects="the update timer is armed, and a kernel event posted; a response to a message",
)
