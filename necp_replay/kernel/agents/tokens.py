"""The tokens of an agent: its process adds them, and clients take them one by one."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR
from necp_replay.abi.netagent import MAX_AGENT_DATA_BYTES
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.kernel.agents.delivery import tell_agent
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.agents.number_option import option_agent, read_number_option
from necp_replay.kernel.agents.option_checks import (
    BAD_TOKEN,
    NO_AGENT,
    OTHER_LENGTH,
    TOO_MANY_TOKENS,
)
from necp_replay.kernel.objects.agent import Agent, AgentSession
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.user_memory import UserFault, UserMemory

MAX_TOKENS: Final = 256
"""``NETAGENT_MAX_TOKEN_COUNT``."""
_TOKENS_NEEDED: Final = 25
"""``NETAGENT_MESSAGE_TYPE_TOKENS_NEEDED``."""
_NUMBER_BYTES: Final = 4


def add_token(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Add a token after the others.

    EINVAL for one that is empty or larger than 4096 bytes, and for more than 256; ENOENT where the
    session has no agent. In a session for several, the token comes after the id of its agent, and
    may be empty.

    Source: netagent_handle_add_token_setopt, xnu-8019.41.5, xnu-11417.121.6.
    """
    agent = session.addressed_agent(payload)
    token = payload[session.id_bytes :]
    refusal = Errno.OK
    if not payload or len(payload) < session.id_bytes or len(token) > MAX_AGENT_DATA_BYTES:
        refusal = kernel.fails(BAD_TOKEN, length=len(payload))
    elif agent is None:
        refusal = kernel.fails(NO_AGENT, session_agents=len(session.agents))
    elif agent.token_count >= MAX_TOKENS:
        refusal = kernel.fails(TOO_MANY_TOKENS, token_count=agent.token_count)
    if refusal or agent is None:
        log_agent(kernel, LOG_ERR, "netagent_handle_add_token_setopt")
        return refusal
    agent.tokens.append(token)
    agent.token_count += 1
    agent.tokens_asked_until_ns = 0
    return Errno.OK


