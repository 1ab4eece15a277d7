"""The rules of the project after a run, and goldens that belong to no trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.shell_text import command_line
from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.style import Style
from necp_replay.report.table import left, right, table
from necp_replay.report.words import counted
from necp_replay.rules.status import RuleResult, RuleStatus

_SHOWN_REASON = 60
"""The most characters of a reason, so that a row of the table fits into one line."""
_SHOWN_GOLDENS = 10
"""The most goldens that are listed. The others are counted."""
_COLOURS = {RuleStatus.APPLIED: "green", RuleStatus.NOT_JUDGED: "yellow"}


def rules_text(run: RunReport, style: Style, words: Sequence[str] = ()) -> str:
    """Warnings of rules that hide much, a table of the rules, failures, and unused goldens.

    Empty if there are none of them. ``words`` are paths and options for the suggested command.
    """
    parts = []
    outcomes = [each for each in run.rules if each.status is not RuleStatus.OTHER_RUN]
    warned = [each for each in outcomes if each.warning]
    if warned:
        parts.append("\n".join(_warning(each, style) for each in warned))
    if outcomes:
        columns = [
            *right("rule"),
            *left("action"),
            *right("records", "traces"),
            *left("status", "reason"),
        ]
        parts.append(table(columns, [_row(each, style) for each in outcomes]))
    failing = [each for each in outcomes if each.status.fails]
    if failing:
        parts.append("\n".join(_failure(each, style) for each in failing))
    if run.unused_goldens:
        parts.append("\n".join(unused_lines(run.unused_goldens, style, words)))
    return "\n\n".join(parts)


def _row(outcome: RuleResult, style: Style) -> list[object]:
    rule = outcome.rule
    reason = escape(rule.reason)
    if len(reason) > _SHOWN_REASON:
        reason = f"{reason[:_SHOWN_REASON]}..."
    colour = "red" if outcome.status.fails else _COLOURS.get(outcome.status, "dim")
    return [
        str(rule.number),
        rule.action.value,
        outcome.records,
        outcome.traces,
        style.paint(outcome.status.value, colour),
        reason,
    ]


def _failure(outcome: RuleResult, style: Style) -> str:
    return f"{style.paint(_place(outcome), 'red')} {outcome.why}"


def _warning(outcome: RuleResult, style: Style) -> str:
    return f"{style.paint(f'warning: {_place(outcome)}', 'yellow')} {outcome.warning}"


def _place(outcome: RuleResult) -> str:
    rule = outcome.rule
    return f"rule {rule.number}" if rule.line is None else f"rule {rule.number} (line {rule.line})"


def unused_lines(unused: Sequence[Path], style: Style, words: Sequence[str]) -> Iterator[str]:
    """The goldens that belong to no trace, and the command that removes them."""
    noun = "golden belongs" if len(unused) == 1 else "goldens belong"
    yield style.paint(f"{len(unused):,} {noun} to no trace:", "red")
    for path in unused[:_SHOWN_GOLDENS]:
        yield f"  {escape(str(path))}"
    if len(unused) > _SHOWN_GOLDENS:
        yield f"  and {counted(len(unused) - _SHOWN_GOLDENS, 'more golden')}"
    yield "  Restore the trace, or remove the golden with"
    command = command_line("necp-replay", "accept", *words, "--remove-unused")
    yield f"    {command}"
