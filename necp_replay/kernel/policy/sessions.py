"""Policy sessions are opened and closed."""

from __future__ import annotations

from necp_replay.abi.log import LOG_DEBUG
from necp_replay.abi.policy import SessionPriority
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.policy.apply import apply_all
from necp_replay.kernel.policy.services import drop_services
from necp_replay.kernel.policy.session_order import session_order
from necp_replay.kernel.policy.session_policies import mark_all_for_deletion
from necp_replay.kernel.state import KernelState


def create_session(kernel: KernelState) -> PolicySession:
    """A session with the lowest control unit that is free.

    Source: necp_create_session, xnu-4570.51.1.
    """
    policies = kernel.policies
    control_unit = 1
    place = 0
    for session in policies.sessions:
        if session.control_unit > control_unit:
            break
        control_unit = session.control_unit + 1
        place += 1
    created = PolicySession(control_unit, session_order(SessionPriority.UNKNOWN, control_unit))
    policies.sessions.insert(place, created)
    if policies.debug:
        kernel.log(LOG_DEBUG, "necp_create_session")
    return created


def close_session(kernel: KernelState, session: PolicySession) -> None:
    """A session's last fd is closed: its policies and services go with it.

    Applying the deletions arms the update timer and posts a change event, policies or not.

    Source: necp_session_op_close, necp_delete_session, xnu-4570.51.1.
    """
    mark_all_for_deletion(kernel, session)
    apply_all(kernel, session)
    drop_services(kernel, session)
    if kernel.policies.debug:
        kernel.log(LOG_DEBUG, "necp_delete_session")
    kernel.policies.sessions.remove(session)
    # Of all files only this one has a say in what evaluations come to when it is closed.
    kernel.forget_evaluations()
