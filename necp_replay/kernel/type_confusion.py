"""Which fields an action overwrites in an fd of the other kind.

A client fd and a policy session have the same file type, so the kernel takes one for the other
(``necp_find_fd_data``, ``necp_session_find_from_fd``). The texts follow from the offsets of the two
structures laid over each other.
"""

from __future__ import annotations

from typing import Final

# Client actions on a session: fd_lock @64 lies on the lists of policies and services, clients @24
# on the second half of the session's lock, update_list @32 on proc_locked and proc_uuid.
SESSION_LOSES_LISTS: Final = (
    "the heads of its lists of policies and services (offset 64, by the fd's lock)"
)
SESSION_LOSES_LOCK: Final = (
    SESSION_LOSES_LISTS + " and its own lock (offset 24, by the tree of clients)"
)
SESSION_LOSES_OWNER: Final = (
    SESSION_LOSES_LISTS + " and proc_locked and proc_uuid (offset 32, by the update queue)"
)
SESSION_LOSES_NOTHING: Final = "nothing: the fd's data is not touched"

# Session actions on a client fd: the session's lock @16 lies on the fd's place in its list and its
# tree of clients, proc_uuid @33 and proc_pid @52 on its update queue and flags, dirty @56 on the
# opener's pid, policies @64 and services @72 on the fd's lock.
CLIENT_FD_LOSES_QUEUE: Final = (
    "its place in the list of fds and its tree of clients (offset 16, by the session's lock), its "
    "update queue and flags (offsets 33 and 52, by the session's owner)"
)
CLIENT_FD_LOSES_LOCK_TO_POLICIES: Final = (
    CLIENT_FD_LOSES_QUEUE + ", its opener's pid (offset 56, by dirty) and its lock (offset 64, by "
    "the list of policies)"
)
CLIENT_FD_LOSES_LOCK_TO_SERVICES: Final = (
    CLIENT_FD_LOSES_QUEUE + ", its lock (offset 72, by the list of services)"
)
