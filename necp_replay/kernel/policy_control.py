"""The NECP kernel control: messages over a control socket that work on a policy session.

It is the older way to the policy sessions that ``necp_session_action`` works on, with the same
policies and the same checks. Two things differ: TLVs are found in a packet (``PacketTlvs``), and
a refusal is a reply, so sending succeeds. Replies are not part of an outcome.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Final, assert_never

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_DEBUG, LOG_ERR
from necp_replay.abi.policy import (
    POLICY_ID,
    SESSION_PRIORITY,
    PolicyTlv,
    SessionAction,
)
from necp_replay.abi.tlv import pack_tlv
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.events import policy_control as events
from necp_replay.events.inputs import PolicyControlInput
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.description import NO_PROCESS, Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.missing_inputs import check_not_missing
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.apply import apply_all
from necp_replay.kernel.policy.packet_tlvs import PacketTlvs
from necp_replay.kernel.policy.services import register_service, unregister_service
from necp_replay.kernel.policy.session_policies import (
    find_policy,
    mark_all_for_deletion,
    mark_for_deletion,
)
from necp_replay.kernel.policy.sessions import close_session, create_session
from necp_replay.kernel.privileges import has_privilege
from necp_replay.kernel.session_actions.policy_add import insert_policy, read_policy
from necp_replay.kernel.session_actions.set_session_priority import (
    is_restricted,
    set_priority,
)
from necp_replay.kernel.state import KernelState

_HEADER: Final = Struct("<BBxxI")
"""``struct necp_packet_header``: type, flags, message id, with the padding that C puts in."""
_POLICIES_PRIVILEGE: Final = "PRIV_NET_PRIVILEGED_NECP_POLICIES"
_MOST_TLV_BYTES: Final = 0xFFFFFFFF


def handle_policy_control(kernel: KernelState, event: PolicyControlInput) -> Outcome:
    """Apply one input of the kernel control; ESRCH for a process that is not there."""
    process = kernel.find_process(event.pid)
    if process is None:
        return Outcome(errno=Errno.ESRCH)
    check_not_missing(kernel.profile, type(event), "NECP kernel control")
    match event:
        case events.NecpCtlOpen():
            return Outcome(errno=_open(kernel, event))
        case events.NecpCtlSend():
            return Outcome(errno=_send(kernel, process, event))
        case events.NecpCtlClose():
            return Outcome(errno=_close(kernel, event))
        case _:
            assert_never(event)


def _open(kernel: KernelState, event: events.NecpCtlOpen) -> int:
    """Source: necp_ctl_connect, xnu-4570.51.1."""
    sessions = kernel.policies.control_sessions
    if event.session in sessions:
        return Errno.EEXIST
    sessions[event.session] = create_session(kernel)
    return Errno.OK


def _close(kernel: KernelState, event: events.NecpCtlClose) -> int:
    """Source: necp_ctl_disconnect, xnu-4570.51.1."""
    session = kernel.policies.control_sessions.pop(event.session, None)
    if session is None:
        return Errno.ENOENT
    close_session(kernel, session)
    return Errno.OK


def _send(kernel: KernelState, process: Process, event: events.NecpCtlSend) -> int:
    """Handle a message. Source: necp_ctl_send, xnu-4570.51.1."""
    session = kernel.policies.control_sessions.get(event.session)
    if session is None:
        return Errno.ENOENT
    message = _message(event)
    if len(message) < _HEADER.size:
        kernel.log(LOG_ERR, "necp_ctl_send")
        return Errno.EINVAL
    if session.proc_locked:
        if process.exec_uuid != session.proc_uuid:
            return Errno.OK
    else:
        session.proc_uuid = process.exec_uuid
        session.proc_pid = process.pid
    type_, _, _ = _HEADER.unpack_from(message)
    handle = _HANDLERS.get(type_)
    if handle is None:
        kernel.log(LOG_ERR, "necp_ctl_send")
    else:
        handle(kernel, process, session, PacketTlvs(message[_HEADER.size :]))
    return Errno.OK


def _message(event: events.NecpCtlSend) -> bytes:
    if event.hex is not None:
        return event.hex
    body = b"".join(pack_tlv(tlv.type & 0xFF, tlv.value[:_MOST_TLV_BYTES]) for tlv in event.tlvs)
    return _HEADER.pack(event.type & 0xFF, 0, 0) + body


def _policy_add(
    kernel: KernelState, process: Process, session: PolicySession, tlvs: PacketTlvs
) -> None:
    """Source: necp_handle_policy_add, xnu-4570.51.1."""
    try:
        policy = read_policy(kernel, tlvs)
    except SyscallError:
        return
    insert_policy(kernel, session, policy)


def _policy_get(
    kernel: KernelState, process: Process, session: PolicySession, tlvs: PacketTlvs
) -> None:
    """Source: necp_handle_policy_get, xnu-4570.51.1."""
    policy_id = _read_number(kernel, tlvs, PolicyTlv.POLICY_ID, POLICY_ID)
    if policy_id is None or find_policy(session, policy_id) is None:
        kernel.log(LOG_ERR, "necp_handle_policy_get")


def _policy_delete(
    kernel: KernelState, process: Process, session: PolicySession, tlvs: PacketTlvs
) -> None:
    """Source: necp_handle_policy_delete, xnu-4570.51.1."""
    policy_id = _read_number(kernel, tlvs, PolicyTlv.POLICY_ID, POLICY_ID)
    policy = None if policy_id is None else find_policy(session, policy_id)
    if policy is None:
        kernel.log(LOG_ERR, "necp_handle_policy_delete")
        return
    mark_for_deletion(kernel, session, policy)


def _policy_apply_all(
    kernel: KernelState, process: Process, session: PolicySession, tlvs: PacketTlvs
) -> None:
    apply_all(kernel, session)


def _policy_list_all(
    kernel: KernelState, process: Process, session: PolicySession, tlvs: PacketTlvs
) -> None:
    """Only sends a reply."""


def _policy_delete_all(
    kernel: KernelState, process: Process, session: PolicySession, tlvs: PacketTlvs
) -> None:
    mark_all_for_deletion(kernel, session)


def _policy_dump_all(
    kernel: KernelState, process: Process, session: PolicySession, tlvs: PacketTlvs
) -> None:
    """Kernel quirk: both a dump that was sent and an error that was sent are logged as errors.

    Source: necp_handle_policy_dump_all, xnu-4570.51.1.
    """
    function = "necp_handle_policy_dump_all"
    policies = kernel.policies
    if not has_privilege(process, _POLICIES_PRIVILEGE):
        kernel.log(LOG_ERR, function)
    else:
        if policies.debug:
            kernel.log(LOG_DEBUG, function)
        if policies.application_policies_count == 0:
            kernel.log(LOG_DEBUG, function)
        elif policies.debug:
            for _ in policies.app_layer_map:
                kernel.log(LOG_DEBUG, function)
    kernel.log(LOG_ERR, function)


def _set_session_priority(
    kernel: KernelState, process: Process, session: PolicySession, tlvs: PacketTlvs
) -> None:
    """Source: necp_handle_set_session_priority, xnu-4570.51.1."""
    priority = _read_number(kernel, tlvs, PolicyTlv.SESSION_PRIORITY, SESSION_PRIORITY)
    if priority is None or (
        is_restricted(kernel, priority) and not has_privilege(process, _POLICIES_PRIVILEGE)
    ):
        kernel.log(LOG_ERR, "necp_handle_set_session_priority")
        return
    set_priority(kernel, session, priority)


def _lock_session_to_proc(
    kernel: KernelState, process: Process, session: PolicySession, tlvs: PacketTlvs
) -> None:
    session.proc_locked = True


def _register_service(
    kernel: KernelState, process: Process, session: PolicySession, tlvs: PacketTlvs
) -> None:
    """Source: necp_handle_register_service, xnu-4570.51.1."""
    function = "necp_handle_register_service"
    if not has_privilege(process, _POLICIES_PRIVILEGE):
        kernel.log(LOG_ERR, function)
        return
    service_uuid = _read_uuid(kernel, tlvs, function)
    if service_uuid is not None:
        register_service(kernel, session, service_uuid)


def _unregister_service(
    kernel: KernelState, process: Process, session: PolicySession, tlvs: PacketTlvs
) -> None:
    """Source: necp_handle_unregister_service, xnu-4570.51.1."""
    service_uuid = _read_uuid(kernel, tlvs, "necp_handle_unregister_service")
    if service_uuid is not None:
        unregister_service(kernel, session, service_uuid)


def _read_number(
    kernel: KernelState, tlvs: PacketTlvs, type_: PolicyTlv, layout: Struct
) -> int | None:
    """The number in a TLV, as wide as the layout. None if the TLV is missing."""
    try:
        value = tlvs.value(kernel, type_, layout.size)
    except SyscallError:
        return None
    (number,) = layout.unpack(value)
    return int(number)


def _read_uuid(kernel: KernelState, tlvs: PacketTlvs, function: str) -> bytes | None:
    try:
        return tlvs.value(kernel, PolicyTlv.SERVICE_UUID, UUID_BYTES)
    except SyscallError:
        kernel.log(LOG_ERR, function)
        return None


_HANDLERS: Final[dict[int, Callable[[KernelState, Process, PolicySession, PacketTlvs], None]]] = {
    SessionAction.POLICY_ADD: _policy_add,
    SessionAction.POLICY_GET: _policy_get,
    SessionAction.POLICY_DELETE: _policy_delete,
    SessionAction.POLICY_APPLY_ALL: _policy_apply_all,
    SessionAction.POLICY_LIST_ALL: _policy_list_all,
    SessionAction.POLICY_DELETE_ALL: _policy_delete_all,
    SessionAction.SET_SESSION_PRIORITY: _set_session_priority,
    SessionAction.LOCK_SESSION_TO_PROC: _lock_session_to_proc,
    SessionAction.REGISTER_SERVICE: _register_service,
    SessionAction.UNREGISTER_SERVICE: _unregister_service,
    SessionAction.POLICY_DUMP_ALL: _policy_dump_all,
}
"""Types of messages have the numbers of session actions."""

_NO_SESSION: Final = silent(Errno.ENOENT, "no control socket of that name is open")

NECP_CTL_OPEN: Final = Description(
    subject=events.NecpCtlOpen,
    handler=_open,
    function="necp_ctl_connect",
    summary="A process connects to the NECP kernel control, which makes a policy session.",
    checks=(NO_PROCESS, silent(Errno.EEXIST, "a control socket of that name is open")),
    effects="a log record where policies are debugged",
    other_facts=("has_policy_control",),
)

NECP_CTL_SEND: Final = Description(
    subject=events.NecpCtlSend,
    handler=_send,
    function="necp_ctl_send",
    summary="A process sends a message: the number of a session action, and TLVs.",
    checks=(NO_PROCESS, _NO_SESSION, logged(Errno.EINVAL, "the message is shorter than 8 bytes")),
    answer="0, also where the action is refused; the reply is not shown",
    effects="those of the session action; a log record for each refusal and each unknown type",
)

NECP_CTL_CLOSE: Final = Description(
    subject=events.NecpCtlClose,
    handler=_close,
    function="necp_ctl_disconnect",
    summary="The control socket is closed; the policies of its session go.",
    checks=(NO_PROCESS, _NO_SESSION),
    effects="those of closing a policy session",
)
