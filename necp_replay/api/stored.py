"""Parts as JSON, in which shards pass on their reports."""

from __future__ import annotations

from typing import Any, Final

from necp_replay.api.parts import RunPart
from necp_replay.api.plain import from_plain, to_plain
from necp_replay.errors import UsageError
from necp_replay.outcomes.trace_report import TraceReport

VERSION: Final = 1
"""The version of the form. A part of another version is refused."""


def part_to_json(part: RunPart) -> dict[str, Any]:
    """A part as what `json` writes, without loss."""
    return {"version": VERSION, **to_plain(part)}


def part_from_json(document: object) -> RunPart:
    """The part that :func:`part_to_json` wrote. Raises UsageError."""
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise UsageError(
            "holds no part of a run in the form of this version",
            hint="Let all shards and the merge run with the same version of necp-replay.",
        )
    plain = {name: value for name, value in document.items() if name != "version"}
    try:
        part: RunPart = from_plain(RunPart, plain)
        for named in part.reports.values():
            _check_report(named.report)
    except (ValueError, TypeError, RecursionError) as error:
        raise UsageError(f"holds no part of a run: {error}", hint="Run that shard again.") from None
    numbers = [*part.reports, *part.not_run]
    if len(set(numbers)) != len(numbers) or not all(
        0 <= number < part.basis.traces for number in numbers
    ):
        raise UsageError("holds no part of a run: its numbers are wrong", hint="Run it again.")
    return part


def _check_report(report: TraceReport) -> None:
    """Raise ValueError where parts of a report do not fit each other."""
    for field in (field for example in report.examples for field in example.fields):
        if field.delta is not None and not (field.expected or "").removeprefix("-").isdecimal():
            raise ValueError(f"{field.path:.100}: a delta without a number")
    timeline = report.timeline
    if timeline is None:
        return
    for number, lane in timeline.lanes.items():
        # What holds a lane appears before it.
        if lane.parent is not None and not (lane.parent in timeline.lanes and lane.parent < number):
            raise ValueError(f"lane {number} is in lane {lane.parent}")
    for mark in timeline.marks:
        if mark.lane not in timeline.lanes:
            raise ValueError(f"there is no lane {mark.lane}")
