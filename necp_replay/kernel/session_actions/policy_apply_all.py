"""POLICY_APPLY_ALL: what a session changed takes effect."""

from __future__ import annotations

from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.apply import apply_all
from necp_replay.kernel.session_actions.session_call import SessionCall
from necp_replay.kernel.state import KernelState


def policy_apply_all(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Apply the session's policies; there is nothing to refuse and no buffer is looked at.

    Source: necp_session_apply_all, xnu-4570.51.1.
    """
    apply_all(kernel, session)
