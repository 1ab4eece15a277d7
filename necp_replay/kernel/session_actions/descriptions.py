"""What each session action does, checks and answers, for people."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.kernel.client_actions.action_row import Check, logged, silent
from necp_replay.kernel.session_actions.action_row import SessionActionDescription

# Offsets of both structures overlaid: the session's lock @16 on the fd's place in its list and its
# tree of clients, proc_uuid @33 and proc_pid @52 on its update queue and flags, dirty @56 on the
# opener's pid, policies @64 and services @72 on the fd's lock.
OWNER_OVERWRITES: Final = (
    "its place in the list of fds and its tree of clients (offset 16, by the session's lock), its "
    "update queue and flags (offsets 33 and 52, by the session's owner)"
)
_POLICIES_OVERWRITE: Final = (
    OWNER_OVERWRITES + ", its opener's pid (offset 56, by dirty) and its lock (offset 64, by the "
    "list of policies)"
)
_SERVICES_OVERWRITE: Final = OWNER_OVERWRITES + ", its lock (offset 72, by the list of services)"

_FAULT: Final = logged(Errno.EFAULT, "the in buffer cannot be read")


def _in_buffer(what: str, size_bytes: int) -> tuple[Check, ...]:
    return (
        logged(Errno.EINVAL, f"the in buffer is NULL, or shorter than {what}'s {size_bytes} bytes"),
        _FAULT,
    )


_POLICY_ID_CHECKS: Final[tuple[Check, ...]] = (
    *_in_buffer("the id", 4),
    logged(Errno.ENOENT, "no policy of this session has the id, or it is marked for deletion"),
)

POLICY_ADD: Final = SessionActionDescription(
    "necp_session_add_policy",
    "Adds a policy from its TLVs; it takes effect when the session applies.",
    (
        logged(Errno.EINVAL, "the in buffer is NULL, or its length is 0 or above 5632"),
        logged(Errno.EINVAL, "the out buffer is NULL, or shorter than 4 bytes"),
        _FAULT,
        logged(Errno.EINVAL, "an order of no bytes or more than 4"),
        logged(Errno.EINVAL, "no result, one above 512 bytes, unknown, or short of its parameter"),
        logged(
            Errno.EINVAL,
            "route rules that the result needs: none, above 1024 bytes, an unknown one, or two "
            "default ones",
        ),
        logged(
            Errno.EINVAL,
            "conditions: none, above 4096 bytes, an unknown one, one short of its value or not to "
            "be negated, an address with a result for sockets only, the default one with others, a "
            "real application without an application, an entitlement without a real application",
        ),
        logged(Errno.EFAULT, "the id cannot be written; the policy stays"),
    ),
    "returns 0; the new id in the out buffer",
    _POLICIES_OVERWRITE,
)
POLICY_GET: Final = SessionActionDescription(
    "necp_session_get_policy",
    "Copies a policy's order, result and conditions.",
    (
        *_POLICY_ID_CHECKS,
        logged(Errno.EINVAL, "the out buffer is NULL, or without room"),
        logged(Errno.EFAULT, "the out buffer cannot be written"),
    ),
    "returns 0; TLVs in the out buffer, kernel memory where the result's bytes belong",
    OWNER_OVERWRITES,
)
POLICY_DELETE: Final = SessionActionDescription(
    "necp_session_delete_policy",
    "Marks a policy, which goes when the session applies.",
    _POLICY_ID_CHECKS,
    "returns 0",
    _POLICIES_OVERWRITE,
)
POLICY_APPLY_ALL: Final = SessionActionDescription(
    "necp_session_apply_all",
    "Brings the kernel policies in line with the session's.",
    (),
    "returns 0",
    _POLICIES_OVERWRITE,
    effects="the uuid policy table is written if applications changed, the update timer is armed, "
    "and the change event is posted",
)
POLICY_LIST_ALL: Final = SessionActionDescription(
    "necp_session_list_all",
    "Lists the ids of the session's policies, in order.",
    (
        logged(Errno.EINVAL, "more than 1024 policies"),
        logged(Errno.EINVAL, "the out buffer is NULL, or without room"),
        silent(Errno.ENOMEM, "no policies"),
        logged(Errno.EFAULT, "the out buffer cannot be written"),
    ),
    "returns 0; a TLV per id in the out buffer",
    OWNER_OVERWRITES,
)
POLICY_DELETE_ALL: Final = SessionActionDescription(
    "necp_session_delete_all",
    "Marks all policies of the session, which go when it applies.",
    (),
    "returns 0",
    _POLICIES_OVERWRITE,
)
SET_SESSION_PRIORITY: Final = SessionActionDescription(
    "necp_session_set_session_priority",
    "Sets where the session stands among others, from the next time it applies.",
    (
        *_in_buffer("the priority", 4),
        logged(Errno.EPERM, "priority 1 or 2 without the privilege"),
    ),
    "returns 0",
    _POLICIES_OVERWRITE + ", its place in the list of fds (offset 8, by priority and order)",
)
LOCK_SESSION_TO_PROC: Final = SessionActionDescription(
    "necp_session_lock_to_process",
    "Locks the session to the caller's executable; calls of others then succeed and do nothing.",
    (),
    "returns 0",
    OWNER_OVERWRITES + ", its update queue (offset 32, by proc_locked)",
)
REGISTER_SERVICE: Final = SessionActionDescription(
    "necp_session_register_service",
    "Registers a service for as long as the session is open.",
    _in_buffer("the uuid", 16),
    "returns 0",
    _SERVICES_OVERWRITE,
)
UNREGISTER_SERVICE: Final = SessionActionDescription(
    "necp_session_unregister_service",
    "Takes back all registrations of a service by this session.",
    _in_buffer("the uuid", 16),
    "returns 0",
    _SERVICES_OVERWRITE,
)
POLICY_DUMP_ALL: Final = SessionActionDescription(
    "necp_session_dump_all",
    "Describes the policies in force of all sessions.",
    (
        logged(Errno.EINVAL, "the out buffer is NULL, or its length is 0"),
        logged(Errno.ENOMEM, "the process does not have the privilege"),
        logged(Errno.ENOMEM, "no policies"),
        logged(Errno.EINVAL, "the out buffer is without room"),
        logged(Errno.ENOMEM, "the out buffer cannot be written"),
    ),
    "returns 0; in the out buffer a length, then a TLV of TLVs per policy",
    OWNER_OVERWRITES,
)
