"""A replay's reports as a table of traces, then what differed, each kind of difference once."""

from __future__ import annotations

import enum
import shlex
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from necp_replay.outcomes.trace_report import TraceReport, Verdict
from necp_replay.replay.facts.likely_fact import LikelyFact
from necp_replay.replay.findings.groups import group_differences
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.groups_text import SHOWN_GROUPS, group_parts
from necp_replay.report.status_text import status_of
from necp_replay.report.style import Style
from necp_replay.report.table import left, right, table
from necp_replay.report.words import counted


class Rows(enum.Enum):
    """Which traces get a row of their own in the table."""

    AUTOMATIC = "every one of a few; of many, those that did not pass"
    EVERY = "every one"
    FINDINGS = "those that did not pass"


_COLUMNS = (
    *left("trace", "release"),
    *right("records", "same", "differ", "not modelled", "s"),
    *left("verdict"),
)
_LISTED_TRACES = 40
"""Up to this many traces have a row each; of more, those that pass share one for their folder."""
_EXPLAINED_TRACES = 5
"""So many of those that could not be compared are shown with the reason."""


def replay_text(
    run: RunReport,
    style: Style,
    rows: Rows = Rows.AUTOMATIC,
    facts: Mapping[str, LikelyFact] = MappingProxyType({}),
) -> str:
    """A table, then each kind of difference, then what could not be compared, then the totals.

    ``facts`` are likely to explain groups of differences, by their key.
    """
    reports = run.traces
    listed, folded = _choose_rows(reports, rows)
    described = [_folder_row(folder, inside, style) for folder, inside in folded]
    described += [_row(report, style) for report in listed]
    parts = [table(_COLUMNS, described)] if described else []
    every = rows is Rows.EVERY
    parts += group_parts(run.groups, style, None if every else SHOWN_GROUPS, facts)
    troubled = [report for report in reports if any(_trouble_lines(report))]
    shown = troubled if every else troubled[:_EXPLAINED_TRACES]
    for report in shown:
        title = style.paint(f"{report.path} on {report.release or 'its release'}", "bold")
        parts.append("\n".join([title, *_trouble_lines(report)]))
    if len(shown) < len(troubled):
        more = len(troubled) - len(shown)
        parts.append(f"{more:,} more traces could not be compared; --verbose shows all of them")
    parts.append(summary_line(reports, style))
    return "\n\n".join(parts)


def _choose_rows(
    reports: Sequence[TraceReport], rows: Rows
) -> tuple[list[TraceReport], list[tuple[str, list[TraceReport]]]]:
    """The traces that get a row each, and the folders whose identical traces share one."""
    failed = [report for report in reports if report.verdict is not Verdict.IDENTICAL]
    if rows is Rows.FINDINGS:
        return failed, []
    if rows is Rows.EVERY or len(reports) <= _LISTED_TRACES:
        return list(reports), []
    failed = failed[:_LISTED_TRACES]
    folders: dict[str, list[TraceReport]] = {}
    for report in reports:
        if report.verdict is Verdict.IDENTICAL:
            folders.setdefault(report.path.rpartition("/")[0], []).append(report)
    return failed, list(folders.items())


def _folder_row(folder: str, inside: Sequence[TraceReport], style: Style) -> list[object]:
    releases = sorted({report.release for report in inside})
    return [
        f"{folder}/ ({counted(len(inside), 'trace')})",
        releases[0] if len(releases) == 1 else f"{len(releases)} releases",
        sum(report.records for report in inside),
        sum(report.identical for report in inside),
        0,
        0,
        f"{sum(report.seconds for report in inside):.2f}",
        style.paint(*status_of(inside[0])),
    ]


def summary_line(reports: Sequence[TraceReport], style: Style) -> str:
    """``42 traces, 6,180 records: 6,180 identical, 0 different, 0 not modelled``."""
    identical = sum(report.identical for report in reports)
    different = sum(report.different for report in reports)
    missing = sum(report.not_modelled for report in reports)
    errors = sum(report.error is not None for report in reports)
    goldens = sum(report.missing_golden for report in reports)
    text = (
        f"{counted(len(reports), 'trace')},"
        f" {counted(sum(report.records for report in reports), 'record')}: "
        f"{identical:,} identical, {different:,} different, {missing:,} not modelled"
    )
    expected = sum(report.expected for report in reports)
    if expected:
        text += f", {expected:,} as rules expect"
    if goldens:
        text += f", {goldens:,} without a golden"
    if errors:
        text += f", {errors:,} could not run"
    clean = not (different or missing or errors or goldens)
    return style.paint(text, "green" if clean else "red")


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


def failure_lines(report: TraceReport, style: Style) -> Iterator[str]:
    """What a trace that did not pass did differently, and the command to run just that."""
    yield style.paint(f"{report.path} on {report.release or 'its release'}", "bold")
    for part in group_parts(group_differences([report]), style, SHOWN_GROUPS):
        yield from part.splitlines()
    yield from _trouble_lines(report)
    if report.error is None:
        release = f" --release {report.release}" if report.release else ""
        yield f"  Again: necp-replay replay {shlex.quote(report.path)}{release}"


def _trouble_lines(report: TraceReport) -> Iterator[str]:
    """What is wrong with a trace besides its differences."""
    if report.error is not None:
        yield f"  {report.error}"
        if report.hint:
            yield f"  {report.hint}"
        return
    if report.missing_golden:
        yield "  This scenario's trace has no golden. Accept what the engine does now with"
        yield f"    necp-replay accept {shlex.quote(report.path)}"
    if report.first_not_modelled is not None:
        noun = "record is" if report.not_modelled == 1 else "records are"
        yield f"  {report.not_modelled:,} {noun} not modelled, the first:"
        yield f"    {report.first_not_modelled}"
