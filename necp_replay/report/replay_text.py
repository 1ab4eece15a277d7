"""A replay's reports as a table of traces, then what each failing trace did differently."""

from __future__ import annotations

import enum
import shlex
from collections.abc import Iterator, Sequence

from tabulate import tabulate

from necp_replay.replay.compare import Difference
from necp_replay.replay.node import Layer
from necp_replay.replay.report_model import RecordDifference, TraceReport, Truth, Verdict
from necp_replay.report.style import Style
from necp_replay.report.words import counted


class Rows(enum.Enum):
    """Which traces get a row of their own in the table."""

    AUTOMATIC = "every one of a few; of many, those that did not pass"
    EVERY = "every one"
    FINDINGS = "those that did not pass"


_COLOURS = {
    Verdict.ERROR: "red",
    Verdict.DIFFERENT: "red",
    Verdict.NOT_MODELLED: "yellow",
    Verdict.IDENTICAL: "green",
}
_LISTED_TRACES = 40
"""Up to this many traces have a row each; of more, those that pass share one for their folder."""
_EXPLAINED_TRACES = 5
"""So many of those that did not pass are shown with their first differing record."""
_SHOWN_DIFFERENCES = 12
_SHOWN_VALUE = 400


def replay_text(reports: Sequence[TraceReport], style: Style, rows: Rows = Rows.AUTOMATIC) -> str:
    """The whole report: a table, then each trace that did not pass, then the totals."""
    listed, folded = _choose_rows(reports, rows)
    table = [_folder_row(folder, inside, style) for folder, inside in folded]
    table += [_row(report, style) for report in listed]
    parts = []
    if table:
        headers = ["trace", "release", "records", "same", "differ", "not modelled", "s", "verdict"]
        parts.append(tabulate(table, headers=headers, disable_numparse=True, colalign=_ALIGN))
    failed = [report for report in reports if report.verdict is not Verdict.IDENTICAL]
    shown = failed if rows is Rows.EVERY else failed[:_EXPLAINED_TRACES]
    parts += ["\n".join(failure_lines(report, style)) for report in shown]
    if len(shown) < len(failed):
        parts.append(
            f"{len(failed) - len(shown):,} more traces did not pass; --verbose shows all of them"
        )
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


def _folder_row(folder: str, inside: Sequence[TraceReport], style: Style) -> list[str]:
    releases = sorted({report.release for report in inside})
    return [
        f"{folder}/ ({counted(len(inside), 'trace')})",
        releases[0] if len(releases) == 1 else f"{len(releases)} releases",
        f"{sum(report.records for report in inside):,}",
        f"{sum(report.identical for report in inside):,}",
        "0",
        "0",
        f"{sum(report.seconds for report in inside):.2f}",
        style.paint(Verdict.IDENTICAL.value, _COLOURS[Verdict.IDENTICAL]),
    ]


_ALIGN = ("left", "left", "right", "right", "right", "right", "right", "left")


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
    if goldens:
        text += f", {goldens:,} without a golden"
    if errors:
        text += f", {errors:,} could not run"
    clean = not (different or missing or errors or goldens)
    return style.paint(text, "green" if clean else "red")


def _row(report: TraceReport, style: Style) -> list[str]:
    return [
        report.path,
        report.release,
        f"{report.records:,}",
        f"{report.identical:,}",
        f"{report.different:,}",
        f"{report.not_modelled:,}",
        f"{report.seconds:.2f}",
        style.paint(_verdict_text(report), _COLOURS[report.verdict]),
    ]


def _verdict_text(report: TraceReport) -> str:
    if report.verdict is Verdict.DIFFERENT and not report.different:
        return "no golden"
    return report.verdict.value


def failure_lines(report: TraceReport, style: Style) -> Iterator[str]:
    """What a trace that did not pass did differently, and the command to run just that."""
    yield style.paint(f"{report.path} on {report.release or 'its release'}", "bold")
    if report.error is not None:
        yield f"  {report.error}"
        if report.hint:
            yield f"  {report.hint}"
        return
    for example in report.examples[:1]:
        yield from _example(example, style)
    more = report.different - 1
    if report.examples and more > 0:
        yield f"  and {more:,} more differing records"
    if report.missing_golden:
        yield "  This scenario's trace has no golden. Accept what the engine does now with"
        yield f"    necp-replay accept {shlex.quote(report.path)}"
    if report.first_not_modelled is not None:
        yield f"  {report.not_modelled:,} records are not modelled, the first is"
        yield f"    {report.first_not_modelled}"
    release = f" --release {report.release}" if report.release else ""
    yield f"  Again: necp-replay replay {shlex.quote(report.path)}{release}"


def _example(example: RecordDifference, style: Style) -> Iterator[str]:
    expected = "recorded" if example.truth is Truth.RECORDED else "golden"
    for line in example.context:
        yield style.paint(f"    {line}", "dim")
    where = f"record {example.record}" if example.record is not None else "-"
    yield f"  > {where} {example.title}"
    yield (
        f"    differs from what is {expected}:"
        if expected == "recorded"
        else ("    differs from its golden:")
    )
    yield from difference_lines(example.differences, expected, style)


def difference_lines(
    differences: Sequence[Difference], expected: str, style: Style
) -> Iterator[str]:
    """Fields that differ, under their layers, expected above actual."""
    layer: Layer | None = None
    for difference in differences[:_SHOWN_DIFFERENCES]:
        if difference.layer is not layer:
            layer = difference.layer
            yield f"    {layer.value}"
        yield f"      {difference.path}"
        width = max(len(expected), len("replayed"))
        yield "        " + _side(expected.ljust(width), difference.expected, "red", style)
        yield "        " + _side("replayed".ljust(width), difference.actual, "green", style)
    hidden = len(differences) - _SHOWN_DIFFERENCES
    if hidden > 0:
        yield f"      and {hidden} more fields"


def _side(label: str, value: str | None, colour: str, style: Style) -> str:
    if value is None:
        return f"{label} -"
    if len(value) > _SHOWN_VALUE:
        value = f"{value[:_SHOWN_VALUE]}... ({len(value)} characters)"
    return f"{label} {style.paint(value, colour)}"
