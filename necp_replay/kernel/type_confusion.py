"""Calls that take a client fd for a policy session, or the reverse, and what they overwrite.

The file type of both is the same, and no call looks at anything else. The two structures then lie
over each other. Offsets in bytes, on 64-bit systems, from ``struct necp_fd_data`` and ``struct
necp_session``:

    offset  client fd                         session
         4  (padding)                         control_unit
         8  chain.le_next                     session_priority, session_order
        16  chain.le_prev, clients            lock
        32  update_list                       proc_locked, proc_uuid (to 48)
        48  update_count                      the last byte of proc_uuid
        52  flags                             proc_pid
        56  proc_pid                          dirty
        64  fd_lock                           policies, services

A client call takes ``fd_lock``, if it takes any, after it has looked at its arguments and the
flags. Until then its answers are known, and nothing is overwritten. A session call takes the
session's lock first, and so always overwrites the fd.

Source: necp_find_fd_data, necp_session_find_from_fd, xnu-4570.51.1.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from necp_replay.kernel.exceptions import TypeConfusion
from necp_replay.kernel.objects.client_tree import ClientTree
from necp_replay.kernel.objects.necp_fd import NecpFd, ObserverUpdate
from necp_replay.kernel.objects.policy_session import PolicySession


class SessionTakenForClientFd(NecpFd):
    """A session that a client call was given.

    Its clients and its queue are behind the fd's lock, so asking for either raises ``confusion``.
    """

    __slots__ = ("_confusion",)

    def __init__(self, session: PolicySession, fd: int, confusion: TypeConfusion) -> None:
        super().__init__(fd, proc_pid=int(session.dirty), flags=session.proc_pid)
        self._confusion = confusion

    @property
    def clients(self) -> ClientTree:
        """Never returns."""
        raise self._confusion

    @property
    def update_list(self) -> deque[ObserverUpdate]:
        """Never returns."""
        raise self._confusion


class ClientFdTakenForSession(PolicySession):
    """A client fd that a session call was given, and what of it the call overwrites."""

    __slots__ = ("_is_dirty_written", "_priority", "_was_locked")

    def __init__(self, necp_fd: NecpFd, *, is_last: bool) -> None:
        """``is_last`` is whether no fd follows in the kernel's list, so ``le_next`` is NULL."""
        super().__init__(control_unit=0, session_order=0)
        self.session_priority = self._priority = 0 if is_last else _POINTER
        # A queue with updates begins with a pointer, and so the session counts as locked by an
        # executable that no process has. (Unless the lowest byte of that pointer is zero.)
        self.proc_locked = self._was_locked = bool(necp_fd.update_list)
        # Read where the fd has the lowest byte of its opener's pid.
        self.dirty = bool(necp_fd.proc_pid & 0xFF)
        self._is_dirty_written = False

    def set_dirty(self, *, dirty: bool) -> None:
        """Write the flag, and note that the call did."""
        super().set_dirty(dirty=dirty)
        self._is_dirty_written = True

    def overwritten(self) -> str:
        """What the call overwrites, once the action's handler has run on this object."""
        if self._was_locked:
            return _BY_LOCK
        places = [_BY_LOCK, _BY_OWNER]
        if self.proc_locked:
            places.append(_BY_PROC_LOCKED)
        if self.session_priority != self._priority:
            places.append(_BY_PRIORITY)
        if self._is_dirty_written:
            places.append(_BY_DIRTY)
        if self.policies:
            places.append(_BY_POLICIES)
        if self.services:
            places.append(_BY_SERVICES)
        return _listed(places)


def _listed(places: Sequence[str]) -> str:
    """Places as part of a sentence."""
    return f"{', '.join(places[:-1])} and {places[-1]}"


SESSION_LOSES_LISTS: Final = (
    "the heads of its lists of policies and services (offset 64, by the fd's lock)"
)
"""What a client call overwrites of a session once it takes the fd's lock."""
SESSION_LOSES_LOCK: Final = (
    SESSION_LOSES_LISTS + " and its own lock (offset 24, by the tree of clients)"
)
SESSION_LOSES_OWNER: Final = (
    SESSION_LOSES_LISTS + " and proc_locked and proc_uuid (offset 32, by the update queue)"
)
SESSION_LOSES_NOTHING: Final = "nothing: the fd's data is not touched"

_BY_LOCK: Final = (
    "its place in the list of fds and its tree of clients (offset 16, by the session's lock)"
)
_BY_OWNER: Final = "its update queue and flags (offsets 33 and 52, by the session's owner)"
_BY_PROC_LOCKED: Final = "its update queue (offset 32, by proc_locked)"
_BY_PRIORITY: Final = "its place in the list of fds (offset 8, by priority and order)"
_BY_DIRTY: Final = "its opener's pid (offset 56, by dirty)"
_BY_POLICIES: Final = "its lock (offset 64, by the list of policies)"
_BY_SERVICES: Final = "its lock (offset 72, by the list of services)"

CLIENT_FD_LOSES_QUEUE: Final = _listed((_BY_LOCK, _BY_OWNER))
"""What every session call overwrites of a client fd. Tables below add that of single actions."""
CLIENT_FD_LOSES_FIRST_UPDATE: Final = _listed((_BY_LOCK, _BY_OWNER, _BY_PROC_LOCKED))
CLIENT_FD_LOSES_CHAIN: Final = _listed((_BY_LOCK, _BY_OWNER, _BY_PRIORITY, _BY_DIRTY))
CLIENT_FD_LOSES_PID: Final = _listed((_BY_LOCK, _BY_OWNER, _BY_DIRTY))
CLIENT_FD_LOSES_LOCK_TO_POLICIES: Final = _listed((_BY_LOCK, _BY_OWNER, _BY_DIRTY, _BY_POLICIES))
CLIENT_FD_LOSES_LOCK_TO_SERVICES: Final = _listed((_BY_LOCK, _BY_OWNER, _BY_SERVICES))

_POINTER: Final = -1
"""Stands for the low half of a kernel pointer, which equals no priority."""
