"""Counts how often an agent was used; the count is also an option of the control socket."""

from __future__ import annotations

from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U64_MAX
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.netagent import USE_COUNT_BYTES
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.agents.number_option import option_agent, read_number_option
from necp_replay.kernel.objects.agent import AgentSession
from necp_replay.kernel.state import KernelState


def use(kernel: KernelState, uuid: bytes) -> tuple[int, int]:
    """Count one use, and return an errno and the count before it. ENOENT for an unknown id.

    Source: netagent_use, xnu-4570.51.1.
    """
    agent = kernel.agents.by_uuid.get(uuid)
    if agent is None:
        log_agent(kernel, LOG_ERR, "netagent_use")
        return Errno.ENOENT, 0
    previous = agent.use_count
    agent.use_count = (previous + 1) & U64_MAX
    return Errno.OK, previous


def set_use_count(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Set the use count by socket option.

    EINVAL for a payload that is not 8 bytes long, ENOENT where the session has no agent.

    Source: netagent_handle_use_count_setopt, xnu-4570.51.1.
    """
    agent = option_agent(
        kernel,
        session,
        payload,
        len(payload),
        number_bytes=USE_COUNT_BYTES,
        function="netagent_handle_use_count_setopt",
    )
    if isinstance(agent, Errno):
        return agent
    agent.use_count = int.from_bytes(payload[session.id_bytes :], "little")
    return Errno.OK


def get_use_count(
    kernel: KernelState, session: AgentSession, given: bytes, length_bytes: int
) -> tuple[int, bytes]:
    """Read the use count by socket option: an errno as for setting it, and 8 bytes.

    Source: netagent_handle_use_count_getopt, xnu-4570.51.1.
    """
    return read_number_option(
        kernel,
        session,
        given,
        length_bytes,
        number_bytes=USE_COUNT_BYTES,
        function="netagent_handle_use_count_getopt",
        number_of=lambda agent: agent.use_count,
    )
