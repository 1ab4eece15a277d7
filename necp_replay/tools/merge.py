"""Merges traces that were recorded side by side: their records in the order of their time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final, get_args

from necp_replay.dataclass import dataclass
from necp_replay.engines.engine import EngineFactory, open_machine
from necp_replay.errors import UsageError
from necp_replay.events import inputs
from necp_replay.events.clock import CLOCK_START_NS, Now
from necp_replay.events.inputs import Step
from necp_replay.events.notifications import ApplicationIdKey, RandomBytes, ResolverKey, SysctlSet
from necp_replay.events.outcome import Outcome
from necp_replay.files.atomic import refuse_existing
from necp_replay.files.stored_name import stored_name
from necp_replay.tools.derived_header import OnRecords, joined_header
from necp_replay.tools.join import Joiner, JoinReport, check_inputs
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.record_codec import encode_record
from necp_replay.trace.writer import TraceWriter

SYSTEM_INPUTS: Final = frozenset(
    (
        Now,
        ResolverKey,
        ApplicationIdKey,
        RandomBytes,
        SysctlSet,
        *get_args(inputs.ProcessInput),
        *get_args(inputs.InterfaceInput),
        *get_args(inputs.RouteInput),
    )
)
"""Inputs about the whole system. If several traces have one at the same time, it is taken once."""


def merge(
    paths: list[Path],
    output: Path,
    *,
    open_engine: EngineFactory = open_machine,
    on_records: OnRecords | None = None,
) -> JoinReport:
    """Write the records of all traces into a new one, by the time at which they happened.

    Records at the same time keep the order of their trace, and traces the order in which they are
    given. Changes of the system (:data:`SYSTEM_INPUTS`) that several traces have at the same time
    are written once. Recorded outcomes are kept where they still hold. Raises UsageError for traces
    that carry no time, whose time goes backwards, or that cannot be joined.
    """
    check_inputs(paths)
    refuse_existing(output)
    for path in paths:
        _check_times(path)
    with ExitStack() as stack:
        readers = [stack.enter_context(TraceReader(path)) for path in paths]
        header = joined_header(
            [(str(path), reader.header) for path, reader in zip(paths, readers, strict=True)],
            [("merge", ", ".join(map(stored_name, paths)))],
        )
        report = JoinReport(output, header.release, dict.fromkeys(map(str, paths), 0))
        writer = stack.enter_context(TraceWriter.create(output, header, replaces=False))
        joiner = Joiner(writer, report, open_engine, on_records)
        _merge(
            [_Side(str(path), reader) for path, reader in zip(paths, readers, strict=True)], joiner
        )
    return report


@dataclass(slots=True)
class _Timed:
    """One record with the clock in force during it."""

    time_ns: int
    step: Step
    recorded: Outcome | None


class _Side:
    """One of the traces: the record that comes next, and what it gave at the present time."""

    def __init__(self, path: str, reader: TraceReader) -> None:
        self.path = path
        self.given: Counter[bytes] = Counter()
        self._records = _timed(reader)
        self.next: _Timed | None = next(self._records, None)

    def advance(self) -> None:
        """Go on to the next record."""
        self.next = next(self._records, None)


def _merge(sides: list[_Side], joiner: Joiner) -> None:
    """Among records of one time, those about the whole system go last, so shared ones are found."""
    clock_ns = CLOCK_START_NS
    merged: Counter[bytes] = Counter()
    while True:
        waiting = [(side, side.next) for side in sides if side.next is not None]
        if not waiting:
            return
        side, record = min(waiting, key=lambda each: (each[1].time_ns, _is_of_system(each[1].step)))
        if record.time_ns != clock_ns:
            merged.clear()
            for other in sides:
                other.given.clear()
        side.advance()
        step = record.step
        if _is_of_system(step):
            key = encode_record(Step(step.input), None)
            side.given[key] += 1
            if merged[key] >= side.given[key]:
                joiner.skip(side.path, step)
                continue
            merged[key] += 1
        is_set = type(step.input) is Now or record.time_ns == clock_ns
        joiner.add(
            side.path, step, record.recorded, now_ns=step.now_ns if is_set else record.time_ns
        )
        clock_ns = record.time_ns


def _timed(reader: TraceReader) -> Iterator[_Timed]:
    clock_ns = CLOCK_START_NS
    for _, step, recorded in reader:
        if step.sets_clock_ns is not None:
            clock_ns = step.sets_clock_ns
        yield _Timed(clock_ns, step, recorded)


def _check_times(path: Path) -> None:
    """Refuse a trace that says nothing of time, or whose time goes backwards."""
    clock_ns = CLOCK_START_NS
    carries_time = False
    with TraceReader(path) as reader:
        for number, step, _ in reader:
            now_ns = step.sets_clock_ns
            if now_ns is None:
                continue
            carries_time = True
            if now_ns < clock_ns:
                raise UsageError(
                    f"{path}: record {number}: the time goes backwards",
                    hint="Join the traces with `necp-replay cat` instead.",
                )
            clock_ns = now_ns
    if not carries_time:
        raise UsageError(
            f"{path}: the records carry no time, so there is nothing to merge by",
            hint="Join the traces with `necp-replay cat` instead.",
        )


def _is_of_system(step: Step) -> bool:
    return type(step.input) in SYSTEM_INPUTS
