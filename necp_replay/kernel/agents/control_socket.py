"""The control socket of a daemon's agent: its options, and the messages written to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR
from necp_replay.abi.netagent import (
    MESSAGE_FLAGS_RESPONSE,
    MESSAGE_HEADER,
    MESSAGE_HEADER_BYTES,
    AgentMessageError,
    AgentMessageType,
    AgentOption,
    AgentOption8019,
    AgentOption11417,
)
from necp_replay.events.agents import NetagentGetopt, NetagentMessage, NetagentSetopt
from necp_replay.kernel.agents.assign_nexus import (
    assign_nexus_by_message,
    assign_nexus_by_option,
)
from necp_replay.kernel.agents.delivery import enqueue_message
from necp_replay.kernel.agents.group_members import assign_group_members
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.agents.option_checks import (
    HAS_AGENTS,
    NO_AGENT,
    OPTION_CHECKS,
    OTHER_LENGTH,
    UNKNOWN_OPTION,
)
from necp_replay.kernel.agents.packet import AgentPacket
from necp_replay.kernel.agents.register import register_by_message, register_by_option
from necp_replay.kernel.agents.responses import send_error_response
from necp_replay.kernel.agents.tokens import (
    add_token,
    flush_tokens,
    get_low_water,
    get_token_count,
    reset_client_error,
    set_low_water,
)
from necp_replay.kernel.agents.unregister import (
    unregister_all_by_option,
    unregister_by_message,
    unregister_by_option,
)
from necp_replay.kernel.agents.update import update_by_message, update_by_option
from necp_replay.kernel.agents.use_count import get_use_count, set_use_count
from necp_replay.kernel.description import NO_AGENT_SESSION, Description, logged
from necp_replay.kernel.objects.agent import AgentSession
from necp_replay.kernel.state import KernelState


def set_option(kernel: KernelState, session: AgentSession, option: int, payload: bytes) -> int:
    """``setsockopt`` on the control socket. ENOPROTOOPT for an unknown option.

    Source: netagent_ctl_setopt, xnu-4570.51.1, xnu-8019.41.5, xnu-11417.121.6.
    """
    handler = _OPTIONS.get(option)
    if handler is None and kernel.profile.agents_have_tokens:
        handler = _LATER_OPTIONS.get(option)
    if handler is None and kernel.profile.sessions_can_have_many_agents:
        handler = _SESSION_OPTIONS.get(option)
    if handler is None:
        log_agent(kernel, LOG_ERR, "netagent_ctl_setopt")
        return kernel.fails(UNKNOWN_OPTION, option=option)
    log_agent(kernel, LOG_DEBUG, "netagent_ctl_setopt")
    return handler(kernel, session, payload)


def get_option(
    kernel: KernelState, session: AgentSession, option: int, given: bytes, length_bytes: int
) -> tuple[int, bytes]:
    """``getsockopt`` on the control socket: an errno, and the bytes of the option.

    ``given`` is the start of the process's buffer of ``length_bytes``. In a session for several
    agents it names the one that is asked about. Only the use count can be read, and in releases
    with tokens their number and low-water mark. ENOPROTOOPT for any other option.

    Source: netagent_ctl_getopt, xnu-4570.51.1, xnu-8019.41.5.
    """
    if option in _LATER_QUESTIONS and kernel.profile.agents_have_tokens:
        log_agent(kernel, LOG_DEBUG, "netagent_ctl_getopt")
        return _LATER_QUESTIONS[option](kernel, session, given, length_bytes)
    if option != AgentOption.USE_COUNT:
        log_agent(kernel, LOG_ERR, "netagent_ctl_getopt")
        return Errno.ENOPROTOOPT, b""
    log_agent(kernel, LOG_DEBUG, "netagent_ctl_getopt")
    return get_use_count(kernel, session, given, length_bytes)


def send_message(kernel: KernelState, session: AgentSession, message: bytes) -> int:
    """Act on a message that was written to the control socket.

    EINVAL for a message shorter than its header. Whatever else is wrong with it, the errno is 0 and
    the response message has the error.
    Source: netagent_ctl_send, xnu-4570.51.1, xnu-11215.1.10.
    """
    if len(message) < MESSAGE_HEADER_BYTES:
        log_agent(kernel, LOG_ERR, "netagent_ctl_send")
        return Errno.EINVAL
    message_type, _, message_id, _, payload_length = MESSAGE_HEADER.unpack_from(message)
    ignored = _DEPRECATED
    if not kernel.profile.agents_can_get_registration:
        ignored = _LATER_DEPRECATED
    handler = None if message_type in ignored else _MESSAGES.get(message_type)
    if handler is not None:
        handler(
            kernel,
            session,
            AgentPacket(message_id, payload_length, message[MESSAGE_HEADER_BYTES:]),
        )
        return Errno.OK
    log_agent(kernel, LOG_ERR, "netagent_ctl_send")
    if message_type not in ignored:
        error = AgentMessageError.UNKNOWN_TYPE
        send_error_response(kernel, session, message_type, message_id, error)
    return Errno.OK


def enable_session_mode(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Make the session one for several agents. The payload is ignored. EEXIST where it has one.

    Source: netagent_handle_enable_session_mode_setopt, xnu-11417.121.6.
    """
    if session.agents:
        log_agent(kernel, LOG_ERR, "netagent_handle_enable_session_mode_setopt")
        return kernel.fails(HAS_AGENTS, session_agents=len(session.agents))
    session.has_many_agents = True
    return Errno.OK


