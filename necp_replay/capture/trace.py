"""Turns a recording into a trace, and says what the trace does not have and why."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from necp_replay.capture.environment import SystemEnvironment
from necp_replay.capture.order import EffectOrder
from necp_replay.capture.recording import OF_PROCESSES, CallRecording
from necp_replay.capture.run import ProgramEnd
from necp_replay.capture.steps import CallSteps
from necp_replay.dataclass import dataclass
from necp_replay.trace.header import Header, OutcomeDetail, SourceKind
from necp_replay.trace.writer import TraceWriter

ASSUMED_OF_PROCESSES = (
    "of processes only name, uid and limit of fds are known, and the uuid of the program on macOS:"
    " no entitlement, no platform binary and no privilege but root's are assumed"
)


@dataclass(frozen=True, slots=True)
class CapturedTrace:
    """What was made of a recording: the trace's records and processes, and what it lacks.

    ``calls_lost`` is how many calls are missing.
    """

    records: int
    calls: int
    processes: int
    calls_lost: int
    missing: tuple[str, ...]


def write_trace(
    recording: CallRecording,
    output: Path,
    release: str,
    match_result_bytes: int,
    environment: SystemEnvironment,
    *,
    program: str = "",
    end: ProgramEnd | None = None,
) -> CapturedTrace:
    """Write the trace of a system of a release; ``match_result_bytes`` is what its matches write.

    Raises WriteError, and TraceError for a recording that is damaged.
    """
    header = Header(
        release=release,
        name=output.stem,
        source_kind=SourceKind.SYSTEM,
        source=f"capture of {program}" if program else "capture",
        outcome_detail=OutcomeDetail.VECTORS,
        properties=(
            *((f"missing {n}", why) for n, why in enumerate(environment.missing, start=1)),
            ("assumed", ASSUMED_OF_PROCESSES),
        ),
    )
    order, steps = EffectOrder(), CallSteps(match_result_bytes)
    calls, seen = 0, set()
    with TraceWriter.create(output, header) as writer:
        for step in environment.steps:
            writer.write(step)
        for call in order.sort(recording.calls()):
            calls += call.kind not in OF_PROCESSES
            seen.add(call.process)
            for step, outcome in steps.of(call):
                writer.write(step, outcome)
        if end is not None:
            # The process ended, even if its end was not recorded.
            for step, outcome in steps.exit(end.pid):
                writer.write(step, outcome)
    missing = [*environment.missing, *_counted(steps.assumptions.counts.items())]
    running = len(steps.running)
    missing += _counted(
        (
            ("the end of a process was not recorded", running),
            (
                "a call overlapped another one of its fd: their order is not known",
                order.overlapping,
            ),
            ("a call was not finished, because the program was killed", recording.unfinished),
            ("a call was not recorded, because the recording was full", recording.lost),
        )
    )
    return CapturedTrace(writer.records, calls, len(seen), recording.lost, tuple(missing))


def _counted(counts: Iterable[tuple[str, int]]) -> list[str]:
    """Each kind that happened, with how often."""
    return [f"{what} ({count:,} times)" if count > 1 else what for what, count in counts if count]
