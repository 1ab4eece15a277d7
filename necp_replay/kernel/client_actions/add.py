"""ADD: a new client with the parameters given, evaluated before the call returns."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import MAX_CLIENT_PARAMETERS_BYTES
from necp_replay.abi.errno import Errno
from necp_replay.kernel.client_actions.call import ActionCall, copyin, copyout, refuse
from necp_replay.kernel.clients.observers import observer_add
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.refusal import SyscallError
from necp_replay.kernel.results.update import update_client_result
from necp_replay.kernel.state import KernelState

_FUNCTION: Final = "necp_client_add"


def add(kernel: KernelState, necp_fd: NecpFd, call: ActionCall) -> int:
    """Make a client and give the process its id; the fd is readable from now on, nobody is woken.

    Raises SyscallError: EINVAL on a push observer, without room for the id, or without parameters
    of 1 to 1024 bytes; EFAULT. Source: necp_client_add, xnu-4570.51.1.
    """
    if necp_fd.is_push_observer:
        refuse(kernel, Errno.EINVAL, _FUNCTION)
    if not call.names_client or call.buffer.is_null:
        raise SyscallError(Errno.EINVAL)
    if call.buffer_bytes == 0 or call.buffer_bytes > MAX_CLIENT_PARAMETERS_BYTES:
        raise SyscallError(Errno.EINVAL)

    parameters = copyin(kernel, call.buffer, call.buffer_bytes, _FUNCTION)
    client = Client(kernel.new_uuid(), parameters, necp_fd.proc_pid)
    client.platform_binary = call.process.platform_binary

    # The generated id is used up even when the process cannot take it.
    copyout(kernel, call.client_id, client.client_id, _FUNCTION)

    observer_add(kernel, client)
    # Kernel quirk: a client whose id exists is counted and evaluated, and nobody finds it again.
    necp_fd.clients.insert(client)
    kernel.clients.client_count += 1
    kernel.clients.tree.add(client)
    update_client_result(kernel, call.process, necp_fd, client, None)
    return 0
