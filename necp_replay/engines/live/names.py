"""Maps the fds and ids of a trace to those of the system, and back.

The kernel generates other ids in every run, and this process has fds that are not in the trace. So
the fds and ids of a trace are replaced by the real ones before a call, and back after it.
"""

from __future__ import annotations

from typing import Final

from necp_replay.abi.uuid import UUID_BYTES, ZERO_UUID

_FIRST_FD: Final = 3
_NEVER_OPEN: Final = 0x7FFFFFF0
"""An fd beyond the limit of any process."""


class SystemNames:
    """The fds and ids of one trace on the system."""

    def __init__(self) -> None:
        self.fds: dict[int, int] = {}
        """The real fd by that of the trace."""
        self._real: dict[bytes, bytes] = {}
        self._of_trace: dict[bytes, bytes] = {}

    def open(self, real: int, assigned: int | None) -> int:
        """Name a real fd as the trace does: as assigned, else by the lowest free number."""
        fd = _FIRST_FD
        while assigned is None and fd in self.fds:
            fd += 1
        named = fd if assigned is None else assigned
        self.fds[named] = real
        return named

    def real_fd(self, fd: int) -> int:
        """The real fd; for one that is not open, one that this process has not open either."""
        return self.fds.get(fd, -1 if fd < 0 else _NEVER_OPEN)

    def learn(self, of_trace: bytes, real: bytes) -> None:
        """Note that the system made an id where the trace has another one."""
        if len(real) == UUID_BYTES and ZERO_UUID not in (real, of_trace):
            self._real[of_trace] = real
            self._of_trace[real] = of_trace

    def to_system(self, content: bytes) -> bytes:
        """Bytes of the trace with the ids of the system."""
        return _replaced(content, self._real)

    def to_trace(self, content: bytes) -> bytes:
        """Bytes of the system with the ids of the trace."""
        return _replaced(content, self._of_trace)


def _replaced(content: bytes, names: dict[bytes, bytes]) -> bytes:
    """Each id replaced once, wherever it stands."""
    if len(content) < UUID_BYTES or not names:
        return content
    parts: list[bytes] = []
    place = copied = 0
    while place <= len(content) - UUID_BYTES:
        found = names.get(content[place : place + UUID_BYTES])
        if found is None:
            place += 1
            continue
        parts += (content[copied:place], found)
        place += UUID_BYTES
        copied = place
    return b"".join((*parts, content[copied:])) if parts else content
