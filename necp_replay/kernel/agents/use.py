"""How often an agent was used, and its contents as a process may copy them."""

from __future__ import annotations

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR
from necp_replay.abi.netagent import USE_COUNT_BYTES
from necp_replay.kernel.agents.log import log_agent
from necp_replay.kernel.objects.agent import AgentSession
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.user_memory import UserFault, UserMemory


def use(kernel: KernelState, uuid: bytes) -> tuple[int, int]:
    """Count one use: errno (ENOENT for an id that no agent has) and the count before it.

    Source: netagent_use, xnu-4570.51.1.
    """
    agent = kernel.agents.by_uuid.get(uuid)
    if agent is None:
        log_agent(kernel, LOG_ERR, "netagent_use")
        return Errno.ENOENT, 0
    previous = agent.use_count
    agent.use_count = (previous + 1) & 0xFFFFFFFF_FFFFFFFF
    return Errno.OK, previous


def copyout(kernel: KernelState, uuid: bytes, memory: UserMemory, user_size: int) -> int:
    """Copy an agent and its data to a process.

    ENOENT for an id that no agent has, EINVAL for a buffer that is too small, EFAULT.
    Kernel quirk: only the low 32 bits of the size are looked at.
    Source: netagent_copyout, xnu-4570.51.1.
    """
    agent = kernel.agents.by_uuid.get(uuid)
    if agent is None:
        log_agent(kernel, LOG_DEBUG, "netagent_copyout")
        return Errno.ENOENT
    content = agent.pack()
    if (user_size & 0xFFFFFFFF) < len(content):
        log_agent(kernel, LOG_ERR, "netagent_copyout")
        return Errno.EINVAL
    try:
        memory.copyout(content)
    except UserFault:
        log_agent(kernel, LOG_ERR, "netagent_copyout", Errno.EFAULT)
        return Errno.EFAULT
    log_agent(kernel, LOG_DEBUG, "netagent_copyout")
    return Errno.OK


def set_use_count(kernel: KernelState, session: AgentSession, payload: bytes) -> int:
    """Set the agent's use count by socket option. EINVAL: not 8 bytes; ENOENT: no agent.

    Source: netagent_handle_use_count_setopt, xnu-4570.51.1.
    """
    if len(payload) != USE_COUNT_BYTES or session.agent is None:
        log_agent(kernel, LOG_ERR, "netagent_handle_use_count_setopt")
        return Errno.EINVAL if len(payload) != USE_COUNT_BYTES else Errno.ENOENT
    session.agent.use_count = int.from_bytes(payload, "little")
    return Errno.OK


def get_use_count(
    kernel: KernelState, session: AgentSession, length_bytes: int
) -> tuple[int, bytes]:
    """The agent's use count by socket option: errno as for setting it, and 8 bytes.

    Source: netagent_handle_use_count_getopt, xnu-4570.51.1.
    """
    if length_bytes != USE_COUNT_BYTES or session.agent is None:
        log_agent(kernel, LOG_ERR, "netagent_handle_use_count_getopt")
        return Errno.EINVAL if length_bytes != USE_COUNT_BYTES else Errno.ENOENT, b""
    return Errno.OK, session.agent.use_count.to_bytes(USE_COUNT_BYTES, "little")
