"""Records that were found in many traces, one line each, as text and as JSON."""

from __future__ import annotations

from necp_replay.outcomes.render_input import title
from necp_replay.outcomes.render_outcome import render_outcome
from necp_replay.report.show_json import record_json
from necp_replay.report.style import Style
from necp_replay.tools.search import FoundRecord


def found_line(trace: str, found: FoundRecord, style: Style) -> str:
    """``traces/a.necptrace:5 necp_client_action REMOVE ... -> ENOENT``."""
    record, names = found.record, found.names
    event = record.step.input
    line = f"{style.paint(trace, 'bold')}:{record.number} {title(event, names)}"
    if record.outcome is None:
        return line
    return f"{line} -> {render_outcome(event, record.outcome, names).status}"


def found_json(trace: str, found: FoundRecord) -> str:
    """The record as ``show`` prints it for machines, with ``trace`` before it."""
    return record_json(found.record, found.names, trace)
