"""What a trace did that it should not have, as plain lines: the text in JUnit files and CI logs."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Final

from necp_replay.outcomes.record_difference import RecordDifference
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.fields_text import clipped, clipped_pair, field_lines
from necp_replay.report.groups_text import fact_text, golden_text, place_of, side_labels
from necp_replay.report.style import Style

SHOWN_RECORDS: Final = 10
_SHOWN_IN_LINE: Final = 120


def trace_lines(run: RunReport, trace: TraceReport) -> Iterator[str]:
    """Why a trace did not pass, record by record, and the command that shows it again."""
    if trace.error is not None:
        yield trace.error
        yield from (trace.hint or "").splitlines()
        return
    shown = trace.examples[:SHOWN_RECORDS]
    for difference in shown:
        yield from _record_lines(run, difference)
    if trace.different > len(shown) > 0:
        yield f"and {trace.different - len(shown):,} more differing records"
    if trace.missing_golden:
        yield "This scenario's trace has no golden. Accept what the engine does now with"
        yield f"  necp-replay accept {shlex.quote(trace.path)}"
    if trace.first_not_modelled is not None:
        yield f"{trace.not_modelled:,} records are not modelled, the first is"
        yield f"  {trace.first_not_modelled}"
    yield f"Again: {command_again(run, trace)}"


def command_again(run: RunReport, trace: TraceReport) -> str:
    """The command that does the same with just this trace."""
    if run.files is not None:
        return f"necp-replay diff {' '.join(map(shlex.quote, run.files))}"
    path = shlex.quote(trace.path)
    if run.command == "diff":
        return f"necp-replay diff {path} --from {run.expected_label} --to {run.actual_label}"
    release = f" --release {shlex.quote(trace.release)}" if trace.release else ""
    return f"necp-replay replay {path}{release}"


def first_line(run: RunReport, trace: TraceReport) -> str:
    """The same in one line: what a list of failures shows of this trace."""
    if trace.error is not None:
        return trace.error.splitlines()[0] if trace.error else "could not run"
    if trace.examples:
        first = trace.examples[0]
        return f"{place_of(first)} {first.title}: {change_of(run, first)}"
    if trace.missing_golden:
        return "no golden"
    if trace.first_not_modelled is not None:
        return f"not modelled: {trace.first_not_modelled}"
    return f"{trace.different:,} records differ"


def change_of(run: RunReport, difference: RecordDifference) -> str:
    """The first field that differs, with both sides, in one line."""
    if not difference.fields:
        return ""
    field = difference.fields[0]
    expected, actual = clipped_pair(field.expected, field.actual, _SHOWN_IN_LINE)
    expected_label, actual_label = labels_of(run, difference)
    path = clipped(field.path.rpartition(" > ")[2], _SHOWN_IN_LINE)
    return f"{path}: {expected_label} {expected}, {actual_label} {actual}"


def labels_of(run: RunReport, difference: RecordDifference) -> tuple[str, str]:
    """What both sides of a difference are called."""
    if run.command == "replay":
        return side_labels(difference)
    if run.files is not None:
        return "A", "B"
    return run.expected_label, run.actual_label


def cause_of(run: RunReport, group: str, fact: str | None) -> str | None:
    """What is known about the cause of a group of differences, None where nothing is."""
    if fact is not None:
        return f"explained by {fact}"
    likely = run.facts.get(group)
    return None if likely is None else fact_text(likely)


def _record_lines(run: RunReport, difference: RecordDifference) -> Iterator[str]:
    yield from (f"  {line}" for line in difference.shown.context)
    yield f"> {place_of(difference)} {difference.title}"
    cause = cause_of(run, difference.group, difference.fact)
    if cause is not None:
        yield f"  {cause}"
    if difference.chain.followers:
        yield f"  {difference.chain.followers:,} later differences follow from it"
    labels = labels_of(run, difference)
    plain = Style(coloured=False)
    yield from field_lines(difference.fields, labels, plain, "  ")
    golden = golden_text(difference, plain)
    if golden is not None:
        yield f"  {golden}"
