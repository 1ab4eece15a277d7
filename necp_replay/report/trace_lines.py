"""What a trace did that it should not have, as plain lines: the text in JUnit files and CI logs."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Final

from necp_replay.diff.run_report import RunReport
from necp_replay.replay.compare import Difference
from necp_replay.replay.report_model import RecordDifference, TraceReport, Truth

SHOWN_RECORDS: Final = 10
_SHOWN_FIELDS: Final = 12
_SHOWN_CHARACTERS: Final = 400


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
        return f"{where_of(first)} {first.title}: {change_of(run, first)}"
    if trace.missing_golden:
        return "no golden"
    if trace.first_not_modelled is not None:
        return f"not modelled: {trace.first_not_modelled}"
    return f"{trace.different:,} records differ"


def where_of(difference: RecordDifference) -> str:
    """``record 5``, or what stands for it."""
    return "-" if difference.record is None else f"record {difference.record:,}"


def change_of(run: RunReport, difference: RecordDifference) -> str:
    """The first field that differs, with both sides, in one line."""
    if not difference.differences:
        return ""
    field = difference.differences[0]
    expected, actual = _short(field.expected, 120), _short(field.actual, 120)
    expected_label, actual_label = labels_of(run, difference)
    path = _short(field.path.rpartition(" > ")[2], 120)
    return f"{path}: {expected_label} {expected}, {actual_label} {actual}"


def labels_of(run: RunReport, difference: RecordDifference) -> tuple[str, str]:
    """What both sides of a difference are called."""
    expected = run.expected_label
    if run.command == "replay":
        expected = "golden" if difference.truth is Truth.GOLDEN else "recorded"
    return expected, run.actual_label


def _record_lines(run: RunReport, difference: RecordDifference) -> Iterator[str]:
    yield from (f"  {line}" for line in difference.context)
    yield f"> {where_of(difference)} {difference.title}"
    if difference.fact is not None:
        yield f"  explained by {difference.fact}"
    if difference.followers:
        yield f"  {difference.followers:,} later differences follow from it"
    layer = None
    labels = labels_of(run, difference)
    for field in difference.differences[:_SHOWN_FIELDS]:
        if field.layer is not layer:
            layer = field.layer
            yield f"  {layer.value}"
        yield from _field_lines(field, labels)
    hidden = len(difference.differences) - _SHOWN_FIELDS
    if hidden > 0:
        yield f"    and {hidden:,} more fields"


def _field_lines(field: Difference, labels: tuple[str, str]) -> Iterator[str]:
    width = max(map(len, labels))
    yield f"    {field.path}"
    for label, value in zip(labels, (field.expected, field.actual), strict=True):
        yield f"      {label:{width}} {_short(value, _SHOWN_CHARACTERS)}"


def _short(value: str | None, limit: int) -> str:
    if value is None:
        return "-"
    return value if len(value) <= limit else f"{value[:limit]}... ({len(value):,} characters)"
