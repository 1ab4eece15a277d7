"""The results of `cut`, `split`, `cat` and `merge`, as text and JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, TypedDict

from necp_replay.outcomes.safe_text import escape
from necp_replay.report.json_schema import Count, Ordinal, Says
from necp_replay.report.json_text import json_text
from necp_replay.report.style import Style
from necp_replay.report.table import left, right, table
from necp_replay.tools.carried_outcomes import CarriedOutcomes
from necp_replay.tools.cut import CutReport
from necp_replay.tools.join import JoinReport
from necp_replay.tools.slicing import REACH_NAMES, Reach


class CarriedObject(TypedDict):
    """How many recorded outcomes were kept. The others are not true in the new trace."""

    kept: Count
    left_out: Count
    first_left_out: Sequence[Ordinal]


class CutObject(TypedDict):
    """One cut. ``reasons`` counts the kept records by why they were kept.

    ``reach`` is how much had to be kept, ``attempts`` how many replays it took to find that.
    ``unproved`` counts the selected records that do not have the same outcome twice.
    """

    output: str
    selection: str
    release: str
    records: Count
    selected: Count
    kept: Count
    reasons: Mapping[str, Count]
    reach: Annotated[str, Says(enum=[*REACH_NAMES.values()])]
    attempts: Count
    unproved: Count
    assigned_fds: Count
    outcomes: CarriedObject


class CutsDocument(TypedDict):
    """Traces that were cut from another one."""

    schema_version: Literal[1]
    cuts: list[CutObject]


class JoinedObject(TypedDict):
    """A trace that was joined, and how many records came from it."""

    path: str
    records: Count


_Joined = TypedDict("_Joined", {"from": list[JoinedObject]})


class JoinDocument(_Joined):
    """A joined trace. ``shared`` changes of the system were in several traces."""

    schema_version: Literal[1]
    output: str
    release: str
    records: Count
    shared: Count
    outcomes: CarriedObject


def cut_text(report: CutReport, style: Style) -> str:
    """What was kept and why, what the replay showed, and what happened to outcomes."""
    lines = [
        style.paint(escape(str(report.output)), "bold"),
        f"{report.kept:,} of {report.records:,} records kept for the {report.selected:,} that"
        f" `{escape(report.selection)}` selects:",
        table([*left("because of"), *right("records")], report.reasons.items()),
    ]
    if report.unproved:
        lines.append(
            f"Replayed on {report.release}: {report.unproved:,} of the selected records do not have"
            " the same outcome twice, whatever is kept. They have none here."
        )
    else:
        lines.append(
            f"Replayed on {report.release}: every selected record has the same outcome in both."
        )
    if report.reach is not Reach.TOUCHED:
        lines.append(
            f"What they touch was not enough for that: {REACH_NAMES[report.reach]} had to be kept."
        )
    if report.assigned_fds:
        lines.append(f"{report.assigned_fds:,} calls of open now say which fd they return.")
    return "\n".join([*lines, *_outcome_lines(report.outcomes)])


def splits_text(reports: Sequence[CutReport]) -> str:
    """A table with one row for each part."""
    columns = [
        *left("part"),
        *right("selected", "kept"),
        *left("also kept"),
        *right("outcomes left out", "not proved"),
    ]
    return table(
        columns,
        [
            (
                escape(str(report.output)),
                report.selected,
                report.kept,
                REACH_NAMES[report.reach],
                report.outcomes.dropped,
                report.unproved,
            )
            for report in reports
        ],
    )


def join_text(report: JoinReport, style: Style) -> str:
    """How many records came from which trace, and what happened to their outcomes."""
    rows = [(escape(path), records) for path, records in report.records.items()]
    lines = [
        style.paint(escape(str(report.output)), "bold"),
        table([*left("from"), *right("records")], rows),
    ]
    if report.shared:
        lines.append(
            f"{report.shared:,} changes of the system were in several traces and are written once."
        )
    return "\n".join([*lines, *_outcome_lines(report.outcomes)])


def cuts_json(reports: Sequence[CutReport]) -> str:
    """Cuts as JSON."""
    document: CutsDocument = {
        "schema_version": 1,
        "cuts": [_cut_object(report) for report in reports],
    }
    return json_text(document)


def join_json(report: JoinReport) -> str:
    """A joined trace as JSON."""
    document: JoinDocument = {
        "schema_version": 1,
        "output": str(report.output),
        "release": report.release,
        "records": report.total_records,
        "from": [{"path": path, "records": count} for path, count in report.records.items()],
        "shared": report.shared,
        "outcomes": _outcomes_object(report.outcomes),
    }
    return json_text(document)


def _cut_object(report: CutReport) -> CutObject:
    return {
        "output": str(report.output),
        "selection": report.selection,
        "release": report.release,
        "records": report.records,
        "selected": report.selected,
        "kept": report.kept,
        "reasons": report.reasons,
        "reach": REACH_NAMES[report.reach],
        "attempts": report.attempts,
        "unproved": report.unproved,
        "assigned_fds": report.assigned_fds,
        "outcomes": _outcomes_object(report.outcomes),
    }


def _outcomes_object(outcomes: CarriedOutcomes) -> CarriedObject:
    return {
        "kept": outcomes.kept,
        "left_out": outcomes.dropped,
        "first_left_out": outcomes.first_dropped,
    }


def _outcome_lines(outcomes: CarriedOutcomes) -> list[str]:
    if not outcomes.dropped:
        return [f"All {outcomes.kept:,} recorded outcomes were kept."]
    first = ", ".join(map(str, outcomes.first_dropped))
    more = " ..." if outcomes.dropped > len(outcomes.first_dropped) else ""
    return [
        f"{outcomes.kept:,} recorded outcomes were kept, and {outcomes.dropped:,} left out that are"
        f" not true in the new trace: records {first}{more}"
    ]
