"""Compares the trace file with MCAP and delimited protobuf, on the same records, in one run.

    python -m tests.trace.compare_formats [--records N] [--repeat N]

Every measurement has a process of its own, and counts the processor's time: nothing here waits, and
other work on the machine does not show. All formats hold the same messages. "Records" starts
from events and reads back to events, as a recorder and a replay do; "container" starts from encoded
messages and reads back to parsed ones, which leaves only the work of the format itself. MCAP has
chunks of the same size, LZ4, and its checksums on, as the trace file has.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast
from unittest import mock

from google.protobuf.proto import parse_length_prefixed
from mcap.reader import make_reader
from mcap.writer import CompressionType, Writer

from necp_replay.bench.workload import write_workload
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.trace import writer
from necp_replay.trace.call_encoding import varint
from necp_replay.trace.header import Header
from necp_replay.trace.pb import trace_pb2
from necp_replay.trace.reader import TraceReader, verify_file
from necp_replay.trace.record_codec import decode_records, encode_record
from necp_replay.trace.writer import CHUNK_BYTES, TraceWriter

DISTINCT: Final = 20_000
"""Records that differ; more are these again."""
Record = tuple[Step, Outcome | None]


def write_trace(path: Path, records: Iterable[Record]) -> None:
    with TraceWriter.create(path, Header("xnu-4570.51.1")) as trace:
        for step, outcome in records:
            trace.write(step, outcome)


def write_mcap(path: Path, records: Iterable[Record]) -> None:
    write_mcap_messages(path, (encode_record(step, outcome) for step, outcome in records))


def write_delimited(path: Path, records: Iterable[Record]) -> None:
    write_delimited_messages(path, (encode_record(step, outcome) for step, outcome in records))


def write_trace_messages(path: Path, messages: Iterable[bytes]) -> None:
    """All that the writer does besides encoding."""
    source = iter(messages)
    step, outcome = Step(NecpClientAction(100, 3, 4)), Outcome(0, 0)
    with (
        mock.patch.object(writer, "encode_record", lambda *_: next(source)),
        TraceWriter.create(path, Header("xnu-4570.51.1")) as trace,
        contextlib.suppress(StopIteration),
    ):
        while True:
            trace.write(step, outcome)


def write_mcap_messages(path: Path, messages: Iterable[bytes]) -> None:
    with path.open("wb") as stream:
        mcap: Any = Writer(
            stream,
            chunk_size=CHUNK_BYTES,
            compression=CompressionType.LZ4,
            enable_crcs=True,
        )
        mcap.start()
        schema = trace_pb2.DESCRIPTOR.serialized_pb
        schema_id = mcap.register_schema("necp_replay.v1.Record", "protobuf", schema)
        channel_id = mcap.register_channel("records", "protobuf", schema_id)
        for number, message in enumerate(messages, start=1):
            mcap.add_message(channel_id, number, message, number, number)
        mcap.finish()


def write_delimited_messages(path: Path, messages: Iterable[bytes]) -> None:
    with path.open("wb") as stream:
        for message in messages:
            stream.write(varint(len(message)))
            stream.write(message)


def read_trace(path: Path) -> int:
    with TraceReader(path) as reader:
        return sum(1 for _ in reader)


def read_mcap(path: Path) -> int:
    return sum(1 for _ in decode_records(_mcap_messages(path), 1))


def read_delimited(path: Path) -> int:
    return sum(1 for _ in decode_records(_delimited_messages(path), 1))


def parse_trace(path: Path) -> int:
    with TraceReader(path) as reader:
        return sum(1 for chunk in reader.chunks() for _ in chunk.message.records)


def parse_mcap(path: Path) -> int:
    return sum(1 for _ in _mcap_messages(path))


def parse_delimited(path: Path) -> int:
    return sum(1 for _ in _delimited_messages(path))


def verify_mcap(path: Path) -> int:
    with path.open("rb") as stream:
        reader = make_reader(stream, validate_crcs=True)
        return sum(1 for _ in reader.iter_messages(log_time_order=False))


def _mcap_messages(path: Path) -> Iterator[trace_pb2.Record]:
    with path.open("rb") as stream:
        reader = make_reader(stream, validate_crcs=True)
        for _, _, message in reader.iter_messages(log_time_order=False):
            yield trace_pb2.Record.FromString(message.data)


def _delimited_messages(path: Path) -> Iterator[trace_pb2.Record]:
    with path.open("rb") as stream:
        # It asks for a BytesIO, and uses what every stream has.
        source = cast(io.BytesIO, stream)
        while (record := parse_length_prefixed(trace_pb2.Record, source)) is not None:
            yield record


WRITERS: Final[dict[str, Callable[[Path, Iterable[Record]], None]]] = {
    "trace": write_trace,
    "mcap": write_mcap,
    "delimited": write_delimited,
}
CONTAINER_WRITERS: Final[dict[str, Callable[[Path, Iterable[bytes]], None]]] = {
    "trace": write_trace_messages,
    "mcap": write_mcap_messages,
    "delimited": write_delimited_messages,
}
READERS: Final[dict[str, dict[str, Callable[[Path], int]]]] = {
    "read records": {"trace": read_trace, "mcap": read_mcap, "delimited": read_delimited},
    "read container": {"trace": parse_trace, "mcap": parse_mcap, "delimited": parse_delimited},
    "verify": {"trace": verify_file, "mcap": verify_mcap},
}


@dataclass(frozen=True, slots=True)
class Task:
    """One measurement."""

    work: str
    format: str
    folder: Path
    records: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What it gave. ``grown_mib`` is what the work added to the peak of the process."""

    seconds: float
    grown_mib: float


