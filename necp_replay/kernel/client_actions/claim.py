"""CLAIM: takes over a client that was added on behalf of the calling process."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.kernel.call import copyin
from necp_replay.kernel.client_actions.client_call import (
    ID_FAULT,
    NO_ID,
    UNKNOWN_ACTION,
    ClientCall,
)
from necp_replay.kernel.description import Description, logged, silent
from necp_replay.kernel.exceptions import NotModelled, SyscallError
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.process import unique_pid
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_NOTHING

_FUNCTION: Final = "necp_client_claim"


def claim(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Look for a client that was added for the process, on any fd. There is none.

    Kernel quirk: the published code never says for whom a client was added, whatever parameter it
    has. So no client can be claimed. Measured in x6153_claim.

    Raises SyscallError: EINVAL without an id, EFAULT, else ENOENT. Raises NotModelled for a client
    that an input made one that acts for the process.
    Source: necp_client_claim, xnu-6153.11.26.
    """
    if not call.names_client:
        raise SyscallError(_NO_ID, **call.id_values)
    client_id = copyin(kernel, call.client_id, UUID_BYTES, _FUNCTION)
    client = flow_rules(kernel).find_anywhere(kernel, client_id)
    if client is not None and client.delegated_upid == unique_pid(necp_fd.proc_pid):
        raise NotModelled("claiming a client that acts for the process")
    raise SyscallError(Errno.ENOENT)


_NO_ID: Final = silent(Errno.EINVAL, NO_ID)

CLAIM: Final = Description(
    subject=ClientAction.CLAIM,
    handler=claim,
    function="necp_client_claim",
    summary="Takes over a client that was added on behalf of the process.",
    checks=(
        logged(Errno.EINVAL, UNKNOWN_ACTION, fact="client_actions"),
        _NO_ID,
        ID_FAULT,
        silent(Errno.ENOENT, "always: no client was added on behalf of another process"),
    ),
    answer="nothing",
    overwrites=SESSION_LOSES_NOTHING,
)

NO_CLIENT_CAN_BE_CLAIMED: Final = Quirk(
    "CLAIM never finds a client: DELEGATED_UPID is read, and not stored in the client.",
    "necp_client_claim",
    "client_actions/test_claim.py::test_a_client_added_for_the_process_cannot_be_claimed",
)
