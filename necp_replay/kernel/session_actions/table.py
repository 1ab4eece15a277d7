"""Every session action by its number: who handles it, and how far it is modelled."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.policy import SessionAction
from necp_replay.kernel.session_actions import descriptions
from necp_replay.kernel.session_actions.action_row import SessionActionRow, full, partial
from necp_replay.kernel.session_actions.lock_session_to_proc import lock_session_to_proc
from necp_replay.kernel.session_actions.policy_add import policy_add
from necp_replay.kernel.session_actions.policy_apply_all import policy_apply_all
from necp_replay.kernel.session_actions.policy_delete import policy_delete
from necp_replay.kernel.session_actions.policy_delete_all import policy_delete_all
from necp_replay.kernel.session_actions.policy_dump_all import policy_dump_all
from necp_replay.kernel.session_actions.policy_get import policy_get
from necp_replay.kernel.session_actions.policy_list_all import policy_list_all
from necp_replay.kernel.session_actions.register_service import session_register_service
from necp_replay.kernel.session_actions.set_session_priority import set_session_priority
from necp_replay.kernel.session_actions.unregister_service import session_unregister_service

SESSION_ACTIONS: Final[dict[int, SessionActionRow]] = {
    SessionAction.POLICY_ADD: full(policy_add, descriptions.POLICY_ADD),
    SessionAction.POLICY_GET: partial(
        policy_get,
        descriptions.POLICY_GET,
        "zeros stand for the kernel memory that takes the place of the result's bytes",
    ),
    SessionAction.POLICY_DELETE: full(policy_delete, descriptions.POLICY_DELETE),
    SessionAction.POLICY_APPLY_ALL: full(policy_apply_all, descriptions.POLICY_APPLY_ALL),
    SessionAction.POLICY_LIST_ALL: full(policy_list_all, descriptions.POLICY_LIST_ALL),
    SessionAction.POLICY_DELETE_ALL: full(policy_delete_all, descriptions.POLICY_DELETE_ALL),
    SessionAction.SET_SESSION_PRIORITY: full(
        set_session_priority, descriptions.SET_SESSION_PRIORITY
    ),
    SessionAction.LOCK_SESSION_TO_PROC: full(
        lock_session_to_proc, descriptions.LOCK_SESSION_TO_PROC
    ),
    SessionAction.REGISTER_SERVICE: full(session_register_service, descriptions.REGISTER_SERVICE),
    SessionAction.UNREGISTER_SERVICE: full(
        session_unregister_service, descriptions.UNREGISTER_SERVICE
    ),
    SessionAction.POLICY_DUMP_ALL: full(policy_dump_all, descriptions.POLICY_DUMP_ALL),
}
"""Numbers that are not here are EINVAL with a log record."""
