"""The status of a trace in tables of reports."""

from __future__ import annotations

from typing import Final

from necp_replay.outcomes.trace_report import TraceReport, Verdict

_COLOURS: Final = {
    Verdict.ERROR: "red",
    Verdict.DIFFERENT: "red",
    Verdict.NOT_MODELLED: "yellow",
    Verdict.IDENTICAL: "green",
}


def status_of(report: TraceReport) -> tuple[str, str]:
    """The status of a trace, and its colour.

    It is the verdict, or ``no golden`` if only that is missing, or ``expected difference`` if rules
    expect all differences.
    """
    colour = _COLOURS[report.verdict]
    if report.verdict is Verdict.DIFFERENT and not report.different:
        return "no golden", colour
    if report.verdict is Verdict.IDENTICAL and report.expected:
        return "expected difference", colour
    return report.verdict.value, colour
