"""POLICY_DELETE: marks a policy for deletion. It goes when the session applies."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.policy import POLICY_ID, SessionAction
from necp_replay.kernel.call import refuse
from necp_replay.kernel.description import Description
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.session_policies import find_policy, mark_for_deletion
from necp_replay.kernel.session_actions.session_call import (
    POLICY_ID_CHECKS,
    SessionCall,
    copyin_value,
)
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import CLIENT_FD_LOSES_QUEUE

_FUNCTION = "necp_session_delete_policy"


def policy_delete(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Mark the policy whose id is in the in buffer.

    Raises SyscallError: EINVAL for a buffer that is too short; ENOENT for an unknown policy or one
    that is marked already; EFAULT.

    Source: necp_session_delete_policy, xnu-4570.51.1.
    """
    (policy_id,) = POLICY_ID.unpack(
        copyin_value(kernel, call, POLICY_ID, _FUNCTION, POLICY_ID_CHECKS)
    )
    policy = find_policy(session, policy_id)
    if policy is None:
        refuse(kernel, POLICY_ID_CHECKS[-1], _FUNCTION, values={"policy_id": policy_id})

    mark_for_deletion(kernel, session, policy)


POLICY_DELETE: Final = Description(
    subject=SessionAction.POLICY_DELETE,
    handler=policy_delete,
    function="necp_session_delete_policy",
    summary="Marks a policy, which goes when the session applies.",
    checks=POLICY_ID_CHECKS,
    answer="returns 0",
    overwrites=CLIENT_FD_LOSES_QUEUE,
)
