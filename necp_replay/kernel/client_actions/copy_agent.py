"""COPY_AGENT: a network agent with its data, by the agent's id."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import UUID_BYTES
from necp_replay.abi.errno import Errno
from necp_replay.kernel.agents.use import copyout as copyout_agent
from necp_replay.kernel.client_actions.call import ActionCall, copyin, refuse
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.refusal import SyscallError
from necp_replay.kernel.state import KernelState

_FUNCTION: Final = "necp_client_copy_agent"


def copy_agent(kernel: KernelState, necp_fd: NecpFd, call: ActionCall) -> int:
    """Copy the agent whose id stands where others have a client's; which fd asks does not matter.

    Raises SyscallError: EINVAL without an id, or without room for the agent; EFAULT; ENOENT.
    Source: necp_client_copy_agent, xnu-4570.51.1.
    """
    if not call.names_client or call.buffer_bytes == 0 or call.buffer.is_null:
        refuse(kernel, Errno.EINVAL, _FUNCTION)
    agent_uuid = copyin(kernel, call.client_id, UUID_BYTES, _FUNCTION)
    error = copyout_agent(kernel, agent_uuid, call.buffer, call.buffer_bytes)
    if error:
        raise SyscallError(error)
    return 0
