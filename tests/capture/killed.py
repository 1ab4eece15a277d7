"""Kills a captured program at random moments, and looks for calls that are missing.

    python -m tests.capture.killed --kills 200 --calls 100000

The program counts the calls that returned, thread by thread, in memory that outlives it. Each of
them has to be in the recording and in the trace, in order, and nothing else but one call of each
thread that was not counted yet.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from necp_replay.capture.environment import SystemEnvironment
from necp_replay.capture.recording import CallKind, CallRecording, create_recording
from necp_replay.capture.run import capture_environment
from necp_replay.capture.trace import write_trace
from necp_replay.releases.lineage import RELEASES
from necp_replay.trace.reader import TraceReader
from tests.capture.built import built_programs

_ADD = 1
_SIZE_BYTES = 1 << 30
_RELEASE = list(RELEASES)[-1]


def killed_once(folder: Path, threads: int, calls: int, after_s: float | None) -> int:
    """Run and kill the program once; None lets it end. Returns how many calls had returned.

    Raises AssertionError for a call that is missing or too much.
    """
    built = built_programs()
    recording, counts = folder / "recording", folder / "counts"
    for path in (recording, counts):
        path.unlink(missing_ok=True)
    create_recording(recording, _SIZE_BYTES)
    counts.touch()
    arguments = ("threads", str(threads), str(calls // threads), str(counts))
    with subprocess.Popen(
        [built.program, *arguments],
        stdout=subprocess.DEVNULL,
        env={**os.environ, **capture_environment(built.library, recording)},
    ) as running:
        if after_s is not None:
            time.sleep(after_s)
            running.send_signal(signal.SIGKILL)
    content = counts.read_bytes()
    returned = struct.unpack_from(f"<{threads}Q", content) if content else (0,) * threads
    recorded = _recorded_by_thread(recording)
    recorded += [0] * (threads - len(recorded))
    for has, had in zip(sorted(recorded), sorted(returned), strict=True):
        assert had <= has <= had + 1, f"{had} calls of a thread returned, {has} are recorded"
    _check_trace(recording, folder / "killed.necptrace", sum(recorded))
    return sum(returned)


def _recorded_by_thread(path: Path) -> list[int]:
    """How many calls of each thread are recorded. Their clients are numbered in order."""
    counts: dict[int, int] = defaultdict(int)
    clients: dict[int, int] = defaultdict(int)
    with CallRecording(path) as recording:
        for call in recording.calls():
            if call.kind in (CallKind.BEGINS, CallKind.EXITS):
                continue
            counts[call.thread] += 1
            if call.kind is CallKind.NECP_CLIENT_ACTION and call.arguments[1] == _ADD:
                clients[call.thread] += 1
                number = int.from_bytes(call.after[2].content[:8], "little")
                assert number == clients[call.thread], "an ADD is missing"
    return list(counts.values())


def _check_trace(recording: Path, path: Path, calls: int) -> None:
    with CallRecording(recording) as opened:
        trace = write_trace(
            opened, path, _RELEASE, RELEASES[_RELEASE].match_result.size, SystemEnvironment((), ())
        )
    with TraceReader(path) as reader:
        outcomes = sum(1 for _, _, outcome in reader.records() if outcome is not None)
    assert outcomes == calls, f"{calls} calls are recorded, the trace has {outcomes}"
    assert trace.calls_lost == 0


def main() -> int:
    """Kill as often as asked, and print what was seen."""
    parser = argparse.ArgumentParser(description="Kill a captured program at random moments.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        killed_once(folder, options.threads, 100, None)
        begun_s = time.monotonic()
        _run_alone(folder, options.threads, options.calls)
        whole_s = time.monotonic() - begun_s
        seen = []
        for _ in range(options.kills):
            seen.append(
                killed_once(folder, options.threads, options.calls, chance.uniform(0, whole_s))
            )
    average = sum(seen) / max(1, len(seen))
    print(f"{len(seen)} kills, {sum(seen):,} calls returned, none missing", end="")
    print(f" ({min(seen):,} to {max(seen):,} at each kill, {average:,.0f} on average)")
    return 0


def _run_alone(folder: Path, threads: int, calls: int) -> None:
    """Run the captured program to its end, without looking at what it recorded."""
    built = built_programs()
    recording = folder / "recording"
    recording.unlink(missing_ok=True)
    create_recording(recording, _SIZE_BYTES)
    subprocess.run(
        [built.program, "threads", str(threads), str(calls // threads)],
        stdout=subprocess.DEVNULL,
        check=True,
        env={**os.environ, **capture_environment(built.library, recording)},
    )


if __name__ == "__main__":
    sys.exit(main())
