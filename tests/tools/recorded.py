"""Traces to work on: recorded from scenarios, taken from the corpus, and replayed for a verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from necp_replay.engines.recorder import Recorder
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.generate.trace import write_generated
from necp_replay.kernel.machine import Machine
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.releases.names import find_release
from necp_replay.replay.run import ReplayOptions, replay_trace
from necp_replay.scenario import System
from necp_replay.trace.header import Header, OutcomeDetail, SourceKind
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.record_codec import NumberedRecord
from necp_replay.trace.writer import TraceWriter

OLD: Final = "xnu-4570.41.2"
NEW: Final = "xnu-4570.51.1"
TRACES: Final = Path(__file__).parents[2] / "traces"
MEASURED: Final = TRACES / "measured" / NEW
"""Traces of the corpus with what the real code answered."""


def record(path: Path, scenario: Callable[[System], None], *, release: str = NEW) -> Path:
    """A trace of what a scenario does, with every outcome."""
    header = Header(
        release,
        name=path.stem,
        description="what nobody else should read",
        source_kind=SourceKind.SCENARIO,
        source="somewhere.py::something",
        outcome_detail=OutcomeDetail.FULL,
    )
    with TraceWriter.create(path, header) as writer:

        def sink(step: Step, outcome: Outcome) -> None:
            writer.write(step, outcome)

        profile = find_release(release, under_way=True)
        scenario(System(Recorder(Machine(profile), sink), path.stem))
    return path


def generate(
    path: Path, seed: int, records: int, *, release: str = NEW, mix: str = "everything"
) -> Path:
    """A trace of arbitrary calls, valid and hostile."""
    write_generated(path, release, seed=seed, records=records, mix=mix)
    return path


def records_of(path: Path) -> list[NumberedRecord]:
    """All records of a trace."""
    with TraceReader(path) as reader:
        return list(reader)


def header_of(path: Path) -> Header:
    """The header of a trace."""
    with TraceReader(path) as reader:
        return reader.header


def verdict(path: Path) -> TraceReport:
    """What a replay says of a trace; fails the test where there is no verdict."""
    report = replay_trace(path, path.stem, ReplayOptions())
    assert report.error is None, report.error
    return report
