"""POLICY_LIST_ALL: copies out the ids of a session's policies."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import MAX_POLICY_LIST_COUNT, POLICY_ID, PolicyTlv, SessionAction
from necp_replay.abi.tlv import pack_tlv
from necp_replay.kernel.call import copyout, refuse
from necp_replay.kernel.description import Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.session_actions.session_call import SessionCall
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import CLIENT_FD_LOSES_QUEUE

_FUNCTION = "necp_session_list_all"


def policy_list_all(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Copy the ids out as TLVs, in the order of the policies, without those marked for deletion.

    Raises SyscallError: EINVAL for more than 1024 policies or a buffer without room; EFAULT.

    Kernel quirk: a session without policies is ENOMEM, without a log record, since allocating zero
    bytes gives no memory.

    Source: necp_session_list_all, xnu-4570.51.1.
    """
    listed = [policy for policy in session.policies if not policy.pending_deletion]
    if len(listed) > MAX_POLICY_LIST_COUNT:
        refuse(kernel, _MANY_POLICIES, _FUNCTION, values={"policies": len(listed)})
    response = b"".join(pack_tlv(PolicyTlv.POLICY_ID, POLICY_ID.pack(p.id)) for p in listed)
    if call.out_buffer_bytes < len(response) or call.out_buffer.is_null:
        refuse(
            kernel, _OUT_ROOM, _FUNCTION, values=call.out_values | {"needed_bytes": len(response)}
        )
    if not response:
        raise SyscallError(_NO_POLICIES, policies=0)

    copyout(kernel, call.out_buffer, response, _FUNCTION)


_MANY_POLICIES: Final = logged(Errno.EINVAL, "more than 1024 policies")
_OUT_ROOM: Final = logged(Errno.EINVAL, "the out buffer is NULL, or without room")
_NO_POLICIES: Final = silent(Errno.ENOMEM, "no policies")

POLICY_LIST_ALL: Final = Description(
    subject=SessionAction.POLICY_LIST_ALL,
    handler=policy_list_all,
    function="necp_session_list_all",
    summary="Lists the ids of the session's policies, in order.",
    checks=(
        _MANY_POLICIES,
        _OUT_ROOM,
        _NO_POLICIES,
        logged(Errno.EFAULT, "the out buffer cannot be written"),
    ),
    answer="returns 0; a TLV per id in the out buffer",
    overwrites=CLIENT_FD_LOSES_QUEUE,
)

NO_POLICIES_TO_LIST_IS_ENOMEM: Final = Quirk(
    "POLICY_LIST_ALL without policies is ENOMEM.",
    "necp_session_list_all",
    "session_actions/test_policy_list_all.py::test_a_session_without_policies_is_enomem_silently",
)
