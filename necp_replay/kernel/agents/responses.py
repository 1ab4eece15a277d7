"""The kernel's responses to messages from an agent's control socket."""

from __future__ import annotations

from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.netagent import MESSAGE_FLAGS_RESPONSE, AgentMessageError
from necp_replay.kernel.agents.delivery import enqueue_message
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.objects.agent import AgentSession
from necp_replay.kernel.state import KernelState


def send_success_response(
    kernel: KernelState, session: AgentSession, message_type: int, message_id: int
) -> None:
    """Respond to a message that succeeded. Source: netagent_send_success_response."""
    errno = enqueue_message(
        kernel,
        session,
        message_type,
        b"",
        flags=MESSAGE_FLAGS_RESPONSE,
        message_id=message_id,
    )
    if errno:
        log_agent(kernel, LOG_ERR, "netagent_send_success_response", errno)


def send_error_response(
    kernel: KernelState,
    session: AgentSession,
    message_type: int,
    message_id: int,
    message_error: AgentMessageError,
) -> None:
    """Respond to a message that was refused. Source: netagent_send_error_response."""
    errno = enqueue_message(
        kernel,
        session,
        message_type,
        b"",
        flags=MESSAGE_FLAGS_RESPONSE,
        message_id=message_id,
        message_error=int(message_error),
    )
    if errno:
        log_agent(kernel, LOG_ERR, "netagent_send_error_response", errno)
