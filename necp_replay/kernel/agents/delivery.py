"""Delivers messages to agents: to a control socket, or to the handler of a kernel agent."""

from __future__ import annotations

from necp_replay.abi.errno import Errno
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.events.effects import (
    AgentMessage,
    ControlSocketMessage,
    KernelAgentMessage,
)
from necp_replay.kernel.objects.agent import Agent, AgentSession
from necp_replay.kernel.objects.agent_request import AgentRequest
from necp_replay.kernel.state import KernelState


def enqueue_message(
    kernel: KernelState,
    session: AgentSession,
    message_type: int,
    payload: bytes,
    *,
    flags: int = 0,
    message_id: int = 0,
    message_error: int = 0,
    agent_id: bytes | None = None,
) -> int:
    """Put a message on the session's control socket, and return the errno of that.

    ``agent_id`` stands in the header of a message to one of several agents. EINVAL for a kernel
    agent, which has no control socket.
    Source: netagent_send_ctl_data, xnu-4570.51.1.
    """
    if session.is_kernel_agent:
        return Errno.EINVAL
    errno = session.delivery_errno
    kernel.emit(
        AgentMessage(
            session.last_registered_uuid,
            int(message_type),
            payload if len(payload) == UUID_BYTES else None,
            errno,
            ControlSocketMessage(message_id, message_error, flags, payload, agent_id),
        )
    )
    return errno


def tell_agent(kernel: KernelState, agent: Agent, message_type: int, payload: bytes) -> int:
    """Put a message to an agent on its control socket, and return the errno of that.

    The header names the agent where its session is for several.

    Source: netagent_send_client_message, xnu-4570.51.1, xnu-11417.121.6.
    """
    agent_id = agent.uuid if agent.session.has_many_agents else None
    return enqueue_message(kernel, agent.session, message_type, payload, agent_id=agent_id)


def call_handler(
    kernel: KernelState,
    session: AgentSession,
    message_type: int,
    client_id: bytes,
    request: AgentRequest | None,
    *,
    wants_results: bool = False,
    has_handle: bool = True,
) -> int:
    """Call a kernel agent's event handler, and return its errno.

    ``wants_results`` says that the handler may hand results back, and ``has_handle`` that it is
    given a handle to the fd of the client.

    Source: netagent_client_message_with_params, xnu-4570.51.1, xnu-11215.1.10.
    """
    errno = session.delivery_errno
    kernel.emit(
        AgentMessage(
            session.last_registered_uuid,
            int(message_type),
            client_id,
            errno,
            KernelAgentMessage(
                None if request is None else request.parameters,
                int(wants_results or kernel.profile.agents_always_have_place_for_results),
                int(has_handle) if kernel.profile.kernel_agents_get_handle else None,
                None if request is None else request.structure,
            ),
        )
    )
    return errno
