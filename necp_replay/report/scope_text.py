"""The traces that a run did not replay, as text: verdicts from the cache, and traces left out."""

from __future__ import annotations

from typing import Final

from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.style import Style
from necp_replay.report.words import counted

_SHOWN: Final = 10


def scope_text(run: RunReport, style: Style) -> str:
    """The lines. Empty for a run of all its traces."""
    lines = []
    cached = sum(trace.from_cache for trace in run.traces)
    if cached:
        lines.append(
            f"{cached:,} of {counted(len(run.traces), 'trace')} from the cache: identical before,"
            " and nothing changed since (--no-cache replays them)"
        )
    if run.not_run:
        traces = counted(len(run.not_run), "trace")
        why = "Stopped at the first difference." if not run.stopped else f"Stopped: {run.stopped}."
        lines.append(style.paint(f"{why} {traces} not run:", "bold"))
        lines += (f"  {path}" for path in run.not_run[:_SHOWN])
        if len(run.not_run) > _SHOWN:
            lines.append(f"  and {counted(len(run.not_run) - _SHOWN, 'more trace')}")
    if run.shard is not None:
        shard = run.shard
        ran = len(run.traces) + len(run.not_run)
        lines.append(
            f"Shard {shard.index} of {shard.count}: {ran:,} of {counted(shard.traces, 'trace')}."
            " Unused rules and goldens are judged by `necp-replay report merge`."
        )
    return "\n".join(lines)