def measure(task: Task) -> Measured:
    """Do the work once, in a process that does nothing else."""
    path = task.folder / f"records.{task.format}"
    if task.work.startswith("write"):
        with TraceReader(task.folder / "source.necptrace") as reader:
            distinct: list[Record] = [(step, outcome) for _, step, outcome in reader]
        source = itertools.islice(itertools.cycle(distinct), task.records)
        if task.work == "write records":
            path.unlink(missing_ok=True)
            return _timed(lambda: WRITERS[task.format](path, source))
        encoded = [encode_record(step, outcome) for step, outcome in distinct]
        messages = itertools.islice(itertools.cycle(encoded), task.records)
        container = path.with_suffix(".container")
        container.unlink(missing_ok=True)
        return _timed(lambda: CONTAINER_WRITERS[task.format](container, messages))
    counts: list[int] = []
    measured = _timed(lambda: counts.append(READERS[task.work][task.format](path)))
    if counts != [task.records]:
        raise ValueError(f"{task.format} holds {counts} records, not {task.records}")
    return measured


def _timed(work: Callable[[], object]) -> Measured:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    work()
    seconds = time.process_time() - started
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return Measured(seconds, grown / 1024)


def measure_apart(task: Task) -> Measured:
    """Measure in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (task,))


def best_of(found: Sequence[Measured]) -> Measured:
    """The fastest of a few runs, and the most memory of them."""
    return Measured(min(each.seconds for each in found), max(each.grown_mib for each in found))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m tests.trace.compare_formats")
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args(arguments)
    works = ["write records", "write container", *READERS]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_workload(folder / "source.necptrace", "realistic", DISTINCT, 1)
        results: dict[str, dict[str, Measured]] = {}
        for work in works:
            formats = list(READERS.get(work, WRITERS))
            tasks = {each: Task(work, each, folder, options.records) for each in formats}
            # In turns, so that a slow minute of the machine is everybody's.
            rounds = [
                {each: measure_apart(task) for each, task in tasks.items()}
                for _ in range(options.repeat)
            ]
            results[work] = {each: best_of([done[each] for done in rounds]) for each in formats}
        sizes = {each: (folder / f"records.{each}").stat().st_size for each in WRITERS}
    _print(results, sizes, options.records)
    return 0


def _print(results: dict[str, dict[str, Measured]], sizes: dict[str, int], records: int) -> None:
    formats = list(sizes)
    print(f"| {records:,} records | {' | '.join(formats)} | trace : mcap |")
    print(f"|---|{'---:|' * (len(formats) + 1)}")
    for work, measured in results.items():
        cells = [
            f"{records / measured[each].seconds:,.0f}/s, {measured[each].grown_mib:.0f} MiB"
            if each in measured
            else "-"
            for each in formats
        ]
        ratio = measured["mcap"].seconds / measured["trace"].seconds
        print(f"| {work} | {' | '.join(cells)} | {ratio:.1f} |")
    print(f"| bytes | {' | '.join(f'{sizes[each]:,}' for each in formats)} | |")


if __name__ == "__main__":
    sys.exit(main())
