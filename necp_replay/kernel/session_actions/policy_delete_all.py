"""POLICY_DELETE_ALL: marks all policies of a session for deletion."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.policy import SessionAction
from necp_replay.kernel.description import Description
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.session_policies import mark_all_for_deletion
from necp_replay.kernel.session_actions.session_call import SessionCall
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import CLIENT_FD_LOSES_QUEUE


def policy_delete_all(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Mark every policy. Nothing is refused, and the buffers are not used.

    Source: necp_session_delete_all, xnu-4570.51.1.
    """
    mark_all_for_deletion(kernel, session)


POLICY_DELETE_ALL: Final = Description(
    subject=SessionAction.POLICY_DELETE_ALL,
    handler=policy_delete_all,
    function="necp_session_delete_all",
    summary="Marks all policies of the session, which go when it applies.",
    answer="returns 0",
    overwrites=CLIENT_FD_LOSES_QUEUE,
)
