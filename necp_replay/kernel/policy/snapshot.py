"""The policy database in a full snapshot."""

from __future__ import annotations

from necp_replay.events.snapshot import PoliciesSnapshot, PolicySnapshot, SessionSnapshot
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.state import KernelState


def policies_snapshot(kernel: KernelState) -> PoliciesSnapshot:
    """Sessions by control unit with their policies in order, and the counts of kernel policies."""
    policies = kernel.policies
    return PoliciesSnapshot(
        session_count=len(policies.sessions),
        drop_all_level=policies.drop_all_level,
        drop_all_order=policies.drop_all_order,
        application_policies_count=policies.application_policies_count,
        socket_policies_count=policies.socket_policies_count,
        ip_output_policies_count=policies.ip_output_policies_count,
        sessions=tuple(_session(session) for session in policies.sessions),
    )


def _session(session: PolicySession) -> SessionSnapshot:
    return SessionSnapshot(
        control_unit=session.control_unit,
        priority=session.session_priority,
        order=session.session_order,
        proc_locked=int(session.proc_locked),
        proc_pid=session.proc_pid,
        dirty=int(session.dirty),
        policies=tuple(
            PolicySnapshot(
                id=policy.id,
                order=policy.order,
                applied=int(policy.applied),
                pending_deletion=int(policy.pending_deletion),
                pending_update=int(policy.pending_update),
            )
            for policy in session.policies
        ),
    )
