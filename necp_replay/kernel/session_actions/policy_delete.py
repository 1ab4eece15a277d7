"""POLICY_DELETE: a policy is going to leave its session when the session applies."""

from __future__ import annotations

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import POLICY_ID
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.session_policies import find_policy, mark_for_deletion
from necp_replay.kernel.session_actions.copy import copyin_value, refuse
from necp_replay.kernel.session_actions.session_call import SessionCall
from necp_replay.kernel.state import KernelState

_FUNCTION = "necp_session_delete_policy"


def policy_delete(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Mark the policy whose id the process passes.

    Errors: EINVAL for a buffer without room, ENOENT for an unknown or deleted policy, EFAULT.

    Source: necp_session_delete_policy, xnu-4570.51.1.
    """
    (policy_id,) = POLICY_ID.unpack(copyin_value(kernel, call, POLICY_ID, _FUNCTION))
    policy = find_policy(session, policy_id)
    if policy is None:
        refuse(kernel, Errno.ENOENT, _FUNCTION)

    mark_for_deletion(kernel, session, policy)
