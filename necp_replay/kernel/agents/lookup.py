"""What the client and policy code asks about an agent by its id."""

from __future__ import annotations

from necp_replay.abi.log import LOG_DEBUG
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.state import KernelState


def get_flags(kernel: KernelState, uuid: bytes) -> int:
    """The agent's flags (``NETAGENT_FLAG_*``), 0 for an id that no agent has.

    Source: netagent_get_flags, xnu-4570.51.1.
    """
    agent = kernel.agents.by_uuid.get(uuid)
    if agent is None:
        log_agent(kernel, LOG_DEBUG, "netagent_get_flags")
        return 0
    return agent.flags


def get_generation(kernel: KernelState, uuid: bytes) -> int:
    """The agent's generation, 0 for an id that no agent has.

    Source: netagent_get_generation, xnu-4570.51.1.
    """
    agent = kernel.agents.by_uuid.get(uuid)
    if agent is None:
        log_agent(kernel, LOG_DEBUG, "netagent_get_generation")
        return 0
    return agent.generation


def get_names(kernel: KernelState, uuid: bytes) -> tuple[bytes, bytes] | None:
    """The agent's domain and type as contents of C strings; None for an id that no agent has.

    Source: netagent_get_agent_domain_and_type, xnu-4570.51.1.
    """
    names = peek_names(kernel, uuid)
    if names is None:
        log_unknown_agents(kernel, 1)
    return names


def peek_names(kernel: KernelState, uuid: bytes) -> tuple[bytes, bytes] | None:
    """The same without a log record; the caller counts unknown ids and logs them itself."""
    agent = kernel.agents.by_uuid.get(uuid)
    if agent is None:
        return None
    return agent.domain.partition(b"\0")[0], agent.type.partition(b"\0")[0]


def log_unknown_agents(kernel: KernelState, count: int) -> None:
    """Log that the names of an unknown agent were asked for ``count`` times."""
    if count:
        log_agent(kernel, LOG_DEBUG, "netagent_get_agent_domain_and_type", times=count)
