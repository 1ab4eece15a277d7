"""POLICY_GET: copies a policy as it was added, but for the bytes of its result."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import (
    MAX_POLICY_BYTES,
    POLICY_ID,
    POLICY_ORDER,
    PolicyTlv,
    SessionAction,
)
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.effects import KernelPointerLeak
from necp_replay.kernel.call import copyout, refuse
from necp_replay.kernel.description import Description, Support, logged
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.session_policies import find_policy
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.session_actions.session_call import (
    POLICY_ID_CHECKS,
    SessionCall,
    copyin_value,
)
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import CLIENT_FD_LOSES_QUEUE

_FUNCTION = "necp_session_get_policy"


def policy_get(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Copy a policy's order, result and conditions out as TLVs. Route rules are not copied.

    Raises SyscallError: EINVAL for a buffer that is too short; ENOENT for an unknown policy or one
    that is marked for deletion; EFAULT.

    Kernel quirk: what stands in place of the result's bytes follows from no input. The model writes
    zeros.

    Source: necp_session_get_policy, xnu-4570.51.1.
    """
    (policy_id,) = POLICY_ID.unpack(
        copyin_value(kernel, call, POLICY_ID, _FUNCTION, POLICY_ID_CHECKS)
    )
    policy = find_policy(session, policy_id)
    if policy is None:
        refuse(kernel, POLICY_ID_CHECKS[-1], _FUNCTION, values={"policy_id": policy_id})
    response = (
        pack_tlv(PolicyTlv.POLICY_ORDER, POLICY_ORDER.pack(policy.order))
        + pack_tlv(PolicyTlv.POLICY_RESULT, bytes(len(policy.result)))
        + policy.conditions
    )
    if call.out_buffer_bytes < len(response) or call.out_buffer.is_null:
        refuse(
            kernel, _OUT_ROOM, _FUNCTION, values=call.out_values | {"needed_bytes": len(response)}
        )
    if len(response) > MAX_POLICY_BYTES:
        refuse(
            kernel, _OUT_ROOM, _FUNCTION, values=call.out_values | {"needed_bytes": len(response)}
        )

    copyout(kernel, call.out_buffer, response, _FUNCTION, check=_OUT_FAULT)
    call.leaks_kernel_memory = True
    kernel.emit(KernelPointerLeak(_FUNCTION, len(policy.result)))


_OUT_ROOM: Final = logged(Errno.EINVAL, "the out buffer is NULL, or without room")
_OUT_FAULT: Final = logged(Errno.EFAULT, "the out buffer cannot be written")

POLICY_GET: Final = Description(
    subject=SessionAction.POLICY_GET,
    handler=policy_get,
    function="necp_session_get_policy",
    summary="Copies a policy's order, result and conditions.",
    checks=(
        *POLICY_ID_CHECKS,
        _OUT_ROOM,
        _OUT_FAULT,
    ),
    answer="returns 0; TLVs in the out buffer, with other bytes where those of the result belong",
    overwrites=CLIENT_FD_LOSES_QUEUE,
    support=Support.PARTIAL,
    missing="zeros stand where the bytes of the result belong",
)

RESULT_IS_NOT_COPIED: Final = Quirk(
    "POLICY_GET does not copy the bytes of the result.",
    "necp_session_get_policy",
    "session_actions/test_policy_get.py::test_order_and_conditions_come_back_without_the_result",
)
