"""REMOVE: removes a client. Statistics of its flows are copied in, and not used."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.kernel.call import copyin, refuse
from necp_replay.kernel.client_actions.client_call import ID_FAULT, NO_ID, ClientCall
from necp_replay.kernel.client_actions.flow_statistics import read_flow_statistics
from necp_replay.kernel.clients.arenas import close_arenas_later
from necp_replay.kernel.clients.destroy import destroy_client
from necp_replay.kernel.clients.tracing import Tracing, trace
from necp_replay.kernel.description import Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_LISTS

_FUNCTION: Final = "necp_client_remove"


def remove(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Remove a client of this fd, even if the statistics cannot be read.

    Raises SyscallError: EINVAL without an id; EFAULT for an id that cannot be read; if the profile
    says so, EFAULT for statistics that cannot be read, and ENOENT for an unknown id.
    Source: necp_client_remove, xnu-4570.51.1.
    """
    if not call.names_client:
        raise SyscallError(_NO_ID, **call.id_values)
    client_id = copyin(kernel, call.client_id, UUID_BYTES, _FUNCTION, check=ID_FAULT)
    statistics_error = read_flow_statistics(kernel, call, _FUNCTION)

    rules = flow_rules(kernel)
    client = rules.find_on_fd(necp_fd, client_id)
    if client is not None:
        trace(kernel, client, Tracing.CLIENT, _FUNCTION)
        rules.unlink(kernel, necp_fd, client)
        kernel.clients.tree.remove(client, client.client_id)
        necp_fd.clients.remove(client)
    if kernel.profile.skywalk_is_published:
        close_arenas_later(kernel, necp_fd)
    if client is not None:
        destroy_client(kernel, client, necp_fd.proc_pid, abort=True)
    elif kernel.profile.remove_unknown_client_is_error:
        refuse(
            kernel, _UNKNOWN_ID, _FUNCTION, reported=Errno.ENOENT, values={"client_id": client_id}
        )

    # Kernel quirk: the call fails although the client is gone.
    if statistics_error and kernel.profile.remove_statistics_fault_is_error:
        raise SyscallError(_STATISTICS_FAULT, **call.buffer_values)
    return 0


_NO_ID: Final = silent(Errno.EINVAL, NO_ID)
_STATISTICS_FAULT: Final = logged(
    Errno.EFAULT,
    "the buffer is not NULL, 96 bytes long, and cannot be read; the client is removed all "
    "the same, and other lengths are only logged",
    fact="remove_statistics_fault_is_error",
)

_UNKNOWN_ID: Final = logged(
    Errno.ENOENT,
    "no client of this fd has the id",
    fact="remove_unknown_client_is_error",
)

REMOVE: Final = Description(
    subject=ClientAction.REMOVE,
    handler=remove,
    function="necp_client_remove",
    summary="Removes a client of this fd.",
    checks=(
        _NO_ID,
        ID_FAULT,
        _STATISTICS_FAULT,
        _UNKNOWN_ID,
    ),
    answer="returns 0",
    effects="push observers get a removal and are woken; then an abort to the agent of each nexus "
    "flow (that was requested, where clients have flows directly), then an unassertion to each "
    "agent asserted, the newest first",
    overwrites=SESSION_LOSES_LISTS,
    other_facts=("has_flow_registrations", "flow_statistics_bytes", "skywalk_is_published"),
)

FAULTING_STATISTICS_STILL_REMOVE: Final = Quirk(
    "REMOVE with statistics that cannot be read removes the client. Only the answer depends on the "
    "release.",
    "necp_client_remove",
    "client_actions/test_remove.py"
    "::test_what_remove_answers_depends_on_client_statistics_and_release",
    "remove_statistics_fault_is_error",
)
