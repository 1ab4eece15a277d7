"""Measures ``diff A B`` on long traces with known differences, and checks what it reports.

    python -m tests.replay.two_files.compare_long [--records N] [--edits N]

The left trace is the benchmark's realistic workload. Every other one is made from it: with edits
scattered over it (outcomes changed, records taken out and put in), with all ids renamed besides,
with other outcomes from an early record on, with a block of records put in. Each comparison has a
process of its own; seconds are those of its processor.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from necp_replay.bench.choices import Choices
from necp_replay.bench.workload import write_workload
from necp_replay.events.effects import Wake
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.replay.two_files.canonical_form import with_ids
from necp_replay.replay.two_files.comparison import KindCounts
from necp_replay.replay.two_files.traces import diff_traces
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

Record = tuple[Step, Outcome | None]
_BLOCK: Final = 50_000
_SEED: Final = 1


def scattered(records: Iterable[Record], total: int, edits: int) -> Iterator[Record]:
    """This many records changed, removed and added, in turn; none that generates ids."""
    choices = Choices(_SEED)
    distance = total // edits
    due = choices.number(distance) + 10
    done = 0
    for number, (step, outcome) in enumerate(records):
        if number < due or step.uuids or outcome is None or done == edits:
            yield step, outcome
            continue
        due = (done + 1) * distance + choices.number(distance)
        match done % 3:
            case 0:
                yield step, replace(outcome, effects=(*outcome.effects, Wake(1, 2)))
            case 1:
                pass
            case _:
                yield step, Outcome(99)
                yield step, outcome
        done += 1


def renamed(records: Iterable[Record]) -> Iterator[Record]:
    """The same with other ids."""
    ids: dict[bytes, bytes] = {}
    for step, outcome in records:
        for uuid in step.uuids:
            ids[uuid] = hashlib.sha256(uuid).digest()[:16]
        yield with_ids(step, ids), with_ids(outcome, ids)


def cascade(records: Iterable[Record]) -> Iterator[Record]:
    """From the thousandth record on every outcome is another."""
    for number, (step, outcome) in enumerate(records, 1):
        if outcome is not None and number >= 1000:
            outcome = replace(outcome, effects=(*outcome.effects, Wake(1, 2)))
        yield step, outcome


def with_block(path: Path, place: int, size: int) -> Iterator[Record]:
    """Records of the trace's second quarter are repeated after as many others."""
    records = read(path)
    yield from itertools.islice(records, place)
    with TraceReader(path) as reader:
        for _, step, outcome in itertools.islice(reader.records(place // 2), size):
            yield step, outcome
    yield from records


@dataclass(frozen=True, slots=True)
class Measured:
    """One comparison: what it counted and what it took."""

    same: int
    counts: KindCounts
    seconds: float
    peak_mib: float


def measure(pair: tuple[Path, Path]) -> Measured:
    """Compare once, in a process that does nothing else."""
    started = time.process_time()
    diff = diff_traces(*pair)
    seconds = time.process_time() - started
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Measured(diff.same, diff.counts, seconds, peak_kib / 1024)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print a table in Markdown, and fail where something else is reported."""
    parser = argparse.ArgumentParser(prog="python -m tests.replay.two_files.compare_long")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--edits", type=int, default=1_000)
    options = parser.parse_args(arguments)
    total, edits = options.records, options.edits
    thirds = [len(range(first, edits, 3)) for first in range(3)]
    exactly = KindCounts(changed=thirds[0], removed=thirds[1], added=thirds[2])
    block = min(_BLOCK, total // 4)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "left.necptrace"
        records = write_workload(source, "realistic", total, _SEED)
        made: dict[str, tuple[Callable[[], Iterator[Record]], KindCounts]] = {
            "nothing differs": (lambda: read(source), KindCounts()),
            f"{edits:,} edits": (lambda: scattered(read(source), total, edits), exactly),
            f"{edits:,} edits, ids renamed": (
                lambda: renamed(scattered(read(source), total, edits)),
                exactly,
            ),
            "every outcome from record 1,000 on": (
                lambda: cascade(read(source)),
                KindCounts(changed=records - 999),
            ),
            f"{block:,} records put in": (
                lambda: with_block(source, total // 2, block),
                KindCounts(added=block),
            ),
        }
        print("| difference | reported | s | peak MiB |\n|---|---|---:|---:|")
        is_right = True
        for what, (make, expected) in made.items():
            right = folder / "right.necptrace"
            right.unlink(missing_ok=True)
            with TraceReader(source) as reader, TraceWriter.create(right, reader.header) as writer:
                for step, outcome in make():
                    writer.write(step, outcome)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                found = pool.apply(measure, ((source, right),))
            is_right = is_right and found.counts == expected
            counts = found.counts
            reported = f"{counts.changed:,} changed, {counts.removed:,} removed"
            reported += f", {counts.added:,} added, {found.same:,} the same"
            print(
                f"| {what} | {reported} | {found.seconds:.1f} | {found.peak_mib:.0f} |", flush=True
            )
    return 0 if is_right else 1


def read(path: Path) -> Iterator[Record]:
    """The records of a trace."""
    with TraceReader(path) as reader:
        for _, step, outcome in reader:
            yield step, outcome


if __name__ == "__main__":
    sys.exit(main())
