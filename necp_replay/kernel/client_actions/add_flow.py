"""ADD_FLOW: makes a flow registration on a client, and asks an agent for what the flow needs."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import (
    ADD_FLOW_BYTES,
    FLOW_STATS_REQUEST_BYTES,
    IFSCOPE_NONE,
    SOCKADDR_UNION_BYTES,
    ClientAction,
    FlowFlag,
)
from necp_replay.abi.client_structs import (
    ADD_FLOW_ID_OFFSET,
    ADD_FLOW_REQUEST,
    ADD_FLOW_STATS_ADDRESS_AT,
    ADD_FLOW_STATS_AT,
    FLOW_STATISTICS,
)
from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.abi.sockaddr import SOCKADDR_IN_BYTES
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.kernel.agents.client_messages import client_message_with_params
from necp_replay.kernel.call import copyin, copyin_given, copyout, refuse
from necp_replay.kernel.client_actions.client_call import (
    ID_FAULT,
    NO_ID,
    ClientCall,
    find_client,
)
from necp_replay.kernel.clients.arenas import give_statistics
from necp_replay.kernel.clients.nexus_parameters import agent_request
from necp_replay.kernel.clients.tracing import Tracing, trace
from necp_replay.kernel.description import Description, logged
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.flows.nexus_flows import add_agent_flow
from necp_replay.kernel.flows.registered import create_registration, destroy_registration, told_id
from necp_replay.kernel.flows.request_nexus import keep_override_address, request_nexus_flow
from necp_replay.kernel.objects.agent_request import AgentRequest
from necp_replay.kernel.objects.client import FlowRegistration
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_LISTS

_FUNCTION: Final = "necp_client_add_flow"


def add_flow(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Make a registration, whose id is written into the buffer. Each failure is logged.

    Raises SyscallError: EINVAL without an id, or for a buffer below 36 bytes; if the profile says
    so, EINVAL for one that is too long; EFAULT; ENOENT; for a flow that browses or resolves, what
    the message to its agent returned: then the registration is gone again. Raises KernelPanic
    above 64 MiB, where the size is not checked.

    Kernel quirk: a registration whose id cannot be written stays. Kernel quirk: the nexus flow of a
    registration that browses or resolves is not counted when it is made, but when it ends.
    Measured in x7195_add_flow_args, x7195_remove_flow.

    Source: necp_client_add_flow, xnu-7195.50.7.100.1.
    """
    try:
        return _add_flow(kernel, necp_fd, call)
    except SyscallError as error:
        kernel.log(LOG_ERR, _FUNCTION, error.errno)
        raise


