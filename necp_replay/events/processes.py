"""Processes coming, changing and going, as events."""

from __future__ import annotations

from dataclasses import dataclass

from necp_replay.abi.uuid import ZERO_UUID


@dataclass(slots=True)
class ProcAdd:
    """A process appears. ``privileged`` is True (all), False, or ``PRIV_`` names or numbers."""

    pid: int
    name: str = ""
    uid: int = 0
    exec_uuid: bytes = ZERO_UUID
    platform_binary: bool = False
    fd_limit: int = 256
    privileged: bool | tuple[str | int, ...] = False
    entitlements: tuple[str, ...] = ()


@dataclass(slots=True)
class ProcUpdate:
    """A process changes; None leaves a property as it was."""

    pid: int
    name: str | None = None
    uid: int | None = None
    exec_uuid: bytes | None = None
    platform_binary: bool | None = None
    fd_limit: int | None = None
    privileged: bool | tuple[str | int, ...] | None = None
    entitlements: tuple[str, ...] | None = None


@dataclass(slots=True)
class ProcExit:
    """A process exits: it is no longer found by pid, then its fds close from the highest down."""

    pid: int
