"""Runs generated steps on the engine, writes them as a trace, and counts what they exercise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from necp_replay.coverage.count_points import PointCounter
from necp_replay.engines.recorder import Recorder
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.generate import VERSION
from necp_replay.generate.steps import DEFAULT_MIX, generate_steps
from necp_replay.generate.unmeasured_parts import Hiding
from necp_replay.kernel.machine import Machine
from necp_replay.kernel.missing_inputs import missing_inputs
from necp_replay.releases.names import find_release
from necp_replay.trace.header import Header, OutcomeDetail, SourceKind
from necp_replay.trace.writer import TraceWriter


def write_generated(
    path: Path,
    release: str,
    *,
    seed: int,
    records: int,
    mix: str = DEFAULT_MIX,
    unmeasured_percent: int = 0,
    on_record: Callable[[], object] = lambda: None,
) -> PointCounter:
    """Write the trace of a seed, and return what it exercises. Raises UsageError and TraceError.

    The trace has its recorded outcomes, and needs no golden. Of ``unmeasured_percent`` of the
    records some part is left unmeasured: of these not all is known.
    """
    profile = find_release(release)
    counter = PointCounter()
    steps = generate_steps(seed, records, mix, without=missing_inputs(profile))
    header = _header(release, seed, records, mix)
    shown = None
    if unmeasured_percent:
        shown = Hiding(seed, unmeasured_percent).shown
        properties = (*header.properties, ("unmeasured_percent", str(unmeasured_percent)))
        header = replace(header, properties=properties)
    with TraceWriter.create(path, header) as writer:

        def sink(step: Step, outcome: Outcome) -> None:
            writer.write(step, outcome)
            counter.add(step, outcome, profile.match_result)
            on_record()

        recorder = Recorder(Machine(profile), sink)
        for step in steps:
            recorder.submit_with_pool(step, shown)
    return counter


def recorded_steps(
    release: str, *, seed: int, records: int, mix: str = DEFAULT_MIX
) -> list[tuple[Step, Outcome]]:
    """Generated steps with the ids they took, and our engine's outcomes; nothing is written."""
    found: list[tuple[Step, Outcome]] = []

    def sink(step: Step, outcome: Outcome) -> None:
        found.append((replace(step), outcome))

    profile = find_release(release)
    recorder = Recorder(Machine(profile), sink)
    for step in generate_steps(seed, records, mix, without=missing_inputs(profile)):
        recorder.submit_with_pool(step)
    return found


def _header(release: str, seed: int, records: int, mix: str) -> Header:
    return Header(
        release=release,
        name=f"generated-{mix}-{seed}",
        description=f"{records} generated records, mix {mix}, seed {seed}, generator {VERSION}",
        source_kind=SourceKind.IMPORT,
        source=f"necp-replay generate, version {VERSION}",
        outcome_detail=OutcomeDetail.FULL,
        properties=(
            ("generator", str(VERSION)),
            ("seed", str(seed)),
            ("mix", mix),
            ("records", str(records)),
        ),
    )
