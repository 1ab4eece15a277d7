"""COPY_AGENT: copies a network agent and its data."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.kernel.agents.lookup import copyout_agent
from necp_replay.kernel.call import copyin, refuse
from necp_replay.kernel.client_actions.client_call import ClientCall
from necp_replay.kernel.description import Check, Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_NOTHING

_FUNCTION: Final = "necp_client_copy_agent"


def copy_agent(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Copy an agent. Its id is passed as client id. Any client fd may ask.

    Raises SyscallError: EINVAL without an id, or without room for the agent; EFAULT; ENOENT.
    Source: necp_client_copy_agent, xnu-4570.51.1.
    """
    if not call.names_client:
        refuse(kernel, _NO_ID, _FUNCTION, values=call.id_values)
    if call.buffer_bytes == 0 or call.buffer.is_null:
        refuse(kernel, _NO_BUFFER, _FUNCTION, values=call.buffer_values)
    agent_uuid = copyin(kernel, call.client_id, UUID_BYTES, _FUNCTION, check=_ID_FAULT)
    error = copyout_agent(kernel, agent_uuid, call.buffer, call.buffer_bytes)
    if error:
        raise SyscallError(_COPY_CHECKS[error], agent=agent_uuid, **call.buffer_values)
    return 0


_NO_ID: Final = logged(Errno.EINVAL, "the agent id is NULL, or its length is not 16")
_NO_BUFFER: Final = logged(Errno.EINVAL, "the buffer is NULL, or its length is 0")
_ID_FAULT: Final = logged(Errno.EFAULT, "the agent id cannot be read")
_NO_AGENT: Final = silent(Errno.ENOENT, "no agent has the id")
_AGENT_ROOM: Final = logged(
    Errno.EINVAL, "the low 32 bits of the length are below 216 and the agent's data"
)
_AGENT_FAULT: Final = logged(Errno.EFAULT, "the agent cannot be written")

_COPY_CHECKS: Final[dict[int, Check]] = {
    check.errno: check for check in (_NO_AGENT, _AGENT_ROOM, _AGENT_FAULT)
}

COPY_AGENT: Final = Description(
    subject=ClientAction.COPY_AGENT,
    handler=copy_agent,
    function="necp_client_copy_agent",
    summary="Copies a network agent and its data.",
    checks=(
        _NO_ID,
        _NO_BUFFER,
        _ID_FAULT,
        _NO_AGENT,
        _AGENT_ROOM,
        _AGENT_FAULT,
    ),
    answer="returns 0; 216 bytes of struct netagent, then its data",
    overwrites=SESSION_LOSES_NOTHING,
)
