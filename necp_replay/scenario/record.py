"""Runs a scenario and writes its trace, or checks that the existing trace is up to date."""

from __future__ import annotations

import enum
import io
import linecache
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field, replace
from pathlib import Path, PurePosixPath

from necp_replay.dataclass import dataclass
from necp_replay.engines.limited import LimitedMachine
from necp_replay.engines.recorder import Recorder
from necp_replay.errors import EngineError, NecpReplayError, ScenarioError, Terminated, TraceError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.state_hash import hash_of
from necp_replay.files.stored_name import stored_name
from necp_replay.files.walk import walk_files
from necp_replay.kernel.machine import Machine
from necp_replay.processes.dropped_exceptions import dropped_raised
from necp_replay.releases.names import find_release
from necp_replay.releases.span import ReleaseSpan
from necp_replay.scenario.find import FoundScenario
from necp_replay.scenario.load import Scenario, line_in, text_of
from necp_replay.scenario.refused import RefusedCalls, RefusedNotes
from necp_replay.scenario.system import System
from necp_replay.trace.find import TRACE_SUFFIX
from necp_replay.trace.header import Attachment, Header, OutcomeDetail, SourceKind
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter


@dataclass(frozen=True, slots=True)
class RecordedScenario:
    """A trace that was recorded: its bytes, how many records it has, and on which release.

    ``refused`` are the calls of the scenario that failed.
    """

    content: bytes
    records: int
    release: str
    refused: RefusedCalls = field(default_factory=RefusedCalls)


class Staleness(enum.Enum):
    """Why a trace and its scenario do not match."""

    MISSING = "not recorded"
    OUT_OF_DATE = "out of date"
    LEFT_OVER = "no scenario makes it"


def record_scenario(
    scenario: Scenario,
    file: Path,
    release: str,
    attachments: tuple[Attachment, ...] = (),
    record_limit_s: float | None = None,
    state_hashes: int | None = None,
) -> RecordedScenario:
    """Run a scenario on a release, which may be under way. Returns its trace with attachments.

    ``record_limit_s`` is how much processor time one record may take. ``state_hashes`` is after how
    many records the hash of the state is written, None for never. Raises ScenarioError naming
    file and line if the scenario fails, and EngineError if a record takes too long.
    """
    profile = find_release(release, under_way=True)
    if not scenario.span.includes(profile.release):
        raise ScenarioError(
            f"{scenario.name} cannot run on {profile.release}",
            file=str(file),
            hint=f"It says that it runs on {_span_text(scenario.span)}.",
        )
    header = replace(_header(scenario, file, release), attachments=attachments)
    stream = io.BytesIO()
    with TraceWriter(stream, header) as writer:
        machine = LimitedMachine(profile, record_limit_s)
        refused = _run(scenario, file, machine, writer, state_hashes)
    return RecordedScenario(stream.getvalue(), writer.records, release, refused)


def recorded_release(path: Path) -> str | None:
    """The release of the trace at a path; None where there is no trace that can be read.

    Recording a scenario again keeps the release of its trace, so that goldens stay valid.
    """
    try:
        with TraceReader(path) as reader:
            return reader.header.release
    except TraceError:
        return None


def staleness(
    found: FoundScenario, output: Path, release: str, record_limit_s: float | None = None
) -> Staleness | None:
    """Compare the trace below ``output`` with what its scenario records now; writes nothing.

    None means up to date. The header and all records must be equal. The version that wrote the
    trace, its compression and its attachments may differ.
    """
    path = output / found.trace
    if not path.is_file():
        return Staleness.MISSING
    recorded = record_scenario(found.scenario, found.file, release, record_limit_s=record_limit_s)
    same = _same_content(path, io.BytesIO(recorded.content))
    return None if same else Staleness.OUT_OF_DATE


