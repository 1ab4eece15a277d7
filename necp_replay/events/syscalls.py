"""Inputs from processes: system calls, and operations on a file descriptor."""

from __future__ import annotations

from necp_replay.dataclass import dataclass
from necp_replay.events.user_buffer import UserBuffer


@dataclass(slots=True)
class NecpClientAction:
    """``necp_client_action`` (502)."""

    pid: int
    fd: int
    action: int
    client_id: UserBuffer | None = None
    client_id_len: int = 0
    buffer: UserBuffer | None = None
    buffer_size: int = 0


@dataclass(slots=True)
class NecpOpen:
    """``necp_open`` (501).

    ``assigned_fd`` is the fd that the process got. If it is None, it gets the lowest free one.
    """

    pid: int
    flags: int = 0
    assigned_fd: int | None = None


@dataclass(slots=True)
class NecpSessionOpen:
    """``necp_session_open`` (522). ``assigned_fd`` is as in `NecpOpen`."""

    pid: int
    flags: int = 0
    assigned_fd: int | None = None


@dataclass(slots=True)
class OpenOther:
    """The process opens an fd of another kind. ``assigned_fd`` is as in `NecpOpen`."""

    pid: int
    assigned_fd: int | None = None


@dataclass(slots=True)
class Close:
    """``close`` (6)."""

    pid: int
    fd: int


@dataclass(slots=True)
class NecpSessionAction:
    """``necp_session_action`` (523)."""

    pid: int
    fd: int
    action: int
    in_buffer: UserBuffer | None = None
    in_buffer_length: int = 0
    out_buffer: UserBuffer | None = None
    out_buffer_length: int = 0


@dataclass(slots=True)
class NecpMatchPolicy:
    """``necp_match_policy`` (460)."""

    pid: int
    parameters: UserBuffer | None = None
    parameters_size: int = 0
    result: UserBuffer | None = None


@dataclass(slots=True)
class NetagentTrigger:
    """``netagent_trigger`` (490)."""

    pid: int
    agent_uuid: UserBuffer | None = None
    len: int = 0


@dataclass(slots=True)
class FdPoll:
    """Ask whether an fd is ready, by its poll routine ("poll") or by a knote ("kqfilter")."""

    pid: int
    fd: int
    how: str = "poll"
    events: int = 1
    filter: int = -1


@dataclass(slots=True)
class FdRead:
    """Call the fd's read operation directly."""

    pid: int
    fd: int


@dataclass(slots=True)
class FdWrite:
    """Call the fd's write operation directly."""

    pid: int
    fd: int


@dataclass(slots=True)
class FdIoctl:
    """Call the fd's ioctl operation directly."""

    pid: int
    fd: int
    com: int = 0


@dataclass(slots=True)
class FdSelect:
    """Call the fd's select operation directly. ``which`` is "read", "write" or "except"."""

    pid: int
    fd: int
    which: str = "read"