def _add_flow(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    if not call.names_client:
        refuse(kernel, _NO_ID, _FUNCTION, values=call.id_values)
    most_bytes = kernel.profile.add_flow_max_bytes
    size_bytes = call.buffer_bytes
    if call.buffer.is_null or size_bytes < ADD_FLOW_BYTES:
        refuse(kernel, _SHORT_BUFFER, _FUNCTION, values=call.buffer_values)
    if most_bytes is not None and size_bytes > most_bytes:
        refuse(
            kernel, _LONG_BUFFER, _FUNCTION, values=call.buffer_values | {"most_bytes": most_bytes}
        )
    client_id = copyin(kernel, call.client_id, UUID_BYTES, _FUNCTION, check=ID_FAULT)
    given = copyin_given(kernel, call.buffer, size_bytes, _FUNCTION, check=_REQUEST_FAULT)
    client = find_client(kernel, necp_fd, client_id, check=_NOT_ON_FD)

    header = given[:ADD_FLOW_BYTES].ljust(ADD_FLOW_BYTES, b"\0")
    agent, _, flags, statistics = ADD_FLOW_REQUEST.unpack(header)
    trailer_at = ADD_FLOW_BYTES + statistics * FLOW_STATS_REQUEST_BYTES
    address = None
    if flags & _OVERRIDE_ADDRESS:
        address = _override_address(given, size_bytes, trailer_at)
    protocol = None
    if flags & _OVERRIDE_IP_PROTOCOL and kernel.profile.flow_may_override_protocol:
        protocol = _byte_at(given, size_bytes, trailer_at + len(address or b""))
    client.legacy_client_is_flow = False
    request = agent_request(kernel, client, remote_addr=address or b"", ip_protocol=protocol)
    registration = create_registration(kernel, necp_fd, client, flags)
    trace(kernel, client, Tracing.FLOW, _FUNCTION)
    error = 0
    if kernel.profile.skywalk_is_published:
        if flags & _ALLOW_NEXUS:
            error = _add_nexus(kernel, necp_fd, call.process, registration, agent, request)
            if not error and address is not None and kernel.profile.flow_keeps_override_address:
                keep_override_address(registration, agent, address)
        if not error and statistics:
            trace(kernel, client, Tracing.FLOW, _FUNCTION)
            given = _add_statistics(kernel, necp_fd, registration, given)
    if flags & _BROWSES_OR_RESOLVES and not error:
        error = _assert_agent(kernel, necp_fd, registration, agent, request)
    if error:
        destroy_registration(kernel, necp_fd, registration, abort=True)
        raise SyscallError(_NO_AGENT if error == Errno.ENOENT else error, agent=agent)
    # The kernel copies the whole buffer, in which nothing else has changed.
    written_to = min(size_bytes, len(given)) if statistics else ADD_FLOW_STATS_AT
    changed = registration.registration_id + given[ADD_FLOW_STATS_AT:written_to]
    copyout(
        kernel,
        call.buffer,
        changed,
        _FUNCTION,
        offset=ADD_FLOW_ID_OFFSET,
        check=_NEW_ID_FAULT,
    )
    return 0


def _override_address(given: bytes, size_bytes: int, begin: int) -> bytes | None:
    """The address at an offset, cut at its own length, which may be 0.

    None for one that passes the end of the buffer, or is longer than a structure with an address.
    """
    if size_bytes < begin + SOCKADDR_IN_BYTES:
        return None
    sa_len = _byte_at(given, size_bytes, begin) or 0
    if size_bytes < begin + sa_len or sa_len > SOCKADDR_UNION_BYTES:
        return None
    return given[begin : begin + sa_len].ljust(sa_len, b"\0")


def _byte_at(given: bytes, size_bytes: int, offset: int) -> int | None:
    """A byte of the buffer, None after its end. What was not given is zero."""
    if offset >= size_bytes:
        return None
    return given[offset] if offset < len(given) else 0


def _add_nexus(
    kernel: KernelState,
    necp_fd: NecpFd,
    process: Process,
    registration: FlowRegistration,
    agent: bytes,
    request: AgentRequest,
) -> int:
    """Ask the agent for a nexus, if it is one of the client's options. Returns an errno.

    Source: necp_client_add_flow, xnu-8019.80.24.
    """
    options = registration.client.interface_options
    interface_index = next((each.interface for each in options if each.agent == agent), None)
    if interface_index is None:
        kernel.log(LOG_ERR, _FUNCTION)
        return 0
    error = request_nexus_flow(
        kernel, necp_fd, process, registration, agent, interface_index, request
    )
    if error:
        kernel.log(LOG_ERR, _FUNCTION, error)
    return error


def _add_statistics(
    kernel: KernelState, necp_fd: NecpFd, registration: FlowRegistration, given: bytes
) -> bytes:
    """Give the registration the statistics that it asks for first; returns the changed request.

    Source: necp_client_add_flow, xnu-8019.80.24.
    """
    given = given.ljust(ADD_FLOW_BYTES + FLOW_STATS_REQUEST_BYTES, b"\0")
    kind, version, size_bytes, _ = FLOW_STATISTICS.unpack_from(given, ADD_FLOW_BYTES)
    address = give_statistics(
        kernel, necp_fd, registration, kind=kind, version=version, size_bytes=size_bytes
    )
    if address is None:
        return given
    changed = bytearray(given)
    changed[ADD_FLOW_STATS_ADDRESS_AT : ADD_FLOW_STATS_ADDRESS_AT + 8] = address.to_bytes(
        8, "little"
    )
    return bytes(changed)


def _assert_agent(
    kernel: KernelState,
    necp_fd: NecpFd,
    registration: FlowRegistration,
    agent: bytes,
    request: AgentRequest,
) -> int:
    """Give the registration a nexus flow of an agent, and tell the agent. Returns an errno."""
    add_agent_flow(kernel, registration, agent, _interface_of(kernel, agent))
    error = client_message_with_params(
        kernel,
        agent,
        told_id(registration),
        necp_fd.proc_pid,
        AgentMessageType.CLIENT_ASSERT,
        request,
    )
    if error:
        kernel.log(LOG_ERR, _FUNCTION, error)
    return error


def _interface_of(kernel: KernelState, agent: bytes) -> int:
    """The index of the interface with an agent that was attached first, 0 for none.

    An empty slot has the agent of zeros.
    """
    for ifp in kernel.interfaces.head:
        if agent in ifp.agents:
            return ifp.index
    return IFSCOPE_NONE


# Plain numbers: operations on enumeration members cost several times as much.
_BROWSES_OR_RESOLVES: Final = int(FlowFlag.BROWSE | FlowFlag.RESOLVE)
_OVERRIDE_ADDRESS: Final = int(FlowFlag.OVERRIDE_ADDRESS)
_OVERRIDE_IP_PROTOCOL: Final = int(FlowFlag.OVERRIDE_IP_PROTOCOL)
_ALLOW_NEXUS: Final = int(FlowFlag.ALLOW_NEXUS)

_NO_ID: Final = logged(Errno.EINVAL, NO_ID)
_SHORT_BUFFER: Final = logged(Errno.EINVAL, "the buffer is NULL, or its length is below 36")
_LONG_BUFFER: Final = logged(
    Errno.EINVAL, "the length of the buffer is above 240", fact="add_flow_max_bytes"
)
_REQUEST_FAULT: Final = logged(
    Errno.EFAULT, "the request cannot be read; above 64 MiB the kernel panics"
)
_NOT_ON_FD: Final = logged(Errno.ENOENT, "no client of this fd has the id")
_NO_AGENT: Final = logged(Errno.ENOENT, "the flow browses or resolves, and no agent has the id")
_NEW_ID_FAULT: Final = logged(
    Errno.EFAULT, "the id of the registration cannot be written; it stays"
)

ADD_FLOW: Final = Description(
    subject=ClientAction.ADD_FLOW,
    handler=add_flow,
    function="necp_client_add_flow",
    summary="Makes a flow registration on a client.",
    checks=(
        _NO_ID,
        _SHORT_BUFFER,
        _LONG_BUFFER,
        ID_FAULT,
        _REQUEST_FAULT,
        _NOT_ON_FD,
        _NO_AGENT,
        logged(
            Errno.ENOBUFS,
            "the flow browses or resolves, and the agent cannot be told (or what else its delivery "
            "fails with)",
            is_for_others=True,
        ),
        _NEW_ID_FAULT,
    ),
    answer="returns 0; the id of the registration at offset 16 of the buffer",
    effects="for a flow that browses or resolves, an assertion to its agent, and its end if that "
    "fails",
    overwrites=SESSION_LOSES_LISTS,
    other_facts=(
        "has_flow_registrations",
        "skywalk_is_published",
        "statistics_tell_kinds_of_wifi",
        "statistics_tell_vpns",
        "flow_may_override_protocol",
        "flow_keeps_override_address",
        "statistics_bytes",
        "statistics_object_bytes",
        "flow_statistics_read_parameters",
    ),
)

REGISTRATION_WITHOUT_AN_ID_STAYS: Final = Quirk(
    "A registration of ADD_FLOW stays if its id cannot be written.",
    "necp_client_add_flow",
    "client_actions/test_add_flow.py::test_a_registration_whose_id_cannot_be_written_stays",
)
NEXUS_FLOW_IS_NOT_COUNTED: Final = Quirk(
    "The nexus flow of ADD_FLOW is counted off when it ends, and was never counted.",
    "necp_client_add_nexus_flow",
    "client_actions/test_add_flow.py::test_a_nexus_flow_is_counted_only_when_it_ends",
)
