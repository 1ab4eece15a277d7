"""Which session actions the engine models, each with its handler and its upstream function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from necp_replay.abi.policy import SessionAction
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

if TYPE_CHECKING:
    from necp_replay.kernel.objects.policy_session import PolicySession
    from necp_replay.kernel.objects.process import Process
    from necp_replay.kernel.session_actions.session_call import SessionCall
    from necp_replay.kernel.state import Kernel

SessionActionHandler = Callable[["Kernel", "Process", "PolicySession", "SessionCall"], None]
"""Carries the action out. Raises SyscallError to fail it."""


@dataclass(frozen=True, slots=True)
class SessionActionRow:
    """One session action: ``missing`` says what of it is not modelled, empty for all of it."""

    handler: SessionActionHandler
    upstream_function: str
    missing: str = ""


def full(handler: SessionActionHandler, upstream_function: str) -> SessionActionRow:
    """A row of an action that is modelled completely."""
    return SessionActionRow(handler, upstream_function)


def partial(
    handler: SessionActionHandler, upstream_function: str, missing: str
) -> SessionActionRow:
    """A row of an action of which something is not modelled."""
    return SessionActionRow(handler, upstream_function, missing)


SESSION_ACTIONS: Final[dict[int, SessionActionRow]] = {
    SessionAction.POLICY_ADD: full(policy_add, "necp_session_add_policy"),
    SessionAction.POLICY_GET: partial(
        policy_get,
        "necp_session_get_policy",
        "zeros stand for the kernel memory that takes the place of the result's bytes",
    ),
    SessionAction.POLICY_DELETE: full(policy_delete, "necp_session_delete_policy"),
    SessionAction.POLICY_APPLY_ALL: full(policy_apply_all, "necp_session_apply_all"),
    SessionAction.POLICY_LIST_ALL: full(policy_list_all, "necp_session_list_all"),
    SessionAction.POLICY_DELETE_ALL: full(policy_delete_all, "necp_session_delete_all"),
    SessionAction.SET_SESSION_PRIORITY: full(
        set_session_priority, "necp_session_set_session_priority"
    ),
    SessionAction.LOCK_SESSION_TO_PROC: full(lock_session_to_proc, "necp_session_lock_to_process"),
    SessionAction.REGISTER_SERVICE: full(session_register_service, "necp_session_register_service"),
    SessionAction.UNREGISTER_SERVICE: full(
        session_unregister_service, "necp_session_unregister_service"
    ),
    SessionAction.POLICY_DUMP_ALL: full(policy_dump_all, "necp_session_dump_all"),
}
"""Every session action by its number; other numbers are EINVAL."""
