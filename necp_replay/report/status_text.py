"""The status of a trace in tables of reports."""

from __future__ import annotations

from typing import Final

from necp_replay.outcomes.trace_report import TraceReport, Verdict
from necp_replay.report.known_text import apart_parts, known_parts

_COLOURS: Final = {
    Verdict.ERROR: "red",
    Verdict.DIFFERENT: "red",
    Verdict.NOT_MODELLED: "yellow",
    Verdict.IDENTICAL: "green",
}


def status_of(report: TraceReport) -> tuple[str, str]:
    """The status of a trace, and its colour.

    It is the verdict, or ``no golden`` if only that is missing, ``1 final state differs`` if no
    record does, ``expected difference`` if rules
    expect all differences, or ``identical where known`` if something was not compared.
    """
    colour = _COLOURS[report.verdict]
    if report.verdict is Verdict.DIFFERENT and not report.differs:
        return "no golden", colour
    if report.verdict is Verdict.DIFFERENT and not report.different:
        return ", ".join(apart_parts(report)), colour
    if report.verdict is Verdict.IDENTICAL and (report.expected or report.expected_apart):
        return "expected difference", colour
    if report.verdict is Verdict.IDENTICAL and any(known_parts(report)):
        return "identical where known", colour
    return report.verdict.value, colour
