"""LOCK_SESSION_TO_PROC: from now on only processes of this executable act on the session."""

from __future__ import annotations

from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.session_actions.session_call import SessionCall
from necp_replay.kernel.state import KernelState


def lock_session_to_proc(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Lock the session; there is nothing to refuse, and nothing unlocks it.

    Source: necp_session_lock_to_process, xnu-4570.51.1.
    """
    session.proc_locked = True
