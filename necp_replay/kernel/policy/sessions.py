"""Opens and closes policy sessions."""

from __future__ import annotations

from necp_replay.abi.log import LOG_DEBUG
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.policy.apply import apply_all
from necp_replay.kernel.policy.services import drop_services
from necp_replay.kernel.policy.session_order import session_order
from necp_replay.kernel.policy.session_policies import mark_all_for_deletion
from necp_replay.kernel.state import KernelState


def create_session(kernel: KernelState) -> PolicySession:
    """Open a session, with the lowest free control unit.

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
    created = PolicySession(
        control_unit, session_order(kernel.profile.session_priorities, 0, control_unit)
    )
    policies.sessions.insert(place, created)
    if policies.debug:
        kernel.log(LOG_DEBUG, "necp_create_session")
    return created


def close_session(kernel: KernelState, session: PolicySession) -> None:
    """Close a session with its last fd, and delete its policies, services and domain filters.

    This arms the update timer and posts a change event, even if there are no policies.

    Source: necp_session_op_close, necp_delete_session, xnu-4570.51.1.
    """
    mark_all_for_deletion(kernel, session)
    apply_all(kernel, session)
    drop_services(kernel, session)
    kernel.policies.domain_sets.remove_filters_of(session)
    if kernel.policies.debug:
        kernel.log(LOG_DEBUG, "necp_delete_session")
    kernel.policies.sessions.remove(session)
    # Closing another fd cannot change what evaluations find, so only this one empties the caches.
    kernel.forget_evaluations()
