"""How a trace fared, in the words of reports."""

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
    """A trace's status and its colour.

    Besides the verdicts these are ``no golden``, and ``expected difference`` for a trace of which
    rules expect all that differs.
    """
    colour = _COLOURS[report.verdict]
    if report.verdict is Verdict.DIFFERENT and not report.different:
        return "no golden", colour
    if report.verdict is Verdict.IDENTICAL and report.expected:
        return "expected difference", colour
    return report.verdict.value, colour
