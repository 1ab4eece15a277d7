"""A process: who it is, what it may do, and its file descriptors."""

from __future__ import annotations

from dataclasses import dataclass, field

from necp_replay.abi.integers import U32_MAX, U64_MAX
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.processes import Sandbox
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.objects.policy_session import PolicySession


class OtherFile:
    """An open file of another type than NECP's."""

    __slots__ = ()


OpenFile = NecpFd | PolicySession | OtherFile

NO_COALITION = -1
"""Stands for the pid of the leader of the jetsam coalition of a process that is in none."""

FIRST_FD = 3
"""The lowest number ``falloc`` hands out here: 0 to 2 are taken in every process."""


_UNIQUE_PID_BASE = 1 << 32


def unique_pid(pid: int) -> int:
    """The unique pid of a process, as in the measured kernels: 2 to the 32nd, and its pid."""
    return (_UNIQUE_PID_BASE + pid) & U64_MAX


@dataclass(slots=True, eq=False)
class Process:
    """``struct proc`` as far as NECP asks. ``files`` maps fd numbers to open files.

    ``responsible_pid`` is 0 and ``signing_id`` empty if the process has none, and
    ``responsible_uuid`` is None where it was not set. ``platform_id``,
    ``sdk`` and ``min_sdk`` are those of its load command, 0 without one. ``sandbox`` is None for a
    process without one.
    """

    pid: int
    name: str
    uid: int
    exec_uuid: bytes
    platform_binary: bool
    fd_limit: int
    privileged: bool | tuple[str | int, ...]
    entitlements: tuple[str, ...]
    coalition_leader: int = NO_COALITION
    responsible_pid: int = 0
    signing_id: str = ""
    platform_id: int = 0
    sdk: int = 0
    min_sdk: int = 0
    cs_invalid: bool = False
    responsible_uuid: bytes | None = None
    pidversion: int = 0
    sandbox: Sandbox | None = None
    exiting: bool = False
    files: dict[int, OpenFile] = field(default_factory=dict)


NO_PROCESS = Process(
    pid=-1,
    name="",
    uid=U32_MAX,
    exec_uuid=ZERO_UUID,
    platform_binary=False,
    fd_limit=0,
    privileged=False,
    entitlements=(),
)
"""Stands for no process, where the kernel has a null pointer. It has nothing and may do nothing."""
