"""Session priorities and policies that a session may not have."""

import struct

from necp_replay.abi.policy import SessionAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.scenario import System


def priorities_that_need_a_privilege(system: System) -> None:
    """Priorities 1 and 2 are for processes that may set policies for others; root is not enough.

    Source: necp_session_set_session_priority, xnu-4570.51.1.
    """
    root = system.add_process(300, "root", uid=0)
    daemon = system.add_process(400, "daemon", privileged=True)
    for process in (root, daemon):
        session = process.necp_session_open()
        for priority in range(7):
            session.action(SessionAction.SET_SESSION_PRIORITY, struct.pack("<I", priority))


def delete_with_an_unreadable_id(system: System) -> None:
    """The id of the policy cannot be read: EFAULT with a log record.

    Source: necp_session_delete_policy, xnu-4570.51.1.
    """
    session = system.add_process(300, "daemon", privileged=True).necp_session_open()
    for buffer in (UserBuffer(bytes=4, mapped=2), struct.pack("<I", 7), b"\1"):
        session.action(SessionAction.POLICY_DELETE, buffer)
