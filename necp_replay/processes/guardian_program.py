"""The program behind `guardian.py`: keeps a list of groups of processes, and ends them at last."""

import os
import signal
import sys

_PASSES = 20
"""How often to look for processes with a mark: one that is about to be killed may start others."""


def _main() -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    groups = set()
    marks = []
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
            if not _kill_marked(mark):
                break


def _kill_marked(mark: bytes) -> bool:
    """Kill the processes that have a mark in their environment, where the system shows it."""
    try:
        names = os.listdir("/proc")
    except OSError:
        return False
    found = False
    for name in names:
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                if mark not in file.read():
                    continue
            os.kill(int(name), signal.SIGKILL)
            found = True
        except OSError:
            # It has ended meanwhile, or it is somebody else's.
            continue
    return found


if __name__ == "__main__":
    _main()
