"""SET_SESSION_PRIORITY: sets the place of a session's policies among those of other sessions."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import SESSION_PRIORITY, SessionAction
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

    Raises SyscallError: EINVAL for a buffer that is too short; EFAULT; EPERM for a
    restricted priority without the privilege. Any other number is accepted and kept.

    Source: necp_session_set_session_priority, xnu-4570.51.1.
    """
    (priority,) = SESSION_PRIORITY.unpack(
        copyin_value(kernel, call, SESSION_PRIORITY, _FUNCTION, _IN_BUFFER_CHECKS)
    )
    if is_restricted(kernel, priority) and not has_privilege(
        process, "PRIV_NET_PRIVILEGED_NECP_POLICIES"
    ):
        refuse(kernel, _NO_PRIVILEGE, _FUNCTION, values={"priority": priority, "uid": process.uid})

    set_priority(kernel, session, priority)


def set_priority(kernel: KernelState, session: PolicySession, priority: int) -> None:
    """Give the session a priority; if it is another one, all its policies move."""
    if session.session_priority != priority:
        session.session_priority = priority
        session.session_order = session_order(
            kernel.profile.session_priorities, priority, session.control_unit
        )
        session.set_dirty(dirty=True)
        for policy in session.policies:
            policy.pending_update = True


def is_restricted(kernel: KernelState, priority: int) -> bool:
    """Whether a priority needs the privilege. A release need not have all of these priorities."""
    priorities = kernel.profile.session_priorities.__members__
    return any(priorities.get(name) == priority for name in _RESTRICTED)


_RESTRICTED: Final = ("CONTROL", "CONTROL_1", "PRIVILEGED_TUNNEL", "HIGH_RESTRICTED")

_IN_BUFFER_CHECKS: Final = in_buffer_checks("the priority", 4)
_NO_PRIVILEGE: Final = logged(Errno.EPERM, "a restricted priority without the privilege")

SET_SESSION_PRIORITY: Final = Description(
    subject=SessionAction.SET_SESSION_PRIORITY,
    handler=set_session_priority,
    function="necp_session_set_session_priority",
    summary="Sets where the session stands among others, from the next time it applies.",
    checks=(
        *_IN_BUFFER_CHECKS,
        _NO_PRIVILEGE,
    ),
    answer="returns 0",
    other_facts=("session_priorities",),
    overwrites=CLIENT_FD_LOSES_CHAIN,
)
