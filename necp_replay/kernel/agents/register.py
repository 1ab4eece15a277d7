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
from necp_replay.kernel.agents.packet import (
    AgentPacket,
    agent_data_size,
    is_valid_data_size,
    split_netagent,
)
from necp_replay.kernel.agents.responses import send_error_response, send_success_response
from necp_replay.kernel.description import Description, logged
from necp_replay.kernel.objects.agent import Agent, AgentSession
from necp_replay.kernel.state import KernelState


def register_from_kernel(kernel: KernelState, session: AgentSession, netagent: bytes) -> int:
    """Register a kernel agent.

    EINVAL where the session has an agent already, or the data is larger than 4096 bytes.

    Source: netagent_register, xnu-4570.51.1.
    """
    header = netagent[:NETAGENT_BYTES].ljust(NETAGENT_BYTES, b"\0")
    session.last_registered_uuid = header[:UUID_BYTES]
    if session.agent is not None or not is_valid_data_size(agent_data_size(header)):
        log_agent(kernel, LOG_ERR, "netagent_register")
        return Errno.EINVAL
    agent = _insert_agent(kernel, session, netagent)
    log_agent(kernel, LOG_DEBUG, "netagent_register")
    post_event(kernel, agent.uuid, AgentEvent.REGISTERED, update_necp=True)
    return Errno.OK


def register_by_option(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Register by socket option.

    EINVAL where the session has an agent already, the payload is no whole ``struct netagent``, or
    its length differs from the data size.

    Source: netagent_handle_register_setopt, xnu-4570.51.1.
    """
    session.last_registered_uuid = payload[:UUID_BYTES].ljust(UUID_BYTES, b"\0")
    if session.agent is not None or not _is_whole(payload):
        log_agent(kernel, LOG_ERR, "netagent_handle_register_setopt")
        return Errno.EINVAL
    agent = _insert_agent(kernel, session, payload)
    log_agent(kernel, LOG_DEBUG, "netagent_handle_register_setopt")
    post_event(kernel, agent.uuid, AgentEvent.REGISTERED, update_necp=True)
    return Errno.OK


def register_by_message(kernel: KernelState, session: AgentSession, packet: AgentPacket) -> None:
    """Register by message. The response tells the agent whether it succeeded.

    A message may be longer than the agent: its length is not compared with the data size.
    Source: netagent_handle_register_message, xnu-4570.51.1.
    """
    session.last_registered_uuid = packet.payload[:UUID_BYTES].ljust(UUID_BYTES, b"\0")
    error = AgentMessageError.ALREADY_REGISTERED
    if session.agent is None:
        error = refuse_netagent_packet(packet)
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


def _insert_agent(kernel: KernelState, session: AgentSession, netagent: bytes) -> Agent:
    """Source: netagent_handle_register_inner, xnu-4570.51.1."""
    registry = kernel.agents
    agent = Agent(*split_netagent(netagent), session)
    agent.generation = registry.take_generation()
    session.agent = agent
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
    checks=(
        logged(
            Errno.EINVAL,
            "the session has an agent, its data is above 4096 bytes, or sizes differ",
        ),
    ),
    answer="0; by message always 0, and the response has the error",
    effects="the update timer is armed, and a kernel event posted; a response to a message",
)
