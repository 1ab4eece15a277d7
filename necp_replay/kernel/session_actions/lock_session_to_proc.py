"""LOCK_SESSION_TO_PROC: from now on only processes of this executable act on the session."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.policy import SessionAction
from necp_replay.kernel.description import Description
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.session_actions.session_call import SessionCall
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import CLIENT_FD_LOSES_FIRST_UPDATE


def lock_session_to_proc(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Lock the session. Nothing is refused, and nothing unlocks it.

    Source: necp_session_lock_to_process, xnu-4570.51.1.
    """
    session.proc_locked = True


LOCK_SESSION_TO_PROC: Final = Description(
    subject=SessionAction.LOCK_SESSION_TO_PROC,
    handler=lock_session_to_proc,
    function="necp_session_lock_to_process",
    summary="Locks the session to the caller's executable; calls of others then succeed and do "
    "nothing.",
    answer="returns 0",
    overwrites=CLIENT_FD_LOSES_FIRST_UPDATE,
)
