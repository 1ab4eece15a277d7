"""Registers an agent: by option, by message, and from within the kernel."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR
from necp_replay.abi.netagent import (
    NETAGENT_BYTES,
    AgentEvent,
    AgentFlag,
    AgentMessageError,
    AgentMessageType,
)
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.events.agents import NetagentRegister
from necp_replay.kernel.agents.events import post_event
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.agents.option_checks import BAD_CONTENT, BUSY_SESSION, ID_TAKEN
from necp_replay.kernel.agents.packet import (
    AgentPacket,
    agent_data_size,
    is_valid_data_size,
    split_netagent,
)
from necp_replay.kernel.agents.responses import send_error_response, send_success_response
from necp_replay.kernel.description import Description
from necp_replay.kernel.objects.agent import Agent, AgentSession
from necp_replay.kernel.state import KernelState


def register_from_kernel(kernel: KernelState, session: AgentSession, netagent: bytes) -> int:
    """Register a kernel agent.

    EINVAL where the session has an agent already, or the data is larger than 4096 bytes. EEXIST for
    an id that is taken, in releases where ids are unique.

    Source: netagent_register, xnu-4570.51.1, xnu-8792.41.9, xnu-11417.121.6.
    """
    header = netagent[:NETAGENT_BYTES].ljust(NETAGENT_BYTES, b"\0")
    session.last_registered_uuid = header[:UUID_BYTES]
    refusal = _refuse_busy_session(kernel, session)
    if not refusal and not is_valid_data_size(agent_data_size(header)):
        refusal = kernel.fails(BAD_CONTENT)
    return _register(kernel, session, netagent, refusal, "netagent_register")


def register_by_option(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Register by socket option.

    EINVAL where the session has an agent already and is not for several, the payload is no whole
    ``struct netagent``, or its length differs from the data size. EEXIST for an id that is taken,
    in releases where ids are unique.

    Source: netagent_handle_register_setopt, xnu-4570.51.1, xnu-8792.41.9, xnu-11417.121.6.
    """
    session.last_registered_uuid = payload[:UUID_BYTES].ljust(UUID_BYTES, b"\0")
    refusal = _refuse_busy_session(kernel, session)
    if not refusal and not _is_whole(payload):
        refusal = kernel.fails(BAD_CONTENT)
    return _register(kernel, session, payload, refusal, "netagent_handle_register_setopt")


def register_by_message(kernel: KernelState, session: AgentSession, packet: AgentPacket) -> None:
    """Register by message. The response tells the agent whether it succeeded.

    A message may be longer than the agent: its length is not compared with the data size. A session
    for several agents takes no messages for registering.
    Source: netagent_handle_register_message, xnu-4570.51.1, xnu-8792.41.9, xnu-11417.121.6.
    """
    session.last_registered_uuid = packet.payload[:UUID_BYTES].ljust(UUID_BYTES, b"\0")
    if session.has_many_agents:
        error = AgentMessageError.INVALID_DATA
    elif _refuse_busy_session(kernel, session):
        error = AgentMessageError.ALREADY_REGISTERED
    else:
        error = refuse_netagent_packet(packet)
    if not error and _refuse_agent(kernel, session, packet.payload[:UUID_BYTES]):
        error = AgentMessageError.INTERNAL
    if error:
        log_agent(kernel, LOG_ERR, "netagent_handle_register_message")
        send_error_response(kernel, session, AgentMessageType.REGISTER, packet.message_id, error)
        return
    agent = _insert_agent(kernel, session, packet.payload)
    log_agent(kernel, LOG_DEBUG, "netagent_handle_register_message")
    send_success_response(kernel, session, AgentMessageType.REGISTER, packet.message_id)
    post_event(kernel, agent.uuid, AgentEvent.REGISTERED, update_necp=True)


def refuse_netagent_packet(packet: AgentPacket) -> AgentMessageError:
    """The error for a message that has no whole agent in it; NONE if it has one."""
    header = packet.copy(NETAGENT_BYTES)
    if packet.payload_length < NETAGENT_BYTES or header is None:
        return AgentMessageError.INVALID_DATA
    data_size = agent_data_size(header)
    if not is_valid_data_size(data_size):
        return AgentMessageError.INVALID_DATA
    if packet.copy(NETAGENT_BYTES + data_size) is None:
        return AgentMessageError.INTERNAL
    return AgentMessageError.NONE


def _is_whole(payload: bytes) -> bool:
    if len(payload) < NETAGENT_BYTES:
        return False
    data_size = agent_data_size(payload)
    return is_valid_data_size(data_size) and len(payload) == NETAGENT_BYTES + data_size


def _register(
    kernel: KernelState, session: AgentSession, netagent: bytes, refusal: int, function: str
) -> int:
    """Register an agent that was checked; ``refusal`` is the errno of a check that failed."""
    if refusal:
        log_agent(kernel, LOG_ERR, function)
        return refusal
    refusal = _refuse_agent(kernel, session, netagent[:UUID_BYTES].ljust(UUID_BYTES, b"\0"))
    if refusal:
        return refusal
    agent = _insert_agent(kernel, session, netagent)
    log_agent(kernel, LOG_DEBUG, function)
    post_event(kernel, agent.uuid, AgentEvent.REGISTERED, update_necp=True)
    return Errno.OK


def _refuse_busy_session(kernel: KernelState, session: AgentSession) -> int:
    """EINVAL where the session has an agent, in releases that look at the session first."""
    if session.agents and not kernel.profile.agent_content_is_checked_first:
        return kernel.fails(BUSY_SESSION, session_agents=len(session.agents))
    return Errno.OK


def _refuse_agent(kernel: KernelState, session: AgentSession, uuid: bytes) -> int:
    """Whether the session may have the agent: EINVAL if it has one, EEXIST if the id is taken.

    Source: netagent_handle_register_inner, xnu-8792.41.9, xnu-11417.121.6.
    """
    if session.agents and not session.has_many_agents:
        return kernel.fails(BUSY_SESSION, session_agents=len(session.agents))
    if kernel.profile.agent_ids_are_unique and uuid in kernel.agents.by_uuid:
        return kernel.fails(ID_TAKEN, uuid=uuid)
    return Errno.OK


def _insert_agent(kernel: KernelState, session: AgentSession, netagent: bytes) -> Agent:
    """Source: netagent_handle_register_inner, xnu-4570.51.1."""
    registry = kernel.agents
    agent = Agent(*split_netagent(netagent), session)
    agent.generation = registry.take_generation()
    session.agents.append(agent)
    registry.insert(agent)
    agent.flags |= int(AgentFlag.REGISTERED)
    registry.registered_count += 1
    if agent.flags & AgentFlag.ACTIVE:
        registry.active_count += 1
    return agent


NETAGENT_REGISTER: Final = Description(
    subject=NetagentRegister,
    handler=register_from_kernel,
    function="netagent_register, netagent_handle_register_setopt, netagent_handle_register_message",
    summary="Registers an agent, opening its session first if need be.",
    checks=(BUSY_SESSION, BAD_CONTENT, ID_TAKEN),
    answer="0; by message always 0, and the response has the error",
    effects="the update timer is armed, and a kernel event posted; a response to a message",
    other_facts=("sessions_can_have_many_agents",),
)
