"""A trace that did not pass in one line, for lists of failures, annotations and file formats."""

from __future__ import annotations

from typing import Final

from necp_replay.outcomes.record_difference import RecordDifference, Truth
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.report.words import counted

_SHOWN_VALUE: Final = 60
_SIDES: Final = {Truth.RECORDED: "recorded", Truth.GOLDEN: "golden"}


def headline(report: TraceReport) -> str:
    """``record 5 REMOVE: status recorded ENOENT, replayed ok``; empty for a trace that passes."""
    if report.error is not None:
        return report.error.removeprefix(f"{report.path}: ")
    if report.examples:
        more = report.different - 1
        line = difference_headline(report.examples[0])
        return f"{line}; {counted(more, 'more record')}" if more > 0 else line
    if report.missing_golden:
        return "no golden: review what it does and accept it with `necp-replay accept`"
    if report.first_not_modelled is not None:
        return f"not modelled: {report.first_not_modelled}"
    return ""


def difference_headline(difference: RecordDifference) -> str:
    """``record 5 REMOVE: status recorded ENOENT, replayed ok``, about the first field."""
    where = difference.kind or difference.title
    if difference.record is not None:
        where = f"record {difference.record} {where}"
    if not difference.fields:
        return where
    first = difference.fields[0]
    expected = _SIDES.get(difference.truth, "expected")
    return (
        f"{where}: {first.path} {expected} {_value(first.expected)},"
        f" replayed {_value(first.actual)}"
    )


def _value(value: str | None) -> str:
    if value is None:
        return "-"
    return value if len(value) <= _SHOWN_VALUE else f"{value[:_SHOWN_VALUE]}..."