def left_over(
    traces: Iterable[PurePosixPath], output: Path, on_error: Callable[[TraceError], object]
) -> Iterator[Path]:
    """Traces below ``output`` that were recorded from scenarios which no longer exist.

    ``traces`` are the paths below ``output`` of the traces of all scenarios. A trace that cannot be
    read is told to ``on_error``.
    """
    expected = {output / each for each in traces}
    for path in walk_files(output, TRACE_SUFFIX).files:
        try:
            if path not in expected and _is_of_a_scenario(path):
                yield path
        except TraceError as error:
            on_error(error)


def _header(scenario: Scenario, file: Path, release: str) -> Header:
    return Header(
        release=release,
        name=scenario.name,
        description=scenario.description,
        source_kind=SourceKind.SCENARIO,
        source=f"{stored_name(file)}::{scenario.name}",
        outcome_detail=OutcomeDetail.FULL,
        properties=scenario.span.properties(),
    )


def _span_text(span: ReleaseSpan) -> str:
    limits = [f"{span.since} and later"] if span.since else []
    return " that are not later than ".join([*limits, *([span.until] if span.until else [])])


def _run(
    scenario: Scenario,
    file: Path,
    machine: Machine,
    writer: TraceWriter,
    state_hashes: int | None,
) -> RefusedCalls:
    """Run a scenario and write its records. Returns the calls that failed."""
    notes = RefusedNotes()

    def sink(step: Step, outcome: Outcome) -> None:
        state_hash = None
        if state_hashes is not None and (writer.records + 1) % state_hashes == 0:
            is_known = machine.is_determined and not machine.is_down
            state_hash = hash_of(machine.snapshot()) if is_known else None
        writer.write(step, outcome, state_hash)
        notes.note(step, outcome)

    system = System(Recorder(machine, sink), scenario.name)
    try:
        with dropped_raised():
            scenario.run(system)
    except (KeyboardInterrupt, Terminated):
        raise
    except NecpReplayError as error:
        raise _at_its_line(error, scenario, file) from error
    except BaseException as error:  # A user's program may fail in any way.
        line = line_in(error, file)
        raise ScenarioError(
            f"{scenario.name}: {_reason(error, file, line)}",
            file=str(file),
            line=line,
            hint="The scenario failed while it ran; no trace was written.",
        ) from error
    if writer.records == 0:
        raise ScenarioError(
            f"{scenario.name} did nothing", file=str(file), hint="A trace needs a record."
        )
    return notes.found


def _at_its_line(error: NecpReplayError, scenario: Scenario, file: Path) -> NecpReplayError:
    """An error of the API, such as a text that is no address, with the line that asked for it.

    One that names a file already is kept, and so is one that no line of the scenario caused.
    """
    line = line_in(error, file)
    if error.file is not None or line is None or isinstance(error, EngineError):
        return error
    reason = f"{scenario.name}: {error.reason}"
    return ScenarioError(reason, file=str(file), line=line, hint=error.hint)


def _reason(error: BaseException, file: Path, line: int | None) -> str:
    """The error's type and text; for an ``assert`` without a message, its source line."""
    text = text_of(error)
    if not text and line is not None:
        text = linecache.getline(str(file), line).strip()
    return f"{type(error).__name__}: {text}"


def _same_content(path: Path, stream: io.BytesIO) -> bool:
    try:
        with TraceReader(path) as committed, TraceReader(stream) as recorded:
            version = recorded.header.tool_version
            if replace(committed.header, tool_version=version, attachments=()) != recorded.header:
                return False
            # Compare messages: events that differ only in unmeasured fields count as equal.
            return _messages(committed) == _messages(recorded)
    except TraceError:
        # A damaged trace is out of date: recording it again repairs it.
        return False


def _messages(reader: TraceReader) -> list[object]:
    return [record for chunk in reader.chunks() for record in chunk.message.records]


def _is_of_a_scenario(path: Path) -> bool:
    with TraceReader(path) as reader:
        return reader.header.source_kind is SourceKind.SCENARIO
