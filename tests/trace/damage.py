"""Damages traces in thousands of ways, and reports how a reader handles each.

    python -m tests.trace.damage [--traces N] [--cuts N] [--flips N] [--jobs N] [--seed N] PATH...

Prints a table, and ends with status 1 if any damage went unnoticed, gave other records than those
of the trace, or ended in anything but a TraceError, or if a worker used too much memory.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from necp_replay.errors import TraceError
from necp_replay.trace.pb import trace_pb2
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.scan import IntactChunk, scan_pieces

MAX_MEMORY_MIB: Final = 200
"""What a worker may use in all, the interpreter included."""
_SALVAGED: Final = 10
"""In one of this many damaged traces, recovery is tried too."""


class Original:
    """A sound trace, to be damaged."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        with TraceReader(io.BytesIO(content)) as reader:
            self.chunks = [chunk.message for chunk in reader.chunks()]
            self.records = sum(chunk.record_count for chunk in self.chunks)

    def complaint(self, damaged: bytes) -> str | None:
        """What a reader does wrong with this damage; None if all is well."""
        read = 0
        try:
            with TraceReader(io.BytesIO(damaged)) as reader:
                for chunk, expected in zip(reader.chunks(), self.chunks, strict=True):
                    if chunk.message != expected:
                        return "other records were read"
                    read += 1
        except TraceError as error:
            if not error.reason or error.offset is None or error.offset > len(damaged):
                return f"an error without a place: {error}"
            return None
        except Exception as error:  # whatever it is, it is what this looks for
            return f"{type(error).__name__}: {error}"
        return f"read as a whole, {read} chunks"

    def recovery_complaint(self, damaged: bytes) -> str | None:
        """What is wrong with the result of a scan of this damage; None if nothing is."""
        end = 0
        try:
            for piece in scan_pieces(io.BytesIO(damaged)):
                if isinstance(piece, IntactChunk) and not self._has(piece.chunk.message):
                    return "records were found that are not in the trace"
                end += 1
        except Exception as error:  # whatever it is, it is what this looks for
            return f"recovery: {type(error).__name__}: {error}"
        return None

    def _has(self, message: trace_pb2.Chunk) -> bool:
        return any(message == chunk for chunk in self.chunks)


def every_cut(content: bytes) -> Iterator[bytes]:
    """The trace cut before each of its bytes."""
    for length in range(len(content)):
        yield content[:length]


def every_flip(content: bytes) -> Iterator[bytes]:
    """The trace with each of its bits flipped."""
    for position in range(len(content)):
        for bit in range(8):
            yield flipped(content, position, bit)


def some_cuts(content: bytes, count: int, seed: int) -> Iterator[bytes]:
    """The trace cut at random."""
    chances = random.Random(seed)
    for _ in range(count):
        yield content[: chances.randrange(len(content))]


def some_flips(content: bytes, count: int, seed: int) -> Iterator[bytes]:
    """The trace with one bit flipped, or with up to four in one place or anywhere."""
    chances = random.Random(seed)
    for _ in range(count):
        position = chances.randrange(len(content))
        damaged = flipped(content, position, chances.randrange(8))
        for _ in range(chances.choice((0, 0, 1, 3))):
            span = chances.choice((4, len(content)))
            near = min(position + chances.randrange(span), len(content) - 1)
            damaged = flipped(damaged, near, chances.randrange(8))
        if damaged != content:
            yield damaged


def flipped(content: bytes, position: int, bit: int) -> bytes:
    """The content with one bit changed."""
    changed = bytes([content[position] ^ 1 << bit])
    return content[:position] + changed + content[position + 1 :]


@dataclass(frozen=True, slots=True)
class Task:
    """A share of the damage to one trace."""

    path: Path
    cuts: int
    flips: int
    seed: int


@dataclass(slots=True)
class Result:
    """The results; memory is the most that a worker has used so far."""

    path: Path
    records: int
    cuts: int
    flips: int
    complaints: list[str]
    seconds: float
    memory_mib: int


def work(task: Task) -> Result:
    """Do one share."""
    started = time.perf_counter()
    original = Original(task.path.read_bytes())
    result = Result(task.path, original.records, 0, 0, [], 0.0, 0)
    for damaged in some_cuts(original.content, task.cuts, task.seed):
        _judge(original, damaged, result, result.cuts)
        result.cuts += 1
    for damaged in some_flips(original.content, task.flips, task.seed):
        _judge(original, damaged, result, result.flips)
        result.flips += 1
    result.seconds = time.perf_counter() - started
    result.memory_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return result


def _judge(original: Original, damaged: bytes, result: Result, number: int) -> None:
    complaint = original.complaint(damaged)
    if complaint is None and number % _SALVAGED == 0:
        complaint = original.recovery_complaint(damaged)
    if complaint is not None and len(result.complaints) < 10:
        result.complaints.append(complaint)


def choose(paths: Sequence[Path], count: int, seed: int) -> list[Path]:
    """This many of the traces: a few of the smallest and largest, the others at random."""
    found = sorted(
        (trace for path in paths for trace in path.rglob("*.necptrace")),
        key=lambda trace: (trace.stat().st_size, str(trace)),
    )
    if len(found) <= count:
        return found
    ends = min(count // 5, 3)
    chosen = found[:ends] + found[len(found) - ends :]
    rest = found[ends : len(found) - ends]
    return chosen + random.Random(seed).sample(rest, count - len(chosen))


def main(arguments: Sequence[str] | None = None) -> int:
    """Damage, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.trace.damage")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    for name, default in (("traces", 20), ("cuts", 10_000), ("flips", 100_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    chosen = choose(options.paths, options.traces, options.seed)
    tasks = [Task(path, options.cuts, options.flips, options.seed) for path in chosen]
    print(f"{'bytes':>8} {'records':>8} {'cuts':>8} {'flips':>8} {'s':>7} {'MiB':>5}  trace")
    results = []
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        for result in pool.imap(work, tasks):
            results.append(result)
            print(
                f"{result.path.stat().st_size:8,} {result.records:8,} {result.cuts:8,}"
                f" {result.flips:8,} {result.seconds:7.1f} {result.memory_mib:5}  {result.path}",
                flush=True,
            )
            for complaint in result.complaints:
                print(f"    {complaint}")
    complaints = sum(len(result.complaints) for result in results)
    memory_mib = max(result.memory_mib for result in results)
    print(
        f"{len(results)} traces, {sum(result.cuts for result in results):,} cuts,"
        f" {sum(result.flips for result in results):,} flips: {complaints} complaints,"
        f" at most {memory_mib} MiB in a worker (limit {MAX_MEMORY_MIB})"
    )
    return 1 if complaints or memory_mib > MAX_MEMORY_MIB else 0


if __name__ == "__main__":
    sys.exit(main())
