"""The program that `guardian.py` starts: lists groups of processes, and ends them at last."""

import os
import signal
import sys
import time

_PASSES = 50
"""How often to look for processes with a mark: one that is about to be killed may start others."""
_PAUSE_S = 0.01
"""How long to wait for processes that may be about to show a mark."""
_KERNEL_THREAD = 0x00200000
"""``PF_KTHREAD``."""


def _main() -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    groups = set()
    marks = []
    command = _shown(os.getppid())
    for line in sys.stdin.buffer:
        if not line.endswith(b"\n"):
            break
        if line.startswith(b"="):
            marks.append(line[1:-1])
        elif line.startswith(b"+"):
            groups.add(int(line[1:]))
        else:
            groups.discard(int(line[1:]))
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except OSError:
            # It has ended meanwhile.
            continue
    for mark in marks:
        for _ in range(_PASSES):
            if not _kill_marked(mark, command):
                break


def _kill_marked(mark: bytes, command: tuple[bytes, bytes]) -> bool:
    """Kill the processes that have a mark in their environment, where the system shows it.

    Returns whether to look again: some were found, or some may be about to have it. These are
    copies of the command, which may begin a program, and processes that show no environment,
    because they are in the middle of that.
    """
    found = unclear = False
    for pid in _processes():
        environment, words = _shown(pid)
        if mark in environment:
            found = _kill(pid) or found
        elif not environment:
            unclear = unclear or _has_program(pid)
        elif (environment, words) == command and pid != os.getppid():
            unclear = True
    if unclear:
        time.sleep(_PAUSE_S)
    return found or unclear


def _shown(pid: int) -> tuple[bytes, bytes]:
    """The environment that a process began with, and its command line. Empty where not shown."""
    shown = []
    for name in ("environ", "cmdline"):
        try:
            with open(f"/proc/{pid}/{name}", "rb") as file:
                shown.append(file.read())
        except OSError:
            # It has ended in the meantime, or belongs to another user.
            shown.append(b"")
    return shown[0], shown[1]


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        return False
    return True


def _has_program(pid: int) -> bool:
    """Whether a process of this user is neither a thread of the kernel nor a dead one."""
    try:
        if os.stat(f"/proc/{pid}").st_uid != os.geteuid():
            return False
        with open(f"/proc/{pid}/stat", "rb") as file:
            state, *numbers = file.read().rpartition(b")")[2].split()
    except OSError:
        return False
    return state not in (b"Z", b"X") and not int(numbers[5]) & _KERNEL_THREAD


def _processes() -> list[int]:
    try:
        names = os.listdir("/proc")
    except OSError:
        return []
    return [int(name) for name in names if name.isdigit() and int(name) != os.getpid()]


if __name__ == "__main__":
    _main()
