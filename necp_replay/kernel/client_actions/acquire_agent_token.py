"""ACQUIRE_AGENT_TOKEN: takes the next token of an agent."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.kernel.agents.tokens import acquire_token
from necp_replay.kernel.call import copyin, refuse
from necp_replay.kernel.client_actions.client_call import ClientCall
from necp_replay.kernel.description import Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_NOTHING

_FUNCTION: Final = "necp_client_acquire_agent_token"


def acquire_agent_token(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Copy the next token of an agent, whose id is passed as client id. Returns its length.

    Raises SyscallError: EINVAL without an id or room; EFAULT; ENOENT for an unknown agent, ENODATA
    without a token, EMSGSIZE for a buffer that is too small.

    Source: necp_client_acquire_agent_token, xnu-8019.41.5.
    """
    if not call.names_client:
        refuse(kernel, _NO_ID, _FUNCTION, values=call.id_values)
    if call.buffer_bytes == 0 or call.buffer.is_null:
        refuse(kernel, _NO_BUFFER, _FUNCTION, values=call.buffer_values)
    agent_uuid = copyin(kernel, call.client_id, UUID_BYTES, _FUNCTION, check=_ID_FAULT)
    error, length = acquire_token(kernel, agent_uuid, call.buffer, call.buffer_bytes)
    if error:
        failed = _TOKEN_FAULT if error == Errno.EFAULT else error
        raise SyscallError(failed, agent=agent_uuid, buffer_length=call.buffer_bytes)
    return length


_NO_ID: Final = logged(Errno.EINVAL, "the agent id is NULL, or its length is not 16")
_NO_BUFFER: Final = logged(Errno.EINVAL, "the buffer is NULL, or its length is 0")
_ID_FAULT: Final = logged(Errno.EFAULT, "the agent id cannot be read")
_TOKEN_FAULT: Final = logged(Errno.EFAULT, "the token cannot be written; it is gone all the same")

ACQUIRE_AGENT_TOKEN: Final = Description(
    subject=ClientAction.ACQUIRE_AGENT_TOKEN,
    handler=acquire_agent_token,
    function="necp_client_acquire_agent_token",
    summary="Takes the next token of an agent.",
    checks=(
        _NO_ID,
        _NO_BUFFER,
        _ID_FAULT,
        silent(Errno.ENOENT, "no agent has the id"),
        silent(Errno.ENODATA, "the agent has no token"),
        logged(Errno.EMSGSIZE, "the token is longer than the buffer"),
        _TOKEN_FAULT,
    ),
    answer="returns the length of the token, which is in the buffer",
    effects="an agent that has fewer tokens than it wants to have is asked for more",
    overwrites=SESSION_LOSES_NOTHING,
    other_facts=("agents_have_tokens", "token_requests_have_pause"),
)
