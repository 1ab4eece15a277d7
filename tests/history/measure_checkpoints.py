"""Measures what checkpoints cost and save on a long trace: `make bench-checkpoints`.

python -m tests.history.measure_checkpoints --records 200000 --repeat 3
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Container, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from necp_replay.abi.client import ClientAction
from necp_replay.bench.workload import RELEASE, write_workload
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.kernel.machine import Machine
from necp_replay.releases.lineage import RELEASES
from necp_replay.report.table import left, right, table
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

LATER = "xnu-4570.61.1"
_TAIL_RECORDS = 1_000


def main() -> None:
    """Print what saving a state costs, and a row for each command with checkpoints and without."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", action="append", default=[], help="rows with this in their name")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        trace, changed = Path(folder, "long.necptrace"), Path(folder, "changed.necptrace")
        write_workload(trace, "realistic", options.records, seed=1)
        added, copied, records = _last_records(trace)
        _change_tail(trace, changed, records - _TAIL_RECORDS)
        _print_state(trace, options.repeat)
        run = _Commands(Path(folder, "cache"), options.repeat)
        rows = []
        for name, words, before in (
            ("state, last record", ("state", trace), ("state", trace)),
            ("explain, last ADD", ("explain", trace, "--record", added), ("state", trace)),
            ("explain, last COPY_RESULT", ("explain", trace, "--record", copied), ("state", trace)),
            ("replay, changed tail", ("replay", changed), ("replay", trace)),
            ("replay --jobs 2", ("replay", trace, "--jobs", "2"), ("state", trace)),
            ("diff, nothing differs", _diff(trace, RELEASE), _diff(trace, RELEASE)),
            ("the same, changed tail", _diff(changed, RELEASE), _diff(trace, RELEASE)),
            ("diff, records differ", _diff(trace, LATER), _diff(trace, LATER)),
        ):
            if options.only and not any(each in name for each in options.only):
                continue
            plain = run.without(words)
            with_them = run.after(before, words)
            rows.append((name, *_columns(plain, with_them)))
            print(*rows[-1], flush=True, file=sys.stderr)
        columns = [*left("command"), *right("cpu s", "with", "x", "wall s", "with", "x")]
        print(f"{records:,} records, {trace.stat().st_size:,} bytes")
        print(table(columns, rows))


def _diff(trace: Path, release: str) -> tuple[object, ...]:
    return ("diff", trace, "--from", RELEASE, "--to", release)


def _columns(plain: tuple[float, float], fast: tuple[float, float]) -> tuple[str, ...]:
    cells = []
    for without, with_them in zip(plain, fast, strict=True):
        cells += [f"{without:.2f}", f"{with_them:.2f}", f"{without / with_them:.1f}"]
    return tuple(cells)


def _last_records(trace: Path) -> tuple[int, int, int]:
    """The last ADD, the last COPY_RESULT, and how many records there are."""
    last = dict.fromkeys((ClientAction.ADD, ClientAction.COPY_RESULT), 0)
    number = 0
    with TraceReader(trace) as reader:
        for number, step, _ in reader.records(shared=True):
            if isinstance(step.input, NecpClientAction) and step.input.action in last:
                last[ClientAction(step.input.action)] = number
    return last[ClientAction.ADD], last[ClientAction.COPY_RESULT], number


def _change_tail(trace: Path, changed: Path, first: int) -> None:
    """Copy a trace, without the outcomes that were recorded from some record on."""
    with TraceReader(trace) as reader, TraceWriter.create(changed, reader.header) as writer:
        for number, step, outcome in reader:
            writer.write(step, None if number >= first else outcome)


def _print_state(trace: Path, repeat: int) -> None:
    """The size of the state after 20,000 records, and how long saving and restoring it takes."""
    machine = Machine(RELEASES[RELEASE])
    with TraceReader(trace) as reader:
        for number, step, _ in reader.records(shared=True):
            machine.submit(step)
            if number == 20_000:
                break
    state = machine.save()
    saved = min(_seconds(machine.save) for _ in range(5 * repeat))
    profile = machine.profile
    restored = min(_seconds(lambda: Machine.restore(profile, state)) for _ in range(5 * repeat))
    print(
        f"state after 20,000 records: {len(state):,} bytes, {len(zlib.compress(state, 1)):,} on"
        f" disk; saved in {1000 * saved:.1f} ms, restored in {1000 * restored:.1f} ms"
    )


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


class _Commands:
    """Runs commands, and takes the least of their processor time and of their wall time."""

    def __init__(self, cache: Path, repeat: int) -> None:
        self._cache = cache
        self._repeat = repeat

    def without(self, words: Sequence[object]) -> tuple[float, float]:
        """Without checkpoints, and in one process."""
        plain = [each for each in words if each not in ("--jobs", "2")]
        return _least(_timed((*plain, "--no-cache")) for _ in range(self._repeat))

    def after(self, before: Sequence[object], words: Sequence[object]) -> tuple[float, float]:
        """With the checkpoints that another command stored."""
        self._empty()
        _timed((*before, "--cache", self._cache))
        found = []
        for _ in range(self._repeat):
            kept = {path: path.read_bytes() for path in self._cache.glob("checkpoint*")}
            self._empty(kept)
            found.append(_timed((*words, "--cache", self._cache)))
            self._empty()
            for path, content in kept.items():
                path.write_bytes(content)
                path.chmod(0o600)
        return _least(found)

    def _empty(self, kept: Container[Path] = ()) -> None:
        for path in self._cache.glob("*"):
            if path not in kept:
                path.unlink()


def _least(times: Iterable[tuple[float, float]]) -> tuple[float, float]:
    cpu, wall = zip(*times, strict=True)
    return min(cpu), min(wall)


def _timed(words: Sequence[object]) -> tuple[float, float]:
    """Processor time and wall time of a command, in seconds."""
    command = [sys.executable, "-m", "necp_replay", *map(str, words)]
    started, before = time.perf_counter(), os.times()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    after = os.times()
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ends with {done.returncode}: {done.stderr}")
    cpu = after.children_user + after.children_system
    return cpu - before.children_user - before.children_system, time.perf_counter() - started


if __name__ == "__main__":
    main()
