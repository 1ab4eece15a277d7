"""COPY_PARAMETERS: a client's parameters as the kernel keeps them."""

from __future__ import annotations

from necp_replay.abi.errno import Errno
from necp_replay.kernel.client_actions.call import ActionCall, copyout
from necp_replay.kernel.client_actions.copy import find_named, read_client_id
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.refusal import SyscallError
from necp_replay.kernel.state import KernelState


def copy_parameters(kernel: KernelState, necp_fd: NecpFd, call: ActionCall) -> int:
    """Copy the parameters and return their length in bytes.

    They are what ADD was given, except that evaluating them has put zero bytes at the end of
    domains and accounts. Raises SyscallError: EINVAL, ERANGE, EFAULT, ENOENT.
    Source: necp_client_copy, necp_client_copy_internal, xnu-4570.51.1.
    """
    client = find_named(kernel, necp_fd, read_client_id(kernel, call))
    if call.buffer_bytes < len(client.parameters):
        raise SyscallError(Errno.EINVAL)
    copyout(kernel, call.buffer, client.parameters, "necp_client_copy_internal")
    return len(client.parameters)
