"""What each client action does, checks and answers, as `necp-replay actions` prints it."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.kernel.client_actions.action_row import (
    ActionDescription,
    Check,
    logged,
    silent,
)

# Offsets of both structures overlaid: fd_lock @64 on the lists of policies and services, clients
# @24 on the second half of the session's lock, update_list @32 on proc_locked and proc_uuid.
_LOCK: Final = "the heads of its lists of policies and services (offset 64, by the fd's lock)"
_TREE: Final = _LOCK + " and its own lock (offset 24, by the tree of clients)"
_QUEUE: Final = _LOCK + " and proc_locked and proc_uuid (offset 32, by the update queue)"
_NOTHING: Final = "nothing: the fd's data is not touched"

_NO_ID: Final = "the client id is NULL, or its length is not 16"
_ID_FAULT: Final = logged(Errno.EFAULT, "the client id cannot be read")
_NOT_ON_FD: Final = silent(Errno.ENOENT, "no client of this fd has the id")

_COPY_CHECKS: Final[tuple[Check, ...]] = (
    silent(Errno.EINVAL, "the buffer is NULL, or its length is 0"),
    logged(Errno.ERANGE, "the client id is not NULL, and its length is not 16"),
    _ID_FAULT,
)
_COPY_RESULT_CHECKS: Final[tuple[Check, ...]] = (
    *_COPY_CHECKS,
    silent(
        Errno.ENOENT,
        "no client of this fd has the id (nor of any fd, where the fd may observe), or the id is "
        "NULL or zero and every client of this fd was read",
    ),
    silent(
        Errno.EINVAL,
        "the buffer is shorter than result and flows, each nexus flow taken for 73 bytes; always, "
        "where the result outgrew its 512 bytes",
    ),
    logged(Errno.EFAULT, "result, flow header, flow results or protocol event cannot be written"),
)


def _unhandled(name: str) -> ActionDescription:
    return ActionDescription(
        "necp_client_action",
        f"{name} is not handled by the published source of this release.",
        (logged(Errno.EINVAL, "always"),),
        "nothing",
        _NOTHING,
    )


ADD: Final = ActionDescription(
    "necp_client_add",
    "Makes a client of this fd from parameter TLVs, and evaluates it.",
    (
        logged(Errno.EINVAL, "the fd is a push observer"),
        silent(Errno.EINVAL, _NO_ID),
        silent(Errno.EINVAL, "the buffer is NULL, or its length is 0 or above 1024"),
        logged(Errno.EFAULT, "the parameters cannot be read"),
        logged(Errno.EFAULT, "the id cannot be written; a generated id is used up"),
    ),
    "returns 0; the new id in client_id; the client is unread",
    _TREE,
    effects="push observers get the parameters, then the result, and are woken; the fd becomes "
    "readable, but is not woken",
    facts=("local_remote_address_is_sanitised",),
)
REMOVE: Final = ActionDescription(
    "necp_client_remove",
    "Removes a client of this fd.",
    (
        silent(Errno.EINVAL, _NO_ID),
        _ID_FAULT,
        logged(
            Errno.EFAULT,
            "the buffer is not NULL, 96 bytes long, and cannot be read; the client is removed all "
            "the same, and other lengths are only logged",
            fact="remove_statistics_fault_is_error",
        ),
        logged(
            Errno.ENOENT,
            "no client of this fd has the id",
            fact="remove_unknown_client_is_error",
        ),
    ),
    "returns 0",
    _TREE,
    effects="push observers get a removal and are woken; then an abort to the agent of each nexus "
    "flow that was requested, then an unassertion to each agent asserted, the newest first",
)
COPY_PARAMETERS: Final = ActionDescription(
    "necp_client_copy",
    "Copies a client's parameters as the kernel keeps them.",
    (
        *_COPY_CHECKS,
        silent(
            Errno.ENOENT,
            "no client of this fd has the id, nor of any fd, where the fd may observe",
            fact="copy_parameters_finds_zero_id",
        ),
        silent(Errno.EINVAL, "the buffer is shorter than the parameters"),
        logged(Errno.EFAULT, "the parameters cannot be written"),
    ),
    "returns the length; evaluation has put zeros at the end of domains and accounts",
    _LOCK,
)
COPY_RESULT: Final = ActionDescription(
    "necp_client_copy",
    "Copies a client's result and flows, with a wildcard those of the next unread client.",
    _COPY_RESULT_CHECKS,
    "returns the bytes written; marks the client read, unless it is of another fd; protocol events "
    "are used up as they are copied",
    _LOCK,
    effects="a panic where a cached Fast Open cookie is longer than 16 bytes",
    facts=("tfo_cookie_length_is_clamped",),
)
COPY_LIST: Final = ActionDescription(
    "necp_client_list",
    "Lists the ids of all clients.",
    (
        silent(Errno.EINVAL, "the buffer is NULL, or its length is below 4"),
        logged(Errno.EACCES, "the fd may not observe"),
        silent(Errno.EFAULT, "the number of ids asked for cannot be read"),
        silent(Errno.EINVAL, "the length is not 4 and 16 for each id asked for"),
        silent(Errno.EINVAL, "the ids asked for take more than 1 MiB"),
        logged(Errno.EFAULT, "the number of clients, or the ids, cannot be written"),
    ),
    "returns 0; the number of clients, then the first ids in ascending order, filled up with zeros",
    _NOTHING,
)
AGENT: Final = ActionDescription(
    "necp_client_agent_action",
    "Triggers, asserts or unasserts agents for a client, TLV by TLV.",
    (
        silent(
            Errno.EINVAL,
            _NO_ID + ", or the buffer is NULL or of length 0; some releases log it",
            fact="agent_action_logs_bad_arguments",
        ),
        _ID_FAULT,
        logged(Errno.EFAULT, "the TLVs cannot be read; above 64 MiB the kernel panics"),
        _NOT_ON_FD,
        logged(Errno.ENOENT, "a TLV takes back an assertion that was not made"),
        silent(Errno.ENOENT, "no agent has a TLV's id, or no TLV is about an agent"),
        silent(Errno.ENOTSUP, "a triggered agent takes no triggers from users"),
        silent(Errno.ENOBUFS, "the agent cannot be told (or what else its delivery fails with)"),
    ),
    "returns 0; what came before a failing TLV stays done; a TLV cut short ends the list with a "
    "log record",
    _LOCK,
    effects="a message to the agent of each TLV; log records of what cannot be told; a panic above "
    "64 MiB",
    facts=("agent_trigger_logs_notice",),
)
COPY_AGENT: Final = ActionDescription(
    "necp_client_copy_agent",
    "Copies a network agent and its data.",
    (
        logged(Errno.EINVAL, "the agent id is NULL, or its length is not 16"),
        logged(Errno.EINVAL, "the buffer is NULL, or its length is 0"),
        logged(Errno.EFAULT, "the agent id cannot be read"),
        silent(Errno.ENOENT, "no agent has the id"),
        logged(Errno.EINVAL, "the low 32 bits of the length are below 216 and the agent's data"),
        logged(Errno.EFAULT, "the agent cannot be written"),
    ),
    "returns 0; 216 bytes of struct netagent, then its data",
    _NOTHING,
)
COPY_INTERFACE: Final = ActionDescription(
    "necp_client_copy_interface",
    "Copies what a process may know of an interface.",
    (
        logged(Errno.EINVAL, "the index is NULL, or its length is not 4"),
        logged(Errno.EINVAL, "the buffer is NULL, or its length is below 92"),
        logged(Errno.EFAULT, "the index cannot be read"),
        logged(Errno.ENOENT, "the index is 0"),
        logged(Errno.EFAULT, "the details cannot be written"),
    ),
    "returns 0; 92 bytes of struct necp_interface_details, all zero for an unknown index",
    _NOTHING,
)
COPY_ROUTE_STATISTICS: Final = ActionDescription(
    "necp_client_copy_route_statistics",
    "Copies the counters of the route that the client's last evaluation found.",
    (
        logged(
            Errno.EINVAL,
            _NO_ID + ", or the buffer is NULL or too short",
            fact="route_statistics_min_bytes",
        ),
        _ID_FAULT,
        _NOT_ON_FD,
        logged(
            Errno.EFAULT,
            "the counters cannot be written; as many bytes as the structure has are, whatever the "
            "length",
            fact="route_statistics_layout",
        ),
    ),
    "returns 0; the counters, zeros without a route or without statistics on it",
    _LOCK,
    effects="bytes written past the buffer are reported as a memory corruption",
    facts=("route_statistics_report_route_flags",),
)
AGENT_USE: Final = ActionDescription(
    "necp_client_agent_use",
    "Counts one use of an agent.",
    (
        silent(Errno.EINVAL, _NO_ID),
        silent(Errno.EINVAL, "the buffer is NULL, or its length is not 24"),
        _ID_FAULT,
        logged(Errno.EFAULT, "the buffer cannot be read"),
        _NOT_ON_FD,
        logged(Errno.ENOENT, "no agent has the id in the buffer"),
        logged(Errno.EFAULT, "the answer cannot be written; the use is counted"),
    ),
    "returns 0; the count before this use behind the agent's id",
    _LOCK,
)
UPDATE_CACHE: Final = ActionDescription(
    "necp_client_update_cache",
    "Teaches TCP's caches of ECN and Fast Open what the process learned.",
    (
        silent(Errno.EINVAL, _NO_ID),
        _ID_FAULT,
        _NOT_ON_FD,
        logged(Errno.EINVAL, "the client's newest flow is missing, or not between IP addresses"),
        silent(Errno.EINVAL, "the buffer is NULL, or its length is not 16"),
        logged(Errno.EFAULT, "the buffer cannot be read"),
        silent(Errno.EINVAL, "type and version are neither 1, 1 (ECN) nor 2, 1 (Fast Open)"),
        silent(Errno.EINVAL, "the size in the buffer is not 1 or 18, or the pointer in it is NULL"),
        logged(Errno.EFAULT, "what the pointer leads to cannot be read"),
    ),
    "returns 0; without a route nothing is learned; only platform binaries report success",
    _LOCK,
    effects="a cookie past its allocation is reported as a memory corruption",
    facts=("tfo_cookie_length_is_clamped",),
)
COPY_CLIENT_UPDATE: Final = ActionDescription(
    "necp_client_copy_client_update",
    "Takes the oldest update off a push observer's queue.",
    (
        logged(Errno.EINVAL, "the fd is no push observer"),
        logged(Errno.EINVAL, _NO_ID),
        logged(Errno.EINVAL, "the buffer is NULL, or its length is 0"),
        silent(Errno.ENOENT, "nothing is queued"),
        logged(Errno.EFAULT, "the id cannot be written; the update is lost"),
        logged(Errno.EINVAL, "the buffer is shorter than the update, which is lost"),
        logged(Errno.EFAULT, "the update cannot be written and is lost"),
    ),
    "returns the length; the client's id in client_id, then type (1 parameters, 2 result, 3 "
    "removed) and TLVs",
    _QUEUE,
)
COPY_UPDATED_RESULT: Final = ActionDescription(
    "necp_client_copy",
    "Copies a client's result and flows if anything of them is unread.",
    _COPY_RESULT_CHECKS,
    "returns the bytes written, 0 for a client that was read; else as COPY_RESULT",
    _LOCK,
    effects="as COPY_RESULT",
    facts=("tfo_cookie_length_is_clamped", "defunct_marks_result_unread"),
)
REQUEST_NEXUS_INSTANCE: Final = _unhandled(ClientAction.REQUEST_NEXUS_INSTANCE.name)
SET_STATISTICS: Final = _unhandled(ClientAction.SET_STATISTICS.name)
MAP_SYSCTLS: Final = _unhandled(ClientAction.MAP_SYSCTLS.name)
