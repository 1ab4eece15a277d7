"""Looks an agent up by its id: its flags, generation, names, and contents."""

from __future__ import annotations

from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.user_memory import UserFault, UserMemory


def get_flags(kernel: KernelState, uuid: bytes) -> int:
    """The agent's flags (``NETAGENT_FLAG_*``), 0 for an unknown id.

    Source: netagent_get_flags, xnu-4570.51.1.
    """
    agent = kernel.agents.by_uuid.get(uuid)
    if agent is None:
        log_agent(kernel, LOG_DEBUG, "netagent_get_flags")
        return 0
    return agent.flags


def get_generation(kernel: KernelState, uuid: bytes) -> int:
    """The agent's generation, 0 for an unknown id.

    Source: netagent_get_generation, xnu-4570.51.1.
    """
    agent = kernel.agents.by_uuid.get(uuid)
    if agent is None:
        log_agent(kernel, LOG_DEBUG, "netagent_get_generation")
        return 0
    return agent.generation


def get_names(kernel: KernelState, uuid: bytes) -> tuple[bytes, bytes] | None:
    """The agent's domain and type, each up to its first zero byte; None for an unknown id.

    Source: netagent_get_agent_domain_and_type, xnu-4570.51.1.
    """
    names = peek_names(kernel, uuid)
    if names is None:
        log_unknown_agents(kernel, 1)
    return names


def peek_names(kernel: KernelState, uuid: bytes) -> tuple[bytes, bytes] | None:
    """As :func:`get_names`, but an unknown id is not logged; see :func:`log_unknown_agents`."""
    agent = kernel.agents.by_uuid.get(uuid)
    if agent is None:
        return None
    return agent.domain.partition(b"\0")[0], agent.type.partition(b"\0")[0]


def log_unknown_agents(kernel: KernelState, count: int) -> None:
    """Write the log records of ``count`` lookups of names that found no agent."""
    if count:
        level = LOG_ERR if kernel.profile.unknown_agent_type_is_error else LOG_DEBUG
        log_agent(kernel, level, "netagent_get_agent_domain_and_type", times=count)


def copyout_agent(kernel: KernelState, uuid: bytes, memory: UserMemory, user_size: int) -> int:
    """Copy an agent and its data to a process.

    ENOENT for an unknown id, EINVAL for a buffer that is too small, EFAULT.
    Kernel quirk: only the low 32 bits of ``user_size`` count.
    Source: netagent_copyout, xnu-4570.51.1.
    """
    agent = kernel.agents.by_uuid.get(uuid)
    if agent is None:
        log_agent(kernel, LOG_DEBUG, "netagent_copyout")
        return Errno.ENOENT
    content = agent.pack()
    if (user_size & U32_MAX) < len(content):
        log_agent(kernel, LOG_ERR, "netagent_copyout")
        return Errno.EINVAL
    try:
        memory.copyout(content)
    except UserFault:
        log_agent(kernel, LOG_ERR, "netagent_copyout", Errno.EFAULT)
        return Errno.EFAULT
    log_agent(kernel, LOG_DEBUG, "netagent_copyout")
    return Errno.OK