def _send_agent(kernel: KernelState, session: AgentSession, packet: AgentPacket) -> None:
    """GET: answer with the agent's own registration.

    Kernel quirk: the check is reversed. Success is logged as a failure, and a failure is not
    logged.
    Source: netagent_handle_get, xnu-4570.51.1.
    """
    agent = session.agent
    if agent is None:
        log_agent(kernel, LOG_ERR, "netagent_handle_get")
        error = AgentMessageError.NOT_REGISTERED
        send_error_response(kernel, session, AgentMessageType.GET, packet.message_id, error)
        return
    errno = enqueue_message(
        kernel,
        session,
        AgentMessageType.GET,
        agent.pack(),
        flags=MESSAGE_FLAGS_RESPONSE,
        message_id=packet.message_id,
    )
    if not errno:
        log_agent(kernel, LOG_ERR, "netagent_handle_get")


_OPTIONS: Final[dict[int, Callable[[KernelState, AgentSession, bytes], int]]] = {
    AgentOption.REGISTER: register_by_option,
    AgentOption.UNREGISTER: unregister_by_option,
    AgentOption.UPDATE: update_by_option,
    AgentOption.ASSIGN_NEXUS: assign_nexus_by_option,
    AgentOption.USE_COUNT: set_use_count,
}
_LATER_OPTIONS: Final[dict[int, Callable[[KernelState, AgentSession, bytes], int]]] = {
    AgentOption8019.ASSIGN_GROUP_MEMBERS: assign_group_members,
    AgentOption8019.ADD_TOKEN: add_token,
    AgentOption8019.FLUSH_TOKENS: flush_tokens,
    AgentOption8019.TOKEN_LOW_WATER: set_low_water,
    AgentOption8019.RESET_CLIENT_ERROR: reset_client_error,
}
_SESSION_OPTIONS: Final[dict[int, Callable[[KernelState, AgentSession, bytes], int]]] = {
    AgentOption11417.ENABLE_SESSION_MODE: enable_session_mode,
    AgentOption11417.UNREGISTER_ALL: unregister_all_by_option,
}
_LATER_QUESTIONS: Final[
    dict[int, Callable[[KernelState, AgentSession, bytes, int], tuple[int, bytes]]]
] = {
    AgentOption8019.TOKEN_COUNT: get_token_count,
    AgentOption8019.TOKEN_LOW_WATER: get_low_water,
}
_MESSAGES: Final[dict[int, Callable[[KernelState, AgentSession, AgentPacket], None]]] = {
    AgentMessageType.REGISTER: register_by_message,
    AgentMessageType.UNREGISTER: unregister_by_message,
    AgentMessageType.UPDATE: update_by_message,
    AgentMessageType.GET: _send_agent,
    AgentMessageType.ASSIGN_NEXUS: assign_nexus_by_message,
}
_DEPRECATED: Final = frozenset((AgentMessageType.ASSERT, AgentMessageType.UNASSERT))
_LATER_DEPRECATED: Final = _DEPRECATED | {AgentMessageType.GET}


NETAGENT_SETOPT: Final = Description(
    subject=NetagentSetopt,
    handler=set_option,
    function="netagent_ctl_setopt",
    summary="An option of the control socket with arbitrary bytes.",
    checks=(
        NO_AGENT_SESSION,
        *OPTION_CHECKS,
    ),
    effects="those of what the option asks for",
    other_facts=("agents_have_tokens", "clients_have_groups"),
)

NETAGENT_GETOPT: Final = Description(
    subject=NetagentGetopt,
    handler=get_option,
    function="netagent_ctl_getopt",
    summary="Reads an option of the control socket: the use count, or what there is of tokens.",
    checks=(
        NO_AGENT_SESSION,
        logged(Errno.ENOPROTOOPT, "any option but the use count, and later those of tokens"),
        OTHER_LENGTH,
        NO_AGENT,
    ),
    answer="0; 8 bytes, or 4; in a session for several agents the agent's id comes first",
    other_facts=("agents_have_tokens", "sessions_can_have_many_agents"),
)

NETAGENT_MESSAGE: Final = Description(
    subject=NetagentMessage,
    handler=send_message,
    function="netagent_ctl_send",
    summary="Arbitrary bytes written to the control socket.",
    checks=(NO_AGENT_SESSION, logged(Errno.EINVAL, "the message is shorter than its header")),
    answer="0; the response has the error",
    effects="those of what the message asks for, then the response",
    other_facts=("agents_can_get_registration",),
)
