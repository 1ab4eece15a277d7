"""SET_STATISTICS: was never published, and is no longer supported."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.kernel.client_actions.client_call import UNKNOWN_ACTION, ClientCall
from necp_replay.kernel.description import Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_NOTHING


def set_statistics(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Raises SyscallError, ENOTSUP. Source: necp_client_action, xnu-8019.80.24."""
    raise SyscallError(_NOT_SUPPORTED)


_NOT_SUPPORTED: Final = silent(Errno.ENOTSUP, "always")

SET_STATISTICS: Final = Description(
    subject=ClientAction.SET_STATISTICS,
    handler=set_statistics,
    function="necp_client_action",
    summary="Statistics of a client, as they were before flows had their own.",
    checks=(logged(Errno.EINVAL, UNKNOWN_ACTION, fact="client_actions"), _NOT_SUPPORTED),
    answer="nothing",
    overwrites=SESSION_LOSES_NOTHING,
)
