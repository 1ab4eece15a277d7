"""What the copying actions share: finding the client, and copying its result and flows."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import (
    FLOW_HEADER_BYTES,
    NEXUS_FLOW_HEADER_BYTES,
    PROTOCTL_EVENT_TLV_BYTES,
    ClientResult,
    ClientResultFlag,
)
from necp_replay.abi.client_structs import FLOW_AGENT, FLOW_HEADER, PROTOCTL_EVENT
from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX
from necp_replay.abi.tlv import TLV_HEADER, TLV_HEADER_BYTES
from necp_replay.abi.uuid import UUID_BYTES, ZERO_UUID, is_flow_id
from necp_replay.kernel.agents.lookup import get_generation
from necp_replay.kernel.call import copyin, copyout, refuse
from necp_replay.kernel.client_actions.client_call import ID_FAULT, ClientCall
from necp_replay.kernel.client_actions.flow_divert_request import REQUEST_FAULT, REQUEST_ROOM
from necp_replay.kernel.clients.readiness import find_unread
from necp_replay.kernel.description import Check, logged, silent
from necp_replay.kernel.exceptions import KernelPanic, SyscallError
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.flows.flow_rules import CopiedFlows, FlowRules
from necp_replay.kernel.heuristics.flow_check import check_tcp_heuristics
from necp_replay.kernel.objects.client import RESULT_OVERFLOWED, Client
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.results.tlv_writer import U32_TLV, stored_flags
from necp_replay.kernel.state import KernelState

_FUNCTION: Final = "necp_client_copy"
_COPY_FUNCTION: Final = "necp_client_copy_internal"
_WILDCARD: Final = ZERO_UUID

_FLOW: Final = int(ClientResult.FLOW)
_FLAGS: Final = int(ClientResult.FLAGS)
_INTERFACE: Final = int(ClientResult.INTERFACE)
_NETAGENT: Final = int(ClientResult.NETAGENT)
_TFO_COOKIE: Final = int(ClientResult.TFO_COOKIE)
_PROTO_CTL_EVENT: Final = int(ClientResult.PROTO_CTL_EVENT)
_ASSIGNED: Final = int(ClientResultFlag.FLOW_ASSIGNED)
_VIABLE: Final = int(ClientResultFlag.FLOW_VIABLE)

WRAPPED_RESULT_BYTES: Final = (1 << 64) - (1 << 47)
"""The smallest length of a result that outgrew its buffer. It is a null pointer minus the address
of the buffer, in 64 bits without a sign; where it was measured, addresses have 47 bits."""


def read_client_id(kernel: KernelState, call: ClientCall) -> bytes:
    """The id of the client to copy. All zero is a wildcard, and stands for a NULL pointer too.

    Raises SyscallError: EINVAL without a buffer, ERANGE for an id of another length, EFAULT.
    Source: necp_client_copy, xnu-4570.51.1.
    """
    if call.buffer_bytes == 0 or call.buffer.buffer is None:
        raise SyscallError(NO_BUFFER, **call.buffer_values)
    if call.client_id.buffer is None:
        return _WILDCARD
    if call.client_id_bytes != UUID_BYTES:
        refuse(kernel, _ID_LENGTH, _FUNCTION, values=call.id_values)
    return copyin(kernel, call.client_id, UUID_BYTES, _FUNCTION, check=ID_FAULT)


def find_unread_or_named(
    kernel: KernelState, necp_fd: NecpFd, client_id: bytes
) -> tuple[Client, bool]:
    """The client whose result is copied, and whether it is only observed (it is of another fd).

    A wildcard stands for the first client of this fd, in the order of ids, that has unread news.
    Raises SyscallError(ENOENT). Source: necp_client_copy, xnu-4570.51.1.
    """
    if client_id != _WILDCARD:
        client = necp_fd.clients.find(client_id)
        if client is None:
            client = flow_rules(kernel).find_on_fd(necp_fd, client_id)
    else:
        client = find_unread(necp_fd.clients)
    if client is not None:
        return client, False
    return find_observed(kernel, necp_fd, client_id), True


def find_named(kernel: KernelState, necp_fd: NecpFd, client_id: bytes) -> Client:
    """The client whose parameters are copied. Raises SyscallError(ENOENT).

    Source: necp_client_copy, xnu-4570.51.1.
    """
    client = flow_rules(kernel).find_on_fd(necp_fd, client_id)
    if client is not None and (
        client_id != _WILDCARD or kernel.profile.copy_parameters_finds_zero_id
    ):
        return client
    return find_observed(kernel, necp_fd, client_id)


def find_observed(kernel: KernelState, necp_fd: NecpFd, client_id: bytes) -> Client:
    """A client of any fd, if this fd may observe. Raises SyscallError(ENOENT)."""
    rules = flow_rules(kernel)
    client = rules.find_anywhere(kernel, client_id) if necp_fd.is_observer else None
    if client is None:
        raise SyscallError(_NOTHING_TO_COPY, client_id=client_id, may_observe=necp_fd.is_observer)
    return client


def copy_result_and_flows(
    kernel: KernelState, client: Client, client_id: bytes, call: ClientCall, *, is_observed: bool
) -> int:
    """Copy the result, the members of the client's group, and a TLV for each flow that is shown.

    Returns the length.

    Where clients have flows directly, nexus flows and assigned socket flows are shown. Where they
    have registrations, assigned flows are: of the one that ``client_id`` means, or of all.

    Marks the client read, unless it is only observed. Raises SyscallError: EINVAL for a buffer
    without room for the longest form of each flow; EFAULT, after which the result is still unread,
    but the protocol events copied before the fault are gone.
    Source: necp_client_copy, necp_client_copy_internal, xnu-4570.51.1.
    """
    length = client.result_length
    rules = flow_rules(kernel)
    copied = rules.copied(kernel, client, client_id)
    needed_bytes = _needed_bytes(client, rules, copied)
    if call.buffer_bytes < needed_bytes:
        raise SyscallError(_RESULT_ROOM, **call.buffer_values, needed_bytes=needed_bytes)
    if length == RESULT_OVERFLOWED:
        raise KernelPanic("copyio", "copyout of a wrapped result length")

    shown = bytes(client.result[:length])
    if client.legacy_client_is_flow and not is_flow_id(client_id):
        shown = _with_defunct_flag(client, shown)
    copyout(kernel, call.buffer, shown, _COPY_FUNCTION, check=_RESULT_FAULT)
    if client.assigned_group_members:
        members = client.assigned_group_members
        copyout(kernel, call.buffer, members, _COPY_FUNCTION, offset=length, check=_RESULT_FAULT)
        length += len(members)
    for holder, flows in copied:
        for flow in flows:
            id_tlv, more_flags = rules.id_tlv(holder), rules.more_flags(holder, flow)
            header = _flow_header(kernel, client, flow, id_tlv, more_flags)
            length = _copy_flow(kernel, flow, header, call, length)
        if not is_observed:
            holder.flow_result_read = True

    if not is_observed:
        client.result_read = True
        client.group_members_read = True
    return length


def needed_room(kernel: KernelState, client: Client, client_id: bytes) -> int:
    """How many bytes a buffer must have: for the longest form of each flow."""
    rules = flow_rules(kernel)
    return _needed_bytes(client, rules, rules.copied(kernel, client, client_id))


def _needed_bytes(client: Client, rules: FlowRules, copied: CopiedFlows) -> int:
    """As :func:`needed_room`, for the flows that are copied.

    Kernel quirk: the length of a result that outgrew its buffer has wrapped, so only a buffer of
    almost 2^64 bytes has room.
    """
    if client.result_length == RESULT_OVERFLOWED:
        return WRAPPED_RESULT_BYTES
    needed_bytes = client.result_length
    if client.assigned_group_members:
        needed_bytes += len(client.assigned_group_members)
    for _, flows in copied:
        for flow in flows:
            needed_bytes += rules.id_bytes + _reserved_bytes(flow)
    return needed_bytes


def _with_defunct_flag(client: Client, result: bytes) -> bytes:
    """The result with the flag DEFUNCT, if a registration of the client is defunct.

    Only what is copied has it, and only for a client that asked for a nexus itself.

    Source: necp_client_copy_internal, xnu-8019.80.24.
    """
    flags = stored_flags(client)
    if flags is None or not any(each.defunct for each in client.registrations or ()):
        return result
    flagged = U32_TLV.pack(ClientResult.FLAGS, 4, flags | ClientResultFlag.DEFUNCT)
    return flagged + result[U32_TLV.size :]


def _reserved_bytes(flow: Flow) -> int:
    # Kernel quirk: a nexus flow needs room for a Fast Open cookie, even if it has none.
    header_bytes = NEXUS_FLOW_HEADER_BYTES if flow.nexus else FLOW_HEADER_BYTES
    event_bytes = PROTOCTL_EVENT_TLV_BYTES if flow.has_protoctl_event else 0
    return header_bytes + flow.assigned_results_length + event_bytes


def _copy_flow(
    kernel: KernelState, flow: Flow, header: bytes, call: ClientCall, offset: int
) -> int:
    """Copy one flow to ``offset``, in three copies. Returns the offset after it."""
    function = flow_rules(kernel).copy_function
    copyout(kernel, call.buffer, header, function, offset=offset, check=_RESULT_FAULT)
    offset += len(header)
    if flow.assigned_results:
        copyout(
            kernel,
            call.buffer,
            flow.assigned_results,
            function,
            offset=offset,
            check=_RESULT_FAULT,
        )
    offset += flow.assigned_results_length
    if flow.has_protoctl_event:
        event = PROTOCTL_EVENT.pack(_PROTO_CTL_EVENT, 12, *flow.protoctl_event)
        copyout(kernel, call.buffer, event, function, offset=offset, check=_RESULT_FAULT)
        offset += len(event)
        flow.has_protoctl_event = False
        flow.protoctl_event = (0, 0, 0)
    return offset


def _flow_header(
    kernel: KernelState, client: Client, flow: Flow, id_tlv: bytes, more_flags: int
) -> bytes:
    """``struct necp_client_flow_header``, or the used part of ``necp_client_nexus_flow_header``.

    ``id_tlv`` comes first in it. ``more_flags`` are added to those of the flow's state.
    """
    flags = 0
    rest = b""
    if flow.nexus:
        generation = 0
        if kernel.profile.flow_agents_have_generation:
            generation = get_generation(kernel, flow.nexus_agent)
        rest = FLOW_AGENT.pack(_NETAGENT, 20, generation, flow.nexus_agent)
        if flow.check_tcp_heuristics:
            error, flags, cookie = check_tcp_heuristics(kernel, client, flow)
            if error == 0:
                flow.check_tcp_heuristics = False
                if cookie:
                    rest += TLV_HEADER.pack(_TFO_COOKIE, len(cookie)) + cookie
    if flow.assigned:
        flags |= _ASSIGNED
    if flow.viable:
        flags |= _VIABLE
    value_bytes = FLOW_HEADER_BYTES - TLV_HEADER_BYTES + len(id_tlv) + len(rest)
    value_bytes += flow.assigned_results_length
    if flow.has_protoctl_event:
        value_bytes += PROTOCTL_EVENT_TLV_BYTES
    header = FLOW_HEADER.pack(
        *(_FLOW, value_bytes),
        *(_FLAGS, 4, flags | more_flags),
        *(_INTERFACE, 8, 0, flow.interface_index & U32_MAX),
    )
    return header[:TLV_HEADER_BYTES] + id_tlv + header[TLV_HEADER_BYTES:] + rest


NO_BUFFER: Final = silent(Errno.EINVAL, "the buffer is NULL, or its length is 0")
_ID_LENGTH: Final = logged(Errno.ERANGE, "the client id is not NULL, and its length is not 16")
_NOTHING_TO_COPY: Final = silent(
    Errno.ENOENT,
    "no client of this fd has the id (nor of any fd, where the fd may observe), or the id is "
    "NULL or zero and every client of this fd was read",
)
_RESULT_ROOM: Final = silent(
    Errno.EINVAL,
    "the buffer is shorter than result and flows, each nexus flow taken for 73 bytes; always, "
    "where the result outgrew its 512 bytes",
)
_RESULT_FAULT: Final = logged(
    Errno.EFAULT, "result, flow header, flow results or protocol event cannot be written"
)

COPY_CHECKS: Final[tuple[Check, ...]] = (
    NO_BUFFER,
    _ID_LENGTH,
    ID_FAULT,
)
COPY_RESULT_CHECKS: Final[tuple[Check, ...]] = (
    *COPY_CHECKS,
    _NOTHING_TO_COPY,
    _RESULT_ROOM,
    _RESULT_FAULT,
    REQUEST_ROOM,
    REQUEST_FAULT,
)

OUTGROWN_RESULT_CANNOT_BE_COPIED: Final = Quirk(
    "The length of a result that outgrew its buffer wraps, so COPY_RESULT answers EINVAL until an "
    "update fits.",
    "necp_client_copy_internal",
    "results/test_update.py"
    "::test_a_result_that_outgrew_its_buffer_cannot_be_copied_until_it_fits_again",
)
OUTGROWN_RESULT_PANICS_ENDLESS_COPY: Final = Quirk(
    "Copying a result that outgrew its buffer panics the kernel if the process says that it has "
    "almost 2^64 bytes of room.",
    "necp_client_copy_internal",
    "client_actions/test_copy_result.py"
    "::test_copying_an_outgrown_result_to_a_buffer_without_end_panics",
)
EVERY_NEXUS_FLOW_NEEDS_ROOM_FOR_A_COOKIE: Final = Quirk(
    "COPY_RESULT asks for room for a Fast Open cookie in every nexus flow.",
    "necp_client_copy_internal",
    "client_actions/test_copy_result.py"
    "::test_the_buffer_must_fit_a_cookie_that_nexus_flows_do_not_have",
)
PROTOCOL_EVENT_NEEDS_ROOM: Final = Quirk(
    "COPY_RESULT asks for room for a protocol event in every flow that has one.",
    "necp_client_copy_internal",
    "client_actions/test_copy_result.py"
    "::test_the_buffer_must_fit_a_protocol_event_while_there_is_one",
)
FAULT_USES_UP_PROTOCOL_EVENTS: Final = Quirk(
    "A fault in the middle of COPY_RESULT leaves the result unread, but the protocol events copied "
    "before it are gone.",
    "necp_client_copy_internal",
    "client_actions/test_copy_result.py"
    "::test_protocol_events_are_used_up_as_they_are_copied_even_when_a_later_copy_faults",
)
HEURISTICS_ARE_CHECKED_ONCE: Final = Quirk(
    "COPY_RESULT checks the heuristics of a flow once. Later copies do not check them again.",
    "necp_client_copy_internal",
    "client_actions/test_copy_result.py"
    "::test_the_heuristics_of_a_flow_are_checked_at_one_copy_only",
)
ONLY_THE_OWNING_FD_MARKS_READ: Final = Quirk(
    "Only a copy through the owning fd marks a client read.",
    "necp_client_copy",
    "client_actions/test_copy_result.py"
    "::test_only_a_copy_through_the_owning_fd_marks_a_client_read",
)
ZERO_ID_IS_FOUND: Final = Quirk(
    "COPY_PARAMETERS with an all-zero id finds a client whose id is all zero.",
    "necp_client_copy",
    "client_actions/test_copy_parameters.py"
    "::test_a_zero_id_finds_a_client_with_a_zero_id_in_older_releases_only",
    "copy_parameters_finds_zero_id",
)
PUSH_OBSERVERS_LOOK_UP_NOTHING: Final = Quirk(
    "A push observer without the observer flag may not look up the clients of other fds.",
    "necp_client_copy",
    "client_actions/test_copy_parameters.py::test_only_observers_see_the_parameters_of_other_fds",
)
