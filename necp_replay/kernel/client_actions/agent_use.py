"""AGENT_USE: counts one use of an agent and says how many there were before."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import UUID_BYTES
from necp_replay.abi.client_structs import AGENT_USE_PARAMETERS
from necp_replay.abi.errno import Errno
from necp_replay.kernel.agents.use import use
from necp_replay.kernel.client_actions.call import ActionCall, copyin, copyout, find_client
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.refusal import SyscallError
from necp_replay.kernel.state import KernelState

_FUNCTION: Final = "necp_client_agent_use"


def agent_use(kernel: KernelState, necp_fd: NecpFd, call: ActionCall) -> int:
    """Count a use of the agent named in the buffer and write the count before it behind its id.

    The use is counted even when the answer cannot be copied out.
    Raises SyscallError: EINVAL, EFAULT, ENOENT for an unknown client or agent.
    Source: necp_client_agent_use, xnu-4570.51.1.
    """
    if not call.names_client or call.buffer.is_null:
        raise SyscallError(Errno.EINVAL)
    if call.buffer_bytes != AGENT_USE_PARAMETERS.size:
        raise SyscallError(Errno.EINVAL)
    client_id = copyin(kernel, call.client_id, UUID_BYTES, _FUNCTION)
    parameters = copyin(kernel, call.buffer, AGENT_USE_PARAMETERS.size, _FUNCTION)
    agent_uuid, _ = AGENT_USE_PARAMETERS.unpack(parameters)
    find_client(necp_fd, client_id)

    error, previous_count = use(kernel, agent_uuid)
    if error:
        raise SyscallError(error)
    answer = AGENT_USE_PARAMETERS.pack(agent_uuid, previous_count)
    copyout(kernel, call.buffer, answer, _FUNCTION)
    return 0
