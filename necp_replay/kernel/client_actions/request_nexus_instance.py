"""REQUEST_NEXUS_INSTANCE: asks an agent for a nexus, and the kernel for statistics."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction, FlowFlag
from necp_replay.abi.client_structs import STATISTICS_REQUEST
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.uuid import UUID_BYTES, ZERO_UUID
from necp_replay.kernel.call import copyin, copyout
from necp_replay.kernel.client_actions.client_call import (
    ID_FAULT,
    NO_ID,
    UNKNOWN_ACTION,
    ClientCall,
    find_client,
)
from necp_replay.kernel.clients.arenas import ensure_arena, give_statistics
from necp_replay.kernel.clients.nexus_parameters import agent_request
from necp_replay.kernel.description import Description, logged
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.flows.registered import create_registration
from necp_replay.kernel.flows.request_nexus import request_nexus_flow
from necp_replay.kernel.objects.client import FlowRegistration
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_LISTS

_FUNCTION: Final = "necp_client_request_nexus"
_REQUEST_ID: Final = 0xBF
"""``NECP_CLIENT_STATISTICS_BUFREQ_ID``."""


def request_nexus_instance(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Make a registration with a nexus flow, and ask the first agent of the client's options.

    Raises SyscallError: EINVAL without an id; EFAULT; ENOENT for an unknown id; ENETDOWN without an
    option that has an agent; what the message to the agent returned. Each failure is logged.

    Kernel quirk: if the agent refuses, the registration and its flow stay. Measured in
    x8019_request_nexus.

    Source: necp_client_request_nexus, xnu-8019.80.24.
    """
    try:
        return _request_nexus(kernel, necp_fd, call)
    except SyscallError as error:
        kernel.log(LOG_ERR, _FUNCTION, error.errno)
        raise


def _request_nexus(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    if not call.names_client:
        raise SyscallError(_NO_ID, **call.id_values)
    client_id = copyin(kernel, call.client_id, UUID_BYTES, _FUNCTION, check=ID_FAULT)
    client = find_client(kernel, necp_fd, client_id, check=_NOT_ON_FD)
    client.legacy_client_is_flow = True
    request = agent_request(kernel, client)
    option = next((each for each in client.interface_options if each.agent != ZERO_UUID), None)
    if option is None:
        raise SyscallError(_NO_OPTION, options=len(client.interface_options))
    registration = create_registration(kernel, necp_fd, client, _FLAGS)
    error = request_nexus_flow(
        kernel, necp_fd, call.process, registration, option.agent, option.interface, request
    )
    if error:
        kernel.log(LOG_ERR, _FUNCTION, error)
        raise SyscallError(error, agent=option.agent)
    if not call.buffer.is_null and call.buffer_bytes == STATISTICS_REQUEST.size:
        _give_statistics(kernel, necp_fd, registration, call)
    return 0


def _give_statistics(
    kernel: KernelState, necp_fd: NecpFd, registration: FlowRegistration, call: ClientCall
) -> None:
    """Statistics as the buffer asks for them. A fault is only logged."""
    ensure_arena(kernel, necp_fd)
    try:
        given = copyin(kernel, call.buffer, STATISTICS_REQUEST.size, _FUNCTION)
        identity, kind, version, size_bytes, address = STATISTICS_REQUEST.unpack(given)
        if identity == _REQUEST_ID:
            new = give_statistics(
                kernel, necp_fd, registration, kind=kind, version=version, size_bytes=size_bytes
            )
            address = address if new is None else new
        told = STATISTICS_REQUEST.pack(identity, kind, version, size_bytes, address)
        copyout(kernel, call.buffer, told, _FUNCTION)
    except SyscallError:
        # The copy has logged it.
        return


_FLAGS: Final = int(FlowFlag.ALLOW_NEXUS | FlowFlag.USE_CLIENT_ID)

_NO_ID: Final = logged(Errno.EINVAL, NO_ID)
_NOT_ON_FD: Final = logged(Errno.ENOENT, "no client of this fd has the id")
_NO_OPTION: Final = logged(Errno.ENETDOWN, "no agent for a nexus is among the client's options")

REQUEST_NEXUS_INSTANCE: Final = Description(
    subject=ClientAction.REQUEST_NEXUS_INSTANCE,
    handler=request_nexus_instance,
    function="necp_client_request_nexus",
    summary="Asks an agent for a nexus for a client.",
    checks=(
        logged(Errno.EINVAL, UNKNOWN_ACTION, fact="client_actions"),
        _NO_ID,
        ID_FAULT,
        _NOT_ON_FD,
        _NO_OPTION,
        logged(
            Errno.EINVAL,
            "the agent is no longer active (or what else its delivery fails with)",
            is_for_others=True,
        ),
    ),
    answer="returns 0; in a buffer of 24 bytes, the address of statistics",
    effects="a request to the agent; what a kernel agent hands back at once is assigned",
    overwrites=SESSION_LOSES_LISTS,
    other_facts=("statistics_bytes", "statistics_object_bytes", "flow_statistics_read_parameters"),
)
