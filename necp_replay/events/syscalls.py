"""System calls and operations on a file descriptor, as events."""

from __future__ import annotations

from dataclasses import dataclass

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
    """``necp_open`` (501). ``assigned_fd`` is the number the process got, where the trace says."""

    pid: int
    flags: int = 0
    assigned_fd: int | None = None


@dataclass(slots=True)
class NecpSessionOpen:
    """``necp_session_open`` (522). ``assigned_fd`` as in :class:`NecpOpen`."""

    pid: int
    flags: int = 0
    assigned_fd: int | None = None


@dataclass(slots=True)
class OpenOther:
    """The process opens an fd of another kind. ``assigned_fd`` as in :class:`NecpOpen`."""

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
    """Readiness of an fd: its poll routine ("poll") or an attached knote ("kqfilter")."""

    pid: int
    fd: int
    how: str = "poll"
    events: int = 1
    filter: int = -1


@dataclass(slots=True)
class FdRead:
    """The fd's read operation, called directly."""

    pid: int
    fd: int


@dataclass(slots=True)
class FdWrite:
    """The fd's write operation, called directly."""

    pid: int
    fd: int


@dataclass(slots=True)
class FdIoctl:
    """The fd's ioctl operation, called directly."""

    pid: int
    fd: int
    com: int = 0


@dataclass(slots=True)
class FdSelect:
    """The fd's select operation, called directly; ``which`` is "read", "write" or "except"."""

    pid: int
    fd: int
    which: str = "read"
