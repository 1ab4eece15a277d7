"""Inputs about processes: they start, change and exit."""

from __future__ import annotations

from dataclasses import dataclass

from necp_replay.abi.uuid import ZERO_UUID


@dataclass(slots=True)
class ProcAdd:
    """A process starts.

    ``privileged`` is True (all privileges), False (none), or those listed, by ``PRIV_`` name or
    number.
    """

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
    """Properties of a process change. Those that are None stay as they were."""

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
    """A process exits. It is no longer found by its pid, then its fds close from the highest."""

    pid: int
