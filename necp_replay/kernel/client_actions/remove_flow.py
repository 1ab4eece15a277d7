"""REMOVE_FLOW: removes a flow registration. Statistics of its flows are copied in, and not used."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.uuid import UUID_BYTES, is_flow_id
from necp_replay.kernel.call import copyin, refuse
from necp_replay.kernel.client_actions.client_call import ID_FAULT, NO_ID, ClientCall
from necp_replay.kernel.client_actions.flow_statistics import read_flow_statistics
from necp_replay.kernel.clients.tracing import Tracing, trace
from necp_replay.kernel.description import Description, logged
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.flows.registered import destroy_registration
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_LISTS

_FUNCTION: Final = "necp_client_remove_flow"


def remove_flow(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Remove a registration of this fd, even if the statistics cannot be read.

    Raises SyscallError: EINVAL without an id; EFAULT for an id or statistics that cannot be read.
    Each failure is logged once more. Kernel quirk: an id that no registration has is no error.
    Measured in x7195_remove_flow.

    Source: necp_client_remove_flow, xnu-7195.50.7.100.1.
    """
    try:
        return _remove_flow(kernel, necp_fd, call)
    except SyscallError as error:
        kernel.log(LOG_ERR, _FUNCTION, error.errno)
        raise


def _remove_flow(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    if not call.names_client:
        refuse(kernel, _NO_ID, _FUNCTION, values=call.id_values)
    flow_id = copyin(kernel, call.client_id, UUID_BYTES, _FUNCTION, check=ID_FAULT)
    takes_any = kernel.profile.removed_flow_takes_any_statistics
    statistics_error = read_flow_statistics(kernel, call, _FUNCTION, takes_any=takes_any)
    registration = necp_fd.registrations.find(flow_id) if is_flow_id(flow_id) else None
    if registration is not None:
        trace(kernel, registration.client, Tracing.FLOW, _FUNCTION)
        destroy_registration(kernel, necp_fd, registration, abort=False)
    # Kernel quirk: the call fails although the registration is gone.
    if statistics_error:
        raise SyscallError(_STATISTICS_FAULT, **call.buffer_values)
    return 0


_NO_ID: Final = logged(Errno.EINVAL, NO_ID)
_STATISTICS_FAULT: Final = logged(
    Errno.EFAULT,
    "the buffer is not NULL, 96 bytes long, and cannot be read; the registration is "
    "removed all the same, and other lengths are only logged",
)

REMOVE_FLOW: Final = Description(
    subject=ClientAction.REMOVE_FLOW,
    handler=remove_flow,
    function="necp_client_remove_flow",
    summary="Removes a flow registration of this fd.",
    checks=(
        _NO_ID,
        ID_FAULT,
        _STATISTICS_FAULT,
    ),
    answer="returns 0, also if no registration of this fd has the id",
    effects="the end of each nexus flow to its agent, unless the registration is defunct",
    overwrites=SESSION_LOSES_LISTS,
    other_facts=(
        "browsing_flows_are_assertions",
        "defunct_flows_end_twice",
        "flow_statistics_bytes",
        "removed_flow_takes_any_statistics",
    ),
)

UNKNOWN_FLOW_IS_NO_ERROR: Final = Quirk(
    "REMOVE_FLOW of an unknown registration succeeds, also of a client's id.",
    "necp_client_remove_flow",
    "client_actions/test_remove_flow.py::test_an_unknown_registration_is_no_error",
)
