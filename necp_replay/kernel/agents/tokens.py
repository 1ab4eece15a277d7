"""The tokens of an agent: its process adds them, and clients take them one by one."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR
from necp_replay.abi.netagent import MAX_AGENT_DATA_BYTES
from necp_replay.kernel.agents.delivery import enqueue_message
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.agents.number_option import read_number_option, refuse_number_option
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
    session has no agent.

    Source: netagent_handle_add_token_setopt, xnu-8019.41.5.
    """
    agent = session.agent
    refusal = Errno.OK
    if not payload or len(payload) > MAX_AGENT_DATA_BYTES:
        refusal = Errno.EINVAL
    elif agent is None:
        refusal = Errno.ENOENT
    elif agent.token_count >= MAX_TOKENS:
        refusal = Errno.EINVAL
    if refusal or agent is None:
        log_agent(kernel, LOG_ERR, "netagent_handle_add_token_setopt")
        return refusal
    agent.tokens.append(payload)
    agent.token_count += 1
    return Errno.OK


def flush_tokens(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Forget all tokens. ENOENT where the session has no agent.

    Source: netagent_handle_flush_tokens_setopt, xnu-8019.41.5.
    """
    if session.agent is None:
        log_agent(kernel, LOG_ERR, "netagent_handle_flush_tokens_setopt")
        return Errno.ENOENT
    session.agent.tokens.clear()
    session.agent.token_count = 0
    return Errno.OK


def set_low_water(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Set below how many tokens the agent is asked for more. EINVAL unless it is 4 bytes long.

    Source: netagent_handle_token_low_water_setopt, xnu-8019.41.5.
    """
    refusal = refuse_number_option(
        kernel,
        session,
        len(payload),
        number_bytes=_NUMBER_BYTES,
        function="netagent_handle_token_low_water_setopt",
    )
    if session.agent is not None and not refusal:
        session.agent.token_low_water = int.from_bytes(payload, "little")
    return refusal


def reset_client_error(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Forget which error clients reported last. ENOENT where the session has no agent.

    Kernel quirk: the tokens are forgotten too, but not how many there were.

    Source: netagent_handle_reset_client_error_setopt, xnu-8019.41.5.
    """
    agent = session.agent
    if agent is None:
        log_agent(kernel, LOG_ERR, "netagent_handle_reset_client_error_setopt")
        return Errno.ENOENT
    agent.tokens.clear()
    agent.last_client_error = 0
    agent.client_error_count = 0
    return Errno.OK


def get_token_count(
    kernel: KernelState, session: AgentSession, length_bytes: int
) -> tuple[int, bytes]:
    """How many tokens there are: an errno, and 4 bytes.

    Source: netagent_handle_token_count_getopt, xnu-8019.41.5.
    """
    return read_number_option(
        kernel,
        session,
        length_bytes,
        number_bytes=_NUMBER_BYTES,
        function="netagent_handle_token_count_getopt",
        number_of=lambda agent: agent.token_count,
    )


def get_low_water(
    kernel: KernelState, session: AgentSession, length_bytes: int
) -> tuple[int, bytes]:
    """Below how many tokens the agent is asked for more: an errno, and 4 bytes.

    Source: netagent_handle_token_low_water_getopt, xnu-8019.41.5.
    """
    return read_number_option(
        kernel,
        session,
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
    asked for more.

    Source: netagent_acquire_token, xnu-8019.41.5.
    """
    agent = kernel.agents.by_uuid.get(uuid)
    if agent is None:
        log_agent(kernel, LOG_DEBUG, _FUNCTION)
        return Errno.ENOENT, 0
    if not agent.tokens:
        log_agent(kernel, LOG_DEBUG, _FUNCTION)
        if agent.token_low_water:
            _ask_for_tokens(kernel, agent)
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


def _ask_for_tokens(kernel: KernelState, agent: Agent) -> None:
    """Source: netagent_send_tokens_needed, xnu-8019.41.5."""
    if enqueue_message(kernel, agent.session, _TOKENS_NEEDED, b""):
        log_agent(kernel, LOG_ERR, "netagent_send_tokens_needed")


_FUNCTION: Final = "netagent_acquire_token"
