"""What was not compared in traces of scenarios that were replayed without a golden, as text."""

from __future__ import annotations

from pathlib import Path

from necp_replay.outcomes.shell_text import command_line, shown_path
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.style import Style
from necp_replay.report.words import counted
from necp_replay.trace.find import PROJECT_FILE


def without_golden_text(run: RunReport, style: Style) -> str:
    """What was compared, what was not and why, and how to have it compared. Empty if all was."""
    traces = [each for each in run.traces if each.without_golden is not None and not each.error]
    if not traces:
        return ""
    # It imports the engine, which a run without such traces may not need.
    from necp_replay.replay.run import NO_GOLDEN_WANTED

    first = traces[0]
    which = first.path if len(traces) == 1 else counted(len(traces), "trace")
    compared = counted(sum(each.compared for each in traces), "recorded outcome")
    why = str(first.without_golden)
    lines = [
        style.paint(f"Compared with recorded outcomes only: {which}", "bold"),
        f"  compared:     {compared}",
        "  not compared: the final state and goldens",
        f"  because:      {why if why == NO_GOLDEN_WANTED else f'{first.path} {why}'}",
    ]
    if len(traces) == 1 and PROJECT_FILE in why and not first.differs:
        lines.append(f"  to keep it:   {_keeping(first.path)}")
    return "\n".join(lines)


def _keeping(path: str) -> str:
    """The commands that make a trace one of a project in the current folder."""
    path = shown_path(path)
    kept = Path("traces", Path(path).name)
    commands = (("mkdir", "-p", "traces"), ("cp", path, "traces"), ("necp-replay", "accept", kept))
    return " && ".join(command_line(*each) for each in commands)
