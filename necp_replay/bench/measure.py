"""What it costs to write, verify, read and replay a trace: rates, ratios and peak memory."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from necp_replay.bench.memory import peak_memory_bytes
from necp_replay.bench.workload import write_workload
from necp_replay.engines.engine import open_machine
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.trace.bare import read_every_field
from necp_replay.trace.reader import TraceReader, verify_file
from necp_replay.trace.writer import TraceWriter

REPEATS = 3
"""Each phase runs this often, in turn with the others; the fastest run counts."""
WRITE_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Measured:
    """One phase on one workload. ``ratio`` is seconds per record over those of bare decoding."""

    mix: str
    phase: str
    records: int
    seconds: float
    ratio: float
    peak_memory_bytes: int


def bare_decoding(path: Path) -> tuple[int, float]:
    """Decompress, verify, parse, and read every field that a replay reads."""
    started = time.process_time()
    return read_every_field(path), time.process_time() - started


def verify(path: Path) -> tuple[int, float]:
    """Checksums of every chunk and of the index, without parsing records."""
    started = time.process_time()
    return verify_file(path), time.process_time() - started


def decode(path: Path) -> tuple[int, float]:
    """Every record as the objects that a replay uses."""
    records = 0
    started = time.process_time()
    with TraceReader(path) as reader:
        for _ in reader:
            records += 1
    return records, time.process_time() - started


def write(path: Path) -> tuple[int, float]:
    """Records that were read before, encoded and written to another file; writing is timed."""
    records = 0
    seconds = 0.0
    with tempfile.TemporaryDirectory() as folder, TraceReader(path) as reader:
        stream = iter(reader)
        target = Path(folder, "copy.necptrace")
        with TraceWriter.create(target, reader.header) as writer:
            while batch := list(islice(stream, WRITE_BATCH)):
                started = time.process_time()
                for _, step, outcome in batch:
                    writer.write(step, outcome)
                seconds += time.process_time() - started
                records += len(batch)
    return records, seconds


def replay(path: Path) -> tuple[int, float]:
    """Decode and submit, nothing compared."""
    records = 0
    started = time.process_time()
    with TraceReader(path) as reader:
        submit = open_machine(reader.header.release).submit
        for _, step, _ in reader:
            submit(step)
            records += 1
    return records, time.process_time() - started


def replay_and_compare(path: Path) -> tuple[int, float]:
    """What ``necp-replay replay`` does with a trace, its report included."""
    started = time.process_time()
    report = replay_trace(path, path.stem, ReplayOptions())
    seconds = time.process_time() - started
    if report.error is not None or report.identical != report.records:
        raise RuntimeError(f"the workload does not replay: {report}")
    return report.records, seconds


PHASES: Final[Mapping[str, Callable[[Path], tuple[int, float]]]] = {
    "bare decoding": bare_decoding,
    "verify": verify,
    "decode": decode,
    "write": write,
    "replay": replay,
    "replay and compare": replay_and_compare,
}
"""Every phase by its name; the first is what the others are compared with."""


def run_benchmark(mix: str, records: int, seed: int) -> list[Measured]:
    """Generate a workload and measure every phase on it, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{mix}.necptrace")
        write_workload(path, mix, records, seed)
        best: dict[str, tuple[int, float, int]] = {}
        for _ in range(REPEATS):
            for phase in PHASES:
                count, seconds, memory = _in_fresh_process(phase, path)
                if phase not in best or seconds < best[phase][1]:
                    best[phase] = (count, seconds, memory)
    bare_seconds = best["bare decoding"][1]
    return [
        Measured(mix, phase, count, seconds, seconds / bare_seconds, memory)
        for phase, (count, seconds, memory) in best.items()
    ]


def _in_fresh_process(phase: str, path: Path) -> tuple[int, float, int]:
    """Run a phase where no earlier one has left memory behind."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_run_phase, phase, path).result()


def _run_phase(phase: str, path: Path) -> tuple[int, float, int]:
    records, seconds = PHASES[phase](path)
    return records, seconds, peak_memory_bytes()
