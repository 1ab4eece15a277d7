"""COPY_PARAMETERS: copies a client's parameters as the kernel keeps them."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.kernel.call import copyout
from necp_replay.kernel.client_actions.client_call import ClientCall
from necp_replay.kernel.client_actions.copy import COPY_CHECKS, find_named, read_client_id
from necp_replay.kernel.description import Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_LISTS


def copy_parameters(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Copy the parameters and return their length in bytes.

    They are what ADD was given, except that evaluation has overwritten the last byte of each domain
    and account with a zero. Raises SyscallError: EINVAL, ERANGE, EFAULT, ENOENT.
    Source: necp_client_copy, necp_client_copy_internal, xnu-4570.51.1.
    """
    client = find_named(kernel, necp_fd, read_client_id(kernel, call))
    if call.buffer_bytes < len(client.parameters):
        raise SyscallError(
            _PARAMETERS_ROOM, **call.buffer_values, needed_bytes=len(client.parameters)
        )
    copyout(
        kernel,
        call.buffer,
        client.parameters,
        "necp_client_copy_internal",
        check=_PARAMETERS_FAULT,
    )
    return len(client.parameters)


_PARAMETERS_ROOM: Final = silent(Errno.EINVAL, "the buffer is shorter than the parameters")
_PARAMETERS_FAULT: Final = logged(Errno.EFAULT, "the parameters cannot be written")

COPY_PARAMETERS: Final = Description(
    subject=ClientAction.COPY_PARAMETERS,
    handler=copy_parameters,
    function="necp_client_copy",
    summary="Copies a client's parameters as the kernel keeps them.",
    checks=(
        *COPY_CHECKS,
        silent(
            Errno.ENOENT,
            "no client of this fd has the id, nor of any fd, where the fd may observe",
            fact="copy_parameters_finds_zero_id",
        ),
        _PARAMETERS_ROOM,
        _PARAMETERS_FAULT,
    ),
    answer="returns the length; evaluation has put zeros at the end of domains and accounts",
    overwrites=SESSION_LOSES_LISTS,
)
