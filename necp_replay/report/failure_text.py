"""A trace that did not pass, in full: each kind of difference, other problems, the next command.

pytest shows this text, and JUnit files contain it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from necp_replay.outcomes.shell_text import command_line, shown_path
from necp_replay.outcomes.trace_report import TraceReport
from necp_replay.replay.findings.groups import group_differences
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.style import Style
from necp_replay.report.words import counted


def failure_lines(run: RunReport, trace: TraceReport, style: Style) -> Iterator[str]:
    """The lines about one trace of a run."""
    from necp_replay.report.groups_text import SHOWN_GROUPS, group_parts

    yield trace_title(trace, style)
    for part in group_parts(run, group_differences([trace]), style, SHOWN_GROUPS):
        yield from part.splitlines()
    yield from problem_lines(trace, run.options)
    if trace.error is None:
        yield f"  Run again: {command_again(run, trace)}"


def trace_title(trace: TraceReport, style: Style) -> str:
    """The path of a trace, and the release that it was replayed on."""
    on = f" on {trace.release}" if trace.release else ""
    return style.paint(f"{trace.path}{on}", "bold")


def problem_lines(trace: TraceReport, options: Sequence[str] = ()) -> Iterator[str]:
    """What is wrong with a trace apart from its differences.

    ``options`` are those that commands repeat.
    """
    if trace.error is not None:
        yield f"  {trace.error}"
        if trace.hint:
            yield f"  {trace.hint}"
        return
    if trace.missing_golden:
        yield "  The trace has no golden. Accept its current outcomes with"
        words = (shown_path(trace.path), *options_of_accept(options))
        yield f"    {command_line('necp-replay', 'accept', *words)}"
    if trace.first_not_modelled is not None:
        yield f"  {counted(trace.not_modelled, 'record')} not modelled, first:"
        yield f"    {trace.first_not_modelled}"


def command_again(run: RunReport, trace: TraceReport) -> str:
    """The command that repeats the comparison for this trace alone."""
    if run.files is not None:
        return command_line("necp-replay", "diff", *map(shown_path, run.files))
    if run.command == "diff":
        releases = ("--from", run.expected_label, "--to", run.actual_label)
        path = shown_path(trace.path)
        return command_line("necp-replay", "diff", path, *releases, *run.options)
    release = ("--release", trace.release) if trace.release else ()
    return command_line("necp-replay", "replay", shown_path(trace.path), *release, *run.options)


def options_of_accept(options: Sequence[str]) -> tuple[str, ...]:
    """The options of a suggested ``accept``: an engine of one's own gets goldens of its own."""
    is_apart = "--engine" in options and "--golden" not in options
    return (*options, *(("--golden", ENGINE_GOLDENS) if is_apart else ()))


ENGINE_GOLDENS: Final = "golden-of-engine"
"""The folder that is suggested for the goldens of an engine of one's own."""
