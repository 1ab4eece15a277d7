"""A scenario run against the engine and written as a trace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from necp_replay.errors import NecpReplayError, ScenarioError
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.machine import Machine
from necp_replay.releases.facts import find_release
from necp_replay.replay.recorder import Recorder
from necp_replay.scenario.load import Scenario, line_in
from necp_replay.scenario.system import System
from necp_replay.trace.header import Header, OutcomeDetail, SourceKind
from necp_replay.trace.writer import TraceWriter


@dataclass(frozen=True, slots=True)
class RecordedScenario:
    """A trace that was written."""

    path: Path
    records: int


def record_scenario(scenario: Scenario, file: Path, output: Path, release: str) -> RecordedScenario:
    """Run a scenario on a release and write ``output``/NAME.necptrace.

    Nothing is written when the scenario fails. Raises ScenarioError naming file and line.
    """
    profile = find_release(release)
    output.mkdir(parents=True, exist_ok=True)
    path = output / f"{scenario.name}.necptrace"
    header = Header(
        release=release,
        name=scenario.name,
        description=scenario.description,
        source_kind=SourceKind.SCENARIO,
        source=f"{file.name}::{scenario.name}",
        outcome_detail=OutcomeDetail.FULL,
    )
    records = 0
    with TraceWriter.create(path, header) as writer:

        def sink(step: Step, outcome: Outcome) -> None:
            nonlocal records
            writer.write(step, outcome)
            records += 1

        system = System(Recorder(Machine(profile), sink), scenario.name)
        try:
            scenario.run(system)
        except NecpReplayError:
            raise
        except Exception as error:  # A person's program may fail in any way.
            raise ScenarioError(
                f"{scenario.name}: {type(error).__name__}: {error}",
                file=str(file),
                line=line_in(error, file),
                hint="The scenario failed while it ran; no trace was written.",
            ) from error
        if records == 0:
            raise ScenarioError(
                f"{scenario.name} did nothing", file=str(file), hint="A trace needs a record."
            )
    return RecordedScenario(path, records)
