"""Runs ``necp-replay record`` again whenever a scenario or the engine changes.

Each run is a process of its own, so that it has the engine as it is now.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import necp_replay
from necp_replay.cli.say import say
from necp_replay.files.atomic import write_bytes
from necp_replay.outcomes.safe_text import visible
from necp_replay.processes.deferral import signals_deferred
from necp_replay.processes.guardian import guard, guarded_environment, release
from necp_replay.trace.suffix import TRACE_SUFFIX

_POLL_S: Final = 0.3
"""Seconds between two looks at the files: short enough that nobody waits for it."""
_MOST_LINES: Final = 40
"""The most lines that are shown of the difference of one trace."""
_ENGINE: Final = Path(necp_replay.__file__).parent
_States = dict[Path, tuple[int, int]]


def watch(
    scenarios: Path, output: Path, words: Sequence[str], wait: Callable[[], object] | None = None
) -> None:
    """Record until the user ends the command, first at once, then after each change.

    ``words`` are the arguments of ``record``. What changed in a trace is shown as ``diff`` shows
    it. ``wait`` is called between two looks at the files, by default to sleep.
    """
    pause = wait or (lambda: time.sleep(_POLL_S))
    while True:
        seen = _states(scenarios)
        _record(output, words)
        say("waiting for changes; Ctrl-C ends this")
        sys.stdout.flush()
        while _states(scenarios) == seen:
            pause()


def _record(output: Path, words: Sequence[str]) -> None:
    """Record once, and show what changed in the traces."""
    with tempfile.TemporaryDirectory(prefix="necp-replay-watch-") as name:
        before = Path(name) / "before"
        kept = {path: before / f"{number}{TRACE_SUFFIX}" for number, path in _numbered(output)}
        before.mkdir()
        for path, copy in kept.items():
            write_bytes(copy, path.read_bytes())
        _run(["record", *words])
        for path, copy in kept.items():
            if path.is_file() and path.read_bytes() != copy.read_bytes():
                say(f"what changed in {visible(str(path))}:")
                called = {str(copy): f"{path} before"}
                _run(["diff", str(copy), str(path)], most_lines=_MOST_LINES, called=called)


def _numbered(output: Path) -> Iterator[tuple[int, Path]]:
    return enumerate(sorted(output.rglob(f"*{TRACE_SUFFIX}")))


def _run(
    words: Sequence[str], most_lines: int | None = None, called: Mapping[str, str] | None = None
) -> None:
    """Run a command of ours, and pass on what it prints; of much of it the beginning.

    ``called`` replaces names in the lines, such as that of a copy that will be gone.
    """
    sys.stdout.flush()
    with signals_deferred():
        running = subprocess.Popen(
            [sys.executable, "-m", "necp_replay", *words],
            stdin=subprocess.DEVNULL,
            stdout=None if most_lines is None else subprocess.PIPE,
            env=guarded_environment(),
            start_new_session=True,
        )
        guard(running.pid)
    try:
        printed, _ = running.communicate()
    finally:
        running.kill()
        running.wait()
        release(running.pid)
    if most_lines is not None:
        lines = printed.decode("utf-8", "replace").splitlines()
        for line in lines[:most_lines]:
            for name, shown in (called or {}).items():
                line = line.replace(name, shown)
            say(visible(line))
        if len(lines) > most_lines:
            say(f"  and {len(lines) - most_lines:,} more lines")


def _states(scenarios: Path) -> _States:
    """What tells whether a file of scenarios or of the engine is another one than before.

    A scenario may import the files beside it.
    """
    found = {}
    beside = scenarios.parent.glob("*.py") if scenarios.suffix == ".py" else scenarios.rglob("*.py")
    for files in (beside, _ENGINE.rglob("*.py")):
        for path in files:
            try:
                status = os.stat(path)
            except OSError:
                continue
            found[path] = status.st_mtime_ns, status.st_size
    return found
