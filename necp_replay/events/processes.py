"""Inputs about processes: they start, change and exit."""

from __future__ import annotations

from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.dataclass import dataclass


@dataclass(slots=True)
class Sandbox:
    """What a sandbox, or another policy module, refuses a process.

    ``denies_open`` refuses ``necp_open`` (``necp-client-open`` of a profile). ``allowed_actions``
    are the client actions that are left, None for all (``system-necp-client-action``).
    ``denied_privileges`` are privileges by number that the process does not have, whatever else
    would grant them (``system-privilege``). What is refused is EPERM: the kernel passes on the
    errno of the module, and that of the sandbox is EPERM.
    """

    denies_open: bool = False
    allowed_actions: tuple[int, ...] | None = None
    denied_privileges: tuple[int, ...] = ()


@dataclass(slots=True)
class ProcAdd:
    """A process starts.

    ``privileged`` is True (all privileges), False (none), or those listed, by ``PRIV_`` name or
    number.

    ``coalition_leader`` is the pid of the leader of its jetsam coalition; -1 or None is no
    coalition. ``responsible_pid`` is the process that is responsible for it. ``platform_id``,
    ``sdk`` and ``min_sdk`` are those of its Mach-O load command, ``signing_id`` is the identifier
    it is signed with, and ``cs_invalid`` says that its signature is invalid. ``responsible_uuid``
    is the executable of the responsible process as the kernel keeps it with the process itself, and
    ``pidversion`` the version of its pid. ``sandbox`` is what it may not do. Releases that do not
    ask for one of them ignore it.
    """

    pid: int
    name: str = ""
    uid: int = 0
    exec_uuid: bytes = ZERO_UUID
    platform_binary: bool = False
    fd_limit: int = 256
    privileged: bool | tuple[str | int, ...] = False
    entitlements: tuple[str, ...] = ()
    coalition_leader: int | None = None
    responsible_pid: int | None = None
    platform_id: int | None = None
    sdk: int | None = None
    min_sdk: int | None = None
    cs_invalid: bool | None = None
    signing_id: str | None = None
    responsible_uuid: bytes | None = None
    pidversion: int | None = None
    sandbox: Sandbox | None = None


@dataclass(slots=True)
class ProcUpdate:
    """Properties of a process change. Those that are None stay as they were.

    A ``sandbox`` takes the place of the one before; an empty one refuses nothing.
    """

    pid: int
    name: str | None = None
    uid: int | None = None
    exec_uuid: bytes | None = None
    platform_binary: bool | None = None
    fd_limit: int | None = None
    privileged: bool | tuple[str | int, ...] | None = None
    entitlements: tuple[str, ...] | None = None
    coalition_leader: int | None = None
    responsible_pid: int | None = None
    platform_id: int | None = None
    sdk: int | None = None
    min_sdk: int | None = None
    cs_invalid: bool | None = None
    signing_id: str | None = None
    responsible_uuid: bytes | None = None
    pidversion: int | None = None
    sandbox: Sandbox | None = None


@dataclass(slots=True)
class ProcExit:
    """A process exits. It is no longer found by its pid, then its fds close from the highest."""

    pid: int
