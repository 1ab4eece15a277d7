"""Runs a program with the recording library preloaded, and ends it with this process.

Every signal that this process gets is sent on to the program. Where standard input is a terminal,
the program shares the group of this process, so that the keys of the terminal reach it. Elsewhere
it has a group of its own, and what it leaves running is ended.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Final, Self

from necp_replay.dataclass import dataclass
from necp_replay.errors import UsageError
from necp_replay.processes.guardian import guard, guarded_environment, release

SETTING: Final = "NECP_REPLAY_CAPTURE"
"""The variable that tells the library where the recording is."""
_PRELOAD: Final = {"darwin": "DYLD_INSERT_LIBRARIES", "linux": "LD_PRELOAD"}
_FORWARDED: Final = (
    *("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCONT"),
    *("SIGWINCH", "SIGTSTP"),
)
_FROM_TERMINAL: Final = frozenset(("SIGINT", "SIGQUIT"))
"""Signals that the terminal sends to the whole group."""
_STOPPING: Final = frozenset(("SIGTSTP", "SIGCONT", "SIGWINCH"))
"""Signals that the terminal sends to the whole group, and that stop or resume this process too."""
_GRACE_S: Final = 1.0
"""How long processes that are left running may take to end after SIGTERM."""
_PAUSE_S: Final = 0.01


@dataclass(frozen=True, slots=True)
class ProgramEnd:
    """How a program ended: its pid, and its exit status as of shells (128 and a signal)."""

    pid: int
    status: int
    left_running: bool = False


def capture_environment(library: Path, recording: Path) -> dict[str, str]:
    """The variables that put the library before a program."""
    name = _PRELOAD.get(sys.platform, "LD_PRELOAD")
    there = os.environ.get(name)
    return {
        name: f"{library}:{there}" if there else str(library),
        SETTING: str(recording.absolute()),
    }


def run_program(command: Sequence[str], library: Path, recording: Path) -> ProgramEnd:
    """Run a program to its end. Raises UsageError if it cannot be started."""
    shares_group = sys.stdin is not None and sys.stdin.isatty()
    left_running = False
    with _Forwarding(shares_group=shares_group) as forwarding:
        program = _start(command, library, recording, shares_group=shares_group)
        try:
            forwarding.begin(program.pid)
            status = program.wait()
        finally:
            if not shares_group:
                left_running = _end_group(program.pid)
                release(program.pid)
            if program.returncode is None:
                program.kill()
                program.wait()
    return ProgramEnd(program.pid, status if status >= 0 else 128 - status, left_running)


def _start(
    command: Sequence[str], library: Path, recording: Path, *, shares_group: bool
) -> subprocess.Popen[bytes]:
    environment = {**guarded_environment(), **capture_environment(library, recording)}
    try:
        program = subprocess.Popen(
            list(command), env=environment, process_group=None if shares_group else 0
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"the program cannot be started: {reason}", hint=f"It was: {command[0]}"
        ) from None
    if not shares_group:
        guard(program.pid)
    return program


class _Forwarding:
    """A block in which signals are sent on to a program, and do nothing else."""

    def __init__(self, *, shares_group: bool) -> None:
        self._shares_group = shares_group
        self._pid: int | None = None
        self._waiting: list[int] = []
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for name in _FORWARDED:
            number = getattr(signal, name)
            if self._shares_group and name in _STOPPING:
                continue
            with contextlib.suppress(ValueError):
                # Only the main thread may set handlers, and only it gets signals.
                self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def begin(self, pid: int) -> None:
        """Send the program, which runs now, the signals that came before it was started."""
        self._pid = pid
        while self._waiting:
            self._tell(pid, self._waiting.pop(0))

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._shares_group and signal.Signals(number).name in _FROM_TERMINAL:
            # The terminal has sent it to the program, too.
            return
        if self._pid is None:
            self._waiting.append(number)
        else:
            self._tell(self._pid, number)

    def _tell(self, pid: int, number: int) -> None:
        with contextlib.suppress(OSError):
            if self._shares_group:
                os.kill(pid, number)
            else:
                os.killpg(pid, number)


def _end_group(group: int) -> bool:
    """End the processes that a program left running. Returns whether there were any."""
    if not _signal_group(group, signal.SIGTERM):
        return False
    deadline_s = time.monotonic() + _GRACE_S
    while time.monotonic() < deadline_s:
        if not _signal_group(group, 0):
            return True
        time.sleep(_PAUSE_S)
    _signal_group(group, signal.SIGKILL)
    return True


def _signal_group(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except OSError:
        return False
    return True
