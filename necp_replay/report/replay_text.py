"""The text report of a replay: a table of traces, the differences, other problems, totals."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import field

from necp_replay.dataclass import dataclass
from necp_replay.outcomes.report_table import notable_of
from necp_replay.outcomes.trace_report import TraceReport, Verdict
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.failure_text import problem_lines, trace_title
from necp_replay.report.known_text import apart_parts, known_parts
from necp_replay.report.status_text import status_of
from necp_replay.report.style import Style
from necp_replay.report.table import left, right, table
from necp_replay.report.totals import totals_of
from necp_replay.report.words import counted


class Rows(enum.Enum):
    """Which traces get a row of their own in the table."""

    AUTOMATIC = "all of a few traces; of many only those that did not pass"
    EVERY = "all"
    FAILED = "those that did not pass"


_COLUMNS = (
    *left("trace"),
    *left("release", turn=2),
    *right("records", turn=4),
    *right("same", turn=3),
    *right("differ", "not modelled"),
    *right("s", turn=1),
    *left("verdict"),
)
_LISTED_TRACES = 40
"""Up to this many traces have a row each. Of more traces, those that pass share one per folder."""
_SHOWN_PROBLEMS = 5
"""The most traces with other problems than differences that are shown, unless all are requested."""


def replay_text(run: RunReport, style: Style, rows: Rows = Rows.AUTOMATIC) -> str:
    """The whole report."""
    reports = run.traces
    listed, folded = _choose_rows(reports, rows)
    described = [_folder_row(folder, inside, style) for folder, inside in folded.items()]
    described += [_row(report, style) for report in listed]
    parts = [table(_COLUMNS, described)] if described else []
    every = rows is Rows.EVERY
    if run.groups:
        from necp_replay.report.groups_text import SHOWN_GROUPS, group_parts

        parts += group_parts(run, run.groups, style, None if every else SHOWN_GROUPS)
    with_problems = [report for report in notable_of(reports) if any(problem_lines(report))]
    shown = with_problems if every else with_problems[:_SHOWN_PROBLEMS]
    for report in shown:
        parts.append("\n".join([trace_title(report, style), *problem_lines(report, run.options)]))
    if len(shown) < len(with_problems):
        more = counted(len(with_problems) - len(shown), "more trace")
        parts.append(f"{more} could not be compared; --verbose shows all of them")
    unknown = [report for report in notable_of(reports) if report.first_not_determined is not None]
    for report in unknown if every else unknown[:_SHOWN_PROBLEMS]:
        found = counted(report.not_determined, "record")
        parts.append(
            f"{trace_title(report, style)}\n  {found} not determined, first:\n"
            f"    {report.first_not_determined}"
        )
    parts.append(summary_line(reports, style))
    return "\n\n".join(parts)


@dataclass(slots=True)
class _Folder:
    """The identical traces of a folder, which share a row. ``shown`` is one that is typical."""

    shown: TraceReport
    traces: int = 0
    records: int = 0
    identical: int = 0
    seconds: float = 0.0
    releases: set[str] = field(default_factory=set)

    def add(self, report: TraceReport) -> None:
        """Count a trace."""
        self.traces += 1
        self.records += report.records
        self.identical += report.identical
        self.seconds += report.seconds
        self.releases.add(report.release)
        if any(known_parts(report)) and not any(known_parts(self.shown)):
            self.shown = report


def _choose_rows(
    reports: Sequence[TraceReport], rows: Rows
) -> tuple[Iterable[TraceReport], dict[str, _Folder]]:
    """The traces that have a row each, and the folders whose identical traces share one."""
    if rows is Rows.EVERY or (rows is Rows.AUTOMATIC and len(reports) <= _LISTED_TRACES):
        return reports, {}
    failed = [report for report in notable_of(reports) if report.verdict is not Verdict.IDENTICAL]
    if rows is Rows.FAILED:
        return failed, {}
    folders: dict[str, _Folder] = {}
    for report in reports:
        if report.verdict is Verdict.IDENTICAL:
            folder = report.path.rpartition("/")[0]
            if folder not in folders:
                folders[folder] = _Folder(report)
            folders[folder].add(report)
    return failed[:_LISTED_TRACES], folders


def _folder_row(folder: str, inside: _Folder, style: Style) -> list[object]:
    releases = sorted(inside.releases)
    return [
        f"{folder}/ ({counted(inside.traces, 'trace')})",
        releases[0] if len(releases) == 1 else f"{len(releases)} releases",
        inside.records,
        inside.identical,
        0,
        0,
        f"{inside.seconds:.2f}",
        style.paint(*status_of(inside.shown)),
    ]


def summary_line(reports: Sequence[TraceReport], style: Style) -> str:
    """``42 traces, 6,180 records: 6,180 identical, 0 different, 0 not modelled``.

    The three add up to the records, with those that were not compared or not determined, which
    follow, as do final states that differ, if there are any.
    """
    totals = totals_of(reports)
    text = (
        f"{counted(totals.traces, 'trace')}, {counted(totals.records, 'record')}:"
        f" {totals.identical:,} identical, {totals.different:,} different,"
        f" {totals.not_modelled:,} not modelled"
    )
    text += "".join(f", {part}" for part in (*apart_parts(totals), *known_parts(totals)))
    expected = totals.expected + totals.expected_apart
    if expected:
        text += f", {expected:,} expected by rules"
    if totals.missing_goldens:
        text += f", {totals.missing_goldens:,} without a golden"
    if totals.errors:
        text += f", {totals.errors:,} could not run"
    failed = totals.differs or totals.not_modelled or totals.errors or totals.missing_goldens
    return style.paint(text, "red" if failed else "green")


def _row(report: TraceReport, style: Style) -> list[object]:
    return [
        report.path,
        report.release,
        report.records,
        report.identical,
        report.different,
        report.not_modelled,
        f"{report.seconds:.2f}",
        style.paint(*status_of(report)),
    ]
