"""SET_SESSION_PRIORITY: sets the place of a session's policies among those of other sessions."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import SESSION_PRIORITY, SessionAction, SessionPriority
from necp_replay.kernel.call import refuse
from necp_replay.kernel.description import Description, logged
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.session_order import session_order
from necp_replay.kernel.privileges import has_privilege
from necp_replay.kernel.session_actions.session_call import (
    SessionCall,
    copyin_value,
    in_buffer_checks,
)
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import CLIENT_FD_LOSES_CHAIN

_FUNCTION = "necp_session_set_session_priority"


def set_session_priority(
    kernel: KernelState, process: Process, session: PolicySession, call: SessionCall
) -> None:
    """Set the session's priority. Its policies move when the session applies them the next time.

    Raises SyscallError: EINVAL for a buffer that is too short; EFAULT; EPERM for one of the two
    highest priorities without the privilege. Any other number is accepted and kept.

    Source: necp_session_set_session_priority, xnu-4570.51.1.
    """
    (priority,) = SESSION_PRIORITY.unpack(copyin_value(kernel, call, SESSION_PRIORITY, _FUNCTION))
    if priority in PRIVILEGED_PRIORITIES and not has_privilege(
        process, "PRIV_NET_PRIVILEGED_NECP_POLICIES"
    ):
        refuse(kernel, Errno.EPERM, _FUNCTION)

    set_priority(session, priority)


def set_priority(session: PolicySession, priority: int) -> None:
    """Give the session a priority; if it is another one, all its policies move."""
    if session.session_priority != priority:
        session.session_priority = priority
        session.session_order = session_order(priority, session.control_unit)
        session.dirty = True
        for policy in session.policies:
            policy.pending_update = True


PRIVILEGED_PRIORITIES = (SessionPriority.CONTROL, SessionPriority.PRIVILEGED_TUNNEL)

SET_SESSION_PRIORITY: Final = Description(
    subject=SessionAction.SET_SESSION_PRIORITY,
    handler=set_session_priority,
    function="necp_session_set_session_priority",
    summary="Sets where the session stands among others, from the next time it applies.",
    checks=(
        *in_buffer_checks("the priority", 4),
        logged(Errno.EPERM, "priority 1 or 2 without the privilege"),
    ),
    answer="returns 0",
    overwrites=CLIENT_FD_LOSES_CHAIN,
)