def flush_tokens(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Forget all tokens. ENOENT where the session has no agent.

    In a session for several agents, the option is the id of one: EINVAL for another length.

    Source: netagent_handle_flush_tokens_setopt, xnu-8019.41.5, xnu-11417.121.6.
    """
    agent = _named_agent(kernel, session, payload, "netagent_handle_flush_tokens_setopt")
    if isinstance(agent, Errno):
        return agent
    agent.tokens.clear()
    agent.token_count = 0
    return Errno.OK


def set_low_water(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Set the low-water mark: with fewer tokens, the agent is asked for more.

    EINVAL for a length other than 4 bytes.

    Source: netagent_handle_token_low_water_setopt, xnu-8019.41.5.
    """
    agent = option_agent(
        kernel,
        session,
        payload,
        len(payload),
        number_bytes=_NUMBER_BYTES,
        function="netagent_handle_token_low_water_setopt",
    )
    if isinstance(agent, Errno):
        return agent
    agent.token_low_water = int.from_bytes(payload[session.id_bytes :], "little")
    return Errno.OK


def reset_client_error(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Forget which error clients reported last. ENOENT where the session has no agent.

    In a session for several agents, the option is the id of one: EINVAL for another length.

    Kernel quirk: the tokens are forgotten too, but their number stays.

    Source: netagent_handle_reset_client_error_setopt, xnu-8019.41.5, xnu-11417.121.6.
    """
    agent = _named_agent(kernel, session, payload, "netagent_handle_reset_client_error_setopt")
    if isinstance(agent, Errno):
        return agent
    agent.tokens.clear()
    agent.last_client_error = 0
    agent.client_error_count = 0
    return Errno.OK


def get_token_count(
    kernel: KernelState, session: AgentSession, given: bytes, length_bytes: int
) -> tuple[int, bytes]:
    """How many tokens there are: an errno, and 4 bytes.

    Source: netagent_handle_token_count_getopt, xnu-8019.41.5.
    """
    return read_number_option(
        kernel,
        session,
        given,
        length_bytes,
        number_bytes=_NUMBER_BYTES,
        function="netagent_handle_token_count_getopt",
        number_of=lambda agent: agent.token_count,
    )


def get_low_water(
    kernel: KernelState, session: AgentSession, given: bytes, length_bytes: int
) -> tuple[int, bytes]:
    """The low-water mark of tokens, below which the agent is asked for more: an errno, and 4 bytes.

    Source: netagent_handle_token_low_water_getopt, xnu-8019.41.5.
    """
    return read_number_option(
        kernel,
        session,
        given,
        length_bytes,
        number_bytes=_NUMBER_BYTES,
        function="netagent_handle_token_low_water_getopt",
        number_of=lambda agent: agent.token_low_water,
    )


def acquire_token(
    kernel: KernelState, uuid: bytes, memory: UserMemory, size_bytes: int
) -> tuple[int, int]:
    """Copy the first token to a process, and forget it. Returns an errno and the token's length.

    ENOENT for an unknown id, ENODATA without a token, EMSGSIZE for a buffer that is too small,
    EFAULT, after which the token is gone too. An agent with fewer tokens than it wants to have is
    asked for more; one without any is, in later releases, asked once in 10 seconds.

    Source: netagent_acquire_token, xnu-8019.41.5, xnu-8020.101.4.
    """
    agent = kernel.agents.by_uuid.get(uuid)
    if agent is None:
        log_agent(kernel, LOG_DEBUG, _FUNCTION)
        return Errno.ENOENT, 0
    if not agent.tokens:
        log_agent(kernel, LOG_DEBUG, _FUNCTION)
        if agent.token_low_water and kernel.now_ns >= agent.tokens_asked_until_ns:
            error = _ask_for_tokens(kernel, agent)
            if not error and kernel.profile.token_requests_have_pause:
                agent.tokens_asked_until_ns = kernel.now_ns + _PAUSE_NS
        return Errno.ENODATA, 0
    token = agent.tokens[0]
    if size_bytes & U32_MAX < len(token):
        log_agent(kernel, LOG_ERR, _FUNCTION)
        return Errno.EMSGSIZE, 0
    error, length = Errno.OK, len(token)
    try:
        memory.copyout(token)
    except UserFault:
        error, length = Errno.EFAULT, 0
    log_agent(kernel, LOG_ERR if error else LOG_DEBUG, _FUNCTION, error)
    del agent.tokens[0]
    if agent.token_count > 0:
        agent.token_count -= 1
    if agent.token_count < agent.token_low_water:
        _ask_for_tokens(kernel, agent)
    return error, length


def _named_agent(
    kernel: KernelState, session: AgentSession, payload: bytes, function: str
) -> Agent | Errno:
    """The agent of an option whose only content is the id of the agent."""
    agent: Agent | None = None
    refusal = Errno.OK
    if session.has_many_agents and len(payload) != UUID_BYTES:
        refusal = kernel.fails(OTHER_LENGTH, length=len(payload), needed=UUID_BYTES)
    else:
        agent = session.addressed_agent(payload)
    if agent is not None:
        return agent
    if not refusal:
        refusal = kernel.fails(NO_AGENT, session_agents=len(session.agents))
    log_agent(kernel, LOG_ERR, function)
    return refusal


def _ask_for_tokens(kernel: KernelState, agent: Agent) -> int:
    """Source: netagent_send_tokens_needed, xnu-8019.41.5."""
    error = tell_agent(kernel, agent, _TOKENS_NEEDED, b"")
    if error:
        log_agent(kernel, LOG_ERR, "netagent_send_tokens_needed")
    return error


_FUNCTION: Final = "netagent_acquire_token"
_PAUSE_NS: Final = 10 * 10**9
"""``NETAGENT_TOKEN_EVENT_INTERVAL_NSEC``."""
