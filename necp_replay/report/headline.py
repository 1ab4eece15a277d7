"""A trace that did not pass, in one line.

pytest, JUnit files and annotations of GitHub show this line.
"""

from __future__ import annotations

from necp_replay.outcomes.record_difference import FINAL_TITLE, STATE_KIND, RecordDifference
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.difference_text import place_of, side_labels
from necp_replay.report.fields_text import labelled_line
from necp_replay.report.known_text import apart_parts
from necp_replay.report.words import counted


def headline(run: RunReport, trace: TraceReport) -> str:
    """``record 5 REMOVE: status recorded ENOENT, replayed ok``; empty if the trace passes."""
    if trace.error is not None:
        first, *_ = [*trace.error.removeprefix(f"{trace.path}: ").splitlines(), ""]
        return first or "could not run"
    if trace.examples:
        shown = trace.examples[0]
        more = trace.different - (shown.record is not None)
        line = _difference_line(run, shown)
        return f"{line}; {counted(more, 'more record')}" if more > 0 else line
    if trace.differs:
        return ", ".join((f"{counted(trace.different, 'record')} different", *apart_parts(trace)))
    if trace.missing_golden:
        return "no golden: review the outcomes and accept them"
    if trace.first_not_modelled is not None:
        return f"not modelled: {trace.first_not_modelled}"
    return ""


def _difference_line(run: RunReport, difference: RecordDifference) -> str:
    line = difference.kind
    if difference.kind == STATE_KIND:
        line = place_of(difference)
    elif difference.title != FINAL_TITLE:
        line = f"{place_of(difference)} {line}"
    change = labelled_line(difference.fields, side_labels(run, difference))
    return f"{line}: {change}" if change else line
