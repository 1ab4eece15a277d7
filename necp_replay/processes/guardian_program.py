"""The program behind `guardian.py`: keeps a list of groups of processes, and ends them at last."""

import os
import signal
import sys


def _main() -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    groups = set()
    for line in sys.stdin.buffer:
        if not line.endswith(b"\n"):
            break
        group = int(line[1:])
        if line.startswith(b"+"):
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except OSError:
            # It has ended meanwhile.
            continue


if __name__ == "__main__":
    _main()
