"""MAP_SYSCTLS: maps sysctls into the process."""

from __future__ import annotations

from struct import Struct
from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.kernel.call import copyout
from necp_replay.kernel.client_actions.client_call import UNKNOWN_ACTION, ClientCall
from necp_replay.kernel.clients.arenas import ensure_sysctl_arena
from necp_replay.kernel.description import Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_LISTS

_FUNCTION: Final = "necp_client_map_sysctls"


def map_sysctls(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Map the arena for sysctls, once for each fd, and write its address.

    Raises SyscallError: EINVAL for another length than 8; EFAULT, after which it is mapped.

    Source: necp_client_map_sysctls, xnu-8019.80.24.
    """
    if call.buffer_bytes != _ADDRESS.size:
        raise SyscallError(_LENGTH, **call.buffer_values)
    address = ensure_sysctl_arena(kernel, necp_fd)
    copyout(kernel, call.buffer, _ADDRESS.pack(address), _FUNCTION, logs=False, check=_FAULT)
    return 0


_ADDRESS: Final = Struct("<Q")
_LENGTH: Final = silent(Errno.EINVAL, "the length of the buffer is not 8")
_FAULT: Final = silent(Errno.EFAULT, "the address cannot be written; the sysctls stay mapped")

MAP_SYSCTLS: Final = Description(
    subject=ClientAction.MAP_SYSCTLS,
    handler=map_sysctls,
    function="necp_client_map_sysctls",
    summary="Maps sysctls into the process.",
    checks=(logged(Errno.EINVAL, UNKNOWN_ACTION, fact="client_actions"), _LENGTH, _FAULT),
    answer="returns 0; the address of the sysctls",
    overwrites=SESSION_LOSES_LISTS,
)
