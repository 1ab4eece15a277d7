"""The traces that a run did not replay, as text: verdicts from the cache, and traces left out."""

from __future__ import annotations

from collections.abc import Sequence
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
        lines += stopped_lines(run.stopped, run.not_run, style)
    if run.shard is not None:
        shard = run.shard
        ran = len(run.traces) + len(run.not_run)
        lines.append(
            f"Shard {shard.index} of {shard.count}: {ran:,} of {counted(shard.traces, 'trace')}."
            " Unused rules and goldens are judged by `necp-replay report merge`."
        )
    return "\n".join(lines)


def stopped_lines(why: str, not_run: Sequence[str], style: Style) -> list[str]:
    """Why a run stopped, and the paths of traces that it did not come to.

    ``why`` is empty for a run that stopped at the first difference.
    """
    said = "Stopped at the first difference." if not why else f"Stopped: {why}."
    lines = [style.paint(f"{said} {counted(len(not_run), 'trace')} not run:", "bold")]
    lines += (f"  {path}" for path in not_run[:_SHOWN])
    if len(not_run) > _SHOWN:
        lines.append(f"  and {counted(len(not_run) - _SHOWN, 'more trace')}")
    return lines
