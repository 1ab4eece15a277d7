"""Finds policies of a session by id, and marks them for deletion."""

from __future__ import annotations

from necp_replay.abi.log import LOG_DEBUG
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.session_policy import SessionPolicy
from necp_replay.kernel.state import KernelState


def find_policy(session: PolicySession, policy_id: int) -> SessionPolicy | None:
    """The session's policy with this id, unless it is marked for deletion.

    Source: necp_policy_find and its callers, xnu-4570.51.1.
    """
    for policy in session.policies:
        if policy.id == policy_id:
            return None if policy.pending_deletion else policy
    return None


def mark_for_deletion(kernel: KernelState, session: PolicySession, policy: SessionPolicy) -> None:
    """Mark a policy, which is deleted when the session is applied.

    Source: necp_policy_mark_for_deletion, xnu-4570.51.1.
    """
    policy.pending_deletion = True
    session.set_dirty(dirty=True)
    if kernel.policies.debug:
        kernel.log(LOG_DEBUG, "necp_policy_mark_for_deletion")


def mark_all_for_deletion(kernel: KernelState, session: PolicySession) -> None:
    """Mark all policies of a session.

    Source: necp_policy_mark_all_for_deletion, xnu-4570.51.1.
    """
    for policy in session.policies:
        mark_for_deletion(kernel, session, policy)
