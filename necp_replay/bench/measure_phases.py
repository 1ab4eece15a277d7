"""Measures the time and peak memory of each phase of a trace: write, verify, decode, replay."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from necp_replay.bench.memory import peak_memory_bytes
from necp_replay.bench.workload import RELEASE, write_workload
from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import open_machine
from necp_replay.files.atomic import write_bytes
from necp_replay.golden.store import GoldenStore
from necp_replay.processes.collector import collect_rarely
from necp_replay.processes.worker import worker_pool, workers_starting
from necp_replay.replay.golden_document import golden_text
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.trace.bare_decoding import read_every_field
from necp_replay.trace.reader import TraceReader, verify_file
from necp_replay.trace.writer import TraceWriter

REPEATS = 3
"""How often each phase runs. The fastest run counts: other load can only make a run slower.

The phases and releases take turns, so that a slow minute of the machine affects all of them.
"""
_FIRST_RECORDS: Final = 100
"""Records that a process goes through first, so that what it does once only is not measured."""
WRITE_BATCH = 20_000
"""Records read ahead before writing them is timed: enough to make the timer's cost negligible."""


@dataclass(frozen=True, slots=True)
class PhaseCost:
    """The cost of one phase on one workload of one release, in processor seconds.

    ``ratio`` is ``seconds`` divided by the seconds of bare decoding. Ratios of different machines
    can be compared. ``times_first`` is the time of a record divided by that on the first release
    that was measured.
    """

    mix: str
    release: str
    phase: str
    records: int
    seconds: float
    ratio: float
    times_first: float
    peak_memory_bytes: int


def bare_decoding(path: Path) -> tuple[int, float]:
    """Decompress, verify and parse a trace, and read every field that a replay reads.

    This is the least that any program must do with a trace, and the other phases' baseline.
    """
    started = time.process_time()
    return read_every_field(path), time.process_time() - started


def verify(path: Path) -> tuple[int, float]:
    """Check the checksums of every chunk and of the index, without parsing records."""
    started = time.process_time()
    return verify_file(path), time.process_time() - started


def decode(path: Path) -> tuple[int, float]:
    """Turn every record into the objects that a replay uses."""
    records = 0
    started = time.process_time()
    with TraceReader(path) as reader:
        for _ in reader:
            records += 1
    return records, time.process_time() - started


def write(path: Path) -> tuple[int, float]:
    """Encode records and write them to another file; the time to read them is not counted."""
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
    """Decode every step and submit it to the engine, without comparing outcomes."""
    records = 0
    started = time.process_time()
    with TraceReader(path) as reader:
        submit = open_machine(reader.header.release).submit
        for _, step, _ in reader:
            submit(step)
            records += 1
    return records, time.process_time() - started


def replay_and_compare(path: Path) -> tuple[int, float]:
    """Do what ``necp-replay replay`` does with a trace, including its report."""
    started = time.process_time()
    report = replay_trace(path, path.stem, ReplayOptions())
    seconds = time.process_time() - started
    if report.error is not None or report.identical != report.records:
        raise RuntimeError(f"the workload does not replay: {report}")
    return report.records, seconds


def replay_with_golden(path: Path) -> tuple[int, float]:
    """The same with a golden, which lies beside the trace."""
    started = time.process_time()
    report = replay_trace(path, path.stem, ReplayOptions(goldens=GoldenStore(path.parent)))
    seconds = time.process_time() - started
    if report.golden is None or report.error is not None or report.identical != report.records:
        raise RuntimeError(f"the workload does not equal its golden: {report}")
    return report.records, seconds


_BARE: Final = "bare decoding"
PHASES: Final[Mapping[str, Callable[[Path], tuple[int, float]]]] = {
    _BARE: bare_decoding,
    "verify": verify,
    "decode": decode,
    "write": write,
    "replay": replay,
    "replay and compare": replay_and_compare,
    "replay with a golden": replay_with_golden,
}
"""The phases by name. Each returns records and processor seconds; the first is the baseline."""


def run_benchmark(
    mix: str,
    records: int,
    seed: int,
    releases: Sequence[str] = (RELEASE,),
    *,
    repeats: int = REPEATS,
) -> list[PhaseCost]:
    """Generate a workload on each release and measure every phase, each in a new process.

    Raises UsageError for a release that is not modelled.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = {release: Path(folder, f"{release}.necptrace") for release in releases}
        for release, path in paths.items():
            _write_with_golden(path, mix, records, seed, release)
            _write_with_golden(_first_of(path), mix, _FIRST_RECORDS, seed + 1, release)
        best: dict[tuple[str, str], tuple[int, float, int]] = {}
        for _ in range(repeats):
            for phase in PHASES:
                for release, path in paths.items():
                    count, seconds, memory = _in_fresh_process(phase, path)
                    if (release, phase) not in best or seconds < best[release, phase][1]:
                        best[release, phase] = (count, seconds, memory)
    return [
        PhaseCost(
            mix,
            release,
            phase,
            count,
            seconds,
            seconds / best[release, _BARE][1],
            (seconds / count) / (best[releases[0], phase][1] / best[releases[0], phase][0]),
            memory,
        )
        for release in paths
        for phase in PHASES
        for count, seconds, memory in [best[release, phase]]
    ]


def _write_with_golden(path: Path, mix: str, records: int, seed: int, release: str) -> None:
    write_workload(path, mix, records, seed, release)
    golden = b"".join(golden_text(path, release, open_machine))
    write_bytes(GoldenStore(path.parent).path(path.stem), golden)


def _first_of(path: Path) -> Path:
    """The trace that a process goes through before this one."""
    return path.with_stem(f"{path.stem}-first")


def _in_fresh_process(phase: str, path: Path) -> tuple[int, float, int]:
    """Run a phase in a new process: peak memory would otherwise include earlier phases."""
    with worker_pool(1, multiprocessing.get_context("spawn")) as pool:
        with workers_starting():
            future = pool.submit(_run_phase, phase, path)
        return future.result()


def _run_phase(phase: str, path: Path) -> tuple[int, float, int]:
    # As the commands do that work on traces.
    collect_rarely()
    PHASES[phase](_first_of(path))
    records, seconds = PHASES[phase](path)
    return records, seconds, peak_memory_bytes()
