"""Kills recording processes at random moments, and looks at what they leave.

    python -m tests.trace.killed_recorder FOLDER COUNT

Every recorder says through a pipe how many records it knows to be on their way to the disk. What is
recovered has at least these, is a beginning of what was recorded, and loses no complete chunk. One
in five goes on with a trace that is complete, and loses nothing of that either.
"""

from __future__ import annotations

import os
import random
import signal
import struct
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from necp_replay.files.atomic import PARTIAL_SUFFIX
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.recovery import recover
from necp_replay.trace.scan import IntactChunk, scan_pieces
from necp_replay.trace.writer import TraceWriter
from tests.trace.traces import HEADER, Record, many_records

RECORDS: Final = many_records(4000)
BEGUN: Final = 1500
"""How many records a trace has before a recorder appends to it."""
MAX_LIFE_S: Final = 0.03
MAX_APPENDING_S: Final = 0.08
"""The trace that is there is verified first."""
_COUNT: Final = struct.Struct("<I")


def begin(path: Path) -> None:
    """Make a complete trace of the first records."""
    with TraceWriter.create(path, HEADER) as writer:
        for record in RECORDS[:BEGUN]:
            writer.write(*record)


def record_until_killed(path: Path, reports: int, seed: int) -> None:
    """Record, flush at random, and report each flush; ends only by being killed, or complete."""
    chances = random.Random(seed)
    is_begun = path.exists()
    with TraceWriter.append(path) if is_begun else TraceWriter.create(path, HEADER) as writer:
        for record in RECORDS[writer.records :]:
            number = writer.write(*record)
            if chances.random() < 0.02:
                writer.flush()
                os.write(reports, _COUNT.pack(number))


def run_and_kill(path: Path, seed: int, max_life_s: float) -> int:
    """One recorder, killed at a random moment; returns how many records it reported."""
    readable, reports = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(readable)
        record_until_killed(path, reports, seed)
        os._exit(0)
    os.close(reports)
    time.sleep(random.Random(seed).random() * max_life_s)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with os.fdopen(readable, "rb") as stream:
        heard = stream.read()
    counts = [count for (count,) in _COUNT.iter_unpack(heard[: len(heard) // 4 * 4])]
    return max(counts, default=0)


def examine(path: Path, reported: int, begun: int) -> str | None:
    """What was left under the name, or under the temporary one; None without chunks."""
    partial = path.with_name(path.name + PARTIAL_SUFFIX)
    if path.exists():
        # Who goes on with a trace takes the other name before anything else.
        assert not partial.exists() or (begun and partial.stat().st_size == 0)
        found = records_of(path)
        assert found == RECORDS or (begun and not reported and found == RECORDS[:begun])
        return "complete" if found == RECORDS else "untouched"
    if not partial.exists() or not complete_chunks(partial):
        assert reported == 0
        return None
    recovered = path.with_name("recovered.necptrace")
    recovery = recover(partial, recovered)
    found = records_of(recovered)
    assert recovery.records == len(found) >= max(reported, begun)
    assert recovery.chunks == complete_chunks(partial)
    assert found == RECORDS[: len(found)]
    if reported % 5 == 0:
        with TraceWriter.append(recovered) as writer:
            for record in RECORDS[len(found) : len(found) + 3]:
                writer.write(*record)
        assert records_of(recovered) == RECORDS[: len(found) + 3]
    return "clean" if recovery.is_lossless else "torn"


def complete_chunks(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(isinstance(piece, IntactChunk) for piece in scan_pieces(stream))


def records_of(path: Path) -> Sequence[Record]:
    with TraceReader(path) as reader:
        return [(step, outcome) for _, step, outcome in reader]


def main(folder: Path, count: int) -> None:
    """Print how many recorders left what."""
    left: dict[str, int] = {}
    for seed in range(count):
        path = folder / str(seed) / "a.necptrace"
        path.parent.mkdir()
        begun = 0
        if seed % 5 == 0:
            begin(path)
            begun = BEGUN
        reported = run_and_kill(path, seed, MAX_APPENDING_S if begun else MAX_LIFE_S)
        result = examine(path, reported, begun) or "nothing"
        left[result] = left.get(result, 0) + 1
    print(" ".join(f"{name}={number}" for name, number in sorted(left.items())))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
