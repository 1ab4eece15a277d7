"""AGENT_USE: counts one use of an agent, and returns the count before it."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.client_structs import AGENT_USE_PARAMETERS
from necp_replay.abi.errno import Errno
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.kernel.agents.use_count import use
from necp_replay.kernel.call import copyin, copyout
from necp_replay.kernel.client_actions.client_call import (
    ID_FAULT,
    NO_ID,
    NOT_ON_FD,
    ClientCall,
    find_client,
)
from necp_replay.kernel.description import Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_LISTS

_FUNCTION: Final = "necp_client_agent_use"


def agent_use(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Count a use of the agent in the buffer. Write the count before this use after the agent's id.

    The use is counted even if the answer cannot be written.
    Raises SyscallError: EINVAL, EFAULT, ENOENT for an unknown client or agent.
    Source: necp_client_agent_use, xnu-4570.51.1.
    """
    if not call.names_client:
        raise SyscallError(_NO_ID, **call.id_values)
    if call.buffer.is_null or call.buffer_bytes != AGENT_USE_PARAMETERS.size:
        raise SyscallError(_BUFFER_LENGTH, **call.buffer_values)
    client_id = copyin(kernel, call.client_id, UUID_BYTES, _FUNCTION, check=ID_FAULT)
    parameters = copyin(
        kernel, call.buffer, AGENT_USE_PARAMETERS.size, _FUNCTION, check=_BUFFER_FAULT
    )
    agent_uuid, _ = AGENT_USE_PARAMETERS.unpack(parameters)
    find_client(kernel, necp_fd, client_id)

    error, previous_count = use(kernel, agent_uuid)
    if error:
        raise SyscallError(_NO_AGENT, agent=agent_uuid)
    answer = AGENT_USE_PARAMETERS.pack(agent_uuid, previous_count)
    copyout(kernel, call.buffer, answer, _FUNCTION, check=_ANSWER_FAULT)
    return 0


_NO_ID: Final = silent(Errno.EINVAL, NO_ID)
_BUFFER_LENGTH: Final = silent(Errno.EINVAL, "the buffer is NULL, or its length is not 24")
_BUFFER_FAULT: Final = logged(Errno.EFAULT, "the buffer cannot be read")
_NO_AGENT: Final = logged(Errno.ENOENT, "no agent has the id in the buffer")
_ANSWER_FAULT: Final = logged(Errno.EFAULT, "the answer cannot be written; the use is counted")

AGENT_USE: Final = Description(
    subject=ClientAction.AGENT_USE,
    handler=agent_use,
    function="necp_client_agent_use",
    summary="Counts one use of an agent.",
    checks=(
        _NO_ID,
        _BUFFER_LENGTH,
        ID_FAULT,
        _BUFFER_FAULT,
        NOT_ON_FD,
        _NO_AGENT,
        _ANSWER_FAULT,
    ),
    answer="returns 0; the agent's id, and after it the count before this use",
    overwrites=SESSION_LOSES_LISTS,
)
