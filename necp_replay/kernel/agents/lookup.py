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


def get_domain_and_type(kernel: KernelState, uuid: bytes) -> tuple[bytes, bytes] | None:
    """The agent's domain and type, 32 bytes each; None for an id that no agent has.

    Source: netagent_get_agent_domain_and_type, xnu-4570.51.1.
    """
    agent = kernel.agents.by_uuid.get(uuid)
    if agent is None:
        log_agent(kernel, LOG_DEBUG, "netagent_get_agent_domain_and_type")
        return None
    return agent.domain, agent.type
